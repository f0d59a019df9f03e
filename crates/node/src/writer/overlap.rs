//! Judging the next batch while the last one is being committed.
//!
//! One batch is on its way to the store, the next is judged on the state after it and waits until it is known to be
//! durable: the order of commits is sure, and nobody is shown or told anything that is not durable. When a commit fails,
//! what was judged on it is thrown away and judged again. A repetition waits for what it repeats, so it may be judged
//! after commands that came later: it has its answer, whatever comes first.
//!
//! Up to four batches are alive, each in one place:
//!
//! | name | decided | sent | durable | told |
//! | --- | --- | --- | --- | --- |
//! | `untold` | yes | yes | yes | while the next is on its way, or before more is gathered |
//! | `append`, with `ones` and `replies` | yes | yes | not known | |
//! | `next.judged`, `next.ones` | on the state after `append` | | | |
//! | `next.repetitions` | when `append` is durable | | | |
//!
//! The engine stands after the last of what is decided. A key is noted when its command is judged, before it is durable:
//! `Answered::row_of` says where its answer may be, and only rows that are durable are asked.

use std::time::Duration;

use kezek_journal::{AppendError, Committed, Head};
use kezek_rules::{Engine, Fact};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::commit::{Failure, Refused, Unknown};
use super::singles::{Earlier, Judged, One};
use super::{Job, Reply, Work, Writer};
use crate::error::SubmitError;
use crate::people::concerned;

/// A commit takes as much of two processors as this many commands. Where commands come so thick that the last batch
/// had more than a few, a smaller one waits for others, but not for longer than this after the last was sent.
const TOGETHER: usize = 24;
const THICK: usize = 4;
const APART: Duration = Duration::from_millis(2);

/// What has arrived during a commit.
struct Meanwhile {
    judged: Judged,
    ones: Vec<One>,
    /// Their keys may have an answer, or what they repeat is on its way: they are judged after the present commit.
    repetitions: Vec<One>,
    /// Judging one of them failed; all of them are judged again, apart from the engine that failed.
    failed: bool,
}

/// A batch that is durable, and whom it answers.
struct Durable {
    committed: Committed,
    facts: Vec<Fact>,
    people: Vec<u64>,
    ones: Vec<One>,
    replies: Vec<Result<Reply, SubmitError>>,
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

    /// The next batch is sent to the store before anybody hears of the last one: store and writer work side by side.
    async fn commit_and_judge(
        &mut self,
        mut engine: Engine,
        mut judged: Judged,
        mut ones: Vec<One>,
        jobs: &mut mpsc::Receiver<Job>,
    ) -> Result<(), Unknown> {
        let mut untold = None;
        let mut repetitions = Vec::new();
        loop {
            let (draft, replies) = judged.into_parts();
            if draft.is_empty() {
                self.tell(untold)?;
                self.answer_all(ones, Ok(replies))?;
                self.engine = Some(engine);
                return self.singles(repetitions).await;
            }
            let ahead = (draft.head(), draft.answers());
            let (batch, facts) = match draft.finish() {
                Ok(finished) => finished,
                Err(error) => {
                    self.tell(untold)?;
                    self.answer_or_divide(ones, Err(error.into())).await?;
                    return self.singles(repetitions).await;
                }
            };
            let people = concerned(&batch.private);
            let sent = Instant::now();
            let journal = self.journal.clone();
            // A task of its own goes on while the writer computes.
            let mut append = tokio::spawn(async move { journal.append(batch).await });
            self.tell(untold.take())?;
            let mut next = Meanwhile::after(ahead);
            next.take_repetitions(self, &mut engine, std::mem::take(&mut repetitions)).await;
            let appended = loop {
                let has_room = self.barrier.is_none() && next.len() < self.limits.batch_max;
                tokio::select! {
                    biased;
                    appended = &mut append => break appended,
                    Some(job) = jobs.recv(), if has_room => self.arrived(job, &mut engine, &mut next),
                }
            };
            let durable =
                match appended.unwrap_or_else(|broken| Err(AppendError::CommitUnknown(broken.into()))) {
                    Ok(committed) => Durable { committed, facts, people, ones, replies },
                    Err(error) => {
                        drop(engine);
                        let failure = self.not_committed(error).await;
                        self.again(ones, failure).await?;
                        return self.singles(next.into_ones()).await;
                    }
                };
            let come_thick = durable.ones.len() >= THICK;
            untold = Some(durable);
            if come_thick && !next.ones.is_empty() && next.len() < TOGETHER {
                // Those who hear now may have more to ask.
                self.tell(untold.take())?;
                self.gather(sent + APART, jobs, &mut engine, &mut next).await;
            }
            if next.failed || next.ones.is_empty() {
                self.tell(untold)?;
                // After a failure it is made anew.
                self.engine = Some(engine).filter(|_| !next.failed);
                return self.singles(next.into_ones()).await;
            }
            (judged, ones, repetitions) = (next.judged, next.ones, next.repetitions);
        }
    }

