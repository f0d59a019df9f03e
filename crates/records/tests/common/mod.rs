//! Made-up people and keys.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;

use kezek_calendar::{Date, Iin};
use kezek_records::*;

pub const NOW_US: i64 = 1_623_900_000_000_000;

pub const INDEX_LINE: &str = "index=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
pub const LINE_1: &str = "1=ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
pub const LINE_2: &str = "2=QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=";
pub const OTHER_1: &str = "1=YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8=";

/// Everything that must never be seen outside a sealed row.
pub const SECRETS: [&str; 9] = [
    "180515500008",
    "Сынақова",
    "Үлгіай",
    "Мысалқызы",
    "+77010000001",
    "ulgi@example.test",
    "Жасанды көшесі",
    "көп балалы",
    "hash-of-password",
];

pub fn keys() -> Keys {
    Keys::parse(&[INDEX_LINE, LINE_1].join("\n")).unwrap()
}

pub fn label(id: u64, owner: u64) -> Label {
    Label { id, owner: Some(owner), created_us: NOW_US, expires_us: None }
}

pub fn iin() -> Iin {
    Iin::parse("180515500008").unwrap()
}

pub fn person() -> Person {
    Person {
        iin: iin(),
        surname: "Сынақова".into(),
        given: "Үлгіай".into(),
        patronymic: Some("Мысалқызы".into()),
        birth_date: Some(Date::constant(2018, 5, 15)),
    }
}

pub fn child() -> ChildRecord {
    ChildRecord {
        representatives: vec![2],
        birth_certificate: Some("180515500008".into()),
        conclusion: Some("көп балалы".into()),
    }
}

pub fn contacts() -> Contacts {
    Contacts {
        phone: Some(Phone::parse("8 701 000 00 01").unwrap()),
        second_phone: None,
        email: Some("ulgi@example.test".into()),
        language: Language::Kk,
    }
}

pub fn application() -> ApplicationPrivate {
    ApplicationPrivate {
        child: 1,
        parent: 2,
        address: "Жасанды көшесі, 1".into(),
        grounds: Some("көп балалы".into()),
        note: None,
    }
}

pub fn document() -> Document {
    accept_document("Сынақова.pdf", "application/pdf", b"%PDF-180515500008", "birth_certificate", None)
        .unwrap()
}

pub fn account() -> Account {
    Account {
        person: 1,
        roles: vec![Role::Parent, Role::Kindergarten],
        password_hash: "hash-of-password".into(),
        kindergarten: Some(9),
        settlement: None,
        failed_count: 0,
        locked_until_us: None,
        must_change_password: false,
    }
}

pub fn access() -> AccessEntry {
    AccessEntry { who: 7, whose: 1, when_us: NOW_US, why: "check_documents".into() }
}

pub fn notice() -> Notice {
    Notice {
        to: 1,
        kind: "window_opened".into(),
        language: Language::Kk,
        parameters: BTreeMap::from([("name".into(), "Сынақова Үлгіай".into())]),
        created_us: NOW_US,
        read_us: None,
    }
}

/// All rows of one person, owner `person`, ids from `first_id`.
pub fn rows_of(keys: &Keys, person_id: u64, first_id: u64) -> Vec<SealedRow> {
    let at = |number| label(first_id + number, person_id);
    let (session, _) = Session::begin(1, NOW_US, 1_000).unwrap();
    vec![
        seal(keys, label(person_id, person_id), &person()).unwrap(),
        seal(keys, label(person_id, person_id), &child()).unwrap(),
        seal(keys, label(person_id, person_id), &contacts()).unwrap(),
        seal(keys, at(1), &application()).unwrap(),
        seal(keys, at(2), &document()).unwrap(),
        seal_document_bytes(keys, at(2), b"%PDF-180515500008").unwrap(),
        seal(keys, at(3), &account()).unwrap(),
        seal(keys, at(4), &session).unwrap(),
        seal(keys, at(5), &access()).unwrap(),
        seal(keys, at(6), &notice()).unwrap(),
    ]
}
