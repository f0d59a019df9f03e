//! Reading facts and answers, and proving that no fact is missing.

use sqlx::PgConnection;

use super::Store;
use super::failure::failure;
use crate::row::{self, FactRow, digest, given, stored};
use crate::{Answer, Fact, Head, StoreError};

const GUARDS: [&str; 5] =
    ["fact_is_next", "fact_is_never_changed", "fact_is_never_deleted", "head_moves_forward", "head_stays"];

type AnswerRow = (String, Vec<u8>, Vec<u8>, i64, i64);

impl Store {
    pub async fn head(&self) -> Result<Head, StoreError> {
        let (seq, time_us) =
            sqlx::query_as("SELECT seq, time_us FROM head").fetch_one(&self.pool).await.map_err(failure)?;
        Ok(Head { seq: given(seq), time_us })
    }

    pub async fn facts(&self, from_seq: u64, limit: u32) -> Result<Vec<Fact>, StoreError> {
        let found: Vec<FactRow> = sqlx::query_as(
            "SELECT seq, time_us, kind, settlement, actor, payload, version, draw
             FROM fact WHERE seq >= $1 ORDER BY seq LIMIT $2",
        )
        .bind(stored(from_seq))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn answers(&self, keys: &[&str]) -> Result<Vec<Answer>, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(failure)?;
        answers_under(&mut connection, keys).await
    }

    pub async fn keys_since(&self, since_us: i64, limit: u32) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar("SELECT key FROM command WHERE time_us >= $1 ORDER BY time_us DESC LIMIT $2")
            .bind(since_us)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failure)
    }

    pub async fn forget_answers(&self, before_us: i64) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM command WHERE time_us < $1")
            .bind(before_us)
            .execute(&self.pool)
            .await
            .map_err(failure)?;
        Ok(done.rows_affected())
    }

    pub async fn verify_continuity(&self) -> Result<Head, StoreError> {
        // Reading all facts takes longer than a statement of the service may.
        let mut transaction = self.pool.begin().await.map_err(failure)?;
        sqlx::query("SET LOCAL statement_timeout = 0").execute(&mut *transaction).await.map_err(failure)?;
        // One statement, so that facts appended meanwhile are seen by all of it or by none.
        let (seq, time_us, facts, first, last, last_us, backwards): (i64, i64, i64, i64, i64, i64, i64) =
            sqlx::query_as(
                "SELECT head.seq, head.time_us,
                        (SELECT count(*) FROM fact),
                        (SELECT coalesce(min(seq), 1) FROM fact),
                        (SELECT coalesce(max(seq), 0) FROM fact),
                        (SELECT coalesce(max(time_us), 0) FROM fact),
                        (SELECT count(*) FROM (SELECT time_us, lag(time_us) OVER (ORDER BY seq) AS before_us FROM fact)
                                              AS pair WHERE time_us < before_us)
                 FROM head",
            )
            .fetch_one(&mut *transaction)
            .await
            .map_err(failure)?;
        let guards: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_trigger WHERE tgname = ANY($1) AND tgenabled IN ('O', 'A')
             AND tgrelid IN ('fact'::regclass, 'head'::regclass)",
        )
        .bind(GUARDS.as_slice())
        .fetch_one(&mut *transaction)
        .await
        .map_err(failure)?;
        transaction.rollback().await.map_err(failure)?;
        row::Continuity { head: Head { seq: given(seq), time_us }, facts, first, last, last_us, backwards }
            .prove()?;
        if guards != GUARDS.len() as i64 {
            return Err(StoreError::Damaged("triggers that keep facts unchanged are missing".into()));
        }
        Ok(Head { seq: given(seq), time_us })
    }
}

pub(super) async fn answers_under(
    connection: &mut PgConnection,
    keys: &[&str],
) -> Result<Vec<Answer>, StoreError> {
    let found: Vec<AnswerRow> =
        sqlx::query_as("SELECT key, fingerprint, answer, seq, time_us FROM command WHERE key = ANY($1)")
            .bind(keys)
            .fetch_all(connection)
            .await
            .map_err(failure)?;
    answers(found)
}

/// Rows of `command` as the caller gets them.
pub(super) fn answers(rows: Vec<AnswerRow>) -> Result<Vec<Answer>, StoreError> {
    rows.into_iter()
        .map(|(key, fingerprint, answer, seq, time_us)| {
            let fingerprint = digest(fingerprint, "a command's fingerprint")?;
            Ok(Answer { key, fingerprint, answer, seq: given(seq), time_us })
        })
        .collect()
}
