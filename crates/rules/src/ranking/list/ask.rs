//! Questions to a list, each a way down the tree.

use super::{Entry, List, ListWalk, Moved, NIL, Seniority, UNMARKED};
use alloc::vec::Vec;

impl List {
    pub(crate) fn len(&self) -> u32 {
        self.count(self.root)
    }

    pub(crate) fn unmarked(&self) -> u32 {
        if self.root == NIL { 0 } else { self.nodes[self.root as usize].unmarked }
    }

    /// How many entries are senior to `key`, whether or not it is in the list.
    pub(crate) fn rank(&self, key: Seniority) -> u32 {
        self.before(key).0
    }

    /// How many entries, and how many unmarked ones, are senior to `key`.
    pub(crate) fn before(&self, key: Seniority) -> (u32, u32) {
        let (mut all, mut unmarked, mut at) = (0, 0, self.root);
        while at != NIL {
            let node = &self.nodes[at as usize];
            if node.key < key {
                all += 1 + self.count(node.left);
                unmarked += u32::from(node.mark == UNMARKED) + self.unmarked_below(node.left);
                at = node.right;
            } else {
                at = node.left;
            }
        }
        (all, unmarked)
    }

    pub(crate) fn get(&self, key: Seniority) -> Option<Entry> {
        let (mut owed, mut at) = (Moved::NEVER, self.root);
        while at != NIL {
            let node = &self.nodes[at as usize];
            if node.key == key {
                return Some(Entry { key, mark: node.mark, moved: owed.after(node.moved()) });
            }
            owed = owed.after(node.owed());
            at = if key < node.key { node.left } else { node.right };
        }
        None
    }

    /// The entry at an index, counted from 0.
    pub(crate) fn at(&self, index: u32) -> Option<Entry> {
        let (mut index, mut at) = (index, self.root);
        while at != NIL {
            let node = &self.nodes[at as usize];
            let left = self.count(node.left);
            if index == left {
                return Some(Entry { key: node.key, mark: node.mark, moved: node.moved() });
            }
            if index < left {
                at = node.left;
            } else {
                index -= left + 1;
                at = node.right;
            }
        }
        None
    }

    /// The index of the unmarked entry number `nth` (from 0), or the length.
    pub(crate) fn index_of_unmarked(&self, nth: u32) -> u32 {
        let (mut nth, mut index, mut at) = (nth, 0, self.root);
        while at != NIL {
            let node = &self.nodes[at as usize];
            let left = self.unmarked_below(node.left);
            if nth < left {
                at = node.left;
                continue;
            }
            nth -= left;
            index += self.count(node.left);
            if node.mark == UNMARKED {
                if nth == 0 {
                    return index;
                }
                nth -= 1;
            }
            index += 1;
            at = node.right;
        }
        index
    }

    /// The index of the first entry whose mark is above `mark` (unmarked ones are above all), or the length.
    pub(crate) fn first_above(&self, mark: u32) -> u32 {
        let (mut index, mut at) = (0, self.root);
        while at != NIL {
            let node = &self.nodes[at as usize];
            if node.left != NIL && self.nodes[node.left as usize].max_mark > mark {
                at = node.left;
                continue;
            }
            index += self.count(node.left);
            if node.mark > mark {
                return index;
            }
            index += 1;
            at = node.right;
        }
        index
    }

    /// The highest mark among the first `n` entries; 0 when there are none.
    pub(crate) fn highest_mark(&self, n: u32) -> u32 {
        let (mut left_to_see, mut highest, mut at) = (n, 0, self.root);
        while at != NIL && left_to_see > 0 {
            let node = &self.nodes[at as usize];
            let left = self.count(node.left);
            if left_to_see <= left {
                at = node.left;
                continue;
            }
            if node.left != NIL {
                highest = highest.max(self.nodes[node.left as usize].max_mark);
            }
            highest = highest.max(node.mark);
            left_to_see -= left + 1;
            at = node.right;
        }
        highest
    }

    /// The index of the first marked entry at or after `from`, or the length.
    pub(crate) fn next_marked(&self, from: u32) -> u32 {
        // Among the first `i` entries there are i − unmarked(i) marked ones; search the tree for the next.
        let (mut skip, mut index, mut at) = (self.marked_before(from), 0, self.root);
        while at != NIL {
            let node = &self.nodes[at as usize];
            let left_marked = self.count(node.left) - self.unmarked_below(node.left);
            if skip < left_marked {
                at = node.left;
                continue;
            }
            skip -= left_marked;
            index += self.count(node.left);
            if node.mark != UNMARKED {
                if skip == 0 {
                    return index;
                }
                skip -= 1;
            }
            index += 1;
            at = node.right;
        }
        index
    }

    /// How many of the first `n` entries are unmarked.
    pub(crate) fn unmarked_in_first(&self, n: u32) -> u32 {
        let (mut left_to_see, mut unmarked, mut at) = (n, 0, self.root);
        while at != NIL && left_to_see > 0 {
            let node = &self.nodes[at as usize];
            let left = self.count(node.left);
            if left_to_see <= left {
                at = node.left;
                continue;
            }
            unmarked += self.unmarked_below(node.left) + u32::from(node.mark == UNMARKED);
            left_to_see -= left + 1;
            at = node.right;
        }
        unmarked
    }

    /// The entries in order, from an index on.
    pub(crate) fn walk_from(&self, index: u32) -> ListWalk {
        let mut walk = ListWalk { stack: Vec::new() };
        walk.descend_to(self, index);
        walk
    }

    /// All entries in order, with their moves complete.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut out = Vec::with_capacity(self.len() as usize);
        self.collect(self.root, Moved::NEVER, &mut out);
        out
    }

    fn collect(&self, at: u32, owed: Moved, out: &mut Vec<Entry>) {
        if at == NIL {
            return;
        }
        let node = &self.nodes[at as usize];
        let below = owed.after(node.owed());
        self.collect(node.left, below, out);
        out.push(Entry { key: node.key, mark: node.mark, moved: owed.after(node.moved()) });
        self.collect(node.right, below, out);
    }

    fn marked_before(&self, index: u32) -> u32 {
        let index = index.min(self.len());
        index - self.unmarked_in_first(index)
    }
}
