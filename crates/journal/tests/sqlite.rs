//! What only SQLite's file is open to.
#![allow(clippy::unwrap_used)]

mod common;

use common::{batch, row};
use kezek_journal::{Journal, PrivateRow, PrivateWrite, StoreError};
use sqlx::{Connection, SqliteConnection};

/// A connection past the journal's own interface, as somebody with the file has it.
async fn raw(path: &std::path::Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap()
}

#[tokio::test]
async fn facts_cannot_be_changed_deleted_or_skipped_past_the_interface() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal.db");
    let journal = Journal::open(&path).await.unwrap();
    journal.append(batch(0, 3)).await.unwrap();
    let mut raw = raw(&path).await;
    for (attempt, reason) in [
        ("UPDATE fact SET payload = '{}' WHERE seq = 2", "facts are never changed"),
        ("DELETE FROM fact WHERE seq = 3", "facts are never deleted"),
        ("DELETE FROM fact", "facts are never deleted"),
        (
            "REPLACE INTO fact SELECT seq, time_us, 'x', 1, actor, payload, 1, 1 FROM fact WHERE seq = 3",
            "next number",
        ),
        (
            "INSERT INTO fact SELECT 5, time_us, 'x', 1, actor, payload, 1, 1 FROM fact WHERE seq = 3",
            "next number",
        ),
        ("UPDATE head SET seq = 2", "moves only forward"),
        ("DELETE FROM head", "never deleted"),
    ] {
        let refused = sqlx::query(attempt).execute(&mut raw).await.unwrap_err().to_string();
        assert!(refused.contains(reason), "{attempt}: {refused}");
    }
    assert_eq!(journal.facts(1, 10).await.unwrap().len(), 3);
    journal.verify_continuity().await.unwrap();
}

#[tokio::test]
async fn verification_finds_what_was_done_behind_the_guards() {
    for damage in [
        "DROP TRIGGER fact_is_never_deleted; DELETE FROM fact WHERE seq = 2",
        "DROP TRIGGER fact_is_never_deleted; DELETE FROM fact WHERE seq = 1",
        "DROP TRIGGER fact_is_never_deleted; DELETE FROM fact WHERE seq = 4",
        "DROP TRIGGER fact_is_never_changed; UPDATE fact SET time_us = 5 WHERE seq = 3",
        "DROP TRIGGER head_moves_forward; UPDATE head SET seq = 3",
        "DROP TRIGGER fact_is_never_changed",
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        let journal = Journal::open(&path).await.unwrap();
        journal.append(batch(0, 4)).await.unwrap();
        journal.verify_continuity().await.unwrap();
        sqlx::raw_sql(damage).execute(&mut raw(&path).await).await.unwrap();
        let found = journal.verify_continuity().await;
        assert!(matches!(found, Err(StoreError::Damaged(_))), "{damage}: {found:?}");
    }
}

#[tokio::test]
async fn after_a_scrub_a_deleted_row_stands_nowhere_in_the_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal.db");
    let journal = Journal::open(&path).await.unwrap();
    let marker = b"sealed bytes that must be gone after an erasure".to_vec();
    let private = PrivateRow { sealed: marker.repeat(300), ..row("document", 1) };
    journal.write_private(vec![PrivateWrite::Put(private)]).await.unwrap();
    journal.scrub().await.unwrap();
    assert!(stands_in(directory.path(), &marker), "the test must be able to find it");
    journal.write_private(vec![PrivateWrite::Delete { kind: "document".into(), id: 1 }]).await.unwrap();
    assert!(stands_in(directory.path(), &marker), "until the write-ahead log is emptied");
    journal.scrub().await.unwrap();
    assert!(!stands_in(directory.path(), &marker));
}

fn stands_in(directory: &std::path::Path, marker: &[u8]) -> bool {
    std::fs::read_dir(directory).unwrap().any(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        bytes.windows(marker.len()).any(|window| window == marker)
    })
}

#[tokio::test]
async fn a_file_that_is_no_journal_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let other = directory.path().join("letter.txt");
    std::fs::write(&other, "not a journal, but long enough to be read as one by mistake".repeat(20)).unwrap();
    assert!(matches!(Journal::open(&other).await, Err(StoreError::Damaged(_))));
    let nowhere = directory.path().join("missing/journal.db");
    assert!(matches!(Journal::open(&nowhere).await, Err(StoreError::Unavailable(_))));
}
