//! Walking a list in order of seniority.

use super::{List, Place, Seniority};

/// A walk through a list in order of seniority.
#[derive(Clone, Debug)]
pub(crate) struct ListWalk {
    pub(super) place: Place,
}

impl ListWalk {
    /// The entry at which the walk stands: seniority and mark.
    pub(crate) fn head(&self, list: &List) -> Option<(Seniority, u32)> {
        let block = list.blocks.get(self.place.block)?;
        Some((*block.keys.get(self.place.index)?, *block.marks.get(self.place.index)?))
    }

    /// Goes on to the next entry.
    pub(crate) fn advance(&mut self, list: &List) {
        self.place.index += 1;
        if list.blocks.get(self.place.block).is_some_and(|block| self.place.index == block.len()) {
            self.place = Place { block: self.place.block + 1, index: 0 };
        }
    }
}
