//! The client of a log: quorum, contradictions, and witnesses that answer badly.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use kezek_registry::{Policy, PublicKey, Witnessed};
use kezek_witness::{
    Client,
    client::{CosignError, Cosigned, Settings, Trouble},
};
use support::{Log, ORIGIN, Serving, now, open, patient, policy, post, serve};

async fn witness(root: &Path, number: usize, log: &Log) -> Serving {
    serve(open(&root.join(number.to_string()), &format!("witness.example/w{number}"), log)).await
}

async fn witnesses(root: &Path, log: &Log, count: usize) -> Vec<Serving> {
    let mut serving = Vec::new();
    for number in 0..count {
        serving.push(witness(root, number, log).await);
    }
    serving
}

fn of(log: &Log, needed: usize, serving: &[Serving]) -> Policy {
    let parties: Vec<(&PublicKey, &str)> = serving.iter().map(|one| (&one.key, one.url.as_str())).collect();
    policy(log, needed, &parties)
}

fn client(policy: &Policy, published: Option<&Witnessed>) -> Client {
    Client::new(policy.clone(), ORIGIN, published, patient()).unwrap()
}

async fn grow(client: &Client, log: &Log, size: u64) -> Result<Cosigned, CosignError> {
    client.cosign(&log.note(size), log.prover(size)).await
}

async fn ask(url: &str, body: Vec<u8>) -> u16 {
    let url = url.to_owned();
    tokio::task::spawn_blocking(move || post(&url, &body).status).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_grows_with_all_its_witnesses() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(300);
    let serving = witnesses(directory.path(), &log, 3).await;
    let policy = of(&log, 3, &serving);
    let client = client(&policy, None);
    for size in [0, 1, 7, 7, 256, 300] {
        let Cosigned { witnessed, missing } = grow(&client, &log, size).await.unwrap();
        assert!(missing.is_empty());
        assert_eq!(witnessed.checkpoint, log.checkpoint(size));
        assert_eq!((witnessed.witnesses.len(), witnessed.note.signatures().len()), (3, 4));
        policy.open(witnessed.note.to_text().as_bytes(), now() + 5).unwrap();
    }
}

/// A client that starts anew, or one that others went past, asks on from where each witness stands.
#[tokio::test(flavor = "multi_thread")]
async fn it_asks_on_from_where_a_witness_stands() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(300);
    let serving = witnesses(directory.path(), &log, 2).await;
    let policy = of(&log, 2, &serving);
    let first = client(&policy, None);
    let published = grow(&first, &log, 7).await.unwrap().witnessed;
    assert_eq!(ask(&serving[0].url, log.body(7, 100)).await, 200);
    assert_eq!(ask(&serving[1].url, log.body(7, 200)).await, 200);
    grow(&first, &log, 200).await.unwrap();
    grow(&client(&policy, None), &log, 250).await.unwrap();
    grow(&client(&policy, Some(&published)), &log, 300).await.unwrap();
}

/// Attack 48, the client's part: without a quorum there is an error and nothing to publish; with it again, all is
/// caught up.
#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_is_lost_and_regained() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(300);
    let mut serving = witnesses(directory.path(), &log, 3).await;
    let urls: Vec<String> = serving.iter().map(|one| one.url.clone()).collect();
    let client = client(&of(&log, 2, &serving), None);
    grow(&client, &log, 7).await.unwrap();
    drop(serving.pop());
    settle(&urls[2]).await;
    let still = grow(&client, &log, 9).await.unwrap().witnessed;
    assert_eq!(still.witnesses.len(), 2, "two of three are enough");
    drop(serving.pop());
    settle(&urls[1]).await;
    for size in [10, 11, 200] {
        let CosignError::Quorum { cosigned, missing } = grow(&client, &log, size).await.unwrap_err() else {
            panic!("a quorum is missing");
        };
        assert_eq!(cosigned, ["w0"]);
        assert_eq!(missing.len(), 2);
        assert!(missing.iter().all(|one| matches!(one.trouble, Trouble::Network(_))), "{missing:?}");
    }
    // It comes back at its address, with its memory.
    let address = urls[1].strip_prefix("http://").unwrap().strip_suffix("/w").unwrap().parse().unwrap();
    let listening = kezek_witness::server::Listening::bind(address, "/w").await.unwrap();
    let back = open(&directory.path().join("1"), "witness.example/w1", &log);
    tokio::spawn(listening.serve(back, std::future::pending()));
    let Cosigned { witnessed, .. } = grow(&client, &log, 300).await.unwrap();
    let names: Vec<&str> = witnessed.witnesses.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["w0", "w1"]);
}

