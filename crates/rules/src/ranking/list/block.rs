//! A run of entries in order of seniority, column by column: a search for a key reads keys only.

use super::{Entry, Moved, Seniority, UNMARKED};
use alloc::vec::Vec;

#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub(super) keys: Vec<Seniority>,
    pub(super) marks: Vec<u32>,
    pub(super) moved: Vec<Moved>,
}

impl Block {
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.keys.push(entry.key);
        self.marks.push(entry.mark);
        self.moved.push(entry.moved);
    }

    pub(super) fn insert(&mut self, index: usize, entry: Entry) {
        self.keys.insert(index, entry.key);
        self.marks.insert(index, entry.mark);
        self.moved.insert(index, entry.moved);
    }

    /// Takes an entry out; its mark.
    pub(super) fn remove(&mut self, index: usize) -> u32 {
        self.keys.remove(index);
        self.moved.remove(index);
        self.marks.remove(index)
    }

    /// The entries from an index on, taken out.
    pub(super) fn split_off(&mut self, at: usize) -> Block {
        Block {
            keys: self.keys.split_off(at),
            marks: self.marks.split_off(at),
            moved: self.moved.split_off(at),
        }
    }

    pub(super) fn append(&mut self, mut junior: Block) {
        self.keys.append(&mut junior.keys);
        self.marks.append(&mut junior.marks);
        self.moved.append(&mut junior.moved);
    }

    pub(super) fn unmarked_in_first(&self, n: usize) -> u32 {
        self.marks[..n].iter().map(|mark| u32::from(*mark == UNMARKED)).sum()
    }

    pub(super) fn highest_mark(&self) -> u32 {
        self.marks.iter().copied().max().unwrap_or(0)
    }
}
