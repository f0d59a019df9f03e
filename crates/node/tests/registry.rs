//! The registries of running nodes.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use common::{BULLETIN, Fatal, OPENING, accept, application, at, config, node_of, publish, settlement};
use kezek_node::disclosure::{Entry, Log};
use kezek_node::{Config, Node, OpenError, RegistryConfig, RegistryError};
use kezek_registry::{Policy, check};

const PATIENCE: Duration = Duration::from_secs(15);

fn publishing(config: Config) -> Config {
    Config { registry: Some(RegistryConfig::new("kezek.example")), ..config }
}

/// The numbers of all published facts, after a complete check of what is in the directory.
fn published(node: &Node) -> BTreeSet<u64> {
    let registry = node.registry().unwrap();
    let mut seqs = BTreeSet::new();
    for (log, key) in Log::ALL.into_iter().zip(registry.public_keys()) {
        let policy = Policy::parse(format!("log {key}\nquorum none\n").as_bytes()).unwrap();
        let dir = registry.public_dir(log);
        if !dir.root().join("checkpoint").exists() {
            continue;
        }
        check::check(
            &policy,
            1,
            Vec::new(),
            |path| dir.read(path),
            |_, line| {
                assert!(seqs.insert(Entry::parse(line).unwrap().seq));
            },
        )
        .unwrap();
    }
    seqs
}

/// Waits until everything is published.
async fn all_published(node: &Node) {
    let began = Instant::now();
    while !published(node).into_iter().eq(1..=node.head().seq) {
        assert!(began.elapsed() < PATIENCE, "{} facts, published {:?}", node.head().seq, published(node));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn files(folder: &Path) -> BTreeSet<(String, Vec<u8>)> {
    let mut found = BTreeSet::new();
    let mut open: Vec<_> = Some(folder.to_owned()).filter(|folder| folder.exists()).into_iter().collect();
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    found
}

#[tokio::test]
async fn what_happens_is_published_soon_and_gives_receipts() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(publishing(config(directory.path()))).await.unwrap();
    for command in settlement() {
        accept(&node, command).await;
    }
    let accepted = accept(&node, application(1)).await;
    let began = Instant::now();
    let receipt = loop {
        if let Some(receipt) = node.receipt(accepted.first_seq).await.unwrap() {
            break receipt;
        }
        assert!(began.elapsed() < Duration::from_secs(3), "no receipt");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(receipt.file.starts_with("c2sp.org/tlog-proof@v1\nextra "));
    assert_eq!(node.receipt(1_000).await.unwrap(), None);
    // Without a pause: what is left is published at the end.
    for child in 2..600 {
        accept(&node, application(child)).await;
    }
    accept(&node, publish(2)).await;
    node.set_clock(at(BULLETIN)).await.unwrap();
    node.set_clock(at(OPENING)).await.unwrap();
    node.close().await;
    assert!(published(&node).into_iter().eq(1..=node.head().seq));
    assert!(directory.path().join("registry/context").exists());

    let again = Node::open(publishing(config(directory.path()))).await.unwrap();
    accept(&again, application(700)).await;
    all_published(&again).await;
    again.close().await;
}

#[tokio::test]
async fn a_service_that_published_nothing_so_far_catches_up() {
    let directory = tempfile::tempdir().unwrap();
    let node = common::opened(directory.path()).await;
    for child in 1..300 {
        accept(&node, application(child)).await;
    }
    assert!(node.registry().is_none());
    node.close().await;
    let node = Node::open(publishing(config(directory.path()))).await.unwrap();
    all_published(&node).await;
    node.close().await;
}

#[tokio::test]
async fn nodes_publish_one_history() {
    let url = kezek_trial_postgres::database().unwrap();
    let directories = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let one = Node::open(publishing(node_of(directories[0].path(), &url))).await.unwrap();
    for command in settlement() {
        accept(&one, command).await;
    }
    all_published(&one).await;

    // A node with keys of its own would sign a second history.
    let stranger = Node::open(publishing(node_of(directories[1].path(), &url))).await.err().unwrap();
    assert!(matches!(stranger, OpenError::Registry(RegistryError::KeyMissing { .. })), "{stranger}");
    std::fs::copy(directories[0].path().join("registry.key"), directories[1].path().join("registry.key"))
        .unwrap();
    let fatal = Fatal::default();
    let two = Node::open(fatal.set_in(publishing(node_of(directories[1].path(), &url)))).await.unwrap();
    for round in 0..30 {
        accept(&one, application(2 * round)).await;
        accept(&two, application(2 * round + 1)).await;
        if round % 10 == 0 {
            tokio::time::sleep(Duration::from_millis(700)).await;
        }
    }
    assert!(one.has_seen(two.head().seq, PATIENCE).await && two.has_seen(one.head().seq, PATIENCE).await);
    all_published(&one).await;
    all_published(&two).await;
    // A node that goes away in the middle leaves the rest to the other.
    two.close().await;
    accept(&one, application(1_000)).await;
    all_published(&one).await;
    let two = Node::open(fatal.set_in(publishing(node_of(directories[1].path(), &url)))).await.unwrap();
    all_published(&two).await;
    assert_eq!(fatal.told(), Vec::<String>::new());
    for log in Log::ALL {
        let tiles =
            |node: &Node| files(&node.registry().unwrap().public_dir(log).root().join("tile/entries"));
        let (mine, yours) = (tiles(&one), tiles(&two));
        let both: Vec<_> =
            mine.iter().filter(|(name, _)| yours.iter().any(|(other, _)| other == name)).collect();
        assert!(log == Log::Referrals || !both.is_empty(), "{}", log.name());
        assert!(both.into_iter().all(|file| yours.contains(file)), "{}", log.name());
    }
    one.close().await;
    two.close().await;
}

#[tokio::test]
async fn a_node_whose_database_was_put_back_does_not_open() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(publishing(config(directory.path()))).await.unwrap();
    for command in settlement() {
        accept(&node, command).await;
    }
    node.close().await;
    let kept = directory.path().join("kept.db");
    std::fs::copy(directory.path().join("journal.db"), &kept).unwrap();
    let node = Node::open(publishing(config(directory.path()))).await.unwrap();
    accept(&node, application(1)).await;
    node.close().await;
    std::fs::copy(&kept, directory.path().join("journal.db")).unwrap();
    for left in ["journal.db-wal", "journal.db-shm"] {
        let _ = std::fs::remove_file(directory.path().join(left));
    }
    let refused = Node::open(publishing(config(directory.path()))).await.err().unwrap();
    assert!(matches!(refused, OpenError::Registry(RegistryError::OldBackup { .. })), "{refused}");
    assert!(refused.to_string().contains("restored from an old backup"), "{refused}");
}
