//! Batches of commands: looked up by their keys, judged in order, committed at once, answered.

use std::collections::HashMap;

use kezek_calendar::Instant;
use kezek_journal::{Answer, Turn};
use kezek_rules::Engine;
use tokio::sync::oneshot;

use super::commit::{Failure, Refused, Unknown};
use super::{Job, Reply, Work, Writer};
use crate::draft::{Draft, KeptAnswer};
use crate::error::{BatchError, SubmitError};
use crate::intake::{Accepted, BatchIntake, Intake, Key, Outcome};
use crate::queue::Place;

/// How often a batch is decided again because another writer was faster.
const TRIES: usize = 5;

/// A command of one batch with whom to answer.
struct One {
    at: Instant,
    intake: Box<Intake>,
    _place: Place,
    answer: oneshot::Sender<Result<Reply, SubmitError>>,
}

type Replies = Vec<Result<Reply, SubmitError>>;

impl Writer {
    /// Carries out jobs in order. Single commands go together; the others alone.
    pub(super) async fn carry_out(&mut self, jobs: Vec<Job>) -> Result<(), Unknown> {
        let mut together = Vec::new();
        for Job { at, work } in jobs {
            match work {
                Work::One(intake, place, answer) => together.push(One { at, intake, _place: place, answer }),
                Work::All(batch, answer) => {
                    self.singles(std::mem::take(&mut together)).await?;
                    let result = match self.all(at, &batch).await {
                        Err(AllFailure::Refused(error)) => Err(error),
                        Err(AllFailure::Failure(failure)) => known(Err(failure))?.map_err(BatchError::from),
                        Ok(accepted) => Ok(accepted),
                    };
                    reply(answer, result);
                }
                Work::Tick(answer) => {
                    self.singles(std::mem::take(&mut together)).await?;
                    let result = self.carry_out_duties(at).await;
                    reply(answer, known(result)?);
                }
            }
        }
        self.singles(together).await
    }

    /// Carries out everything due up to a time, in as many commits as it takes.
    pub(super) async fn carry_out_duties(&mut self, until: Instant) -> Result<(), Failure> {
        let mut tries = 0;
        while self.engine().next_due().is_some_and(|due| due <= until) {
            match self.duties_once(until).await {
                Err(Failure::Not(Refused::Moved)) if tries < TRIES => tries += 1,
                Err(failure) => return Err(failure),
                Ok(()) => tries = 0,
            }
        }
        Ok(())
    }

    async fn duties_once(&mut self, until: Instant) -> Result<(), Failure> {
        let Begun { mut engine, mut draft, turn } = self.begin().await?;
        draft.advance(&mut engine, until, self.limits.duty_facts_max)?;
        self.finish(Begun { engine, draft, turn }).await
    }

    /// Answers single commands.
    async fn singles(&mut self, ones: Vec<One>) -> Result<(), Unknown> {
        let Some(first) = ones.first() else { return Ok(()) };
        let at = first.at;
        let result = match self.carry_out_duties(at).await {
            Ok(()) => self.try_singles(&ones).await,
            Err(failure) => Err(failure),
        };
        match result {
            // One of them is to blame, so each goes alone.
            Err(Failure::Not(Refused::Unacceptable(_))) if ones.len() > 1 => {
                for one in ones {
                    let alone = [one];
                    let result = self.try_singles(&alone).await;
                    answer_all(alone.into(), result)?;
                }
                Ok(())
            }
            result => answer_all(ones, result),
        }
    }

    async fn try_singles(&mut self, ones: &[One]) -> Result<Replies, Failure> {
        let (mut tries, mut look_up) = (0, LookUp::Known);
        loop {
            match self.singles_once(ones, look_up).await {
                // Perhaps one of the keys had an answer that this node did not know of.
                Err(Failure::Not(Refused::Moved)) if tries < TRIES => {
                    (tries, look_up) = (tries + 1, LookUp::All)
                }
                result => return result,
            }
        }
    }

    async fn singles_once(&mut self, ones: &[One], look_up: LookUp) -> Result<Replies, Failure> {
        let Begun { mut engine, mut draft, mut turn } = self.begin().await?;
        let earlier = self.earlier_answers(ones, look_up, turn.as_mut()).await?;
        let mut replies: Replies = Vec::with_capacity(ones.len());
        let mut in_batch: HashMap<&str, usize> = HashMap::new();
        for one in ones {
            let key = one.intake.key.as_ref();
            let reply = match key.and_then(|key| repeated(key, &earlier, &in_batch, ones, &replies)) {
                Some(reply) => reply,
                None => {
                    draft.advance(&mut engine, one.at, usize::MAX)?;
                    Ok(Reply::Now(judge(&mut engine, &mut draft, one)?))
                }
            };
            if let Some(key) = key {
                in_batch.entry(&key.text).or_insert(replies.len());
            }
            replies.push(reply);
        }
        self.finish(Begun { engine, draft, turn }).await?;
        for key in ones.iter().filter_map(|one| one.intake.key.as_ref()) {
            self.answered.note(&key.text);
        }
        Ok(replies)
    }

