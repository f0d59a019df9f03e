//! What can go wrong between a log and its witnesses.

use std::fmt;

use kezek_registry::{Checkpoint, Note, checkpoint::CheckpointError, note::NoteError};
use thiserror::Error;

use super::http::AddressError;

/// Why there is no client.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClientError {
    /// The policy is not of this log.
    #[error("the policy does not name the log {0}")]
    UnknownLog(String),
    /// It does not say where a witness is.
    #[error("the policy does not say where the witness {0} is; add its URL at the end of its line")]
    NoAddress(String),
    /// It says so in a way that is not understood.
    #[error(transparent)]
    Address(#[from] AddressError),
}

/// Why one witness did not cosign. The others may have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Trouble {
    /// It was not reached or broke off.
    #[error("{0}")]
    Network(String),
    /// It took too long.
    #[error("no answer in time")]
    Late,
    /// It refused.
    #[error("refused with status {status}: {said}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The beginning of what it said.
        said: String,
    },
    /// Its answer is not of the protocol.
    #[error("its answer is malformed: {0}")]
    Malformed(&'static str),
    /// No line of its key, more than one, or one that does not verify.
    #[error("its answer holds no valid cosignature of its key")]
    Cosignature,
    /// Its clock is ahead.
    #[error("its cosignature is of {0} s since 1970, which is yet to come; one of the clocks is wrong")]
    Clock(u64),
    /// It stands before what it had cosigned: it lost its memory, and its word has lost its worth.
    #[error("it stands at {has}, but had cosigned {had}: it lost its memory; ask its operator to retire it")]
    Forgot {
        /// The size it had cosigned.
        had: u64,
        /// Where it stands.
        has: u64,
    },
    /// It claims a larger log than ours, and shows no checkpoint that we signed.
    #[error("it stands at {has}, beyond our {ours}, but shows no checkpoint of ours")]
    Ahead {
        /// Where it says it stands.
        has: u64,
        /// The size of our log.
        ours: u64,
    },
    /// It moved with each try.
    #[error("it was asked {0} times and stood elsewhere each time")]
    Tries(usize),
    /// Our log gave no proof.
    #[error("our log gives no proof from where it stands: {0}")]
    Proof(String),
}

/// A witness that did not cosign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its name in the policy.
    pub witness: String,
    /// Why.
    pub trouble: Trouble,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.witness, self.trouble)
    }
}

/// A checkpoint with a valid signature of our log that our log does not continue. Nothing may be published any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The witness that holds it, as the policy names it.
    pub witness: String,
    /// Our log.
    pub ours: Checkpoint,
    /// What it signed at another time.
    pub theirs: Checkpoint,
    /// The same with its signatures: the evidence.
    pub evidence: Note,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { witness, ours, theirs, .. } = self;
        let what = if theirs.size > ours.size { "we have lost history" } else { "there are two histories" };
        write!(
            f,
            "the witness {witness} holds a checkpoint of {} with {} entries and root {}, signed by us, but ours has \
             {} entries and root {}: {what}. Nothing is published; restore the log, never sign it anew",
            ours.origin, theirs.size, theirs.root, ours.size, ours.root
        )
    }
}

/// Why a checkpoint must not be published.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CosignError {
    /// It is malformed, of another log or not signed by ours. A fault of the caller; nobody was asked.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A contradiction is known. The client stays in this state for ever.
    #[error("{0}")]
    Contradicted(Box<Contradiction>),
    /// Too few witnesses for a quorum. Publish nothing and try again; the last published checkpoint stays.
    #[error("no quorum of witnesses; cosigned by [{}], not by [{}]", .cosigned.join(", "), list(.missing))]
    Quorum {
        /// The names of those that cosigned.
        cosigned: Vec<String>,
        /// The others.
        missing: Vec<Missing>,
    },
}

impl From<NoteError> for CosignError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}

fn list(missing: &[Missing]) -> String {
    missing.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
