//! Limits of requests per account, and per application for guesses; never per address, which families share.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Forgotten keys are dropped after so many checks.
const TIDY_EVERY: u32 = 4_096;

/// How fast somebody may ask.
pub struct Limits {
    account: DefaultKeyedRateLimiter<u64>,
    guess: DefaultKeyedRateLimiter<u64>,
    paper: DefaultKeyedRateLimiter<u64>,
    checks: AtomicU32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A person who looks at pages quickly; the API of a desk as well.
            account: RateLimiter::keyed(quota(20, 200)),
            // A birth date has some 2,000 values in the queue: at this pace trying them takes weeks.
            guess: RateLimiter::keyed(Quota::per_hour(times(10))),
            // A paper has up to 10 MB and is kept before the form is judged.
            paper: RateLimiter::keyed(Quota::per_hour(times(20)).allow_burst(times(10))),
            checks: AtomicU32::new(0),
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

    /// Whether one may try once more to name the second fact of an application.
    pub fn guess(&self, application: u64) -> bool {
        self.tidy();
        self.guess.check_key(&application).is_ok()
    }

    /// Whether one more paper of a person is taken.
    pub fn paper(&self, person: u64) -> bool {
        self.tidy();
        self.paper.check_key(&person).is_ok()
    }

    fn tidy(&self) {
        if self.checks.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.account.retain_recent();
            self.guess.retain_recent();
            self.paper.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_end_soon_and_others_go_on() {
        let limits = Limits::default();
        assert!((0..10).all(|_| limits.guess(7)));
        assert!(!limits.guess(7));
        assert!(limits.guess(8));
        assert!((0..200).all(|_| limits.account(7)));
        assert!((0..10).all(|_| limits.paper(7)));
        assert!(!limits.paper(7) && limits.paper(8));
    }
}
