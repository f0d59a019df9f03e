//! Making a batch durable: one statement does it all, so that a batch costs one exchange with the server.

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};

use super::failure::{commit_failure, failure, refusal};
use super::{Store, connect, private};
use crate::row::{given, stored};
use crate::{AppendError, Batch, Committed, Head, PrivateWrite, StoreError};

/// Locks the head, and writes only if it is the expected one and no fact is older than it: whoever waited here for
/// another writer finds the head moved and writes nothing. Those who listen are told the new head.
const APPEND: &str = "
WITH locked AS (
    SELECT seq, time_us FROM head WHERE seq = $1 AND time_us <= $2 AND time_us = coalesce($20, time_us) FOR UPDATE
), facts AS (
    INSERT INTO fact (seq, time_us, kind, settlement, actor, payload, version, draw)
    SELECT locked.seq + new.number, new.time_us, new.kind, new.settlement, new.actor, new.payload, new.version, new.draw
    FROM locked, unnest($4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::bigint[], $10::bigint[])
         WITH ORDINALITY AS new (time_us, kind, settlement, actor, payload, version, draw, number)
), answers AS (
    INSERT INTO command (key, fingerprint, answer, seq, time_us)
    SELECT new.* FROM locked, unnest($11::text[], $12::bytea[], $13::bytea[], $14::bigint[], $15::bigint[]) AS new
), messages AS (
    INSERT INTO outbox (created_us, kind, payload, due_us)
    SELECT new.created_us, new.kind, new.payload, new.due_us
    FROM locked, unnest($16::bigint[], $17::text[], $18::text[], $19::bigint[])
         WITH ORDINALITY AS new (created_us, kind, payload, due_us, number) ORDER BY new.number
), moved AS (
    UPDATE head SET seq = head.seq + cardinality($4::bigint[]), time_us = $3
    FROM locked WHERE cardinality($4::bigint[]) > 0
    RETURNING pg_notify('kezek', head.seq::text)
)
SELECT locked.time_us, (SELECT count(*) FROM moved) FROM locked";

/// A connection that has rested this long may have been cut meanwhile; one in use is tried by being used.
const RESTED: Duration = Duration::from_millis(200);
const PING_PATIENCE: Duration = Duration::from_secs(2);
/// Beyond the server's own limits: the server is out of reach.
const PATIENCE: Duration = Duration::from_secs(45);

/// The connection that appends.
#[derive(Debug)]
pub struct Writer {
    pub connection: PgConnection,
    used: Instant,
}

impl Store {
    pub async fn append(&self, batch: &Batch) -> Result<Committed, AppendError> {
        time_went_back(batch)?;
        let mut place = self.writer.lock().await;
        // Taken out, so that a caller who goes away in the middle leaves no half-used connection.
        let mut writer = self.ready(place.take()).await?;
        let connection = &mut writer.connection;
        let result = within_patience(async {
            if batch.private.is_empty() {
                let appended = execute(connection, batch).await.map_err(commit_failure)?;
                outcome(connection, batch, appended).await
            } else {
                let mut transaction = connection.begin().await.map_err(failure)?;
                match append_open(&mut transaction, batch).await {
                    Ok(committed) => {
                        transaction.commit().await.map_err(commit_failure)?;
                        Ok(committed)
                    }
                    Err(error) => {
                        // Now, not when the connection is used next: others wait for the head.
                        transaction.rollback().await.map_err(failure)?;
                        Err(error)
                    }
                }
            }
        })
        .await;
        if is_usable(&result) {
            *place = Some(writer.just_used());
        }
        result
    }

    pub async fn write_private(&self, writes: &[PrivateWrite]) -> Result<(), AppendError> {
        within_patience(async {
            let mut transaction = self.side.begin().await.map_err(failure)?;
            private::write(&mut transaction, writes).await?;
            transaction.commit().await.map_err(commit_failure)
        })
        .await
    }

    /// A connection that is there: the one that was, or a new one.
    pub(super) async fn ready(&self, writer: Option<Writer>) -> Result<Writer, StoreError> {
        if self.is_closed() {
            return Err(StoreError::Unavailable("the journal is closed".into()));
        }
        if let Some(mut writer) = writer
            && writer.is_there().await
        {
            return Ok(writer);
        }
        Ok(Writer { connection: connect(&self.pool.connect_options()).await?, used: Instant::now() })
    }
}

impl Writer {
    async fn is_there(&mut self) -> bool {
        self.used.elapsed() < RESTED
            || tokio::time::timeout(PING_PATIENCE, self.connection.ping())
                .await
                .is_ok_and(|ping| ping.is_ok())
    }

    pub(super) fn just_used(self) -> Self {
        Self { used: Instant::now(), ..self }
    }
}

