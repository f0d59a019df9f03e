//! The running system: the state in memory, one writer that makes facts durable in batches, the service's clock,
//! the outbox and the people.
//!
//! Data walks one way: [`Node::submit`] stamps a command with the time and hands it to the writer; the writer first
//! carries out what is due, judges the commands in order, commits facts, answers, messages and private rows as one
//! transaction, and only then shows the new state to readers and answers. Nobody else changes the state.
//!
//! What never lives here: a rule of the queue (`rules`), SQL (`journal`), a cipher (`records`), a page (`portal`).

mod background;
mod clock;
mod clock_kind;
mod clock_watch;
mod config;
mod draft;
mod encode;
mod error;
mod history;
mod intake;
mod load;
mod message;
mod node;
mod outbox;
mod people;
mod published;
mod queue;
mod registry;
mod storage;
mod subject;
mod verify;
mod writer;

pub use kezek_calendar as calendar;
pub use kezek_disclosure as disclosure;
pub use kezek_records as records;
pub use kezek_rules as rules;

pub use clock::Clock;
pub use config::{ClockChoice, Config, Limits, OnFatal, OnReplay, RegistryConfig};
pub use error::{BatchError, ClockError, NoRandom, OpenError, PeopleError, SubmitError};
pub use history::Entry;
pub use intake::{Accepted, BatchIntake, BatchItem, Intake, InvalidKey, Key, Outcome, PrivateChanges, Then};
pub use kezek_journal::{
    Company, Copied, CopyError, Head, Journal, OutboxBacklog, PrivateWrite, copy as copy_journal,
};
pub use node::{Node, make_directory};
pub use people::{Access, Found, Name, NewAccount, People, RoleAdded, SignedIn, Tried};
pub use registry::{Due, Gathering, NoQuorum, Receipt, Registry, RegistryError, Witnesses, registry_host};
pub use storage::{Hold, Storage};
pub use verify::{Report, SnapshotCheck, verify};
