//! Jobs carried out in order: what is due, batches that are accepted together or not at all, single commands.

use kezek_calendar::Instant;
use kezek_journal::Turn;
use kezek_rules::Engine;
use tokio::sync::{mpsc, oneshot};

use super::commit::{Failure, Refused, Unknown};
use super::singles::One;
use super::{Job, Work, Writer};
use crate::draft::Draft;
use crate::error::{BatchError, SubmitError};
use crate::intake::{Accepted, BatchIntake};

/// How often a batch is decided again because another writer was faster.
pub(super) const TRIES: usize = 5;

impl Writer {
    /// Carries out jobs in order. Single commands go together, and more of them while they are committed; the others
    /// go alone.
    pub(super) async fn carry_out(
        &mut self,
        jobs: Vec<Job>,
        more: &mut mpsc::Receiver<Job>,
    ) -> Result<(), Unknown> {
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
        self.singles_overlapping(together, more).await
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
    pub(super) async fn begin(&mut self) -> Result<Begun, Failure> {
        let turn = self.turn().await?;
        self.engine();
        let engine = self.engine.take().unwrap_or_default();
        Ok(Begun { engine, draft: Draft::after(self.head, self.answered.last()), turn })
    }

    pub(super) async fn finish(&mut self, begun: Begun) -> Result<(), Failure> {
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

/// A batch being decided.
pub(super) struct Begun {
    pub(super) engine: Engine,
    pub(super) draft: Draft,
    /// Keeps other nodes out, where there are any.
    pub(super) turn: Option<Turn>,
}

/// Whoever asked may have gone; the work is done all the same.
pub(super) fn reply<T>(to: oneshot::Sender<T>, answer: T) {
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
