//! The batches and vacancies to which something can still happen, by pool and by organisation: an index of
//! [`super::Settlement::live_batches`].

use super::State;
use crate::{
    ids::{BatchId, OrganisationId, SettlementId, VacancyId},
    place::PoolKey,
};
use alloc::collections::BTreeSet;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reach {
    batches: BTreeSet<(PoolKey, BatchId)>,
    vacancies: BTreeSet<(OrganisationId, VacancyId, BatchId)>,
}

impl State {
    /// The live batches of a pool, the oldest first.
    pub fn live_batches_of(&self, pool: PoolKey) -> impl Iterator<Item = BatchId> {
        self.reach.batches.range((pool, BatchId(0))..=(pool, BatchId(u32::MAX))).map(|(_, batch)| *batch)
    }

    /// The vacancies of an organisation that live batches offer, the earliest published first.
    pub(crate) fn vacancies_in_reach(&self, of: OrganisationId) -> impl Iterator<Item = VacancyId> {
        let first = (of, VacancyId(0), BatchId(0));
        let last = (of, VacancyId(u32::MAX), BatchId(u32::MAX));
        let mut latest = None;
        self.reach
            .vacancies
            .range(first..=last)
            .map(|(_, vacancy, _)| *vacancy)
            .filter(move |vacancy| latest.replace(*vacancy) != Some(*vacancy))
    }

    /// Enters a batch of a new bulletin.
    pub(super) fn enter_reach(&mut self, id: BatchId) {
        let Some(batch) = self.batches.get(id.0 as usize) else { return };
        self.reach.batches.insert((batch.pool, id));
        for places in &batch.places {
            if let Some(vacancy) = self.vacancies.get(places.vacancy.0 as usize) {
                self.reach.vacancies.insert((vacancy.organisation, places.vacancy, id));
            }
        }
    }

    /// Takes a batch out to which nothing can happen any more.
    pub(super) fn leave_reach(&mut self, id: BatchId) {
        let Some(batch) = self.batches.get(id.0 as usize) else { return };
        self.reach.batches.remove(&(batch.pool, id));
        for places in &batch.places {
            if let Some(vacancy) = self.vacancies.get(places.vacancy.0 as usize) {
                self.reach.vacancies.remove(&(vacancy.organisation, places.vacancy, id));
            }
        }
    }

    /// Enters all live batches.
    pub(super) fn enter_all_in_reach(&mut self) {
        self.reach = Reach::default();
        for settlement in (0..self.settlements.len() as u32).map(SettlementId) {
            let live = self.settlement(settlement).map(|one| one.live_batches.clone()).unwrap_or_default();
            for batch in live {
                self.enter_reach(batch);
            }
        }
    }
}
