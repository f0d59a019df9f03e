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
//! 4. Add the route to [`router`].

pub mod home;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Redirect;
use axum::routing::get;

use crate::ctx::{self, Ctx};

/// All pages below `/kk/`, `/ru/` and `/en/`, and `/` that leads to the browser's language.
///
/// Every route carries its whole address; the extractor [`Ctx`] answers 404 to a language that is not ours.
pub fn router() -> Router {
    Router::new()
        .route("/", get(choose_language))
        .route("/{language}", get(add_slash))
        .route("/{language}/", get(home::show))
}

async fn choose_language(headers: HeaderMap) -> Redirect {
    Redirect::to(&format!("/{}/", ctx::accepted(&headers).code()))
}

async fn add_slash(ctx: Ctx) -> Redirect {
    Redirect::permanent(&ctx.link("/"))
}