/// Appends inside the open transaction; the caller commits.
pub(super) async fn append_open(
    connection: &mut PgConnection,
    batch: &Batch,
) -> Result<Committed, AppendError> {
    time_went_back(batch)?;
    let appended = execute(connection, batch).await.map_err(refusal)?;
    let committed = outcome(connection, batch, appended).await?;
    private::write(connection, &batch.private).await?;
    Ok(committed)
}

/// Whether the server said within reason what became of the batch.
pub(super) async fn within_patience<T>(
    appending: impl Future<Output = Result<T, AppendError>>,
) -> Result<T, AppendError> {
    let silence = |_| Err(AppendError::CommitUnknown("the database server does not answer".into()));
    tokio::time::timeout(PATIENCE, appending).await.unwrap_or_else(silence)
}

/// After the server refused a batch its connection is as good as before; after anything else it is not used again.
pub(super) fn is_usable<T>(result: &Result<T, AppendError>) -> bool {
    match result {
        Ok(_) => true,
        Err(error) => matches!(error, AppendError::HeadMoved { .. } | AppendError::KeyTaken { .. }),
    }
}

/// Sends the batch; returns the time of the head it follows, or none if the head was another one.
async fn execute(connection: &mut PgConnection, batch: &Batch) -> Result<Option<i64>, sqlx::Error> {
    let Batch { expected_head, expected_time_us, facts, answers, outbox, private: _ } = batch;
    let first_us = facts.first().map_or(i64::MAX, |fact| fact.time_us);
    let last_us = facts.last().map_or(i64::MAX, |fact| fact.time_us);
    let before: Option<(i64, i64)> = sqlx::query_as(APPEND)
        .bind(stored(*expected_head))
        .bind(first_us)
        .bind(last_us)
        .bind(facts.iter().map(|fact| fact.time_us).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.kind.as_str()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.settlement.map(stored)).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.actor.as_str()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| fact.payload.as_str()).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| i64::from(fact.version)).collect::<Vec<_>>())
        .bind(facts.iter().map(|fact| stored(fact.draw)).collect::<Vec<_>>())
        .bind(answers.iter().map(|answer| answer.key.as_str()).collect::<Vec<_>>())
        .bind(answers.iter().map(|answer| answer.fingerprint.as_slice()).collect::<Vec<_>>())
        .bind(answers.iter().map(|answer| answer.answer.as_slice()).collect::<Vec<_>>())
        .bind(answers.iter().map(|answer| stored(answer.seq)).collect::<Vec<_>>())
        .bind(answers.iter().map(|answer| answer.time_us).collect::<Vec<_>>())
        .bind(outbox.iter().map(|message| message.created_us).collect::<Vec<_>>())
        .bind(outbox.iter().map(|message| message.kind.as_str()).collect::<Vec<_>>())
        .bind(outbox.iter().map(|message| message.payload.as_str()).collect::<Vec<_>>())
        .bind(outbox.iter().map(|message| message.due_us).collect::<Vec<_>>())
        .bind(*expected_time_us)
        .fetch_optional(connection)
        .await?;
    Ok(before.map(|(time_us, _)| time_us))
}

/// The head after the batch, or why nothing was written.
async fn outcome(
    connection: &mut PgConnection,
    batch: &Batch,
    before_us: Option<i64>,
) -> Result<Committed, AppendError> {
    if let Some(before_us) = before_us {
        let seq = batch.expected_head + batch.facts.len() as u64;
        let time_us = batch.facts.last().map_or(before_us, |last| last.time_us);
        return Ok(Committed { head: Head { seq, time_us } });
    }
    let head = head(connection).await?;
    let is_same = batch.expected_time_us.is_none_or(|time_us| time_us == head.time_us);
    match batch.facts.first() {
        Some(first) if head.seq == batch.expected_head && is_same => {
            Err(AppendError::TimeWentBack { time_us: first.time_us, last_us: head.time_us })
        }
        _ => Err(AppendError::HeadMoved { head: head.seq }),
    }
}

/// No fact of the batch is older than the one in front of it.
fn time_went_back(batch: &Batch) -> Result<(), AppendError> {
    for pair in batch.facts.windows(2) {
        if let [before, after] = pair
            && after.time_us < before.time_us
        {
            return Err(AppendError::TimeWentBack { time_us: after.time_us, last_us: before.time_us });
        }
    }
    Ok(())
}

pub(super) async fn head(connection: &mut PgConnection) -> Result<Head, StoreError> {
    let (seq, time_us) =
        sqlx::query_as("SELECT seq, time_us FROM head").fetch_one(connection).await.map_err(failure)?;
    Ok(Head { seq: given(seq), time_us })
}
