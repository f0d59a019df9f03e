//! A batch being made: what will be committed, and what to show readers afterwards.

use kezek_calendar::Instant;
use kezek_journal::{Answer, Batch, Head, PrivateWrite};
use kezek_rules::{Engine, Fact, Refusal};
use serde::{Deserialize, Serialize};

use crate::encode;
use crate::error::SubmitError;
use crate::intake::Key;
use crate::message::{self, Message};

/// Who acts when something falls due.
const SYSTEM: &str = "system";

/// What waits for one commit.
#[derive(Debug)]
pub struct Draft {
    pub batch: Batch,
    /// The last row of answers before this.
    answers_before: u64,
    pub facts: Vec<Fact>,
    messages: Vec<Message>,
}

/// An answer as it is kept under an idempotency key. The facts themselves are in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptAnswer {
    Accepted { at: Instant, first_seq: u64, count: u32 },
    Refused { at: Instant, refusal: Refusal },
}

impl Draft {
    /// Nothing yet, after a head and a row of answers.
    pub fn after(head: Head, answers: u64) -> Self {
        let batch = Batch {
            expected_head: head.seq,
            expected_time_us: Some(head.time_us),
            expected_answers: Some(answers),
            ..Batch::default()
        };
        Self { batch, answers_before: answers, facts: Vec::new(), messages: Vec::new() }
    }

    /// Nothing to commit.
    pub fn is_empty(&self) -> bool {
        let Batch { facts, answers, outbox, private, .. } = &self.batch;
        facts.is_empty() && answers.is_empty() && outbox.is_empty() && private.is_empty()
    }

    /// The head once this is committed.
    pub fn head(&self) -> Head {
        let Batch { expected_head, expected_time_us, facts, .. } = &self.batch;
        let time_us = facts.last().map_or(expected_time_us.unwrap_or_default(), |fact| fact.time_us);
        Head { seq: expected_head + facts.len() as u64, time_us }
    }

    /// The last row of answers once this is committed.
    pub fn answers(&self) -> u64 {
        self.answers_before + u64::from(!self.batch.answers.is_empty())
    }

    /// The number that its own row of answers gets.
    pub fn own_answers(&self) -> u64 {
        self.answers_before + 1
    }

    /// The number of the next fact.
    pub fn next_seq(&self) -> u64 {
        self.batch.expected_head + self.facts.len() as u64 + 1
    }

    /// Carries out what is due up to `until`, one instant after the other, so that messages are made from the state
    /// of that instant; stops at an instant's end once there are `facts_max` facts.
    pub fn advance(
        &mut self,
        engine: &mut Engine,
        until: Instant,
        facts_max: usize,
    ) -> Result<(), SubmitError> {
        while let Some(due) = engine.next_due().filter(|due| *due <= until)
            && self.facts.len() < facts_max
        {
            let facts = engine.advance(due);
            self.add(engine, facts, SYSTEM)?;
        }
        Ok(())
    }

    /// Adds facts that the engine has just made.
    pub fn add(&mut self, engine: &Engine, facts: Vec<Fact>, actor: &str) -> Result<(), SubmitError> {
        for fact in facts {
            let seq = self.next_seq();
            self.batch.facts.push(encode::to_row(engine.state(), &fact, actor)?);
            self.messages.extend(message::of_fact(engine.state(), &fact, seq));
            self.facts.push(fact);
        }
        Ok(())
    }

    /// What is to be committed, and what to show readers then.
    pub fn finish(mut self) -> Result<(Batch, Vec<Fact>), SubmitError> {
        self.batch.outbox = message::rows(&self.messages)?;
        Ok((self.batch, self.facts))
    }

    /// Adds changes of private rows.
    pub fn add_private(&mut self, rows: Vec<PrivateWrite>) {
        self.batch.private.extend(rows);
    }

    /// Keeps the answer under its key.
    pub fn add_answer(&mut self, key: &Key, kept: KeptAnswer) -> Result<(), SubmitError> {
        let (KeptAnswer::Accepted { at, .. } | KeptAnswer::Refused { at, .. }) = kept;
        self.batch.answers.push(Answer {
            key: key.id,
            fingerprint: key.fingerprint,
            answer: serde_json::to_vec(&kept).map_err(|_| SubmitError::Fault)?,
            time_us: at.as_micros(),
        });
        Ok(())
    }
}
