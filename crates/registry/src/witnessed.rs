//! Checkpoints that a policy accepts.

use thiserror::Error;

use crate::{
    Checkpoint, Note, Policy,
    checkpoint::CheckpointError,
    key::{PublicKey, Role},
    note::NoteError,
};

/// Why a policy does not accept a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// It is no checkpoint, or a signature fails.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The policy does not name the log.
    #[error("the policy does not know the log {0}")]
    UnknownLog(String),
    /// Too few witnesses have seen it.
    #[error("too few witnesses have cosigned: only [{}]", .0.join(", "))]
    Quorum(Vec<String>),
}

impl From<NoteError> for OpenError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}

/// A witness's word for a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The name of the witness in the policy.
    pub name: String,
    /// When it cosigned, in seconds since 1970.
    pub time: u64,
}

/// A checkpoint that its log has signed and a quorum of witnesses has cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// The state of the log.
    pub checkpoint: Checkpoint,
    /// The note with all signatures.
    pub note: Note,
    /// Who cosigned it, in the order of the policy.
    pub witnesses: Vec<Cosigned>,
    /// The latest time at or after which a whole quorum cosigned, in seconds since 1970: how fresh the checkpoint
    /// is. None if the policy asks for no witness.
    pub fresh_at: Option<u64>,
}

impl Policy {
    /// Reads a checkpoint and verifies its signatures. Cosignatures later than `now` (seconds since 1970) do not
    /// count. The caller compares [`Witnessed::fresh_at`] with the age it allows.
    pub fn open(&self, note: &[u8], now: u64) -> Result<Witnessed, OpenError> {
        self.accept(Note::parse(note)?, now)
    }

    /// As [`Self::open`], for a note that is already read.
    pub fn accept(&self, note: Note, now: u64) -> Result<Witnessed, OpenError> {
        let checkpoint = Checkpoint::parse(note.text())?;
        let log = self.logs().iter().filter(|log| log.name == checkpoint.origin).map(|log| &log.key);
        let mut keys: Vec<PublicKey> = log.cloned().collect();
        if keys.is_empty() {
            return Err(OpenError::UnknownLog(checkpoint.origin));
        }
        keys.extend(self.witnesses().map(|witness| witness.key.clone()));
        let signed = note.verify(&keys)?;
        if !signed.iter().any(|one| one.key.role() == Role::Log) {
            return Err(NoteError::Unsigned.into());
        }
        let mut witnesses = Vec::new();
        for witness in self.witnesses() {
            let times = signed.iter().filter(|one| one.key == witness.key).filter_map(|one| one.time);
            let cosigned = |time| Cosigned { name: witness.name.clone(), time };
            witnesses.extend(times.filter(|&time| time <= now).map(cosigned));
        }
        let fresh_at = self.fresh_at(&witnesses)?;
        Ok(Witnessed { checkpoint, note, witnesses, fresh_at })
    }

    /// The latest time from which on a quorum cosigned.
    fn fresh_at(&self, witnesses: &[Cosigned]) -> Result<Option<u64>, OpenError> {
        let since = |from: u64| {
            self.is_quorum(|party| witnesses.iter().any(|one| one.name == party.name && one.time >= from))
        };
        if self.is_quorum(|_| false) {
            return Ok(None);
        }
        let latest = witnesses.iter().map(|one| one.time).filter(|&time| since(time)).max();
        let too_few = || OpenError::Quorum(witnesses.iter().map(|one| one.name.clone()).collect());
        latest.map(Some).ok_or_else(too_few)
    }
}
