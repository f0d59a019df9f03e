//! The log's side: asks all witnesses of a policy at once, and gives a checkpoint that may be published, or none.

mod http;
mod peer;
mod trouble;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use kezek_registry::{
    Checkpoint, Hash, Note, Policy, PublicKey, Witnessed, checkpoint::CheckpointError, note::Signature,
    witnessed::OpenError,
};
use tokio::{task::JoinSet, time::timeout};

use http::Address;
use peer::{Peer, Question, Stopped};

pub use http::AddressError;
pub use trouble::{ClientError, Contradiction, CosignError, Missing, Trouble};

/// Gives the proof that the checkpoint to be cosigned continues the log of so many entries, from 1 to its size. The
/// text of an error is told to the operator.
pub type Prove = Arc<dyn Fn(u64) -> Result<Vec<Hash>, String> + Send + Sync>;

/// How patient a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long one witness may take, with all its tries.
    pub patience: Duration,
    /// How far a witness's clock may be ahead of ours.
    pub clock_difference: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { patience: Duration::from_secs(1), clock_difference: Duration::from_secs(5) }
    }
}

/// A checkpoint that may be published, and what its operator should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The checkpoint with the cosignatures that complete the quorum.
    pub witnessed: Witnessed,
    /// The witnesses that had failed when the quorum was complete.
    pub missing: Vec<Missing>,
}

/// The witnesses of one log. It remembers where each of them stands, and keeps its connections.
pub struct Client {
    policy: Policy,
    origin: String,
    keys: Vec<PublicKey>,
    peers: Vec<Arc<Peer>>,
    settings: Settings,
    /// Once found, nothing is published any more.
    contradiction: Arc<Mutex<Option<Contradiction>>>,
}

impl Client {
    /// The witnesses of a policy for the log of this origin. `published` is the checkpoint that was published last,
    /// if any: who has cosigned it and stands before it now has lost its memory.
    pub fn new(
        policy: Policy,
        origin: &str,
        published: Option<&Witnessed>,
        settings: Settings,
    ) -> Result<Self, ClientError> {
        let logs = policy.logs().iter().filter(|log| log.name == origin);
        let keys: Vec<PublicKey> = logs.map(|log| log.key.clone()).collect();
        if keys.is_empty() {
            return Err(ClientError::UnknownLog(origin.to_owned()));
        }
        let published = published.filter(|published| published.checkpoint.origin == origin);
        let mut peers = Vec::new();
        for party in policy.witnesses() {
            let url = party.url.as_ref().ok_or_else(|| ClientError::NoAddress(party.name.clone()))?;
            let cosigned = published
                .filter(|published| published.witnesses.iter().any(|one| one.name == party.name))
                .map_or(0, |published| published.checkpoint.size);
            peers.push(Arc::new(Peer::new(party.clone(), Address::parse(url)?, cosigned)));
        }
        let contradiction = Arc::new(Mutex::new(None));
        Ok(Self { policy, origin: origin.to_owned(), keys, peers, settings, contradiction })
    }

