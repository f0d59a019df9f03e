//! A machine's clock and the database's that do not agree.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::{Fatal, accept, intake, node_of, settlement};
use kezek_node::{ClockChoice, Config, Limits, Node, OpenError, SubmitError};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// A new database whose clock can be set: by a function that comes before the server's own.
struct Place {
    url: String,
    directory: tempfile::TempDir,
}

impl Place {
    async fn new(seconds: i64) -> Self {
        let url = kezek_trial_postgres::database().unwrap();
        let place = Self { url, directory: tempfile::tempdir().unwrap() };
        place.set_clock(seconds).await;
        let name = place.url.rsplit_once('/').unwrap().1;
        let name = place.url.rsplit('/').find(|part| part.starts_with("trial_")).unwrap_or(name);
        let name = name.split('?').next().unwrap();
        place.run(format!("ALTER DATABASE {name} SET search_path = public, pg_catalog")).await;
        place
    }

    /// The database's clock goes so much ahead of the machine's.
    async fn set_clock(&self, seconds: i64) {
        self.run(format!(
            "CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
             $$ SELECT pg_catalog.clock_timestamp() + interval '{seconds} s' $$"
        ))
        .await;
    }

    async fn run(&self, sql: String) {
        let mut hand = PgConnection::connect(&self.url).await.unwrap();
        hand.execute(AssertSqlSafe(sql)).await.unwrap();
    }

    fn config(&self) -> Config {
        let limits = Limits { compare_clocks: Duration::from_millis(50), ..Limits::default() };
        Config { clock: ClockChoice::Real, limits, ..node_of(self.directory.path(), &self.url) }
    }
}

async fn refused(place: &Place) -> String {
    match Node::open(place.config()).await {
        Err(error @ OpenError::ClockOff { .. }) => error.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it started"),
    }
}

#[tokio::test]
async fn a_node_does_not_start_with_a_clock_that_disagrees() {
    let place = Place::new(-10).await;
    let said = refused(&place).await;
    assert!(said.contains(" s ahead of the database server's"), "{said}");
    place.set_clock(7_200).await;
    let said = refused(&place).await;
    assert!(said.contains(" s behind the database server's"), "{said}");
    place.set_clock(1).await;
    Node::open(place.config()).await.unwrap().close().await;
}

#[tokio::test]
async fn a_clock_that_comes_to_be_ahead_writes_nothing_until_it_is_right() {
    let place = Place::new(0).await;
    let fatal = Fatal::default();
    let node = Node::open(fatal.set_in(place.config())).await.unwrap();
    let mut commands = settlement().into_iter();
    accept(&node, commands.next().unwrap()).await;
    place.set_clock(-10).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let next = commands.next().unwrap();
    let answer = node.submit(intake(next.clone())).await;
    assert!(matches!(answer, Err(SubmitError::Unavailable { .. })), "{answer:?}");
    assert_eq!(node.head().seq, 1, "reads go on");
    assert!(!node.is_ready().await, "the proxy asks another node");
    let stands = node.now();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(node.now(), stands, "nothing falls due by a clock that is wrong");

    place.set_clock(0).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(node.is_ready().await);
    accept(&node, next).await;
    // Behind is told and harms nobody: a fact is never older than the one before it.
    place.set_clock(60).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    accept(&node, commands.next().unwrap()).await;
    node.close().await;
    assert!(fatal.told().is_empty(), "{:?}", fatal.told());
}

#[tokio::test]
async fn a_node_whose_place_was_taken_by_a_program_alone_ends() {
    let place = Place::new(0).await;
    let fatal = Fatal::default();
    let node = Node::open(fatal.set_in(place.config())).await.unwrap();
    // A program that wants the database for itself waits; then the node's connections are cut.
    let mut alone = PgConnection::connect(&place.url).await.unwrap();
    let lock = tokio::spawn(async move {
        alone.execute("SELECT pg_advisory_lock(hashtextextended('kezek', 2))").await.unwrap();
        alone
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!lock.is_finished());
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON oid = database
               WHERE locktype = 'advisory' AND granted AND datname = current_database()";
    place.run(cut.to_owned()).await;
    let alone = lock.await.unwrap();
    for _ in 0..100 {
        if !fatal.told().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(fatal.told()[0].contains("alone"), "{:?}", fatal.told());
    drop(alone);
    node.close().await;
}

#[tokio::test]
async fn a_virtual_clock_is_compared_with_no_other() {
    let place = Place::new(-3_600).await;
    let config = Config { clock: node_of(place.directory.path(), &place.url).clock, ..place.config() };
    let node = Node::open(config).await.unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    assert!(node.now().as_micros() < i64::try_from(now.as_micros()).unwrap() - 3_600_000_000);
    tokio::time::sleep(Duration::from_millis(200)).await;
    for command in settlement() {
        accept(&node, command).await;
    }
    node.close().await;
}
