//! Where witnesses are asked, between signing a checkpoint and showing it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use kezek_disclosure::Log;
use kezek_registry::dir::Dir;
use kezek_registry::read::ReadError;
use kezek_registry::read::Reader;
use kezek_registry::{Checkpoint, Hash, Note};

/// What becomes of an answer.
pub type Gathering = Pin<Box<dyn Future<Output = Result<Note, NoQuorum>> + Send>>;

/// Whose word a checkpoint needs before it is shown.
#[derive(Clone)]
pub enum Witnesses {
    /// Nobody's.
    None,
    /// Asks witnesses for their cosignatures and gives the note back with those that complete the policy. It must end
    /// within some seconds; it is asked again with the next checkpoint, and when nothing new comes, every second.
    Asked(Arc<dyn Fn(Due) -> Gathering + Send + Sync>),
}

/// A checkpoint to be cosigned; its entries are in the files already.
#[derive(Debug, Clone)]
pub struct Due {
    /// Of which log.
    pub log: Log,
    /// What is to be cosigned.
    pub checkpoint: Checkpoint,
    /// Signed by the log.
    pub note: Note,
    pub(super) dir: Dir,
}

/// Too few witnesses cosigned: the checkpoint is not shown, and facts are taken in as before.
#[derive(Debug, thiserror::Error)]
#[error("too few witnesses cosigned the checkpoint of {log}: {reason}; it is tried again")]
pub struct NoQuorum {
    /// Of which log.
    pub log: String,
    /// What they said.
    pub reason: String,
}

impl Due {
    /// Proves that the log continues that of the first `old` entries: what a witness asks for that saw it last then.
    /// Reads files; call it where that may block.
    pub fn prove_since(&self, old: u64) -> Result<Vec<Hash>, ReadError> {
        let dir = self.dir.clone();
        Reader::open(&self.checkpoint, move |path| dir.read(path))?
            .prove_consistency(old, self.checkpoint.size)
    }
}
