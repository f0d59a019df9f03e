//! Judging the next batch while the last one is being committed.
//!
//! One batch is on its way to the store, the next is judged on the state after it and waits until it is known to be
//! durable: the order of commits is sure, and nobody is shown or told anything that is not durable. When a commit fails,
//! what was judged on it is thrown away and judged again.

use kezek_journal::Head;
use kezek_rules::Engine;
use tokio::sync::mpsc;

use super::commit::{Failure, Refused, Unknown};
use super::singles::{Earlier, Judged, One};
use super::{Job, Work, Writer};
use crate::people::concerned;

/// What has arrived during a commit.
struct Meanwhile {
    judged: Judged,
    ones: Vec<One>,
    /// Their keys may have an answer: they are looked up together, at the end.
    to_look_up: Vec<One>,
    /// Judging one of them failed; all of them are judged again, apart from the engine that failed.
    failed: bool,
}

impl Writer {
    /// Answers single commands, and those that arrive while they are committed, until nothing more arrives.
    pub(super) async fn singles_overlapping(
        &mut self,
        ones: Vec<One>,
        jobs: &mut mpsc::Receiver<Job>,
    ) -> Result<(), Unknown> {
        let Some(first) = ones.first() else { return Ok(()) };
        if self.others_write() {
            // Nothing is judged outside of a turn.
            return self.singles(ones).await;
        }
        if let Err(failure) = self.carry_out_duties(first.at).await {
            return self.answer_all(ones, Err(failure));
        }
        self.engine();
        let mut engine = self.engine.take().unwrap_or_default();
        let judged = match self.earlier_answers(&ones).await {
            Ok(earlier) => self.judge_all(&mut engine, &ones, &earlier).map_err(Failure::from),
            Err(failure) => Err(failure),
        };
        match judged {
            Ok(judged) => self.commit_and_judge(engine, judged, ones, jobs).await,
            Err(failure) => {
                drop(engine);
                self.answer_or_divide(ones, Err(failure)).await
            }
        }
    }

    async fn commit_and_judge(
        &mut self,
        mut engine: Engine,
        mut judged: Judged,
        mut ones: Vec<One>,
        jobs: &mut mpsc::Receiver<Job>,
    ) -> Result<(), Unknown> {
        loop {
            let (draft, replies) = judged.into_parts();
            if draft.is_empty() {
                self.answer_all(ones, Ok(replies))?;
                self.engine = Some(engine);
                return Ok(());
            }
            let ahead = (draft.head(), draft.answers());
            let (batch, facts) = match draft.finish() {
                Ok(finished) => finished,
                Err(error) => return self.answer_or_divide(ones, Err(error.into())).await,
            };
            let people = concerned(&batch.private);
            let journal = self.journal.clone();
            let append = journal.append(batch);
            tokio::pin!(append);
            let mut next = Meanwhile::after(ahead);
            let appended = loop {
                let has_room = self.barrier.is_none() && next.len() < self.limits.batch_max;
                tokio::select! {
                    biased;
                    appended = &mut append => break appended,
                    Some(job) = jobs.recv(), if has_room => self.arrived(job, &mut engine, &mut next),
                }
            };
            match appended {
                Ok(committed) => {
                    self.shown(&facts, &committed, &people);
                    self.answer_all(ones, Ok(replies))?;
                }
                Err(error) => {
                    drop(engine);
                    let failure = self.not_committed(error).await;
                    self.again(ones, failure).await?;
                    return self.singles(next.into_ones()).await;
                }
            }
            if !next.look_up(self, &mut engine).await {
                drop(engine);
                return self.singles(next.into_ones()).await;
            }
            if next.ones.is_empty() {
                self.engine = Some(engine);
                return Ok(());
            }
            (judged, ones) = (next.judged, next.ones);
        }
    }

    /// Takes in a job during a commit. Only commands go along; anything else, and what has duties before it, waits.
    fn arrived(&mut self, job: Job, engine: &mut Engine, next: &mut Meanwhile) {
        let has_duties = engine.next_due().is_some_and(|due| due <= job.at);
        match job.work {
            Work::One(intake, place, answer) if !has_duties && !next.failed => {
                let one = One { at: job.at, intake, _place: place, answer };
                let mut earlier = Earlier::new();
                if let Some(key) = &one.intake.key {
                    match self.recent_answer(key) {
                        Some(answer) => drop(earlier.insert(key.id, answer)),
                        None if self.answered.row_of(&key.id).is_some() => {
                            next.to_look_up.push(one);
                            return;
                        }
                        None => {}
                    }
                }
                next.failed = next.judged.add(engine, &one, &earlier).is_err();
                self.note_key(&one, &next.judged);
                next.ones.push(one);
            }
            work => self.barrier = Some(Job { at: job.at, work }),
        }
    }

    /// Commands of a batch that was not committed: decided again where others were faster.
    async fn again(&mut self, ones: Vec<One>, failure: Failure) -> Result<(), Unknown> {
        match failure {
            Failure::Not(Refused::Moved) => {
                let result = self.try_singles(&ones).await;
                self.answer_or_divide(ones, result).await
            }
            failure => self.answer_or_divide(ones, Err(failure)).await,
        }
    }
}

impl Meanwhile {
    fn after((head, answers): (Head, u64)) -> Self {
        Self { judged: Judged::after(head, answers), ones: Vec::new(), to_look_up: Vec::new(), failed: false }
    }

    fn len(&self) -> usize {
        self.judged.len() + self.to_look_up.len()
    }

    /// All commands, in the order of their arrival as far as it matters: repetitions come last.
    fn into_ones(self) -> Vec<One> {
        self.ones.into_iter().chain(self.to_look_up).collect()
    }

    /// Looks up the keys that may have an answer and judges those that have none; false where all must be judged again.
    async fn look_up(&mut self, writer: &mut Writer, engine: &mut Engine) -> bool {
        if self.failed {
            return false;
        }
        let Ok(earlier) = writer.earlier_answers(&self.to_look_up).await else {
            return false;
        };
        for one in std::mem::take(&mut self.to_look_up) {
            let added = self.judged.add(engine, &one, &earlier);
            writer.note_key(&one, &self.judged);
            self.ones.push(one);
            if added.is_err() {
                return false;
            }
        }
        true
    }
}
