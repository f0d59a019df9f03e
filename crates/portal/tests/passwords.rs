//! One-time passwords, wrong passwords and changed ones, in a browser and by the API.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::Arc;

use axum::http::Method;
use common::{PASSWORD, World, day, iin};
use kezek_node::Access;

#[tokio::test]
async fn a_one_time_password_leads_to_a_new_one_and_nowhere_else() {
    let world = World::open().await;
    let Access::OneTimePassword(once) = world.node.people().give_access(world.aigul).await.unwrap() else {
        panic!("a parent's account")
    };
    let number = iin(day(1990, 5, 5), 1);
    let browser = world.visitor();
    let entered = browser.post_raw("/en/sign-in", &[("iin", &number), ("password", &once)]).await;
    entered.is(303);
    let browser = world.browser(world.aigul).await;
    let led = browser.get("/en/my").await;
    led.is(303);
    assert_eq!(led.location, "/en/password");
    let same = browser.post("/en/password", &[("present", &once), ("new", &once)]).await;
    same.is(422).has("The new password is the present one");
    browser.post("/en/password", &[("present", &once), ("new", "жеті бұлақ 77")]).await.is(303);
    let browser = world.browser(world.aigul).await;
    browser.get("/en/my").await.is(200);
}

async fn try_password(world: &World, password: &str) -> u16 {
    let body = serde_json::json!({ "iin": iin(day(1990, 5, 5), 1), "password": password });
    world.visitor().call(Method::POST, "/api/v1/sessions", "", body).await.status.as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_wrong_passwords_at_once_lock_the_account() {
    let world = Arc::new(World::open().await);
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..60 {
        let world = Arc::clone(&world);
        tries.spawn(async move { try_password(&world, "a wrong one").await });
    }
    let answers = tries.join_all().await;
    let count = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((count(401), count(429)), (5, 55), "{answers:?}");
    assert_eq!(try_password(&world, PASSWORD).await, 429, "locked for the right password too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_changed_during_guesses_stays() {
    let world = Arc::new(World::open().await);
    let browser = world.browser(world.aigul).await;
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let world = Arc::clone(&world);
        tries.spawn(async move { try_password(&world, "a wrong one").await });
    }
    let changed = browser.post("/en/password", &[("present", PASSWORD), ("new", "жеті бұлақ 77")]).await;
    changed.is(303);
    tries.join_all().await;
    assert_eq!(try_password(&world, "жеті бұлақ 77").await, 201);
    assert_eq!(try_password(&world, PASSWORD).await, 401);
}
