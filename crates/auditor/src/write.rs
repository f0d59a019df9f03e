//! Writing entries as a copy of the registries, signed: for tests, measurements and the demonstration of tampering.

use std::path::Path;

use kezek_disclosure::{Entry, EntryError, Log};
use kezek_registry::checkpoint::CheckpointError;
use kezek_registry::dir::{Dir, DirError};
use kezek_registry::grow::{GrowError, Head};
use kezek_registry::{Checkpoint, SecretKey};

/// Why a copy is not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// An entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The tree.
    #[error(transparent)]
    Grow(#[from] GrowError),
    /// The checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A file.
    #[error(transparent)]
    Dir(#[from] DirError),
}

/// Writes the entries of all three logs below `root`, each log signed with its key, whose name is the log's origin.
pub fn write(
    root: &Path,
    entries: &[(Log, Entry)],
    key: impl Fn(Log) -> SecretKey,
) -> Result<(), WriteError> {
    for log in Log::ALL {
        let own = entries.iter().filter(|(of, _)| *of == log);
        let lines = own.map(|(_, entry)| entry.to_bytes()).collect::<Result<Vec<_>, _>>()?;
        let growth = Head::empty().grow(&lines)?;
        let dir = Dir::new(root.join(log.name()));
        dir.store(&growth.files)?;
        let key = key(log);
        let origin = key.public().name().to_owned();
        let (size, root) = (growth.head.size(), growth.head.root());
        let note = Checkpoint { origin, size, root }.sign(&key)?;
        dir.publish(note.to_text().as_bytes())?;
    }
    Ok(())
}