    /// Collects cosignatures for a checkpoint that the log has signed, until they complete the quorum. Witnesses
    /// that are slower are still told, in the background. Without a quorum there is nothing to publish.
    pub async fn cosign(&self, note: &Note, prove: Prove) -> Result<Cosigned, CosignError> {
        self.check_contradiction()?;
        let question = Arc::new(self.question(note, prove)?);
        let mut asked = JoinSet::new();
        for peer in &self.peers {
            let (peer, question) = (Arc::clone(peer), Arc::clone(&question));
            let found = Arc::clone(&self.contradiction);
            asked.spawn(async move {
                let answer = timeout(question.settings.patience, peer.ask(&question)).await;
                (peer.party.name.clone(), kept(answer.unwrap_or(Err(Trouble::Late.into())), &found))
            });
        }
        let mut note = question.note.clone();
        let (mut cosigned, mut missing) = (Vec::new(), Vec::new());
        loop {
            match self.policy.accept(note.clone(), self.latest()) {
                Ok(witnessed) => {
                    // Whoever is slow goes on, so that it does not fall behind.
                    asked.detach_all();
                    return Ok(Cosigned { witnessed, missing });
                }
                Err(OpenError::Quorum(_)) => {}
                Err(OpenError::Checkpoint(error)) => return Err(error.into()),
                Err(OpenError::UnknownLog(found)) => return Err(other_log(found, &self.origin)),
            }
            // A task that panicked has given nothing.
            let Some(answered) = asked.join_next().await else { break };
            let Ok((witness, answer)) = answered else { continue };
            match answer {
                Ok(line) => {
                    note = note.with(line)?;
                    cosigned.push(witness);
                }
                Err(Stopped::Trouble(trouble)) => missing.push(Missing { witness, trouble }),
                Err(Stopped::Contradiction(found)) => return Err(CosignError::Contradicted(found)),
            }
        }
        Err(CosignError::Quorum { cosigned, missing })
    }

    /// Compares the checkpoint of the log with what each witness shows, as at a start. Gives those that could not be
    /// compared; a contradiction is an error, and stays one.
    pub async fn compare(&self, note: &Note, prove: Prove) -> Result<Vec<Missing>, CosignError> {
        self.check_contradiction()?;
        let question = Arc::new(self.question(note, prove)?);
        let mut asked = JoinSet::new();
        for peer in &self.peers {
            let (peer, question) = (Arc::clone(peer), Arc::clone(&question));
            let found = Arc::clone(&self.contradiction);
            asked.spawn(async move {
                let answer = timeout(question.settings.patience, peer.compare(&question)).await;
                (peer.party.name.clone(), kept(answer.unwrap_or(Err(Trouble::Late.into())), &found))
            });
        }
        let mut missing = Vec::new();
        while let Some(answered) = asked.join_next().await {
            match answered {
                Ok((witness, Err(Stopped::Trouble(trouble)))) => missing.push(Missing { witness, trouble }),
                Ok((_, Err(Stopped::Contradiction(found)))) => return Err(CosignError::Contradicted(found)),
                Ok((_, Ok(()))) | Err(_) => {}
            }
        }
        Ok(missing)
    }

    fn question(&self, note: &Note, prove: Prove) -> Result<Question, CosignError> {
        let checkpoint = Checkpoint::parse(note.text())?;
        if checkpoint.origin != self.origin {
            return Err(other_log(checkpoint.origin, &self.origin));
        }
        note.verify(&self.keys)?;
        // Cosignatures of an earlier time would stand in the way of fresh ones.
        let is_ours = |line: &&Signature| {
            self.keys.iter().any(|key| (key.name(), key.id()) == (line.name(), line.id()))
        };
        let note = Note::new(note.text(), note.signatures().iter().filter(is_ours).cloned().collect())?;
        Ok(Question { note, checkpoint, prove, keys: self.keys.clone(), settings: self.settings })
    }

    fn check_contradiction(&self) -> Result<(), CosignError> {
        let found = self.contradiction.lock().unwrap_or_else(PoisonError::into_inner);
        found.as_ref().map_or(Ok(()), |found| Err(CosignError::Contradicted(Box::new(found.clone()))))
    }

    /// The latest time that a cosignature may have.
    fn latest(&self) -> u64 {
        now().saturating_add(self.settings.clock_difference.as_secs())
    }
}

/// Keeps a contradiction for all later questions, whoever waits for this answer.
fn kept<T>(answer: Result<T, Stopped>, found: &Mutex<Option<Contradiction>>) -> Result<T, Stopped> {
    if let Err(Stopped::Contradiction(contradiction)) = &answer {
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        found.get_or_insert_with(|| (**contradiction).clone());
    }
    answer
}

fn other_log(found: String, expected: &str) -> CosignError {
    CheckpointError::OtherLog { found, expected: expected.to_owned() }.into()
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
