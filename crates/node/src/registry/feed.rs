//! The newest facts, handed from the writer to the publisher: reading each of them again would cost more than
//! publishing it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kezek_rules::Fact;

/// A publisher that is further behind reads the journal.
const FACTS_MAX: usize = 50_000;

/// Facts that wait for the publisher.
#[derive(Debug)]
pub struct Feed {
    waiting: Mutex<Option<Waiting>>,
}

#[derive(Debug, Default)]
struct Waiting {
    batches: VecDeque<(u64, Vec<Fact>)>,
    facts: usize,
}

impl Feed {
    /// Where nobody publishes: nothing is kept.
    pub fn none() -> Self {
        Self { waiting: Mutex::new(None) }
    }

    /// For a publisher.
    pub fn new() -> Self {
        Self { waiting: Mutex::new(Some(Waiting::default())) }
    }

    /// Hands on durable facts; `first` is the number of the first one.
    pub fn give(&self, first: u64, facts: Vec<Fact>) {
        let mut place = self.lock();
        let Some(waiting) = place.as_mut().filter(|_| !facts.is_empty()) else { return };
        if waiting.facts + facts.len() > FACTS_MAX {
            *waiting = Waiting::default();
        }
        waiting.facts += facts.len();
        waiting.batches.push_back((first, facts));
    }

    /// The batches that begin with this fact, up to `most` facts, as far as they are here without a gap. Older ones are
    /// dropped.
    pub fn take(&self, mut next: u64, most: usize) -> Vec<Fact> {
        let mut place = self.lock();
        let Some(waiting) = place.as_mut() else { return Vec::new() };
        let mut taken: Vec<Fact> = Vec::new();
        while let Some((first, facts)) = waiting.batches.front() {
            if *first > next || (!taken.is_empty() && taken.len() + facts.len() > most) {
                break;
            }
            let Some((first, facts)) = waiting.batches.pop_front() else { break };
            waiting.facts -= facts.len();
            // What another node has published meanwhile, as a whole or in part.
            let known = usize::try_from(next - first).unwrap_or(usize::MAX);
            if known < facts.len() {
                next = first + facts.len() as u64;
                taken.extend(facts.into_iter().skip(known));
            }
        }
        taken
    }

    fn lock(&self) -> MutexGuard<'_, Option<Waiting>> {
        // Each change is whole when the lock is let go.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kezek_calendar::Instant;
    use kezek_rules::Event;
    use kezek_rules::ids::SettlementId;

    use super::*;

    fn facts(numbers: std::ops::RangeInclusive<i64>) -> Vec<Fact> {
        let fact = |number| Fact {
            at: Instant::from_micros(number),
            event: Event::ProfileApplied { settlement: SettlementId(0) },
        };
        numbers.map(fact).collect()
    }

    #[test]
    fn facts_are_taken_in_order_and_only_without_a_gap() {
        let feed = Feed::new();
        feed.give(1, facts(1..=3));
        feed.give(4, facts(4..=5));
        feed.give(8, facts(8..=9));
        assert_eq!(feed.take(3, 100), facts(3..=5));
        assert_eq!(feed.take(6, 100), [], "6 and 7 came from another node");
        assert_eq!(feed.take(8, 100), facts(8..=9));
        feed.give(10, facts(10..=12));
        feed.give(13, facts(13..=20));
        assert_eq!(feed.take(10, 4), facts(10..=12));
        assert_eq!(feed.take(13, 4), facts(13..=20), "a batch is taken whole");
        let none = Feed::none();
        none.give(1, facts(1..=3));
        assert_eq!(none.take(1, 100), []);
    }

    #[test]
    fn a_publisher_far_behind_is_not_waited_for() {
        let feed = Feed::new();
        for round in 0..6 {
            feed.give(round * 10_000 + 1, facts(1..=10_000));
        }
        assert_eq!(feed.take(1, 100), []);
        assert_eq!(feed.take(50_001, 100).len(), 10_000);
    }
}
