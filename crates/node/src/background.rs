//! What goes on beside the writer: the outbox, snapshots, and forgetting what has served its time. One thread.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use kezek_journal::{Journal, OutboxItem, StoreError};
use tokio::runtime::Runtime;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::clock::{self, Clock};
use crate::clock_watch::Watch;
use crate::config::OnFatal;
use crate::error::OpenError;
use crate::load;
use crate::message::Message;
use crate::outbox::{self, DeliverError, Lot};
use crate::people::People;
use crate::published::Published;
use crate::queue::Waiting;
use crate::registry::Publisher;

/// Due messages and old rows are looked for this often, whether facts came or not.
const LOOK: Duration = Duration::from_secs(1);
/// Messages give way to commands, which people wait for, but no longer than this for each lot.
const GIVE_WAY: Duration = Duration::from_secs(2);
const GIVE_WAY_STEP: Duration = Duration::from_millis(20);
const TIDY_EVERY: Duration = Duration::from_secs(600);
const DAY_US: i64 = 86_400_000_000;
/// A client may repeat a command with its key for a week.
const KEEP_ANSWERS_US: i64 = 7 * DAY_US;
const KEEP_DELIVERED_US: i64 = 30 * DAY_US;

/// What the background works with.
pub struct Background {
    pub journal: Journal,
    pub clock: Arc<Clock>,
    pub published: Arc<Published>,
    pub people: People,
    pub committed: Arc<Notify>,
    /// Commands that wait for the writer.
    pub waiting: Arc<Waiting>,
    pub snapshot_every_facts: u64,
    /// The last fact of the newest snapshot.
    pub snapshot_seq: u64,
    /// Where this node publishes the registries.
    pub publisher: Option<Publisher>,
}

/// Starts the thread. It ends when `writer_ended` is told, after a last snapshot; then the hold on the journal is let go
/// and the receiver is told.
pub fn start(
    mut background: Background,
    mut watch: Watch,
    writer_ended: oneshot::Receiver<Runtime>,
    on_fatal: OnFatal,
) -> Result<oneshot::Receiver<()>, OpenError> {
    let (ended, wait) = oneshot::channel();
    // One thread more than this one's own, as the writer has.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(OpenError::Thread)?;
    let work = move || {
        let run = AssertUnwindSafe(|| {
            let fatal = Arc::clone(&on_fatal);
            runtime.block_on(async {
                let publishing =
                    background.publisher.take().map(|publisher| Publishing::start(publisher, fatal));
                let writers = tokio::select! {
                    writers = background.run(writer_ended, publishing) => writers,
                    () = watch.run() => None,
                };
                watch.hold.release().await;
                writers
            })
        });
        match std::panic::catch_unwind(run) {
            Ok(writers) => drop(writers),
            Err(_) => {
                on_fatal("the background stopped on a mistake in the program; the journal holds the truth")
            }
        }
        // Whoever waits may have gone.
        let _ = ended.send(());
    };
    std::thread::Builder::new().name("kezek-background".into()).spawn(work).map_err(OpenError::Thread)?;
    Ok(wait)
}

/// The task that publishes the registries.
struct Publishing {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    on_fatal: OnFatal,
}

impl Publishing {
    fn start(publisher: Publisher, on_fatal: OnFatal) -> Self {
        let (stop, asked_to_stop) = oneshot::channel();
        let task = tokio::spawn(publisher.run(asked_to_stop, Arc::clone(&on_fatal)));
        Self { stop, task, on_fatal }
    }

    /// Publishes what there is and ends.
    async fn end(self) {
        // It may have ended by itself.
        let _ = self.stop.send(());
        if self.task.await.is_err() {
            (self.on_fatal)("the publisher stopped on a mistake in the program; the journal holds the truth");
        }
    }
}

impl Background {
    /// Gives back what the writer left.
    async fn run(
        mut self,
        mut writer_ended: oneshot::Receiver<Runtime>,
        publishing: Option<Publishing>,
    ) -> Option<Runtime> {
        let mut tidied = tokio::time::Instant::now();
        let mut wait = LOOK;
        let writers = loop {
            tokio::select! {
                biased;
                writers = &mut writer_ended => break writers.ok(),
                () = self.committed.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
            self.give_way().await;
            wait = match self.deliver().await {
                Ok(Lot::Full) => Duration::ZERO,
                Ok(Lot::Last) => LOOK,
                Err(error) => {
                    tracing::error!(%error, "messages were not delivered; they are tried again");
                    LOOK
                }
            };
            let facts = self.published.head().seq.saturating_sub(self.snapshot_seq);
            if facts >= self.snapshot_every_facts {
                self.snapshot().await;
            }
            if tidied.elapsed() >= TIDY_EVERY {
                tidied = tokio::time::Instant::now();
                if let Err(error) = self.tidy().await {
                    tracing::error!(%error, "old rows were not deleted; they are tried again");
                }
            }
        };
        if let Some(publishing) = publishing {
            publishing.end().await;
        }
        self.snapshot().await;
        self.journal.close().await;
        // From now on another process may write.
        self.people.cache().close();
        writers
    }

    async fn give_way(&self) {
        let began = tokio::time::Instant::now();
        while !self.waiting.is_empty() && began.elapsed() < GIVE_WAY {
            tokio::time::sleep(GIVE_WAY_STEP).await;
        }
    }

    async fn deliver(&self) -> Result<Lot, StoreError> {
        let family = |message: &Message| {
            self.published.read(|view| view.state.application(message.application).map(|one| one.parent))
        };
        let deliver = async |lot: &[OutboxItem]| {
            self.people.deliver(lot, family).await.map_err(|error| {
                tracing::debug!(error = &error as &dyn std::error::Error, "messages were not delivered");
                DeliverError(error.to_string())
            })
        };
        outbox::dispatch(&self.journal, &self.clock, deliver).await
    }

    /// Keeps a snapshot unless the newest one is up to date. A lost one costs only time at the next start.
    async fn snapshot(&mut self) {
        let head = self.published.head();
        if head.seq <= self.snapshot_seq {
            return;
        }
        let snapshot = match self.published.read(load::snapshot_of) {
            Ok(snapshot) => snapshot,
            Err(error) => {
                tracing::error!(%error, "no snapshot was made");
                return;
            }
        };
        let seq = snapshot.seq;
        match self.journal.put_snapshot(snapshot).await {
            Ok(()) => {
                self.snapshot_seq = seq;
                tracing::info!(seq, "a snapshot was kept");
            }
            Err(error) => tracing::error!(%error, "no snapshot was kept"),
        }
    }

    async fn tidy(&self) -> Result<(), StoreError> {
        let now_us = self.clock.now().as_micros();
        self.journal.forget_answers(now_us - KEEP_ANSWERS_US).await?;
        self.journal.forget_outbox(now_us - KEEP_DELIVERED_US).await?;
        self.journal.expire_private(clock::machine_now().as_micros()).await?;
        Ok(())
    }
}
