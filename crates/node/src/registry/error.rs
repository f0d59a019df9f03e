//! Why a registry is not published, and what to do.

use std::path::PathBuf;

use kezek_journal::{AppendError, StoreError};
use kezek_registry::dir::DirError;

use crate::error::{OpenError, PeopleError};

/// The registries cannot be published. What was published stays as it is, and facts are taken in as before unless the
/// process must end.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The public files know more than the database.
    #[error(
        "the registry {log} was signed up to entry {published}, but the database knows {known}: it was restored from an old \
         backup. Restore the newest backup; nothing is signed again"
    )]
    OldBackup {
        /// Which.
        log: &'static str,
        /// Entries that were signed.
        published: u64,
        /// Entries that the database knows of.
        known: u64,
    },
    /// One size has two roots.
    #[error(
        "the registry {log} has two histories of {size} entries; stop, keep all files and find out which is right"
    )]
    Fork {
        /// Which.
        log: &'static str,
        /// At which size.
        size: u64,
    },
    /// Facts are missing that were published.
    #[error(
        "the registries were signed up to fact {published}, but the journal ends at {head}: facts were lost. Restore the newest \
         backup; nothing is signed again"
    )]
    FactsLost {
        /// The last fact that was published.
        published: u64,
        /// The journal's last fact.
        head: u64,
    },
    /// The facts do not give what was published.
    #[error(
        "the facts do not give the registry {log} as it was signed; copy the directory {path} from another node or a backup"
    )]
    OtherEntries {
        /// Which.
        log: &'static str,
        /// The directory of the registries.
        path: PathBuf,
    },
    /// An entry cannot be made again, since what its commitment rests on was erased.
    #[error(
        "entry {seq} cannot be made again: its secret was erased; copy the directory {path} from another node or a backup"
    )]
    SecretErased {
        /// The fact's number.
        seq: u64,
        /// The directory of the registries.
        path: PathBuf,
    },
    /// Another key signed what is there.
    #[error(
        "the registry {log} was signed with another key or under another name; put the right registry.key into the data \
         directory, from your copy or another node"
    )]
    OtherKey {
        /// Which.
        log: &'static str,
    },
    /// The key file is missing though something was signed.
    #[error("the key file {path} is missing; put it back from your copy or another node's")]
    KeyMissing {
        /// The file.
        path: PathBuf,
    },
    /// The key file cannot be used.
    #[error("the key file {path} cannot be used: {reason}")]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The name can be in no signature.
    #[error("{0} is no name for registries; take the address of this service, as in kezek.example")]
    BadOrigin(String),
    /// A file of the directory is not what it must be.
    #[error(
        "{path} is damaged ({reason}); copy the directory of the registries from another node or a backup"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A fact has no entry that a log can hold.
    #[error("fact {seq} gives no entry that a log can hold ({reason}); report this as a mistake")]
    NoEntry {
        /// Its number.
        seq: u64,
        /// What is wrong.
        reason: String,
    },
    /// A file could not be written.
    #[error(transparent)]
    Disk(#[from] DirError),
    /// The heads could not be moved.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The journal cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Facts cannot be read.
    #[error(transparent)]
    Facts(Box<OpenError>),
    /// Secrets cannot be read or kept.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// Another node moved the heads in the middle of a cycle.
    #[error("another node published at the same time; it is tried again")]
    MovedByAnother,
    /// The system gives no random bytes.
    #[error("the system gives no random bytes; it is tried again")]
    Random,
    /// Work was broken off; a mistake in the program.
    #[error("publishing was broken off; report this as a mistake")]
    BrokenOff,
    /// A trial asked for the end here.
    #[error("stopped here by a trial")]
    Stopped,
}

impl RegistryError {
    /// Whether it may go away by itself or concerns publishing alone, so that it is tried again from what the disk has;
    /// otherwise the process must end: what is signed, or what is on the disk, is not what it must be.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Disk(error) => matches!(error, DirError::Io { .. }),
            Self::Append(AppendError::CommitUnknown(_))
            | Self::People(PeopleError::Write(AppendError::CommitUnknown(_)))
            | Self::OldBackup { .. }
            | Self::Fork { .. }
            | Self::FactsLost { .. }
            | Self::OtherEntries { .. }
            | Self::SecretErased { .. }
            | Self::OtherKey { .. }
            | Self::KeyMissing { .. }
            | Self::KeyFile { .. }
            | Self::BadOrigin(_)
            | Self::Damaged { .. }
            | Self::BrokenOff
            | Self::Stopped => false,
            Self::NoEntry { .. }
            | Self::Append(_)
            | Self::Store(_)
            | Self::Facts(_)
            | Self::People(_)
            | Self::MovedByAnother
            | Self::Random => true,
        }
    }
}

impl From<OpenError> for RegistryError {
    fn from(error: OpenError) -> Self {
        Self::Facts(Box::new(error))
    }
}
