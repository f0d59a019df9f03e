//! Committing a draft, and what follows when it is not committed.

use kezek_journal::{AppendError, Committed, Turn};
use kezek_rules::{Engine, Fact};

use super::Writer;
use crate::draft::Draft;
use crate::error::SubmitError;
use crate::people::concerned;

/// Seconds after which a client may try again when the store is out of reach.
const RETRY_AFTER_S: u32 = 5;

/// The journal alone knows the truth now: the process must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// Whether a draft is durable.
    Commit,
    /// The journal is not the one this node followed: a failover or a restore lost facts it had shown.
    OtherHistory,
}

impl Unknown {
    /// What to say at the end.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Commit => "the result of a commit is unknown; the journal holds the truth, start again",
            Self::OtherHistory => {
                "the journal has lost facts that this node had read, by a failover or a restore; start again"
            }
        }
    }
}

/// A draft was not acknowledged.
#[derive(Debug)]
pub enum Failure {
    /// Nothing was written.
    Not(Refused),
    /// It is not known.
    Unknown(Unknown),
}

/// Why nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refused {
    /// Others wrote meanwhile; the readers' state has followed. Decide again.
    #[error("the journal has moved on")]
    Moved,
    /// The store cannot be written.
    #[error("the store cannot be written")]
    Unavailable,
    /// Something in the draft is not acceptable: one of its commands alone may be to blame.
    #[error("the draft is not acceptable: {0}")]
    Unacceptable(SubmitError),
}

impl Refused {
    /// What to tell whoever asked, when it is not tried again.
    pub fn to_error(&self) -> SubmitError {
        match self {
            Self::Moved | Self::Unavailable => SubmitError::Unavailable { retry_after_s: RETRY_AFTER_S },
            Self::Unacceptable(error) => error.clone(),
        }
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        Self::Not(Refused::Unacceptable(error))
    }
}

impl Writer {
    /// Makes a draft durable and shows it to readers. After a failure the engine is thrown away.
    pub(super) async fn commit(
        &mut self,
        engine: Engine,
        draft: Draft,
        turn: Option<Turn>,
    ) -> Result<(), Failure> {
        let (batch, facts) = draft.finish()?;
        let people = concerned(&batch.private);
        let appended = match turn {
            Some(turn) => turn.append(batch).await,
            None => self.journal.append(batch).await,
        };
        match appended {
            Ok(committed) => {
                self.shown(facts, &committed, &people);
                self.engine = Some(engine);
                Ok(())
            }
            Err(error) => Err(self.not_committed(error).await),
        }
    }

    /// Shows readers what is durable now; people whose rows were changed are read anew.
    pub(super) fn shown(&mut self, facts: Vec<Fact>, committed: &Committed, people: &[u64]) {
        self.known.forget(people);
        self.answered.wrote(committed.answers);
        self.published.apply(&facts, committed.head);
        self.feed.give(committed.head.seq + 1 - facts.len() as u64, facts);
        self.head = committed.head;
        self.committed.notify_one();
    }

    pub(super) async fn not_committed(&mut self, error: AppendError) -> Failure {
        let refused = match error {
            AppendError::HeadMoved { .. } => return self.moved().await,
            AppendError::PrivateTaken { kind } => Refused::Unacceptable(SubmitError::PrivateTaken { kind }),
            AppendError::Unavailable(cause) => {
                tracing::error!(cause, "the store cannot be written");
                Refused::Unavailable
            }
            AppendError::CommitUnknown(cause) => {
                tracing::error!(cause, "the result of a commit is unknown");
                return Failure::Unknown(Unknown::Commit);
            }
            error @ (AppendError::TimeWentBack { .. } | AppendError::Store(_)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the store refused a batch");
                Refused::Unacceptable(SubmitError::Fault)
            }
        };
        Failure::Not(refused)
    }
}
