//! What readers see: the state after the last committed fact.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use kezek_calendar::Instant;
use kezek_journal::Head;
use kezek_rules::{Fact, State};
use tokio::sync::watch;

use crate::history::History;

/// The readers' state with the fact it stands at.
#[derive(Debug, Clone)]
pub struct View {
    pub state: State,
    pub history: History,
    pub head: Head,
}

impl View {
    /// Before the first fact.
    pub fn empty() -> Self {
        Self { state: State::default(), history: History::default(), head: Head { seq: 0, time_us: 0 } }
    }

    /// Folds the next facts; `head` is the last of them.
    pub fn apply(&mut self, facts: &[Fact], head: Head) {
        let mut seq = self.head.seq;
        for fact in facts {
            seq += 1;
            self.state.apply(fact);
            self.history.note(seq, &self.state, fact);
        }
        self.head = head;
    }
}

/// The readers' state behind its lock.
#[derive(Debug)]
pub struct Published {
    view: RwLock<View>,
    /// The last fact shown, for those who wait for one.
    seq: watch::Sender<u64>,
    /// The same and the time of it, for those who ask nothing else: they need not wait for the lock.
    last: AtomicU64,
    now_us: AtomicI64,
}

impl Published {
    pub fn new(view: View) -> Self {
        let seq = watch::Sender::new(view.head.seq);
        let (last, now_us) = (view.head.seq.into(), view.state.now().as_micros().into());
        Self { view: RwLock::new(view), seq, last, now_us }
    }

    pub fn read<T>(&self, ask: impl FnOnce(&View) -> T) -> T {
        // Only the writer holds the lock for writing; if it panics there, the process ends (see `writer`).
        ask(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells the last fact shown, whenever it changes.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.seq.subscribe()
    }

    /// The last fact shown: whoever reads after this call sees it.
    pub fn seen(&self) -> u64 {
        self.last.load(Ordering::Acquire)
    }

    /// The time of the latest fact shown.
    pub fn now(&self) -> Instant {
        Instant::from_micros(self.now_us.load(Ordering::Acquire))
    }

    /// Shows facts that are durable; `head` is the last of them.
    pub fn apply(&self, facts: &[Fact], head: Head) {
        let mut view = self.view.write().unwrap_or_else(PoisonError::into_inner);
        view.apply(facts, head);
        self.now_us.store(view.state.now().as_micros(), Ordering::Release);
        self.last.store(head.seq, Ordering::Release);
        drop(view);
        self.seq.send_replace(head.seq);
    }
}
