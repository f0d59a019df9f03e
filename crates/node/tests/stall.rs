//! The writer computes for seconds, as at an opening or an import: everybody else goes on meanwhile.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::{Duration, Instant};

use common::{application, config, node_of, settlement};
use kezek_node::records::{Contacts, Label, Language};
use kezek_node::{BatchIntake, BatchItem, Config, Node, PrivateChanges};
use sqlx::{Connection, PgConnection};
use tokio::task::JoinSet;

const STALL: Duration = Duration::from_secs(2);
const SOON: Duration = Duration::from_secs(1);

fn batch(items: Vec<BatchItem>) -> BatchIntake {
    BatchIntake { actor: "provider:1".into(), items, planned_on: None }
}

fn slow(child: u64) -> BatchItem {
    let private = PrivateChanges::from_facts(|_| {
        std::thread::sleep(STALL);
        Ok(Vec::new())
    });
    BatchItem { private, ..BatchItem::of(application(child)) }
}

/// Reads and writes beside a writer that computes, in one step after a commit.
async fn goes_on(config: Config) {
    let node = Node::open(config).await.unwrap();
    node.submit_all(batch(settlement().into_iter().map(BatchItem::of).collect())).await.unwrap();
    // The store has been listened to and read by all by now.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let began = Instant::now();
    let commit = node.submit_all(batch(vec![BatchItem::of(application(1))]));
    let stall = node.submit_all(batch(vec![slow(2)]));
    let others = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let contacts = Contacts { phone: None, second_phone: None, email: None, language: Language::Kk };
        for person in 1..=5 {
            let asked = Instant::now();
            let mut readers = JoinSet::new();
            for reader in 0..8 {
                let node = node.clone();
                readers.spawn(async move {
                    node.people().contacts(100 + reader).await.map(|found| found.is_none())
                });
            }
            assert!(readers.join_all().await.into_iter().all(|read| read.is_ok_and(|none| none)));
            assert!(asked.elapsed() < SOON, "a read took {:?}", asked.elapsed());
            let label = Label { id: person, owner: Some(person), created_us: 0, expires_us: None };
            let change = node.people().put(label, &contacts).unwrap();
            node.people().write(vec![change]).await.unwrap();
            assert!(asked.elapsed() < SOON, "a write took {:?}", asked.elapsed());
        }
        assert!(began.elapsed() < STALL, "the writer was at it all the time");
    };
    let (first, second, ()) = tokio::join!(commit, stall, others);
    first.unwrap();
    second.unwrap();
    assert!(began.elapsed() >= STALL);
    node.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_everybody_else_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    goes_on(config(directory.path())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_everybody_else_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let url = kezek_trial_postgres::database().unwrap();
    goes_on(node_of(directory.path(), &url)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_ends_in_order_fails_at_nothing() {
    let url = kezek_trial_postgres::database().unwrap();
    let mut hand = PgConnection::connect(&url).await.unwrap();
    for round in 0..8_u64 {
        let directory = tempfile::tempdir().unwrap();
        let node = Node::open(node_of(directory.path(), &url)).await.unwrap();
        if round == 0 {
            node.submit_all(batch(settlement().into_iter().map(BatchItem::of).collect())).await.unwrap();
        }
        let children = round * 2_000 + 1..=(round + 1) * 2_000;
        let families = children.map(|child| BatchItem::of(application(child))).collect();
        node.submit_all(batch(families)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100 * round)).await;
        node.close().await;
        let failed: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox WHERE last_error IS NOT NULL")
            .fetch_one(&mut hand)
            .await
            .unwrap();
        assert_eq!(failed, 0, "messages under way when the node was closed");
    }
}
