//! Who is not signed in: public pages, signing in and out, the demonstration.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests may fail the test

mod common;

use common::{PASSWORD, World, day, iin};
use kezek_portal::texts::MISSING;

#[tokio::test]
async fn public_pages_open_in_every_language() {
    let world = World::open().await;
    world.offer(2).await;
    world.at("2021-06-01T18:00:00").await;
    let visitor = world.visitor();
    for language in ["kk", "ru", "en"] {
        for page in ["", "bulletin", "places", "queue", "queue?year=2018", "referrals", "state", "sign-in"] {
            let answer = visitor.get(&format!("/{language}/{page}")).await;
            answer.is(200);
            assert!(!answer.text.contains(MISSING), "{language}/{page}: {}", answer.words());
            assert!(!answer.text.contains("{ $"), "{language}/{page}");
        }
    }
    visitor.get("/kk/bulletin").await.has("№ 7 «Балапан»").has("Барлығы 2 орын жарияланды");
    visitor.get("/en/places").await.has("№ 7 «Балапан»").has("waits for the opening");
    visitor.get("/en/places?language=ru").await.has("There are no free places of this kind now");
    visitor.get("/en/places?age=2").await.has("№ 7 «Балапан»");
    visitor.get("/en/places?age=5").await.has_not("Born in 2018");
    visitor.get("/en/bulletin?date=2021-05-31").await.has("no places were handed over");
    visitor.get("/en/places?settlement=9").await.is(404);
}

#[tokio::test]
async fn signing_in_gives_a_new_session_and_signing_out_ends_it() {
    let world = World::open().await;
    let mut browser = world.visitor();
    let own = iin(day(1990, 5, 5), 1);
    let wrong = browser.post_raw("/kk/sign-in", &[("iin", &own), ("password", "басқа")]).await;
    wrong.is(422).has("ЖСН немесе құпиясөз дұрыс емес");
    assert!(wrong.text.contains(&format!("value=\"{own}\"")) && !wrong.text.contains("басқа"));
    let unknown = browser.post_raw("/kk/sign-in", &[("iin", "180515500008"), ("password", "x")]).await;
    unknown.is(422).has("ЖСН немесе құпиясөз дұрыс емес");
    let right =
        browser.post_raw("/kk/sign-in", &[("iin", &own), ("password", PASSWORD), ("next", "/my")]).await;
    assert_eq!(
        (right.is(303).location.as_str(), right.headers["set-cookie"].to_str().unwrap().contains("HttpOnly")),
        ("/kk/my", true)
    );
    browser.cookie = right.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_string();
    let home = browser.get("/kk/my").await;
    home.is(200).has("Айгүл Үмбетова");
    let csrf = home.hidden("/kk/sign-out", "csrf");
    let again =
        browser.post_raw("/kk/sign-in", &[("iin", &own), ("password", PASSWORD), ("csrf", &csrf)]).await;
    let second = again.is(303).headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_string();
    assert_ne!(second, browser.cookie, "a sign-in begins a new session");
    browser.get("/kk/my").await.is(303);
    browser.cookie = second;
    let csrf = browser.get("/kk/my").await.is(200).hidden("/kk/sign-out", "csrf");
    browser.post_raw("/kk/sign-out", &[("csrf", "x")]).await.is(403);
    browser.get("/kk/my").await.is(200);
    browser.post_raw("/kk/sign-out", &[("csrf", &csrf)]).await.is(303);
    assert_eq!(browser.get("/kk/my").await.is(303).location, "/kk/sign-in?next=%2F%6D%79");
}

#[tokio::test]
async fn wrong_passwords_lock_the_account_also_for_the_right_one() {
    let world = World::open().await;
    let browser = world.visitor();
    let own = iin(day(1990, 5, 5), 1);
    for _ in 0..5 {
        browser.post_raw("/ru/sign-in", &[("iin", &own), ("password", "x")]).await.is(422).has("неверны");
    }
    let locked = browser.post_raw("/ru/sign-in", &[("iin", &own), ("password", PASSWORD)]).await;
    locked.is(422).has("вход временно закрыт");
}

#[tokio::test]
async fn nobody_is_led_to_another_site_after_signing_in() {
    let world = World::open().await;
    let own = iin(day(1990, 5, 5), 1);
    for next in ["//evil.example", "https://evil.example", "/\\evil.example", "evil"] {
        let form = [("iin", own.as_str()), ("password", PASSWORD), ("next", next)];
        assert_eq!(world.visitor().post_raw("/kk/sign-in", &form).await.is(303).location, "/kk/start");
    }
}

