//! The journal on SQLite: one writer connection, a few readers, every commit flushed to the disk.

mod append;
mod copy;
mod insert;
mod outbox;
mod private;
mod read;
mod registry;
mod snapshot;

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::row::{given, small, stored};
use crate::{StoreError, steps};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// A transaction of the writer takes its lock at once, so that it cannot fail for it in the middle.
const BEGIN: &str = "BEGIN IMMEDIATE";

const READERS: u32 = 4;
const WAIT_FOR_LOCK: Duration = Duration::from_millis(if cfg!(test) { 200 } else { 5_000 });

/// The two pools over one file.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Store {
    /// Opens tables of this version as they are, beside a process that may write; nothing can be written.
    pub async fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let options =
            SqliteConnectOptions::new().filename(path).busy_timeout(WAIT_FOR_LOCK).pragma("query_only", "ON");
        let readers = pool(READERS).connect_with(options).await.map_err(failure)?;
        let made = "SELECT count(*) FROM sqlite_master WHERE name = 'fact'";
        let made: u32 = sqlx::query_scalar(made).fetch_one(&readers).await.map_err(failure)?;
        if made == 0 {
            return Err(StoreError::NoJournal);
        }
        let mut connection = readers.acquire().await.map_err(failure)?;
        let applied = connection.list_applied_migrations("_sqlx_migrations").await;
        let when_older = "a start of the service with this program brings them up to date";
        steps::compare(&MIGRATIONS, &applied.map_err(migration_failure)?, when_older)?;
        Ok(Self { writer: readers.clone(), readers })
    }

    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(WAIT_FOR_LOCK)
            // An erased record is overwritten, not only unlinked.
            .pragma("secure_delete", "ON");
        let writer = pool(1).connect_with(options.clone()).await.map_err(failure)?;
        MIGRATIONS.run(&writer).await.map_err(migration_failure)?;
        let readers = pool(READERS)
            .connect_with(options.create_if_missing(false).read_only(true))
            .await
            .map_err(failure)?;
        Ok(Self { writer, readers })
    }

    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn pool(connections_max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(WAIT_FOR_LOCK)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// Result codes of <https://www.sqlite.org/rescode.html>; the lower byte is the primary code.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

fn failure(error: sqlx::Error) -> StoreError {
    match primary_code(&error) {
        // busy, locked, out of memory, read-only, interrupted, I/O, full, cannot open
        Some(5..=10 | 13 | 14) => StoreError::Unavailable(error.into()),
        // corrupt, not a database
        Some(11 | 26) => StoreError::Damaged(error.to_string()),
        Some(_) => StoreError::Refused(error.into()),
        None => match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                StoreError::Damaged(error.to_string())
            }
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Io(_) => StoreError::Unavailable(error.into()),
            other => StoreError::Refused(other.into()),
        },
    }
}

fn migration_failure(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failure(error),
        other => StoreError::OtherVersion(other.into()),
    }
}
