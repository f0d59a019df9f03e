//! Reading facts and answers, and proving that no fact is missing.

use super::{Store, digest, failure, given, small, stored};
use crate::{Answer, Fact, Head, StoreError};

struct FactRow {
    seq: i64,
    time_us: i64,
    kind: String,
    settlement: Option<i64>,
    actor: String,
    payload: String,
    version: i64,
    draw: i64,
}

impl TryFrom<FactRow> for Fact {
    type Error = StoreError;

    fn try_from(row: FactRow) -> Result<Self, StoreError> {
        Ok(Self {
            seq: given(row.seq),
            time_us: row.time_us,
            kind: row.kind,
            settlement: row.settlement.map(given),
            actor: row.actor,
            payload: row.payload,
            version: small(row.version, "a fact's version")?,
            draw: given(row.draw),
        })
    }
}

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
        rows.into_iter().map(Fact::try_from).collect()
    }

    pub async fn answer(&self, key: &str) -> Result<Option<Answer>, StoreError> {
        let row = sqlx::query!("SELECT fingerprint, answer, seq, time_us FROM command WHERE key = ?", key)
            .fetch_optional(&self.readers)
            .await
            .map_err(failure)?;
        row.map(|row| {
            Ok(Answer {
                key: key.to_owned(),
                fingerprint: digest(row.fingerprint, "a command's fingerprint")?,
                answer: row.answer,
                seq: given(row.seq),
                time_us: row.time_us,
            })
        })
        .transpose()
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
        let damage = if found.first != 1 || found.last != found.facts {
            format!("{} facts are numbered {} to {}", found.facts, found.first, found.last)
        } else if found.last != found.seq || found.last_us != found.time_us {
            format!("the head says {} but the last fact is {}", found.seq, found.last)
        } else if found.backwards > 0 {
            format!("{} facts are older than the one before them", found.backwards)
        } else {
            return self.verify_guards().await.map(|()| head);
        };
        Err(StoreError::Damaged(damage))
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
