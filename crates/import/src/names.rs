//! Settlements and organisations by name.

use std::collections::BTreeMap;

use kezek_rules::State;
use kezek_rules::ids::{OrganisationId, SettlementId};
use kezek_rules::state::{Organisation, Settlement};

/// The names of the service; of two alike the first one is meant.
pub struct Names<'a> {
    state: &'a State,
    settlements: BTreeMap<&'a str, SettlementId>,
    organisations: BTreeMap<(SettlementId, &'a str), OrganisationId>,
}

impl<'a> Names<'a> {
    pub fn of(state: &'a State) -> Self {
        let mut names = Names { state, settlements: BTreeMap::new(), organisations: BTreeMap::new() };
        for (id, settlement) in state.settlements() {
            names.settlements.entry(&settlement.name).or_insert(id);
        }
        for (id, organisation) in state.organisations() {
            names.organisations.entry((organisation.settlement, &organisation.name)).or_insert(id);
        }
        names
    }

    pub fn settlement(&self, name: &str) -> Option<(SettlementId, &'a Settlement)> {
        let id = *self.settlements.get(name)?;
        Some((id, self.state.settlement(id)?))
    }

    pub fn organisation(
        &self,
        settlement: SettlementId,
        name: &str,
    ) -> Option<(OrganisationId, &'a Organisation)> {
        let id = *self.organisations.get(&(settlement, name))?;
        Some((id, self.state.organisation(id)?))
    }
}
