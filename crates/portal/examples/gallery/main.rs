//! Serves every component in every language: `cargo run -p kezek-portal --example gallery`.
//!
//! `/kk/gallery` shows the components, `/kk/gallery/404` an error page.

mod sample;

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use kezek_portal::ctx::Ctx;
use kezek_portal::error_page::{PageError, Problem};
use kezek_portal::page::page;
use kezek_portal::{assets, finish, pages};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let gallery = Router::new()
        .route("/{language}/gallery", get(show))
        .route("/{language}/gallery/{status}", get(fail))
        .route("/", get(pages::choose_language))
        .route("/{language}/", get(pages::home::show))
        .merge(assets::router());
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8081".to_string());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("Kezek is at http://{}", listener.local_addr()?);
    axum::serve(listener, finish(gallery)).await
}

async fn show(ctx: Ctx) -> Response {
    page(&sample::gallery(sample::ctx(ctx.language)))
}

async fn fail(Path((_, status)): Path<(String, u16)>) -> PageError {
    let found = Problem::ALL.into_iter().find(|problem| problem.status().as_u16() == status);
    found.unwrap_or(Problem::NotFound).into()
}
