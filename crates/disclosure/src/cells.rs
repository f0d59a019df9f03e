//! Small cells: few families of whom the same is public are near to being named (R3.24).

use std::collections::BTreeMap;

use kezek_rules::State;
use kezek_rules::benefit::Class;
use kezek_rules::ids::SettlementId;

use crate::Born;

/// Of whom the same is public at registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Where.
    pub settlement: SettlementId,
    /// Calendar year of birth.
    pub year: i16,
    /// After 1 September of it.
    pub late: bool,
    /// The class of the benefits that are confirmed.
    pub class: Class,
}

/// The cells with fewer than so many living applications of general queues, with how many each has.
pub fn small_cells(state: &State, fewer_than: u32) -> Vec<(Cell, u32)> {
    let mut cells: BTreeMap<Cell, u32> = BTreeMap::new();
    let general = state.applications().filter(|(_, one)| one.queue.care().is_none() && !one.is_archived());
    for (_, one) in general {
        let Born { year, late } = Born::of(one.born);
        *cells.entry(Cell { settlement: one.settlement, year, late, class: one.class() }).or_default() += 1;
    }
    cells.into_iter().filter(|(_, count)| *count < fewer_than).collect()
}
