//! What a witness answers, as a function of what it recorded, the request and the time.

use std::collections::BTreeMap;

use kezek_registry::{
    Checkpoint, Note, PublicKey, Role, SecretKey,
    cosignature::{self, CosignatureError},
    hash,
    note::{NoteError, Signature},
    proof::{self, ProofError},
};
use thiserror::Error;

use crate::request::{Request, RequestError, SIZE_TYPE};

/// The type of every other body.
const TEXT_TYPE: &str = "text/plain; charset=utf-8";

/// The logs that a witness watches: the keys of each origin.
#[derive(Clone, Debug, Default)]
pub struct Logs(BTreeMap<String, Vec<PublicKey>>);

impl Logs {
    /// Logs by their keys. None if one is the key of a witness. A log whose key changed has both.
    pub fn new(keys: &[PublicKey]) -> Option<Self> {
        let mut logs: BTreeMap<String, Vec<PublicKey>> = BTreeMap::new();
        for key in keys {
            if key.role() != Role::Log {
                return None;
            }
            logs.entry(key.name().to_owned()).or_default().push(key.clone());
        }
        Some(Self(logs))
    }

    /// Their origins, in order.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// All their keys.
    pub fn keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.0.values().flatten()
    }
}

/// The latest checkpoint that a witness has cosigned for a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The state of the log.
    pub checkpoint: Checkpoint,
    /// When it was cosigned, in seconds since 1970.
    pub time: u64,
    /// The checkpoint with the signatures of the log and the witness.
    pub note: Note,
}

/// Why a witness does not sign.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The request is malformed.
    #[error(transparent)]
    Malformed(#[from] RequestError),
    /// The log is not watched.
    #[error("the log {0} is not watched here")]
    UnknownLog(String),
    /// No known key of the log signed, or a line of one fails.
    #[error(transparent)]
    Signature(#[from] NoteError),
    /// The proof leads to a smaller log.
    #[error("the old size {old} is larger than the checkpoint's {size}")]
    Shrunk {
        /// From where the proof leads.
        old: u64,
        /// The size of the checkpoint.
        size: u64,
    },
    /// The proof does not begin where this witness stands.
    #[error("this witness stands at size {recorded}")]
    Conflict {
        /// Where it stands.
        recorded: u64,
    },
    /// The checkpoint does not continue what was recorded, or this was not shown.
    #[error("not consistent with what was cosigned before: {0}")]
    Inconsistent(#[from] ProofError),
    /// The witness's clock shows an earlier time than it signed, or none that can be signed.
    #[error("the clock of this witness is wrong; its operator must set it")]
    Clock,
}

impl From<CosignatureError> for Refusal {
    fn from(error: CosignatureError) -> Self {
        match error {
            CosignatureError::Checkpoint(error) => Self::Malformed(error.into()),
            // A witness has a witness's key, so what remains is the time.
            _ => Self::Clock,
        }
    }
}

/// What a signed request that was refused may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// The log signed two states of one size: it has two histories.
    Fork,
    /// The log signed a state that was not shown to continue the recorded one; perhaps only the proof is wrong.
    Unproved,
}

/// What is sent back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The type of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

/// What precedes the recorded head: the form, the log and its signature.
pub fn admit(logs: &Logs, body: &[u8]) -> Result<Request, Refusal> {
    let request = Request::parse(body)?;
    let origin = &request.checkpoint.origin;
    let keys = logs.0.get(origin).ok_or_else(|| Refusal::UnknownLog(origin.clone()))?;
    request.note.verify(keys)?;
    let (old, size) = (request.old, request.checkpoint.size);
    if old > size { Err(Refusal::Shrunk { old, size }) } else { Ok(request) }
}

/// Decides on an admitted request: the head to record before it is answered with [`Answer::cosigned`].
pub fn judge(
    key: &SecretKey,
    logs: &Logs,
    recorded: Option<&Head>,
    request: &Request,
    now: u64,
) -> Result<Head, Refusal> {
    let (size, root) = stand(recorded);
    if request.old != size {
        return Err(Refusal::Conflict { recorded: size });
    }
    let next = &request.checkpoint;
    if request.is_false_empty {
        return Err(ProofError::Root.into());
    }
    proof::verify_consistency(size, &root, next.size, &next.root, &request.proof)?;
    if recorded.is_some_and(|head| now < head.time) {
        return Err(Refusal::Clock);
    }
    let cosignature = cosignature::cosign(key, request.note.text(), now)?;
    let mut lines = signed_by_log(logs, request);
    lines.push(cosignature);
    let note = Note::new(request.note.text(), lines)?;
    Ok(Head { checkpoint: next.clone(), time: now, note })
}

/// What a refused request may show, given what was recorded.
pub fn evidence(refusal: &Refusal, recorded: Option<&Head>, request: &Request) -> Option<Evidence> {
    let (size, root) = stand(recorded);
    let next = &request.checkpoint;
    let is_fork = request.is_false_empty || (recorded.is_some() && next.size == size && next.root != root);
    match refusal {
        Refusal::Conflict { .. } | Refusal::Inconsistent(_) if is_fork => Some(Evidence::Fork),
        Refusal::Inconsistent(_) => Some(Evidence::Unproved),
        _ => None,
    }
}

/// Where a witness stands: at the empty log before it has seen anything.
fn stand(recorded: Option<&Head>) -> (u64, kezek_registry::Hash) {
    recorded.map_or((0, hash::empty()), |head| (head.checkpoint.size, head.checkpoint.root))
}

/// The lines of the log's known keys; they were verified.
fn signed_by_log(logs: &Logs, request: &Request) -> Vec<Signature> {
    let keys = logs.0.get(&request.checkpoint.origin).map_or(&[][..], Vec::as_slice);
    let is_known =
        |line: &&Signature| keys.iter().any(|key| (key.name(), key.id()) == (line.name(), line.id()));
    request.note.signatures().iter().filter(is_known).cloned().collect()
}

impl Answer {
    /// The cosignature of a recorded head.
    pub fn cosigned(head: &Head) -> Self {
        let line = head.note.signatures().last().map(Signature::line).unwrap_or_default();
        Self { status: 200, content_type: TEXT_TYPE, body: line + "\n" }
    }

    /// A refusal, as tlog-witness has it.
    pub fn refused(refusal: &Refusal) -> Self {
        let status = match refusal {
            Refusal::Malformed(_) | Refusal::Shrunk { .. } => 400,
            Refusal::Signature(_) => 403,
            Refusal::UnknownLog(_) => 404,
            Refusal::Conflict { recorded } => {
                return Self { status: 409, content_type: SIZE_TYPE, body: format!("{recorded}\n") };
            }
            Refusal::Inconsistent(_) => 422,
            Refusal::Clock => 503,
        };
        Self { status, content_type: TEXT_TYPE, body: format!("{refusal}\n") }
    }
}
