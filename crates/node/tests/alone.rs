//! A database that takes no writes: its standby must confirm each, and there is none.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::{Duration, Instant};

use common::{BULLETIN, OPENING, accept, application, at, intake, keyed, node_of, publish, settlement};
use kezek_node::{ClockChoice, Config, Journal, Limits, Node, Outcome, SubmitError};
use kezek_trial_postgres::Cluster;
use sqlx::{Connection, Executor, PgConnection};

async fn set_standbys(url: &str, names: &'static str) {
    let mut hand = PgConnection::connect(url).await.unwrap();
    // This statement itself waits for nobody.
    hand.execute("SET synchronous_commit = off").await.unwrap();
    hand.execute(names).await.unwrap();
    hand.execute("SELECT pg_reload_conf()").await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
}

#[tokio::test]
async fn a_node_starts_to_be_read_and_carries_out_later_what_fell_due() {
    let cluster = Cluster::start(&["fsync=off"]).unwrap();
    let url = cluster.database().unwrap();
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let node = Node::open(node_of(first.path(), &url)).await.unwrap();
    for command in settlement() {
        accept(&node, command).await;
    }
    accept(&node, application(1)).await;
    accept(&node, publish(2)).await;
    let before = node.head().seq;
    node.close().await;

    set_standbys(&url, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'").await;
    let limits = Limits { patience: Duration::from_secs(1), ..Limits::default() };
    let clock = ClockChoice::Virtual(at(OPENING));
    let began = Instant::now();
    let node = Node::open(Config { clock, limits, ..node_of(second.path(), &url) }).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(10), "it does not wait for a write");
    assert_eq!(node.head().seq, before, "what is there can be read");
    let answer = node.submit(keyed(application(2), "k", b"body")).await;
    assert!(matches!(answer, Err(SubmitError::Undecided { .. })), "{answer:?}");
    assert_eq!(node.head().seq, before, "nothing is shown that is not durable");

    set_standbys(&url, "ALTER SYSTEM RESET synchronous_standby_names").await;
    let again = node.submit(keyed(application(2), "k", b"body")).await.unwrap();
    assert!(matches!(again, Outcome::Accepted(_)), "{again:?}");
    let journal = Journal::connect(&url).await.unwrap();
    let due = &journal.facts(before + 1, 1).await.unwrap()[0];
    assert_eq!(due.time_us, at(BULLETIN).as_micros(), "with its own time: {}", due.kind);
    let late = node.submit(intake(application(2))).await.unwrap();
    assert!(matches!(late, Outcome::Refused { .. }), "it was judged once");
    node.close().await;
}
