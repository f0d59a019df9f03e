//! The outbox: leased, done, or tried again later.

use sqlx::{Connection, SqliteConnection};

use super::append::close;
use super::{BEGIN, Store, failure, given, insert, small};
use crate::{OutboxBacklog, OutboxItem, StoreError};

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

    pub async fn complete_outbox(&self, held: &[OutboxItem], now_us: i64) -> Result<u64, StoreError> {
        let mut writer = self.writer.acquire().await.map_err(failure)?;
        let done = complete(&mut writer, held, now_us).await;
        if done.is_err() {
            close(writer).await;
        }
        done
    }

    pub async fn fail_outbox(
        &self,
        held: &[OutboxItem],
        due_us: impl Fn(&OutboxItem) -> i64,
        error: &str,
    ) -> Result<u64, StoreError> {
        let mut writer = self.writer.acquire().await.map_err(failure)?;
        let given_back = give_back(&mut writer, held, due_us, error).await;
        if given_back.is_err() {
            close(writer).await;
        }
        given_back
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

async fn complete(
    writer: &mut SqliteConnection,
    held: &[OutboxItem],
    now_us: i64,
) -> Result<u64, StoreError> {
    let mut transaction = writer.begin_with(BEGIN).await.map_err(failure)?;
    let done = insert::messages_done(&mut transaction, held, now_us).await?;
    transaction.commit().await.map_err(failure)?;
    Ok(done)
}

async fn give_back(
    writer: &mut SqliteConnection,
    held: &[OutboxItem],
    due_us: impl Fn(&OutboxItem) -> i64,
    error: &str,
) -> Result<u64, StoreError> {
    let mut transaction = writer.begin_with(BEGIN).await.map_err(failure)?;
    let given_back = insert::messages_given_back(&mut transaction, held, due_us, error).await?;
    transaction.commit().await.map_err(failure)?;
    Ok(given_back)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::{Batch, NewOutbox};

    #[tokio::test]
    async fn a_lot_is_done_in_one_commit() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("journal.db")).await.unwrap();
        let message = NewOutbox { created_us: 0, kind: "k".into(), payload: "{}".into(), due_us: 0 };
        store.append(&Batch { outbox: vec![message; 200], ..Batch::default() }).await.unwrap();
        let lot = store.lease_outbox(1, 10, 200).await.unwrap();
        let commits = Arc::new(AtomicUsize::new(0));
        let mut writer = store.writer.acquire().await.unwrap();
        let counted = Arc::clone(&commits);
        writer.lock_handle().await.unwrap().set_commit_hook(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            true
        });
        drop(writer);
        assert_eq!(store.complete_outbox(&lot, 2).await.unwrap(), 200);
        assert_eq!(commits.load(Ordering::Relaxed), 1);
    }
}
