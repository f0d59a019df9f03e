//! The outbox: leased, done, or tried again later.

use super::{Store, failure, given, small, stored};
use crate::{LeaseError, OutboxBacklog, OutboxItem, StoreError};

impl Store {
    pub async fn lease_outbox(
        &self,
        now_us: i64,
        lease_us: i64,
        limit: u32,
    ) -> Result<Vec<OutboxItem>, StoreError> {
        let until_us = now_us.saturating_add(lease_us);
        let rows = sqlx::query!(
            r#"UPDATE outbox SET attempts = attempts + 1, lease_token = random(), lease_until_us = ?
               WHERE id IN (SELECT id FROM outbox WHERE done_us IS NULL AND due_us <= ?
                            AND (lease_until_us IS NULL OR lease_until_us <= ?) ORDER BY due_us, id LIMIT ?)
               RETURNING id AS "id!", created_us AS "created_us!", kind AS "kind!", payload AS "payload!",
                         attempts AS "attempts!", lease_token AS "lease_token!""#,
            until_us,
            now_us,
            now_us,
            limit,
        )
        .fetch_all(&self.writer)
        .await
        .map_err(failure)?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(OutboxItem {
                id: given(row.id),
                created_us: row.created_us,
                kind: row.kind,
                payload: row.payload,
                attempts: small(row.attempts, "a message's attempts")?,
                lease_token: row.lease_token,
            });
        }
        // RETURNING promises no order.
        items.sort_by_key(|item| item.id);
        Ok(items)
    }

    pub async fn complete_outbox(&self, id: u64, lease_token: i64, now_us: i64) -> Result<(), LeaseError> {
        let row_id = stored(id);
        let done = sqlx::query!(
            "UPDATE outbox SET done_us = ?, lease_token = NULL, lease_until_us = NULL
             WHERE id = ? AND lease_token = ?",
            now_us,
            row_id,
            lease_token,
        )
        .execute(&self.writer)
        .await
        .map_err(failure)?;
        held(id, done.rows_affected())
    }

    pub async fn fail_outbox(
        &self,
        id: u64,
        lease_token: i64,
        due_us: i64,
        error: &str,
    ) -> Result<(), LeaseError> {
        let row_id = stored(id);
        let done = sqlx::query!(
            "UPDATE outbox SET due_us = ?, last_error = ?, lease_token = NULL, lease_until_us = NULL
             WHERE id = ? AND lease_token = ?",
            due_us,
            error,
            row_id,
            lease_token,
        )
        .execute(&self.writer)
        .await
        .map_err(failure)?;
        held(id, done.rows_affected())
    }

    pub async fn outbox_backlog(&self) -> Result<OutboxBacklog, StoreError> {
        let row = sqlx::query!(
            r#"SELECT count(*) AS "waiting!: i64", min(due_us) AS "oldest_due_us: i64"
               FROM outbox WHERE done_us IS NULL"#
        )
        .fetch_one(&self.readers)
        .await
        .map_err(failure)?;
        Ok(OutboxBacklog { waiting: given(row.waiting), oldest_due_us: row.oldest_due_us })
    }

    pub async fn forget_outbox(&self, done_before_us: i64) -> Result<u64, StoreError> {
        let done = sqlx::query!("DELETE FROM outbox WHERE done_us < ?", done_before_us)
            .execute(&self.writer)
            .await
            .map_err(failure)?;
        Ok(done.rows_affected())
    }
}

fn held(id: u64, rows: u64) -> Result<(), LeaseError> {
    if rows == 0 { Err(LeaseError::Lost { id }) } else { Ok(()) }
}
