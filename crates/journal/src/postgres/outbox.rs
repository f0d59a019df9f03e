//! The outbox: leased, done, or tried again later. Several nodes may lease at once.

use super::Store;
use super::failure::failure;
use crate::row::{given, small, stored};
use crate::{OutboxBacklog, OutboxItem, StoreError};

impl Store {
    pub async fn lease_outbox(
        &self,
        now_us: i64,
        lease_us: i64,
        limit: u32,
    ) -> Result<Vec<OutboxItem>, StoreError> {
        // What another node is leasing just now is passed over.
        let found: Vec<(i64, i64, String, String, i64, i64)> = sqlx::query_as(
            "WITH due AS (
                 SELECT id FROM outbox WHERE done_us IS NULL AND due_us <= $1
                     AND (lease_until_us IS NULL OR lease_until_us <= $1)
                 ORDER BY due_us, id LIMIT $2 FOR UPDATE SKIP LOCKED
             )
             UPDATE outbox SET attempts = attempts + 1, lease_until_us = $3,
                 lease_token = ('x' || translate(gen_random_uuid()::text, '-', ''))::bit(64)::bigint
             FROM due WHERE outbox.id = due.id
             RETURNING outbox.id, created_us, kind, payload, attempts, lease_token",
        )
        .bind(now_us)
        .bind(i64::from(limit))
        .bind(now_us.saturating_add(lease_us))
        .fetch_all(&self.side)
        .await
        .map_err(failure)?;
        let mut items = Vec::with_capacity(found.len());
        for (id, created_us, kind, payload, attempts, lease_token) in found {
            let attempts = small(attempts, "a message's attempts")?;
            items.push(OutboxItem { id: given(id), created_us, kind, payload, attempts, lease_token });
        }
        // RETURNING promises no order.
        items.sort_by_key(|item| item.id);
        Ok(items)
    }

    pub async fn complete_outbox(&self, held: &[OutboxItem], now_us: i64) -> Result<u64, StoreError> {
        let (ids, tokens) = marks(held);
        let done = sqlx::query(
            "UPDATE outbox SET done_us = $1, lease_token = NULL, lease_until_us = NULL
             FROM unnest($2::bigint[], $3::bigint[]) AS held (id, token)
             WHERE outbox.id = held.id AND outbox.lease_token = held.token",
        )
        .bind(now_us)
        .bind(ids)
        .bind(tokens)
        .execute(&self.side)
        .await
        .map_err(failure)?;
        Ok(done.rows_affected())
    }

    pub async fn fail_outbox(
        &self,
        held: &[OutboxItem],
        due_us: impl Fn(&OutboxItem) -> i64,
        error: &str,
    ) -> Result<u64, StoreError> {
        let (ids, tokens) = marks(held);
        let done = sqlx::query(
            "UPDATE outbox SET due_us = held.due_us, last_error = $1, lease_token = NULL, lease_until_us = NULL
             FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS held (id, token, due_us)
             WHERE outbox.id = held.id AND outbox.lease_token = held.token",
        )
        .bind(error)
        .bind(ids)
        .bind(tokens)
        .bind(held.iter().map(due_us).collect::<Vec<_>>())
        .execute(&self.side)
        .await
        .map_err(failure)?;
        Ok(done.rows_affected())
    }

    pub async fn outbox_backlog(&self) -> Result<OutboxBacklog, StoreError> {
        let (waiting, oldest_due_us): (i64, Option<i64>) =
            sqlx::query_as("SELECT count(*), min(due_us) FROM outbox WHERE done_us IS NULL")
                .fetch_one(&self.side)
                .await
                .map_err(failure)?;
        Ok(OutboxBacklog { waiting: given(waiting), oldest_due_us })
    }

    pub async fn forget_outbox(&self, done_before_us: i64) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM outbox WHERE done_us < $1")
            .bind(done_before_us)
            .execute(&self.side)
            .await
            .map_err(failure)?;
        Ok(done.rows_affected())
    }
}

/// Ids and tokens: the token is the fence, by the id each row is found without looking at the others.
fn marks(held: &[OutboxItem]) -> (Vec<i64>, Vec<i64>) {
    held.iter().map(|item| (stored(item.id), item.lease_token)).unzip()
}
