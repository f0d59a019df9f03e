//! Work in the writer's queue.

use kezek_calendar::Instant;
use kezek_journal::Answer;
use tokio::sync::oneshot;

use crate::error::{BatchError, SubmitError};
use crate::intake::{Accepted, BatchIntake, Intake, Outcome};
use crate::queue::Place;

/// Work with the time it was stamped with.
#[derive(Debug)]
pub struct Job {
    pub at: Instant,
    pub work: Work,
}

/// What is asked of the writer. Whoever asked may have gone; the work is done all the same.
#[derive(Debug)]
pub enum Work {
    /// One command.
    One(Box<Intake>, Place, oneshot::Sender<Result<Reply, SubmitError>>),
    /// Many commands, all or none.
    All(BatchIntake, oneshot::Sender<Result<Accepted, BatchError>>),
    /// What is due up to the job's time.
    Tick(oneshot::Sender<Result<(), SubmitError>>),
}

/// The answer to one command.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Judged now.
    Now(Outcome),
    /// Given before under the same key.
    Earlier(Answer),
}
