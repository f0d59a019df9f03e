//! Reading facts and answers, and proving that no fact is missing.

use super::{Store, digest, failure, given, insert, stored};
use crate::row::{self, FactRow};
use crate::{Answer, Fact, Head, StoreError};

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

    pub async fn answers(&self, keys: &[&str]) -> Result<Vec<Answer>, StoreError> {
        let mut reader = self.readers.acquire().await.map_err(failure)?;
        let found = insert::answers_under(&mut reader, keys).await?;
        found.into_iter().map(answer).collect()
    }

    pub async fn keys_since(&self, since_us: i64, limit: u32) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar("SELECT key FROM command WHERE time_us >= ? ORDER BY time_us DESC LIMIT ?")
            .bind(since_us)
            .bind(limit)
            .fetch_all(&self.readers)
            .await
            .map_err(failure)
    }

    pub async fn forget_answers(&self, before_us: i64) -> Result<u64, StoreError> {
        let done = sqlx::query!("DELETE FROM command WHERE time_us < ?", before_us)
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
        let guards = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!: i64" FROM sqlite_schema WHERE type = 'trigger' AND name IN
               ('fact_is_next', 'fact_is_never_changed', 'fact_is_never_deleted', 'head_moves_forward', 'head_stays')"#
        )
        .fetch_one(&self.readers)
        .await
        .map_err(failure)?;
        if guards != 5 {
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

/// A row of `command` as the caller gets it.
pub(super) fn answer(
    (key, fingerprint, answer, seq, time_us): insert::AnswerRow,
) -> Result<Answer, StoreError> {
    let fingerprint = digest(fingerprint, "a command's fingerprint")?;
    Ok(Answer { key, fingerprint, answer, seq: given(seq), time_us })
}
