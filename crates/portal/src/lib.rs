//! The portal: pages in three languages, rendered on the server, usable without scripts.
//!
//! Here live the texts, the templates, the style sheet and the handlers. No rule of the queue lives here: a page
//! asks the node and shows the answer.

pub mod act;
pub mod api;
pub mod app;
mod around;
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
pub mod qr;
mod ready;
pub mod refused;
pub mod registry;
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
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;

pub use app::{AppState, Demo, DemoPerson, Settings};

/// The most that a form may send, in bytes. Pages that take files set their own limit.
pub const FORM_BYTES_MAX: usize = 256 * 1024;

/// Everything that a browser or a program can ask for.
pub fn app(state: AppState) -> Router {
    let routes = routes().into_router().with_state(state.clone()).merge(assets::router());
    let service = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(state.clone(), around::around))
        .layer(CatchPanicLayer::new())
        .layer(CsrfLayer::new())
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .service(routes);
    let files = registry::routes().into_router().with_state(state.clone());
    let ready = ready::answer(state).layer(middleware::from_fn(page::safe_headers));
    let files = files.layer(middleware::from_fn(page::safe_headers));
    Router::new().route(ready::PATH, ready).merge(files).fallback_service(service)
}

/// Every address of pages and the API with its action. Files of the registries have theirs in [`registry::routes`].
pub fn routes() -> routes::Routes {
    pages::routes().and(api::routes())
}

/// Lays error pages, safe headers and the form limit around pages without a service, such as samples.
pub fn finish(pages: Router) -> Router {
    pages
        .layer(CatchPanicLayer::new())
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(middleware::from_fn(around::dressed))
}
