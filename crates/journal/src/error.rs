//! What can go wrong, and what to do next.

/// What the store itself reported, for the log.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Reading, opening or a side write failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full, the file is locked or cannot be reached. Nothing changed: answer 503 and try again later.
    #[error("the journal's store cannot be used at the moment; nothing was changed, try again later")]
    Unavailable(#[source] Cause),
    /// The server's address cannot be read. Write it as `postgres://user@host:5432/database`.
    #[error("this is no address of a database; write it as postgres://user@host:5432/database")]
    BadAddress(#[source] Cause),
    /// The server does not let this role do what the service must. Look at user, password, database and rights.
    #[error("the database does not let Kezek in; look at its address, user, password and rights")]
    NoAccess(#[source] Cause),
    /// There is nothing to read: an empty database, or a file of something else. Look at the address.
    #[error("there are no tables of Kezek here; look at the folder or the address of the database")]
    NoJournal,
    /// This process lost its place among those that work with the journal, and another took the journal for itself
    /// alone. End the process; it can start again when the other has ended.
    #[error("another program works with the journal alone; start again when it has ended")]
    KeptOut,
    /// A copy into this store was broken off. Empty the store and copy again.
    #[error("a copy into this store was broken off; empty it and copy again")]
    HalfCopied,
    /// What is stored contradicts itself. Stop, keep the files, restore from a backup.
    #[error("the journal is damaged: {0}; stop, keep the files as they are and restore from a backup")]
    Damaged(String),
    /// The stored state does not match its checksum. Drop this snapshot and replay the facts.
    #[error("the snapshot at fact {seq} does not match its checksum; drop it and replay the journal")]
    SnapshotDamaged {
        /// The snapshot's last fact.
        seq: u64,
    },
    /// The tables were made by another version of the program. Run that version, or a newer one.
    #[error("the journal belongs to another version of Kezek; run the version that made it or a newer one")]
    OtherVersion(#[source] Cause),
    /// A private row's id or `lookup` is taken. Nothing was written: read the present row and decide again.
    #[error("a private record of kind {kind} with this id or lookup already exists; nothing was written")]
    PrivateTaken {
        /// The kind of record.
        kind: String,
    },
    /// The store refused what should be right: a mistake in the program. Nothing was written by this call.
    #[error("the journal's store refused the operation; nothing was changed, report this as a mistake")]
    Refused(#[source] Cause),
}

/// A batch was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Others wrote or answered since. Nothing was written: read the facts and answers after yours, decide again.
    #[error("the journal has moved on to fact {head}; read the new facts and answers and decide again")]
    HeadMoved {
        /// The journal's present head.
        head: u64,
    },
    /// A private row's id or `lookup` is taken. Nothing was written: read the present row and decide again.
    #[error("a private record of kind {kind} with this id or lookup already exists; nothing was written")]
    PrivateTaken {
        /// The kind of record.
        kind: String,
    },
    /// A fact is older than the one before it. Nothing was written: stamp facts with the later of clock and head.
    #[error("a fact's time {time_us} is before the journal's last time {last_us}; nothing was written")]
    TimeWentBack {
        /// The time of the refused fact.
        time_us: i64,
        /// The time before it.
        last_us: i64,
    },
    /// Disk full, locked or out of reach. Nothing was written: answer 503 and try again later.
    #[error("the journal's store cannot be used at the moment; nothing was written, try again later")]
    Unavailable(#[source] Cause),
    /// It is not known whether the batch is durable. End the process; on start the journal tells.
    #[error("the result of the commit is unknown; restart, the journal holds the truth")]
    CommitUnknown(#[source] Cause),
    /// Anything else. Nothing was written.
    #[error("the batch was refused; nothing was written")]
    Store(#[source] StoreError),
}

impl From<StoreError> for AppendError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => Self::Unavailable(cause),
            StoreError::PrivateTaken { kind } => Self::PrivateTaken { kind },
            other => Self::Store(other),
        }
    }
}
