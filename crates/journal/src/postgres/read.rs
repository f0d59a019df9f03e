//! Reading facts and answers, and proving that no fact is missing.

use super::Store;
use super::failure::failure;
use crate::packed::{Packed, unpack};
use crate::row::{self, FactRow, given, stored};
use crate::{AnswersRow, Fact, Head, StoreError};

const GUARDS: [&str; 7] = [
    "fact_is_next",
    "fact_is_never_changed",
    "fact_is_never_deleted",
    "head_moves_forward",
    "head_stays",
    "registry_head_moves_forward",
    "registry_head_stays",
];

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

    pub async fn last_answers(&self) -> Result<u64, StoreError> {
        let number = sqlx::query_scalar("SELECT answers FROM head").fetch_one(&self.pool).await;
        number.map(given).map_err(failure)
    }

    pub async fn answers_after(&self, number: u64, limit: u32) -> Result<Vec<AnswersRow>, StoreError> {
        let found: Vec<Packed> =
            sqlx::query_as("SELECT number, body FROM answers WHERE number > $1 ORDER BY number LIMIT $2")
                .bind(stored(number))
                .bind(i64::from(limit))
                .fetch_all(&self.pool)
                .await
                .map_err(failure)?;
        found.into_iter().map(unpack).collect()
    }

    pub async fn answers_of(&self, numbers: &[u64]) -> Result<Vec<AnswersRow>, StoreError> {
        let numbers: Vec<i64> = numbers.iter().copied().map(stored).collect();
        let found: Vec<Packed> = sqlx::query_as("SELECT number, body FROM answers WHERE number = ANY($1)")
            .bind(numbers)
            .fetch_all(&self.pool)
            .await
            .map_err(failure)?;
        found.into_iter().map(unpack).collect()
    }

    pub async fn forget_answers(&self, before_us: i64) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM answers WHERE time_us < $1")
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
             AND tgrelid IN ('fact'::regclass, 'head'::regclass, 'registry_head'::regclass)",
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
