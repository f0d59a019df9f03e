//! The links of the header.

use kezek_records::Role;

use crate::ctx::Ctx;
use crate::rights::Action;

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
    [
        ("/bulletin", ctx.t("nav-bulletin")),
        ("/places", ctx.t("nav-places")),
        ("/queue", ctx.t("nav-queue")),
        ("/state", ctx.t("nav-state")),
        ("/referrals", ctx.t("nav-referrals")),
    ]
    .into_iter()
    .map(|(path, text)| item(path, text))
    .collect()
}

/// The links of somebody with these roles, by the table of rights.
pub fn of(ctx: &Ctx, roles: &[Role]) -> Vec<NavigationItem> {
    // Who has a desk finds the import there.
    let import = (!Action::SeeDesk.is_allowed(Some(roles)))
        .then(|| (Action::Import, "/desk/import", ctx.t("desk-import-title")));
    [
        (Action::SeeOwn, "/my", ctx.t("nav-my")),
        (Action::SeeDesk, "/desk", ctx.t("nav-desk")),
        (Action::SeeDesk, "/desk/stop-list", ctx.t("nav-stop-list")),
        (Action::AskAuthority, "/desk/monthly", ctx.t("nav-monthly")),
        (Action::SeeProfile, "/desk/profile", ctx.t("nav-profile")),
        (Action::SeeGarden, "/garden", ctx.t("nav-garden")),
        (Action::SeeGarden, "/garden/referrals", ctx.t("nav-incoming")),
    ]
    .into_iter()
    .chain(import)
    .filter(|(action, _, _)| action.is_allowed(Some(roles)))
    .map(|(_, path, text)| item(path, text))
    .collect()
}

fn item(path: &str, text: String) -> NavigationItem {
    NavigationItem { path: path.to_string(), text, current: false }
}
