//! Kazakh, Russian, English.

use clap::ValueEnum;

/// The language of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
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
    /// The text in this language, of those in Kazakh, Russian and English.
    pub fn pick(self, [kk, ru, en]: [&'static str; 3]) -> &'static str {
        match self {
            Language::Kk => kk,
            Language::Ru => ru,
            Language::En => en,
        }
    }
}
