//! Checkpoints: which log, how many entries, which root.

use thiserror::Error;

use crate::{
    hash::{self, Hash},
    key::{PublicKey, Role, SecretKey},
    note::{Note, NoteError},
    text,
};

/// Why a checkpoint is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// The note around it is refused.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Verifiers disagree about further lines, so there are none.
    #[error("a checkpoint has exactly three lines: origin, size and root")]
    Lines,
    /// An origin has 1 to 255 bytes, no spaces and no plus sign.
    #[error("the origin is empty or longer than 255 bytes, or has spaces or a plus sign")]
    Origin,
    /// A size is a plain decimal up to 2^63-1.
    #[error("the size is not a plain decimal number up to 2^63-1")]
    Size,
    /// A root is the base64 of 32 bytes; that of an empty log is known.
    #[error("the root is not the base64 of a hash, or not that of an empty log")]
    Root,
    /// It is signed by the expected key, but speaks of another log.
    #[error("the checkpoint is of the log {found}, not of {expected}")]
    OtherLog {
        /// Its origin.
        found: String,
        /// The name of the key.
        expected: String,
    },
    /// The key is a witness's.
    #[error("the key of a witness does not sign checkpoints; use the key of the log (signature type 0x01)")]
    Role,
}

/// The state of a log: its first `size` entries have this root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log, for ever: the address of its files without `https://`.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

impl Checkpoint {
    /// Reads the text of a checkpoint: three lines, each with its newline.
    pub fn parse(written: &str) -> Result<Self, CheckpointError> {
        let body = written.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Lines);
        };
        let size = text::decimal(size).ok_or(CheckpointError::Size)?;
        let root = Hash::from_base64(root).ok_or(CheckpointError::Root)?;
        let checkpoint = Self { origin: origin.to_owned(), size, root };
        checkpoint.check()?;
        Ok(checkpoint)
    }

    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// The signed note. The key's name must be the origin.
    pub fn sign(&self, key: &SecretKey) -> Result<Note, CheckpointError> {
        self.check()?;
        self.check_key(key.public())?;
        Ok(Note::sign(&self.text(), key)?)
    }

    /// Reads a note and verifies that this log signed it. Cosignatures are not looked at: see
    /// [`crate::Policy::open`].
    pub fn open(bytes: &[u8], log: &PublicKey) -> Result<(Self, Note), CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Self::parse(note.text())?;
        checkpoint.check_key(log)?;
        note.verify(std::slice::from_ref(log))?;
        Ok((checkpoint, note))
    }

    fn check(&self) -> Result<(), CheckpointError> {
        if !text::is_key_name(&self.origin) {
            return Err(CheckpointError::Origin);
        }
        if self.size > text::LARGEST {
            return Err(CheckpointError::Size);
        }
        if self.size == 0 && self.root != hash::empty() {
            return Err(CheckpointError::Root);
        }
        Ok(())
    }

    fn check_key(&self, key: &PublicKey) -> Result<(), CheckpointError> {
        if key.role() != Role::Log {
            return Err(CheckpointError::Role);
        }
        if key.name() != self.origin {
            let (found, expected) = (self.origin.clone(), key.name().to_owned());
            return Err(CheckpointError::OtherLog { found, expected });
        }
        Ok(())
    }
}
