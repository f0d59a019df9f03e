//! One witness, asked by one log.

use std::sync::Arc;

use kezek_registry::{
    Checkpoint, Hash, Note, PublicKey, cosignature,
    note::Signature,
    policy::Party,
    proof::{self, ProofError},
};
use tokio::sync::Mutex;

use super::{
    Prove, Settings,
    http::{Address, HttpError, Line, Reply},
    now,
    trouble::{Contradiction, Trouble},
};
use crate::{
    request::{self, SIZE_TYPE},
    store::hex,
};

/// How often a witness is asked in one turn.
const TRIES: usize = 3;
/// How much of a refusal is told, in characters.
const TOLD: usize = 200;

/// What is asked: a checkpoint that our log has signed.
pub struct Question {
    pub note: Note,
    pub checkpoint: Checkpoint,
    pub prove: Prove,
    pub keys: Vec<PublicKey>,
    pub settings: Settings,
}

/// Why a witness did not cosign.
pub enum Stopped {
    Trouble(Trouble),
    Contradiction(Box<Contradiction>),
}

pub struct Peer {
    pub party: Party,
    state: Mutex<State>,
}

struct State {
    line: Line,
    /// Where it stands, as far as we know.
    stands: u64,
    /// The largest size that it has cosigned for us.
    cosigned: u64,
}

impl Peer {
    /// A witness that is known to have cosigned a checkpoint of this size.
    pub fn new(party: Party, address: Address, cosigned: u64) -> Self {
        let state = State { line: Line::new(address), stands: cosigned, cosigned };
        Self { party, state: Mutex::new(state) }
    }

    /// Asks for a cosignature. One question at a time: the next waits for its turn.
    pub async fn ask(&self, question: &Question) -> Result<Signature, Stopped> {
        let mut state = self.state.lock().await;
        let ours = question.checkpoint.size;
        for _ in 0..TRIES {
            let old = state.stands;
            if old > ours {
                return Err(self.look(&mut state, question, Trouble::Ahead { has: old, ours }).await);
            }
            let proof = prove(question, old).await?;
            let body = request::write(old, &proof, &question.note);
            let body = body.ok_or(Trouble::Proof("it is longer than a proof may be".to_owned()))?;
            let reply = state.line.post("/add-checkpoint", body).await?;
            match reply.status {
                200 => {
                    let line = self.cosignature(question, &reply)?;
                    (state.stands, state.cosigned) = (ours, ours);
                    return Ok(line);
                }
                409 if reply.content_type == SIZE_TYPE => {
                    let has = reply.body.strip_suffix(b"\n").and_then(request::decimal);
                    let has = has.ok_or(Trouble::Malformed("a size is expected"))?;
                    if has < state.cosigned {
                        return Err(Trouble::Forgot { had: state.cosigned, has }.into());
                    }
                    if has > ours {
                        return Err(self.look(&mut state, question, Trouble::Ahead { has, ours }).await);
                    }
                    if has == old {
                        // So did tlog-witness 1.0.0 refuse another root for the recorded size.
                        return Err(self.look(&mut state, question, refused(&reply)).await);
                    }
                    state.stands = has;
                }
                422 => return Err(self.look(&mut state, question, refused(&reply)).await),
                _ => return Err(refused(&reply).into()),
            }
        }
        Err(Trouble::Tries(TRIES).into())
    }

    /// Looks whether the checkpoint that the witness shows contradicts ours.
    pub async fn compare(&self, question: &Question) -> Result<(), Stopped> {
        let mut state = self.state.lock().await;
        self.contradiction(&mut state, question).await
    }

    /// A refusal is a contradiction if the witness can show one.
    async fn look(&self, state: &mut State, question: &Question, otherwise: Trouble) -> Stopped {
        match self.contradiction(state, question).await {
            Err(Stopped::Contradiction(found)) => Stopped::Contradiction(found),
            _ => Stopped::Trouble(otherwise),
        }
    }

    async fn contradiction(&self, state: &mut State, question: &Question) -> Result<(), Stopped> {
        let ours = &question.checkpoint;
        let reply = state.line.get(&format!("/{}/checkpoint", hex(&ours.origin))).await?;
        match reply.status {
            200 => {}
            // It has never cosigned for us.
            404 if state.cosigned == 0 => return Ok(()),
            404 => return Err(Trouble::Forgot { had: state.cosigned, has: 0 }.into()),
            _ => return Err(refused(&reply).into()),
        }
        let (theirs, evidence) = shown(question, &reply.body)?;
        let is_continued = if theirs.size > ours.size {
            false
        } else {
            let proof = prove(question, theirs.size).await?;
            let verified =
                proof::verify_consistency(theirs.size, &theirs.root, ours.size, &ours.root, &proof);
            match verified {
                Ok(()) => true,
                Err(ProofError::Root) => false,
                Err(error) => return Err(Trouble::Proof(error.to_string()).into()),
            }
        };
        if is_continued && theirs.size < state.cosigned {
            return Err(Trouble::Forgot { had: state.cosigned, has: theirs.size }.into());
        }
        if is_continued {
            return Ok(());
        }
        let (witness, ours) = (self.party.name.clone(), ours.clone());
        Err(Stopped::Contradiction(Box::new(Contradiction { witness, ours, theirs, evidence })))
    }

    /// The one line of this witness's key, verified. Other lines are passed over.
    fn cosignature(&self, question: &Question, reply: &Reply) -> Result<Signature, Trouble> {
        let key = &self.party.key;
        let text = std::str::from_utf8(&reply.body).map_err(|_| Trouble::Malformed("it is not text"))?;
        let lines = text.split('\n').filter_map(Signature::parse);
        let mut own = lines.filter(|line| (line.name(), line.id()) == (key.name(), key.id()));
        let (Some(line), None) = (own.next(), own.next()) else { return Err(Trouble::Cosignature) };
        let time = cosignature::verify(key, question.note.text(), line.bytes());
        let time = time.map_err(|_| Trouble::Cosignature)?;
        let latest = now().saturating_add(question.settings.clock_difference.as_secs());
        if time > latest { Err(Trouble::Clock(time)) } else { Ok(line) }
    }
}

/// A checkpoint of our log that a witness shows, if our log has signed it.
fn shown(question: &Question, body: &[u8]) -> Result<(Checkpoint, Note), Trouble> {
    let malformed = || Trouble::Malformed("it shows no checkpoint that our log signed");
    let note = Note::parse(body).map_err(|_| malformed())?;
    note.verify(&question.keys).map_err(|_| malformed())?;
    let checkpoint = Checkpoint::parse(note.text()).map_err(|_| malformed())?;
    if checkpoint.origin == question.checkpoint.origin { Ok((checkpoint, note)) } else { Err(malformed()) }
}

/// The proof from an old size to the checkpoint. It reads files, so not on a thread of the network.
async fn prove(question: &Question, old: u64) -> Result<Vec<Hash>, Trouble> {
    if old == 0 || old == question.checkpoint.size {
        return Ok(Vec::new());
    }
    let prove = Arc::clone(&question.prove);
    let made = tokio::task::spawn_blocking(move || prove(old)).await;
    made.map_err(|error| Trouble::Proof(error.to_string()))?.map_err(Trouble::Proof)
}

fn refused(reply: &Reply) -> Trouble {
    let said: String = String::from_utf8_lossy(&reply.body)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(TOLD)
        .collect();
    Trouble::Refused { status: reply.status, said: said.trim().to_owned() }
}

impl From<Trouble> for Stopped {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<HttpError> for Stopped {
    fn from(error: HttpError) -> Self {
        Self::Trouble(Trouble::Network(error.to_string()))
    }
}
