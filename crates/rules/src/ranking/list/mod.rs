//! One class of a ranking: a treap by seniority that counts, so that every question is answered in O(log n).
//!
//! Each entry may carry a mark, the sequence number of the grant that counted it (R3.34/4), and the cause of
//! its last move, which ranges of entries get at once by lazy tags. Tree priorities are a hash of the
//! application, so the shape is a function of the content.

mod ask;
mod walk;

pub(crate) use walk::ListWalk;

use super::cause::Moved;
use crate::event::Seniority;
use alloc::vec::Vec;

const NIL: u32 = u32::MAX;

/// The mark of an entry that no grant has counted; greater than every sequence number.
pub(crate) const UNMARKED: u32 = u32::MAX;

/// As large as a line of the processor's cache: a way down the tree waits for memory once a step.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Node {
    key: Seniority,
    moved_at: i64,
    owed_at: i64,
    moved_causes: u32,
    owed_causes: u32,
    left: u32,
    right: u32,
    count: u32,
    unmarked: u32,
    mark: u32,
    max_mark: u32,
}

impl Node {
    fn moved(&self) -> Moved {
        Moved::of(self.moved_at, self.moved_causes)
    }

    /// Owed to everything below this node.
    fn owed(&self) -> Moved {
        Moved::of(self.owed_at, self.owed_causes)
    }

    fn move_it(&mut self, moved: Moved) {
        (self.moved_at, self.moved_causes) = moved.after(self.moved()).parts();
    }

    fn owe(&mut self, moved: Moved) {
        (self.owed_at, self.owed_causes) = moved.after(self.owed()).parts();
    }

    fn owe_nothing(&mut self) {
        (self.owed_at, self.owed_causes) = Moved::NEVER.parts();
    }
}

/// An entry as seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: Seniority,
    pub(crate) mark: u32,
    pub(crate) moved: Moved,
}

#[derive(Clone, Debug)]
pub(crate) struct List {
    nodes: Vec<Node>,
    free: Vec<u32>,
    root: u32,
}

impl Default for List {
    fn default() -> Self {
        List { nodes: Vec::new(), free: Vec::new(), root: NIL }
    }
}

