//! Single commands: looked up by their keys, judged in order, answered.
//!
//! The answer to a repeated key is in one of three places: in the same batch (`Judged::by_key`), among the latest
//! outcomes, kept whole (`Recent`), or in a row of the week's (`Answered` says which). `Earlier` is what was found in the
//! latter two before judging.

use std::collections::HashMap;

use kezek_calendar::Instant;
use kezek_journal::Head;
use kezek_rules::Engine;
use tokio::sync::oneshot;

use super::batch::{Begun, TRIES, reply};
use super::commit::{Failure, Refused, Unknown};
use super::{Reply, Writer};
use crate::draft::{Draft, KeptAnswer};
use crate::error::SubmitError;
use crate::intake::{Accepted, Intake, Key, Outcome};
use crate::queue::Place;

/// A command with whom to answer.
pub struct One {
    pub at: Instant,
    pub intake: Box<Intake>,
    pub _place: Place,
    pub answer: oneshot::Sender<Result<Reply, SubmitError>>,
}

/// The answers given under keys in earlier batches, with the fingerprints of what was asked.
pub type Earlier = HashMap<[u8; 16], ([u8; 32], Reply)>;

/// Commands that were judged and are not committed yet, in order, with their replies.
pub struct Judged {
    pub draft: Draft,
    replies: Vec<Result<Reply, SubmitError>>,
    by_key: HashMap<[u8; 16], usize>,
    keys: Vec<Option<Key>>,
}

impl Judged {
    /// Nothing yet, after a head and a row of answers.
    pub fn after(head: Head, answers: u64) -> Self {
        let (replies, by_key, keys) = (Vec::new(), HashMap::new(), Vec::new());
        Self { draft: Draft::after(head, answers), replies, by_key, keys }
    }

    /// How many commands.
    pub fn len(&self) -> usize {
        self.replies.len()
    }

    /// Judges one more command, unless its key was answered before, earlier or here.
    pub fn add(&mut self, engine: &mut Engine, one: &One, earlier: &Earlier) -> Result<(), SubmitError> {
        let key = one.intake.key.as_ref();
        let reply = match key.and_then(|key| self.repeated(key, earlier)) {
            Some(reply) => reply,
            None => {
                self.draft.advance(engine, one.at, usize::MAX)?;
                Ok(Reply::Now(judge(engine, &mut self.draft, one)?))
            }
        };
        if let Some(key) = key {
            self.by_key.entry(key.id).or_insert(self.replies.len());
        }
        self.keys.push(key.cloned());
        self.replies.push(reply);
        Ok(())
    }

    /// The reply to a key that was answered before, in an earlier batch or in this one.
    fn repeated(&self, key: &Key, earlier: &Earlier) -> Option<Result<Reply, SubmitError>> {
        if let Some((fingerprint, reply)) = earlier.get(&key.id) {
            let is_same = *fingerprint == key.fingerprint;
            return Some(if is_same { Ok(reply.clone()) } else { Err(SubmitError::KeyReused) });
        }
        let index = *self.by_key.get(&key.id)?;
        let is_same = self.keys.get(index)?.as_ref() == Some(key);
        if is_same { self.replies.get(index).cloned() } else { Some(Err(SubmitError::KeyReused)) }
    }

    /// The draft, and what to reply once it is committed.
    pub fn into_parts(self) -> (Draft, Vec<Result<Reply, SubmitError>>) {
        (self.draft, self.replies)
    }
}

impl Writer {
    /// Answers single commands, and waits until they are committed.
    pub(super) async fn singles(&mut self, ones: Vec<One>) -> Result<(), Unknown> {
        let Some(first) = ones.first() else { return Ok(()) };
        let result = match self.carry_out_duties(first.at).await {
            Ok(()) => self.try_singles(&ones).await,
            Err(failure) => Err(failure),
        };
        self.answer_or_divide(ones, result).await
    }

    /// Answers all; where one of them is to blame, each goes alone.
    pub(super) async fn answer_or_divide(
        &mut self,
        ones: Vec<One>,
        result: Result<Vec<Result<Reply, SubmitError>>, Failure>,
    ) -> Result<(), Unknown> {
        if !matches!(result, Err(Failure::Not(Refused::Unacceptable(_)))) || ones.len() <= 1 {
            return self.answer_all(ones, result);
        }
        for one in ones {
            let alone = [one];
            let result = self.try_singles(&alone).await;
            self.answer_all(alone.into(), result)?;
        }
        Ok(())
    }

