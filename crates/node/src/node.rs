//! The node: opening, asking, submitting, closing.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kezek_calendar::Instant;
use kezek_journal::{Answer, Head, Journal, OutboxBacklog};
use kezek_rules::ids::ApplicationId;
use kezek_rules::{Engine, State};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::background::{self, Background};
use crate::clock::Clock;
use crate::clock_kind;
use crate::clock_watch::{self, Watch};
use crate::config::{ClockChoice, Config};
use crate::draft::KeptAnswer;
use crate::encode;
use crate::error::{BatchError, ClockError, NoRandom, OpenError, SubmitError};
use crate::history::Entry;
use crate::intake::{Accepted, BatchIntake, Intake, Key, Outcome};
use crate::load;
use crate::people::People;
use crate::published::Published;
use crate::queue::Waiting;
use crate::registry::{Feed, Nodes, Openings, Publisher, Receipt, Registry};
use crate::storage::Storage;
use crate::subject;
use crate::writer::{self, Answered, Job, Others, Recent, Reply, Work, Writer};

/// A start waits no longer than this for what fell due meanwhile.
const START_WITHIN: Duration = Duration::from_secs(3);
/// A store or a node that is slower than this, twice, is not ready.
const READY_WITHIN: Duration = Duration::from_secs(1);

/// The running system. Clones are the same node; it closes when [`Node::close`] is called or the last clone goes.
#[derive(Clone)]
pub struct Node {
    inner: Arc<Inner>,
}

struct Inner {
    journal: Journal,
    clock: Arc<Clock>,
    published: Arc<Published>,
    people: People,
    registry: Option<Registry>,
    answered: Answered,
    is_one_of_several: bool,
    waiting: Arc<Waiting>,
    patience: Duration,
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    ended: Mutex<Option<oneshot::Receiver<()>>>,
}

