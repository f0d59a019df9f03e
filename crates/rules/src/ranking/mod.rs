//! The order of clause 21: extraordinary first, then one priority for three general, by time inside a class.
//!
//! A ranking stands for one numbered queue (254/13) or one pool (R3.34/1). The counter of R3.7 and the marks
//! of R3.34/4 are part of it. Numbers are computed, never stored.

mod cause;
mod change;
mod list;
mod moves;
mod number;
mod walk;

pub use cause::Cause;
pub(crate) use cause::Moved;

use crate::{benefit::Class, event::Seniority, ids::ApplicationId, profile::PriorityPattern};
use alloc::{collections::BTreeMap, vec::Vec};
use kezek_calendar::Instant;
use list::{Entry, List, UNMARKED};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// General grants between two priority ones (254/21).
pub const GENERAL_PER_PRIORITY: u32 = 3;

/// One ordered queue.
#[derive(Clone, Debug)]
pub struct Ranking {
    lists: [List; 3],
    /// General grants since the last priority one, at most [`GENERAL_PER_PRIORITY`].
    counter: u8,
    /// The next mark.
    sequence: u32,
    /// Who has been counted, in the order or out of it (R3.34/4).
    marks: BTreeMap<ApplicationId, u32>,
}

impl Ranking {
    /// An empty ranking with the pattern's first counter.
    pub fn new(pattern: PriorityPattern) -> Self {
        Ranking {
            lists: Default::default(),
            counter: pattern.initial_counter(),
            sequence: 0,
            marks: BTreeMap::new(),
        }
    }

    /// How many stand in it.
    pub fn len(&self) -> u32 {
        self.lists.iter().map(List::len).sum()
    }

    /// Whether nobody stands in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of a class stand in it.
    pub fn len_of(&self, class: Class) -> u32 {
        self.list(class).len()
    }

    /// The latest registration of a class.
    pub(crate) fn hindmost(&self, class: Class) -> Option<Seniority> {
        let list = self.list(class);
        list.at(list.len().checked_sub(1)?).map(|entry| entry.key)
    }

    /// General grants since the last priority one, 0 to 3.
    pub fn counter(&self) -> u8 {
        self.counter
    }

    /// Whether a grant of this ranking has counted the application (R3.34/4).
    pub fn is_counted(&self, application: ApplicationId) -> bool {
        self.marks.contains_key(&application)
    }

    /// Whether no grant has ever moved its counter.
    pub(crate) fn is_uncounted(&self) -> bool {
        self.sequence == 0
    }

    /// Takes the first counter of another pattern; only while nobody has been counted (R4.32).
    pub(crate) fn start_anew(&mut self, pattern: PriorityPattern) {
        self.counter = pattern.initial_counter();
    }

    /// Enters an application; `cause` is noted for those whose number changes by it.
    pub(crate) fn join(
        &mut self,
        class: Class,
        key: Seniority,
        at: Instant,
        cause: Cause,
        own: Option<Cause>,
    ) {
        let mark = self.marks.get(&key.application).copied().unwrap_or(UNMARKED);
        let moved = own.map_or(Moved::NEVER, |own| Moved::now(at, own));
        let place = self.list_mut(class).insert(Entry { key, mark, moved });
        self.note_moves_by(class, place, Moved::now(at, cause));
    }

    /// Enters an application without noting moves; for rankings in which no numbers are explained.
    pub(crate) fn join_quietly(&mut self, class: Class, key: Seniority) {
        let mark = self.marks.get(&key.application).copied().unwrap_or(UNMARKED);
        self.list_mut(class).insert(Entry { key, mark, moved: Moved::NEVER });
    }

    /// Takes an application out; its mark stays. Whether it was there.
    pub(crate) fn leave(&mut self, class: Class, key: Seniority, at: Instant, cause: Cause) -> bool {
        let Some(place) = self.list(class).find(key) else { return false };
        self.note_moves_by(class, place, Moved::now(at, cause));
        self.list_mut(class).remove_at(place);
        true
    }

    /// Takes an application out without noting moves.
    pub(crate) fn leave_quietly(&mut self, class: Class, key: Seniority) -> bool {
        self.list_mut(class).remove(key)
    }

    /// Forgets that an application was counted: on a change of class, or when it is gone for good.
    pub(crate) fn drop_mark(&mut self, application: ApplicationId) {
        self.marks.remove(&application);
    }

    /// Counts a granted window: once an application, extraordinary ones never (R3.7, R3.34/4).
    pub(crate) fn grant(&mut self, class: Class, key: Seniority) {
        if class == Class::Extraordinary || self.marks.contains_key(&key.application) {
            return;
        }
        self.counter = match class {
            Class::Priority => 0,
            _ => (self.counter + 1).min(GENERAL_PER_PRIORITY as u8),
        };
        self.marks.insert(key.application, self.sequence);
        let mark = self.sequence;
        self.sequence += 1;
        self.list_mut(class).set_mark(key, mark);
    }

    /// The latest move of an entry: when, and why, newest first. None when its number never changed.
    pub fn moved(&self, class: Class, key: Seniority) -> Option<(Instant, Vec<Cause>)> {
        let moved = self.list(class).get(key)?.moved;
        moved.instant().map(|at| (at, moved.causes()))
    }

    fn list(&self, class: Class) -> &List {
        &self.lists[class as usize]
    }

    fn list_mut(&mut self, class: Class) -> &mut List {
        &mut self.lists[class as usize]
    }
}

/// What a ranking is in a snapshot.
#[derive(Serialize, Deserialize)]
struct Stored {
    counter: u8,
    sequence: u32,
    marks: Vec<(ApplicationId, u32)>,
    lists: [Vec<(Seniority, Moved)>; 3],
}

impl Serialize for Ranking {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lists = self
            .lists
            .each_ref()
            .map(|list| list.entries().into_iter().map(|entry| (entry.key, entry.moved)).collect::<Vec<_>>());
        let marks = self.marks.iter().map(|(application, mark)| (*application, *mark)).collect();
        Stored { counter: self.counter, sequence: self.sequence, marks, lists }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Ranking {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        let marks: BTreeMap<ApplicationId, u32> = stored.marks.into_iter().collect();
        let lists = stored.lists.map(|entries| {
            List::from_sorted(entries.into_iter().map(|(key, moved)| Entry {
                key,
                mark: marks.get(&key.application).copied().unwrap_or(UNMARKED),
                moved,
            }))
        });
        Ok(Ranking { lists, counter: stored.counter, sequence: stored.sequence, marks })
    }
}

#[cfg(test)]
mod tests;
