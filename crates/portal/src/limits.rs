//! Limits of requests per account, and per application for guesses; never per address, which families share.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Forgotten keys are dropped after so many checks.
const TIDY_EVERY: u32 = 4_096;
/// The queue is public by birth year, which leaves 365 dates to try: at five a day
/// trying them all takes ten weeks.
const WRONG_GUESSES_A_DAY: u8 = 5;
/// After a day without it a guess is forgotten; seconds.
pub const DAY_S: u32 = 86_400;
/// A store that was out of reach is asked again after this.
const STORE_AWAY: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(DAY_S as u64);

/// How fast somebody may ask.
pub struct Limits {
    account: DefaultKeyedRateLimiter<u64>,
    changes: DefaultKeyedRateLimiter<u64>,
    guesses: Mutex<HashMap<u64, Guesses>>,
    paper: DefaultKeyedRateLimiter<u64>,
    checks: AtomicU32,
    store_away: Mutex<Option<Instant>>,
}

/// Wrong guesses of an application's second fact.
struct Guesses {
    since: Instant,
    wrong: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A person who looks at pages quickly; the API of a desk as well.
            account: RateLimiter::keyed(quota(20, 200)),
            // The answer to each is kept for a week: a desk's program may send many at once, nobody without end.
            changes: RateLimiter::keyed(quota(1, 2_000)),
            guesses: Mutex::default(),
            // A paper has up to 10 MB and is kept before the form is judged.
            paper: RateLimiter::keyed(Quota::per_hour(times(20)).allow_burst(times(10))),
            checks: AtomicU32::new(0),
            store_away: Mutex::new(None),
        }
    }
}

fn times(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

fn quota(per_second: u32, burst: u32) -> Quota {
    Quota::per_second(times(per_second)).allow_burst(times(burst))
}

impl Limits {
    /// Whether an account may ask once more now.
    pub fn account(&self, account: u64) -> bool {
        self.tidy();
        self.account.check_key(&account).is_ok()
    }

    /// Whether an account may send one more change now.
    pub fn change(&self, account: u64) -> bool {
        self.changes.check_key(&account).is_ok()
    }

    /// Whether the store was out of reach a moment ago: then it is not asked for each request, which would keep
    /// everybody waiting.
    pub fn is_store_away(&self) -> bool {
        self.store_away().is_some_and(|at| at.elapsed() < STORE_AWAY)
    }

    /// Notes that the store is out of reach; true for the first of many, which is logged.
    pub fn note_store_away(&self) -> bool {
        let mut noted = self.store_away();
        let is_first = noted.is_none_or(|at| at.elapsed() >= STORE_AWAY);
        if is_first {
            *noted = Some(Instant::now());
        }
        is_first
    }

    fn store_away(&self) -> MutexGuard<'_, Option<Instant>> {
        // A moment is set in one step, so it is whole whoever panicked.
        self.store_away.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one may try once more to name the second fact of an application. Counts as wrong until
    /// [`Limits::guessed_right`] takes it back, so that many tries at once are counted too.
    pub fn guess(&self, application: u64) -> bool {
        self.tidy();
        self.guess_at(application, Instant::now())
    }

    fn guess_at(&self, application: u64, now: Instant) -> bool {
        let mut guesses = self.guesses();
        let of = guesses.entry(application).or_insert(Guesses { since: now, wrong: 0 });
        if now.duration_since(of.since) >= DAY {
            *of = Guesses { since: now, wrong: 0 };
        }
        let may = of.wrong < WRONG_GUESSES_A_DAY;
        if may {
            of.wrong += 1;
        }
        may
    }

    /// The last guess was right: it counts no more.
    pub fn guessed_right(&self, application: u64) {
        if let Some(of) = self.guesses().get_mut(&application) {
            of.wrong = of.wrong.saturating_sub(1);
        }
    }

    fn guesses(&self) -> MutexGuard<'_, HashMap<u64, Guesses>> {
        // A count is changed in one step, so it is whole whoever panicked.
        self.guesses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one more paper of a person is taken.
    pub fn paper(&self, person: u64) -> bool {
        self.tidy();
        self.paper.check_key(&person).is_ok()
    }

    fn tidy(&self) {
        if self.checks.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.account.retain_recent();
            self.changes.retain_recent();
            self.paper.retain_recent();
            let now = Instant::now();
            self.guesses().retain(|_, of| of.wrong > 0 && now.duration_since(of.since) < DAY);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_end_soon_and_others_go_on() {
        let limits = Limits::default();
        assert!((0..5).all(|_| limits.guess(7)));
        assert!(!limits.guess(7));
        assert!(limits.guess(8));
        assert!((0..200).all(|_| limits.account(7)));
        assert!((0..2_000).all(|_| limits.change(7)));
        assert!(!limits.change(7) && limits.change(8));
        assert!((0..10).all(|_| limits.paper(7)));
        assert!(!limits.paper(7) && limits.paper(8));
    }

    #[test]
    fn right_guesses_do_not_count_and_wrong_ones_are_forgotten_after_a_day() {
        let (limits, now) = (Limits::default(), Instant::now());
        for _ in 0..50 {
            assert!(limits.guess_at(7, now));
            limits.guessed_right(7);
        }
        assert!((0..5).all(|_| limits.guess_at(7, now)));
        assert!(!limits.guess_at(7, now + DAY - Duration::from_secs(1)));
        assert!(limits.guess_at(7, now + DAY));
    }
}
