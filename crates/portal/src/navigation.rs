//! The links of the header.

use crate::ctx::Ctx;

/// A link of the header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavigationItem {
    /// The address after the language: `/places`.
    pub path: String,
    /// The words of the link.
    pub text: String,
    /// Whether it is the page that is shown.
    pub current: bool,
}

/// The links that everybody sees.
pub fn public(ctx: &Ctx) -> Vec<NavigationItem> {
    [("/", ctx.t("nav-home"))]
        .into_iter()
        .map(|(path, text)| NavigationItem { path: path.to_string(), text, current: false })
        .collect()
}
