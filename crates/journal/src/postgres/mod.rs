//! The journal on PostgreSQL: one connection that appends, a pool for everything else, one that listens.
//!
//! Several processes may write: the lock of the row in `head` is the only arbiter.

mod append;
mod copy;
mod failure;
mod follow;
mod lock;
mod outbox;
mod people;
mod presence;
mod private;
mod read;
mod registry;
mod schema;
mod snapshot;
mod turn;

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};
use tokio::sync::Mutex;

use crate::StoreError;
use append::Writer;
use failure::no_access;

pub use follow::Follow;
pub use lock::NamedLock;
pub use people::FollowPeople;
pub use presence::Presence;
pub use turn::Turn;

const POOL_MAX: u32 = 16;
/// Writes may hang for long where a standby must confirm them and none is there; reads go on beside them.
const SIDE_MAX: u32 = 6;
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(5);
/// A page waits no longer for a session.
const WAIT_TO_READ: Duration = Duration::from_secs(2);
/// What is quick where the server can be reached at all.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// A statement of the service never takes this long; a reader of all facts works in pages.
const STATEMENT_MS: u32 = 30_000;
/// Longer than any commit of another node, shorter than the patience of whoever waits for an answer.
const LOCK_MS: u32 = 5_000;
/// A node that stands still inside its turn holds up the others no longer than this.
const IDLE_TURN_MS: u32 = 10_000;

/// Connections to one database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    /// For side writes: private rows, the outbox, locks by name.
    side: PgPool,
    /// The connection that appends; none before the first append and after a failure.
    writer: Arc<Mutex<Option<Writer>>>,
    /// Whether another process may listen: a notice to nobody costs a commit as much as some facts do.
    has_listeners: Arc<AtomicBool>,
}

impl Store {
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = options(url)?;
        schema::bring_up_to_date(&mut connect(&options).await?).await?;
        Ok(Self::over(&options))
    }

    /// Opens tables of this version as they are; nothing can be written.
    pub async fn open_to_read(url: &str) -> Result<Self, StoreError> {
        let options = options(url)?.options([("default_transaction_read_only", "on")]);
        let mut connection = connect(&options).await?;
        if !schema::is_made(&mut connection).await? {
            return Err(StoreError::NoJournal);
        }
        schema::compare(&mut connection).await?;
        Ok(Self::over(&options))
    }

    fn over(options: &PgConnectOptions) -> Self {
        let pool = |connections, patience| {
            let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(patience);
            let pool = pool.test_before_acquire(false).before_acquire(|connection, known| {
                Box::pin(async move { Ok(append::is_there(connection, known.idle_for).await) })
            });
            pool.connect_lazy_with(options.clone())
        };
        let (pool, side) = (pool(POOL_MAX, WAIT_TO_READ), pool(SIDE_MAX, WAIT_FOR_CONNECTION));
        let has_listeners = Arc::new(AtomicBool::new(true));
        Self { pool, side, writer: Arc::new(Mutex::new(None)), has_listeners }
    }

    /// Makes the tables or brings them up to date, as their owner, and lets a role use them.
    pub async fn prepare(url: &str, service_role: Option<&str>) -> Result<(), StoreError> {
        let mut owner = connect(&options(url)?).await?;
        schema::migrate(&mut owner).await?;
        if let Some(role) = service_role {
            schema::grant(&mut owner, role).await?;
        }
        // Everything is written; how the connection ends changes nothing.
        let _ = owner.close().await;
        Ok(())
    }

    pub async fn close(&self) {
        self.pool.close().await;
        self.side.close().await;
        if let Some(writer) = self.writer.lock().await.take() {
            // Nothing is under way on it.
            let _ = writer.connection.close().await;
        }
    }

    fn is_closed(&self) -> bool {
        self.pool.is_closed()
    }
}

/// Work that is quick, or the server is out of reach.
async fn in_time<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    let silence = |_| Err(StoreError::Unavailable("the database server does not answer".into()));
    tokio::time::timeout(ANSWER_WITHIN, work).await.unwrap_or_else(silence)
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    let connecting = tokio::time::timeout(WAIT_FOR_CONNECTION, options.connect());
    let late = |_| StoreError::Unavailable("the database server does not answer".into());
    connecting.await.map_err(late)?.map_err(no_access)
}

fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(StoreError::BadAddress("it begins with another scheme".into()));
    }
    let options = PgConnectOptions::from_str(url).map_err(|error| StoreError::BadAddress(error.into()))?;
    let (statement, lock, idle) = (STATEMENT_MS.to_string(), LOCK_MS.to_string(), IDLE_TURN_MS.to_string());
    Ok(options.application_name("kezek").options([
        ("statement_timeout", statement.as_str()),
        ("lock_timeout", lock.as_str()),
        ("idle_in_transaction_session_timeout", idle.as_str()),
    ]))
}