/// Where in the tree an entry goes: any fixed mixing of the number will do.
fn priority(key: Seniority) -> u64 {
    let mut x = u64::from(key.application.0).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl List {
    /// Builds the list from entries in order of seniority, in linear time.
    pub(crate) fn from_sorted(entries: impl Iterator<Item = Entry>) -> Self {
        let mut list = List::default();
        let mut spine: Vec<u32> = Vec::new();
        for entry in entries {
            let node = list.allocate(entry);
            let mut below = NIL;
            while let Some(&top) = spine.last() {
                if priority(list.nodes[top as usize].key) >= priority(entry.key) {
                    break;
                }
                list.refresh(top);
                below = top;
                spine.pop();
            }
            list.nodes[node as usize].left = below;
            if let Some(&top) = spine.last() {
                list.nodes[top as usize].right = node;
            }
            spine.push(node);
        }
        list.root = spine.first().copied().unwrap_or(NIL);
        while let Some(top) = spine.pop() {
            list.refresh(top);
        }
        list
    }

    pub(crate) fn insert(&mut self, entry: Entry) {
        let node = self.allocate(entry);
        let (left, right) = self.split(self.root, entry.key);
        let left = self.merge(left, node);
        self.root = self.merge(left, right);
    }

    pub(crate) fn remove(&mut self, key: Seniority) -> Option<Entry> {
        let found = self.find(key)?;
        self.root = self.remove_below(self.root, key);
        self.free.push(found);
        let node = self.nodes[found as usize];
        Some(Entry { key, mark: node.mark, moved: node.moved() })
    }

    pub(crate) fn set_mark(&mut self, key: Seniority, mark: u32) {
        let mut path = Vec::new();
        let mut at = self.root;
        while at != NIL {
            path.push(at);
            let node = &self.nodes[at as usize];
            if node.key == key {
                self.nodes[at as usize].mark = mark;
                break;
            }
            at = if key < node.key { node.left } else { node.right };
        }
        while let Some(at) = path.pop() {
            self.refresh(at);
        }
    }

    /// Notes a move of the entries with index in `from..to`.
    pub(crate) fn note_range(&mut self, from: u32, to: u32, moved: Moved) {
        if from < to {
            self.note_below(self.root, from, to, moved);
        }
    }

    fn count(&self, at: u32) -> u32 {
        if at == NIL { 0 } else { self.nodes[at as usize].count }
    }

    fn unmarked_below(&self, at: u32) -> u32 {
        if at == NIL { 0 } else { self.nodes[at as usize].unmarked }
    }

    fn allocate(&mut self, entry: Entry) -> u32 {
        let ((moved_at, moved_causes), (owed_at, owed_causes)) = (entry.moved.parts(), Moved::NEVER.parts());
        let node = Node {
            key: entry.key,
            moved_at,
            owed_at,
            moved_causes,
            owed_causes,
            left: NIL,
            right: NIL,
            count: 1,
            unmarked: u32::from(entry.mark == UNMARKED),
            mark: entry.mark,
            max_mark: entry.mark,
        };
        match self.free.pop() {
            Some(at) => {
                self.nodes[at as usize] = node;
                at
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() as u32 - 1
            }
        }
    }

    fn find(&self, key: Seniority) -> Option<u32> {
        let mut at = self.root;
        while at != NIL {
            let node = &self.nodes[at as usize];
            if node.key == key {
                return Some(at);
            }
            at = if key < node.key { node.left } else { node.right };
        }
        None
    }

    fn refresh(&mut self, at: u32) {
        let Node { left, right, mark, .. } = self.nodes[at as usize];
        let (mut count, mut unmarked, mut max_mark) = (1, u32::from(mark == UNMARKED), mark);
        for child in [left, right] {
            if child != NIL {
                let child = &self.nodes[child as usize];
                count += child.count;
                unmarked += child.unmarked;
                max_mark = max_mark.max(child.max_mark);
            }
        }
        let node = &mut self.nodes[at as usize];
        (node.count, node.unmarked, node.max_mark) = (count, unmarked, max_mark);
    }

    fn pay(&mut self, at: u32) {
        let node = &mut self.nodes[at as usize];
        let (left, right, owed) = (node.left, node.right, node.owed());
        if owed == Moved::NEVER {
            return;
        }
        node.owe_nothing();
        for child in [left, right] {
            if child != NIL {
                let child = &mut self.nodes[child as usize];
                child.move_it(owed);
                child.owe(owed);
            }
        }
    }

    /// Splits into what is senior to `key` and the rest.
    fn split(&mut self, at: u32, key: Seniority) -> (u32, u32) {
        if at == NIL {
            return (NIL, NIL);
        }
        self.pay(at);
        if self.nodes[at as usize].key < key {
            let (left, right) = self.split(self.nodes[at as usize].right, key);
            self.nodes[at as usize].right = left;
            self.refresh(at);
            (at, right)
        } else {
            let (left, right) = self.split(self.nodes[at as usize].left, key);
            self.nodes[at as usize].left = right;
            self.refresh(at);
            (left, at)
        }
    }

    fn merge(&mut self, left: u32, right: u32) -> u32 {
        if left == NIL {
            return right;
        }
        if right == NIL {
            return left;
        }
        if priority(self.nodes[left as usize].key) >= priority(self.nodes[right as usize].key) {
            self.pay(left);
            let below = self.merge(self.nodes[left as usize].right, right);
            self.nodes[left as usize].right = below;
            self.refresh(left);
            left
        } else {
            self.pay(right);
            let below = self.merge(left, self.nodes[right as usize].left);
            self.nodes[right as usize].left = below;
            self.refresh(right);
            right
        }
    }

    fn remove_below(&mut self, at: u32, key: Seniority) -> u32 {
        if at == NIL {
            return NIL;
        }
        self.pay(at);
        let Node { key: here, left, right, .. } = self.nodes[at as usize];
        if here == key {
            return self.merge(left, right);
        }
        if key < here {
            let below = self.remove_below(left, key);
            self.nodes[at as usize].left = below;
        } else {
            let below = self.remove_below(right, key);
            self.nodes[at as usize].right = below;
        }
        self.refresh(at);
        at
    }

    fn note_below(&mut self, at: u32, from: u32, to: u32, moved: Moved) {
        if at == NIL || from >= to {
            return;
        }
        let Node { left, right, count, .. } = self.nodes[at as usize];
        if from == 0 && to >= count {
            let node = &mut self.nodes[at as usize];
            node.move_it(moved);
            node.owe(moved);
            return;
        }
        self.pay(at);
        let here = self.count(left);
        if from < here {
            self.note_below(left, from, to.min(here), moved);
        }
        if from <= here && here < to {
            self.nodes[at as usize].move_it(moved);
        }
        if to > here + 1 {
            self.note_below(right, from.saturating_sub(here + 1), to - here - 1, moved);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Node;

    #[test]
    fn a_node_is_a_line_of_the_cache() {
        assert_eq!(size_of::<Node>(), 64);
    }
}
