//! An application's number in O(√n) (254/3.8).
//!
//! A class falls into a lead, the marked entries in front of its first unmarked one, and units, an unmarked
//! entry with the marked ones right behind it. By R3.34/4 the two leads come first, merged by the highest mark
//! met so far; then the counter of R3.7 chooses between whole units.

use super::{
    GENERAL_PER_PRIORITY, Ranking,
    list::{Place, Standing, UNMARKED},
};
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
        Some(self.number_at(class, self.list(class).find(key)?))
    }

    /// The number of the entry at a place, from 1.
    pub(super) fn number_at(&self, class: Class, place: Place) -> u32 {
        let standing = self.list(class).standing(place);
        if class == Class::Extraordinary {
            return standing.rank + 1;
        }
        let others = self.list(opposite(class));
        let ahead = match self.stand(class, standing) {
            Stand::Lead { highest } => others.first_above(highest),
            Stand::Unit(unit) => others.index_of_unmarked(self.opposite_units_before(class, unit)),
        };
        self.list(Class::Extraordinary).len() + standing.rank + ahead + 1
    }

    /// The lead or the unit in which an entry of the class stands.
    pub(super) fn stand(&self, class: Class, standing: Standing) -> Stand {
        match (standing.mark == UNMARKED, standing.unmarked_before) {
            (true, unit) => Stand::Unit(unit),
            (false, 0) => Stand::Lead { highest: self.list(class).highest_mark(standing.rank + 1) },
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
