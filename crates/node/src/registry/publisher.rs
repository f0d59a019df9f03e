//! The publisher: one task beside the writer, which nobody waits for.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kezek_journal::Journal;
use tokio::sync::oneshot;

use super::cycle::{self, Stop};
use super::derive::{Deriver, Origins};
use super::error::RegistryError;
use super::feed::Feed;
use super::keys::{self, Signed};
use super::ledger::{self, Ledger};
use super::show::Shown;
use super::tidy;
use super::witness::Witnesses;
use crate::config::{OnFatal, RegistryConfig};
use crate::people::People;
use crate::published::Published;

/// Publishes when there is something, this often.
const EVERY: Duration = Duration::from_secs(1);
/// The lock of the database: one node publishes at a time.
const LOCK: &str = "kezek registry";
/// After so many facts where publishing stands is kept.
const KEEP_EVERY: u64 = 100_000;
/// The same trouble is told again after this long.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// Whether other nodes may publish too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nodes {
    One,
    Several,
}

/// Publishes the registries of one node.
pub struct Publisher {
    pub(super) journal: Journal,
    pub(super) people: People,
    pub(super) published: Arc<Published>,
    pub(super) ledger: Ledger,
    pub(super) deriver: Deriver,
    pub(super) origins: Origins,
    pub(super) witnesses: Witnesses,
    pub(super) shown: Shown,
    pub(super) stop: Stop,
    nodes: Nodes,
    /// Whether what a process before this one left unfinished is removed: looking for it takes long.
    pub(super) is_swept: bool,
    /// Whether the ledger is what disk and database have; after an error it is read anew.
    is_loaded: bool,
    tidied: Instant,
    told: Option<Instant>,
}

impl Publisher {
    /// Compares keys, files and database, and brings the files up to what is signed; refuses what cannot be right.
    pub async fn open(
        journal: Journal,
        people: People,
        published: Arc<Published>,
        feed: Arc<Feed>,
        nodes: Nodes,
        data_dir: &Path,
        config: RegistryConfig,
    ) -> Result<Self, RegistryError> {
        let mut publisher = Self::over(journal, people, published, feed, nodes, data_dir, config).await?;
        match publisher.load().await {
            // A node opens also while the store takes nothing.
            Err(error) if error.is_passing() => publisher.complain(&error),
            loaded => loaded?,
        }
        Ok(publisher)
    }

    /// Nothing is compared yet.
    pub(super) async fn over(
        journal: Journal,
        people: People,
        published: Arc<Published>,
        feed: Arc<Feed>,
        nodes: Nodes,
        data_dir: &Path,
        config: RegistryConfig,
    ) -> Result<Self, RegistryError> {
        let is_new = journal.registry_heads().await?.is_empty() && !ledger::folder(data_dir).exists();
        let signed = if is_new { Signed::Nothing } else { Signed::Something };
        let ledger = Ledger::new(data_dir, keys::open(data_dir, &config.host, signed)?);
        Ok(Self {
            deriver: Deriver::open(journal.clone(), feed, ledger.root()),
            origins: cycle::origins(ledger.logs()),
            ledger,
            journal,
            people,
            published,
            witnesses: config.witnesses,
            shown: Shown::default(),
            stop: Stop::Nowhere,
            nodes,
            is_swept: false,
            is_loaded: false,
            tidied: Instant::now(),
            told: None,
        })
    }

    /// Publishes until it is asked to stop, and then what is there once more.
    pub async fn run(mut self, mut asked_to_stop: oneshot::Receiver<()>, on_fatal: OnFatal) {
        let mut next = tokio::time::Instant::now();
        loop {
            let is_last = tokio::select! {
                biased;
                _ = &mut asked_to_stop => true,
                () = tokio::time::sleep_until(next) => false,
            };
            next = tokio::time::Instant::now() + EVERY;
            match self.round().await {
                Ok(()) => self.told = None,
                Err(error) if error.is_passing() => self.complain(&error),
                Err(error) => {
                    on_fatal(&format!("the registries cannot be published: {}", in_one_line(&error)));
                    return;
                }
            }
            if is_last {
                self.deriver.keep().await;
                return;
            }
        }
    }

    /// Publishes what is new, or what is due again.
    pub(super) async fn round(&mut self) -> Result<(), RegistryError> {
        let result = self.try_round().await;
        if result.is_err() {
            // What is in memory may not be what the disk has.
            self.is_loaded = false;
        }
        result
    }

    async fn try_round(&mut self) -> Result<(), RegistryError> {
        let has_news = self.is_loaded && self.nodes == Nodes::One;
        if !has_news && (!self.is_loaded || self.journal.registry_heads().await? != self.ledger.heads) {
            self.load().await?;
        }
        // What comes meanwhile waits for the next round: each cycle costs the disk some dozens of writes.
        let head = self.published.head().seq;
        while head > self.ledger.signed_seq() {
            let _lock = self.journal.lock(LOCK).await?;
            if self.nodes == Nodes::Several && self.journal.registry_heads().await? != self.ledger.heads {
                self.recover().await?;
                continue;
            }
            self.cycle(head).await?;
        }
        if self.has_to_show() {
            let _lock = self.journal.lock(LOCK).await?;
            self.show_again().await?;
        }
        if self.deriver.unkept() >= KEEP_EVERY {
            self.deriver.keep().await;
        }
        if self.tidied.elapsed() >= tidy::EVERY {
            self.tidied = Instant::now();
            tidy::tidy(self.ledger.logs()).await?;
        }
        Ok(())
    }

    async fn load(&mut self) -> Result<(), RegistryError> {
        let _lock = self.journal.lock(LOCK).await?;
        self.recover().await?;
        self.is_loaded = true;
        Ok(())
    }

    fn complain(&mut self, error: &RegistryError) {
        if self.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            self.told = Some(Instant::now());
            tracing::error!(
                error = in_one_line(error),
                "the registries are not published; it is tried again"
            );
        }
    }
}

/// Work with the disk or the processor, apart from what others wait for.
pub async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, RegistryError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| RegistryError::BrokenOff)
}

/// An error with its causes.
fn in_one_line(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
