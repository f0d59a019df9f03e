//! The pages. One page a file: its template's fields, its handler, its tests.

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
