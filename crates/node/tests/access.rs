//! Access that somebody else gives: parents' accounts, roles, one-time passwords.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::config;
use kezek_node::calendar::{Date, Iin};
use kezek_node::records::{Contacts, Keys, Language, Person, Phone, Role, verify_password};
use kezek_node::{Access, Config, NewAccount, Node, OpenError, People, PeopleError, RoleAdded, Tried};

const HOUR_US: i64 = 3_600_000_000;

fn person(serial: u16) -> Person {
    Person {
        iin: Iin::from_birth(Date::constant(1990, 1, 2), 4, serial).unwrap(),
        surname: "Үлгі".into(),
        given: "Ана".into(),
        patronymic: None,
        birth_date: None,
    }
}

fn contacts(phone: Option<&str>) -> Contacts {
    Contacts {
        phone: phone.map(|phone| Phone::parse(phone).unwrap()),
        second_phone: None,
        email: None,
        language: Language::Ru,
    }
}

fn staff(serial: u16) -> NewAccount {
    NewAccount {
        person: person(serial),
        contacts: contacts(None),
        roles: vec![Role::Provider],
        password_hash: "the clerk's".into(),
        kindergarten: None,
        settlement: Some(0),
    }
}

async fn given(people: &People, id: u64) -> String {
    match people.give_access(id).await.unwrap() {
        Access::OneTimePassword(password) => password,
        Access::OwnPassword => panic!("not a staff account"),
    }
}

#[tokio::test]
async fn a_parent_at_the_office_gets_an_account_and_later_a_new_password() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(config(directory.path())).await.unwrap();
    let people = node.people();
    assert!(matches!(people.give_access(77).await, Err(PeopleError::NoPerson)));

    let id = people.enter_person(&person(100), &contacts(Some("+77010000001"))).await.unwrap();
    assert_eq!(people.enter_person(&person(100), &contacts(None)).await.unwrap(), id, "one IIN, one person");
    assert!(people.contacts(id).await.unwrap().unwrap().record.phone.is_some(), "known contacts stay");

    let first = given(people, id).await;
    let account = people.account(id).await.unwrap().unwrap().record;
    assert_eq!(account.roles, [Role::Parent]);
    assert!(account.must_change_password);
    assert!(verify_password(&first, Some(&account.password_hash)).unwrap());

    let (_, token) = people.sign_in(account, HOUR_US).await.unwrap();
    let second = given(people, id).await;
    assert_ne!(first, second);
    assert!(people.signed_in(token.as_str()).await.unwrap().is_none(), "the sessions end");
    let account = people.account(id).await.unwrap().unwrap().record;
    assert!(!verify_password(&first, Some(&account.password_hash)).unwrap());
    assert!(verify_password(&second, Some(&account.password_hash)).unwrap());
}

#[tokio::test]
async fn a_staff_account_keeps_its_password_and_may_act_as_a_parent() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(config(directory.path())).await.unwrap();
    let people = node.people();
    let id = people.create_account(staff(200)).await.unwrap();
    assert_eq!(people.give_access(id).await.unwrap(), Access::OwnPassword);
    assert_eq!(people.give_access(id).await.unwrap(), Access::OwnPassword);
    let account = people.account(id).await.unwrap().unwrap().record;
    assert_eq!(account.roles, [Role::Provider, Role::Parent]);
    assert_eq!((account.password_hash.as_str(), account.must_change_password), ("the clerk's", false));
}

#[tokio::test]
async fn an_account_gains_a_role_in_its_own_place_only() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(config(directory.path())).await.unwrap();
    let people = node.people();
    let id = people.enter_person(&person(100), &contacts(None)).await.unwrap();
    given(people, id).await;
    let add = |settlement, garden| people.add_role(id, Role::Kindergarten, Some(settlement), Some(garden));
    assert_eq!(add(0, 3).await.unwrap(), RoleAdded::Added);
    assert_eq!(add(0, 3).await.unwrap(), RoleAdded::There);
    assert!(matches!(add(1, 3).await, Err(PeopleError::OtherPlace)));
    assert!(matches!(add(0, 4).await, Err(PeopleError::OtherPlace)));
    let account = people.account(id).await.unwrap().unwrap().record;
    assert_eq!(account.roles, [Role::Parent, Role::Kindergarten]);
    assert_eq!((account.settlement, account.kindergarten), (Some(0), Some(3)));
    assert_eq!(people.give_access(id).await.unwrap(), Access::OwnPassword, "staff now");

    let password = people.reset_password(id).await.unwrap();
    let account = people.account(id).await.unwrap().unwrap().record;
    assert!(
        account.must_change_password && verify_password(&password, Some(&account.password_hash)).unwrap()
    );
}