    /// The answers given under the keys of these commands in earlier batches.
    async fn earlier_answers(
        &self,
        ones: &[One],
        look_up: LookUp,
        turn: Option<&mut Turn>,
    ) -> Result<HashMap<String, Answer>, Failure> {
        let keys = ones.iter().filter_map(|one| one.intake.key.as_ref()).map(|key| key.text.as_str());
        let keys: Vec<&str> = match look_up {
            // What other nodes have answered is not known here.
            LookUp::Known if turn.is_none() => keys.filter(|key| self.answered.may_have(key)).collect(),
            LookUp::Known | LookUp::All => keys.collect(),
        };
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let answers = match turn {
            Some(turn) => turn.answers(&keys).await,
            None => self.journal.answers(&keys).await,
        };
        let answers = answers.map_err(|error| {
            tracing::error!(%error, "earlier answers cannot be read");
            Failure::Not(Refused::Unavailable)
        })?;
        Ok(answers.into_iter().map(|answer| (answer.key.clone(), answer)).collect())
    }

    /// Carries out many commands, all or none.
    async fn all(&mut self, at: Instant, batch: &BatchIntake) -> Result<Accepted, AllFailure> {
        let mut tries = 0;
        loop {
            self.carry_out_duties(at).await?;
            match self.all_once(at, batch).await {
                Err(AllFailure::Failure(Failure::Not(Refused::Moved))) if tries < TRIES => tries += 1,
                result => return result,
            }
        }
    }

    async fn all_once(&mut self, at: Instant, batch: &BatchIntake) -> Result<Accepted, AllFailure> {
        let Begun { mut engine, mut draft, turn } = self.begin().await?;
        if batch.planned_on.is_some_and(|head| head.seq != draft.batch.expected_head) {
            return Err(AllFailure::Refused(BatchError::Moved));
        }
        draft.advance(&mut engine, at, usize::MAX)?;
        let (first_seq, duties) = (draft.next_seq(), draft.facts.len());
        for (index, item) in batch.items.iter().enumerate() {
            let refused = |refusal| AllFailure::Refused(BatchError::Refused { index, refusal });
            let facts = engine.submit(&item.command, at).map_err(refused)?;
            draft.add_private(item.private.of(&facts).map_err(|_| SubmitError::Seal)?);
            let next = item.then.and_then(|then| then(&facts));
            draft.add(&engine, facts, &batch.actor)?;
            if let Some(next) = next {
                let facts = engine.submit(&next, at).map_err(refused)?;
                draft.add(&engine, facts, &batch.actor)?;
            }
        }
        let facts = draft.facts.get(duties..).unwrap_or_default().to_vec();
        let at = facts.first().map_or(at, |fact| fact.at);
        self.finish(Begun { engine, draft, turn }).await?;
        Ok(Accepted { at, first_seq, facts })
    }

    /// Until the draft is committed the writer has no engine, so whatever goes wrong meanwhile, the next one is made
    /// from the readers' state.
    async fn begin(&mut self) -> Result<Begun, Failure> {
        let turn = self.turn().await?;
        self.engine();
        let engine = self.engine.take().unwrap_or_default();
        Ok(Begun { engine, draft: Draft::after(self.head), turn })
    }

    async fn finish(&mut self, begun: Begun) -> Result<(), Failure> {
        let Begun { engine, draft, turn } = begun;
        if draft.is_empty() {
            self.engine = Some(engine);
            if let Some(turn) = turn {
                turn.release().await;
            }
            return Ok(());
        }
        self.commit(engine, draft, turn).await
    }
}

/// Which keys' earlier answers are looked for.
#[derive(Debug, Clone, Copy)]
enum LookUp {
    /// Those that this node has answered lately.
    Known,
    /// All.
    All,
}

/// A batch being decided.
struct Begun {
    engine: Engine,
    draft: Draft,
    /// Keeps other nodes out, where there are any.
    turn: Option<Turn>,
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

/// The reply to a key that was answered before, in an earlier batch or in this one.
fn repeated(
    key: &Key,
    earlier: &HashMap<String, Answer>,
    in_batch: &HashMap<&str, usize>,
    ones: &[One],
    replies: &Replies,
) -> Option<Result<Reply, SubmitError>> {
    if let Some(answer) = earlier.get(&key.text) {
        let is_same = answer.fingerprint == key.fingerprint;
        return Some(if is_same { Ok(Reply::Earlier(answer.clone())) } else { Err(SubmitError::KeyReused) });
    }
    let index = *in_batch.get(key.text.as_str())?;
    let is_same = ones.get(index)?.intake.key.as_ref() == Some(key);
    if is_same { replies.get(index).cloned() } else { Some(Err(SubmitError::KeyReused)) }
}

/// Answers all; when nothing is known nobody is answered, and the end of the writer tells them so.
fn answer_all(ones: Vec<One>, result: Result<Replies, Failure>) -> Result<(), Unknown> {
    let replies = match result {
        Ok(replies) => replies,
        Err(Failure::Not(refused)) => vec![Err(refused.to_error()); ones.len()],
        Err(Failure::Unknown(unknown)) => return Err(unknown),
    };
    for (one, answer) in ones.into_iter().zip(replies) {
        reply(one.answer, answer);
    }
    Ok(())
}

/// Whoever asked may have gone; the work is done all the same.
fn reply<T>(to: oneshot::Sender<T>, answer: T) {
    let _ = to.send(answer);
}

/// A batch of commands was not carried out.
enum AllFailure {
    Refused(BatchError),
    Failure(Failure),
}

impl From<Failure> for AllFailure {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<SubmitError> for AllFailure {
    fn from(error: SubmitError) -> Self {
        Self::Failure(error.into())
    }
}

/// What to tell whoever asked, unless the process must end.
fn known<T>(result: Result<T, Failure>) -> Result<Result<T, SubmitError>, Unknown> {
    match result {
        Ok(done) => Ok(Ok(done)),
        Err(Failure::Not(refused)) => Ok(Err(refused.to_error())),
        Err(Failure::Unknown(unknown)) => Err(unknown),
    }
}
