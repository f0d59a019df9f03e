//! Snapshots, replay, verification, and the end by a kill.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command as Process, Stdio};

use common::{BULLETIN, OPENING, accept, application, at, bytes, config, keyed, opened, publish};
use kezek_journal::{Journal, Snapshot};
use kezek_node::{Node, SnapshotCheck, Storage, verify};

const DIRECTORY_VARIABLE: &str = "KEZEK_TEST_NODE_DIRECTORY";

/// Some days of a settlement, with a restart in the middle, so that the last snapshot was made of a snapshot and a tail.
async fn some_days(directory: &Path) -> Vec<u8> {
    let node = opened(directory).await;
    for child in 1..=30 {
        accept(&node, application(child)).await;
    }
    accept(&node, publish(5)).await;
    node.set_clock(at(BULLETIN)).await.unwrap();
    node.close().await;
    let node = Node::open(config(directory)).await.unwrap();
    node.set_clock(at(OPENING)).await.unwrap();
    node.set_clock(at("2021-07-01T00:00:00Z")).await.unwrap();
    accept(&node, application(31)).await;
    let state = bytes(&node);
    node.close().await;
    state
}

async fn with_journal<T>(directory: &Path, act: impl AsyncFn(&Journal) -> T) -> T {
    let journal = Journal::open(directory.join("journal.db")).await.unwrap();
    let result = act(&journal).await;
    journal.close().await;
    result
}

#[tokio::test]
async fn snapshot_and_tail_give_the_bytes_of_a_full_replay() {
    let directory = tempfile::tempdir().unwrap();
    let state = some_days(directory.path()).await;
    let report = verify(&Storage::Folder, directory.path(), |_, _| ()).await.unwrap();
    assert_eq!(report.snapshot, SnapshotCheck::Same { seq: report.facts });
    assert!(report.facts > 40, "{report:?}");

    // Without any snapshot.
    with_journal(directory.path(), async |journal| {
        while let Some(snapshot) = journal.latest_snapshot().await.unwrap() {
            journal.drop_snapshot(snapshot.seq).await.unwrap();
        }
    })
    .await;
    let again = verify(&Storage::Folder, directory.path(), |_, _| ()).await.unwrap();
    assert_eq!((again.snapshot, again.state_sha256), (SnapshotCheck::None, report.state_sha256));
    let node = Node::open(config(directory.path())).await.unwrap();
    assert_eq!(bytes(&node), state);
    assert_eq!(node.head().seq, report.facts);
}

#[tokio::test]
async fn verification_tells_a_tampered_snapshot_and_shows_its_progress() {
    let directory = tempfile::tempdir().unwrap();
    some_days(directory.path()).await;
    let seq = with_journal(directory.path(), async |journal| {
        let snapshot = journal.latest_snapshot().await.unwrap().unwrap();
        let seq = snapshot.seq;
        let mut state = snapshot.state;
        *state.last_mut().unwrap() ^= 1;
        // Written with a fresh checksum, as somebody would who knows the store.
        journal.put_snapshot(Snapshot { state, ..snapshot }).await.unwrap();
        seq
    })
    .await;
    let told = std::cell::Cell::new((0, 0));
    let report = verify(&Storage::Folder, directory.path(), |done, all| told.set((done, all))).await.unwrap();
    assert_eq!(report.snapshot, SnapshotCheck::Differs { seq });
    assert!(!report.snapshot.is_good());
    assert_eq!(told.get(), (seq, seq));
    assert!(verify(&Storage::Folder, &directory.path().join("nothing"), |_, _| ()).await.is_err());
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_is_replaced_by_an_older_one_or_by_all_facts() {
    let directory = tempfile::tempdir().unwrap();
    let state = some_days(directory.path()).await;
    with_journal(directory.path(), async |journal| {
        let good = journal.latest_snapshot().await.unwrap().unwrap();
        let other = Snapshot { format_version: good.format_version ^ 1, ..good.clone() };
        journal.put_snapshot(other).await.unwrap();
    })
    .await;
    let report = verify(&Storage::Folder, directory.path(), |_, _| ()).await.unwrap();
    assert!(matches!(report.snapshot, SnapshotCheck::OtherVersion { .. }));
    let node = Node::open(config(directory.path())).await.unwrap();
    assert_eq!(bytes(&node), state);
    node.close().await;

    with_journal(directory.path(), async |journal| {
        while let Some(snapshot) = journal.latest_snapshot().await.unwrap() {
            if snapshot.state.is_empty() {
                break;
            }
            journal.put_snapshot(Snapshot { state: Vec::new(), ..snapshot }).await.unwrap();
        }
    })
    .await;
    let node = Node::open(config(directory.path())).await.unwrap();
    assert_eq!(bytes(&node), state);
}

#[tokio::test]
async fn snapshots_are_kept_while_the_node_runs() {
    let directory = tempfile::tempdir().unwrap();
    opened(directory.path()).await.close().await;
    let mut config = config(directory.path());
    config.limits.snapshot_every_facts = 10;
    let node = Node::open(config).await.unwrap();
    for child in 1..=20 {
        accept(&node, application(child)).await;
    }
    let journal = Journal::open(directory.path().join("journal.db")).await.unwrap();
    for _ in 0..100 {
        let seq = journal.latest_snapshot().await.unwrap().unwrap().seq;
        if seq > 10 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no snapshot was kept");
}

/// The process that is killed; started by the test below, does nothing when run by hand.
#[tokio::test]
async fn node_to_be_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY_VARIABLE) else { return };
    let node = Node::open(config(Path::new(&directory))).await.unwrap();
    for child in node.head().seq.. {
        node.submit(keyed(application(child), &format!("key-{child}"), b"body")).await.unwrap();
        println!("\nacknowledged {}", node.head().seq);
    }
}

fn kill_after(directory: &Path, commands: usize) -> u64 {
    let mut process = Process::new(std::env::current_exe().unwrap())
        .args(["node_to_be_killed", "--exact", "--nocapture"])
        .env(DIRECTORY_VARIABLE, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut heads =
        lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok());
    let last = heads.nth(commands - 1).expect("the node acknowledges");
    process.kill().unwrap();
    process.wait().unwrap();
    heads.last().unwrap_or(last)
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    opened(directory.path()).await.close().await;
    for kill in 1..=3 {
        let acknowledged = kill_after(directory.path(), kill * 5);
        let report = verify(&Storage::Folder, directory.path(), |_, _| ()).await.unwrap();
        assert!(report.facts >= acknowledged, "acknowledged {acknowledged}, found {}", report.facts);
        let node = Node::open(config(directory.path())).await.unwrap();
        // Three facts of the settlement, then one for each child: no command is half there.
        assert_eq!(node.read(|state| state.applications().count()) as u64, report.facts - 3);
        node.close().await;
    }
}
