//! Several nodes on one database: one queue, one order, each duty once.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::HashSet;
use std::time::Duration;

use common::{
    BULLETIN, Fatal, OPENING, accept, application, at, bytes, intake, keyed, node_of, publish, settlement,
};
use kezek_node::calendar::Instant;
use kezek_node::rules::Event;
use kezek_node::{
    BatchError, BatchIntake, BatchItem, ClockChoice, Config, Head, Journal, Node, OpenError, Outcome,
    SnapshotCheck, Storage, SubmitError, copy_journal, verify,
};
use sqlx::{Connection, Executor, PgConnection};

const PATIENCE: Duration = Duration::from_secs(10);

/// Nodes on one new database, each with its own directory.
struct Nodes {
    url: String,
    directories: Vec<tempfile::TempDir>,
}

impl Nodes {
    fn new() -> Self {
        Self { url: kezek_trial_postgres::database().unwrap(), directories: Vec::new() }
    }

    fn config(&mut self) -> Config {
        let directory = tempfile::tempdir().unwrap();
        let config = node_of(directory.path(), &self.url);
        self.directories.push(directory);
        config
    }

    async fn start(&mut self) -> Node {
        Node::open(self.config()).await.unwrap()
    }

    async fn start_with_settlement(&mut self) -> Node {
        let node = self.start().await;
        for command in settlement() {
            accept(&node, command).await;
        }
        node
    }

    async fn facts(&self) -> Vec<kezek_node::rules::Fact> {
        let journal = Journal::connect(&self.url).await.unwrap();
        let rows = journal.facts(1, 100_000).await.unwrap();
        let fact = |row: &kezek_journal::Fact| kezek_node::rules::Fact {
            at: Instant::from_micros(row.time_us),
            event: serde_json::from_str(&row.payload).unwrap(),
        };
        rows.iter().map(fact).collect()
    }
}

#[tokio::test]
async fn two_nodes_are_one_queue() {
    let mut nodes = Nodes::new();
    let one = nodes.start_with_settlement().await;
    let two = nodes.start().await;
    accept(&one, application(1)).await;
    accept(&two, application(2)).await;
    accept(&one, application(3)).await;
    assert_eq!(one.head().seq, 6);
    let late = two.submit(intake(application(1))).await.unwrap();
    assert!(matches!(late, Outcome::Refused { .. }));
    accept(&two, application(4)).await;
    assert_eq!(two.head().seq, 7);
    assert!(one.has_seen(7, PATIENCE).await, "the other node is followed without being asked anything");
    assert_eq!(bytes(&one), bytes(&two));
    assert!(!one.has_seen(8, Duration::from_millis(50)).await, "there is no such fact yet");
}

#[tokio::test]
async fn a_repetition_at_another_node_gets_the_first_answer() {
    let mut nodes = Nodes::new();
    let one = nodes.start_with_settlement().await;
    let two = nodes.start().await;
    let first = one.submit(keyed(application(1), "k", b"body")).await.unwrap();
    let again = two.submit(keyed(application(1), "k", b"body")).await.unwrap();
    assert_eq!(first, again);
    assert!(matches!(first, Outcome::Accepted(_)));
    let both = tokio::join!(
        one.submit(keyed(application(2), "m", b"body")),
        two.submit(keyed(application(2), "m", b"body"))
    );
    assert_eq!(both.0.unwrap(), both.1.unwrap());
    assert_eq!(two.head().seq, 5);
}

#[tokio::test]
async fn a_refusal_at_one_node_is_the_answer_at_all() {
    let mut nodes = Nodes::new();
    let one = nodes.start_with_settlement().await;
    let two = nodes.start().await;
    accept(&one, application(1)).await;
    assert!(two.has_seen(one.head().seq, PATIENCE).await);
    let refused = one.submit(keyed(application(1), "k", b"body")).await.unwrap();
    assert!(matches!(refused, Outcome::Refused { .. }));
    // No fact tells the other node of it.
    assert_eq!(two.submit(keyed(application(1), "k", b"body")).await.unwrap(), refused);
    assert_eq!(two.submit(keyed(application(2), "k", b"other")).await, Err(SubmitError::KeyReused));
    let three = nodes.start().await;
    assert_eq!(three.submit(keyed(application(1), "k", b"body")).await.unwrap(), refused);
}

