//! What the API takes as files, and the calls beside them: import, monthly answers, originals, children, password.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)] // helpers of tests may fail the test

mod common;
mod desk;

use axum::body::Body;
use axum::http::{Method, Request, header};
use common::{Answer, Browser, PASSWORD, World, accept, day, iin};
use desk::family;
use kezek_rules::Command;
use kezek_rules::benefit::{Benefit, Standing};
use kezek_rules::ids::ApplicationId;
use serde_json::{Value, json};

const ORGANISATIONS: &str = "settlement;organisation;ownership;group;age or year of birth;language of teaching;capacity;enrolled\n\
     Ақбұлақ;№ 99 «Айгөлек»;state;Жұлдыз;3;kk;20;5\n";

async fn send(who: &Browser, path: &str, key: &str, text: &str) -> Answer {
    let token = who.cookie.strip_prefix("kezek=").unwrap_or_default();
    let mut request = Request::post(format!("/api/v1{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT_LANGUAGE, "en")
        .header(header::CONTENT_TYPE, "text/csv");
    if !key.is_empty() {
        request = request.header("idempotency-key", key);
    }
    who.ask(request.body(Body::from(text.to_string())).unwrap()).await
}

async fn post(who: &Browser, path: &str, key: &str, body: Value) -> Answer {
    who.call(Method::POST, &format!("/api/v1{path}"), key, body).await
}

async fn get(who: &Browser, path: &str) -> Answer {
    who.call(Method::GET, &format!("/api/v1{path}"), "", Value::Null).await
}

#[tokio::test]
async fn organisations_are_looked_at_and_then_imported_once() {
    let world = World::open().await;
    let provider = world.browser(world.provider).await;
    let count = || world.node.read(|state| state.organisations().count());
    let path = "/desk/import/organisations";
    let looked = send(&provider, &format!("{path}?dry_run=true"), "k", ORGANISATIONS).await.is(200).json();
    assert_eq!((&looked["carried_out"], &looked["organisations"], count()), (&json!(false), &json!(1), 4));

    let ask = || send(&provider, path, "k", ORGANISATIONS);
    let (first, second) = tokio::join!(ask(), ask());
    assert_eq!(
        (first.is(200).json(), second.is(200).json()["organisations"].clone()),
        (ask().await.json(), json!(1))
    );
    assert_eq!(count(), 5);
    let again = send(&provider, path, "other", ORGANISATIONS).await.is(200).json();
    assert_eq!((&again["organisations"], &again["there_already"], count()), (&json!(0), &json!([2]), 5));

    assert_eq!(send(&provider, path, "k", "else").await.is(422).json()["code"], "key_reused");
    assert_eq!(send(&provider, path, "", ORGANISATIONS).await.is(400).json()["code"], "key_missing");
    let foreign = send(&provider, path, "f", &ORGANISATIONS.replace("Ақбұлақ", "Тал")).await.is(422).json();
    assert_eq!((&foreign["code"], count()), (&json!("file_rejected"), 5));
    assert!(foreign["lines"][0].as_str().unwrap().contains("another settlement"), "{foreign}");
    for account in [world.aigul, world.garden, world.auditor] {
        send(&world.browser(account).await, path, "k", ORGANISATIONS).await.is(403);
    }
}

#[tokio::test]
async fn a_queue_is_imported_once_or_its_lines_are_told() {
    let world = World::open().await;
    let provider = world.browser(world.provider).await;
    let (child, parent) = (iin(day(2018, 5, 4), 70), iin(day(1991, 3, 3), 7));
    let queue = format!(
        "settlement;date and time of registration;child's IIN;child's surname;child's name;child's birth date;\
         parent's IIN;parent's surname;parent's name;phone\n\
         Ақбұлақ;10.01.2020 09:00;{child};Сәрсен;Аяла;04.05.2018;{parent};Сәрсен;Гүлнар;+77010000009\n"
    );
    let wrong = send(&provider, "/desk/import/queue", "w", &queue.replace("04.05.2018", "04.15.2018")).await;
    assert!(wrong.is(422).json()["lines"][0].as_str().unwrap().contains("line 2"), "{}", wrong.text);
    let ask = || send(&provider, "/desk/import/queue", "k", &queue);
    let (first, second) = tokio::join!(ask(), ask());
    let (first, second) = (first.is(200).json(), second.is(200).json());
    assert_eq!((&first, &first["applications"], &first["people"]), (&second, &json!(1), &json!(2)));
    assert_eq!(
        first["queues"][0],
        json!({ "settlement": 0, "queue": "general/2018", "before": 0, "new": 1 })
    );
    assert_eq!(world.node.read(|state| state.applications().count()), 1);
    send(&world.browser(world.auditor).await, "/desk/import/queue", "k", &queue).await.is(403);
}

#[tokio::test]
async fn monthly_answers_annul_what_was_not_confirmed() {
    let world = World::open().await;
    let number = family(&world, 11, &[Benefit::Serviceman]).await;
    let id = ApplicationId::from_number(number).unwrap();
    accept(&world.node, Command::ConfirmBenefit(id, Benefit::Serviceman)).await;
    let provider = world.browser(world.provider).await;
    let path = "/desk/monthly-answers";
    let standing = || world.node.read(|state| state.application(id).unwrap().claims[0].standing);
    let no = format!("Application;Answer\n{number};no\n");
    let looked = send(&provider, &format!("{path}?dry_run=true"), "k", &no).await.is(200).json();
    assert_eq!(looked["no"], json!([{ "application": number, "benefit": "serviceman" }]));
    assert_eq!(standing(), Standing::Confirmed);

    let wrong = send(&provider, path, "w", "Application;Answer\n999;no\n").await.is(422).json();
    assert!(wrong["lines"][0].as_str().unwrap().contains("Line 2"), "{wrong}");
    let ask = || send(&provider, path, "k", &no);
    let asked = futures_util::future::join_all((0..12).map(|_| ask())).await;
    let answers: Vec<Value> = asked.into_iter().map(|one| one.is(200).json()).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_ne!(standing(), Standing::Confirmed);
    assert_eq!(ask().await.is(200).json()["carried_out"], json!(true));
    for account in [world.aigul, world.garden, world.auditor] {
        send(&world.browser(account).await, path, "k", &no).await.is(403);
    }
}

#[tokio::test]
async fn the_thirty_minutes_begin_once_and_end_with_the_judgement() {
    let world = World::open().await;
    let number = family(&world, 11, &[Benefit::Teacher]).await;
    let provider = world.browser(world.provider).await;
    let one = format!("/desk/applications/{number}");
    let path = format!("{one}/originals-shown");
    let first = post(&provider, &path, "a", json!({})).await.is(200).json();
    assert_eq!(first, json!({ "shown": "2021-06-01T06:00:00Z", "confirm_by": "2021-06-01T06:30:00Z" }));
    world.at("2021-06-01T12:10:00").await;
    assert_eq!(post(&provider, &path, "b", json!({})).await.is(200).json(), first);
    assert_eq!(get(&provider, &one).await.json()["originals_shown"], first["shown"]);
    post(&provider, &format!("{one}/benefits/teacher/confirm"), "c", json!({})).await.is(200);
    assert_eq!(post(&provider, &path, "a", json!({})).await.is(200).json(), first);
    assert_eq!(get(&provider, &one).await.json()["originals_shown"], Value::Null);

    post(&provider, "/desk/applications/999/originals-shown", "d", json!({})).await.is(404);
    post(&provider, &path, "", json!({})).await.is(400);
    for account in [world.aigul, world.garden, world.auditor] {
        post(&world.browser(account).await, &path, "e", json!({})).await.is(403);
    }
}

#[tokio::test]
async fn a_kindergarten_sees_its_own_children_only() {
    let world = World::open().await;
    let number = family(&world, 11, &[]).await;
    let id = ApplicationId::from_number(number).unwrap();
    world.offer(1).await;
    world.at("2021-06-02T07:00:00").await;
    let vacancy = world.node.read(|state| state.vacancies().next().unwrap().0);
    for command in [Command::Claim(id, vacancy), Command::ConfirmDocuments(id), Command::Enrol(id)] {
        accept(&world.node, command).await;
    }
    let garden = world.browser(world.garden).await;
    let all = get(&garden, "/kindergarten/children").await.is(200).json();
    assert_eq!((all.as_array().unwrap().len(), &all[0]["application"]), (1, &json!(number)));
    assert!(!all.to_string().contains("Бала"), "names come one by one");
    let path = format!("/kindergarten/children/{number}");
    let one = get(&garden, &path).await.is(200).json();
    assert_eq!((&one["child"]["given"], &one["group"]), (&json!("Бала-11"), &json!(0)));

    let special = world.browser(world.special).await;
    assert_eq!(get(&special, "/kindergarten/children").await.json(), json!([]));
    get(&special, &path).await.is(404);
    get(&garden, "/kindergarten/children/999").await.is(404);
    for account in [world.aigul, world.provider, world.auditor] {
        get(&world.browser(account).await, &path).await.is(403);
    }
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it() {
    let world = World::open().await;
    let parent = world.browser(world.aigul).await;
    let path = "/sessions/password";
    let new = "сегіз бұлақ 8";
    let ask = |present: &str, new: &str| json!({ "present": present, "new": new });
    assert_eq!(post(&parent, path, "", ask(PASSWORD, "short")).await.is(422).json()["field"], "new");
    assert_eq!(post(&parent, path, "", ask("wrong one here", new)).await.is(422).json()["field"], "present");
    let token = post(&parent, path, "", ask(PASSWORD, new)).await.is(200).json()["token"].clone();
    post(&parent, path, "", ask(PASSWORD, new)).await.is(401);
    let renewed = Browser { cookie: format!("kezek={}", token.as_str().unwrap()), ..parent };
    get(&renewed, "/sessions/current").await.is(200);
    post(&world.visitor(), path, "", ask(PASSWORD, new)).await.is(401);
}
