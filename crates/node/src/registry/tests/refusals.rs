//! What must not be carried on with.

use std::fs;
use std::path::Path;

use kezek_disclosure::Log;
use kezek_journal::Journal;
use kezek_records::ErasureGround;
use kezek_registry::hash;

use super::world::{HOST, World, child, over};
use crate::RegistryConfig;
use crate::registry::RegistryError;
use crate::registry::cycle::Stop;

/// The database as it is, to be put back later.
async fn backup(world: &World) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    world.journal.scrub().await.unwrap();
    fs::copy(world.data_dir().join("journal.db"), directory.path().join("journal.db")).unwrap();
    directory
}

/// What a start says with this database and the present files.
async fn start_with(world: &World, database: &Path) -> Result<(), RegistryError> {
    let journal = Journal::open(database.join("journal.db")).await.unwrap();
    over(&journal, world.data_dir(), RegistryConfig::new(HOST)).await?.recover().await
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push((path.display().to_string(), fs::read(&path).unwrap())),
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_database_restored_from_an_old_backup_is_refused_and_nothing_is_signed() {
    let world = World::played().await;
    world.publish(12, 4).await;
    let old = backup(&world).await;
    world.publish(world.head, 4).await;
    let before = files(&world.registry());
    for _ in 0..2 {
        let refused = start_with(&world, old.path()).await.unwrap_err();
        assert!(matches!(refused, RegistryError::OldBackup { .. }), "{refused}");
        assert!(!refused.is_passing());
        assert!(refused.to_string().contains("Restore the newest backup"), "{refused}");
    }
    assert_eq!(files(&world.registry()), before);
    world.start().await.unwrap();
}

#[tokio::test]
async fn notes_ahead_of_the_database_are_carried_on_with_the_very_cycle_or_refused() {
    for is_staged in [true, false] {
        let world = World::played().await;
        world.publish(12, 4).await;
        world.publish_and_be_killed(world.head, Stop::Signed(2)).await;
        if !is_staged {
            fs::remove_dir_all(world.registry().join("staging")).unwrap();
        }
        match world.start().await {
            Ok(()) => {
                assert!(is_staged);
                let heads = world.journal.registry_heads().await.unwrap();
                assert_eq!(heads.iter().map(|head| head.size).sum::<u64>(), world.head);
            }
            Err(refused) => {
                assert!(!is_staged && matches!(refused, RegistryError::OldBackup { .. }), "{refused}");
            }
        }
    }
}

#[tokio::test]
async fn a_cycle_signed_on_a_history_that_is_gone_is_refused() {
    let world = World::played().await;
    world.publish(12, 4).await;
    world.publish_and_be_killed(world.head, Stop::Signed(3)).await;
    // Another history of the same length, with the same heads.
    let other = World::played().await;
    other.journal.move_registry_heads(&[], &world.journal.registry_heads().await.unwrap()).await.unwrap();
    let refused = start_with(&world, other.data_dir()).await.unwrap_err();
    assert!(!refused.is_passing(), "{refused}");
}

#[tokio::test]
async fn facts_that_are_gone_are_missed() {
    let world = World::played().await;
    world.publish(world.head, 10).await;
    let empty = tempfile::tempdir().unwrap();
    let journal = Journal::open(empty.path().join("journal.db")).await.unwrap();
    journal.move_registry_heads(&[], &world.journal.registry_heads().await.unwrap()).await.unwrap();
    let refused = start_with(&world, empty.path()).await.unwrap_err();
    assert!(matches!(refused, RegistryError::FactsLost { head: 0, .. }), "{refused}");
}

#[tokio::test]
async fn two_roots_of_one_size_are_refused_for_ever() {
    for is_shown in [true, false] {
        let world = World::played().await;
        world.publish(world.head, 10).await;
        let publisher = world.publisher().await.unwrap();
        let one = &publisher.ledger.logs()[0];
        let mut heads = world.journal.registry_heads().await.unwrap();
        let root = hash::leaf(b"another history");
        heads[0].note = one.sign(heads[0].size, root).unwrap();
        heads[0].root = root.0;
        heads[0].checkpoint = heads[0].note.clone();
        if !is_shown {
            fs::remove_file(one.dir.root().join("checkpoint")).unwrap();
        }
        let other = World::played().await;
        other.journal.move_registry_heads(&[], &heads).await.unwrap();
        let refused = start_with(&world, other.data_dir()).await.unwrap_err();
        assert!(matches!(refused, RegistryError::Fork { .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_note_of_another_past_is_found() {
    let world = World::played().await;
    world.publish(world.head, 10).await;
    let publisher = world.publisher().await.unwrap();
    let one = &publisher.ledger.logs()[0];
    fs::remove_file(one.signed.path()).unwrap();
    one.signed.add(&one.sign(3, hash::leaf(b"another history")).unwrap()).unwrap();
    let refused = world.start().await.unwrap_err();
    assert!(matches!(refused, RegistryError::Fork { size: 3, .. }), "{refused}");
}

#[tokio::test]
async fn lost_files_are_made_again_unless_a_secret_was_erased() {
    for is_erased in [false, true] {
        let world = World::played().await;
        world.publish(world.head, 6).await;
        let entries = world.checked().await;
        for log in Log::ALL {
            fs::remove_dir_all(world.registry().join(log.name()).join("public")).unwrap();
        }
        if is_erased {
            world.people().erase(child(5), ErasureGround::Request).await.unwrap();
            let refused = world.start().await.unwrap_err();
            assert!(matches!(refused, RegistryError::SecretErased { .. }), "{refused}");
            assert!(refused.to_string().contains("copy the directory"), "{refused}");
        } else {
            world.start().await.unwrap();
            assert_eq!(world.checked().await, entries);
        }
    }
}

#[tokio::test]
async fn files_behind_are_brought_up_without_what_was_staged() {
    for stop in [Stop::Committed, Stop::Stored(1), Stop::Stored(2), Stop::Shown(1)] {
        let world = World::played().await;
        world.publish(9, 3).await;
        world.publish_and_be_killed(world.head, stop).await;
        fs::remove_dir_all(world.registry().join("staging")).unwrap();
        world.start().await.unwrap();
        assert!(world.checked().await.keys().copied().eq(1..=world.head), "{stop:?}");
    }
}

#[tokio::test]
async fn a_changed_edge_is_found_at_the_start() {
    let world = World::played().await;
    world.publish(world.head, 100).await;
    let entries = world.checked().await;
    let size = entries.values().filter(|(log, _)| *log == Log::Applications).count();
    for part in ["0", "entries"] {
        let tile = world.registry().join(format!("applications/public/tile/{part}/000.p/{size}"));
        let good = fs::read(&tile).unwrap();
        let mut bad = good.clone();
        *bad.last_mut().unwrap() ^= 1;
        fs::remove_file(&tile).unwrap();
        fs::write(&tile, &bad).unwrap();
        let refused = world.start().await.unwrap_err();
        assert!(matches!(refused, RegistryError::Damaged { .. }), "{part}: {refused}");
        fs::write(&tile, &good).unwrap();
        world.start().await.unwrap();
    }
}

#[tokio::test]
async fn other_keys_are_refused() {
    let world = World::played().await;
    world.publish(world.head, 100).await;
    let key = world.data_dir().join("registry.key");
    fs::rename(&key, world.data_dir().join("kept")).unwrap();
    let missing = world.start().await.unwrap_err();
    assert!(matches!(missing, RegistryError::KeyMissing { .. }), "{missing}");
    let other = World::played().await;
    other.publish(1, 1).await;
    fs::copy(other.data_dir().join("registry.key"), &key).unwrap();
    let refused = world.start().await.unwrap_err();
    assert!(matches!(refused, RegistryError::OtherKey { .. }), "{refused}");
}

#[tokio::test]
async fn a_disk_that_takes_nothing_is_waited_for() {
    for place in ["staging", "applications"] {
        let world = World::played().await;
        let mut publisher = world.publisher().await.unwrap();
        // A file where a directory must be: nothing can be written below it, whoever asks.
        fs::create_dir_all(world.registry()).unwrap();
        let blocked = world.registry().join(place);
        fs::write(&blocked, "").unwrap();
        let refused = publisher.round().await.unwrap_err();
        assert!(refused.is_passing(), "{place}: {refused:?}");
        publisher.round().await.unwrap_err();
        fs::remove_file(&blocked).unwrap();
        publisher.round().await.unwrap();
        assert!(world.checked().await.keys().copied().eq(1..=world.head), "{place}");
    }
}
