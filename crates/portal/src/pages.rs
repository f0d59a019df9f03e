//! The pages. One page a file: its template's fields, its handler, its tests.

pub mod home;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Redirect;
use axum::routing::get;

use crate::ctx;

/// All pages below `/kk`, `/ru` and `/en`, and `/` that leads to the browser's language.
pub fn router() -> Router {
    let pages = Router::new().route("/", get(home::show));
    Router::new().route("/", get(choose_language)).nest("/{language}", pages)
}

async fn choose_language(headers: HeaderMap) -> Redirect {
    Redirect::to(&format!("/{}/", ctx::accepted(&headers).code()))
}
