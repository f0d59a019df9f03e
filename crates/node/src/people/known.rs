//! Who is signed in, in memory: the one cache of the service. A look costs no way to the store.
//!
//! It is safe because whatever changes a session, an account or a person makes it forget them: this node's own changes
//! before they are answered, those of other nodes by notices of the database (`kezek_journal::FollowPeople`). While
//! notices may be missed, nothing is told from here.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kezek_journal::{Journal, PeopleNews, PrivateWrite};
use kezek_records::{Account, Person, Record, Role, Session};

use crate::clock::machine_now;

/// After so many new ones, those that nobody asked for since the last so many are dropped: 100,000 sessions, some
/// 50 MB, are kept at most.
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
    /// Given name and surname; none where the person cannot be read.
    pub name: Option<(String, String)>,
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedIn(hidden)")
    }
}

/// Sessions by the hash of their token.
pub(crate) struct Known {
    inner: Mutex<Inner>,
}

/// A read of the store that began when so many changes were known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading(u64);

struct Inner {
    young: Sessions,
    old: Sessions,
    half: usize,
    changes: u64,
    /// The last of the changes: of a person or a session, or of anybody.
    lately: VecDeque<Option<u64>>,
    hearing: Hearing,
}

#[derive(Default)]
struct Sessions {
    by_hash: HashMap<Hash, Arc<SignedIn>>,
    /// By the ids of session and person, which are random and never meet.
    by_id: HashMap<u64, Vec<Hash>>,
    added: usize,
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
            return Arc::new(Self::new(HALF, Hearing::Alone));
        };
        let known = Arc::new(Self::new(HALF, Hearing::Ended(None)));
        let told = Arc::clone(&known);
        tokio::spawn(async move {
            while let Some(news) = follow.next().await {
                told.hear(news);
            }
            told.close();
        });
        known
    }

    fn new(half: usize, hearing: Hearing) -> Self {
        let (young, old) = Default::default();
        let inner = Inner { young, old, half, changes: 0, lately: VecDeque::new(), hearing };
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
        if inner.is_sure(now) { inner.find(hash) } else { None }
    }

    /// Whose token this was when changes were last heard of, if that is lately.
    pub(super) fn remember(&self, hash: &Hash) -> Option<Arc<SignedIn>> {
        self.remember_at(hash, Instant::now())
    }

    fn remember_at(&self, hash: &Hash, now: Instant) -> Option<Arc<SignedIn>> {
        let mut inner = self.lock();
        let is_lately = match inner.hearing {
            Hearing::Alone => true,
            Hearing::Until(heard) | Hearing::Ended(Some(heard)) => now.duration_since(heard) < LOOK,
            Hearing::Ended(None) => false,
        };
        if is_lately { inner.find(hash) } else { None }
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
        let mut inner = self.lock();
        if inner.is_sure(now) && !inner.is_changed(found, reading) {
            inner.add(hash, Arc::clone(found));
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

    fn find(&mut self, hash: &Hash) -> Option<Arc<SignedIn>> {
        let found = match self.young.by_hash.get(hash) {
            Some(found) => Arc::clone(found),
            None => {
                let found = Arc::clone(self.old.by_hash.get(hash)?);
                self.add(*hash, Arc::clone(&found));
                found
            }
        };
        (machine_now().as_micros() < found.expires_us).then_some(found)
    }

    fn add(&mut self, hash: Hash, found: Arc<SignedIn>) {
        if self.young.added >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.add(hash, found);
    }

    fn is_changed(&self, found: &SignedIn, reading: Reading) -> bool {
        let since = usize::try_from(self.changes.saturating_sub(reading.0)).unwrap_or(usize::MAX);
        let concerns =
            |change: &Option<u64>| change.is_none_or(|id| id == found.person || id == found.session);
        since > self.lately.len() || self.lately.iter().rev().take(since).any(concerns)
    }

    fn forget(&mut self, id: u64) {
        self.note(Some(id));
        self.young.forget(id);
        self.old.forget(id);
    }

    fn forget_all(&mut self) {
        self.note(None);
        (self.young, self.old) = Default::default();
    }

    fn note(&mut self, change: Option<u64>) {
        self.changes += 1;
        if self.lately.len() >= LATELY {
            self.lately.pop_front();
        }
        self.lately.push_back(change);
    }
}

impl Sessions {
    fn add(&mut self, hash: Hash, found: Arc<SignedIn>) {
        for id in [found.session, found.person] {
            let hashes = self.by_id.entry(id).or_default();
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
        self.by_hash.insert(hash, found);
        self.added += 1;
    }

    fn forget(&mut self, id: u64) {
        for hash in self.by_id.remove(&id).unwrap_or_default() {
            self.by_hash.remove(&hash);
        }
    }
}

/// The ids of sessions and people that changes of private rows concern. Nobody keeps in mind what is only inserted.
pub(crate) fn concerned(changes: &[PrivateWrite]) -> Vec<u64> {
    let is_ours = |kind: &str| [Session::KIND, Account::KIND, Person::KIND].contains(&kind);
    let id = |change: &PrivateWrite| match change {
        PrivateWrite::Put(row) => is_ours(&row.kind).then_some(row.id),
        PrivateWrite::Delete { kind, id } => is_ours(kind).then_some(*id),
        PrivateWrite::Insert(_) => None,
    };
    changes.iter().filter_map(id).collect()
}

#[cfg(test)]
#[path = "known_tests.rs"]
mod tests;
