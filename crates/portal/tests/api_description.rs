//! The description of the API: kept in `openapi.json`, complete, and true to the table of rights.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)] // helpers of tests may fail the test

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use axum::http::StatusCode;
use common::{PASSWORD, World, day, iin};
use kezek_calendar::Iin;
use kezek_node::NewAccount;
use kezek_portal::api::document;
use kezek_portal::routes::Route;
use kezek_portal::words::role_code;
use kezek_records::{Contacts, Language, Person, Role, Strength, hash_password};
use serde_json::{Value, json};

fn calls() -> Vec<Route> {
    let routes = kezek_portal::routes();
    routes.list().iter().filter(|route| route.path.starts_with("/api/")).cloned().collect()
}

#[test]
fn the_kept_description_is_the_served_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let now = format!("{}\n", document::text());
    if std::env::var_os("KEZEK_UPDATE").is_some() {
        std::fs::write(&file, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let first = kept.lines().zip(now.lines()).position(|(kept, now)| kept != now);
    assert!(
        kept == now,
        "the API differs from crates/portal/openapi.json (first at line {first:?}); if it is meant, run \
         KEZEK_UPDATE=1 cargo test -p kezek-portal --test api_description and look at the difference"
    );
}

#[test]
fn every_call_is_described_and_every_description_is_a_call() {
    let description: Value = serde_json::from_str(&document::text()).unwrap();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut described = BTreeSet::new();
    let mut names = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let place = format!("{} {path}", method.to_uppercase());
            assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{place} says nothing");
            let name = operation["operationId"].as_str().unwrap().to_string();
            assert!(names.insert(name.clone()), "two calls are named {name}");
            assert!(operation["responses"]["default"].is_object(), "{place} describes no errors");
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(response["description"].is_string(), "{place} {status} says nothing");
            }
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let has_key = parameters.iter().any(|one| one["name"] == "Idempotency-Key");
            let changes = method != "get" && !path.contains("/sessions") && !path.ends_with("/state");
            assert_eq!(has_key, changes, "{place}");
            described.insert(place);
        }
    }
    let calls: BTreeSet<String> =
        calls().iter().map(|call| format!("{} {}", call.method, call.path)).collect();
    assert_eq!(described, calls);
}

#[test]
fn every_reference_leads_somewhere_and_every_field_is_explained() {
    let description: Value = serde_json::from_str(&document::text()).unwrap();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    let text = document::text();
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "no schema {name}");
    }
    for (name, schema) in schemas {
        for (field, value) in schema["properties"].as_object().into_iter().flatten() {
            let or_null = &value["oneOf"][0]["description"];
            assert!(value["description"].is_string() || or_null.is_string(), "{name}.{field} says nothing");
        }
    }
}

/// An address with all its variables filled in.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{date}" => "2021-06-01",
        "{birth_year}" => "2018",
        "{benefit}" => "teacher",
        part if part.starts_with('{') => "1",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

async fn account(world: &World, serial: u16, role: Role) -> u64 {
    let born = day(1985, 3, 3);
    let new = NewAccount {
        person: Person {
            iin: Iin::parse(&iin(born, serial)).unwrap(),
            surname: "Ойданов".into(),
            given: "Біреу".into(),
            patronymic: None,
            birth_date: Some(born),
        },
        contacts: Contacts { phone: None, second_phone: None, email: None, language: Language::Kk },
        roles: vec![role],
        password_hash: hash_password(PASSWORD, Strength::DemonstrationOnly).unwrap(),
        kindergarten: Some(0),
        settlement: Some(0),
    };
    world.node.people().create_account(new).await.unwrap()
}

#[tokio::test]
async fn who_may_not_is_told_so_at_every_call() {
    let world = World::open().await;
    let roles = [
        Role::Parent,
        Role::Provider,
        Role::Kindergarten,
        Role::Akimat,
        Role::StateCorporation,
        Role::Auditor,
        Role::Administrator,
    ];
    let mut refused = 0;
    for call in calls() {
        let address = filled(&call.path);
        if !call.action.is_allowed(None) {
            let answer = world.visitor().call(call.method.clone(), &address, "k", json!({})).await;
            assert_eq!(
                (answer.status, code(&answer.text)),
                (StatusCode::UNAUTHORIZED, "not_signed_in".into())
            );
        }
    }
    for (serial, role) in (1_u16..).step_by(100).zip(roles) {
        let id = account(&world, serial, role).await;
        for call in calls() {
            // One of the calls ends the session, so each has its own.
            let who = world.browser(id).await;
            let answer = who.call(call.method.clone(), &filled(&call.path), "", json!({})).await;
            let told = (answer.status, code(&answer.text));
            let place = format!("{} {} by {}", call.method, call.path, role_code(role));
            if call.action.is_allowed(Some(&[role])) {
                assert!(
                    !matches!(told.0, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN),
                    "{place} {told:?}"
                );
                assert!(!told.0.is_server_error(), "{place} {}", answer.text);
            } else {
                assert_eq!(told, (StatusCode::FORBIDDEN, "forbidden".into()), "{place}");
                refused += 1;
            }
        }
    }
    assert!(refused > 200, "{refused}");
}

/// The code of a problem; empty when it is none.
fn code(text: &str) -> String {
    let problem: Value = serde_json::from_str(text).unwrap_or_default();
    problem["code"].as_str().unwrap_or_default().to_string()
}
