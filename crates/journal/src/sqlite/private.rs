//! Sealed rows of personal data.

use std::collections::BTreeSet;

use sqlx::SqliteConnection;

use super::{Store, failure, given, insert, stored};
use crate::row::{self, SealedRow};
use crate::{PrivateRow, PrivateWrite, StoreError};

/// Changes inside the caller's transaction, in order; neighbouring puts go together.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    writes: &[PrivateWrite],
) -> Result<(), StoreError> {
    let mut puts = Vec::new();
    for write in writes {
        match write {
            PrivateWrite::Put(row) => puts.push(row),
            PrivateWrite::Insert(row) => {
                insert::put_private(connection, &std::mem::take(&mut puts)).await?;
                insert_new(connection, row).await?;
            }
            PrivateWrite::Delete { kind, id } => {
                insert::put_private(connection, &std::mem::take(&mut puts)).await?;
                delete(connection, kind, *id).await?;
            }
        }
    }
    insert::put_private(connection, &puts).await
}

async fn delete(connection: &mut SqliteConnection, kind: &str, id: u64) -> Result<(), StoreError> {
    let id = stored(id);
    sqlx::query!("DELETE FROM private WHERE kind = ? AND id = ?", kind, id)
        .execute(connection)
        .await
        .map_err(failure)?;
    Ok(())
}

async fn insert_new(connection: &mut SqliteConnection, row: &PrivateRow) -> Result<(), StoreError> {
    let (id, owner) = (stored(row.id), row.owner.map(stored));
    let done = sqlx::query!(
        "INSERT INTO private (kind, id, lookup, owner, sealed, key_id, created_us, expires_us)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
         WHERE NOT EXISTS (SELECT 1 FROM private WHERE kind = ?1 AND lookup = ?3)
         ON CONFLICT (kind, id) DO NOTHING",
        row.kind,
        id,
        row.lookup,
        owner,
        row.sealed,
        row.key_id,
        row.created_us,
        row.expires_us,
    )
    .execute(connection)
    .await
    .map_err(failure)?;
    if done.rows_affected() == 0 {
        return Err(StoreError::PrivateTaken { kind: row.kind.clone() });
    }
    Ok(())
}

impl Store {
    pub async fn private(&self, kind: &str, id: u64) -> Result<Option<PrivateRow>, StoreError> {
        let id = stored(id);
        let row = sqlx::query_as!(
            SealedRow,
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE kind = ? AND id = ?",
            kind,
            id,
        )
        .fetch_optional(&self.readers)
        .await
        .map_err(failure)?;
        row.map(PrivateRow::try_from).transpose()
    }

    pub async fn private_all(&self, kind: &str, ids: &[u64]) -> Result<Vec<PrivateRow>, StoreError> {
        let mut rows = Vec::with_capacity(ids.len());
        for run in insert::runs(ids) {
            rows.extend(insert::private_under(&self.readers, kind, run).await?);
        }
        row::each(rows)
    }

    pub async fn private_by_lookup(&self, kind: &str, lookup: &[u8]) -> Result<Vec<PrivateRow>, StoreError> {
        let found = sqlx::query_as!(
            SealedRow,
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE kind = ? AND lookup = ? ORDER BY created_us, id",
            kind,
            lookup,
        )
        .fetch_all(&self.readers)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn private_with_owners(
        &self,
        kind: &str,
        lookup: &[u8],
        others: [&str; 2],
    ) -> Result<Vec<PrivateRow>, StoreError> {
        let mut found = self.private_by_lookup(kind, lookup).await?;
        let owners: BTreeSet<u64> = found.iter().filter_map(|row| row.owner).collect();
        for kind in others {
            for owner in &owners {
                found.extend(self.private(kind, *owner).await?);
            }
        }
        Ok(found)
    }

    pub async fn private_by_owner(&self, kind: &str, owner: u64) -> Result<Vec<PrivateRow>, StoreError> {
        let owner = stored(owner);
        let found = sqlx::query_as!(
            SealedRow,
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE owner = ? AND kind = ? ORDER BY created_us, id",
            owner,
            kind,
        )
        .fetch_all(&self.readers)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn private_owned(&self, owner: u64) -> Result<Vec<PrivateRow>, StoreError> {
        let owner = stored(owner);
        let found = sqlx::query_as!(
            SealedRow,
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE owner = ? ORDER BY kind, created_us, id",
            owner,
        )
        .fetch_all(&self.readers)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn private_ids_owned(&self, owner: u64) -> Result<Vec<(String, u64)>, StoreError> {
        let owner = stored(owner);
        let found = sqlx::query!("SELECT kind, id FROM private WHERE owner = ? ORDER BY kind, id", owner)
            .fetch_all(&self.readers)
            .await
            .map_err(failure)?;
        Ok(found.into_iter().map(|row| (row.kind, given(row.id))).collect())
    }

    pub async fn private_of_kind(
        &self,
        kind: &str,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<PrivateRow>, StoreError> {
        let Some(from) = after.map_or(Some(i64::MIN), |id| stored(id).checked_add(1)) else {
            return Ok(Vec::new());
        };
        let found = sqlx::query_as!(
            SealedRow,
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE kind = ? AND id >= ? ORDER BY id LIMIT ?",
            kind,
            from,
            limit,
        )
        .fetch_all(&self.readers)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn private_below_key(&self, key_id: u32, limit: u32) -> Result<Vec<PrivateRow>, StoreError> {
        let found = sqlx::query_as!(
            SealedRow,
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE key_id < ? ORDER BY key_id LIMIT ?",
            key_id,
            limit,
        )
        .fetch_all(&self.readers)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn expire_private(&self, now_us: i64) -> Result<u64, StoreError> {
        let done = sqlx::query!("DELETE FROM private WHERE expires_us <= ?", now_us)
            .execute(&self.writer)
            .await
            .map_err(failure)?;
        Ok(done.rows_affected())
    }

    /// Empties the write-ahead log, where deleted rows may still stand.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        let (busy, _log, _done): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&self.writer)
            .await
            .map_err(failure)?;
        if busy != 0 {
            return Err(StoreError::Unavailable("a reader keeps the write-ahead log in use".into()));
        }
        Ok(())
    }
}
