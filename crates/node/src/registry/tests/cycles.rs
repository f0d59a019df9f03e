//! What is published, whatever happens in between.

use std::collections::BTreeSet;

use kezek_disclosure::Log;
use kezek_records::ErasureGround;
use kezek_registry::commit::Record;
use kezek_registry::{Hash, Policy, Receipt};
use kezek_rules::ids::ApplicationId;

use super::world::{HOST, World, checked, child, over};
use crate::RegistryConfig;
use crate::registry::Registry;
use crate::registry::cycle::Stop;

const STOPS: [Stop; 14] = [
    Stop::BeforeStaging,
    Stop::Staged,
    Stop::Signed(0),
    Stop::Signed(1),
    Stop::Signed(2),
    Stop::Signed(3),
    Stop::Committed,
    Stop::Stored(0),
    Stop::Stored(1),
    Stop::Stored(3),
    Stop::Shown(0),
    Stop::Shown(1),
    Stop::Shown(2),
    Stop::Shown(3),
];

#[tokio::test]
async fn every_fact_is_in_one_log_once_however_cycles_are_cut() {
    let mut worlds = Vec::new();
    for step in [1, 7, 1_000] {
        let world = World::played().await;
        world.publish(world.head, step).await;
        let entries = world.checked().await;
        assert!(entries.keys().copied().eq(1..=world.head), "step {step}");
        let logs: BTreeSet<Log> = entries.values().map(|(log, _)| *log).collect();
        assert_eq!(logs.len(), 3, "each log has something");
        world.start().await.unwrap();
        assert_eq!(world.checked().await, entries, "a start changes nothing");
        worlds.push(entries);
    }
    let logs = |at: usize| worlds[at].values().map(|(log, _)| *log).collect::<Vec<_>>();
    assert_eq!(logs(0), logs(2));
}

#[tokio::test]
async fn killed_in_any_gap_the_next_start_loses_nothing_and_changes_nothing() {
    for stop in STOPS {
        let world = World::played().await;
        world.publish(10, 4).await;
        let before = world.checked().await;
        // The whole cycle touches all three logs.
        world.publish_and_be_killed(world.head, stop).await;
        world.publish(world.head, 1_000).await;
        let entries = world.checked().await;
        assert!(entries.keys().copied().eq(1..=world.head), "{stop:?}");
        assert!(before.iter().all(|(seq, entry)| entries.get(seq) == Some(entry)), "{stop:?}");
        let left = std::fs::read_dir(world.registry().join("staging")).unwrap().count();
        assert_eq!(left, 0, "{stop:?}: nothing stays staged");
    }
}

#[tokio::test]
async fn killed_again_and_again_it_still_comes_to_the_end() {
    let world = World::played().await;
    for (until, stop) in (3..).step_by(2).zip(STOPS.into_iter().cycle().take(20)) {
        let mut publisher = world.publisher().await.unwrap();
        publisher.recover().await.unwrap();
        publisher.stop = stop;
        if publisher.ledger.signed_seq() < until {
            // Some gaps are only in cycles that touch all logs.
            let _ = publisher.cycle(until).await;
        }
    }
    world.publish(world.head, 1_000).await;
    assert!(world.checked().await.keys().copied().eq(1..=world.head));
}

#[tokio::test]
async fn a_second_attempt_uses_the_secrets_that_are_there() {
    let world = World::played().await;
    world.publish_and_be_killed(world.head, Stop::BeforeStaging).await;
    let drawn = world.journal.private_of_kind("registry_secret", None, 100).await.unwrap();
    assert_eq!(drawn.len(), 20);
    world.publish(world.head, 5).await;
    assert_eq!(world.journal.private_of_kind("registry_secret", None, 100).await.unwrap(), drawn);
}

