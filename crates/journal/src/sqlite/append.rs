//! The writer's transaction.

use sqlx::{Connection, SqliteConnection};

use super::{BEGIN, Store, failure, given, insert, primary_code, private, stored};
use crate::{AppendError, Batch, Committed, Head, NewFact, PrivateWrite, StoreError};

impl Store {
    pub async fn append(&self, batch: &Batch) -> Result<Committed, AppendError> {
        let mut writer = self.writer.acquire().await.map_err(failure)?;
        let result = append(&mut writer, batch).await;
        if result.as_ref().is_err_and(store_failed) {
            close(writer).await;
        }
        result
    }

    pub async fn write_private(&self, writes: &[PrivateWrite]) -> Result<(), AppendError> {
        let mut writer = self.writer.acquire().await.map_err(failure)?;
        let result = write_private(&mut writer, writes).await;
        if result.as_ref().is_err_and(store_failed) {
            close(writer).await;
        }
        result
    }
}

/// After a failure SQLite may have rolled back by itself, which the pool cannot know: such a connection is not
/// used again.
pub(super) async fn close(writer: sqlx::pool::PoolConnection<sqlx::Sqlite>) {
    // The transaction is lost either way; an error here adds nothing to the one being returned.
    let _ = writer.close().await;
}

pub(super) fn store_failed(error: &AppendError) -> bool {
    matches!(error, AppendError::Unavailable(_) | AppendError::CommitUnknown(_) | AppendError::Store(_))
}

async fn append(writer: &mut SqliteConnection, batch: &Batch) -> Result<Committed, AppendError> {
    let mut transaction = writer.begin_with(BEGIN).await.map_err(failure)?;
    let (before, mut answers) = tip(&mut transaction).await?;
    if before.seq != batch.expected_head
        || batch.expected_time_us.is_some_and(|time_us| time_us != before.time_us)
        || batch.expected_answers.is_some_and(|expected| expected != answers)
    {
        return Err(AppendError::HeadMoved { head: before.seq });
    }
    let after = insert_facts(&mut transaction, before, &batch.facts).await?;
    if !batch.answers.is_empty() {
        answers += 1;
        insert::answers(&mut transaction, answers, &batch.answers).await?;
    }
    if after != before || !batch.answers.is_empty() {
        move_head(&mut transaction, after, answers).await?;
    }
    insert::messages(&mut transaction, &batch.outbox).await?;
    private::write(&mut transaction, &batch.private).await?;
    transaction.commit().await.map_err(commit_failure)?;
    Ok(Committed { head: after, answers })
}

async fn write_private(writer: &mut SqliteConnection, writes: &[PrivateWrite]) -> Result<(), AppendError> {
    let mut transaction = writer.begin_with(BEGIN).await.map_err(failure)?;
    private::write(&mut transaction, writes).await?;
    transaction.commit().await.map_err(commit_failure)
}

/// Busy and full are found before the commit is written; after any other failure the disk alone knows.
pub(super) fn commit_failure(error: sqlx::Error) -> AppendError {
    match primary_code(&error) {
        Some(5 | 13) => AppendError::Unavailable(error.into()),
        _ => AppendError::CommitUnknown(error.into()),
    }
}

async fn tip(connection: &mut SqliteConnection) -> Result<(Head, u64), StoreError> {
    let (seq, time_us, answers) = sqlx::query_as("SELECT seq, time_us, answers FROM head")
        .fetch_one(connection)
        .await
        .map_err(failure)?;
    Ok((Head { seq: given(seq), time_us }, given(answers)))
}

async fn move_head(connection: &mut SqliteConnection, head: Head, answers: u64) -> Result<(), StoreError> {
    sqlx::query("UPDATE head SET seq = ?, time_us = ?, answers = ?")
        .bind(stored(head.seq))
        .bind(head.time_us)
        .bind(stored(answers))
        .execute(connection)
        .await
        .map_err(failure)?;
    Ok(())
}

