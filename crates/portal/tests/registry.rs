//! The files of the registries as anybody gets them.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use common::{accept, config};
use kezek_node::{Config, Node, RegistryConfig};
use kezek_portal::{AppState, Settings};
use kezek_rules::Command;
use kezek_rules::command::OpenSettlement;
use kezek_rules::profile::Profile;
use tower::ServiceExt;

async fn ask(app: &Router, method: Method, address: &str) -> Response {
    let request = Request::builder().method(method).uri(address).body(Body::empty()).unwrap();
    app.clone().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn anybody_gets_the_files_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let registry = Some(RegistryConfig::new("kezek.example"));
    let node = Node::open(Config { registry, ..config(directory.path()) }).await.unwrap();
    let settlement = OpenSettlement {
        name: "Ақбұлақ".into(),
        zone: kezek_calendar::Zone::named("Asia/Almaty").unwrap(),
        profile: Profile::default(),
    };
    accept(&node, Command::OpenSettlement(settlement)).await;
    let app = kezek_portal::app(AppState::new(node.clone(), Settings::default()));
    let checkpoint = "/registry/bulletins/checkpoint";
    for _ in 0..100 {
        if ask(&app, Method::GET, checkpoint).await.status() == StatusCode::OK {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    // The files stay readable whatever becomes of the database.
    node.close().await;

    let found = ask(&app, Method::GET, checkpoint).await;
    assert_eq!(found.headers()[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    assert_eq!(found.headers()[header::CACHE_CONTROL], "no-cache");
    assert_eq!(found.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert!(!found.headers().contains_key(header::SET_COOKIE));
    let text = to_bytes(found.into_body(), 10_000).await.unwrap();
    assert!(text.starts_with(b"kezek.example/bulletins\n1\n"), "{text:?}");

    let entries = "/registry/bulletins/tile/entries/000.p/1";
    let found = ask(&app, Method::GET, entries).await;
    assert_eq!(found.headers()[header::CONTENT_TYPE], "application/octet-stream");
    assert_eq!(found.headers()[header::CACHE_CONTROL], "max-age=604800, immutable");
    let bytes = to_bytes(found.into_body(), 100_000).await.unwrap();
    let file = directory.path().join("registry/bulletins/public/tile/entries/000.p/1");
    assert_eq!(bytes, std::fs::read(file).unwrap());
    let head = ask(&app, Method::HEAD, entries).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(head.headers()[header::CONTENT_LENGTH], bytes.len().to_string().as_str());

    for (method, address, status) in [
        (Method::GET, "/registry/bulletins/checkpoint?x=1", StatusCode::NOT_FOUND),
        (Method::GET, "/registry/bulletins/", StatusCode::NOT_FOUND),
        (Method::GET, "/registry/bulletins/tile/entries/000", StatusCode::NOT_FOUND),
        (Method::GET, "/registry/bulletins/tile/entries", StatusCode::NOT_FOUND),
        (Method::GET, "/registry/other/checkpoint", StatusCode::NOT_FOUND),
        (Method::GET, "/registry/bulletins/..%2F..%2F..%2Fregistry.key", StatusCode::NOT_FOUND),
        (Method::GET, "/registry/bulletins/../private/signed", StatusCode::NOT_FOUND),
        (Method::POST, checkpoint, StatusCode::METHOD_NOT_ALLOWED),
    ] {
        assert_eq!(ask(&app, method, address).await.status(), status, "{address}");
    }
}
