//! The portal: pages in three languages, rendered on the server, usable without scripts.
//!
//! Here live the texts, the templates, the style sheet and the handlers. No rule of the queue lives here: a page
//! asks the node and shows the answer.

pub mod act;
pub mod api;
pub mod app;
pub mod assets;
pub mod components;
mod crowd;
pub mod ctx;
pub mod dates;
pub mod doc;
pub mod error_page;
pub mod form;
pub mod language;
mod limits;
pub mod navigation;
pub mod own;
pub mod page;
pub mod pages;
mod passwords;
pub mod posted;
mod ready;
pub mod refused;
pub mod rights;
pub mod routes;
pub mod seen;
pub mod sign_in;
pub mod standing;
pub mod texts;
pub mod who;
pub mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;

pub use app::{AppState, Demo, DemoPerson, Settings};

/// The most that a form may send, in bytes. Pages that take files set their own limit.
pub const FORM_BYTES_MAX: usize = 256 * 1024;

/// Everything that a browser or a program can ask for.
pub fn app(state: AppState) -> Router {
    let routes = routes().into_router().with_state(state.clone()).merge(assets::router());
    finish(routes)
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn(api::problem::problems))
        .layer(middleware::from_fn(error_page::error_pages))
        .layer(middleware::from_fn_with_state(state.clone(), who::name_visitor))
        .layer(middleware::from_fn_with_state(state.clone(), seen::at_least))
        .layer(middleware::from_fn_with_state(state.clone(), crowd::bound))
        // Who asks too often, or whose session cannot be read, is turned away by the layer before.
        .layer(middleware::from_fn(api::problem::problems))
        .layer(middleware::from_fn(error_page::error_pages))
        .route(ready::PATH, ready::answer(state))
        .layer(middleware::from_fn(page::safe_headers))
}

/// Every address with its action: the pages and the API.
pub fn routes() -> routes::Routes {
    pages::routes().and(api::routes())
}

/// Lays error pages, safe headers and the form limit around pages.
///
/// The layers that put [`ctx::Visitor`] and [`ctx::DemoClock`] into a request's extensions belong outside of it,
/// so that error pages know them too: `finish(pages).layer(session)`.
pub fn finish(pages: Router) -> Router {
    pages
        .layer(CatchPanicLayer::new())
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(middleware::from_fn(error_page::error_pages))
        .layer(middleware::from_fn(page::safe_headers))
}
