//! What is known of each block of a list, each figure in an array of its own: questions run through them.

use super::{Moved, Seniority, UNMARKED, block::Block};
use alloc::vec::Vec;

#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    /// The key of the first entry.
    pub(super) firsts: Vec<Seniority>,
    /// How many entries.
    pub(super) counts: Vec<u32>,
    /// How many of them no grant has counted.
    pub(super) unmarked: Vec<u32>,
    /// The highest mark.
    pub(super) highest: Vec<u32>,
    /// The move noted for the whole block and not yet for its entries.
    pub(super) owed: Vec<Moved>,
}

impl Figures {
    /// Enters the figures of a block, which is not empty and to which nothing is owed.
    pub(super) fn insert(&mut self, at: usize, block: &Block) {
        self.firsts.insert(at, block.keys[0]);
        self.counts.insert(at, block.len() as u32);
        self.unmarked.insert(at, block.unmarked_in_first(block.len()));
        self.highest.insert(at, block.highest_mark());
        self.owed.insert(at, Moved::NEVER);
    }

    pub(super) fn remove(&mut self, at: usize) {
        self.firsts.remove(at);
        self.counts.remove(at);
        self.unmarked.remove(at);
        self.highest.remove(at);
        self.owed.remove(at);
    }

    /// The block, with its number, has got an entry.
    pub(super) fn gained(&mut self, at: usize, block: &Block, mark: u32) {
        self.firsts[at] = block.keys[0];
        self.counts[at] += 1;
        self.unmarked[at] += u32::from(mark == UNMARKED);
        self.highest[at] = self.highest[at].max(mark);
    }

    /// The block, with its number, has lost an entry and is not empty.
    pub(super) fn lost(&mut self, at: usize, block: &Block, mark: u32) {
        self.firsts[at] = block.keys[0];
        self.counts[at] -= 1;
        self.unmarked[at] -= u32::from(mark == UNMARKED);
        self.find_highest(at, block);
    }

    /// One mark of the block, with its number, was replaced.
    pub(super) fn marked(&mut self, at: usize, block: &Block, old: u32, new: u32) {
        self.unmarked[at] -= u32::from(old == UNMARKED);
        self.unmarked[at] += u32::from(new == UNMARKED);
        self.find_highest(at, block);
    }

    fn find_highest(&mut self, at: usize, block: &Block) {
        self.highest[at] = if self.unmarked[at] > 0 { UNMARKED } else { block.highest_mark() };
    }

    /// Whether no entry of a block has been counted by a grant.
    pub(super) fn is_plain(&self, at: usize) -> bool {
        self.unmarked[at] == self.counts[at]
    }

    /// How many entries are in the blocks before one.
    pub(super) fn count_before(&self, at: usize) -> u32 {
        self.counts[..at].iter().sum()
    }

    /// How many entries that no grant has counted are in the blocks before one.
    pub(super) fn unmarked_before(&self, at: usize) -> u32 {
        self.unmarked[..at].iter().sum()
    }
}

/// How many figures are added at once before one looks.
const STRIDE: usize = 16;

/// The block with the `nth` (from 0) of what `figures` count, and which of the block's own it is.
pub(super) fn locate(figures: &[u32], nth: u32) -> Option<(usize, usize)> {
    let mut rest = nth;
    for (stride, start) in figures.chunks(STRIDE).zip((0..).step_by(STRIDE)) {
        let sum: u32 = stride.iter().sum();
        if rest >= sum {
            rest -= sum;
            continue;
        }
        for (figure, at) in stride.iter().zip(start..) {
            if rest < *figure {
                return Some((at, rest as usize));
            }
            rest -= figure;
        }
    }
    None
}
