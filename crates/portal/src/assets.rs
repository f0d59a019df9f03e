//! The style sheet, fonts and icon: embedded, served under an address that changes with their content.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

/// Changes when any built file changes.
pub const VERSION: &str = env!("KEZEK_ASSETS_VERSION");

#[derive(RustEmbed)]
#[folder = "built/"]
struct Built;

/// The address of a built file.
pub fn address(name: &str) -> String {
    format!("/assets/{VERSION}/{name}")
}

/// A built file that is put into a page whole; empty if there is none of this name.
pub fn text(name: &str) -> String {
    Built::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default()
}

/// Serves the built files.
pub fn router() -> Router {
    Router::new().route("/assets/{version}/{*name}", get(serve))
}

async fn serve(Path((version, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let packed = accepts_gzip(&headers).then(|| Built::get(&format!("{name}.gz"))).flatten();
    let encoding = packed.is_some().then_some((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
    let (Some(kind), Some(file)) = (kind_of(&name), packed.or_else(|| Built::get(&name))) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // A page of another version may ask in the middle of an update: it gets today's file, but does not keep it.
    let keep = if version == VERSION { "public, max-age=31536000, immutable" } else { "no-cache" };
    let fixed: [(HeaderName, &'static str); 3] =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep), (header::VARY, "accept-encoding")];
    let mut response = (fixed, file.data.into_owned()).into_response();
    response.headers_mut().extend(encoding);
    response
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|list| list.split(',').any(|one| one.trim() == "gzip"))
}

fn kind_of(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "woff2" => Some("font/woff2"),
        "svg" => Some("image/svg+xml"),
        "txt" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    async fn ask(address: &str, encoding: &str) -> Response {
        let request =
            Request::get(address).header(header::ACCEPT_ENCODING, encoding).body(Body::empty()).unwrap();
        router().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn the_style_sheet_is_served_packed_and_kept_for_long() {
        let response = ask(&address("kezek.css"), "br, gzip").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let plain = ask(&address("kezek.css"), "identity").await;
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
    }

    #[tokio::test]
    async fn an_old_version_gets_the_file_of_today_without_keeping_it() {
        let response = ask("/assets/0000/fonts/golos-text-cyrillic-wght-normal.woff2", "gzip").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
    }

    #[tokio::test]
    async fn nothing_else_is_served() {
        for name in ["kezek.css.gz", "nothing.css", "../Cargo.toml", "fonts"] {
            assert_eq!(ask(&address(name), "gzip").await.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }

    #[test]
    fn the_style_sheet_carries_no_crest_and_no_foreign_font() {
        let css = String::from_utf8(Built::get("kezek.css").unwrap().data.into_owned()).unwrap();
        assert!(!css.contains("GDS Transport") && !css.contains("crown") && !css.contains("crest"));
        assert!(css.contains("Golos Text"));
    }
}
