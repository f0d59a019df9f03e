//! The signed heads of the public registries.

use sqlx::{Connection, SqliteConnection};

use super::append::{close, commit_failure, store_failed};
use super::{BEGIN, Store, failure, stored};
use crate::row::{self, RegistryRow};
use crate::{AppendError, Moved, RegistryHead, StoreError};

const READ: &str = "SELECT log, size, root, note, checkpoint FROM registry_head ORDER BY log";
const WRITE: &str = "INSERT INTO registry_head (log, size, root, note, checkpoint) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (log) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note,
                                     checkpoint = excluded.checkpoint";

impl Store {
    pub async fn registry_heads(&self) -> Result<Vec<RegistryHead>, StoreError> {
        let rows: Vec<RegistryRow> = sqlx::query_as(READ).fetch_all(&self.readers).await.map_err(failure)?;
        row::each(rows)
    }

    pub async fn move_registry_heads(
        &self,
        old: &[RegistryHead],
        new: &[RegistryHead],
    ) -> Result<Moved, AppendError> {
        let mut writer = self.writer.acquire().await.map_err(failure)?;
        let result = move_heads(&mut writer, old, new).await;
        if result.as_ref().is_err_and(store_failed) {
            close(writer).await;
        }
        result
    }
}

async fn move_heads(
    writer: &mut SqliteConnection,
    old: &[RegistryHead],
    new: &[RegistryHead],
) -> Result<Moved, AppendError> {
    let mut transaction = writer.begin_with(BEGIN).await.map_err(failure)?;
    let rows: Vec<RegistryRow> = sqlx::query_as(READ).fetch_all(&mut *transaction).await.map_err(failure)?;
    if row::each::<_, RegistryHead>(rows)? != old {
        return Ok(Moved::ByAnother);
    }
    for head in new {
        sqlx::query(WRITE)
            .bind(&head.log)
            .bind(stored(head.size))
            .bind(head.root.as_slice())
            .bind(&head.note)
            .bind(&head.checkpoint)
            .execute(&mut *transaction)
            .await
            .map_err(failure)?;
    }
    transaction.commit().await.map_err(commit_failure)?;
    Ok(Moved::Done)
}
