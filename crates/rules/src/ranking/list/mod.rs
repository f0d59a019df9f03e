//! One class of a ranking: entries in order of seniority, in blocks of about the square root of their number.
//!
//! Each entry may carry a mark, the sequence number of the grant that counted it (R3.34/4), and the cause of
//! its last move. Counts and the like are kept for each block, so a question runs through one short array and
//! looks into one block; a move noted for a whole block is owed to it and paid when its entries are touched.
//! A tree would take fewer steps, but each would wait for memory.

mod ask;
mod block;
mod figures;
mod walk;

pub(crate) use ask::Standing;
pub(crate) use walk::ListWalk;

use super::cause::Moved;
use crate::event::Seniority;
use alloc::vec::Vec;
use block::Block;
use core::ops::Range;
use figures::{Figures, locate};

/// The mark of an entry that no grant has counted; greater than every sequence number.
pub(crate) const UNMARKED: u32 = u32::MAX;

/// The fewest and the most entries at which a block is full.
const FULL: (u32, u32) = (64, 512);

/// An entry as seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: Seniority,
    pub(crate) mark: u32,
    pub(crate) moved: Moved,
}

/// Where an entry is; good until an entry joins or leaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    block: usize,
    index: usize,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    len: u32,
    unmarked: u32,
    /// None is empty.
    blocks: Vec<Block>,
    figures: Figures,
}

/// How many entries a block of a list of this length holds at most when one is added.
fn full(len: u32) -> usize {
    len.isqrt().clamp(FULL.0, FULL.1) as usize
}

impl List {
    /// Builds the list from entries in order of seniority, in linear time; blocks are three quarters full.
    pub(crate) fn from_sorted(entries: impl ExactSizeIterator<Item = Entry>) -> Self {
        let mut list = List::default();
        let size = full(u32::try_from(entries.len()).unwrap_or(u32::MAX)) / 4 * 3;
        let mut block = Block::default();
        for entry in entries {
            if block.len() == size {
                list.put(list.blocks.len(), core::mem::take(&mut block));
            }
            block.push(entry);
            list.len += 1;
            list.unmarked += u32::from(entry.mark == UNMARKED);
        }
        if block.len() > 0 {
            list.put(list.blocks.len(), block);
        }
        list
    }

    /// Where the entry now is.
    pub(crate) fn insert(&mut self, entry: Entry) -> Place {
        self.len += 1;
        self.unmarked += u32::from(entry.mark == UNMARKED);
        if self.blocks.is_empty() {
            let mut block = Block::default();
            block.push(entry);
            self.put(0, block);
            return Place { block: 0, index: 0 };
        }
        let mut at = self.block_of(entry.key);
        self.pay(at);
        if self.blocks[at].len() >= full(self.len) {
            self.halve(at);
            at = self.block_of(entry.key);
        }
        let block = &mut self.blocks[at];
        let index = block.keys.partition_point(|key| *key < entry.key);
        block.insert(index, entry);
        self.figures.gained(at, block, entry.mark);
        Place { block: at, index }
    }

    /// Whether it was there.
    pub(crate) fn remove(&mut self, key: Seniority) -> bool {
        let place = self.find(key);
        if let Some(place) = place {
            self.remove_at(place);
        }
        place.is_some()
    }

    pub(crate) fn remove_at(&mut self, Place { block: at, index }: Place) {
        let block = &mut self.blocks[at];
        let mark = block.remove(index);
        self.len -= 1;
        self.unmarked -= u32::from(mark == UNMARKED);
        if block.len() == 0 {
            self.take(at);
            return;
        }
        self.figures.lost(at, block, mark);
        self.merge_if_small(at);
    }

    pub(crate) fn set_mark(&mut self, key: Seniority, mark: u32) {
        let Some(Place { block: at, index }) = self.find(key) else { return };
        let block = &mut self.blocks[at];
        let old = core::mem::replace(&mut block.marks[index], mark);
        self.unmarked -= u32::from(old == UNMARKED);
        self.unmarked += u32::from(mark == UNMARKED);
        self.figures.marked(at, block, old, mark);
    }

    /// Notes a move of the entries with index in `from..to`. Places stay good.
    pub(crate) fn note_range(&mut self, from: u32, to: u32, moved: Moved) {
        if from >= to.min(self.len) {
            return;
        }
        let beyond = (self.blocks.len(), 0);
        let (mut start, first) = locate(&self.figures.counts, from).unwrap_or(beyond);
        let (stop, end) = locate(&self.figures.counts, to).unwrap_or(beyond);
        if start == stop {
            self.note_part(start, first..end, moved);
            return;
        }
        if first > 0 {
            self.note_part(start, first..self.blocks[start].len(), moved);
            start += 1;
        }
        moved.follow(&mut self.figures.owed[start..stop]);
        if end > 0 {
            self.note_part(stop, 0..end, moved);
        }
    }

    fn note_part(&mut self, at: usize, part: Range<usize>, moved: Moved) {
        self.pay(at);
        moved.follow(&mut self.blocks[at].moved[part]);
    }

    /// The block in which a key is, or would be.
    fn block_of(&self, key: Seniority) -> usize {
        self.figures.firsts.partition_point(|first| *first <= key).saturating_sub(1)
    }

    /// Notes for each entry of a block what is owed to the block.
    fn pay(&mut self, at: usize) {
        let owed = core::mem::replace(&mut self.figures.owed[at], Moved::NEVER);
        if owed != Moved::NEVER {
            owed.follow(&mut self.blocks[at].moved);
        }
    }

    fn put(&mut self, at: usize, block: Block) {
        self.figures.insert(at, &block);
        self.blocks.insert(at, block);
    }

    fn take(&mut self, at: usize) -> Block {
        self.figures.remove(at);
        self.blocks.remove(at)
    }

    /// Makes two of a block to which nothing is owed.
    fn halve(&mut self, at: usize) {
        let mut senior = self.take(at);
        let junior = senior.split_off(senior.len() / 2);
        self.put(at, junior);
        self.put(at, senior);
    }

    /// Makes one of a block and a neighbour when together they are half full at most.
    fn merge_if_small(&mut self, at: usize) {
        let most = full(self.len) as u32 / 2;
        let counts = &self.figures.counts;
        let is_small =
            |senior: &usize| counts.get(senior + 1).is_some_and(|junior| counts[*senior] + junior <= most);
        let Some(senior) = [at.saturating_sub(1), at].into_iter().find(is_small) else { return };
        self.pay(senior);
        self.pay(senior + 1);
        let junior = self.take(senior + 1);
        let mut block = self.take(senior);
        block.append(junior);
        self.put(senior, block);
    }
}

#[cfg(test)]
mod tests;