impl Node {
    /// Opens the data directory, brings the state up to the journal's end and carries out what fell due meanwhile. While
    /// the store takes no writes the node opens all the same, to be read: what fell due comes before any command.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        let Config { data_dir, storage, company, clock, keys, limits, registry, on_fatal, on_replay } =
            config;
        make_directory(&data_dir)?;
        let (journal, mut hold) = storage.open(&data_dir, company).await?;
        if clock == ClockChoice::Real {
            clock_watch::check(&mut hold).await?;
        }
        let people = People::new(journal.clone(), keys);
        people.check_keys().await?;
        let (view, snapshot_seq) = load::load(&journal, |done, all| on_replay(done, all)).await?;
        // Each node of a database has its own clock file; a new one may come to a journal that is there already.
        let (clock, is_free) = match storage {
            Storage::Folder => (clock, view.head.seq == 0),
            Storage::Postgres(_) => {
                clock_kind::check(&journal, clock).await?;
                (clock.not_before(view.state.now()), true)
            }
        };
        let clock = Arc::new(Clock::open(&data_dir, clock, is_free)?);
        if hold.presence.is_some() {
            clock.found_right();
        }
        let head = view.head;
        let answered = Answered::load(&journal).await?;
        let engine = Engine::new(view.state.clone());
        let published = Arc::new(Published::new(view));
        let nodes = if storage == Storage::Folder { Nodes::One } else { Nodes::Several };
        let feed = Arc::new(if registry.is_some() { Feed::new() } else { Feed::none() });
        let publisher = match registry {
            None => None,
            Some(config) => {
                let (journal, people) = (journal.clone(), people.clone());
                let (published, feed) = (Arc::clone(&published), Arc::clone(&feed));
                Some(Publisher::open(journal, people, published, feed, nodes, &data_dir, config).await?)
            }
        };
        let registry = publisher.as_ref().map(|publisher| Registry::of(&data_dir, publisher));
        let committed = Arc::new(Notify::new());
        let (sender, receiver) = mpsc::channel(limits.queue_max.max(1));
        let writer = Writer {
            journal: journal.clone(),
            clock: Arc::clone(&clock),
            published: Arc::clone(&published),
            limits,
            on_fatal: Arc::clone(&on_fatal),
            committed: Arc::clone(&committed),
            known: Arc::clone(people.cache()),
            feed,
            others: Others::none_yet(),
            barrier: None,
            answered: answered.clone(),
            recent: Recent::default(),
            engine: Some(engine),
            head,
        };
        let waiting = Waiting::new(limits.account_max);
        let background = Background {
            journal: journal.clone(),
            clock: Arc::clone(&clock),
            published: Arc::clone(&published),
            people: people.clone(),
            committed,
            waiting: Arc::clone(&waiting),
            snapshot_every_facts: limits.snapshot_every_facts,
            snapshot_seq,
            publisher,
        };
        let watch = Watch {
            hold,
            clock: Arc::clone(&clock),
            every: limits.compare_clocks,
            on_fatal: Arc::clone(&on_fatal),
        };
        let writer_ended = writer::start(writer, receiver)?;
        let ended = background::start(background, watch, writer_ended, on_fatal)?;
        let inner = Inner {
            journal,
            clock,
            published,
            people,
            registry,
            answered,
            is_one_of_several: nodes == Nodes::Several,
            waiting,
            patience: limits.patience,
            jobs: Mutex::new(Some(sender)),
            ended: Mutex::new(Some(ended)),
        };
        let node = Self { inner: Arc::new(inner) };
        match tokio::time::timeout(START_WITHIN.min(limits.patience), node.tick()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, "what fell due meanwhile could not be kept; it is tried again");
            }
            Err(_) => tracing::error!("what fell due meanwhile is not kept yet; changes wait until it is"),
        }
        Ok(node)
    }

    /// Finishes what was taken in, keeps a snapshot and closes the files. Later calls report [`SubmitError::Stopped`].
    pub async fn close(&self) {
        drop(lock(&self.inner.jobs).take());
        let ended = lock(&self.inner.ended).take();
        if let Some(ended) = ended {
            // An error means that the thread has gone, which is what is waited for.
            let _ = ended.await;
        }
    }

    /// Asks the state after the last committed fact. The writer waits meanwhile, so the question must be short.
    pub fn read<T>(&self, ask: impl FnOnce(&State) -> T) -> T {
        self.inner.published.read(|view| ask(&view.state))
    }

    /// As [`Node::read`], with the fact up to which the answer is true.
    pub fn read_at<T>(&self, ask: impl FnOnce(&State, Head) -> T) -> T {
        self.inner.published.read(|view| ask(&view.state, view.head))
    }

    /// The last committed fact.
    pub fn head(&self) -> Head {
        self.inner.published.head()
    }

    /// Whether other nodes may write to the same journal.
    pub fn is_one_of_several(&self) -> bool {
        self.inner.is_one_of_several
    }

    /// Waits until this node has seen a fact, which another node may have written; false if it has not after a while.
    pub async fn has_seen(&self, seq: u64, patience: Duration) -> bool {
        let mut head = self.inner.published.watch();
        let seen = head.wait_for(|head| head.seq >= seq);
        tokio::time::timeout(patience, seen).await.is_ok_and(|seen| seen.is_ok())
    }

    /// Whether a change sent to this node would be judged now: the store answers, this node has seen all that is in it,
    /// and its clock is right.
    pub async fn is_ready(&self) -> bool {
        if self.inner.clock.is_doubted() || lock(&self.inner.jobs).is_none() {
            return false;
        }
        match tokio::time::timeout(READY_WITHIN, self.inner.journal.head()).await {
            Ok(Ok(head)) => self.has_seen(head.seq, READY_WITHIN).await,
            _ => false,
        }
    }

    /// The service's time: the clock's, or the last fact's if that is later.
    pub fn now(&self) -> Instant {
        Instant::from_micros(self.head().time_us).max(self.inner.clock.now())
    }

    /// The service's clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Moves a virtual clock forward and waits until everything due by then is done.
    pub async fn set_clock(&self, to: Instant) -> Result<(), ClockError> {
        let (answer, done) = oneshot::channel();
        let sent = self.inner.clock.set(to, || self.send(Job { at: to, work: Work::Tick(answer) }))?;
        sent.map_err(ClockError::NotCarriedOut)?;
        done.await.unwrap_or(Err(SubmitError::Unknown)).map_err(ClockError::NotCarriedOut)
    }

    /// Submits a command; it is judged at the time of this call, however long it waits. The answer is durable. A
    /// caller that goes away, or is told [`SubmitError::Undecided`], does not stop the work: the same key asks for
    /// the answer.
    pub async fn submit(&self, intake: Intake) -> Result<Outcome, SubmitError> {
        let busy = || SubmitError::Busy { retry_after_s: retry_after_s() };
        let place = self.inner.waiting.enter(&intake.actor).ok_or_else(busy)?;
        let (answer, done) = oneshot::channel();
        self.stamp(Work::One(Box::new(intake), place, answer))?;
        let undecided = |_| Err(SubmitError::Undecided { retry_after_s: retry_after_s() });
        let done = tokio::time::timeout(self.inner.patience, done);
        match done.await.map_or_else(undecided, |done| done.unwrap_or(Err(SubmitError::Unknown)))? {
            Reply::Now(outcome) => Ok(outcome),
            Reply::Earlier(answer) => self.earlier(&answer).await,
        }
    }

    /// Whether a command with this key was answered; a repetition gets that answer. Whatever readers see of a command
    /// has its answer kept.
    pub async fn was_answered(&self, key: &Key) -> Result<bool, SubmitError> {
        let keys = std::iter::once(key.id);
        let earlier = self.inner.answered.kept(&self.inner.journal, keys).await.map_err(|error| {
            tracing::error!(%error, "an earlier answer cannot be read");
            SubmitError::Unavailable { retry_after_s: retry_after_s() }
        })?;
        Ok(earlier.contains_key(&key.id))
    }

    /// Submits many commands that are accepted together or not at all, judged at one time.
    pub async fn submit_all(&self, batch: BatchIntake) -> Result<Accepted, BatchError> {
        let (answer, done) = oneshot::channel();
        self.stamp(Work::All(batch, answer))?;
        done.await.unwrap_or(Err(SubmitError::Unknown.into()))
    }

    /// The facts that concern an application, oldest first; empty for one that is not there.
    pub async fn history(&self, application: ApplicationId) -> Result<Vec<Entry>, OpenError> {
        let seqs = self.inner.published.read(|view| view.history.of(application));
        let mut entries = Vec::with_capacity(seqs.len());
        for seq in seqs {
            for row in self.inner.journal.facts(seq, 1).await? {
                let fact = encode::from_row(&row)?;
                entries.push(Entry { seq, at: fact.at, actor: row.actor, event: fact.event });
            }
        }
        Ok(entries)
    }

    /// Personal data: people, accounts, sessions, documents, notices.
    pub fn people(&self) -> &People {
        &self.inner.people
    }

    /// The public registries; none where this node publishes none.
    pub fn registry(&self) -> Option<&Registry> {
        self.inner.registry.as_ref()
    }

    /// The openings of all entries of the registries, for those who are authorised to have them (R3.34/32).
    pub fn openings(&self) -> Openings {
        Openings::new(self.inner.journal.clone(), self.inner.people.clone())
    }

    /// The receipt for a fact: proof that it is in a registry, with what its entry does not say. It is for whom the fact
    /// concerns; none as long as it is not published, within some seconds.
    pub async fn receipt(&self, seq: u64) -> Result<Option<Receipt>, OpenError> {
        let Some(registry) = self.registry() else { return Ok(None) };
        let rows = self.inner.journal.facts(seq, 1).await?;
        let Some(row) = rows.first().filter(|row| row.seq == seq) else { return Ok(None) };
        let event = encode::from_row(row)?.event;
        let subjects = self.read(|state| subject::applications(state, &event));
        Ok(registry.receipt(&self.inner.journal, &self.inner.people, seq, &subjects).await?)
    }

    /// How many messages wait to be delivered.
    pub async fn outbox_backlog(&self) -> Result<OutboxBacklog, OpenError> {
        Ok(self.inner.journal.outbox_backlog().await?)
    }

    /// A draw that breaks ties of equal times (R3.34/27).
    pub fn draw(&self) -> Result<u32, NoRandom> {
        getrandom::u32().map_err(|_| NoRandom)
    }

    /// A random id for a person, a paper or an account; never 0.
    pub fn random_id(&self) -> Result<u64, NoRandom> {
        kezek_records::random_id().map_err(|_| NoRandom)
    }

    async fn tick(&self) -> Result<(), SubmitError> {
        let (answer, done) = oneshot::channel();
        self.stamp(Work::Tick(answer))?;
        done.await.unwrap_or(Err(SubmitError::Unknown))
    }

    /// Takes the time and a place in the queue as one step, so that the queue is in order of time.
    fn stamp(&self, work: Work) -> Result<(), SubmitError> {
        if self.inner.clock.is_doubted() {
            return Err(SubmitError::Unavailable { retry_after_s: retry_after_s() });
        }
        self.inner.clock.stamp(|at| self.send(Job { at, work }))
    }

    fn send(&self, job: Job) -> Result<(), SubmitError> {
        let jobs = lock(&self.inner.jobs);
        let sender = jobs.as_ref().ok_or(SubmitError::Stopped)?;
        sender.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => SubmitError::Busy { retry_after_s: retry_after_s() },
            TrySendError::Closed(_) => SubmitError::Stopped,
        })
    }

    async fn earlier(&self, answer: &Answer) -> Result<Outcome, SubmitError> {
        let kept = serde_json::from_slice(&answer.answer).map_err(|_| SubmitError::Fault)?;
        match kept {
            KeptAnswer::Refused { at, refusal } => Ok(Outcome::Refused { refusal, at }),
            KeptAnswer::Accepted { at, first_seq, count } => {
                let rows = self.inner.journal.facts(first_seq, count).await;
                let rows = rows.map_err(|_| SubmitError::Unavailable { retry_after_s: retry_after_s() })?;
                let facts = rows.iter().map(encode::from_row).collect::<Result<_, _>>();
                let facts = facts.map_err(|_| SubmitError::Fault)?;
                Ok(Outcome::Accepted(Accepted { at, first_seq, facts }))
            }
        }
    }
}

/// One to three seconds at random, so that those turned away do not come back all at once.
fn retry_after_s() -> u32 {
    1 + getrandom::u32().unwrap_or(0) % 3
}

/// Makes the data directory so that only its owner can look into it; one that is there stays as it is.
pub fn make_directory(path: &Path) -> Result<(), OpenError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path).map_err(|source| OpenError::Directory { path: path.to_owned(), source })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What is held is set or taken in one step, so it is whole whoever panicked.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
