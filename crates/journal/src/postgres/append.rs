//! Making a batch durable: one statement does it all, so that a batch costs one exchange with the server.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};

use super::failure::{commit_failure, failure, refusal};
use super::{Store, connect, private};
use crate::packed;
use crate::row::{given, stored};
use crate::{AppendError, Batch, Committed, Head, PrivateWrite, StoreError};

/// Locks the head, and writes only if it is the expected one and no fact is older than it: whoever waited here for
/// another writer finds the head moved and writes nothing. Those who listen are told the new head, where there are any.
const APPEND: &str = "
WITH locked AS (
    SELECT seq, time_us, answers FROM head
    WHERE seq = $1 AND time_us <= $2 AND time_us = coalesce($17, time_us) AND answers = coalesce($18, answers)
    FOR UPDATE
), facts AS (
    INSERT INTO fact (seq, time_us, kind, settlement, actor, payload, version, draw)
    SELECT locked.seq + new.number, new.time_us, new.kind, new.settlement, new.actor, new.payload, new.version, new.draw
    FROM locked, unnest($4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::bigint[], $10::bigint[])
         WITH ORDINALITY AS new (time_us, kind, settlement, actor, payload, version, draw, number)
), given AS (
    INSERT INTO answers (number, time_us, body)
    SELECT locked.answers + 1, $11::bigint, $12::bytea FROM locked WHERE $12 IS NOT NULL
), messages AS (
    INSERT INTO outbox (created_us, kind, payload, due_us)
    SELECT new.created_us, new.kind, new.payload, new.due_us
    FROM locked, unnest($13::bigint[], $14::text[], $15::text[], $16::bigint[])
         WITH ORDINALITY AS new (created_us, kind, payload, due_us, number) ORDER BY new.number
), moved AS (
    UPDATE head SET seq = head.seq + cardinality($4::bigint[]),
                    time_us = CASE WHEN cardinality($4::bigint[]) > 0 THEN $3 ELSE head.time_us END,
                    answers = head.answers + CASE WHEN $12 IS NULL THEN 0 ELSE 1 END
    FROM locked WHERE cardinality($4::bigint[]) > 0 OR $12 IS NOT NULL
    RETURNING head.seq
)
SELECT locked.time_us, locked.answers, (SELECT count(pg_notify('kezek', seq::text)) FROM moved WHERE $19) FROM locked";

/// A connection that has rested this long may have been cut meanwhile; one in use is tried by being used.
const RESTED: Duration = Duration::from_millis(200);
const PING_PATIENCE: Duration = Duration::from_secs(2);
/// Beyond the server's own limits: the server is out of reach.
const PATIENCE: Duration = Duration::from_secs(45);

/// Whom a batch is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tell {
    Nobody,
    Listeners,
}

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
                let appended = execute(connection, batch, self.tell()).await.map_err(commit_failure)?;
                outcome(connection, batch, appended).await
            } else {
                let mut transaction = connection.begin().await.map_err(failure)?;
                match append_open(&mut transaction, batch, self.tell()).await {
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

    fn tell(&self) -> Tell {
        if self.has_listeners.load(Ordering::Relaxed) { Tell::Listeners } else { Tell::Nobody }
    }

    /// A connection that is there: the one that was, or a new one.
    pub(super) async fn ready(&self, writer: Option<Writer>) -> Result<Writer, StoreError> {
        if self.is_closed() {
            return Err(StoreError::Unavailable("the journal is closed".into()));
        }
        if let Some(mut writer) = writer
            && is_there(&mut writer.connection, writer.used.elapsed()).await
        {
            return Ok(writer);
        }
        Ok(Writer { connection: connect(&self.pool.connect_options()).await?, used: Instant::now() })
    }
}

impl Writer {
    pub(super) fn just_used(self) -> Self {
        Self { used: Instant::now(), ..self }
    }
}

/// Whether a connection that has rested so long leads to the server still.
pub(super) async fn is_there(connection: &mut PgConnection, rested: Duration) -> bool {
    rested < RESTED
        || tokio::time::timeout(PING_PATIENCE, connection.ping()).await.is_ok_and(|ping| ping.is_ok())
}

/// Appends inside the open transaction; the caller commits.
pub(super) async fn append_open(
    connection: &mut PgConnection,
    batch: &Batch,
    tell: Tell,
) -> Result<Committed, AppendError> {
    time_went_back(batch)?;
    let appended = execute(connection, batch, tell).await.map_err(refusal)?;
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
        Err(error) => matches!(error, AppendError::HeadMoved { .. }),
    }
}

/// What the head was when a batch was written.
type Before = (i64, i64, i64);

/// Sends the batch; returns the head it follows, or none if the head was another one.
async fn execute(
    connection: &mut PgConnection,
    batch: &Batch,
    tell: Tell,
) -> Result<Option<Before>, sqlx::Error> {
    let Batch { expected_head, expected_time_us, expected_answers, facts, answers, outbox, private: _ } =
        batch;
    let first_us = facts.first().map_or(i64::MAX, |fact| fact.time_us);
    let last_us = facts.last().map_or(i64::MAX, |fact| fact.time_us);
    sqlx::query_as(APPEND)
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
        .bind(packed::newest_us(answers))
        .bind((!answers.is_empty()).then(|| packed::pack(answers)))
        .bind(outbox.iter().map(|message| message.created_us).collect::<Vec<_>>())
        .bind(outbox.iter().map(|message| message.kind.as_str()).collect::<Vec<_>>())
        .bind(outbox.iter().map(|message| message.payload.as_str()).collect::<Vec<_>>())
        .bind(outbox.iter().map(|message| message.due_us).collect::<Vec<_>>())
        .bind(*expected_time_us)
        .bind(expected_answers.map(stored))
        .bind(tell == Tell::Listeners)
        .fetch_optional(connection)
        .await
}

/// The head after the batch, or why nothing was written.
async fn outcome(
    connection: &mut PgConnection,
    batch: &Batch,
    before: Option<Before>,
) -> Result<Committed, AppendError> {
    if let Some((before_us, answers, _)) = before {
        let seq = batch.expected_head + batch.facts.len() as u64;
        let time_us = batch.facts.last().map_or(before_us, |last| last.time_us);
        let answers = given(answers) + u64::from(!batch.answers.is_empty());
        return Ok(Committed { head: Head { seq, time_us }, answers });
    }
    let (head, answers) = tip(connection).await?;
    let is_same = head.seq == batch.expected_head
        && batch.expected_time_us.is_none_or(|time_us| time_us == head.time_us)
        && batch.expected_answers.is_none_or(|expected| expected == answers);
    match batch.facts.first() {
        Some(first) if is_same => {
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

/// The head, and the number of the last row of answers.
pub(super) async fn tip(connection: &mut PgConnection) -> Result<(Head, u64), StoreError> {
    let (seq, time_us, answers) = sqlx::query_as("SELECT seq, time_us, answers FROM head")
        .fetch_one(connection)
        .await
        .map_err(failure)?;
    Ok((Head { seq: given(seq), time_us }, given(answers)))
}
