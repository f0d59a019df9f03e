//! What every handler has: the node, the settings, the limits.

use std::sync::Arc;

use kezek_calendar::Instant;
use kezek_node::{Node, People};
use kezek_records::Role;
use kezek_rules::State;
use tokio::sync::Semaphore;

use crate::crowd;
use crate::limits::Limits;
use crate::passwords::Passwords;
use crate::ready::Looked;
use crate::seen;

/// The portal's state. Clones are the same.
#[derive(Clone)]
pub struct AppState {
    inner: Arc<Inner>,
}

struct Inner {
    node: Node,
    settings: Settings,
    limits: Limits,
    passwords: Passwords,
    served: Semaphore,
    behind: Semaphore,
    answering: Semaphore,
    looked: Looked,
}

/// How the portal is set up.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether browsers reach it by https only: then the session's cookie is a `__Host-` one.
    pub https: bool,
    /// Made-up people to pick at sign-in; none in service.
    pub demo: Option<Demo>,
}

/// A demonstration.
#[derive(Clone, Debug, Default)]
pub struct Demo {
    /// One or several people of each role.
    pub people: Vec<DemoPerson>,
}

/// A made-up person to pick at sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoPerson {
    /// The account, which is the person's id.
    pub account: u64,
    /// As whom.
    pub role: Role,
    /// A made-up name.
    pub name: String,
    /// What this person is good for, in each language (kk, ru, en); may be empty.
    pub about: [String; 3],
}

impl AppState {
    /// A portal on a running node.
    pub fn new(node: Node, settings: Settings) -> Self {
        let (limits, passwords) = (Limits::default(), Passwords::default());
        let served = Semaphore::new(crowd::SERVED_AT_ONCE);
        let behind = Semaphore::new(seen::WAITING_MAX);
        let answering = Semaphore::new(crowd::ANSWERED_AT_ONCE);
        let looked = Looked::default();
        let inner = Inner { node, settings, limits, passwords, served, behind, answering, looked };
        Self { inner: Arc::new(inner) }
    }

    /// The running system.
    pub fn node(&self) -> &Node {
        &self.inner.node
    }

    /// Personal data.
    pub fn people(&self) -> &People {
        self.inner.node.people()
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The limits of requests.
    pub(crate) fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// The places for requests that are being served.
    pub(crate) fn served(&self) -> &Semaphore {
        &self.inner.served
    }

    /// The places for requests that wait for a fact.
    pub(crate) fn behind(&self) -> &Semaphore {
        &self.inner.behind
    }

    /// The turns to answer a command that was judged.
    pub(crate) fn answering(&self) -> &Semaphore {
        &self.inner.answering
    }

    /// The last look at whether the node is ready.
    pub(crate) fn looked(&self) -> &Looked {
        &self.inner.looked
    }

    /// The turns to check a password.
    pub(crate) fn passwords(&self) -> &Passwords {
        &self.inner.passwords
    }

    /// Asks the state; the writer waits meanwhile, so the question must be short.
    pub fn read<T>(&self, ask: impl FnOnce(&State) -> T) -> T {
        self.inner.node.read(ask)
    }

    /// The service's time.
    pub fn now(&self) -> Instant {
        self.inner.node.now()
    }
}
