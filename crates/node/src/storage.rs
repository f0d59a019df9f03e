//! Where the journal is, and who may have it open.

use std::fs::{File, TryLockError};
use std::path::Path;

use kezek_journal::{Company, Journal, Presence};

use crate::error::OpenError;

/// The journal's file in the data directory.
const JOURNAL_FILE: &str = "journal.db";
/// Locked by the process that writes to the journal beside it.
const LOCK_FILE: &str = "journal.lock";

/// Where the journal is.
#[derive(Clone, PartialEq, Eq)]
pub enum Storage {
    /// In the data directory, on SQLite: one process writes.
    Folder,
    /// In a PostgreSQL database at this address: any number of nodes write. The data directory holds what else there
    /// is, such as the key file.
    Postgres(String),
}

/// The right to write to a journal, until it is released or dropped.
#[derive(Debug)]
pub struct Hold {
    _file: Option<File>,
    /// At a database.
    pub(crate) presence: Option<Presence>,
}

impl Hold {
    /// Ends it; others may write at once.
    pub async fn release(self) {
        if let Some(presence) = self.presence {
            presence.release().await;
        }
    }
}

impl Storage {
    /// Opens the journal to write. A data directory has one writer.
    pub(crate) async fn open(&self, data_dir: &Path, company: Company) -> Result<(Journal, Hold), OpenError> {
        match self {
            Self::Folder => {
                let hold = Hold { _file: Some(lock(data_dir)?), presence: None };
                Ok((Journal::open(data_dir.join(JOURNAL_FILE)).await?, hold))
            }
            Self::Postgres(url) => {
                let journal = Journal::connect(url).await?;
                let presence = journal.presence(company).await?;
                let kept_out = match company {
                    Company::Nodes => OpenError::TakenAlone,
                    Company::Alone => OpenError::NodesRun,
                };
                let presence = Some(presence.ok_or(kept_out)?);
                Ok((journal, Hold { _file: None, presence }))
            }
        }
    }

    /// Opens a journal without a node, and keeps nodes out: for a copy.
    pub async fn open_alone(&self, data_dir: &Path) -> Result<(Journal, Hold), OpenError> {
        self.open(data_dir, Company::Alone).await
    }

    /// Opens a journal that is there already, to read; others may write meanwhile, also another version of the program,
    /// so the tables stay as they are.
    pub async fn open_to_read(&self, data_dir: &Path) -> Result<Journal, OpenError> {
        match self {
            Self::Folder => {
                let file = data_dir.join(JOURNAL_FILE);
                if !file.is_file() {
                    return Err(OpenError::NoJournal { path: data_dir.to_owned() });
                }
                Ok(Journal::open_to_read(file).await?)
            }
            Self::Postgres(url) => Ok(Journal::connect_to_read(url).await?),
        }
    }

    /// Whether there is no service here yet.
    pub async fn is_new(&self, data_dir: &Path) -> Result<bool, OpenError> {
        match self {
            Self::Folder => Ok(!data_dir.join(JOURNAL_FILE).exists()),
            Self::Postgres(url) => {
                let journal = Journal::connect(url).await?;
                let is_new =
                    journal.head().await?.seq == 0 && journal.private_after(None, 1).await?.is_empty();
                journal.close().await;
                Ok(is_new)
            }
        }
    }
}

fn lock(data_dir: &Path) -> Result<File, OpenError> {
    let path = data_dir.join(LOCK_FILE);
    let broken = |source| OpenError::Directory { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(broken)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: data_dir.to_owned() }),
        Err(TryLockError::Error(source)) => Err(broken(source)),
    }
}
