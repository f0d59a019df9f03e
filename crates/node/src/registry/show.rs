//! Showing checkpoints: with the cosignatures that they need, or not at all.

use std::time::{Duration, Instant};

use kezek_journal::RegistryHead;
use kezek_registry::{Checkpoint, Note};

use super::cycle::Stop;
use super::error::RegistryError;
use super::ledger::OneLog;
use super::publisher::{Publisher, apart};
use super::witness::{Due, NoQuorum, Witnesses};

/// A checkpoint is shown again at least this often, so that whoever looks sees that the service lives.
const AGAIN: Duration = Duration::from_secs(9 * 60);

/// What the public sees.
#[derive(Debug, Default)]
pub struct Shown {
    at: Option<Instant>,
    /// The checkpoints, as far as they are known, by log.
    notes: Vec<(&'static str, String)>,
}

impl Shown {
    /// Nothing is known of what is shown.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

impl Publisher {
    /// Whether a checkpoint waits for witnesses, or is to be shown again.
    pub(super) fn has_to_show(&self) -> bool {
        let is_old = self.shown.at.is_none_or(|at| at.elapsed() >= AGAIN);
        !self.ledger.heads.is_empty() && (is_old || self.ledger.heads.iter().any(waits))
    }

    /// Shows all checkpoints again, also those that have not changed.
    pub(super) async fn show_again(&mut self) -> Result<(), RegistryError> {
        if self.shown.at.is_none_or(|at| at.elapsed() >= AGAIN) {
            self.shown.notes.clear();
        }
        self.show().await
    }

    /// Shows the checkpoints of the heads; one without a quorum stays as it was.
    pub(super) async fn show(&mut self) -> Result<(), RegistryError> {
        self.ask_witnesses().await?;
        for (one, done) in self.ledger.logs().iter().zip(0..) {
            self.stop_at(Stop::Shown(done))?;
            let Some(head) = one.head_in(&self.ledger.heads).filter(|head| !head.checkpoint.is_empty())
            else {
                continue;
            };
            let (name, note) = (one.log.name(), &head.checkpoint);
            if self.shown.notes.iter().any(|(log, shown)| *log == name && shown == note) {
                continue;
            }
            let (dir, bytes) = (one.dir.clone(), note.clone());
            apart(move || dir.publish(bytes.as_bytes())).await??;
            self.shown.notes.retain(|(log, _)| *log != name);
            self.shown.notes.push((name, note.clone()));
        }
        self.shown.at = Some(Instant::now());
        self.stop_at(Stop::Shown(self.ledger.logs().len()))
    }

    /// Asks for the cosignatures of what is not shown yet, or not lately.
    async fn ask_witnesses(&mut self) -> Result<(), RegistryError> {
        let Witnesses::Asked(ask) = self.witnesses.clone() else {
            // Left from when witnesses were asked.
            let left = self.ledger.heads.iter().filter(|head| waits(head));
            let left: Vec<_> =
                left.map(|head| RegistryHead { checkpoint: head.note.clone(), ..head.clone() }).collect();
            return if left.is_empty() { Ok(()) } else { self.move_heads(left).await };
        };
        let mut due = Vec::new();
        for one in self.ledger.logs() {
            let is_shown = self.shown.notes.iter().any(|(log, _)| *log == one.log.name());
            let Some(head) = one.head_in(&self.ledger.heads).filter(|head| waits(head) || !is_shown) else {
                continue;
            };
            due.push((head.clone(), due_of(one, head)?));
        }
        // At once: each may take its time.
        let asked: Vec<_> =
            due.into_iter().map(|(head, due)| (head, due.clone(), tokio::spawn(ask(due)))).collect();
        let mut cosigned = Vec::new();
        for (head, due, answer) in asked {
            let answer = answer.await.unwrap_or_else(|_| Err(no_quorum(&due, "asking was broken off")));
            match answer.and_then(|note| checked(&due, note)) {
                Ok(note) => cosigned.push(RegistryHead { checkpoint: note.to_text(), ..head }),
                Err(error) => tracing::error!(%error, "a checkpoint is not shown"),
            }
        }
        if cosigned.is_empty() { Ok(()) } else { self.move_heads(cosigned).await }
    }
}

/// Whether a head is signed and its checkpoint still that of an earlier one.
fn waits(head: &RegistryHead) -> bool {
    let text = |note: &str| note.split("\n\n").next().unwrap_or_default().to_owned();
    text(&head.note) != text(&head.checkpoint)
}

fn due_of(one: &OneLog, head: &RegistryHead) -> Result<Due, RegistryError> {
    let other_key = || RegistryError::OtherKey { log: one.log.name() };
    let (checkpoint, note) =
        Checkpoint::open(head.note.as_bytes(), one.key.public()).map_err(|_| other_key())?;
    Ok(Due { log: one.log, checkpoint, note, dir: one.dir.clone() })
}

/// The same checkpoint with our signature; others than ours are the policy's to judge.
fn checked(due: &Due, note: Note) -> Result<Note, NoQuorum> {
    let is_same = note.text() == due.note.text();
    let is_ours = due.note.signatures().iter().all(|ours| note.signatures().contains(ours));
    if is_same && is_ours { Ok(note) } else { Err(no_quorum(due, "another note came back")) }
}

fn no_quorum(due: &Due, reason: &str) -> NoQuorum {
    NoQuorum { log: due.log.name().to_owned(), reason: reason.to_owned() }
}
