//! The journal: facts in one gapless total order, appended in batches and never changed.
//!
//! Here live the store of facts, the answers to commands, snapshots, the outbox and the sealed rows of personal
//! data that must become durable together with facts. What a fact means is unknown here: no rule of the queue, no
//! clock, no key ever comes in.
//!
//! How to write a batch:
//! 1. decide it on the state at some head; stamp facts with the later of the clock and the head's time;
//! 2. [`Journal::append`] it with that head as `expected_head`, in a task that nobody cancels;
//! 3. on [`AppendError::HeadMoved`] read [`Journal::facts`] and [`Journal::answers_after`] yours, and go to 1;
//! 4. on [`AppendError::CommitUnknown`] end the process; only after `Ok` apply the facts and answer.
//!
//! Where other processes write to the same journal, [`Journal::turn`] locks the head before 1, so that no decision is
//! in vain, and [`Journal::follow`] tells what they wrote. [`Journal::presence`] tells others that a node works, and keeps
//! out whoever needs the journal alone.

mod beside;
mod copy;
mod error;
mod journal;
mod packed;
mod postgres;
mod row;
mod sqlite;
mod steps;
mod types;

pub use beside::{Company, Follow, FollowPeople, NamedLock, Presence};
pub use copy::{Copied, CopyError, copy};
pub use error::{AppendError, Cause, StoreError};
pub use journal::{Journal, Turn};
pub use types::{
    Answer, AnswersRow, Batch, Committed, Fact, Head, Moved, NewFact, NewOutbox, OutboxBacklog, OutboxItem,
    PeopleNews, PrivateRow, PrivateWrite, RegistryHead, Snapshot,
};
