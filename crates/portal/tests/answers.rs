//! What the portal answers: languages, error pages, headers.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests may fail the test

mod common;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::{Request, Response, StatusCode, header};
use axum::routing::{get, post};
use kezek_portal::error_page::{PageError, Problem};
use kezek_portal::finish;
use kezek_portal::form::FormData;
use kezek_portal::language::Language;
use kezek_portal::texts::{MISSING, Texts};
use tower::ServiceExt;

async fn ask(app: Router, address: &str, language: &str) -> Response<Body> {
    let request =
        Request::get(address).header(header::ACCEPT_LANGUAGE, language).body(Body::empty()).unwrap();
    app.oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn the_root_leads_to_the_language_of_the_browser() {
    let world = common::World::open().await;
    for (asked, place) in [("ru,en;q=0.5", "/ru/"), ("", "/kk/"), ("de", "/kk/"), ("en-GB", "/en/")] {
        let response = ask(world.app.clone(), "/", asked).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::LOCATION], place);
    }
}

#[tokio::test]
async fn the_home_page_opens_in_every_language() {
    let world = common::World::open().await;
    for language in Language::ALL {
        let response = ask(world.app.clone(), &format!("/{}/", language.code()), "").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert!(
            response.headers()[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .contains("default-src 'none'")
        );
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let html = text(response).await;
        assert!(html.contains(&Texts::of(language).t("home-title")) && !html.contains(MISSING));
    }
}

#[tokio::test]
async fn every_problem_has_its_page_in_every_language() {
    let fail = |problem: Problem| async move { PageError::from(problem).retry_after(30) };
    for problem in Problem::ALL {
        for language in Language::ALL {
            let app = finish(Router::new().route("/{language}/x", get(move || fail(problem))));
            let response = ask(app, &format!("/{}/x", language.code()), "").await;
            assert_eq!(response.status(), problem.status());
            assert_eq!(response.headers()[header::RETRY_AFTER], "30");
            let html = text(response).await;
            assert!(html.contains(&format!("<html lang=\"{}\"", language.code())) && !html.contains(MISSING));
            let title = Texts::of(language).t(&format!("error-{}-title", problem.status().as_u16()));
            assert!(html.contains(&title), "{problem:?} {language:?}");
        }
    }
}

#[tokio::test]
async fn an_unknown_address_is_answered_in_the_language_asked_for() {
    let world = common::World::open().await;
    let english = ask(world.app.clone(), "/en/nowhere", "ru").await;
    assert_eq!(english.status(), StatusCode::NOT_FOUND);
    assert!(text(english).await.contains("Page not found"));
    let russian = ask(world.app.clone(), "/nowhere", "ru").await;
    assert_eq!(russian.status(), StatusCode::NOT_FOUND);
    assert!(text(russian).await.contains("Страница не найдена"));
    assert_eq!(ask(world.app.clone(), "/de/", "").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn errors_too_tell_up_to_which_fact_they_are_true() {
    let world = common::World::open().await;
    let seq = world.node.head().seq.to_string();
    for (address, status) in [
        ("/en/", StatusCode::OK),
        ("/en/nowhere", StatusCode::NOT_FOUND),
        ("/api/v1/nowhere", StatusCode::NOT_FOUND),
        ("/api/v1/applications", StatusCode::UNAUTHORIZED),
    ] {
        let response = ask(world.app.clone(), address, "").await;
        assert_eq!(response.status(), status, "{address}");
        assert_eq!(response.headers()["kezek-seq"], seq, "{address}");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{address}");
    }
}

#[tokio::test]
async fn a_particular_reason_replaces_the_general_sentence() {
    async fn refuse() -> PageError {
        PageError::because(Problem::Unprocessable, "<Бұл топта орын жоқ>")
    }
    let html = text(ask(finish(Router::new().route("/kk/x", get(refuse))), "/kk/x", "").await).await;
    assert!(html.contains("&#60;Бұл топта орын жоқ&#62;"));
}

#[tokio::test]
async fn a_panic_and_a_wrong_method_have_pages_too() {
    async fn fall() {
        panic!("made up");
    }
    let app = || finish(Router::new().route("/kk/x", post(fall)));
    let request = Request::post("/kk/x").body(Body::empty()).unwrap();
    let response = app().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(text(response).await.contains("Біздің тарапта қате болды"));
    let response = ask(app(), "/kk/x", "").await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[header::ALLOW], "POST");
    assert!(text(response).await.contains("<main"));
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused_with_a_page() {
    async fn take(_form: FormData) {}
    let app = finish(Router::new().route("/ru/x", post(take)).layer(DefaultBodyLimit::max(10)));
    let request = Request::post("/ru/x")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("name=more-than-ten-letters"))
        .unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text(response).await.contains("слишком велики"));
}

#[tokio::test]
async fn errors_of_the_api_are_no_pages() {
    let app = finish(Router::new().route("/api/v1/x", get(|| async { StatusCode::NOT_FOUND })));
    let response = ask(app, "/api/v1/x", "").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
}

#[tokio::test]
async fn a_proxy_learns_whether_the_node_is_ready() {
    let world = common::World::open().await;
    let ready = ask(world.app.clone(), "/ready", "").await;
    assert_eq!(ready.status(), StatusCode::OK);
    assert_eq!(text(ready).await, "ready\n");
    world.node.close().await;
    // The last look counts for half a second.
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    let closed = ask(world.app.clone(), "/ready", "").await;
    assert_eq!(closed.status(), StatusCode::SERVICE_UNAVAILABLE);
}
