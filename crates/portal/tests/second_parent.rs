//! A second parent who applies for a child already known: by the law the queue knows a child once (R3.34/23), and each
//! applicant sees the own applications only, since nobody has seen the papers of the other yet (254/22).
#![allow(clippy::unwrap_used)]

mod common;
mod desk;

use axum::http::Method;
use common::{Answer, Browser, World, day, iin};
use desk::{done, form};
use kezek_calendar::Iin;
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::command::CloseReason;
use kezek_rules::ids::ApplicationId;
use serde_json::{Value, json};

async fn apply(browser: &Browser) -> Answer {
    let body = json!({
        "queue": { "kind": "general", "settlement": 0 },
        "child": {
            "iin": iin(day(2018, 5, 1), 11), "surname": "Үмбетова", "given": "Аружан", "born": "2018-05-01"
        },
        "address": "Ақбұлақ, Бейбітшілік көшесі 1"
    });
    let key = kezek_records::random_id().unwrap().to_string();
    browser.call(Method::POST, "/api/v1/applications", &key, body).await
}

async fn own(browser: &Browser) -> usize {
    let answer = browser.call(Method::GET, "/api/v1/applications", "", Value::Null).await;
    answer.json().as_array().unwrap().len()
}

async fn representatives(world: &World) -> Vec<u64> {
    let child = Iin::parse(&iin(day(2018, 5, 1), 11)).unwrap();
    let child = world.node.people().find(&child).await.unwrap().unwrap().id;
    world.node.people().child(child).await.unwrap().unwrap().record.representatives
}

#[tokio::test]
async fn the_second_parent_is_refused_while_the_first_waits_and_stands_for_the_child_afterwards() {
    let world = World::open().await;
    let (aigul, marat) = (world.browser(world.aigul).await, world.browser(world.marat).await);
    apply(&aigul).await.is(201);
    let refused = apply(&marat).await;
    refused.is(409);
    assert_eq!(refused.json()["code"], "duplicate_application");
    assert_eq!((own(&aigul).await, own(&marat).await), (1, 0));
    // 254/6: the reasoned refusal stands in the personal account.
    marat.get("/en/my/notices").await.has("refused registration. Reason: ");
    aigul.get("/en/my/notices").await.has_not("refused registration");
    assert_eq!(representatives(&world).await, [world.aigul], "a refusal changes nothing");

    done(&world, Command::Close(ApplicationId(0), CloseReason::Moved), PrivateChanges::none()).await;
    apply(&marat).await.is(201);
    assert_eq!((own(&aigul).await, own(&marat).await), (1, 1));
    marat.call(Method::GET, "/api/v1/applications/1", "", Value::Null).await.is(404);
    marat.call(Method::GET, "/api/v1/applications/2", "", Value::Null).await.is(200);
    assert_eq!(representatives(&world).await, [world.aigul, world.marat]);
}

#[tokio::test]
async fn a_second_parent_of_a_file_stands_for_a_child_known_already() {
    let world = World::open().await;
    apply(&world.browser(world.aigul).await).await.is(201);
    done(&world, Command::Close(ApplicationId(0), CloseReason::Moved), PrivateChanges::none()).await;
    let desk = world.browser(world.provider).await;
    let text = format!(
        "settlement;date and time of registration;child's IIN;child's surname;child's name;child's birth date;\
         parent's IIN;parent's surname;parent's name;phone;state\n\
         Ақбұлақ;10.01.2020 09:00;{};Үмбетова;Аружан;01.05.2018;{};Үмбетов;Марат;+77010000009;enrolled\n",
        iin(day(2018, 5, 1), 11),
        iin(day(1990, 5, 5), 101)
    );
    let file = [("file", "queue.csv", "text/csv", text.as_bytes())];
    let planned = desk.post_files("/en/desk/import", &[("what", "queue")], &file).await;
    planned.is(200);
    let (address, id) = form(&planned, "/desk/import/carry-out", "upload");
    let head = world.node.head().seq;
    desk.post(address, &[("upload", id)]).await.is(303);
    assert_eq!(world.node.head().seq, head + 2, "registered and marked as enrolled");
    assert_eq!(representatives(&world).await, [world.aigul, world.marat]);
}

#[tokio::test]
async fn a_stranger_who_types_an_iin_learns_no_name_and_gets_no_application() {
    let world = World::open().await;
    let (aigul, marat) = (world.browser(world.aigul).await, world.browser(world.marat).await);
    apply(&aigul).await.is(201);
    done(&world, Command::Close(ApplicationId(0), CloseReason::Moved), PrivateChanges::none()).await;
    for (surname, given, born) in [
        ("Басқа", "Аружан", "2018-05-01"),
        ("Үмбетова", "Басқа", "2018-05-01"),
        ("Үмбетова", "Аружан", "2018-05-02"),
    ] {
        let body = json!({
            "queue": { "kind": "general", "settlement": 0 },
            "child": { "iin": iin(day(2018, 5, 1), 11), "surname": surname, "given": given, "born": born },
            "address": "Ақбұлақ, Бейбітшілік көшесі 1"
        });
        let key = kezek_records::random_id().unwrap().to_string();
        let answer = marat.call(Method::POST, "/api/v1/applications", &key, body).await;
        answer.is(422);
        assert!(!answer.text.contains("Үмбетова"), "{}", answer.text);
    }
    assert_eq!(own(&marat).await, 0);
    assert_eq!(representatives(&world).await, [world.aigul]);
}