#[tokio::test]
async fn a_batch_is_refused_when_another_node_wrote_since_it_was_planned() {
    let mut nodes = Nodes::new();
    let one = nodes.start_with_settlement().await;
    let two = nodes.start().await;
    let planned = |head: Head, child| BatchIntake {
        actor: "provider:1".into(),
        items: vec![BatchItem::of(application(child))],
        planned_on: Some(head),
    };
    let late = planned(one.head(), 3);
    accept(&two, application(4)).await;
    assert_eq!(one.submit_all(late).await, Err(BatchError::Moved));
    assert!(one.submit_all(planned(one.head(), 3)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn both_nodes_get_on_under_load_and_agree() {
    let mut nodes = Nodes::new();
    let first = nodes.start_with_settlement().await;
    let all = [first, nodes.start().await, nodes.start().await];
    let mut families = Vec::new();
    for (number, node) in all.iter().enumerate() {
        for family in 0..20_u64 {
            let node = node.clone();
            families.push(tokio::spawn(async move {
                for round in 0..10 {
                    let child = 1 + number as u64 * 1_000 + family * 10 + round;
                    let key = format!("key-{child}");
                    let outcome = node.submit(keyed(application(child), &key, b"body")).await.unwrap();
                    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
                }
            }));
        }
    }
    for family in families {
        family.await.unwrap();
    }
    for node in &all {
        assert!(node.has_seen(3 + 600, PATIENCE).await);
        assert_eq!(bytes(node), bytes(&all[0]));
    }
    let state = bytes(&all[0]);
    for node in &all {
        node.close().await;
    }
    let report =
        verify(&Storage::Postgres(nodes.url.clone()), nodes.directories[0].path(), |_, _| ()).await.unwrap();
    assert_eq!((report.facts, report.snapshot), (603, SnapshotCheck::Same { seq: 603 }));
    let again = nodes.start().await;
    assert_eq!(bytes(&again), state);
}

#[tokio::test]
async fn each_duty_is_carried_out_once_whoever_is_alive() {
    let mut nodes = Nodes::new();
    let one = nodes.start_with_settlement().await;
    for child in 1..=5 {
        accept(&one, application(child)).await;
    }
    accept(&one, publish(2)).await;
    let two = nodes.start().await;
    for moment in [BULLETIN, OPENING, "2021-06-09T01:00:00Z", "2021-06-30T01:00:00Z"] {
        let (first, second) = tokio::join!(one.set_clock(at(moment)), two.set_clock(at(moment)));
        first.unwrap();
        second.unwrap();
    }
    let all = one.head().seq.max(two.head().seq);
    assert!(one.has_seen(all, PATIENCE).await && two.has_seen(all, PATIENCE).await);
    assert_eq!(bytes(&one), bytes(&two));

    // The same history on one node alone.
    let mut alone = Nodes::new();
    let only = alone.start_with_settlement().await;
    for child in 1..=5 {
        accept(&only, application(child)).await;
    }
    accept(&only, publish(2)).await;
    for moment in [BULLETIN, OPENING, "2021-06-09T01:00:00Z", "2021-06-30T01:00:00Z"] {
        only.set_clock(at(moment)).await.unwrap();
    }
    let (together, by_itself) = (nodes.facts().await, alone.facts().await);
    assert_eq!(together, by_itself);
    assert!(together.iter().any(|fact| matches!(fact.event, Event::WindowsOpened { .. })));
    let distinct: HashSet<String> = together.iter().map(|fact| format!("{fact:?}")).collect();
    assert_eq!(distinct.len(), together.len(), "nothing is written twice");
}

#[tokio::test]
async fn a_node_that_dies_in_its_turn_harms_nobody() {
    let mut nodes = Nodes::new();
    let node = nodes.start_with_settlement().await;
    let other = Journal::connect(&nodes.url).await.unwrap();
    // Another node has the head locked and goes away without a word.
    drop(other.turn().await.unwrap());
    accept(&node, application(1)).await;
    assert_eq!(node.head().seq, 4);
}

#[tokio::test]
async fn a_node_ends_when_the_journal_has_lost_what_it_had_read() {
    for written_since in [0, 1, 5] {
        let mut nodes = Nodes::new();
        nodes.start_with_settlement().await.close().await;
        let fatal = Fatal::default();
        let node = Node::open(fatal.set_in(nodes.config())).await.unwrap();
        accept(&node, application(1)).await;
        accept(&node, application(2)).await;
        // A failover to a standby that was behind, and another node that goes on from there.
        let lose = "ALTER TABLE fact DISABLE TRIGGER USER; ALTER TABLE head DISABLE TRIGGER USER;
                    DELETE FROM fact WHERE seq > 4; DELETE FROM answers; DELETE FROM snapshot WHERE seq > 4;
                    UPDATE head SET seq = 4, time_us = (SELECT max(time_us) FROM fact), answers = 0;
                    ALTER TABLE fact ENABLE TRIGGER USER; ALTER TABLE head ENABLE TRIGGER USER";
        let mut hand = PgConnection::connect(&nodes.url).await.unwrap();
        hand.execute(sqlx::raw_sql(lose)).await.unwrap();
        if written_since > 0 {
            let other = nodes.start().await;
            other.set_clock(at(BULLETIN)).await.unwrap();
            for child in 11..11 + written_since {
                accept(&other, application(child)).await;
            }
        }
        let lost = node.submit(intake(application(3))).await;
        assert!(lost.is_err(), "{lost:?}");
        node.close().await;
        assert_eq!(fatal.told().len(), 1);
        assert!(fatal.told()[0].contains("lost facts"), "{:?}", fatal.told());
    }
}

#[tokio::test]
async fn a_node_ends_when_the_journal_has_lost_an_answer_it_had_given() {
    let mut nodes = Nodes::new();
    accept(&nodes.start_with_settlement().await, application(1)).await;
    let fatal = Fatal::default();
    let node = Node::open(fatal.set_in(nodes.config())).await.unwrap();
    node.submit(keyed(application(1), "k", b"refused")).await.unwrap();
    let lose = "ALTER TABLE head DISABLE TRIGGER USER; DELETE FROM answers; UPDATE head SET answers = 0;
                ALTER TABLE head ENABLE TRIGGER USER";
    let mut hand = PgConnection::connect(&nodes.url).await.unwrap();
    hand.execute(sqlx::raw_sql(lose)).await.unwrap();
    let lost = node.submit(intake(application(3))).await;
    assert!(lost.is_err(), "{lost:?}");
    node.close().await;
    assert!(fatal.told()[0].contains("lost"), "{:?}", fatal.told());
}

#[tokio::test]
async fn a_data_directory_has_one_process() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(common::config(directory.path())).await.unwrap();
    let second = Node::open(common::config(directory.path())).await.err().unwrap();
    assert!(matches!(second, OpenError::InUse { .. }), "{second}");
    node.close().await;
    Node::open(common::config(directory.path())).await.unwrap().close().await;
}

#[tokio::test]
async fn a_new_node_of_a_virtual_clock_starts_at_the_time_of_the_journal() {
    let mut nodes = Nodes::new();
    let one = nodes.start_with_settlement().await;
    one.set_clock(at(OPENING)).await.unwrap();
    accept(&one, application(1)).await;
    let two = nodes.start().await;
    assert_eq!(two.now(), at(OPENING));
    let mut real = nodes.config();
    real.clock = ClockChoice::Real;
    assert!(
        matches!(Node::open(real.clone()).await, Err(OpenError::VirtualData { .. })),
        "the two never meet"
    );
    let mut virtual_one = real.clone();
    nodes.url = kezek_trial_postgres::database().unwrap();
    real.storage = Storage::Postgres(nodes.url.clone());
    virtual_one.storage = real.storage.clone();
    virtual_one.clock = ClockChoice::Virtual(at(OPENING));
    Node::open(real).await.unwrap().close().await;
    assert!(matches!(Node::open(virtual_one).await, Err(OpenError::RealData { .. })));
}

async fn notices_of(node: &Node, person: u64) -> usize {
    for _ in 0..200 {
        let found = node.people().notices(person).await.unwrap().len();
        if found > 0 && node.outbox_backlog().await.unwrap().waiting == 0 {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    0
}

#[tokio::test]
async fn a_service_goes_on_in_a_database_and_old_notices_stay() {
    let directory = tempfile::tempdir().unwrap();
    let node = common::opened(directory.path()).await;
    accept(&node, application(1)).await;
    assert_eq!(notices_of(&node, 1_000_001).await, 1);
    let before = bytes(&node);
    node.close().await;

    let mut nodes = Nodes::new();
    let (from, _held) = Storage::Folder.open_alone(directory.path()).await.unwrap();
    let (to, _) = Storage::Postgres(nodes.url.clone()).open_alone(directory.path()).await.unwrap();
    copy_journal(&from, &to, |_, _| ()).await.unwrap();
    from.close().await;
    to.close().await;

    let node = nodes.start().await;
    assert_eq!(bytes(&node), before);
    for child in 2..=5 {
        accept(&node, application(child)).await;
        assert_eq!(notices_of(&node, 1_000_000 + child).await, 1);
    }
    assert_eq!(notices_of(&node, 1_000_001).await, 1, "no new notice takes the place of an old one");
}
