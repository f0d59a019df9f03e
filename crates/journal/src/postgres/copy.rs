//! Reading everything that is not a fact, in pages, to move it to another store.

use super::Store;
use super::failure::failure;
use crate::row::{self, SealedRow, stored};
use crate::{NewOutbox, PrivateRow, StoreError};

impl Store {
    pub async fn private_after(
        &self,
        after: Option<(&str, u64)>,
        limit: u32,
    ) -> Result<Vec<PrivateRow>, StoreError> {
        let (kind, id) = after.map_or(("", i64::MIN), |(kind, id)| (kind, stored(id)));
        let found: Vec<SealedRow> = sqlx::query_as(
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE (kind, id) > ($1, $2) ORDER BY kind, id LIMIT $3",
        )
        .bind(kind)
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn outbox_after(&self, id: u64, limit: u32) -> Result<Vec<(u64, NewOutbox)>, StoreError> {
        let found: Vec<(i64, i64, String, String, i64)> = sqlx::query_as(
            "SELECT id, created_us, kind, payload, due_us FROM outbox WHERE done_us IS NULL AND id > $1
             ORDER BY id LIMIT $2",
        )
        .bind(stored(id))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failure)?;
        Ok(found.into_iter().map(row::waiting).collect())
    }
}
