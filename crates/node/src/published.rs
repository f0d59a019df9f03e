//! What readers see: the state after the last committed fact.

use std::sync::{PoisonError, RwLock};

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
    /// The last fact shown, for those who wait for one or ask nothing else: they need not wait for the state.
    head: watch::Sender<Head>,
}

impl Published {
    pub fn new(view: View) -> Self {
        let head = watch::Sender::new(view.head);
        Self { view: RwLock::new(view), head }
    }

    pub fn read<T>(&self, ask: impl FnOnce(&View) -> T) -> T {
        // Only the writer holds the lock for writing; if it panics there, the process ends (see `writer`).
        ask(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The last fact shown: whoever reads after this call sees it.
    pub fn head(&self) -> Head {
        *self.head.borrow()
    }

    /// Tells the last fact shown, whenever it changes.
    pub fn watch(&self) -> watch::Receiver<Head> {
        self.head.subscribe()
    }

    /// Shows facts that are durable; `head` is the last of them.
    pub fn apply(&self, facts: &[Fact], head: Head) {
        self.view.write().unwrap_or_else(PoisonError::into_inner).apply(facts, head);
        self.head.send_replace(head);
    }
}
