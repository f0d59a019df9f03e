//! The journal: facts in one gapless total order, appended in batches and never changed.
//!
//! Here live the store of facts, the answers to commands, snapshots, the outbox and the sealed rows of personal
//! data that must become durable together with facts. What a fact means is unknown here: no rule of the queue, no
//! clock, no key ever comes in.
//!
//! How to write a batch:
//! 1. decide it on the state at some head; stamp facts with the later of the clock and the head's time;
//! 2. [`Journal::append`] it with that head as `expected_head`, in a task that nobody cancels;
//! 3. on [`AppendError::HeadMoved`] read [`Journal::facts`] after your head, apply them, and go to 1;
//! 4. on [`AppendError::CommitUnknown`] end the process; only after `Ok` apply the facts and answer.

mod error;
mod sqlite;
mod types;

use std::path::Path;
use std::sync::Arc;

pub use error::{AppendError, Cause, StoreError};
pub use types::{
    Answer, Batch, Committed, Fact, Head, NewFact, NewOutbox, OutboxBacklog, OutboxItem, PrivateRow,
    PrivateWrite, Snapshot,
};

/// The journal in its store. Clones share one store.
#[derive(Debug, Clone)]
pub struct Journal {
    store: sqlite::Store,
    /// Holds the directory of a temporary journal until its last clone goes.
    _directory: Option<Arc<tempfile::TempDir>>,
}

