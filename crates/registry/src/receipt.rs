//! Receipts (`c2sp.org/tlog-proof@v1`): a file that proves, without a network, that an entry is in a log.

use thiserror::Error;

use crate::{
    Note, Policy, Witnessed,
    hash::{self, Hash},
    note::NoteError,
    proof::{self, ProofError},
    text,
    witnessed::OpenError,
};

/// The longest receipt, in bytes.
pub const LONGEST: usize = 1024 * 1024;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// Why a receipt proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReceiptError {
    /// Longer than any receipt needs.
    #[error("the receipt is longer than 1 MiB")]
    TooLong,
    /// A line is not as it must be.
    #[error("line {0} of the receipt is malformed; use the file as it was given")]
    Line(usize),
    /// Its checkpoint is no signed note.
    #[error("the checkpoint in the receipt: {0}")]
    Note(#[from] NoteError),
    /// The policy does not accept its checkpoint.
    #[error("the checkpoint in the receipt: {0}")]
    Checkpoint(#[from] OpenError),
    /// The entry is not where the receipt says.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// Proof that an entry is in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What the reader needs besides, such as the entry and the opening of its commitment; empty if nothing.
    /// Nothing vouches for it until the entry made from it is proved.
    pub extra: Vec<u8>,
    /// The number of the entry in the log, from 0.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling to the child of the root.
    pub hashes: Vec<Hash>,
    /// The signed and cosigned checkpoint.
    pub checkpoint: Note,
}

impl Receipt {
    /// Reads a receipt. Nothing is verified yet.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        if bytes.len() > LONGEST {
            return Err(ReceiptError::TooLong);
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| ReceiptError::Line(1))?;
        // The proof has no empty line, so the first one ends it.
        let (head, checkpoint) = whole.split_once("\n\n").ok_or(ReceiptError::Line(1))?;
        let mut lines = head.split('\n').zip(1..).peekable();
        if lines.next_if(|(line, _)| *line == FIRST_LINE).is_none() {
            return Err(ReceiptError::Line(1));
        }
        let mut extra = Vec::new();
        if let Some((line, number)) = lines.next_if(|(line, _)| line.starts_with("extra ")) {
            let written = line.strip_prefix("extra ").filter(|written| !written.is_empty());
            extra = written.and_then(text::from_base64).ok_or(ReceiptError::Line(number))?;
        }
        let (line, number) = lines.next().ok_or(ReceiptError::Line(2))?;
        let index = line.strip_prefix("index ").and_then(text::decimal).ok_or(ReceiptError::Line(number))?;
        let mut hashes = Vec::new();
        for (line, number) in lines {
            let hash = Hash::from_base64(line).filter(|_| hashes.len() < proof::LONGEST);
            hashes.push(hash.ok_or(ReceiptError::Line(number))?);
        }
        Ok(Self { extra, index, hashes, checkpoint: Note::parse(checkpoint.as_bytes())? })
    }

    /// The file.
    pub fn to_text(&self) -> String {
        let extra = match self.extra.as_slice() {
            [] => String::new(),
            bytes => format!("extra {}\n", text::to_base64(bytes)),
        };
        let hashes: String = self.hashes.iter().map(|hash| format!("{hash}\n")).collect();
        format!("{FIRST_LINE}\n{extra}index {}\n{hashes}\n{}", self.index, self.checkpoint.to_text())
    }

    /// Verifies that this very entry stands at the stated place of a log that the policy accepts. Cosignatures
    /// later than `now` (seconds since 1970) do not count.
    pub fn verify(&self, entry: &[u8], policy: &Policy, now: u64) -> Result<Witnessed, ReceiptError> {
        let witnessed = policy.accept(self.checkpoint.clone(), now)?;
        let (size, root) = (witnessed.checkpoint.size, &witnessed.checkpoint.root);
        proof::verify_inclusion(self.index, size, &hash::leaf(entry), &self.hashes, root)?;
        Ok(witnessed)
    }
}
