//! The signed heads of the public registries.

use super::Store;
use super::append::within_patience;
use super::failure::{commit_failure, failure};
use crate::row::{self, RegistryRow, stored};
use crate::{AppendError, Moved, RegistryHead, StoreError};

const READ: &str = "SELECT log, size, root, note, checkpoint FROM registry_head ORDER BY log";
const LOCK: &str = "SELECT log, size, root, note, checkpoint FROM registry_head ORDER BY log FOR UPDATE";
/// A row that another node has just made waits here for that node's end, and then is not the one that was read.
const WRITE: &str = "
INSERT INTO registry_head AS kept (log, size, root, note, checkpoint)
SELECT log, size, root, note, checkpoint
FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::text[], $5::text[]) AS new (log, size, root, note, checkpoint)
ON CONFLICT (log) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note,
                                checkpoint = excluded.checkpoint
WHERE kept.log = ANY($6)";

impl Store {
    pub async fn registry_heads(&self) -> Result<Vec<RegistryHead>, StoreError> {
        let rows: Vec<RegistryRow> = sqlx::query_as(READ).fetch_all(&self.pool).await.map_err(failure)?;
        row::each(rows)
    }

    pub async fn move_registry_heads(
        &self,
        old: &[RegistryHead],
        new: &[RegistryHead],
    ) -> Result<Moved, AppendError> {
        within_patience(async {
            let mut transaction = self.side.begin().await.map_err(failure)?;
            let rows: Vec<RegistryRow> =
                sqlx::query_as(LOCK).fetch_all(&mut *transaction).await.map_err(failure)?;
            let written = if row::each::<_, RegistryHead>(rows)? == old {
                sqlx::query(WRITE)
                    .bind(new.iter().map(|head| head.log.as_str()).collect::<Vec<_>>())
                    .bind(new.iter().map(|head| stored(head.size)).collect::<Vec<_>>())
                    .bind(new.iter().map(|head| head.root.as_slice()).collect::<Vec<_>>())
                    .bind(new.iter().map(|head| head.note.as_str()).collect::<Vec<_>>())
                    .bind(new.iter().map(|head| head.checkpoint.as_str()).collect::<Vec<_>>())
                    .bind(old.iter().map(|head| head.log.as_str()).collect::<Vec<_>>())
                    .execute(&mut *transaction)
                    .await
                    .map_err(failure)?
                    .rows_affected()
            } else {
                0
            };
            if written != new.len() as u64 {
                transaction.rollback().await.map_err(failure)?;
                return Ok(Moved::ByAnother);
            }
            transaction.commit().await.map_err(commit_failure)?;
            Ok(Moved::Done)
        })
        .await
    }
}
