//! Checkpoints wait for witnesses; facts do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kezek_disclosure::Log;
use kezek_registry::{Role, SecretKey, cosignature};

use super::world::{HOST, World};
use crate::RegistryConfig;
use crate::registry::{Due, Gathering, NoQuorum, Witnesses, ledger};

fn witness() -> SecretKey {
    SecretKey::from_seed("witness.example/1", Role::Witness, &[9; 32]).unwrap()
}

/// One witness that cosigns while it is there.
fn asked(is_there: &Arc<AtomicBool>) -> RegistryConfig {
    let is_there = Arc::clone(is_there);
    let ask = move |due: Due| -> Gathering {
        let is_there = is_there.load(Ordering::Relaxed);
        Box::pin(async move {
            if !is_there {
                return Err(NoQuorum { log: due.log.name().into(), reason: "nobody answers".into() });
            }
            due.prove_since(due.checkpoint.size / 2).unwrap();
            let line = cosignature::cosign(&witness(), due.note.text(), 1_700_000_000).unwrap();
            Ok(due.note.with(line).unwrap())
        })
    };
    RegistryConfig { host: HOST.into(), witnesses: Witnesses::Asked(Arc::new(ask)) }
}

#[tokio::test]
async fn without_a_quorum_nothing_is_shown_and_it_is_caught_up_with_later() {
    let world = World::played().await;
    let is_there = Arc::new(AtomicBool::new(false));
    let mut publisher = world.with(asked(&is_there)).await;
    publisher.recover().await.unwrap();
    publisher.cycle(8).await.unwrap();
    publisher.cycle(world.head).await.unwrap();
    assert_eq!(publisher.ledger.seq(), world.head, "entries are taken in and stored");
    let checkpoint = |log| ledger::public_dir(world.data_dir(), log).read("checkpoint");
    assert!(Log::ALL.into_iter().all(|log| checkpoint(log).is_err()), "and none is shown");
    assert!(publisher.has_to_show());

    is_there.store(true, Ordering::Relaxed);
    publisher.round().await.unwrap();
    for log in Log::ALL {
        let note = String::from_utf8(checkpoint(log).unwrap()).unwrap();
        assert!(note.contains("— witness.example/1 "), "{note}");
    }
    assert!(world.checked().await.keys().copied().eq(1..=world.head));
    assert!(!publisher.has_to_show());

    // Another node shows what this one got.
    world.start().await.unwrap();
}

#[tokio::test]
async fn another_note_than_was_asked_for_is_not_shown() {
    let world = World::played().await;
    let foreign = |due: Due| -> Gathering {
        Box::pin(async move {
            let line = cosignature::cosign(&witness(), due.note.text(), 1).unwrap();
            Ok(kezek_registry::Note::new(due.note.text(), vec![line]).unwrap())
        })
    };
    let config = RegistryConfig { host: HOST.into(), witnesses: Witnesses::Asked(Arc::new(foreign)) };
    let mut publisher = world.with(config).await;
    publisher.recover().await.unwrap();
    publisher.cycle(world.head).await.unwrap();
    assert!(ledger::public_dir(world.data_dir(), Log::Applications).read("checkpoint").is_err());
}

#[tokio::test]
async fn a_service_that_asks_no_witness_any_more_shows_what_waited() {
    let world = World::played().await;
    let mut publisher = world.with(asked(&Arc::new(AtomicBool::new(false)))).await;
    publisher.recover().await.unwrap();
    publisher.cycle(world.head).await.unwrap();
    let mut alone = world.publisher().await.unwrap();
    alone.round().await.unwrap();
    assert!(world.checked().await.keys().copied().eq(1..=world.head));
}
