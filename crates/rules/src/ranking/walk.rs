//! Walking a ranking in the order of clause 21 (R3.7).

use super::{
    GENERAL_PER_PRIORITY, Ranking,
    list::{ListWalk, UNMARKED},
};
use crate::{benefit::Class, event::Seniority};
use alloc::vec::Vec;

/// The order of a ranking, entry by entry; who is not a candidate is skipped and leaves the counter alone
/// (R3.34/2). The ranking itself is not changed.
pub(crate) struct Walk<'a, F> {
    ranking: &'a Ranking,
    lists: [ListWalk; 3],
    counter: u8,
    is_candidate: F,
}

impl Ranking {
    /// The whole order.
    pub fn order(&self) -> Vec<(Class, Seniority)> {
        self.walk(|_, _| true).collect()
    }

    /// At most `limit` entries of the order from an index on, counted from 0. O(√n log n + limit).
    pub fn page(&self, from: u32, limit: u32) -> Vec<(Class, Seniority)> {
        let walk = self.walk_from(self.start_at(from), |_, _| true);
        walk.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect()
    }

    /// Where a walk of the whole order stands after so many entries.
    pub(super) fn start_at(&self, index: u32) -> Start {
        let taken = self.split_at(index);
        Start { taken, counter: self.counter_at(&taken) }
    }

    /// How many of each class are among the first `index` entries of the order.
    fn split_at(&self, index: u32) -> [u32; 3] {
        let index = index.min(self.len());
        let extraordinary = index.min(self.len_of(Class::Extraordinary));
        // Numbers grow along a class.
        let list = self.list(Class::Priority);
        let (mut among, mut beyond) = (0, list.len());
        while among < beyond {
            let middle = among + (beyond - among) / 2;
            let place = list.place_at(middle);
            if place.is_some_and(|place| self.number_at(Class::Priority, place) <= index) {
                among = middle + 1;
            } else {
                beyond = middle;
            }
        }
        [extraordinary, among, index - extraordinary - among]
    }

    /// The counter of a walk that has taken so many of each class (R3.7).
    fn counter_at(&self, taken: &[u32; 3]) -> u8 {
        let unmarked = |class: Class| self.list(class).unmarked_in_first(taken[class as usize]);
        let general = unmarked(Class::General);
        let (before, counter) = match unmarked(Class::Priority).checked_sub(1) {
            Some(latest) => (self.opposite_units_before(Class::Priority, latest), 0),
            None => (0, self.counter),
        };
        let counted = (u32::from(counter) + general - before).min(GENERAL_PER_PRIORITY);
        u8::try_from(counted).unwrap_or(self.counter)
    }

    /// The order of those who are candidates.
    pub(crate) fn walk<F: FnMut(Class, Seniority) -> bool>(&self, is_candidate: F) -> Walk<'_, F> {
        self.walk_from(Start { taken: [0; 3], counter: self.counter }, is_candidate)
    }

    pub(super) fn walk_from<F: FnMut(Class, Seniority) -> bool>(
        &self,
        start: Start,
        is_candidate: F,
    ) -> Walk<'_, F> {
        let lists = Class::ALL.map(|class| self.list(class).walk_from(start.taken[class as usize]));
        Walk { ranking: self, lists, counter: start.counter, is_candidate }
    }
}

/// Where a walk begins: so many taken of each class, and the counter then.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) taken: [u32; 3],
    counter: u8,
}

impl<F: FnMut(Class, Seniority) -> bool> Walk<'_, F> {
    /// The counter of this walk.
    pub(super) fn counter(&self) -> u8 {
        self.counter
    }

    /// The next candidate of a class and its mark.
    fn head(&mut self, class: Class) -> Option<(Seniority, u32)> {
        let list = self.ranking.list(class);
        let walk = &mut self.lists[class as usize];
        loop {
            let (key, mark) = walk.head(list)?;
            if (self.is_candidate)(class, key) {
                return Some((key, mark));
            }
            walk.advance(list);
        }
    }

    fn take(&mut self, class: Class, key: Seniority) -> Option<(Class, Seniority)> {
        self.lists[class as usize].advance(self.ranking.list(class));
        Some((class, key))
    }

    /// One who is not counted yet moves the counter of this walk.
    fn take_counted(&mut self, class: Class, (key, mark): (Seniority, u32)) -> Option<(Class, Seniority)> {
        if mark == UNMARKED {
            self.counter = match class {
                Class::Priority => 0,
                _ => (self.counter + 1).min(GENERAL_PER_PRIORITY as u8),
            };
        }
        self.take(class, key)
    }
}

impl<F: FnMut(Class, Seniority) -> bool> Iterator for Walk<'_, F> {
    type Item = (Class, Seniority);

    fn next(&mut self) -> Option<(Class, Seniority)> {
        if let Some((key, _)) = self.head(Class::Extraordinary) {
            return self.take(Class::Extraordinary, key);
        }
        let (priority, general) = (self.head(Class::Priority), self.head(Class::General));
        match (priority, general) {
            (None, None) => None,
            (Some(priority), None) => self.take_counted(Class::Priority, priority),
            (None, Some(general)) => self.take_counted(Class::General, general),
            (Some(priority), Some(general)) => {
                // R3.34/4: who was counted earlier is taken first, of two the one counted first.
                let priority_next = if priority.1 != UNMARKED || general.1 != UNMARKED {
                    priority.1 < general.1
                } else {
                    u32::from(self.counter) == GENERAL_PER_PRIORITY
                };
                if priority_next {
                    self.take_counted(Class::Priority, priority)
                } else {
                    self.take_counted(Class::General, general)
                }
            }
        }
    }
}
