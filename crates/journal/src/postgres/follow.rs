//! Hearing that another node has written.

use std::sync::atomic::Ordering;
use std::time::Duration;

use sqlx::Executor;
use sqlx::postgres::PgListener;

use super::Store;
use super::failure::failure;
use crate::StoreError;
use crate::row::given;

/// The channel on which each append tells the new head.
const CHANNEL: &str = "kezek";
/// Notices may be lost with a connection: the head is looked at this often anyway.
const LOOK: Duration = Duration::from_secs(1);

/// Whoever listens shares a lock, by which the others see it. A new listener may go unseen for a second, in which its
/// own look finds what was written.
const COUNT_ME: &str = "SELECT pg_advisory_lock_shared(hashtextextended('kezek', 3))";
const LOOK_AT_HEAD: &str = "
SELECT seq, (SELECT count(*) FROM pg_locks
             WHERE locktype = 'advisory' AND granted AND objsubid = 1
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND (classid::bigint << 32) | objid::bigint = hashtextextended('kezek', 3))
FROM head";

/// Follows the journal's head.
#[derive(Debug)]
pub struct Follow {
    store: Store,
    listener: Option<PgListener>,
}

impl Store {
    pub fn follow(&self) -> Follow {
        Follow { store: self.clone(), listener: None }
    }
}

impl Follow {
    /// Waits until the head may have moved and returns it as far as known: at a notice, and once a second. While the
    /// server is out of reach it waits and tries again.
    pub async fn next(&mut self) -> u64 {
        loop {
            if let Some(seq) = self.notice().await {
                return seq;
            }
            match self.look().await {
                Ok(seq) => return seq,
                Err(error) => {
                    tracing::debug!(%error, "the head cannot be read; it is tried again");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    /// The newest head of the notices that have come, or none after a pause without one.
    async fn notice(&mut self) -> Option<u64> {
        if self.listener.is_none() {
            self.listener = self.listen().await.ok();
            // What was written before the first notice is looked for.
            return None;
        }
        let listener = self.listener.as_mut()?;
        let mut seq = match tokio::time::timeout(LOOK, listener.try_recv()).await {
            Err(_) => return None,
            Ok(Ok(Some(notice))) => notice.payload().parse().ok(),
            Ok(_) => {
                self.listener = None;
                tokio::time::sleep(LOOK).await;
                return None;
            }
        };
        while let Some(notice) = listener.next_buffered() {
            seq = seq.max(notice.payload().parse().ok());
        }
        seq
    }

    /// The head's number; sees too whether anybody else listens.
    async fn look(&self) -> Result<u64, StoreError> {
        let looked = sqlx::query_as(LOOK_AT_HEAD).fetch_one(&self.store.pool);
        let (seq, listeners): (i64, i64) = looked.await.map_err(failure)?;
        self.store.has_listeners.store(listeners > 1, Ordering::Relaxed);
        Ok(given(seq))
    }

    async fn listen(&self) -> Result<PgListener, sqlx::Error> {
        let mut listener = PgListener::connect_with(&self.store.pool).await?;
        listener.execute(COUNT_ME).await?;
        listener.listen(CHANNEL).await?;
        Ok(listener)
    }
}
