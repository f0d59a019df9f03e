//! Questions to a list: each runs through figures of the blocks, then looks into one block.

use super::{Entry, List, ListWalk, Place, Seniority, UNMARKED, locate};
use alloc::vec::Vec;

/// Where an entry stands in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// How many entries are senior to it.
    pub(crate) rank: u32,
    /// How many of them no grant has counted.
    pub(crate) unmarked_before: u32,
    pub(crate) mark: u32,
}

impl List {
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    pub(crate) fn unmarked(&self) -> u32 {
        self.unmarked
    }

    pub(crate) fn find(&self, key: Seniority) -> Option<Place> {
        let block = self.block_of(key);
        let index = self.blocks.get(block)?.keys.binary_search(&key).ok()?;
        Some(Place { block, index })
    }

    /// The place of the entry at an index, counted from 0.
    pub(crate) fn place_at(&self, index: u32) -> Option<Place> {
        locate(&self.figures.counts, index).map(|(block, index)| Place { block, index })
    }

    pub(crate) fn standing(&self, place: Place) -> Standing {
        let Place { block, index } = place;
        let (inside, mark) = if self.figures.is_plain(block) {
            (index as u32, UNMARKED)
        } else {
            (self.blocks[block].unmarked_in_first(index), self.blocks[block].marks[index])
        };
        Standing {
            rank: self.figures.count_before(block) + index as u32,
            unmarked_before: self.figures.unmarked_before(block) + inside,
            mark,
        }
    }

    /// How many entries are senior to `key`, whether or not it is in the list.
    pub(crate) fn rank(&self, key: Seniority) -> u32 {
        let at = self.block_of(key);
        let inside = self.blocks.get(at).map_or(0, |block| block.keys.partition_point(|one| *one < key));
        self.figures.count_before(at) + inside as u32
    }

    pub(crate) fn get(&self, key: Seniority) -> Option<Entry> {
        self.find(key).map(|place| self.entry(place))
    }

    /// The entry at an index, counted from 0.
    pub(crate) fn at(&self, index: u32) -> Option<Entry> {
        self.place_at(index).map(|place| self.entry(place))
    }

    fn entry(&self, Place { block: at, index }: Place) -> Entry {
        let block = &self.blocks[at];
        let moved = self.figures.owed[at].after(block.moved[index]);
        Entry { key: block.keys[index], mark: block.marks[index], moved }
    }

    /// The index of the unmarked entry number `nth` (from 0), or the length.
    pub(crate) fn index_of_unmarked(&self, nth: u32) -> u32 {
        let Some((at, nth)) = locate(&self.figures.unmarked, nth) else { return self.len };
        let inside = if self.figures.is_plain(at) {
            nth
        } else {
            let marks = self.blocks[at].marks.iter().enumerate();
            marks.filter(|(_, mark)| **mark == UNMARKED).nth(nth).map_or(0, |(index, _)| index)
        };
        self.figures.count_before(at) + inside as u32
    }

    /// The index of the first entry whose mark is above `mark` (unmarked ones are above all), or the length.
    pub(crate) fn first_above(&self, mark: u32) -> u32 {
        let Some(at) = self.figures.highest.iter().position(|highest| *highest > mark) else {
            return self.len;
        };
        let inside = self.blocks[at].marks.iter().take_while(|one| **one <= mark).count();
        self.figures.count_before(at) + inside as u32
    }

    /// The highest mark among the first `n` entries; 0 when there are none.
    pub(crate) fn highest_mark(&self, n: u32) -> u32 {
        let (at, inside) = locate(&self.figures.counts, n).unwrap_or((self.blocks.len(), 0));
        let whole = self.figures.highest[..at].iter();
        let part = self.blocks.get(at).map_or(&[][..], |block| &block.marks[..inside]);
        whole.chain(part).copied().max().unwrap_or(0)
    }

    /// The index of the first marked entry at or after `from`, or the length.
    pub(crate) fn next_marked(&self, from: u32) -> u32 {
        if self.unmarked == self.len {
            return self.len;
        }
        let Some((start, inside)) = locate(&self.figures.counts, from) else { return self.len };
        let marked_in = |at: usize, from: usize| {
            let found = self.blocks[at].marks[from..].iter().position(|mark| *mark != UNMARKED)?;
            Some(self.figures.count_before(at) + (from + found) as u32)
        };
        let here = if self.figures.is_plain(start) { None } else { marked_in(start, inside) };
        let behind = || (start + 1..self.blocks.len()).find(|at| !self.figures.is_plain(*at));
        here.or_else(|| marked_in(behind()?, 0)).unwrap_or(self.len)
    }

    /// How many of the first `n` entries are unmarked.
    pub(crate) fn unmarked_in_first(&self, n: u32) -> u32 {
        let place = self.place_at(n);
        place.map_or(self.unmarked, |place| self.standing(place).unmarked_before)
    }

    /// The entries in order, from an index on.
    pub(crate) fn walk_from(&self, index: u32) -> ListWalk {
        let end = Place { block: self.blocks.len(), index: 0 };
        ListWalk { place: self.place_at(index).unwrap_or(end) }
    }

    /// All entries in order, with their moves complete.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let blocks = self.blocks.iter().enumerate();
        let places =
            blocks.flat_map(|(at, block)| (0..block.len()).map(move |index| Place { block: at, index }));
        places.map(|place| self.entry(place)).collect()
    }
}
