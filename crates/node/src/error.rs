//! What can go wrong, and what to do next.

use std::path::PathBuf;

use kezek_calendar::Instant;
use kezek_journal::StoreError;
use kezek_records::{OpenError as UnsealError, SealError};
use kezek_rules::Refusal;

use crate::registry::RegistryError;

/// The node did not open. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory cannot be used.
    #[error("the data directory {path} cannot be used; look at its rights and at free space")]
    Directory {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Another process writes to this data directory.
    #[error(
        "{path} is in use by another process of Kezek; stop it first, or keep the journal on PostgreSQL (--database-url) to run several"
    )]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// Nodes work with this database.
    #[error("nodes of Kezek run on this database; stop all of them first")]
    NodesRun,
    /// A program has this database for itself.
    #[error("another process of Kezek copies this database or seals it anew; start again when it has ended")]
    TakenAlone,
    /// This machine's clock or the database's is wrong, and facts would get false times.
    #[error("this machine's clock is {off}; set both right (timedatectl) and start again")]
    ClockOff {
        /// By how much, in words.
        off: String,
    },
    /// There is no journal to read.
    #[error("there is no journal in {path}; name the data directory of a service")]
    NoJournal {
        /// The directory.
        path: PathBuf,
    },
    /// The journal cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys are not the ones that personal data is sealed with.
    #[error(
        "this is not the key that the data is sealed with; name the right one in KEZEK_KEY_FILE or KEZEK_KEY, or put it back into the data directory"
    )]
    WrongKey {
        /// What did not open; nothing where the index key differs.
        source: Option<UnsealError>,
    },
    /// The journal's facts are not those that were read from it before.
    #[error("the journal has lost facts that were read from it, by a failover or a restore; start again")]
    OtherHistory,
    /// A fact has a shape this version does not know.
    #[error("fact {seq} was written by another version of Kezek; run that version or a newer one")]
    Fact {
        /// Its number.
        seq: u64,
        /// Where its text departs from what is known.
        source: Option<serde_json::Error>,
    },
    /// Real data under a virtual clock would get false times.
    #[error("{path} holds data of the real clock; a virtual clock needs a directory of its own")]
    RealData {
        /// The directory.
        path: PathBuf,
    },
    /// Data of a virtual clock under the real one would wait for its future.
    #[error("{path} holds data of a virtual clock; open it with --clock virtual")]
    VirtualData {
        /// The directory.
        path: PathBuf,
    },
    /// The file with the virtual clock's time is damaged.
    #[error("the clock's file {path} does not hold a moment; write one into it as in 2021-06-01T12:00:00Z")]
    ClockFile {
        /// The file.
        path: PathBuf,
    },
    /// The state has no encoded form: a mistake in the program.
    #[error("the state cannot be encoded; report this as a mistake")]
    Encode(#[source] postcard::Error),
    /// A thread could not be started.
    #[error("the system starts no thread; look at its limits")]
    Thread(#[source] std::io::Error),
    /// The registries cannot be published as they are.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

/// A command was neither accepted nor refused by the law. Nothing was changed unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// Too many commands wait. Answer 503 with `Retry-After`.
    #[error("too many requests wait; nothing was changed, try again in {retry_after_s} s")]
    Busy {
        /// Seconds.
        retry_after_s: u32,
    },
    /// Not judged yet, and nobody knows when. Answer 503 with `Retry-After`: the same key asks for the answer.
    #[error(
        "there is no decision yet; ask again with the same key in {retry_after_s} s, it is not done twice"
    )]
    Undecided {
        /// Seconds.
        retry_after_s: u32,
    },
    /// The store cannot be written. Answer 503 with `Retry-After`; reading goes on.
    #[error("the service cannot write at the moment; nothing was changed, try again in {retry_after_s} s")]
    Unavailable {
        /// Seconds.
        retry_after_s: u32,
    },
    /// The key was used for another body. Answer 422.
    #[error("this idempotency key was used for another request; nothing was changed, use a new key")]
    KeyReused,
    /// A private row's id or lookup is taken, for instance the IIN of a new person. Read it and try again.
    #[error("a private record of kind {kind} already exists; nothing was changed, read it and try again")]
    PrivateTaken {
        /// The kind of record.
        kind: String,
    },
    /// A record could not be sealed.
    #[error("a private record could not be sealed; nothing was changed, report this as a mistake")]
    Seal,
    /// It is not known whether the command is durable; the process ends. Ask again with the same key.
    #[error("it is not known whether the request was kept; send it again with the same key")]
    Unknown,
    /// The store refused what should be right: a mistake in the program.
    #[error("the store refused the request; nothing was changed, report this as a mistake")]
    Fault,
    /// The node is closing.
    #[error("the service is stopping; nothing was changed, try again after its start")]
    Stopped,
}

/// A batch of commands was not accepted. Nothing of it was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// One command is refused by the law.
    #[error("command {index} is refused ({refusal}); nothing of the batch was changed")]
    Refused {
        /// Which, counted from 0.
        index: usize,
        /// Why.
        refusal: Refusal,
    },
    /// Facts were written since the batch was planned.
    #[error("the journal has moved on since this was planned; nothing was changed, plan it anew")]
    Moved,
    /// The batch was not judged, or not kept.
    #[error(transparent)]
    NotDone(#[from] SubmitError),
}

/// The clock was not moved.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The real clock is nobody's to move.
    #[error("the service goes by the real clock, which cannot be moved; start it with --clock virtual")]
    Real,
    /// The clock goes forward only.
    #[error("the clock stands at {now}; it can be moved forward only")]
    Backward {
        /// Where it stands.
        now: Instant,
    },
    /// The new time could not be written to the data directory.
    #[error("the clock's file {path} cannot be written; the clock was not moved")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The clock was moved, but what fell due could not be carried out yet; it is tried again.
    #[error("the clock was moved, but what fell due is not carried out yet")]
    NotCarriedOut(#[source] SubmitError),
}

/// The system gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes; try again")]
pub struct NoRandom;

/// Personal data could not be read or written. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store cannot be written.
    #[error(transparent)]
    Write(#[from] kezek_journal::AppendError),
    /// The person has an account.
    #[error("this person has an account already; sign in with it")]
    AccountExists,
    /// Nobody is kept under this id.
    #[error("this person is not known; enter the person first")]
    NoPerson,
    /// The account changed since it was read.
    #[error("the account was changed meanwhile; nothing was done, try again")]
    AccountChanged,
    /// The account acts in another place.
    #[error("this account acts in another settlement or kindergarten; one account acts in one place")]
    OtherPlace,
    /// A password could not be hashed.
    #[error(transparent)]
    Password(#[from] kezek_records::PasswordError),
    /// A record does not open.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// A record could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}
