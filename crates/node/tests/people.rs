//! Personal data beside the facts: accounts, notices, erasure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::{BULLETIN, OPENING, accept, application, at, config, intake, opened, publish};
use kezek_node::calendar::{Date, Iin};
use kezek_node::records::{
    AccessEntry, ApplicationPrivate, Contacts, ErasureGround, Label, Language, Person, Phone, Role,
    accept_document,
};
use kezek_node::rules::Event;
use kezek_node::rules::ids::ApplicationId;
use kezek_node::{
    Found, Intake, NewAccount, Node, Outcome, PeopleError, PrivateChanges, PrivateWrite, SubmitError,
};

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

fn new_account(serial: u16) -> NewAccount {
    let contacts = Contacts {
        phone: Some(Phone::parse("+77010000001").unwrap()),
        second_phone: None,
        email: None,
        language: Language::Ru,
    };
    NewAccount {
        person: person(serial),
        contacts,
        roles: vec![Role::Parent],
        password_hash: "hash".into(),
        kindergarten: None,
        settlement: None,
    }
}

#[tokio::test]
async fn an_account_is_made_once_and_signs_in() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(config(directory.path())).await.unwrap();
    let people = node.people();
    let id = people.create_account(new_account(100)).await.unwrap();
    assert!(matches!(people.create_account(new_account(100)).await, Err(PeopleError::AccountExists)));
    assert_eq!(people.find(&person(100).iin).await.unwrap().unwrap().id, id);
    assert!(people.find(&person(101).iin).await.unwrap().is_none());

    let account = people.account_by_iin(&person(100).iin).await.unwrap().unwrap().record;
    for _ in 0..5 {
        let account = people.account(id).await.unwrap().unwrap().record;
        people.note_failure(&account).await.unwrap();
    }
    let locked = people.account(id).await.unwrap().unwrap().record;
    assert!(people.is_locked(&locked) && !people.is_locked(&account));

    let (session, token) = people.sign_in(locked, HOUR_US).await.unwrap();
    let signed_in = people.signed_in(token.as_str()).await.unwrap().unwrap();
    assert_eq!((signed_in.person, &signed_in.csrf_token), (id, &session.csrf_token));
    assert!(!people.is_locked(&people.account(id).await.unwrap().unwrap().record));
    assert!(people.signed_in("another").await.unwrap().is_none());
    people.sign_out(signed_in.session).await.unwrap();
    assert!(people.signed_in(token.as_str()).await.unwrap().is_none());

    let account = people.account(id).await.unwrap().unwrap().record;
    let (_, over) = people.sign_in(account.clone(), 0).await.unwrap();
    assert!(people.signed_in(over.as_str()).await.unwrap().is_none());
    let (_, token) = people.sign_in(account, HOUR_US).await.unwrap();
    people.sign_out_everywhere(id).await.unwrap();
    assert!(people.signed_in(token.as_str()).await.unwrap().is_none());
}

/// An application with its private side, which is labelled with the number the fact gives.
fn apply(node: &Node, child: u64) -> Intake {
    let people = node.people().clone();
    let private = PrivateChanges::from_facts(move |facts| {
        let number = facts.iter().find_map(|fact| match &fact.event {
            Event::Registered { application, .. } => Some(*application),
            _ => None,
        });
        let Some(number) = number else { return Ok(Vec::new()) };
        let record = ApplicationPrivate {
            child,
            parent: child + 1_000_000,
            address: "Үлгі көшесі, 1".into(),
            grounds: None,
            note: None,
        };
        let label = Label { id: u64::from(number.0), owner: Some(child), created_us: 0, expires_us: None };
        Ok(vec![people.insert(label, &record)?])
    });
    Intake { private, ..intake(application(child)) }
}

#[tokio::test]
async fn private_rows_are_kept_with_the_facts_and_not_without_them() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    node.submit(apply(&node, 1)).await.unwrap();
    let private = node.people().application(ApplicationId(0)).await.unwrap().unwrap();
    assert_eq!((private.record.child, private.owner), (1, Some(1)));

    let refused = node.submit(apply(&node, 1)).await.unwrap();
    assert!(matches!(refused, Outcome::Refused { .. }));
    assert!(node.people().application(ApplicationId(1)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_taken_private_row_refuses_its_own_command_only() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    let label = |id| Label { id, owner: Some(id), created_us: 0, expires_us: None };
    let with_person = |child, id| Intake {
        private: PrivateChanges::rows(vec![node.people().insert(label(id), &person(200)).unwrap()]),
        ..intake(application(child))
    };
    node.submit(with_person(1, 11)).await.unwrap();
    let lock = common::Lock::take(directory.path()).await;
    let busy = node.submit(intake(application(2)));
    let taken = node.submit(with_person(3, 12));
    let free = node.submit(intake(application(4)));
    let release = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        lock.release().await;
    };
    let (busy, taken, free, ()) = tokio::join!(busy, taken, free, release);
    assert!(matches!(busy, Ok(Outcome::Accepted(_))));
    assert_eq!(taken, Err(SubmitError::PrivateTaken { kind: "person".into() }));
    assert!(matches!(free, Ok(Outcome::Accepted(_))));
    assert_eq!(node.read(|state| state.applications().count()), 3);
}

