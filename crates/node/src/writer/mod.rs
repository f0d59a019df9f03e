//! The one writer: takes what has arrived, judges it in order, commits it at once, shows it, answers.
//!
//! The next batch is what arrived while the last one was committed; a small one waits a moment for others where
//! commands come thick. The engine's state runs ahead of the readers' only inside a batch; when a batch is not committed
//! the engine is thrown away and made anew from the readers' state, never undone.

mod answered;
mod batch;
mod commit;
mod job;
mod others;
mod overlap;
mod recent;
mod singles;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use kezek_calendar::Instant;
use kezek_journal::{Head, Journal};
use kezek_rules::Engine;
use tokio::runtime::Runtime;
use tokio::sync::{Notify, mpsc, oneshot};

pub use answered::Answered;
pub use job::{Job, Reply, Work};
pub use others::Others;
pub use recent::Recent;

use crate::clock::Clock;
use crate::config::{Limits, OnFatal};
use crate::error::OpenError;
use crate::people::Known;
use crate::published::Published;
use crate::registry::Feed;

/// The real clock is looked at this often at least, since the machine's clock may be set.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(1);

/// What the writer works with.
pub struct Writer {
    pub journal: Journal,
    pub clock: Arc<Clock>,
    pub published: Arc<Published>,
    pub limits: Limits,
    pub on_fatal: OnFatal,
    /// Told after each commit.
    pub committed: Arc<Notify>,
    /// Who is signed in: told of changed people before anybody is answered.
    pub known: Arc<Known>,
    /// The newest facts, for the publisher of the registries.
    pub feed: Arc<Feed>,
    /// The other nodes that write to the same journal.
    pub others: Others,
    pub answered: Answered,
    pub recent: Recent,
    /// What arrived during a commit and may not go along with it.
    pub barrier: Option<Job>,
    /// The state that runs ahead; none after a batch that was not committed.
    pub engine: Option<Engine>,
    pub head: Head,
}

enum Woken {
    Arrived(Job),
    Due,
    OthersWrote,
    Closed,
}

/// Starts the writer's thread; the receiver is told when it has ended and all its work is done. What it is told with keeps
/// the store's connections that the writer has made: others use them too, as long as the store is open.
pub fn start(writer: Writer, jobs: mpsc::Receiver<Job>) -> Result<oneshot::Receiver<Runtime>, OpenError> {
    let (ended, wait) = oneshot::channel();
    // One thread more than the writer's own: while that computes, connections it has used are looked after by the other.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).thread_name("kezek-store").enable_all().build();
    let runtime = runtime.map_err(OpenError::Thread)?;
    let on_fatal = Arc::clone(&writer.on_fatal);
    let work = move || {
        let run = AssertUnwindSafe(|| runtime.block_on(writer.run(jobs)));
        if std::panic::catch_unwind(run).is_err() {
            on_fatal("the writer stopped on a mistake in the program; the journal holds the truth");
        }
        // Whoever waits may have gone.
        let _ = ended.send(runtime);
    };
    std::thread::Builder::new().name("kezek-writer".into()).spawn(work).map_err(OpenError::Thread)?;
    Ok(wait)
}

impl Writer {
    async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        self.others = Others::heard_of(&self.journal);
        loop {
            let first = match self.wait(&mut jobs).await {
                Woken::Arrived(job) => Some(job),
                Woken::Due => None,
                Woken::OthersWrote => match self.look_after_others().await {
                    Ok(()) => continue,
                    Err(unknown) => {
                        (self.on_fatal)(unknown.reason());
                        return;
                    }
                },
                Woken::Closed => return,
            };
            // Read before the queue is emptied: what was stamped earlier is in the queue by now.
            let tick = first.is_none().then(|| self.clock.now());
            let arrived = self.take(first, &mut jobs);
            let is_all = arrived.len() < self.limits.batch_max;
            let done = match self.carry_out(arrived, &mut jobs).await {
                Ok(()) => match tick.filter(|_| is_all) {
                    Some(tick) => self.tick(tick).await,
                    None => Ok(()),
                },
                end => end,
            };
            if let Err(unknown) = done {
                (self.on_fatal)(unknown.reason());
                return;
            }
        }
    }

    async fn wait(&mut self, jobs: &mut mpsc::Receiver<Job>) -> Woken {
        if let Some(job) = self.barrier.take() {
            return Woken::Arrived(job);
        }
        loop {
            let pause = self.until_due().unwrap_or(LOOK_AT_CLOCK).min(LOOK_AT_CLOCK);
            let is_virtual = self.clock.is_virtual();
            let seen = self.head.seq;
            tokio::select! {
                biased;
                job = jobs.recv() => return job.map_or(Woken::Closed, Woken::Arrived),
                () = self.others.wrote_after(seen) => return Woken::OthersWrote,
                () = tokio::time::sleep(pause), if !is_virtual => {
                    if self.until_due() == Some(Duration::ZERO) {
                        return Woken::Due;
                    }
                }
            }
        }
    }

    /// How long until something falls due by the clock.
    fn until_due(&mut self) -> Option<Duration> {
        let now = self.clock.now();
        let due = self.engine().next_due()?;
        let wait_us = due.as_micros().saturating_sub(now.as_micros());
        Some(Duration::from_micros(u64::try_from(wait_us).unwrap_or(0)))
    }

    /// What is in the queue, up to one batch.
    fn take(&self, first: Option<Job>, jobs: &mut mpsc::Receiver<Job>) -> Vec<Job> {
        let mut taken: Vec<Job> = first.into_iter().collect();
        while taken.len() < self.limits.batch_max
            && let Ok(job) = jobs.try_recv()
        {
            taken.push(job);
        }
        taken
    }

    /// Carries out what is due, in as many commits as it takes; the store being out of reach is only noted.
    async fn tick(&mut self, until: Instant) -> Result<(), commit::Unknown> {
        match self.carry_out_duties(until).await {
            Ok(()) => Ok(()),
            Err(commit::Failure::Unknown(unknown)) => Err(unknown),
            Err(commit::Failure::Not(error)) => {
                tracing::error!(%error, "what is due could not be kept; it is tried again");
                tokio::time::sleep(LOOK_AT_CLOCK).await;
                Ok(())
            }
        }
    }

    /// The engine, made anew from the readers' state if a batch was lost.
    fn engine(&mut self) -> &mut Engine {
        let published = &self.published;
        self.engine.get_or_insert_with(|| Engine::new(published.read(|view| view.state.clone())))
    }
}
