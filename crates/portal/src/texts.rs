//! The words of the portal. They live in `texts/{kk,ru,en}/*.ftl`; the build fails when one is missing.

#[cfg(test)]
mod check;
#[cfg(test)]
mod check_tests;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::language::Language;

type Bundle = FluentBundle<FluentResource>;

static KK: LazyLock<Bundle> =
    LazyLock::new(|| bundle(Language::Kk, include_str!(concat!(env!("OUT_DIR"), "/kk.ftl"))));
static RU: LazyLock<Bundle> =
    LazyLock::new(|| bundle(Language::Ru, include_str!(concat!(env!("OUT_DIR"), "/ru.ftl"))));
static EN: LazyLock<Bundle> =
    LazyLock::new(|| bundle(Language::En, include_str!(concat!(env!("OUT_DIR"), "/en.ftl"))));

/// What stands in for a text that does not exist; the build and the tests look for it.
pub const MISSING: char = '⟦';

/// The texts of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts {
    language: Language,
}

impl Texts {
    /// The texts of a language.
    pub fn of(language: Language) -> Self {
        Self { language }
    }

    /// The text with this id. The build checks every id that is written out in a call of `t`.
    pub fn t(self, id: &str) -> String {
        self.t_with(id, &[])
    }

    /// The text with this id, with its variables: `t_with("places-count", &[("count", 3.into())])`.
    ///
    /// Numbers choose the plural form and are written with a thin separator of thousands; give years,
    /// numbers of papers and ready dates as text.
    pub fn t_with(self, id: &str, variables: &[(&str, Argument)]) -> String {
        let bundle = self.bundle();
        let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
            return format!("{MISSING}{id}⟧");
        };
        let mut arguments = FluentArgs::with_capacity(variables.len());
        for (name, value) in variables {
            match value {
                Argument::Number(number) => arguments.set(*name, *number),
                Argument::Text(text) => arguments.set(*name, text.as_str()),
            }
        }
        bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }

    /// Whether there is a text with this id; for ids that come from data, such as codes of refusals.
    pub fn has(self, id: &str) -> bool {
        self.bundle().has_message(id)
    }

    /// A whole number as people of this language write it: `24 297`, `24,297`.
    pub fn number(self, number: i64) -> String {
        group(number, separator(self.language))
    }

    fn bundle(self) -> &'static Bundle {
        match self.language {
            Language::Kk => &KK,
            Language::Ru => &RU,
            Language::En => &EN,
        }
    }
}

/// Marks an id that is handed to `t` later, so that the build checks it: `match … { … => text_id("nav-home") }`.
pub const fn text_id(id: &'static str) -> &'static str {
    id
}

/// A value for a variable of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A number that may choose a plural form.
    Number(i64),
    /// Words, a ready date, a name.
    Text(String),
}

impl From<i64> for Argument {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Argument {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Argument {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_string())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

fn bundle(language: Language, source: &str) -> Bundle {
    // The build has parsed every file, so nothing is lost by keeping what is readable.
    let resource = match FluentResource::try_new(source.to_string()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let mut bundle = Bundle::new_concurrent(language.code().parse().into_iter().collect());
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::En => |value, _| written(value, Language::En),
        Language::Kk | Language::Ru => |value, _| written(value, Language::Kk),
    }));
    bundle.add_resource_overriding(resource);
    bundle
}

fn written(value: &FluentValue, language: Language) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value.fract() == 0.0 => {
            Some(group(number.value as i64, separator(language)))
        }
        _ => None,
    }
}

fn separator(language: Language) -> char {
    match language {
        Language::En => ',',
        Language::Kk | Language::Ru => '\u{a0}',
    }
}

fn group(number: i64, separator: char) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut written = String::from(if number < 0 { "−" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push(separator);
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_in_the_way_of_the_language() {
        assert_eq!(Texts::of(Language::Kk).number(24_297), "24\u{a0}297");
        assert_eq!(Texts::of(Language::En).number(1_000_000), "1,000,000");
        assert_eq!(Texts::of(Language::Ru).number(-954), "−954");
    }

    #[test]
    fn plural_forms_follow_the_language() {
        let places =
            |language, count: i64| Texts::of(language).t_with("places-count", &[("count", count.into())]);
        assert_eq!(places(Language::Ru, 1), "1 место");
        assert_eq!(places(Language::Ru, 3), "3 места");
        assert_eq!(places(Language::Ru, 11), "11 мест");
        assert_eq!(places(Language::Ru, 9372), "9\u{a0}372 места");
        assert_eq!(places(Language::En, 1), "1 place");
        assert_eq!(places(Language::Kk, 5), "5 орын");
    }

    #[test]
    fn an_unknown_text_shows_itself() {
        let unknown = String::from("no-such-text");
        assert_eq!(Texts::of(Language::Kk).t(&unknown), "⟦no-such-text⟧");
        assert!(!Texts::of(Language::Kk).has(&unknown));
    }
}
