//! A writer's turn: the head stays locked from before the decision until the commit.

use std::sync::Arc;

use sqlx::{Executor, PgConnection};
use tokio::sync::OwnedMutexGuard;

use super::append::{Tell, Writer, append_open, is_usable, tip, within_patience};
use super::failure::{commit_failure, failure};
use super::{Store, in_time};
use crate::{AppendError, Batch, Committed, Head, StoreError};

/// A locked head. Dropped without an append, its connection is closed, which unlocks too.
#[derive(Debug)]
pub struct Turn {
    place: OwnedMutexGuard<Option<Writer>>,
    writer: Writer,
    head: Head,
    answers: u64,
}

impl Store {
    pub async fn turn(&self) -> Result<Turn, StoreError> {
        let mut place = Arc::clone(&self.writer).lock_owned().await;
        let mut writer = self.ready(place.take()).await?;
        let (head, answers) = in_time(lock(&mut writer.connection)).await?;
        Ok(Turn { place, writer, head, answers })
    }
}

impl Turn {
    pub fn head(&self) -> Head {
        self.head
    }

    pub fn answers(&self) -> u64 {
        self.answers
    }

    pub async fn append(self, batch: &Batch) -> Result<Committed, AppendError> {
        let Self { mut place, mut writer, .. } = self;
        let connection = &mut writer.connection;
        let result = within_patience(async {
            let committed = append_open(connection, batch, Tell::Listeners).await?;
            connection.execute("COMMIT").await.map_err(commit_failure)?;
            Ok(committed)
        })
        .await;
        // A refused batch leaves its transaction open; the connection goes, and with it the lock.
        if result.is_ok() && is_usable(&result) {
            *place = Some(writer.just_used());
        }
        result
    }

    /// Unlocks; nothing was written.
    pub async fn release(self) {
        let Self { mut place, mut writer, .. } = self;
        let rollback = async { writer.connection.execute("ROLLBACK").await.map_err(failure) };
        if in_time(rollback).await.is_ok() {
            *place = Some(writer.just_used());
        }
    }
}

async fn lock(connection: &mut PgConnection) -> Result<(Head, u64), StoreError> {
    connection.execute("BEGIN").await.map_err(failure)?;
    connection.execute("SELECT 1 FROM head FOR UPDATE").await.map_err(failure)?;
    tip(connection).await
}
