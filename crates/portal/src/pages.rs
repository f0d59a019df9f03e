//! The pages. One page a file: its template's fields, its handler, its tests.
//!
//! To add a page:
//!
//! 1. Write its words into `texts/kk`, `texts/ru` and `texts/en`, in a file of the same name, under ids that begin
//!    with the page's name. The build names what is missing, and refuses an ending glued to a variable.
//! 2. Write `templates/NAME.html`: it extends `layout.html` and fills the blocks `title` and `main` (`before` holds
//!    a back link). Components come as `{{ c::input(day, ctx.t("form-day")) }}`; see
//!    `templates/components.html`, and `make gallery` for how they look.
//! 3. Write `src/pages/NAME.rs`: a struct with the field `ctx: Ctx` and what the template shows, and the handler,
//!    which takes [`Ctx`] and ends with [`page`](crate::page::page), [`page_with`](crate::page::page_with) for a
//!    form with mistakes (422), or `Err(PageError)`.
//!    Most pages need no template of their own: they are a [`Doc`](crate::doc::Doc) made of parts.
//! 4. Add the route to [`routes`] with its action in the table of rights ([`crate::rights`]).

pub mod bulletin;
pub mod demo_clock;
pub mod desk;
pub mod garden;
pub mod home;
pub mod my;
pub mod password;
pub mod places;
pub mod public;
pub mod queue;
pub mod receipt;
pub mod referrals;
pub mod sign_in;
pub mod state;
pub mod verify;

use axum::http::{HeaderMap, Method};
use axum::response::Redirect;

use crate::ctx::{self, Ctx};
use crate::rights::Action;
use crate::routes::Routes;

/// All pages below `/kk/`, `/ru/` and `/en/`, and `/` that leads to the browser's language.
///
/// Every route carries its whole address; the extractor [`Ctx`] answers 404 to a language that is not ours.
pub fn routes() -> Routes {
    public().and(my::routes()).and(desk::routes()).and(garden::routes())
}

fn public() -> Routes {
    let get = Method::GET;
    Routes::default()
        .page(Action::SeePublic, get.clone(), "/", choose_language)
        .page(Action::SeePublic, get.clone(), "/{language}", add_slash)
        .page(Action::SeePublic, get.clone(), "/{language}/", home::show)
        .page(Action::SeePublic, get.clone(), "/{language}/bulletin", bulletin::show)
        .page(Action::SeePublic, get.clone(), "/{language}/places", places::show)
        .page(Action::SeePublic, get.clone(), "/{language}/queue", queue::show)
        .page(Action::SeePublic, get.clone(), "/{language}/referrals", referrals::show)
        .page(Action::SeePublic, get.clone(), "/{language}/state", state::show)
        .page(Action::SeePublic, Method::POST, "/{language}/state", state::submit)
        .page(Action::SeePublic, get.clone(), "/verify", verify::choose_language)
        .page(Action::SeePublic, get.clone(), "/{language}/verify", verify::show)
        .page(Action::SeePublic, get.clone(), "/{language}/verify/kezek-verify.html", verify::file)
        .page(Action::SeePublic, get.clone(), "/{language}/start", sign_in::start)
        .page(Action::SignIn, get, "/{language}/sign-in", sign_in::show)
        .page(Action::SignIn, Method::POST, "/{language}/sign-in", sign_in::submit)
        .page(Action::SignOut, Method::POST, "/{language}/sign-out", sign_in::leave)
        .page(Action::ChangePassword, Method::GET, "/{language}/password", password::show)
        .page(Action::ChangePassword, Method::POST, "/{language}/password", password::submit)
        .page(Action::UseDemo, Method::POST, "/{language}/demo/sign-in", sign_in::pick)
        .page(Action::UseDemo, Method::POST, "/{language}/demo/clock", demo_clock::submit)
}

/// `GET /`
pub async fn choose_language(headers: HeaderMap) -> Redirect {
    Redirect::to(&format!("/{}/", ctx::accepted(&headers).code()))
}

async fn add_slash(ctx: Ctx) -> Redirect {
    Redirect::permanent(&ctx.link("/"))
}
