//! Reading facts and answers, and proving that no fact is missing.

use super::{Store, failure, given, stored};
use crate::packed::{Packed, unpack};
use crate::row::{self, FactRow};
use crate::{AnswersRow, Fact, Head, StoreError};

impl Store {
    pub async fn head(&self) -> Result<Head, StoreError> {
        let row =
            sqlx::query!("SELECT seq, time_us FROM head").fetch_one(&self.readers).await.map_err(failure)?;
        Ok(Head { seq: given(row.seq), time_us: row.time_us })
    }

    pub async fn facts(&self, from_seq: u64, limit: u32) -> Result<Vec<Fact>, StoreError> {
        let from_seq = stored(from_seq);
        let rows = sqlx::query_as!(
            FactRow,
            r#"SELECT seq AS "seq!", time_us, kind, settlement, actor, payload, version, draw
               FROM fact WHERE seq >= ? ORDER BY seq LIMIT ?"#,
            from_seq,
            limit,
        )
        .fetch_all(&self.readers)
        .await
        .map_err(failure)?;
        row::each(rows)
    }

    pub async fn last_answers(&self) -> Result<u64, StoreError> {
        let number = sqlx::query_scalar("SELECT answers FROM head").fetch_one(&self.readers).await;
        number.map(given).map_err(failure)
    }

    pub async fn answers_after(&self, number: u64, limit: u32) -> Result<Vec<AnswersRow>, StoreError> {
        let found: Vec<Packed> =
            sqlx::query_as("SELECT number, body FROM answers WHERE number > ? ORDER BY number LIMIT ?")
                .bind(stored(number))
                .bind(limit)
                .fetch_all(&self.readers)
                .await
                .map_err(failure)?;
        found.into_iter().map(unpack).collect()
    }

    pub async fn answers_of(&self, numbers: &[u64]) -> Result<Vec<AnswersRow>, StoreError> {
        let mut rows = Vec::with_capacity(numbers.len());
        for number in numbers {
            let found: Option<Packed> = sqlx::query_as("SELECT number, body FROM answers WHERE number = ?")
                .bind(stored(*number))
                .fetch_optional(&self.readers)
                .await
                .map_err(failure)?;
            rows.extend(found.map(unpack).transpose()?);
        }
        Ok(rows)
    }

    pub async fn forget_answers(&self, before_us: i64) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM answers WHERE time_us < ?")
            .bind(before_us)
            .execute(&self.writer)
            .await
            .map_err(failure)?;
        Ok(done.rows_affected())
    }

    pub async fn verify_continuity(&self) -> Result<Head, StoreError> {
        // One statement, so that facts appended meanwhile are seen by all of it or by none.
        let found = sqlx::query!(
            r#"SELECT head.seq, head.time_us,
                      (SELECT count(*) FROM fact) AS "facts!: i64",
                      (SELECT coalesce(min(seq), 1) FROM fact) AS "first!: i64",
                      (SELECT coalesce(max(seq), 0) FROM fact) AS "last!: i64",
                      (SELECT coalesce(max(time_us), 0) FROM fact) AS "last_us!: i64",
                      (SELECT count(*) FROM (SELECT time_us, lag(time_us) OVER (ORDER BY seq) AS before_us FROM fact)
                       WHERE time_us < before_us) AS "backwards!: i64"
               FROM head"#
        )
        .fetch_one(&self.readers)
        .await
        .map_err(failure)?;
        let head = Head { seq: given(found.seq), time_us: found.time_us };
        let (facts, first, last) = (found.facts, found.first, found.last);
        row::Continuity { head, facts, first, last, last_us: found.last_us, backwards: found.backwards }
            .prove()?;
        self.verify_guards().await?;
        Ok(head)
    }

    /// The file itself is sound and the triggers that keep facts as they are stand.
    async fn verify_guards(&self) -> Result<(), StoreError> {
        let guards: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name IN
             ('fact_is_next', 'fact_is_never_changed', 'fact_is_never_deleted', 'head_moves_forward', 'head_stays',
              'registry_head_moves_forward', 'registry_head_stays')",
        )
        .fetch_one(&self.readers)
        .await
        .map_err(failure)?;
        if guards != 7 {
            return Err(StoreError::Damaged("triggers that keep facts unchanged are missing".into()));
        }
        let report: String =
            sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&self.readers).await.map_err(failure)?;
        if report != "ok" {
            return Err(StoreError::Damaged(report));
        }
        Ok(())
    }
}
