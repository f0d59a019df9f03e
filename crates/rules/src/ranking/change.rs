//! Whose number changes when the order itself changes: a class (R3.13), or the counter with its marks (R3.34/4).
//!
//! A change of class is found by walking the order before and the order after side by side, from where they begin
//! to differ to where they agree again.

use super::{
    Ranking,
    cause::{Cause, Moved},
    list::{Entry, UNMARKED},
    walk::Start,
};
use crate::{benefit::Class, event::Seniority};
use alloc::vec::Vec;
use core::ops::Range;
use kezek_calendar::Instant;

impl Ranking {
    /// Moves an application to another class, without its mark (R3.34/4); `cause` is noted for everyone whose
    /// number changes by it.
    pub(crate) fn change_class(&mut self, old: Class, new: Class, key: Seniority, at: Instant, cause: Cause) {
        self.drop_mark(key.application);
        let Some(entry) = self.list(old).get(key) else { return };
        let start = self.start_at(self.index_as_head(old, key).min(self.index_as_head(new, key)));
        // In both lists for a moment: each walk passes over the other's entry.
        self.list_mut(new).insert(Entry { mark: UNMARKED, ..entry });
        let moves = self.moves_between(old, new, key, start);
        self.list_mut(old).remove(key);
        self.note_moves(moves, Moved::now(at, cause));
    }

    /// Notes a move for everyone whose number differs from `before`, an order of the same applications.
    pub(crate) fn note_differences(&mut self, before: &[(Class, Seniority)], at: Instant, cause: Cause) {
        let mut moves = Moves::default();
        for ((class, key), (_, was)) in self.walk(|_, _| true).zip(before) {
            moves.pass(class, key != *was);
        }
        self.note_moves(moves, Moved::now(at, cause));
    }

    /// How many are in front in the order when everyone senior in its class has been taken.
    fn index_as_head(&self, class: Class, key: Seniority) -> u32 {
        let list = self.list(class);
        match list.rank(key).checked_sub(1).and_then(|rank| list.place_at(rank)) {
            Some(senior) => self.number_at(class, senior),
            None if class == Class::Extraordinary => 0,
            None => self.len_of(Class::Extraordinary),
        }
    }

    fn moves_between(&self, old: Class, new: Class, key: Seniority, start: Start) -> Moves {
        let mut moves = Moves { passed: start.taken, ..Moves::default() };
        let mut was_taken = start.taken;
        let mut before = self.walk_from(start, |class, one| (class, one) != (new, key));
        let mut after = self.walk_from(start, |class, one| (class, one) != (old, key));
        let mut seen = 0;
        while let (Some((was_class, was)), Some((class, one))) = (before.next(), after.next()) {
            was_taken[was_class as usize] += 1;
            moves.pass(class, one != was);
            seen += u32::from(one == key) + u32::from(was == key);
            let mut expected = was_taken;
            if seen == 2 {
                expected[old as usize] -= 1;
                expected[new as usize] += 1;
            }
            if seen == 2 && expected == moves.passed && before.counter() == after.counter() {
                // The rest is the same.
                break;
            }
        }
        moves
    }

    fn note_moves(&mut self, moves: Moves, moved: Moved) {
        for (class, range) in moves.ranges() {
            self.list_mut(class).note_range(range.start, range.end, moved);
        }
    }
}

/// Those who moved, as index ranges of their classes.
#[derive(Default)]
struct Moves {
    /// How many of each class the walk has passed.
    passed: [u32; 3],
    latest: [Range<u32>; 3],
    done: Vec<(Class, Range<u32>)>,
}

impl Moves {
    /// The next of a class, and whether its number is another one.
    fn pass(&mut self, class: Class, has_moved: bool) {
        let index = self.passed[class as usize];
        self.passed[class as usize] += 1;
        let latest = &mut self.latest[class as usize];
        if !has_moved {
            return;
        }
        if latest.start < latest.end && latest.end == index {
            latest.end += 1;
        } else {
            self.done.push((class, core::mem::replace(latest, index..index + 1)));
        }
    }

    fn ranges(self) -> impl Iterator<Item = (Class, Range<u32>)> {
        self.done.into_iter().chain(Class::ALL.into_iter().zip(self.latest))
    }
}