async fn insert_facts(
    connection: &mut SqliteConnection,
    before: Head,
    facts: &[NewFact],
) -> Result<Head, AppendError> {
    let mut head = before;
    for fact in facts {
        if fact.time_us < head.time_us {
            return Err(AppendError::TimeWentBack { time_us: fact.time_us, last_us: head.time_us });
        }
        head = Head { seq: head.seq + 1, time_us: fact.time_us };
    }
    if head == before {
        return Ok(head);
    }
    insert::facts(connection, before.seq + 1, facts).await?;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NewFact, PrivateRow};

    fn batch(expected_head: u64, payload_bytes: usize) -> Batch {
        let fact = NewFact {
            time_us: 1,
            kind: "noted".into(),
            settlement: None,
            actor: "operator:1".into(),
            payload: format!("\"{}\"", "x".repeat(payload_bytes)),
            version: 1,
            draw: 0,
        };
        Batch { expected_head, facts: vec![fact; 200], ..Batch::default() }
    }

    async fn store() -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("journal.db")).await.unwrap();
        (directory, store)
    }

    #[tokio::test]
    async fn a_full_disk_writes_nothing_and_the_journal_goes_on_when_there_is_room() {
        let (_directory, store) = store().await;
        store.append(&batch(0, 10)).await.unwrap();
        // A limit of pages stands for the full disk; SQLite reports both alike. A new connection has no limit.
        sqlx::query("PRAGMA max_page_count = 60").fetch_one(&store.writer).await.unwrap();
        let full = store.append(&batch(200, 10_000)).await.unwrap_err();
        assert!(matches!(full, AppendError::Unavailable(_)), "{full:?}");
        assert_eq!(store.head().await.unwrap().seq, 200);
        assert_eq!(store.facts(1, 1_000).await.unwrap().len(), 200);
        store.append(&batch(200, 10_000)).await.unwrap();
        assert_eq!(store.verify_continuity().await.unwrap().seq, 400);
    }

    #[tokio::test]
    async fn a_locked_file_is_unavailable_for_writers_and_open_for_readers() {
        let (directory, store) = store().await;
        let other = Store::open(&directory.path().join("journal.db")).await.unwrap();
        let mut holder = other.writer.acquire().await.unwrap();
        let held = holder.begin_with(BEGIN).await.unwrap();
        let row = PrivateRow {
            kind: "note".into(),
            id: 1,
            lookup: None,
            owner: None,
            sealed: vec![1],
            key_id: 1,
            created_us: 1,
            expires_us: None,
        };
        let write = [PrivateWrite::Put(row)];
        assert!(matches!(store.append(&batch(0, 10)).await, Err(AppendError::Unavailable(_))));
        assert!(matches!(store.write_private(&write).await, Err(AppendError::Unavailable(_))));
        assert!(matches!(store.forget_answers(1).await, Err(StoreError::Unavailable(_))));
        assert_eq!(store.head().await.unwrap().seq, 0);
        held.rollback().await.unwrap();
        store.append(&batch(0, 10)).await.unwrap();
        store.write_private(&write).await.unwrap();
    }

    #[tokio::test]
    async fn a_commit_that_fails_is_told_as_unknown_and_its_connection_is_not_used_again() {
        let (_directory, store) = store().await;
        let mut writer = store.writer.acquire().await.unwrap();
        // The commit itself fails after all was written; a new connection has no such hook.
        writer.lock_handle().await.unwrap().set_commit_hook(|| false);
        drop(writer);
        let unknown = store.append(&batch(0, 10)).await.unwrap_err();
        assert!(matches!(unknown, AppendError::CommitUnknown(_)), "{unknown:?}");
        assert_eq!(store.head().await.unwrap().seq, 0);
        store.append(&batch(0, 10)).await.unwrap();
        assert_eq!(store.verify_continuity().await.unwrap().seq, 200);
    }

    #[tokio::test]
    async fn an_append_that_is_cancelled_leaves_the_writer_usable() {
        let (_directory, store) = store().await;
        // A cancel at every depth: while beginning, inserting and committing. A commit that nobody waits for may
        // still be carried out, so the head may move behind the caller; nothing else may go wrong.
        let mut head = 0;
        for wait_us in (0..6_000).step_by(40) {
            let batch = batch(head, 1_000);
            let wait = std::time::Duration::from_micros(wait_us);
            match tokio::time::timeout(wait, store.append(&batch)).await {
                Err(_cancelled) => {}
                Ok(Ok(committed)) => head = committed.head.seq,
                Ok(Err(AppendError::HeadMoved { head: moved })) => head = moved,
                Ok(Err(error)) => panic!("after {wait_us} us: {error:?}"),
            }
        }
        let facts = loop {
            match store.append(&batch(head, 10)).await {
                Ok(committed) => break committed.head.seq,
                Err(AppendError::HeadMoved { head: moved }) => head = moved,
                Err(error) => panic!("{error:?}"),
            }
        };
        assert!(facts.is_multiple_of(200), "no batch is half there: {facts}");
        store.verify_continuity().await.unwrap();
    }
}
