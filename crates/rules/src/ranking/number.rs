//! An application's number in O(log n) (254/3.8).
//!
//! A class falls into a lead, the marked entries in front of its first unmarked one, and units, an unmarked
//! entry with the marked ones right behind it. By R3.34/4 the two leads come first, merged by the highest mark
//! met so far; then the counter of R3.7 chooses between whole units.

use super::{GENERAL_PER_PRIORITY, Ranking, list::UNMARKED};
use crate::{benefit::Class, event::Seniority};

/// Where an entry stands in its own class.
pub(super) enum Stand {
    /// In the lead; the highest mark up to and with it.
    Lead { highest: u32 },
    /// In a unit, counted from 0.
    Unit(u32),
}

pub(super) fn opposite(class: Class) -> Class {
    if class == Class::Priority { Class::General } else { Class::Priority }
}

impl Ranking {
    /// The number of an application, from 1; none when it does not stand here.
    pub fn number(&self, class: Class, key: Seniority) -> Option<u32> {
        let list = self.list(class);
        list.get(key)?;
        let rank = list.rank(key);
        if class == Class::Extraordinary {
            return Some(rank + 1);
        }
        let others = self.list(opposite(class));
        let ahead = match self.stand(class, key) {
            Stand::Lead { highest } => others.first_above(highest),
            Stand::Unit(unit) => others.index_of_unmarked(self.opposite_units_before(class, unit)),
        };
        Some(self.list(Class::Extraordinary).len() + rank + ahead + 1)
    }

    /// Where an entry of the list, or one that would stand there unmarked, stands in its class.
    pub(super) fn stand(&self, class: Class, key: Seniority) -> Stand {
        let list = self.list(class);
        let (rank, unmarked_before) = list.before(key);
        let is_unmarked = list.get(key).is_none_or(|entry| entry.mark == UNMARKED);
        match (is_unmarked, unmarked_before) {
            (true, unit) => Stand::Unit(unit),
            (false, 0) => Stand::Lead { highest: list.highest_mark(rank + 1) },
            (false, before) => Stand::Unit(before - 1),
        }
    }

    /// How many units of the other class the counter puts before a unit, were there enough of them.
    pub(super) fn opposite_units_wanted(&self, class: Class, unit: u32) -> u32 {
        let counter = u32::from(self.counter);
        match class {
            Class::General => (unit + counter) / GENERAL_PER_PRIORITY,
            _ => GENERAL_PER_PRIORITY * (unit + 1) - counter,
        }
    }

    pub(super) fn opposite_units_before(&self, class: Class, unit: u32) -> u32 {
        self.opposite_units_wanted(class, unit).min(self.list(opposite(class)).unmarked())
    }
}