#[tokio::test]
async fn another_node_makes_the_same_files_and_one_that_is_behind_catches_up() {
    let world = World::played().await;
    let other = tempfile::tempdir().unwrap();
    world.publish(6, 2).await;
    std::fs::copy(world.data_dir().join("registry.key"), other.path().join("registry.key")).unwrap();
    for until in [6, 15, world.head] {
        world.publish(until, 3).await;
        let mut node = over(&world.journal, other.path(), RegistryConfig::new(HOST)).await.unwrap();
        node.recover().await.unwrap();
        let keys: Vec<String> = node.ledger.logs().iter().map(|one| one.key.public().to_string()).collect();
        assert_eq!(checked(other.path(), &keys), world.checked().await);
    }
    // And the other one publishes on, while this one follows.
    assert_eq!(world.checked().await.len() as u64, world.head);
}

#[tokio::test]
async fn a_receipt_proves_an_entry_and_opens_it_until_the_child_is_erased() {
    let world = World::played().await;
    let publisher = world.publisher().await.unwrap();
    let registry = Registry::of(world.data_dir(), &publisher);
    let policy = format!("log {}\nquorum none\n", registry.public_keys()[0]);
    let policy = Policy::parse(policy.as_bytes()).unwrap();
    let (seq, application) = (4, ApplicationId(0));
    let people = world.people();
    let ask = async || registry.receipt(&world.journal, &people, seq, &[application]).await.unwrap();
    assert_eq!(ask().await, None, "nothing is published yet");
    world.publish(world.head, 9).await;

    let receipt = ask().await.unwrap();
    assert_eq!(receipt.log, Log::Applications);
    let parsed = Receipt::parse(receipt.file.as_bytes()).unwrap();
    let opening: kezek_disclosure::Opened = serde_json::from_slice(&parsed.extra).unwrap();
    parsed.verify(opening.entry.as_bytes(), &policy, 1).unwrap();
    let entry = kezek_disclosure::Entry::parse(opening.entry.as_bytes()).unwrap();
    let mut salt = [0; 32];
    for (byte, at) in salt.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&opening.salt.as_ref().unwrap()[at..at + 2], 16).unwrap();
    }
    let fields: Vec<(&str, &str)> =
        opening.hidden.iter().map(|one| (one.field.as_str(), one.value.as_str())).collect();
    assert!(fields.contains(&("child", &child(0).to_string())), "{fields:?}");
    let record = Record { origin: format!("{HOST}/applications"), kind: "kezek/1".into(), seq };
    record.open(&Hash(entry.commitment.unwrap()), &salt, &fields).unwrap();

    // All facts have receipts, at whatever place in whatever log.
    for seq in 1..=world.head {
        let receipt = registry.receipt(&world.journal, &people, seq, &[]).await.unwrap().unwrap();
        assert_eq!(receipt.seq, seq);
    }

    people.erase(child(0), ErasureGround::Request).await.unwrap();
    let after = Receipt::parse(ask().await.unwrap().file.as_bytes()).unwrap();
    let closed: kezek_disclosure::Opened = serde_json::from_slice(&after.extra).unwrap();
    assert_eq!((closed.salt, closed.hidden), (None, Vec::new()), "nothing opens it any more");
    after.verify(opening.entry.as_bytes(), &policy, 1).unwrap();
    world.start().await.unwrap();
}

#[tokio::test]
async fn what_is_published_of_somebody_erased_rests_on_a_secret_that_goes_by_itself() {
    let world = World::played().await;
    let people = world.people();
    people.erase(child(3), ErasureGround::Request).await.unwrap();
    world.publish(world.head, 8).await;
    let kept = world.journal.private_of_kind("registry_secret", None, 100).await.unwrap();
    assert_eq!(kept.len(), 19);
    assert!(kept.iter().all(|row| row.owner.is_some() && row.owner != Some(child(3))));
    let of_facts = world.journal.private_of_kind("registry_fact_secret", None, 100).await.unwrap();
    assert!(of_facts.iter().any(|row| row.expires_us.is_some()), "{of_facts:?}");
    assert!(world.checked().await.keys().copied().eq(1..=world.head));
}
