//! Whose number changes when one entry joins or leaves, found in O(√n) a run of marked entries.
//!
//! The order with the entry is compared with the order without it; the argument is that of `number.rs`:
//! an entry of the other class has before it the lead, and the whole units that the counter puts there.

use super::{
    GENERAL_PER_PRIORITY, Ranking,
    cause::Moved,
    list::{Place, Standing, UNMARKED},
    number::{Stand, opposite},
};
use crate::benefit::Class;
use alloc::vec::Vec;
use core::ops::Range;

impl Ranking {
    /// Notes `moved` for everyone else whose number differs between this ranking and the one without the
    /// entry at `place`, which stays good.
    pub(super) fn note_moves_by(&mut self, class: Class, place: Place, moved: Moved) {
        let standing = self.list(class).standing(place);
        let end = self.list(class).len();
        self.list_mut(class).note_range(standing.rank + 1, end, moved);
        if class == Class::Extraordinary {
            for other in [Class::Priority, Class::General] {
                let end = self.list(other).len();
                self.list_mut(other).note_range(0, end, moved);
            }
            return;
        }
        for range in self.opposite_moves(class, standing) {
            self.list_mut(opposite(class)).note_range(range.start, range.end, moved);
        }
    }

    /// Index ranges of the other class whose numbers change.
    fn opposite_moves(&self, class: Class, standing: Standing) -> Vec<Range<u32>> {
        let others = self.list(opposite(class));
        if others.len() == 0 {
            return Vec::new();
        }
        let rank = standing.rank;
        match (standing.mark != UNMARKED, self.stand(class, standing)) {
            (true, Stand::Lead { .. }) => {
                alloc::vec![others.first_above(self.lead_threshold(class, rank))..others.len()]
            }
            (true, Stand::Unit(unit)) => {
                alloc::vec![self.start_of_unit_with(class, unit + 1)..others.len()]
            }
            (false, Stand::Unit(unit)) => self.moves_by_unit(class, rank, unit),
            (false, Stand::Lead { .. }) => Vec::new(),
        }
    }

    /// A marked entry in the lead moves those of the other lead whose highest mark is above this, and all behind.
    fn lead_threshold(&self, class: Class, rank: u32) -> u32 {
        let own = self.list(class);
        let before = own.highest_mark(rank);
        let mark = own.at(rank).map_or(0, |entry| entry.mark);
        let follower = own.at(rank + 1).map_or(UNMARKED, |entry| entry.mark);
        before.max(mark.min(follower))
    }

    /// An unmarked entry shifts every unit behind it by one, and cuts its run off the unit before.
    fn moves_by_unit(&self, class: Class, rank: u32, unit: u32) -> Vec<Range<u32>> {
        let (own, others) = (self.list(class), self.list(opposite(class)));
        let units = own.unmarked();
        let mut ranges = Vec::new();
        if unit == 0 && own.index_of_unmarked(1) > rank + 1 {
            // Without it the run would belong to the lead.
            let first_of_run = own.at(rank + 1).map_or(UNMARKED, |entry| entry.mark);
            let threshold = own.highest_mark(rank).max(first_of_run);
            ranges.push(
                others.first_above(threshold).min(others.index_of_unmarked(0))..others.index_of_unmarked(0),
            );
        }
        // Units of more than one entry: those of the other class right behind such a unit move.
        let mut from = rank;
        loop {
            let marked = own.next_marked(from);
            if marked >= own.len() {
                break;
            }
            let multiple = own.unmarked_in_first(marked) - 1;
            ranges.push(self.right_behind(class, multiple));
            from = own.index_of_unmarked(multiple + 1);
        }
        ranges.push(self.start_of_unit_with(class, units)..others.len());
        ranges
    }

    /// Entries of the other class that have exactly `units` units of `class` before them, were there enough.
    fn right_behind(&self, class: Class, units: u32) -> Range<u32> {
        let others = self.list(opposite(class));
        others.index_of_unmarked(self.first_unit_with(class, units))
            ..others.index_of_unmarked(self.first_unit_with(class, units + 1))
    }

    /// Index of the first entry of the other class behind at least `units` units of `class`, leads aside.
    fn start_of_unit_with(&self, class: Class, units: u32) -> u32 {
        self.list(opposite(class)).index_of_unmarked(self.first_unit_with(class, units))
    }

    /// The first unit of the other class that wants at least `units` units of `class` before it.
    fn first_unit_with(&self, class: Class, units: u32) -> u32 {
        let counter = u32::from(self.counter);
        match class {
            // General unit j wants (j + counter) / 3 priority units.
            Class::Priority => (GENERAL_PER_PRIORITY * units).saturating_sub(counter),
            // Priority unit j wants 3 (j + 1) − counter general units.
            _ => (units + counter).saturating_sub(GENERAL_PER_PRIORITY).div_ceil(GENERAL_PER_PRIORITY),
        }
    }
}
