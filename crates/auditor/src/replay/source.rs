//! Entries of the three logs in their one order, as the replay takes them.

use std::collections::VecDeque;

use kezek_calendar::Instant;
use kezek_disclosure::{Entry, Part, Said};
use kezek_rules::Event;

use super::finding::{Violation, Wrong};
use super::renumber::Renumber;

/// Thirty years: no queue rests so long between two entries, and a made-up time must not keep the replay busy.
const LONGEST_PAUSE_US: i64 = 30 * 366 * 86_400_000_000;

/// An entry made ready.
#[derive(Clone, Debug)]
pub(super) struct Logged {
    pub(super) seq: u64,
    pub(super) at: Instant,
    pub(super) commitment: Option<[u8; 32]>,
    /// What an entry says of which a part is public.
    pub(super) part: Option<Part>,
    /// The fact as the entry says it, with stand-ins.
    pub(super) public: Option<Event>,
    /// The fact in the replay's own numbers; none when the general queue does not know of it.
    pub(super) event: Option<Event>,
}

/// Entries to come, looked at ahead as far as needed.
pub(super) struct Source<I> {
    entries: I,
    ahead: VecDeque<Logged>,
    latest: (u64, Instant),
    is_at_end: bool,
}

impl<I: Iterator<Item = Entry>> Source<I> {
    pub(super) fn new(entries: I) -> Self {
        Source { entries, ahead: VecDeque::new(), latest: (0, Instant::MIN), is_at_end: false }
    }

    /// Looks so many entries ahead, or to the end.
    pub(super) fn look_ahead(&mut self, count: usize, numbers: &mut Renumber, wrong: &mut Vec<Violation>) {
        while self.ahead.len() < count && !self.is_at_end {
            self.pull(numbers, wrong);
        }
    }

    /// Looks ahead past an instant.
    pub(super) fn look_past(&mut self, at: Instant, numbers: &mut Renumber, wrong: &mut Vec<Violation>) {
        while self.ahead.back().is_none_or(|last| last.at <= at) && !self.is_at_end {
            self.pull(numbers, wrong);
        }
    }

    pub(super) fn ahead(&self) -> &VecDeque<Logged> {
        &self.ahead
    }

    /// Whether so many entries could be looked at.
    pub(super) fn has(&self, count: usize) -> bool {
        self.ahead.len() >= count || !self.is_at_end
    }

    pub(super) fn take(&mut self) -> Option<Logged> {
        self.ahead.pop_front()
    }

    fn pull(&mut self, numbers: &mut Renumber, wrong: &mut Vec<Violation>) {
        let Some(entry) = self.entries.next() else {
            self.is_at_end = true;
            return;
        };
        let (seq, at) = (entry.seq, entry.at);
        let mut find = |kind, clause| {
            let found = match &entry.said {
                Said::Fact(event) => Some(event.clone()),
                Said::Part(part) => part.stand_in(),
                Said::Kept => None,
            };
            wrong.push(Violation { seq, at, wrong: kind, clause, found, lawful: None });
        };
        if seq != self.latest.0.saturating_add(1) {
            find(Wrong::Number, "254/24.7");
        }
        if at < self.latest.1 {
            find(Wrong::BackInTime, "R3.32");
        }
        let is_far = self.latest.1 != Instant::MIN && at > self.latest.1.plus_micros(LONGEST_PAUSE_US);
        if is_far {
            find(Wrong::BackInTime, "R3.32");
        }
        let at = if is_far { self.latest.1 } else { at };
        self.latest = (seq, at.max(self.latest.1));
        let said = match &entry.said {
            Said::Fact(event) => Some(event.clone()),
            Said::Part(part) => part.stand_in(),
            Said::Kept => None,
        };
        if said.is_none() {
            numbers.keep();
        }
        let had_gaps = numbers.has_gaps();
        let event = match said.as_ref().map(|event| numbers.own(event)).transpose() {
            Ok(event) => event.flatten(),
            Err(_) => {
                find(Wrong::NotThere, "254/24.7");
                None
            }
        };
        if numbers.has_gaps() && !had_gaps {
            find(Wrong::NotThere, "254/24.7");
        }
        let part = match entry.said {
            Said::Part(part) => Some(part),
            _ => None,
        };
        self.ahead.push_back(Logged { seq, at, commitment: entry.commitment, part, public: said, event });
    }
}