impl Journal {
    /// Opens the journal in this SQLite file; makes the file and brings its tables up to date.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Ok(Self { store: sqlite::Store::open(path.as_ref()).await?, _directory: None })
    }

    /// A journal in a temporary directory that goes with it, for tests and trials.
    pub async fn open_temporary() -> Result<Self, StoreError> {
        let directory = tempfile::tempdir().map_err(|error| StoreError::Unavailable(error.into()))?;
        let store = sqlite::Store::open(&directory.path().join("journal.db")).await?;
        Ok(Self { store, _directory: Some(Arc::new(directory)) })
    }

    /// Waits for running work and closes the files; later calls report `Unavailable`.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// Makes the batch durable as a whole, or writes nothing of it.
    pub async fn append(&self, batch: Batch) -> Result<Committed, AppendError> {
        self.store.append(&batch).await
    }

    /// The last fact's number and time.
    pub async fn head(&self) -> Result<Head, StoreError> {
        self.store.head().await
    }

    /// Up to `limit` facts in order, beginning with number `from_seq`; empty past the head.
    pub async fn facts(&self, from_seq: u64, limit: u32) -> Result<Vec<Fact>, StoreError> {
        self.store.facts(from_seq, limit).await
    }

    /// The answer given under this idempotency key.
    pub async fn answer(&self, key: &str) -> Result<Option<Answer>, StoreError> {
        self.store.answer(key).await
    }

    /// Deletes answers given before this time (microseconds since 1970 UTC); returns how many.
    pub async fn forget_answers(&self, before_us: i64) -> Result<u64, StoreError> {
        self.store.forget_answers(before_us).await
    }

    /// Proves that facts run 1, 2, 3, … to the head in order of time, that the triggers which keep them stand and
    /// that the file is sound; reads the whole file. Returns the head, or [`StoreError::Damaged`].
    pub async fn verify_continuity(&self) -> Result<Head, StoreError> {
        self.store.verify_continuity().await
    }

    /// Keeps a snapshot and forgets all but the last three.
    pub async fn put_snapshot(&self, snapshot: Snapshot) -> Result<(), StoreError> {
        self.store.put_snapshot(&snapshot).await
    }

    /// The newest snapshot, its checksum proven; [`StoreError::SnapshotDamaged`] if it does not match.
    pub async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        self.store.latest_snapshot().await
    }

    /// Deletes one snapshot, a damaged one or one of an old format.
    pub async fn drop_snapshot(&self, seq: u64) -> Result<(), StoreError> {
        self.store.drop_snapshot(seq).await
    }

    /// Leases up to `limit` messages that are due and not leased, for `lease_us` microseconds, oldest id first.
    pub async fn lease_outbox(
        &self,
        now_us: i64,
        lease_us: i64,
        limit: u32,
    ) -> Result<Vec<OutboxItem>, StoreError> {
        self.store.lease_outbox(now_us, lease_us, limit).await
    }

    /// Reports leased work done, as a whole. Returns for how many the lease still held: the others are another
    /// worker's, leave them alone. After an error the leases run out by themselves and the work is given again.
    pub async fn complete_outbox(&self, held: &[OutboxItem], now_us: i64) -> Result<u64, StoreError> {
        self.store.complete_outbox(held, now_us).await
    }

    /// Gives leased work back as a whole, each to be tried again at its `due_us`; `error` must hold no personal data.
    /// Returns for how many the lease still held.
    pub async fn fail_outbox(
        &self,
        held: &[OutboxItem],
        due_us: impl Fn(&OutboxItem) -> i64,
        error: &str,
    ) -> Result<u64, StoreError> {
        self.store.fail_outbox(held, due_us, error).await
    }

    /// How much the outbox has to do.
    pub async fn outbox_backlog(&self) -> Result<OutboxBacklog, StoreError> {
        self.store.outbox_backlog().await
    }

    /// Deletes messages done before this time (microseconds since 1970 UTC); returns how many.
    pub async fn forget_outbox(&self, done_before_us: i64) -> Result<u64, StoreError> {
        self.store.forget_outbox(done_before_us).await
    }

    /// Changes private rows that no fact speaks of (sessions, failed sign-ins, access entries), as a whole.
    pub async fn write_private(&self, writes: Vec<PrivateWrite>) -> Result<(), AppendError> {
        self.store.write_private(&writes).await
    }

    /// One private row. Rows past `expires_us` are given too until [`Journal::expire_private`] runs: look at it.
    pub async fn private(&self, kind: &str, id: u64) -> Result<Option<PrivateRow>, StoreError> {
        self.store.private(kind, id).await
    }

    /// The private rows of a kind with this `lookup`, oldest first.
    pub async fn private_by_lookup(&self, kind: &str, lookup: &[u8]) -> Result<Vec<PrivateRow>, StoreError> {
        self.store.private_by_lookup(kind, lookup).await
    }

    /// The private rows of a kind with this owner, oldest first.
    pub async fn private_by_owner(&self, kind: &str, owner: u64) -> Result<Vec<PrivateRow>, StoreError> {
        self.store.private_by_owner(kind, owner).await
    }

    /// All private rows with this owner, by kind, oldest first.
    pub async fn private_owned(&self, owner: u64) -> Result<Vec<PrivateRow>, StoreError> {
        self.store.private_owned(owner).await
    }

    /// Kind and id of all private rows with this owner, without their content: what an erasure deletes.
    pub async fn private_ids_owned(&self, owner: u64) -> Result<Vec<(String, u64)>, StoreError> {
        self.store.private_ids_owned(owner).await
    }

    /// A page of a kind's rows; `after` is the id of the last row of the page before. The order has no meaning.
    pub async fn private_of_kind(
        &self,
        kind: &str,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<PrivateRow>, StoreError> {
        self.store.private_of_kind(kind, after, limit).await
    }

    /// Up to `limit` rows sealed with a key older than `key_id`: what is left to re-seal after a rotation.
    pub async fn private_below_key(&self, key_id: u32, limit: u32) -> Result<Vec<PrivateRow>, StoreError> {
        self.store.private_below_key(key_id, limit).await
    }

    /// Deletes the private rows whose `expires_us` has come; returns how many.
    pub async fn expire_private(&self, now_us: i64) -> Result<u64, StoreError> {
        self.store.expire_private(now_us).await
    }

    /// Makes sure that deleted private rows cannot be found in the store's files; call it after an erasure.
    /// `Unavailable` if a reader is busy: call again.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        self.store.scrub().await
    }
}