/// Waits until nobody listens and the store is free.
async fn settle(url: &str) {
    let address = url.strip_prefix("http://").unwrap().strip_suffix("/w").unwrap().to_owned();
    let deadline = Instant::now() + Duration::from_secs(20);
    while tokio::net::TcpStream::connect(&address).await.is_ok() {
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Attack 46: a witness has seen more of our log than we have, and can show it: we lost history.
#[tokio::test(flavor = "multi_thread")]
async fn a_larger_log_of_ours_halts_for_ever() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(300);
    let serving = witnesses(directory.path(), &log, 3).await;
    let policy = of(&log, 1, &serving);
    for one in &serving {
        assert_eq!(ask(&one.url, log.body(0, 200)).await, 200);
    }
    let client = client(&policy, None);
    let CosignError::Contradicted(found) = grow(&client, &log, 100).await.unwrap_err() else {
        panic!("history was lost");
    };
    assert_eq!((found.theirs.size, found.ours.size), (200, 100));
    found.evidence.verify(&[log.key.public().clone()]).unwrap();
    // Not even a checkpoint that all would cosign is published now.
    let again = grow(&client, &log, 300).await.unwrap_err();
    assert!(matches!(again, CosignError::Contradicted(_)));
    let started_anew = self::client(&policy, None);
    let said = started_anew.compare(&log.note(100), log.prover(100)).await.unwrap_err().to_string();
    assert!(said.contains("we have lost history"), "{said}");
    assert!(self::client(&policy, None).compare(&log.note(300), log.prover(300)).await.unwrap().is_empty());
}

/// Attacks 14 and 16: two histories, of one size or of several.
#[tokio::test(flavor = "multi_thread")]
async fn another_history_halts() {
    for (recorded, ours) in [(100, 100), (100, 150)] {
        let directory = tempfile::tempdir().unwrap();
        let (log, fork) = (Log::new(300), Log::forked(300, 50));
        let serving = witnesses(directory.path(), &log, 1).await;
        assert_eq!(ask(&serving[0].url, log.body(0, recorded)).await, 200);
        let policy = of(&log, 1, &serving);
        let CosignError::Contradicted(found) = grow(&client(&policy, None), &fork, ours).await.unwrap_err()
        else {
            panic!("there are two histories");
        };
        assert_eq!(found.theirs, log.checkpoint(recorded));
        let compared = client(&policy, None).compare(&fork.note(ours), fork.prover(ours)).await;
        assert!(compared.unwrap_err().to_string().contains("there are two histories"));
    }
}

/// Attack 45, the client's side: who cosigned the published checkpoint and stands before it has lost its memory.
#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_forgot_does_not_count() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(300);
    let serving = witnesses(directory.path(), &log, 1).await;
    let policy = of(&log, 1, &serving);
    let published = grow(&client(&policy, None), &log, 100).await.unwrap().witnessed;
    drop(serving);

    // The key is the same, the memory is not: as if an old copy had been put back.
    let old = directory.path().join("old");
    std::fs::create_dir_all(&old).unwrap();
    let key = std::fs::read(directory.path().join("0/witness.key")).unwrap();
    std::fs::write(old.join("witness.key"), key).unwrap();
    let marker = std::fs::read_to_string(directory.path().join("0/marker")).unwrap();
    std::fs::write(old.join("marker"), marker.replace("signed ", "new ")).unwrap();
    restrict(&old.join("witness.key"));
    let back = [serve(open(&old, "witness.example/w0", &log)).await];
    let policy = of(&log, 1, &back);
    let error = grow(&client(&policy, Some(&published)), &log, 200).await.unwrap_err();
    let CosignError::Quorum { missing, .. } = &error else { panic!("{error}") };
    assert_eq!(missing[0].trouble, Trouble::Forgot { had: 100, has: 0 });
    let compare = async || {
        let client = client(&policy, Some(&published));
        client.compare(&log.note(200), log.prover(200)).await.unwrap().remove(0).trouble
    };
    assert_eq!(compare().await, Trouble::Forgot { had: 100, has: 0 });
    assert_eq!(ask(&back[0].url, log.body(0, 50)).await, 200);
    assert_eq!(compare().await, Trouble::Forgot { had: 100, has: 50 });
}

fn restrict(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o400)).unwrap();
}

/// One slow witness delays nobody, and is told all the same.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_the_slowest() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(300);
    let mut serving = witnesses(directory.path(), &log, 2).await;
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    serving[1].url = format!("http://{}", silent.local_addr().unwrap());
    let client = client(&of(&log, 1, &serving), None);
    let begun = Instant::now();
    for size in [7, 9, 100] {
        assert_eq!(grow(&client, &log, size).await.unwrap().witnessed.witnesses.len(), 1);
    }
    assert!(begun.elapsed() < patient().patience);
}

/// A proof that cannot be made is an error like any other, and so is a panic in the log's own function.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_proofs() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(300);
    let serving = witnesses(directory.path(), &log, 1).await;
    let client = client(&of(&log, 1, &serving), None);
    grow(&client, &log, 7).await.unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let prove = Arc::new(move |old| {
        count.fetch_add(1, Ordering::Relaxed);
        if old == 7 { Err("the tile is unreadable".to_owned()) } else { panic!("from {old}") }
    });
    let error = client.cosign(&log.note(9), prove).await.unwrap_err();
    assert!(error.to_string().contains("the tile is unreadable"), "{error}");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(Settings::default().patience, Duration::from_secs(1));
}

#[test]
fn policies_that_do_not_fit() {
    let log = Log::new(1);
    let key = |seed: u8, name| {
        kezek_registry::SecretKey::from_seed(name, kezek_registry::Role::Witness, &[seed; 32])
            .unwrap()
            .public()
            .clone()
    };
    let one = key(4, "w");
    let parse =
        |lines: &str| Policy::parse(format!("log {}\n{lines}\nquorum none\n", log.key.public()).as_bytes());
    let new = |lines: &str| Client::new(parse(lines).unwrap(), ORIGIN, None, Settings::default()).err();
    assert!(new(&format!("witness w {one} http://127.0.0.1:1/w")).is_none());
    assert!(new(&format!("witness w {one}")).unwrap().to_string().contains("does not say where"));
    assert!(new(&format!("witness w {one} ftp://127.0.0.1")).unwrap().to_string().contains("ftp://"));
    let other =
        Client::new(parse("").unwrap(), "queue.example/other", None, Settings::default()).err().unwrap();
    assert!(other.to_string().contains("does not name the log"));
    // Attack 39: one key under two names would count twice.
    let twice = format!("witness a {one} http://a\nwitness b {} http://b", key(4, "other"));
    assert!(parse(&twice).is_err());
}
