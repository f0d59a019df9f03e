//! Sessions end at once, though they are kept in memory; while the store is away families still see their number.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
mod desk;

use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};
use common::{Browser, PASSWORD, World};
use desk::family;
use kezek_node::Storage;
use kezek_trial_postgres::{Cluster, Stop};
use serde_json::{Value, json};

async fn api(browser: &Browser) -> u16 {
    browser.call(Method::GET, "/api/v1/sessions/current", "", Value::Null).await.status.as_u16()
}

#[tokio::test]
async fn a_signed_out_cookie_is_refused_at_once() {
    let world = World::open().await;
    let (one, other) = (world.browser(world.aigul).await, world.browser(world.aigul).await);
    for browser in [&one, &other] {
        browser.get("/kk/my").await.is(200).has("Айгүл Үмбетова");
        browser.get("/kk/my").await.is(200);
        assert_eq!(api(browser).await, 200);
    }
    one.post("/kk/sign-out", &[]).await.is(303);
    assert!(one.get("/kk/my").await.is(303).location.starts_with("/kk/sign-in"));
    assert_eq!(api(&one).await, 401);
    other.get("/kk/my").await.is(200);
    let ended = other.call(Method::DELETE, "/api/v1/sessions/current", "", Value::Null).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(api(&other).await, 401);
    other.get("/kk/my").await.is(303);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_at_once() {
    let world = World::open().await;
    let (one, other) = (world.browser(world.aigul).await, world.browser(world.aigul).await);
    assert_eq!((api(&one).await, api(&other).await), (200, 200));
    let new = json!({ "present": PASSWORD, "new": "басқа құпиясөз 8" });
    let changed = one.call(Method::POST, "/api/v1/sessions/password", "", new).await;
    let cookie = format!("kezek={}", changed.json()["token"].as_str().unwrap());
    assert_eq!((api(&one).await, api(&other).await), (401, 401));
    assert_eq!(api(&Browser { cookie, ..one }).await, 200);
}

#[tokio::test]
async fn a_form_token_of_memory_is_the_one_of_the_session() {
    let world = World::open().await;
    let aigul = world.browser(world.aigul).await;
    aigul.get("/kk/my").await.is(200);
    aigul.post_raw("/kk/sign-out", &[("csrf", "x"), ("key", "k")]).await.is(403);
    aigul.get("/kk/my").await.is(200);
    aigul.post("/kk/sign-out", &[]).await.is(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_is_away_families_look_and_change_nothing() {
    let mut cluster = Cluster::start(&["fsync=off"]).unwrap();
    let world = World::open_in(Storage::Postgres(cluster.database().unwrap())).await;
    let number = family(&world, 11, &[]).await;
    let (known, unknown) = (world.browser(world.aigul).await, world.browser(world.aigul).await);
    let began = Instant::now();
    while world.node.people().known(known.cookie.strip_prefix("kezek=").unwrap()).is_none() {
        known.get("/kk/my").await.is(200);
        assert!(began.elapsed() < Duration::from_secs(10), "never kept in memory");
    }

    cluster.stop(Stop::Immediate).unwrap();
    tokio::time::sleep(Duration::from_secs(4)).await;
    known.get(&format!("/kk/my/{number}")).await.is(200).has("Айгүл Үмбетова");
    known.get("/kk/my").await.is(200).has("Бала-11");
    let address = format!("/api/v1/applications/{number}");
    let shown = known.call(Method::GET, &address, "", Value::Null).await;
    assert_eq!(shown.json()["child_given"], "Бала-11");
    unknown.get(&format!("/kk/my/{number}")).await.is(503);
    let began = Instant::now();
    known.post(&format!("/kk/my/{number}/interest"), &[]).await.is(503);
    known.post("/kk/sign-out", &[]).await.is(503);
    assert!(began.elapsed() < Duration::from_secs(6), "nobody waits long for a 503");

    cluster.start_again().unwrap();
    let began = Instant::now();
    while unknown.get("/kk/my").await.status != StatusCode::OK {
        assert!(began.elapsed() < Duration::from_secs(20), "the store is back");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    known.post("/kk/sign-out", &[]).await.is(303);
    assert!(world.node.people().remembered(known.cookie.strip_prefix("kezek=").unwrap()).is_none());
    known.get("/kk/my").await.is(303);
}
