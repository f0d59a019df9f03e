//! Who is signed in, in the memory of several nodes: changed through one, seen through the others.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{accept, application, node_of, settlement};
use kezek_node::calendar::{Date, Iin};
use kezek_node::records::{Contacts, ErasureGround, Label, Language, Person, Record, Role, Session};
use kezek_node::{
    BatchIntake, BatchItem, Intake, NewAccount, Node, People, PrivateChanges, PrivateWrite, SignedIn,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

const HOUR_US: i64 = 3_600_000_000;
/// A sign-out through another node is heard of by then.
const SOON: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(15);

fn person(serial: u16) -> Person {
    let birth_date = Date::constant(1990, 5, 5);
    let iin = (serial..serial + 100).find_map(|serial| Iin::from_birth(birth_date, 4, serial)).unwrap();
    let (surname, given) = ("Үмбетова".into(), "Айгүл".into());
    Person { iin, surname, given, patronymic: None, birth_date: Some(birth_date) }
}

async fn account(people: &People, role: Role) -> u64 {
    let new = NewAccount {
        person: person(100),
        contacts: Contacts { phone: None, second_phone: None, email: None, language: Language::Kk },
        roles: vec![role],
        password_hash: "hash".into(),
        kindergarten: None,
        settlement: None,
    };
    people.create_account(new).await.unwrap()
}

async fn sign_in(people: &People, person: u64) -> String {
    let account = people.account(person).await.unwrap().unwrap().record;
    people.sign_in(account, HOUR_US).await.unwrap().1.as_str().to_owned()
}

/// Another surname of the person, to become durable with a command.
fn renamed(people: &People, id: u64, surname: &str) -> PrivateChanges {
    let label = Label { id, owner: Some(id), created_us: 0, expires_us: None };
    let renamed = Person { surname: surname.into(), ..person(100) };
    PrivateChanges::rows(vec![people.put(label, &renamed).unwrap()])
}

/// Two nodes on one new database.
struct Two {
    url: String,
    one: Node,
    two: Node,
    _directories: [tempfile::TempDir; 2],
}

impl Two {
    async fn start() -> Self {
        let url = kezek_trial_postgres::database().unwrap();
        let directories = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let one = Node::open(node_of(directories[0].path(), &url)).await.unwrap();
        let two = Node::open(node_of(directories[1].path(), &url)).await.unwrap();
        Self { url, one, two, _directories: directories }
    }

    /// Somebody who is signed in, and in the memory of both nodes.
    async fn known(&self) -> (u64, String) {
        let person = account(self.one.people(), Role::Parent).await;
        let token = sign_in(self.one.people(), person).await;
        kept(self.one.people(), &token).await;
        kept(self.two.people(), &token).await;
        (person, token)
    }

    async fn by_hand(&self, sql: String) {
        // Another database of the same server: this one may be closed to connections.
        let server = std::env::var(kezek_trial_postgres::SERVER_VARIABLE).unwrap();
        let mut hand = PgConnection::connect(&server).await.unwrap();
        hand.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
    }

    fn database(&self) -> &str {
        self.url.split('?').next().unwrap().rsplit('/').next().unwrap()
    }
}

async fn ask(people: &People, token: &str) -> Option<Arc<SignedIn>> {
    people.signed_in(token).await.unwrap()
}

/// Waits until a session is in memory.
async fn kept(people: &People, token: &str) -> Arc<SignedIn> {
    let began = Instant::now();
    loop {
        let found = ask(people, token).await.unwrap();
        if people.known(token).is_some() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "never kept in memory");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits, a second at most, until something holds of whom a node takes for signed in.
async fn soon(people: &People, token: &str, holds: impl Fn(Option<&SignedIn>) -> bool) -> Duration {
    let began = Instant::now();
    while !holds(ask(people, token).await.as_deref()) {
        assert!(began.elapsed() < SOON, "not within a second");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    began.elapsed()
}

#[tokio::test]
async fn a_sign_out_at_one_node_is_one_at_all() {
    let nodes = Two::start().await;
    let (person, token) = nodes.known().await;
    let other = sign_in(nodes.two.people(), person).await;
    let found = kept(nodes.one.people(), &token).await;
    assert_eq!(found.name.as_ref().map(|name| name.surname.as_str()), Some("Үмбетова"));
    nodes.one.people().sign_out(found.session).await.unwrap();
    assert!(ask(nodes.one.people(), &token).await.is_none(), "here at once");
    let took = soon(nodes.two.people(), &token, |found| found.is_none()).await;
    assert!(took < Duration::from_millis(500), "by notice: {took:?}");
    assert!(nodes.two.people().remembered(&token).is_none());
    kept(nodes.two.people(), &other).await;
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_everywhere() {
    let nodes = Two::start().await;
    let (person, token) = nodes.known().await;
    let known = nodes.one.people().account(person).await.unwrap().unwrap().record;
    nodes.one.people().change_password(&known, "another".into()).await.unwrap();
    assert!(ask(nodes.one.people(), &token).await.is_none());
    soon(nodes.two.people(), &token, |found| found.is_none()).await;

    let token = sign_in(nodes.one.people(), person).await;
    kept(nodes.two.people(), &token).await;
    nodes.one.people().reset_password(person).await.unwrap();
    soon(nodes.two.people(), &token, |found| found.is_none()).await;
    let token = sign_in(nodes.one.people(), person).await;
    assert!(kept(nodes.two.people(), &token).await.must_change_password);
}

#[tokio::test]
async fn a_new_role_and_a_new_name_are_seen_everywhere() {
    let nodes = Two::start().await;
    let (person, token) = nodes.known().await;
    nodes.one.people().add_role(person, Role::Provider, Some(0), None).await.unwrap();
    let has_role = |found: &SignedIn| found.roles.contains(&Role::Provider) && found.settlement == Some(0);
    assert!(has_role(&ask(nodes.one.people(), &token).await.unwrap()));
    soon(nodes.two.people(), &token, |found| has_role(found.unwrap())).await;

    for command in settlement() {
        accept(&nodes.one, command).await;
    }
    kept(nodes.one.people(), &token).await;
    kept(nodes.two.people(), &token).await;
    let private = renamed(nodes.one.people(), person, "Тасқынова");
    nodes.one.submit(Intake { private, ..common::intake(application(1)) }).await.unwrap();
    let has_name = |found: &SignedIn| found.name.as_ref().unwrap().surname == "Тасқынова";
    assert!(has_name(&ask(nodes.one.people(), &token).await.unwrap()), "before the command is answered");
    soon(nodes.two.people(), &token, |found| has_name(found.unwrap())).await;
}

#[tokio::test]
async fn who_is_erased_is_signed_out_and_has_no_name_everywhere() {
    let nodes = Two::start().await;
    let (person, token) = nodes.known().await;
    assert!(nodes.two.people().name(person).await.unwrap().is_some());
    nodes.one.people().erase(person, ErasureGround::Request).await.unwrap();
    assert!(ask(nodes.one.people(), &token).await.is_none());
    soon(nodes.two.people(), &token, |found| found.is_none()).await;
    for node in [&nodes.one, &nodes.two] {
        assert_eq!(node.people().name(person).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_node_that_hears_nothing_asks_the_store_until_it_hears_again() {
    let nodes = Two::start().await;
    let (_, token) = nodes.known().await;
    let (one, two) = (nodes.one.people(), nodes.two.people());
    // Connections enough for whatever else the nodes do meanwhile: no new ones are to be had.
    for people in [one, two] {
        let strangers = ["a", "b", "c", "d"].map(|token| people.signed_in(token));
        for found in futures_util::future::join_all(strangers).await {
            assert!(found.unwrap().is_none());
        }
    }
    let database = nodes.database();
    nodes.by_hand(format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false")).await;
    let cut = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'kezek people' AND datname = '{database}'"
    );
    nodes.by_hand(cut).await;
    let began = Instant::now();
    while two.known(&token).is_some() {
        assert!(began.elapsed() < SOON, "the cache is used without hearing");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let found = ask(two, &token).await.expect("the store still tells");
    assert!(two.known(&token).is_none(), "nothing is kept meanwhile");
    assert!(two.remembered(&token).is_some(), "for looking, if the store were away");
    one.sign_out(found.session).await.unwrap();
    assert!(ask(two, &token).await.is_none(), "no notice was needed");

    nodes.by_hand(format!("ALTER DATABASE {database} ALLOW_CONNECTIONS true")).await;
    let began = Instant::now();
    while two.remembered(&token).is_some() {
        assert!(began.elapsed() < PATIENCE, "what was known is not forgotten");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let again = sign_in(one, found.person).await;
    kept(two, &again).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_meets_a_sign_out_is_not_kept() {
    let nodes = Two::start().await;
    let (person, _) = nodes.known().await;
    let mut ended = Vec::new();
    for _ in 0..60 {
        let token = sign_in(nodes.one.people(), person).await;
        let session = ask(nodes.one.people(), &token).await.unwrap().session;
        let reads = [&nodes.one, &nodes.two, &nodes.two].map(|node| {
            let (people, token) = (node.people().clone(), token.clone());
            tokio::spawn(async move { people.signed_in(&token).await.map(|_| ()) })
        });
        nodes.one.people().sign_out(session).await.unwrap();
        assert!(ask(nodes.one.people(), &token).await.is_none(), "at once where it was made");
        for read in reads {
            read.await.unwrap().unwrap();
        }
        assert!(nodes.one.people().known(&token).is_none());
        ended.push(token);
    }
    tokio::time::sleep(SOON).await;
    for token in ended {
        assert!(nodes.two.people().known(&token).is_none());
    }
}

#[tokio::test]
async fn a_sign_out_that_nobody_waits_for_still_counts() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(common::config(directory.path())).await.unwrap();
    let people = node.people();
    let person = account(people, Role::Parent).await;
    for wait_us in [0, 50, 200, 500, 1_000, 2_000] {
        let token = sign_in(people, person).await;
        let found = kept(people, &token).await;
        let gone = tokio::time::timeout(Duration::from_micros(wait_us), people.sign_out(found.session)).await;
        drop(gone);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let is_there = people.get::<Session>(found.session).await.unwrap().is_some();
        assert_eq!(ask(people, &token).await.is_some(), is_there, "memory and store agree");
    }
    let delete = PrivateWrite::Delete { kind: Session::KIND.into(), id: 1 };
    people.write(vec![delete]).await.unwrap();
    node.close().await;
}

#[tokio::test]
async fn one_process_keeps_sessions_without_anybody_to_hear() {
    let directory = tempfile::tempdir().unwrap();
    let node = common::opened(directory.path()).await;
    let people = node.people();
    let person = account(people, Role::Parent).await;
    let token = sign_in(people, person).await;
    assert!(people.known(&token).is_none());
    assert_eq!(people.name(9).await.unwrap(), None);
    let label = Label { id: 9, owner: Some(9), created_us: 0, expires_us: None };
    people.write(vec![people.insert(label, &self::person(200)).unwrap()]).await.unwrap();
    assert!(people.name(9).await.unwrap().is_some(), "who is new has a name");
    let found = ask(people, &token).await.unwrap();
    assert!(Arc::ptr_eq(&found, &people.known(&token).unwrap()));
    people.sign_out_everywhere(person).await.unwrap();
    assert!(people.known(&token).is_none() && ask(people, &token).await.is_none());
    let token = sign_in(people, person).await;
    kept(people, &token).await;
    let surname = async || ask(people, &token).await.unwrap().name.clone().unwrap().surname.clone();
    let private = renamed(people, person, "Тасқынова");
    node.submit(Intake { private, ..common::intake(application(1)) }).await.unwrap();
    assert_eq!(surname().await, "Тасқынова");
    assert!(people.known(&token).is_some());
    let item =
        BatchItem { private: renamed(people, person, "Бұлақова"), ..BatchItem::of(application(2)) };
    let batch = BatchIntake { actor: "provider:1".into(), items: vec![item], planned_on: None };
    node.submit_all(batch).await.unwrap();
    assert_eq!(surname().await, "Бұлақова");
    kept(people, &token).await;
    node.close().await;
    assert!(people.known(&token).is_none(), "another process may write now");
}
