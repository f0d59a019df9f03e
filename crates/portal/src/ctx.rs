//! What every page knows: language, address, who is signed in, the form token, the virtual clock.

use axum::extract::{FromRequestParts, OriginalUri, Query};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Uri, header};
use jiff::civil::{Date, DateTime};

use crate::assets;
use crate::dates;
use crate::error_page::{PageError, Problem};
use crate::language::Language;
use crate::navigation::{self, NavigationItem};
use crate::texts::{Argument, Texts};

/// Who looks at the page. The session layer puts it into the request's extensions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitor {
    /// How the header calls a signed-in person; nothing for somebody who is not signed in.
    pub label: Option<String>,
    /// The form token of the session.
    pub csrf: String,
    /// Where this person may go, beside the public pages.
    pub navigation: Vec<NavigationItem>,
}

/// The virtual clock of a demonstration. Its layer puts it into the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoClock {
    /// The time of the settlement shown in the footer.
    pub now: DateTime,
}

/// What every page template has in its field `ctx`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ctx {
    /// The language of the page.
    pub language: Language,
    /// The address after the language, with its query: `/places?year=2019`.
    pub path: String,
    /// Who looks at the page.
    pub visitor: Visitor,
    /// The virtual clock in a demonstration; nothing in service.
    pub demo: Option<DemoClock>,
}

impl Ctx {
    /// For samples and tests: a page of a visitor who is not signed in.
    pub fn sample(language: Language, path: &str) -> Self {
        Self { language, path: path.to_string(), visitor: Visitor::default(), demo: None }
    }

    /// The context of a request, with the language of the address or else of the browser.
    pub fn of_request(uri: &Uri, headers: &HeaderMap, extensions: &Extensions) -> Self {
        let (language, path) = match split_language(uri) {
            Some(found) => found,
            None => (accepted(headers), "/".to_string()),
        };
        Self {
            language,
            path,
            visitor: extensions.get::<Visitor>().cloned().unwrap_or_default(),
            demo: extensions.get::<DemoClock>().copied(),
        }
    }

    /// The texts of the page's language.
    pub fn texts(&self) -> Texts {
        Texts::of(self.language)
    }

    /// A text: `ctx.t("home-title")`. The build checks the id.
    pub fn t(&self, id: &str) -> String {
        self.texts().t(id)
    }

    /// A text with variables: `ctx.t_with("places-count", [("count", n.into())])` in a template.
    pub fn t_with(&self, id: &str, variables: &[(&str, Argument)]) -> String {
        self.texts().t_with(id, variables)
    }

    /// A date in words with its weekday.
    pub fn date_long(&self, date: &Date) -> String {
        dates::date_long(self.texts(), *date)
    }

    /// A moment in words: weekday, date, hour.
    pub fn deadline(&self, moment: &DateTime) -> String {
        dates::deadline(self.texts(), *moment)
    }

    /// A date in figures, day.month.year.
    pub fn date_short(&self, date: &Date) -> String {
        dates::date_short(*date)
    }

    /// Date and time in figures.
    pub fn moment_short(&self, moment: &DateTime) -> String {
        dates::moment_short(*moment)
    }

    /// A number with its thousands kept apart.
    pub fn number(&self, number: impl Into<i64>) -> String {
        self.texts().number(number.into())
    }

    /// The address of a page in this language: `ctx.link("/places")` is `/kk/places`.
    pub fn link(&self, path: &str) -> String {
        format!("/{}{path}", self.language.code())
    }

    /// A value of the address's query.
    pub fn query(&self, name: &str) -> Option<String> {
        let uri: Uri = self.path.parse().ok()?;
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&uri).ok()?;
        pairs.into_iter().find(|(found, _)| found == name).map(|(_, value)| value.trim().to_string())
    }

    /// A new key for a form; empty, and so refused, when the system gives no random bytes.
    pub fn fresh_key(&self) -> String {
        kezek_records::random_id().map(|id| format!("{id:016x}")).unwrap_or_default()
    }

    /// The languages to offer.
    pub fn languages(&self) -> [Language; 3] {
        Language::ALL
    }

    /// This page in another language.
    pub fn in_language(&self, language: &Language) -> String {
        format!("/{}{}", language.code(), self.path)
    }

    /// The address of a built file: `ctx.asset("kezek.css")`.
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// Where the header leads: the public pages, then those of the signed-in person.
    pub fn navigation(&self) -> Vec<NavigationItem> {
        let mut items = navigation::public(self);
        items.extend(self.visitor.navigation.iter().cloned());
        for item in &mut items {
            item.current = self.path.split('?').next() == Some(item.path.as_str());
        }
        items
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ctx {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let uri =
            parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        if split_language(&uri).is_none() {
            return Err(Problem::NotFound.into());
        }
        Ok(Self::of_request(&uri, &parts.headers, &parts.extensions))
    }
}

/// The language that a browser asks for.
pub fn accepted(headers: &HeaderMap) -> Language {
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::accepted(header.unwrap_or_default())
}

/// `/kk/places?year=2019` is Kazakh and `/places?year=2019`.
fn split_language(uri: &Uri) -> Option<(Language, String)> {
    let whole = uri.path_and_query()?.as_str().strip_prefix('/')?;
    let end = whole.find(['/', '?']).unwrap_or(whole.len());
    let language = Language::from_code(whole.get(..end)?)?;
    let rest = whole.get(end..).unwrap_or_default();
    let path = if rest.starts_with('/') { rest.to_string() } else { format!("/{rest}") };
    Some((language, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_cut_off_the_address() {
        let split = |uri: &str| split_language(&uri.parse().unwrap());
        assert_eq!(split("/kk/places?year=2019"), Some((Language::Kk, "/places?year=2019".to_string())));
        assert_eq!(split("/ru/"), Some((Language::Ru, "/".to_string())));
        assert_eq!(split("/en"), Some((Language::En, "/".to_string())));
        assert_eq!(split("/en?x=1"), Some((Language::En, "/?x=1".to_string())));
        assert_eq!(split("/kkk/"), None);
        assert_eq!(split("/"), None);
    }

    #[test]
    fn the_language_switch_keeps_the_page() {
        let ctx = Ctx::sample(Language::Kk, "/places?year=2019");
        assert_eq!(ctx.in_language(&Language::Ru), "/ru/places?year=2019");
        assert_eq!(ctx.link("/places"), "/kk/places");
    }
}
