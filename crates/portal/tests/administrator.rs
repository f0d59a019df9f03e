//! Whoever sets a service up: from an empty one to a queue with a profile, in the browser.
#![allow(clippy::unwrap_used)]

mod common;
mod desk;

use common::{Browser, PASSWORD, config, day, iin};
use desk::form;
use kezek_calendar::Iin;
use kezek_node::{NewAccount, Node};
use kezek_portal::{AppState, Settings};
use kezek_records::{Contacts, Language, Person, Role, Strength, hash_password};
use kezek_rules::State;
use kezek_rules::ids::SettlementId;

const ORGANISATIONS: &str = "settlement;organisation;ownership;group;age or year of birth;language of teaching;capacity;enrolled\n\
     Самал;№ 99 «Айгөлек»;state;Жұлдыз;3;kk;20;5\n";
const QUEUE: &str = "settlement;date and time of registration;child's IIN;child's surname;child's name;\
    child's birth date;parent's IIN;parent's surname;parent's name;phone";

async fn account(node: &Node, serial: u16, roles: Vec<Role>) -> Browser {
    let new = NewAccount {
        person: Person {
            iin: Iin::parse(&iin(day(1990, 5, 5), serial)).unwrap(),
            surname: "Ойданов".into(),
            given: "Әкімші".into(),
            patronymic: None,
            birth_date: None,
        },
        contacts: Contacts { phone: None, second_phone: None, email: None, language: Language::Kk },
        roles,
        password_hash: hash_password(PASSWORD, Strength::DemonstrationOnly).unwrap(),
        kindergarten: None,
        settlement: None,
    };
    let id = node.people().create_account(new).await.unwrap();
    let found = node.people().account(id).await.unwrap().unwrap();
    let (session, token) = node.people().sign_in(found.record, 3_600_000_000).await.unwrap();
    let app = kezek_portal::app(AppState::new(node.clone(), Settings::default()));
    Browser { app, cookie: format!("kezek={}", token.as_str()), csrf: session.csrf_token }
}

async fn import(browser: &Browser, what: &str, text: &str) {
    let file = [("file", "f.csv", "text/csv", text.as_bytes())];
    let planned = browser.post_files("/en/desk/import", &[("what", what)], &file).await;
    planned.is(200);
    let (address, id) = form(&planned, "/desk/import/carry-out", "upload");
    browser.post(address, &[("upload", id)]).await.is(303);
}

#[tokio::test]
async fn the_first_account_fills_an_empty_service() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(config(directory.path())).await.unwrap();
    let browser = account(&node, 1, vec![Role::Administrator, Role::Provider]).await;
    let desk = browser.get("/en/desk").await;
    desk.is(303);
    assert_eq!(desk.location, "/en/desk/import");
    browser.get("/en/desk/import").await.is(200);

    import(&browser, "organisations", ORGANISATIONS).await;
    let (child, parent) = (iin(day(2018, 5, 4), 70), iin(day(1991, 3, 3), 7));
    let queue = format!(
        "{QUEUE}\nСамал;10.01.2020 09:00;{child};Сәрсен;Аяла;04.05.2018;{parent};Сәрсен;Гүлнар;+77010000009\n"
    );
    import(&browser, "queue", &queue).await;
    assert_eq!(node.read(|state| state.applications().count()), 1);

    // With one settlement it is the desk's.
    browser.get("/en/desk").await.is(200);
    browser.get("/en/desk/applications/1").await.is(200).has("Сәрсен Аяла");
    browser.get("/en/desk/profile").await.is(200).has("Самал");
    browser.get("/en/desk/profile/change").await.is(200);

    // With a second one there is no saying which is meant; importing goes on.
    import(&browser, "organisations", &ORGANISATIONS.replace("Самал", "Тал")).await;
    assert_eq!(node.read(|state| state.settlements().count()), 2);
    browser.get("/en/desk/profile").await.is(403);
    browser.get("/en/desk").await.is(303);
    assert!(node.read(|state| state.settlement(SettlementId(1)).is_some()));
}

#[tokio::test]
async fn who_is_only_administrator_imports_and_sees_no_family() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(config(directory.path())).await.unwrap();
    let browser = account(&node, 1, vec![Role::Administrator]).await;
    let page = browser.get("/en/desk/import").await;
    page.is(200);
    assert!(browser.get("/en/").await.text.contains("/en/desk/import"), "the header leads there");
    import(&browser, "organisations", ORGANISATIONS).await;
    for closed in ["/en/desk", "/en/desk/profile", "/en/desk/applications/1", "/en/desk/apply"] {
        browser.get(closed).await.is(403);
    }
}

#[tokio::test]
async fn a_button_pressed_twice_imports_once() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(config(directory.path())).await.unwrap();
    let browser = account(&node, 1, vec![Role::Administrator]).await;
    let file = [("file", "f.csv", "text/csv", ORGANISATIONS.as_bytes())];
    let planned = browser.post_files("/en/desk/import", &[("what", "organisations")], &file).await;
    let (address, id) = form(&planned, "/desk/import/carry-out", "upload");
    let fields = [("upload", id)];
    let press = || browser.post(address, &fields);
    let (first, second, third) = tokio::join!(press(), press(), press());
    for answer in [first, second, third, press().await] {
        answer.is(303);
    }
    let counts = |state: &State| (state.settlements().count(), state.organisations().count());
    assert_eq!(node.read(counts), (1, 1));

    let (child, parent) = (iin(day(2018, 5, 4), 70), iin(day(1991, 3, 3), 7));
    let queue = format!(
        "{QUEUE}\nСамал;10.01.2020 09:00;{child};Сәрсен;Аяла;04.05.2018;{parent};Сәрсен;Гүлнар;+77010000009\n"
    );
    let file = [("file", "f.csv", "text/csv", queue.as_bytes())];
    let planned = browser.post_files("/en/desk/import", &[("what", "queue")], &file).await;
    let fields = [("upload", form(&planned, "/desk/import/carry-out", "upload").1)];
    let press = || browser.post(address, &fields);
    let (first, second) = tokio::join!(press(), press());
    first.is(303);
    second.is(303);
    assert_eq!(node.read(|state| state.applications().count()), 1);

    // Two files of two administrators at once, each planned on an empty service of its own.
    let other = account(&node, 101, vec![Role::Administrator]).await;
    let more = ORGANISATIONS.replace("Самал", "Тал");
    let file = [("file", "f.csv", "text/csv", more.as_bytes())];
    let look = |who: Browser| async move {
        who.post_files("/en/desk/import", &[("what", "organisations")], &file).await
    };
    let pages = (look(browser.clone()).await, look(other.clone()).await);
    let (mine, theirs) = (form(&pages.0, "carry-out", "upload").1, form(&pages.1, "carry-out", "upload").1);
    let fields = ([("upload", mine)], [("upload", theirs)]);
    let (first, second) = tokio::join!(browser.post(address, &fields.0), other.post(address, &fields.1));
    first.is(303);
    second.is(303);
    assert_eq!(node.read(counts), (2, 2));
}
