//! The body of `add-checkpoint`: an old size, the proof from there, an empty line, a signed checkpoint.

use kezek_registry::{
    Checkpoint, Hash, Note,
    checkpoint::CheckpointError,
    hash,
    note::{self, NoteError},
    proof,
};
use thiserror::Error;

/// The longest body, in bytes: the longest note, and room for the old size and 63 hashes.
pub const LONGEST: usize = note::LONGEST + 4096;
/// The type of the body of an answer that tells a size.
pub const SIZE_TYPE: &str = "text/x.tlog.size";

/// Why a body is refused before anything is looked up.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RequestError {
    /// No empty line between the proof and the checkpoint.
    #[error("an empty line stands between the proof and the checkpoint")]
    Form,
    /// The first line is not `old SIZE`.
    #[error("the first line is `old` and a plain decimal number up to 2^63-1")]
    Old,
    /// A line of the proof is not a hash.
    #[error("line {0} is not the base64 of a hash")]
    Hash(usize),
    /// No tree needs so many hashes.
    #[error("a proof has at most 63 hashes")]
    TooLong,
    /// The checkpoint is malformed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// A well-formed request; its signatures are not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The size from which the proof leads.
    pub old: u64,
    /// The consistency proof.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub note: Note,
    /// What it says. An empty log has its proper root here, whatever it states.
    pub checkpoint: Checkpoint,
    /// Whether it states a false root for an empty log. Such a request is well formed, but inconsistent.
    pub is_false_empty: bool,
}

impl Request {
    /// Reads a body.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let middle = body.windows(2).position(|pair| pair == b"\n\n").ok_or(RequestError::Form)?;
        let (head, rest) = body.split_at(middle);
        let mut lines = head.split(|&byte| byte == b'\n');
        let old = lines.next().and_then(|line| line.strip_prefix(b"old ")).and_then(decimal);
        let old = old.ok_or(RequestError::Old)?;
        let mut proof = Vec::new();
        for (line, number) in lines.zip(2..) {
            if proof.len() == proof::LONGEST {
                return Err(RequestError::TooLong);
            }
            let hash = std::str::from_utf8(line).ok().and_then(Hash::from_base64);
            proof.push(hash.ok_or(RequestError::Hash(number))?);
        }
        let note = Note::parse(rest.get(2..).unwrap_or_default()).map_err(CheckpointError::from)?;
        let (checkpoint, is_false_empty) = match Checkpoint::parse(note.text()) {
            Err(CheckpointError::Root) => (false_empty(note.text()).ok_or(CheckpointError::Root)?, true),
            read => (read?, false),
        };
        Ok(Self { old, proof, note, checkpoint, is_false_empty })
    }
}

/// Writes a body. None if the note is longer than a note may be or the proof has more hashes than one may have.
pub fn write(old: u64, proof: &[Hash], note: &Note) -> Option<Vec<u8>> {
    let note = note.to_text();
    if proof.len() > proof::LONGEST || note.len() > note::LONGEST {
        return None;
    }
    let proof: String = proof.iter().map(|hash| format!("{hash}\n")).collect();
    Some(format!("old {old}\n{proof}\n{note}").into_bytes())
}

/// A size without sign, leading zeros or anything else.
pub(crate) fn decimal(written: &[u8]) -> Option<u64> {
    let written = std::str::from_utf8(written).ok()?;
    let value: u64 = written.parse().ok()?;
    (i64::try_from(value).is_ok() && value.to_string() == written).then_some(value)
}

/// The checkpoint of an empty log that is well written, but for the root that an empty log has.
fn false_empty(text: &str) -> Option<Checkpoint> {
    let (rest, root) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    Hash::from_base64(root)?;
    Checkpoint::parse(&format!("{rest}\n{}\n", hash::empty())).ok().filter(|found| found.size == 0)
}

impl From<NoteError> for RequestError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}