    /// Takes in what comes until there is enough for a batch, or it has been waited for long enough.
    async fn gather(
        &mut self,
        until: Instant,
        jobs: &mut mpsc::Receiver<Job>,
        engine: &mut Engine,
        next: &mut Meanwhile,
    ) {
        while self.barrier.is_none() && !next.failed && next.len() < TOGETHER {
            tokio::select! {
                biased;
                Some(job) = jobs.recv() => self.arrived(job, engine, next),
                () = tokio::time::sleep_until(until) => return,
            }
        }
    }

    /// Shows readers a durable batch and answers it.
    fn tell(&mut self, durable: Option<Durable>) -> Result<(), Unknown> {
        let Some(Durable { committed, facts, people, ones, replies }) = durable else { return Ok(()) };
        self.shown(facts, &committed, &people);
        self.answer_all(ones, Ok(replies))
    }

    /// Takes in a job during a commit. Only commands go along; anything else, and what has duties before it, waits.
    fn arrived(&mut self, job: Job, engine: &mut Engine, next: &mut Meanwhile) {
        let has_duties = engine.next_due().is_some_and(|due| due <= job.at);
        match job.work {
            Work::One(intake, place, answer) if !has_duties && !next.failed => {
                next.take(self, engine, One { at: job.at, intake, _place: place, answer });
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
        Self {
            judged: Judged::after(head, answers),
            ones: Vec::new(),
            repetitions: Vec::new(),
            failed: false,
        }
    }

    fn len(&self) -> usize {
        self.judged.len() + self.repetitions.len()
    }

    /// All commands, in the order of their arrival as far as it matters: repetitions come last.
    fn into_ones(self) -> Vec<One> {
        self.ones.into_iter().chain(self.repetitions).collect()
    }

    /// Judges a command, unless its key may have an answer that is not at hand.
    fn take(&mut self, writer: &Writer, engine: &mut Engine, one: One) {
        let mut earlier = Earlier::new();
        if let Some(key) = &one.intake.key {
            match writer.recent_answer(key) {
                Some(answer) => drop(earlier.insert(key.id, answer)),
                None if writer.answered.row_of(&key.id).is_some() => {
                    self.repetitions.push(one);
                    return;
                }
                None => {}
            }
        }
        self.judge(writer, engine, one, &earlier);
    }

    fn judge(&mut self, writer: &Writer, engine: &mut Engine, one: One, earlier: &Earlier) {
        self.failed |= self.judged.add(engine, &one, earlier).is_err();
        writer.note_key(&one, &self.judged);
        self.ones.push(one);
    }

    /// Answers repetitions of what is durable now; those of what is on its way wait on.
    async fn take_repetitions(&mut self, writer: &Writer, engine: &mut Engine, repetitions: Vec<One>) {
        let is_durable = |one: &One| {
            let row = one.intake.key.as_ref().and_then(|key| writer.answered.row_of(&key.id));
            row.is_none_or(|row| row <= writer.answered.last())
        };
        let (durable, on_its_way): (Vec<One>, Vec<One>) = repetitions.into_iter().partition(is_durable);
        self.repetitions = on_its_way;
        let Ok(earlier) = writer.earlier_answers(&durable).await else {
            self.failed = true;
            self.repetitions.extend(durable);
            return;
        };
        for one in durable {
            self.judge(writer, engine, one, &earlier);
        }
    }
}
