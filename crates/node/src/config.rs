//! How a node is set up.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kezek_calendar::Instant;
use kezek_journal::Company;
use kezek_records::Keys;

use crate::registry::Witnesses;
use crate::storage::Storage;

/// Called when the process cannot go on: the result of a commit is unknown, or the writer stopped on a mistake.
/// The text is for the log. It is expected to end the process.
pub type OnFatal = Arc<dyn Fn(&str) + Send + Sync>;

/// Told while facts are replayed at the start: facts done, facts in all.
pub type OnReplay = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// What a node needs to open.
#[derive(Clone)]
pub struct Config {
    /// The directory of the service's files; made if it is missing.
    pub data_dir: PathBuf,
    /// Where the journal is; in the data directory unless set otherwise.
    pub storage: Storage,
    /// Beside whom, where the journal is in a database: beside other nodes unless set otherwise.
    pub company: Company,
    /// The service's clock.
    pub clock: ClockChoice,
    /// The keys that personal data is sealed with.
    pub keys: Keys,
    /// Bounds of queues and batches.
    pub limits: Limits,
    /// How the registries are published; this node publishes none unless set otherwise.
    pub registry: Option<RegistryConfig>,
    /// Ends the process; aborts it unless set otherwise.
    pub on_fatal: OnFatal,
    /// Shows how far a long start is; does nothing unless set otherwise.
    pub on_replay: OnReplay,
}

/// How the registries are published.
#[derive(Clone)]
pub struct RegistryConfig {
    /// Under which name, for ever: the address of the service without `https://`, as in `kezek.example`.
    pub host: String,
    /// Whose word a checkpoint needs before it is shown.
    pub witnesses: Witnesses,
}

impl RegistryConfig {
    /// Published under this name, without witnesses.
    pub fn new(host: impl Into<String>) -> Self {
        Self { host: host.into(), witnesses: Witnesses::None }
    }
}

/// Which clock the service goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockChoice {
    /// The machine's.
    Real,
    /// A clock that stands until it is moved; starts here in an empty data directory and goes on where it stood in
    /// any other.
    Virtual(Instant),
}

/// Bounds of queues and batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Commands that may wait for the writer; one more is told to come back later. About 0.3 s of work.
    pub queue_max: usize,
    /// Commands of one account that may wait; one more is told to come back later, whoever else waits.
    pub account_max: usize,
    /// How long a caller waits for an answer before it is told to ask again with the same key.
    pub patience: Duration,
    /// Most commands judged and committed together.
    pub batch_max: usize,
    /// Most facts of duties committed together, except that an instant is never cut.
    pub duty_facts_max: usize,
    /// A snapshot is kept after so many facts.
    pub snapshot_every_facts: u64,
    /// How often this machine's clock is compared with the database's, and this node's presence there looked after.
    pub compare_clocks: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue_max: 8_192,
            account_max: 32,
            patience: Duration::from_secs(10),
            batch_max: 500,
            duty_facts_max: 5_000,
            snapshot_every_facts: 100_000,
            compare_clocks: Duration::from_secs(1),
        }
    }
}

impl Config {
    /// A node with the usual bounds.
    pub fn new(data_dir: impl Into<PathBuf>, clock: ClockChoice, keys: Keys) -> Self {
        Self {
            data_dir: data_dir.into(),
            storage: Storage::Folder,
            company: Company::Nodes,
            clock,
            keys,
            limits: Limits::default(),
            registry: None,
            on_fatal: Arc::new(|reason| {
                tracing::error!(reason, "the process ends");
                std::process::abort()
            }),
            on_replay: Arc::new(|_, _| ()),
        }
    }
}
