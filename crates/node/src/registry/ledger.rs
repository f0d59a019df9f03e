//! The three logs as they are signed, and their files.

use std::path::{Path, PathBuf};

use kezek_disclosure::Log;
use kezek_journal::RegistryHead;
use kezek_registry::dir::Dir;
use kezek_registry::grow::Head;
use kezek_registry::{Checkpoint, Hash, SecretKey, hash};

use super::error::RegistryError;
use super::signed::Signed;

/// The directory of the registries in the data directory.
const FOLDER: &str = "registry";

/// All logs, in the order of [`Log::ALL`].
#[derive(Debug)]
pub struct Ledger {
    root: PathBuf,
    logs: Vec<OneLog>,
    /// The heads in the database as they were last read or written.
    pub heads: Vec<RegistryHead>,
}

/// One log.
#[derive(Debug, Clone)]
pub struct OneLog {
    pub log: Log,
    pub key: SecretKey,
    pub dir: Dir,
    pub signed: Signed,
    /// Its right edge, as its files have it.
    pub head: Head,
}

/// The directory of the registries.
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join(FOLDER)
}

/// The public files of a log.
pub fn public_dir(data_dir: &Path, log: Log) -> Dir {
    Dir::new(folder(data_dir).join(log.name()).join("public"))
}

impl Ledger {
    /// Nothing is known yet; `keys` in the order of [`Log::ALL`].
    pub fn new(data_dir: &Path, keys: Vec<SecretKey>) -> Self {
        let root = folder(data_dir);
        let logs = Log::ALL.into_iter().zip(keys).map(|(log, key)| OneLog {
            log,
            key,
            dir: public_dir(data_dir, log),
            signed: Signed::new(root.join(log.name()).join("private").join("signed")),
            head: Head::empty(),
        });
        Self { logs: logs.collect(), root, heads: Vec::new() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where cycles are staged.
    pub fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }

    pub fn logs(&self) -> &[OneLog] {
        &self.logs
    }

    pub fn logs_mut(&mut self) -> &mut [OneLog] {
        &mut self.logs
    }

    /// The last fact whose entry is in the files: every fact has one entry in one log.
    pub fn seq(&self) -> u64 {
        self.logs.iter().map(|one| one.head.size()).sum()
    }

    /// The last fact whose entry is signed.
    pub fn signed_seq(&self) -> u64 {
        self.heads.iter().map(|head| head.size).sum()
    }
}

impl OneLog {
    /// The head of this log among the database's.
    pub fn head_in<'a>(&self, heads: &'a [RegistryHead]) -> Option<&'a RegistryHead> {
        heads.iter().find(|head| head.log == self.log.name())
    }

    /// How far this log is signed; nothing before the first time.
    pub fn state_in(&self, heads: &[RegistryHead]) -> (u64, Hash) {
        self.head_in(heads).map_or((0, hash::empty()), |head| (head.size, Hash(head.root)))
    }

    /// The checkpoint over a size and a root.
    pub fn checkpoint(&self, size: u64, root: Hash) -> Checkpoint {
        Checkpoint { origin: self.key.public().name().to_owned(), size, root }
    }

    /// Opens a note that this log's key must have signed.
    pub fn open(&self, note: &str) -> Result<Checkpoint, RegistryError> {
        let opened = Checkpoint::open(note.as_bytes(), self.key.public());
        opened.map(|(checkpoint, _)| checkpoint).map_err(|_| RegistryError::OtherKey { log: self.log.name() })
    }

    /// Signs a size and root as the database will keep it.
    pub fn sign(&self, size: u64, root: Hash) -> Result<String, RegistryError> {
        let signed = self.checkpoint(size, root).sign(&self.key);
        Ok(signed.map_err(|_| RegistryError::BadOrigin(self.key.public().name().to_owned()))?.to_text())
    }
}
