//! What is handed to the writer, and what comes back.

use std::fmt;
use std::sync::Arc;

use kezek_calendar::Instant;
use kezek_journal::{Head, PrivateWrite};
use kezek_records::SealError;
use kezek_rules::{Command, Fact, Refusal};
use sha2::{Digest, Sha256};

const KEY_CHARACTERS_MAX: usize = 128;

/// A command with what belongs to it.
#[derive(Debug)]
pub struct Intake {
    /// Who acts, for the journal: a role and a random id, never a name or an IIN.
    pub actor: String,
    /// What is asked for.
    pub command: Command,
    /// Makes a repetition harmless; none for commands that are harmless by themselves.
    pub key: Option<Key>,
    /// Private rows that become durable with the facts, if the command is accepted.
    pub private: PrivateChanges,
}

/// Many commands that are accepted together or not at all.
#[derive(Debug)]
pub struct BatchIntake {
    /// Who acts, for the journal.
    pub actor: String,
    /// The commands, judged in this order at one time.
    pub items: Vec<BatchItem>,
    /// The last fact the commands were planned on: the batch is refused when facts were written since. None when the
    /// commands are right whatever happened meanwhile, since the law judges each.
    pub planned_on: Option<Head>,
}

/// One command of a batch.
#[derive(Debug)]
pub struct BatchItem {
    /// What is asked for.
    pub command: Command,
    /// Private rows that belong to it.
    pub private: PrivateChanges,
    /// What else happens with it, once its facts are known: what follows for an application just registered can name
    /// its number only then.
    pub then: Option<Then>,
}

/// A command made from the facts of another; none if nothing follows.
pub type Then = fn(&[Fact]) -> Option<Command>;

impl BatchItem {
    /// Only this command.
    pub fn of(command: Command) -> Self {
        Self { command, private: PrivateChanges::none(), then: None }
    }
}

/// An idempotency key of one account with the fingerprint of the request's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub(crate) id: [u8; 16],
    pub(crate) fingerprint: [u8; 32],
}

/// An idempotency key must have 1 to 128 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to 128 characters")]
pub struct InvalidKey;

impl Key {
    /// The key that an account sent with a body; keys of two accounts never meet. `body` must name the action too.
    pub fn new(account: &str, key: &str, body: &[u8]) -> Result<Self, InvalidKey> {
        if key.is_empty() || key.chars().count() > KEY_CHARACTERS_MAX {
            return Err(InvalidKey);
        }
        let whole: [u8; 32] = Sha256::digest(format!("{account} {key}")).into();
        let mut id = [0; 16];
        id.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        Ok(Self { id, fingerprint: Sha256::digest(body).into() })
    }

    /// Under what its answer is kept: a digest of account and key.
    pub fn id(&self) -> [u8; 16] {
        self.id
    }
}

type Seal = dyn Fn(&[Fact]) -> Result<Vec<PrivateWrite>, SealError> + Send + Sync;

/// Changes of private rows, known beforehand or made from the command's facts (a row of a new application is labelled
/// with its number, which only the fact tells).
#[derive(Clone)]
pub struct PrivateChanges {
    made: Made,
}

#[derive(Clone)]
enum Made {
    Before(Vec<PrivateWrite>),
    FromFacts(Arc<Seal>),
}

impl PrivateChanges {
    /// No change.
    pub fn none() -> Self {
        Self::rows(Vec::new())
    }

    /// These changes.
    pub fn rows(rows: Vec<PrivateWrite>) -> Self {
        Self { made: Made::Before(rows) }
    }

    /// Changes made from the facts of the accepted command. Runs in the writer, perhaps more than once: it must be
    /// quick and do nothing else.
    pub fn from_facts(
        make: impl Fn(&[Fact]) -> Result<Vec<PrivateWrite>, SealError> + Send + Sync + 'static,
    ) -> Self {
        Self { made: Made::FromFacts(Arc::new(make)) }
    }

    pub(crate) fn of(&self, facts: &[Fact]) -> Result<Vec<PrivateWrite>, SealError> {
        match &self.made {
            Made::Before(rows) => Ok(rows.clone()),
            Made::FromFacts(make) => make(facts),
        }
    }
}

impl fmt::Debug for PrivateChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateChanges(hidden)")
    }
}

/// The answer to a command; durable when it is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It happened.
    Accepted(Accepted),
    /// The law refuses; nothing changed.
    Refused {
        /// Why.
        refusal: Refusal,
        /// At what time it was judged.
        at: Instant,
    },
}

/// What an accepted command did.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// At what time it was judged.
    pub at: Instant,
    /// The number of its first fact in the journal; the others follow without gaps.
    pub first_seq: u64,
    /// Its facts, in order.
    pub facts: Vec<Fact>,
}