#[tokio::test]
async fn a_made_up_person_is_picked_and_others_are_not() {
    let world = World::open().await;
    let mut browser = world.visitor();
    browser.get("/en/sign-in").await.has("Demonstration: pick a person").has("Service provider");
    let picked = browser.post_raw("/en/demo/sign-in", &[("account", &world.provider.to_string())]).await;
    browser.cookie =
        picked.is(303).headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_string();
    browser.get("/en/").await.is(200).has("Work list");
    let other = world.marat.to_string();
    world.visitor().post_raw("/en/demo/sign-in", &[("account", &other)]).await.is(404);
}

#[tokio::test]
async fn the_clock_of_a_demonstration_goes_to_the_bulletin_and_the_opening() {
    let world = World::open().await;
    let browser = world.visitor();
    world.offer(1).await;
    browser
        .get("/en/bulletin")
        .await
        .has("No bulletin has been published yet")
        .has("Tuesday, 1 June 2021, 12:00");
    let moved = browser.post_raw("/en/demo/clock", &[("step", "bulletin"), ("back", "/bulletin")]).await;
    assert_eq!(moved.is(303).location, "/en/bulletin");
    browser.get("/en/bulletin").await.has("Tuesday, 1 June 2021, 18:00").has("№ 7 «Балапан»");
    browser.post_raw("/en/demo/clock", &[("step", "opening"), ("back", "//x")]).await.is(303);
    browser
        .get("/en/places")
        .await
        .has("Wednesday, 2 June 2021, 07:00")
        .has("priority access until Friday, 4 June");
    browser.post_raw("/en/demo/clock", &[("step", "century")]).await.is(400);
}

#[tokio::test]
async fn what_needs_a_role_is_closed_to_others() {
    let world = World::open().await;
    let visitor = world.visitor();
    assert_eq!(visitor.get("/ru/my/1").await.is(303).location, "/ru/sign-in?next=%2F%6D%79%2F%31");
    visitor.post_raw("/ru/my/1/annul", &[]).await.is(403);
    let provider = world.browser(world.provider).await;
    provider.get("/ru/my").await.is(403).has("На это действие нет права");
    let parent = world.browser(world.aigul).await;
    for page in ["/ru/desk", "/ru/desk/profile", "/ru/garden"] {
        parent.get(page).await.is(403);
    }
    let auditor = world.browser(world.auditor).await;
    auditor.get("/ru/desk/applications/1").await.is(403);
}

#[tokio::test]
async fn no_form_of_any_page_is_taken_without_the_token_of_its_session() {
    let world = World::open().await;
    for route in kezek_portal::routes().list() {
        if route.method != axum::http::Method::POST || route.path.starts_with("/api/") {
            continue;
        }
        let accounts = [world.aigul, world.provider, world.garden];
        let roles =
            [kezek_records::Role::Parent, kezek_records::Role::Provider, kezek_records::Role::Kindergarten];
        let allowed = roles.iter().position(|role| route.action.is_allowed(Some(&[*role])));
        let account = accounts[allowed.unwrap_or_else(|| panic!("nobody may use {}", route.path))];
        let path = route
            .path
            .replace("{language}", "kk")
            .replace("{benefit}", "teacher")
            .replace("{finding}", "confirm");
        let path: String = path
            .split('/')
            .map(|part| if part.starts_with('{') { "1" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        let mut browser = world.browser(account).await;
        browser.csrf = "wrong".to_string();
        let plain = browser.post(&path, &[]).await.status.as_u16();
        let status =
            if plain == 400 { browser.post_files(&path, &[], &[]).await.status.as_u16() } else { plain };
        assert_eq!(status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    let world = World::open().await;
    let (browser, other) = (world.browser(world.aigul).await, world.browser(world.aigul).await);
    let change = |present: &'static str, new: &'static str| {
        let browser = browser.clone();
        async move { browser.post("/en/password", &[("present", present), ("new", new)]).await }
    };
    change("wrong", "сегіз қырлы 8").await.is(422).has("The present password is wrong");
    change(PASSWORD, "short").await.is(422).has("too short");
    let changed = change(PASSWORD, "сегіз қырлы 8").await;
    let cookie =
        changed.is(303).headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_string();
    other.get("/en/my").await.is(303);
    let fresh = common::Browser { cookie, ..browser.clone() };
    fresh.get("/en/password?done=password").await.is(200).has("The password is changed");
    let own = iin(day(1990, 5, 5), 1);
    world.visitor().post_raw("/en/sign-in", &[("iin", &own), ("password", PASSWORD)]).await.is(422);
    world.visitor().post_raw("/en/sign-in", &[("iin", &own), ("password", "сегіз қырлы 8")]).await.is(303);
}
