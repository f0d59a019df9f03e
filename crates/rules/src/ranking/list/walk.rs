//! Walking a list in order of seniority.

use super::{List, NIL, Seniority};
use alloc::vec::Vec;

/// A walk through a list in order of seniority.
#[derive(Clone, Debug)]
pub(crate) struct ListWalk {
    pub(super) stack: Vec<u32>,
}

impl ListWalk {
    /// The entry at which the walk stands: seniority and mark.
    pub(crate) fn head(&self, list: &List) -> Option<(Seniority, u32)> {
        let node = &list.nodes[*self.stack.last()? as usize];
        Some((node.key, node.mark))
    }

    /// Goes on to the next entry.
    pub(crate) fn advance(&mut self, list: &List) {
        if let Some(at) = self.stack.pop() {
            self.descend(list, list.nodes[at as usize].right);
        }
    }

    /// Descends to the entry at an index, counted from 0; beyond the last there is none.
    pub(super) fn descend_to(&mut self, list: &List, index: u32) {
        let (mut index, mut at) = (index, list.root);
        while at != NIL {
            let node = &list.nodes[at as usize];
            let left = list.count(node.left);
            if index > left {
                index -= left + 1;
                at = node.right;
                continue;
            }
            self.stack.push(at);
            if index == left {
                return;
            }
            at = node.left;
        }
    }

    pub(super) fn descend(&mut self, list: &List, from: u32) {
        let mut at = from;
        while at != NIL {
            self.stack.push(at);
            at = list.nodes[at as usize].left;
        }
    }
}
