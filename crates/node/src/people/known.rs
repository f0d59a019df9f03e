//! Who is signed in, and how people are called, in memory: the one cache of the service. A look costs no way to the
//! store.
//!
//! It is safe because whatever changes a session, an account or a person makes it forget them: this node's own changes
//! before they are answered, those of other nodes by notices of the database (`kezek_journal::FollowPeople`). While
//! notices may be missed, nothing is told from here.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kezek_journal::{Journal, PeopleNews, PrivateWrite};
use kezek_records::{Account, Person, Record, Role, Session};

use super::halves::Halves;
use crate::clock::machine_now;

/// Half of the sessions that are kept at most, and of the names: some 80 MB when both are full.
const HALF: usize = 50_000;
/// The changes that are remembered to judge reads that were under way; a read that began before them is not kept.
const LATELY: usize = 1_000;
/// Without a word from the database for so long, other nodes' changes may have been missed.
const SURE: Duration = Duration::from_secs(3);
/// While the store is out of reach, who was known so lately may still look.
const LOOK: Duration = Duration::from_secs(600);

type Hash = [u8; 32];

/// Who is signed in: what each request needs, without the password's hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The session's id.
    pub session: u64,
    /// What the session's forms must carry.
    pub csrf_token: String,
    /// When the session ends, microseconds since 1970 UTC by the machine's clock.
    pub expires_us: i64,
    /// The person, whose id is the account's too.
    pub person: u64,
    /// What the person may be.
    pub roles: Vec<Role>,
    /// The kindergarten an official acts for.
    pub kindergarten: Option<u64>,
    /// The settlement an official acts in.
    pub settlement: Option<u64>,
    /// The password was given by somebody else: the person must choose another first.
    pub must_change_password: bool,
    /// None where the person cannot be read.
    pub name: Option<Arc<Name>>,
}

/// How a person is called.
#[derive(Clone, PartialEq, Eq)]
pub struct Name {
    /// Given name.
    pub given: String,
    /// Family name.
    pub surname: String,
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name(hidden)")
    }
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedIn(hidden)")
    }
}

/// Sessions by the hash of their token, and names by the person's id.
pub(crate) struct Known {
    inner: Mutex<Inner>,
}

/// A read of the store that began when so many changes were known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading(u64);

struct Inner {
    sessions: Halves<Hash, Arc<SignedIn>>,
    /// None for who is erased: a person is written with or before all that speaks of the id, never later.
    names: Halves<u64, Option<Arc<Name>>>,
    changes: u64,
    /// The last of the changes: of a person or a session, whose ids are random and never meet, or of anybody.
    lately: VecDeque<Option<u64>>,
    hearing: Hearing,
}

/// Whether changes by other processes are heard of.
#[derive(Debug, Clone, Copy)]
enum Hearing {
    /// There are none.
    Alone,
    /// Up to this moment, and going on.
    Until(Instant),
    /// Not any more, or not yet; what was heard until then.
    Ended(Option<Instant>),
}

impl Known {
    /// Hears of other processes' changes from now on, where there are others; must be called inside a runtime.
    pub fn of(journal: &Journal) -> Arc<Self> {
        let Some(mut follow) = journal.follow_people() else {
            return Arc::new(Self::new(Hearing::Alone));
        };
        let known = Arc::new(Self::new(Hearing::Ended(None)));
        let told = Arc::clone(&known);
        tokio::spawn(async move {
            while let Some(news) = follow.next().await {
                told.hear(news);
            }
            told.close();
        });
        known
    }

    fn new(hearing: Hearing) -> Self {
        let (sessions, names) = (Halves::new(HALF), Halves::new(HALF));
        let inner = Inner { sessions, names, changes: 0, lately: VecDeque::new(), hearing };
        Self { inner: Mutex::new(inner) }
    }