async fn notices_of(node: &Node, person: u64, count: usize) -> Vec<Found<kezek_node::records::Notice>> {
    for _ in 0..200 {
        let notices = node.people().notices(person).await.unwrap();
        if notices.len() >= count && node.outbox_backlog().await.unwrap().waiting == 0 {
            return notices;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the notices did not come");
}

#[tokio::test]
async fn facts_become_notices_in_the_personal_account() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    accept(&node, application(1)).await;
    accept(&node, publish(1)).await;
    node.set_clock(at(BULLETIN)).await.unwrap();
    node.set_clock(at(OPENING)).await.unwrap();
    let notices = notices_of(&node, 1_000_001, 2).await;
    let kinds: Vec<&str> = notices.iter().map(|notice| notice.record.kind.as_str()).collect();
    assert_eq!(kinds, ["registered", "window_opened"]);
    let opened = &notices[1].record;
    assert_eq!(opened.parameters["application"], "1");
    assert_eq!(opened.parameters["at"], OPENING);
    assert!(at(&opened.parameters["until"]) > at(OPENING));

    node.people().mark_read(notices[0].clone(), at(OPENING)).await.unwrap();
    let read = node.people().notices(1_000_001).await.unwrap();
    assert_eq!(read[0].record.read_us, Some(at(OPENING).as_micros()));
    assert_eq!(read[1].record.read_us, None);
}

#[tokio::test]
async fn contacts_that_do_not_open_hold_up_their_own_notices_only() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    let people = node.people();
    let label = Label { id: 1_000_001, owner: Some(1_000_001), created_us: 0, expires_us: None };
    let mut broken = people.put(label, &new_account(1).contacts).unwrap();
    if let PrivateWrite::Put(row) = &mut broken {
        row.sealed[30] ^= 1;
    }
    people.write(vec![broken]).await.unwrap();
    accept(&node, application(1)).await;
    accept(&node, application(2)).await;
    // A notice is written before its message is done.
    for _ in 0..200 {
        let is_written = !people.notices(1_000_002).await.unwrap().is_empty();
        if is_written && node.outbox_backlog().await.unwrap().waiting == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(people.notices(1_000_002).await.unwrap().len(), 1);
    assert!(people.notices(1_000_001).await.unwrap().is_empty());
    assert_eq!(node.outbox_backlog().await.unwrap().waiting, 1);
}

#[tokio::test]
async fn an_erased_person_is_gone_and_gets_no_more_notices() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    let people = node.people();
    let id = people.create_account(new_account(300)).await.unwrap();
    let pdf = b"%PDF-1.7 made up";
    let document = accept_document("a.pdf", "application/pdf", pdf, "birth_certificate", None).unwrap();
    let label = Label { id: 5, owner: Some(id), created_us: 0, expires_us: None };
    people.write(people.put_document(label, &document, pdf).unwrap()).await.unwrap();
    people.note_access(&AccessEntry { who: 9, whose: id, when_us: 1, why: "check".into() }).await.unwrap();
    assert_eq!(people.document(5).await.unwrap().unwrap().1, pdf);
    assert_eq!(people.documents(id).await.unwrap().len(), 1);
    assert_eq!(people.accesses(id).await.unwrap()[0].record.who, 9);

    people.erase(id, ErasureGround::Request).await.unwrap();
    assert!(people.person(id).await.unwrap().is_none());
    assert!(people.contacts(id).await.unwrap().is_none());
    assert!(people.document(5).await.unwrap().is_none());
    assert!(people.accesses(id).await.unwrap().is_empty());

    people.erase(1_000_007, ErasureGround::Request).await.unwrap();
    accept(&node, application(7)).await;
    accept(&node, application(8)).await;
    notices_of(&node, 1_000_008, 1).await;
    assert!(people.notices(1_000_007).await.unwrap().is_empty());
}
