//! Handing a command to the node, and what can come back, for pages and API alike.

use kezek_node::{Accepted, Intake, Key, Outcome, PeopleError, PrivateChanges, SubmitError};
use kezek_rules::ids::ApplicationId;
use kezek_rules::{Command, Refusal, State};

use crate::app::AppState;
use crate::crowd;
use crate::who::Who;

/// What makes sending twice harmless: a key of the sender, and what was sent under it.
#[derive(Clone, Debug)]
pub struct Once {
    /// The key.
    pub key: String,
    /// The act and all its values.
    pub body: Vec<u8>,
}

/// An act that was not done. Nothing was changed, unless the node does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// The law refuses.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The node did not judge it.
    #[error(transparent)]
    Node(#[from] SubmitError),
    /// The form or call had no usable key.
    #[error("the idempotency key is missing or too long")]
    NoKey,
    /// The page was older than the state.
    #[error("the state has changed since the page was shown")]
    Stale,
    /// A value cannot be understood.
    #[error("the value of {field} is not right: {code}")]
    Invalid {
        /// Which.
        field: &'static str,
        /// The id of the text that says what to do.
        code: &'static str,
    },
    /// Personal data could not be read or written.
    #[error("personal data could not be read or written")]
    People,
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<PeopleError> for ActError {
    fn from(error: PeopleError) -> Self {
        tracing::error!(%error, "personal data could not be read or written");
        Self::People
    }
}

impl From<kezek_records::SealError> for ActError {
    fn from(error: kezek_records::SealError) -> Self {
        PeopleError::from(error).into()
    }
}

impl AppState {
    /// Hands a command to the node under the sender's key.
    pub async fn act(&self, who: &Who, once: &Once, command: Command) -> Result<Accepted, ActError> {
        self.act_with(who, once, command, PrivateChanges::none()).await
    }

    /// As [`AppState::act`], with private rows that become durable with it.
    pub async fn act_with(
        &self,
        who: &Who,
        once: &Once,
        command: Command,
        private: PrivateChanges,
    ) -> Result<Accepted, ActError> {
        let key = Some(key(who, once)?);
        let intake = Intake { actor: who.actor(), command, key, private };
        let outcome = self.node().submit(intake).await;
        crowd::turn(self).await;
        match outcome? {
            Outcome::Accepted(accepted) => Ok(accepted),
            Outcome::Refused { refusal, .. } => Err(refusal.into()),
        }
    }

    /// Whether this very form was sent before: the node answers it as it did then, however the state has moved since.
    pub(crate) async fn was_sent(&self, who: &Who, once: &Once) -> Result<bool, ActError> {
        Ok(self.node().was_answered(&key(who, once)?).await?)
    }

    /// Refuses a form that shows a state which has passed, unless this very form was sent before.
    pub(crate) async fn check_fresh(
        &self,
        who: &Who,
        once: &Once,
        application: ApplicationId,
        seen: &str,
    ) -> Result<(), ActError> {
        let is_fresh = seen.is_empty() || self.read(|state| stamp(state, application)) == seen;
        if is_fresh || self.was_sent(who, once).await? { Ok(()) } else { Err(ActError::Stale) }
    }
}

fn key(who: &Who, once: &Once) -> Result<Key, ActError> {
    Key::new(&format!("{:016x}", who.person), &once.key, &once.body).map_err(|_| ActError::NoKey)
}

/// A short name for what a family sees of an application: it differs when a decision could differ.
pub fn stamp(state: &State, id: ApplicationId) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let Some(one) = state.application(id) else { return String::new() };
    let referral = one.live_referral().and_then(|referral| state.referral(referral));
    let terms = referral.map(|referral| (referral.extended, referral.documents_confirmed));
    let mut hasher = DefaultHasher::new();
    format!("{:?} {:?} {:?} {:?}", one.status, one.temporary, one.claims, terms).hash(&mut hasher);
    one.windows.hash(&mut hasher);
    format!("{:08x}", hasher.finish() as u32)
}
