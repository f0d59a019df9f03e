//! The portal: pages in three languages, rendered on the server, usable without scripts.
//!
//! Here live the texts, the templates, the style sheet and the handlers. No rule of the queue lives here: a page
//! asks the node and shows the answer.

pub mod assets;
pub mod components;
pub mod ctx;
pub mod dates;
pub mod error_page;
pub mod form;
pub mod language;
pub mod navigation;
pub mod page;
pub mod pages;
pub mod texts;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use tower_http::catch_panic::CatchPanicLayer;

/// The most that a form may send, in bytes. Pages that take files set their own limit.
pub const FORM_BYTES_MAX: usize = 256 * 1024;

/// Everything that a browser can ask for.
pub fn router() -> Router {
    finish(pages::router().merge(assets::router()))
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