    /// Tells nothing from now on.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.forget_all();
        inner.hearing = Hearing::Ended(None);
    }

    /// Whose token this is, if it is known for sure.
    pub(super) fn find(&self, hash: &Hash) -> Option<Arc<SignedIn>> {
        self.find_at(hash, Instant::now())
    }

    fn find_at(&self, hash: &Hash, now: Instant) -> Option<Arc<SignedIn>> {
        let mut inner = self.lock();
        if inner.is_sure(now) { inner.session(hash) } else { None }
    }

    /// Whose token this was when changes were last heard of, if that is lately.
    pub(super) fn remember(&self, hash: &Hash) -> Option<Arc<SignedIn>> {
        self.remember_at(hash, Instant::now())
    }

    fn remember_at(&self, hash: &Hash, now: Instant) -> Option<Arc<SignedIn>> {
        let mut inner = self.lock();
        if inner.heard_lately(now) { inner.session(hash) } else { None }
    }

    /// How a person is called, if it is known for sure.
    pub(super) fn name(&self, person: u64) -> Option<Option<Arc<Name>>> {
        let mut inner = self.lock();
        if inner.is_sure(Instant::now()) { inner.names.find(&person) } else { None }
    }

    /// How a person was called when changes were last heard of, if that is lately.
    pub(super) fn remember_name(&self, person: u64) -> Option<Option<Arc<Name>>> {
        let mut inner = self.lock();
        if inner.heard_lately(Instant::now()) { inner.names.find(&person) } else { None }
    }

    /// To be called before the store is read.
    pub(super) fn reading(&self) -> Reading {
        Reading(self.lock().changes)
    }

    /// Keeps what was read, unless it was changed since the read began.
    pub(super) fn keep(&self, hash: Hash, found: &Arc<SignedIn>, reading: Reading) {
        self.keep_at(hash, found, reading, Instant::now());
    }

    fn keep_at(&self, hash: Hash, found: &Arc<SignedIn>, reading: Reading, now: Instant) {
        let (mut inner, ids) = (self.lock(), [found.session, found.person]);
        if inner.is_sure(now) && !inner.is_changed(ids, reading) {
            inner.sessions.add(hash, ids, Arc::clone(found));
        }
    }

    /// As [`Known::keep`].
    pub(super) fn keep_name(&self, person: u64, name: Option<&Arc<Name>>, reading: Reading) {
        let (mut inner, ids) = (self.lock(), [person; 2]);
        if inner.is_sure(Instant::now()) && !inner.is_changed(ids, reading) {
            inner.names.add(person, ids, name.cloned());
        }
    }

    /// Forgets people and sessions that were changed; to be called after the change and before its answer.
    pub fn forget(&self, ids: &[u64]) {
        if ids.is_empty() {
            return;
        }
        let mut inner = self.lock();
        if ids.len() > LATELY {
            return inner.forget_all();
        }
        for id in ids {
            inner.forget(*id);
        }
    }

    pub fn forget_all(&self) {
        self.lock().forget_all();
    }

    fn hear(&self, news: PeopleNews) {
        let mut inner = self.lock();
        match news {
            PeopleNews::Of(person) => inner.forget(person),
            PeopleNews::Anybody => inner.forget_all(),
            PeopleNews::HeardUntil(moment) => inner.hearing = Hearing::Until(moment),
            PeopleNews::Unheard => {
                if let Hearing::Until(heard) = inner.hearing {
                    tracing::warn!("changes by other nodes are not heard of; each request asks the database");
                    inner.hearing = Hearing::Ended(Some(heard));
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // What is dropped in part is dropped, and a session in part is found by its hash or not at all.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn is_sure(&self, now: Instant) -> bool {
        match self.hearing {
            Hearing::Alone => true,
            Hearing::Until(heard) => now.duration_since(heard) < SURE,
            Hearing::Ended(_) => false,
        }
    }

    fn heard_lately(&self, now: Instant) -> bool {
        match self.hearing {
            Hearing::Alone => true,
            Hearing::Until(heard) | Hearing::Ended(Some(heard)) => now.duration_since(heard) < LOOK,
            Hearing::Ended(None) => false,
        }
    }

    /// A session past its end is never given.
    fn session(&mut self, hash: &Hash) -> Option<Arc<SignedIn>> {
        let found = self.sessions.find(hash)?;
        (machine_now().as_micros() < found.expires_us).then_some(found)
    }

    fn is_changed(&self, ids: [u64; 2], reading: Reading) -> bool {
        let since = usize::try_from(self.changes.saturating_sub(reading.0)).unwrap_or(usize::MAX);
        let concerns = |change: &Option<u64>| change.is_none_or(|id| ids.contains(&id));
        since > self.lately.len() || self.lately.iter().rev().take(since).any(concerns)
    }

    fn forget(&mut self, id: u64) {
        self.note(Some(id));
        self.sessions.forget(id);
        self.names.forget(id);
    }

    fn forget_all(&mut self) {
        self.note(None);
        self.sessions.clear();
        self.names.clear();
    }

    fn note(&mut self, change: Option<u64>) {
        self.changes += 1;
        if self.lately.len() >= LATELY {
            self.lately.pop_front();
        }
        self.lately.push_back(change);
    }
}

/// The ids of sessions and people that changes of private rows concern. Of what is new only a name may have been looked
/// for.
pub(crate) fn concerned(changes: &[PrivateWrite]) -> Vec<u64> {
    let is_ours = |kind: &str| [Session::KIND, Account::KIND, Person::KIND].contains(&kind);
    let id = |change: &PrivateWrite| match change {
        PrivateWrite::Put(row) => is_ours(&row.kind).then_some(row.id),
        PrivateWrite::Delete { kind, id } => is_ours(kind).then_some(*id),
        PrivateWrite::Insert(row) => (row.kind == Person::KIND).then_some(row.id),
    };
    changes.iter().filter_map(id).collect()
}

#[cfg(test)]
#[path = "known_tests.rs"]
mod tests;
