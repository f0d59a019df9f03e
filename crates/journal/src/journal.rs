//! The journal, whichever store it is in.

use std::path::Path;
use std::sync::Arc;

use crate::beside::{Company, Follow, FollowPeople, NamedLock, Presence};
use crate::{
    AnswersRow, AppendError, Batch, Committed, Fact, Head, Moved, NewOutbox, OutboxBacklog, OutboxItem,
    PrivateRow, PrivateWrite, RegistryHead, Snapshot, StoreError, copy, postgres, sqlite,
};

/// The journal in its store. Clones share one store.
#[derive(Debug, Clone)]
pub struct Journal {
    store: Store,
    /// Holds the directory of a temporary journal until its last clone goes.
    _directory: Option<Arc<tempfile::TempDir>>,
}

#[derive(Debug, Clone)]
enum Store {
    Sqlite(sqlite::Store),
    Postgres(postgres::Store),
}

impl Journal {
    /// Opens the journal in this SQLite file; makes the file and brings its tables up to date.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::whole(Store::Sqlite(sqlite::Store::open(path.as_ref()).await?), None).await
    }

    /// Opens the journal in a PostgreSQL database, `postgres://user:password@host:5432/database?sslmode=verify-full`.
    /// A role that owns the tables, or may make them, brings them up to date; another must find them so.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::whole(Store::Postgres(postgres::Store::open(url).await?), None).await
    }

    /// Opens the journal in this SQLite file as it is, to read; refuses tables of another version.
    pub async fn open_to_read(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::whole(Store::Sqlite(sqlite::Store::open_to_read(path.as_ref()).await?), None).await
    }

    /// Opens the journal in a PostgreSQL database as it is, to read; refuses tables of another version.
    pub async fn connect_to_read(url: &str) -> Result<Self, StoreError> {
        Self::whole(Store::Postgres(postgres::Store::open_to_read(url).await?), None).await
    }

    /// Makes the tables in a PostgreSQL database or brings them up to date, as their owner, and lets a role use them
    /// that can add facts but never change or delete one.
    pub async fn prepare(url: &str, service_role: Option<&str>) -> Result<(), StoreError> {
        postgres::Store::prepare(url, service_role).await
    }

    /// A journal in a temporary directory that goes with it, for tests and trials.
    pub async fn open_temporary() -> Result<Self, StoreError> {
        let directory = tempfile::tempdir().map_err(|error| StoreError::Unavailable(error.into()))?;
        let store = sqlite::Store::open(&directory.path().join("journal.db")).await?;
        Self::whole(Store::Sqlite(store), Some(Arc::new(directory))).await
    }

    async fn whole(store: Store, directory: Option<Arc<tempfile::TempDir>>) -> Result<Self, StoreError> {
        let journal = Self { store, _directory: directory };
        if copy::is_half_done(&journal).await? { Err(StoreError::HalfCopied) } else { Ok(journal) }
    }

    /// Locks the head, once nobody else holds it, and keeps it until the turn is used or released. On SQLite, where
    /// no other process writes, nothing is locked.
    pub async fn turn(&self) -> Result<Turn, StoreError> {
        let held = match &self.store {
            Store::Sqlite(store) => {
                Held::Sqlite(store.clone(), store.head().await?, store.last_answers().await?)
            }
            Store::Postgres(store) => Held::Postgres(store.turn().await?),
        };
        Ok(Turn { held })
    }

    /// Keeps out whoever asks for the same name, on any node, until it is dropped; waits for its turn. On SQLite,
    /// where there is one process, the caller's own locks are enough and nothing is locked.
    pub async fn lock(&self, name: &str) -> Result<NamedLock, StoreError> {
        let held = match &self.store {
            Store::Sqlite(_) => None,
            Store::Postgres(store) => Some(store.lock(name).await?),
        };
        Ok(NamedLock { _held: held })
    }

    /// Says that this process works with the journal, as long as it is kept; none where that does not go with what
    /// others do. On SQLite, where there is one process, the caller's own lock is enough.
    pub async fn presence(&self, company: Company) -> Result<Option<Presence>, StoreError> {
        Ok(match &self.store {
            Store::Sqlite(_) => Some(Presence { held: None }),
            Store::Postgres(store) => {
                store.presence(company).await?.map(|held| Presence { held: Some(held) })
            }
        })
    }

    /// Tells what other processes write; none on SQLite, where there are none.
    pub fn follow(&self) -> Option<Follow> {
        match &self.store {
            Store::Sqlite(_) => None,
            Store::Postgres(store) => Some(Follow { follow: store.follow() }),
        }
    }

    /// Tells whose sessions, accounts or names are changed, by whatever process; none on SQLite, where there is one.
    pub fn follow_people(&self) -> Option<FollowPeople> {
        match &self.store {
            Store::Sqlite(_) => None,
            Store::Postgres(store) => Some(FollowPeople { follow: store.follow_people() }),
        }
    }

    /// Waits for running work and closes the files; later calls report `Unavailable`.
    pub async fn close(&self) {
        match &self.store {
            Store::Sqlite(store) => store.close().await,
            Store::Postgres(store) => store.close().await,
        }
    }

    /// Makes the batch durable as a whole, or writes nothing of it.
    pub async fn append(&self, batch: Batch) -> Result<Committed, AppendError> {
        match &self.store {
            Store::Sqlite(store) => store.append(&batch).await,
            Store::Postgres(store) => store.append(&batch).await,
        }
    }

    /// The last fact's number and time.
    pub async fn head(&self) -> Result<Head, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.head().await,
            Store::Postgres(store) => store.head().await,
        }
    }

    /// Up to `limit` facts in order, beginning with number `from_seq`; empty past the head.
    pub async fn facts(&self, from_seq: u64, limit: u32) -> Result<Vec<Fact>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.facts(from_seq, limit).await,
            Store::Postgres(store) => store.facts(from_seq, limit).await,
        }
    }

    /// The number of the last row of answers; 0 before the first.
    pub async fn last_answers(&self) -> Result<u64, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.last_answers().await,
            Store::Postgres(store) => store.last_answers().await,
        }
    }

    /// Up to `limit` rows of answers after a number, in order.
    pub async fn answers_after(&self, number: u64, limit: u32) -> Result<Vec<AnswersRow>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.answers_after(number, limit).await,
            Store::Postgres(store) => store.answers_after(number, limit).await,
        }
    }

    /// The rows of answers with these numbers that are kept, in any order.
    pub async fn answers_of(&self, numbers: &[u64]) -> Result<Vec<AnswersRow>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.answers_of(numbers).await,
            Store::Postgres(store) => store.answers_of(numbers).await,
        }
    }

    /// Deletes the rows all of whose answers were given before this time (microseconds since 1970 UTC); returns how
    /// many rows.
    pub async fn forget_answers(&self, before_us: i64) -> Result<u64, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.forget_answers(before_us).await,
            Store::Postgres(store) => store.forget_answers(before_us).await,
        }
    }

    /// Proves that facts run 1, 2, 3, … to the head in order of time, that the triggers which keep them stand and
    /// that the file is sound; reads the whole file. Returns the head, or [`StoreError::Damaged`].
    pub async fn verify_continuity(&self) -> Result<Head, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.verify_continuity().await,
            Store::Postgres(store) => store.verify_continuity().await,
        }
    }

    /// Keeps a snapshot and forgets all but the last three.
    pub async fn put_snapshot(&self, snapshot: Snapshot) -> Result<(), StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.put_snapshot(&snapshot).await,
            Store::Postgres(store) => store.put_snapshot(&snapshot).await,
        }
    }

    /// The newest snapshot, its checksum proven; [`StoreError::SnapshotDamaged`] if it does not match.
    pub async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.latest_snapshot().await,
            Store::Postgres(store) => store.latest_snapshot().await,
        }
    }

    /// Deletes one snapshot, a damaged one or one of an old format.
    pub async fn drop_snapshot(&self, seq: u64) -> Result<(), StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.drop_snapshot(seq).await,
            Store::Postgres(store) => store.drop_snapshot(seq).await,
        }
    }

    /// Leases up to `limit` messages that are due and not leased, for `lease_us` microseconds, oldest id first.
    pub async fn lease_outbox(
        &self,
        now_us: i64,
        lease_us: i64,
        limit: u32,
    ) -> Result<Vec<OutboxItem>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.lease_outbox(now_us, lease_us, limit).await,
            Store::Postgres(store) => store.lease_outbox(now_us, lease_us, limit).await,
        }
    }

    /// Reports leased work done, as a whole. Returns for how many the lease still held: the others are another
    /// worker's, leave them alone. After an error the leases run out by themselves and the work is given again.
    pub async fn complete_outbox(&self, held: &[OutboxItem], now_us: i64) -> Result<u64, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.complete_outbox(held, now_us).await,
            Store::Postgres(store) => store.complete_outbox(held, now_us).await,
        }
    }

    /// Gives leased work back as a whole, each to be tried again at its `due_us`; `error` must hold no personal data.
    /// Returns for how many the lease still held.
    pub async fn fail_outbox(
        &self,
        held: &[OutboxItem],
        due_us: impl Fn(&OutboxItem) -> i64,
        error: &str,
    ) -> Result<u64, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.fail_outbox(held, due_us, error).await,
            Store::Postgres(store) => store.fail_outbox(held, due_us, error).await,
        }
    }

    /// How much the outbox has to do.
    pub async fn outbox_backlog(&self) -> Result<OutboxBacklog, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.outbox_backlog().await,
            Store::Postgres(store) => store.outbox_backlog().await,
        }
    }

    /// Deletes messages done before this time (microseconds since 1970 UTC); returns how many.
    pub async fn forget_outbox(&self, done_before_us: i64) -> Result<u64, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.forget_outbox(done_before_us).await,
            Store::Postgres(store) => store.forget_outbox(done_before_us).await,
        }
    }

    /// Changes private rows that no fact speaks of (sessions, failed sign-ins, access entries), as a whole.
    pub async fn write_private(&self, writes: Vec<PrivateWrite>) -> Result<(), AppendError> {
        match &self.store {
            Store::Sqlite(store) => store.write_private(&writes).await,
            Store::Postgres(store) => store.write_private(&writes).await,
        }
    }

    /// One private row. Rows past `expires_us` are given too until [`Journal::expire_private`] runs: look at it.
    pub async fn private(&self, kind: &str, id: u64) -> Result<Option<PrivateRow>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.private(kind, id).await,
            Store::Postgres(store) => store.private(kind, id).await,
        }
    }

    /// The private rows of a kind with these ids that are there, in any order.
    pub async fn private_all(&self, kind: &str, ids: &[u64]) -> Result<Vec<PrivateRow>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.private_all(kind, ids).await,
            Store::Postgres(store) => store.private_all(kind, ids).await,
        }
    }

    /// The private rows of a kind with this `lookup`, oldest first.
    pub async fn private_by_lookup(&self, kind: &str, lookup: &[u8]) -> Result<Vec<PrivateRow>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.private_by_lookup(kind, lookup).await,
            Store::Postgres(store) => store.private_by_lookup(kind, lookup).await,
        }
    }

    /// As [`Journal::private_by_lookup`], followed by the rows of two other kinds whose id is the owner of one of these: in
    /// one exchange with a server.
    pub async fn private_with_owners(
        &self,
        kind: &str,
        lookup: &[u8],
        others: [&str; 2],
    ) -> Result<Vec<PrivateRow>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.private_with_owners(kind, lookup, others).await,
            Store::Postgres(store) => store.private_with_owners(kind, lookup, others).await,
        }
    }

    /// The private rows of a kind with this owner, oldest first.
    pub async fn private_by_owner(&self, kind: &str, owner: u64) -> Result<Vec<PrivateRow>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.private_by_owner(kind, owner).await,
            Store::Postgres(store) => store.private_by_owner(kind, owner).await,
        }
    }

    /// All private rows with this owner, by kind, oldest first.
    pub async fn private_owned(&self, owner: u64) -> Result<Vec<PrivateRow>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.private_owned(owner).await,
            Store::Postgres(store) => store.private_owned(owner).await,
        }
    }

    /// Kind and id of all private rows with this owner, without their content: what an erasure deletes.
    pub async fn private_ids_owned(&self, owner: u64) -> Result<Vec<(String, u64)>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.private_ids_owned(owner).await,
            Store::Postgres(store) => store.private_ids_owned(owner).await,
        }
    }

    /// A page of a kind's rows; `after` is the id of the last row of the page before. The order has no meaning.
    pub async fn private_of_kind(
        &self,
        kind: &str,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<PrivateRow>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.private_of_kind(kind, after, limit).await,
            Store::Postgres(store) => store.private_of_kind(kind, after, limit).await,
        }
    }

    /// Up to `limit` rows sealed with a key older than `key_id`: what is left to re-seal after a rotation.
    pub async fn private_below_key(&self, key_id: u32, limit: u32) -> Result<Vec<PrivateRow>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.private_below_key(key_id, limit).await,
            Store::Postgres(store) => store.private_below_key(key_id, limit).await,
        }
    }

    /// Deletes the private rows whose `expires_us` has come; returns how many.
    pub async fn expire_private(&self, now_us: i64) -> Result<u64, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.expire_private(now_us).await,
            Store::Postgres(store) => store.expire_private(now_us).await,
        }
    }

    /// Makes sure that deleted private rows cannot be found in the store's files; call it after an erasure.
    /// `Unavailable` if a reader is busy: call again.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.scrub().await,
            Store::Postgres(store) => store.scrub().await,
        }
    }

    /// A page of all private rows, by kind; `after` is kind and id of the last row of the page before.
    pub async fn private_after(
        &self,
        after: Option<(&str, u64)>,
        limit: u32,
    ) -> Result<Vec<PrivateRow>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.private_after(after, limit).await,
            Store::Postgres(store) => store.private_after(after, limit).await,
        }
    }

    /// The heads of the public registries, by name; empty before the first was signed.
    pub async fn registry_heads(&self) -> Result<Vec<RegistryHead>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.registry_heads().await,
            Store::Postgres(store) => store.registry_heads().await,
        }
    }

    /// Moves heads of registries, as a whole and only if all heads are still the `old` ones, as [`Journal::registry_heads`]
    /// gave them. A head never goes back, and a size never gets a second root. After [`AppendError::CommitUnknown`] end
    /// the process: on its start the journal tells.
    pub async fn move_registry_heads(
        &self,
        old: &[RegistryHead],
        new: &[RegistryHead],
    ) -> Result<Moved, AppendError> {
        match &self.store {
            Store::Sqlite(store) => store.move_registry_heads(old, new).await,
            Store::Postgres(store) => store.move_registry_heads(old, new).await,
        }
    }

    /// A page of the messages not done yet, with their numbers; `after` is the number of the last one of the page
    /// before, or 0.
    pub async fn outbox_after(&self, after: u64, limit: u32) -> Result<Vec<(u64, NewOutbox)>, StoreError> {
        match &self.store {
            Store::Sqlite(store) => store.outbox_after(after, limit).await,
            Store::Postgres(store) => store.outbox_after(after, limit).await,
        }
    }
}

/// A writer's turn: nobody else appends until it is used or released.
#[derive(Debug)]
pub struct Turn {
    held: Held,
}

#[derive(Debug)]
enum Held {
    Sqlite(sqlite::Store, Head, u64),
    Postgres(postgres::Turn),
}

impl Turn {
    /// The head on which to decide.
    pub fn head(&self) -> Head {
        match &self.held {
            Held::Sqlite(_, head, _) => *head,
            Held::Postgres(turn) => turn.head(),
        }
    }

    /// The number of the last row of answers.
    pub fn answers(&self) -> u64 {
        match &self.held {
            Held::Sqlite(_, _, answers) => *answers,
            Held::Postgres(turn) => turn.answers(),
        }
    }

    /// As [`Journal::append`]; ends the turn.
    pub async fn append(self, batch: Batch) -> Result<Committed, AppendError> {
        match self.held {
            Held::Sqlite(store, _, _) => store.append(&batch).await,
            Held::Postgres(turn) => turn.append(&batch).await,
        }
    }

    /// Ends the turn; nothing was written.
    pub async fn release(self) {
        if let Held::Postgres(turn) = self.held {
            turn.release().await;
        }
    }
}
