//! The three languages of the portal and how one is chosen.

/// A language of the portal. Kazakh is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Kazakh.
    #[default]
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Language {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// The code used in addresses and in `lang` attributes.
    pub fn code(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The language's own name for itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kk => "Қазақша",
            Self::Ru => "Русский",
            Self::En => "English",
        }
    }

    /// The language with this code, if it is one of ours.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The best of our languages for an `Accept-Language` header; Kazakh when none is asked for.
    pub fn accepted(header: &str) -> Self {
        let mut best = (0, Self::default());
        for part in header.split(',').take(20) {
            let mut pieces = part.split(';');
            let code =
                pieces.next().unwrap_or_default().trim().get(..2).unwrap_or_default().to_ascii_lowercase();
            let weight = pieces.find_map(|piece| piece.trim().strip_prefix("q=")).map_or(1000, thousandths);
            if let Some(language) = Self::from_code(&code)
                && weight > best.0
            {
                best = (weight, language);
            }
        }
        best.1
    }
}

/// A weight such as `0.8` in thousandths; 0 when it cannot be read.
fn thousandths(weight: &str) -> u32 {
    let value: f32 = weight.trim().parse().unwrap_or(0.0);
    (value.clamp(0.0, 1.0) * 1000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_language_wins_and_kazakh_is_the_default() {
        assert_eq!(Language::accepted(""), Language::Kk);
        assert_eq!(Language::accepted("de, fr;q=0.9"), Language::Kk);
        assert_eq!(Language::accepted("ru-KZ,ru;q=0.9,kk;q=0.8"), Language::Ru);
        assert_eq!(Language::accepted("de;q=1, en;q=0.5, kk;q=0.7"), Language::Kk);
        assert_eq!(Language::accepted("en;q=NaN, ru;q=0"), Language::Kk);
        assert_eq!(Language::accepted("EN-gb"), Language::En);
    }
}