    pub(super) async fn try_singles(
        &mut self,
        ones: &[One],
    ) -> Result<Vec<Result<Reply, SubmitError>>, Failure> {
        let mut tries = 0;
        loop {
            match self.singles_once(ones).await {
                Err(Failure::Not(Refused::Moved)) if tries < TRIES => tries += 1,
                result => return result,
            }
        }
    }

    async fn singles_once(&mut self, ones: &[One]) -> Result<Vec<Result<Reply, SubmitError>>, Failure> {
        let Begun { mut engine, draft: _, turn } = self.begin().await?;
        let earlier = self.earlier_answers(ones).await?;
        let judged = self.judge_all(&mut engine, ones, &earlier)?;
        let (draft, replies) = judged.into_parts();
        self.finish(Begun { engine, draft, turn }).await?;
        Ok(replies)
    }

    /// Judges commands in order, after this node's head.
    pub(super) fn judge_all(
        &mut self,
        engine: &mut Engine,
        ones: &[One],
        earlier: &Earlier,
    ) -> Result<Judged, SubmitError> {
        let mut judged = Judged::after(self.head, self.answered.last());
        for one in ones {
            judged.add(engine, one, earlier)?;
            self.note_key(one, &judged);
        }
        Ok(judged)
    }

    /// Notes where the answer to a command just judged will be; a repetition's stays where it is.
    pub(super) fn note_key(&self, one: &One, judged: &Judged) {
        let answer = judged.draft.batch.answers.last();
        if let Some(key) = &one.intake.key
            && answer.is_some_and(|answer| answer.key == key.id)
        {
            self.answered.note(key.id, judged.draft.own_answers(), one.at.as_micros());
        }
    }

    /// The answers given under the keys of these commands in earlier batches.
    pub(super) async fn earlier_answers(&self, ones: &[One]) -> Result<Earlier, Failure> {
        let (mut earlier, mut elsewhere) = (Earlier::new(), Vec::new());
        for key in ones.iter().filter_map(|one| one.intake.key.as_ref()) {
            match self.recent_answer(key) {
                Some(answer) => drop(earlier.insert(key.id, answer)),
                None => elsewhere.push(key.id),
            }
        }
        let kept = self.answered.kept(&self.journal, elsewhere.into_iter()).await.map_err(|error| {
            tracing::error!(%error, "earlier answers cannot be read");
            Failure::Not(Refused::Unavailable)
        })?;
        earlier
            .extend(kept.into_iter().map(|(id, answer)| (id, (answer.fingerprint, Reply::Earlier(answer)))));
        Ok(earlier)
    }

    /// The answer to a repetition of one of the latest commands.
    pub(super) fn recent_answer(&self, key: &Key) -> Option<([u8; 32], Reply)> {
        self.recent.get(&key.id).map(|(fingerprint, outcome)| (*fingerprint, Reply::Now(outcome.clone())))
    }

    /// Answers all; when nothing is known nobody is answered, and the end of the writer tells them so.
    pub(super) fn answer_all(
        &mut self,
        ones: Vec<One>,
        result: Result<Vec<Result<Reply, SubmitError>>, Failure>,
    ) -> Result<(), Unknown> {
        let replies = match result {
            Ok(replies) => replies,
            Err(Failure::Not(refused)) => vec![Err(refused.to_error()); ones.len()],
            Err(Failure::Unknown(unknown)) => return Err(unknown),
        };
        for (one, answer) in ones.into_iter().zip(replies) {
            if let (Some(key), Ok(Reply::Now(outcome))) = (&one.intake.key, &answer) {
                self.recent.note(key, outcome);
            }
            reply(one.answer, answer);
        }
        Ok(())
    }
}

/// Judges one command and adds what follows to the draft.
fn judge(engine: &mut Engine, draft: &mut Draft, one: &One) -> Result<Outcome, SubmitError> {
    let intake = &one.intake;
    let at = one.at.max(engine.state().now());
    let first_seq = draft.next_seq();
    match engine.submit(&intake.command, one.at) {
        Ok(facts) => {
            draft.add_private(intake.private.of(&facts).map_err(|_| SubmitError::Seal)?);
            draft.add(engine, facts.clone(), &intake.actor)?;
            if let Some(key) = &intake.key {
                let count = u32::try_from(facts.len()).map_err(|_| SubmitError::Fault)?;
                draft.add_answer(key, KeptAnswer::Accepted { at, first_seq, count })?;
            }
            Ok(Outcome::Accepted(Accepted { at, first_seq, facts }))
        }
        Err(refusal) => {
            if let Some(key) = &intake.key {
                draft.add_answer(key, KeptAnswer::Refused { at, refusal })?;
            }
            Ok(Outcome::Refused { refusal, at })
        }
    }
}