#[tokio::test]
async fn wrong_passwords_at_the_same_time_are_all_counted() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(config(directory.path())).await.unwrap();
    let people = node.people();
    let id = people.create_account(staff(200)).await.unwrap();
    let read_by_all = people.account(id).await.unwrap().unwrap().record;
    for _ in 0..5 {
        assert!(matches!(people.note_failure(&read_by_all).await.unwrap(), Tried::Wrong));
    }
    assert!(matches!(people.note_failure(&read_by_all).await.unwrap(), Tried::Locked));
    assert!(matches!(people.note_success(&read_by_all).await.unwrap(), Tried::Locked));
    assert!(people.is_locked(&people.account(id).await.unwrap().unwrap().record));
}

#[tokio::test]
async fn an_account_for_a_known_person_leaves_the_contacts() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(config(directory.path())).await.unwrap();
    let people = node.people();
    let id = people.enter_person(&person(200), &contacts(Some("+77010000001"))).await.unwrap();
    assert_eq!(people.create_account(staff(200)).await.unwrap(), id);
    assert!(people.contacts(id).await.unwrap().unwrap().record.phone.is_some());
}

#[tokio::test]
async fn nothing_brings_a_changed_password_back() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(config(directory.path())).await.unwrap();
    let people = node.people();
    let id = people.create_account(staff(200)).await.unwrap();
    let old = people.account(id).await.unwrap().unwrap().record;
    people.change_password(&old, "new".into()).await.unwrap();
    assert!(matches!(people.note_failure(&old).await.unwrap(), Tried::Wrong));
    assert!(matches!(people.note_success(&old).await.unwrap(), Tried::Wrong));
    assert!(matches!(people.sign_in(old.clone(), HOUR_US).await, Err(PeopleError::AccountChanged)));
    assert!(matches!(people.change_password(&old, "x".into()).await, Err(PeopleError::AccountChanged)));
    let account = people.account(id).await.unwrap().unwrap().record;
    assert_eq!((account.password_hash.as_str(), account.failed_count), ("new", 0));
}

/// Keys of another installation: another sealing key, another index key, both.
const OTHERS: [&str; 3] = [
    "index=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,1=AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=",
    "index=AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=,1=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=",
    "index=AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=,1=AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=",
];
const KEYS: &str =
    "index=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,1=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

#[tokio::test]
async fn another_key_opens_no_node() {
    let directory = tempfile::tempdir().unwrap();
    let with = |text: &str| Config { keys: Keys::parse(text).unwrap(), ..config(directory.path()) };
    Node::open(with(KEYS)).await.unwrap().close().await;
    for other in OTHERS {
        assert!(matches!(Node::open(with(other)).await, Err(OpenError::WrongKey { .. })), "{other}");
    }
    Node::open(with(KEYS)).await.unwrap().close().await;
}

#[tokio::test]
async fn after_a_rotation_the_old_key_may_go() {
    let directory = tempfile::tempdir().unwrap();
    let with = |text: &str| Config { keys: Keys::parse(text).unwrap(), ..config(directory.path()) };
    let new = "2=BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=";
    let node = Node::open(with(KEYS)).await.unwrap();
    let id = node.people().create_account(staff(200)).await.unwrap();
    node.close().await;
    let node = Node::open(with(&format!("{KEYS},{new}"))).await.unwrap();
    assert!(node.people().reseal().await.unwrap() >= 4, "check, person, contacts, account");
    assert_eq!(node.people().reseal().await.unwrap(), 0);
    node.close().await;
    let index = KEYS.split(',').next().unwrap();
    let node = Node::open(with(&format!("{index},{new}"))).await.unwrap();
    assert!(node.people().account(id).await.unwrap().is_some());
}
