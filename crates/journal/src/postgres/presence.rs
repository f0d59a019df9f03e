//! Who works with a database: nodes beside each other, or one program alone; and what time it is there.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};

use super::failure::{failure, is_kept_by_others};
use super::{Store, connect};
use crate::{Company, StoreError};

/// No lock by name has this seed, so none is ever the same as this one.
const SHARED: &str = "SELECT pg_advisory_lock_shared(hashtextextended('kezek', 2))";
const ALONE: &str = "SELECT pg_advisory_lock(hashtextextended('kezek', 2))";
/// In a schema put before the server's own a trial can give it another time.
const TIME: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// A process that has just ended may still be listed for a moment.
const LOCK_MS: &str = "1000";
/// The server forgets a process whose machine is gone after a minute, not after hours.
const KEEPALIVE: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "30"), ("tcp_keepalives_interval", "10"), ("tcp_keepalives_count", "3")];
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection that does nothing but hold the lock.
#[derive(Debug)]
pub struct Presence {
    options: PgConnectOptions,
    company: Company,
    connection: Option<PgConnection>,
}

impl Store {
    pub async fn presence(&self, company: Company) -> Result<Option<Presence>, StoreError> {
        let options = self.pool.connect_options().as_ref().clone();
        let options = options.options([("lock_timeout", LOCK_MS)]).options(KEEPALIVE);
        let connection = locked(&options, company).await?;
        Ok(connection.map(|connection| Presence { options, company, connection: Some(connection) }))
    }
}

impl Presence {
    /// The server's clock. A connection that was lost is made anew.
    pub async fn server_time_us(&mut self) -> Result<i64, StoreError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => locked(&self.options, self.company).await?.ok_or(StoreError::KeptOut)?,
        };
        let asked = sqlx::query_scalar(TIME).fetch_one(&mut connection);
        let silence = |_| Err(StoreError::Unavailable("the database server does not answer".into()));
        let asked = tokio::time::timeout(PATIENCE, async { asked.await.map_err(failure) });
        let time_us = asked.await.unwrap_or_else(silence)?;
        self.connection = Some(connection);
        Ok(time_us)
    }

    /// Lets the lock go; whoever asks for it next has it at once.
    pub async fn release(mut self) {
        if let Some(mut connection) = self.connection.take() {
            // What is lost with the connection is let go too.
            let unlock = connection.execute("SELECT pg_advisory_unlock_all()");
            if tokio::time::timeout(PATIENCE, unlock).await.is_ok_and(|done| done.is_ok()) {
                let _ = connection.close().await;
            }
        }
    }
}

/// A connection with the lock; none while others keep it.
async fn locked(options: &PgConnectOptions, company: Company) -> Result<Option<PgConnection>, StoreError> {
    let mut connection = connect(options).await?;
    let lock = match company {
        Company::Nodes => SHARED,
        Company::Alone => ALONE,
    };
    let silence = |_| Err(StoreError::Unavailable("the database server does not answer".into()));
    let locking = async {
        match connection.execute(lock).await {
            Ok(_) => Ok(true),
            Err(error) if is_kept_by_others(&error) => Ok(false),
            Err(error) => Err(failure(error)),
        }
    };
    let is_locked = tokio::time::timeout(PATIENCE, locking).await.unwrap_or_else(silence)?;
    Ok(is_locked.then_some(connection))
}
