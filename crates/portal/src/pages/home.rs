//! The first page.

use askama::Template;
use axum::response::Response;

use crate::ctx::Ctx;
use crate::page::page;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    ctx: Ctx,
}

/// `GET /{language}/`
pub async fn show(ctx: Ctx) -> Response {
    page(&Home { ctx })
}
