//! The writer's transaction.

use sqlx::{Connection, SqliteConnection};

use super::{Store, failure, given, primary_code, private, stored};
use crate::{Answer, AppendError, Batch, Committed, Head, NewFact, NewOutbox, PrivateWrite, StoreError};

const BEGIN: &str = "BEGIN IMMEDIATE";

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
async fn close(writer: sqlx::pool::PoolConnection<sqlx::Sqlite>) {
    // The transaction is lost either way; an error here adds nothing to the one being returned.
    let _ = writer.close().await;
}

fn store_failed(error: &AppendError) -> bool {
    matches!(error, AppendError::Unavailable(_) | AppendError::CommitUnknown(_) | AppendError::Store(_))
}

async fn append(writer: &mut SqliteConnection, batch: &Batch) -> Result<Committed, AppendError> {
    let mut transaction = writer.begin_with(BEGIN).await.map_err(failure)?;
    let before = head(&mut transaction).await?;
    if before.seq != batch.expected_head {
        return Err(AppendError::HeadMoved { head: before.seq });
    }
    let after = insert_facts(&mut transaction, before, &batch.facts).await?;
    for answer in &batch.answers {
        insert_answer(&mut transaction, answer).await?;
    }
    for message in &batch.outbox {
        insert_message(&mut transaction, message).await?;
    }
    for write in &batch.private {
        private::write(&mut transaction, write).await?;
    }
    transaction.commit().await.map_err(commit_failure)?;
    Ok(Committed { head: after })
}

async fn write_private(writer: &mut SqliteConnection, writes: &[PrivateWrite]) -> Result<(), AppendError> {
    let mut transaction = writer.begin_with(BEGIN).await.map_err(failure)?;
    for write in writes {
        private::write(&mut transaction, write).await?;
    }
    transaction.commit().await.map_err(commit_failure)
}

/// Busy and full are found before the commit is written; after any other failure the disk alone knows.
fn commit_failure(error: sqlx::Error) -> AppendError {
    match primary_code(&error) {
        Some(5 | 13) => AppendError::Unavailable(error.into()),
        _ => AppendError::CommitUnknown(error.into()),
    }
}

async fn head(connection: &mut SqliteConnection) -> Result<Head, StoreError> {
    let row = sqlx::query!("SELECT seq, time_us FROM head").fetch_one(connection).await.map_err(failure)?;
    Ok(Head { seq: given(row.seq), time_us: row.time_us })
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
        insert_fact(connection, head.seq, fact).await?;
    }
    if head != before {
        let seq = stored(head.seq);
        sqlx::query!("UPDATE head SET seq = ?, time_us = ?", seq, head.time_us)
            .execute(connection)
            .await
            .map_err(failure)?;
    }
    Ok(head)
}

async fn insert_fact(connection: &mut SqliteConnection, seq: u64, fact: &NewFact) -> Result<(), StoreError> {
    let (seq, settlement, draw) = (stored(seq), fact.settlement.map(stored), stored(fact.draw));
    sqlx::query!(
        "INSERT INTO fact (seq, time_us, kind, settlement, actor, payload, version, draw)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        seq,
        fact.time_us,
        fact.kind,
        settlement,
        fact.actor,
        fact.payload,
        fact.version,
        draw,
    )
    .execute(connection)
    .await
    .map_err(failure)?;
    Ok(())
}

async fn insert_answer(connection: &mut SqliteConnection, answer: &Answer) -> Result<(), AppendError> {
    let (fingerprint, seq) = (answer.fingerprint.as_slice(), stored(answer.seq));
    let done = sqlx::query!(
        "INSERT INTO command (key, fingerprint, answer, seq, time_us) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (key) DO NOTHING",
        answer.key,
        fingerprint,
        answer.answer,
        seq,
        answer.time_us,
    )
    .execute(connection)
    .await
    .map_err(failure)?;
    if done.rows_affected() == 0 {
        return Err(AppendError::KeyTaken { key: answer.key.clone() });
    }
    Ok(())
}

async fn insert_message(connection: &mut SqliteConnection, message: &NewOutbox) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO outbox (created_us, kind, payload, due_us) VALUES (?, ?, ?, ?)",
        message.created_us,
        message.kind,
        message.payload,
        message.due_us,
    )
    .execute(connection)
    .await
    .map_err(failure)?;
    Ok(())
}
