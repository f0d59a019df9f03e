//! What the disk has of a log, each checkpoint opened with the log's own key.

use std::io::ErrorKind;

use kezek_disclosure::{Entry, EntryError};
use kezek_journal::RegistryHead;
use kezek_registry::Checkpoint;
use kezek_registry::dir::{Dir, DirError};
use kezek_registry::grow::Head;
use kezek_registry::read::{ReadError, Reader};
use kezek_registry::tile::CHECKPOINT;

use super::error::RegistryError;
use super::ledger::OneLog;

/// What the disk has of one log.
pub struct OnDisk {
    pub public: Option<Checkpoint>,
    pub signed: Option<Checkpoint>,
}

/// A log's files as far as they go.
pub struct Files {
    pub head: Head,
    /// The fact of the last entry; 0 without one.
    pub seq: u64,
}

/// What the disk has of a log.
pub fn look(one: &OneLog) -> Result<OnDisk, RegistryError> {
    let broken = |error| DirError::Io { path: one.dir.root().to_owned(), error };
    let public = match one.dir.read(CHECKPOINT) {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        read => {
            let bytes = read.map_err(broken)?;
            let path = one.dir.root().join(CHECKPOINT);
            let damaged = |_| RegistryError::Damaged { path, reason: "it is no text".into() };
            Some(one.open(&String::from_utf8(bytes).map_err(damaged)?)?)
        }
    };
    let signed = one.signed.last()?.map(|note| one.open(&note)).transpose()?;
    Ok(OnDisk { public, signed })
}

/// Neither the public files nor this node's own notes may be ahead of the database or beside it. Signed notes that are
/// ahead are looked at by `recover.rs`.
pub fn check_one(one: &OneLog, heads: &[RegistryHead], found: &OnDisk) -> Result<(), RegistryError> {
    let log = one.log.name();
    let (known, root) = one.state_in(heads);
    if let Some(head) = one.head_in(heads) {
        let signed = one.open(&head.note)?;
        if (signed.size, signed.root) != (known, root) {
            return Err(RegistryError::Fork { log, size: known });
        }
    }
    for noted in [&found.public, &found.signed].into_iter().flatten() {
        if noted.size == known && noted.root != root {
            return Err(RegistryError::Fork { log, size: known });
        }
    }
    match &found.public {
        Some(public) if public.size > known => {
            Err(RegistryError::OldBackup { log, published: public.size, known })
        }
        _ => Ok(()),
    }
}

/// The right edge of a log's files as a checkpoint vouches for it.
pub fn read_files(dir: &Dir, checkpoint: &Checkpoint) -> Result<Files, RegistryError> {
    let damaged =
        |error: ReadError| RegistryError::Damaged { path: dir.root().to_owned(), reason: error.to_string() };
    let mut reader = Reader::open(checkpoint, |path| dir.read(path)).map_err(damaged)?;
    let head = reader.head().map_err(damaged)?;
    let seq = match checkpoint.size.checked_sub(1) {
        None => 0,
        Some(last) => {
            let entry = reader.entry(last).map_err(damaged)?;
            let reason = |error: EntryError| error.to_string();
            let unread = |reason| RegistryError::Damaged { path: dir.root().to_owned(), reason };
            Entry::parse(&entry).map_err(|error| unread(reason(error)))?.seq
        }
    };
    Ok(Files { head, seq })
}
