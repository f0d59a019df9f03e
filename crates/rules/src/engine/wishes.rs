//! Wish lists carried out at the opening, in queue order (R3.29, R3.34/21).

use super::Engine;
use crate::{
    ask::{is_inside, may_claim},
    decide::{family, referral},
    event::{Event, IssuedHow},
    ids::{ApplicationId, BatchId, OrganisationId, SettlementId, VacancyId},
    place::{Mode, PoolKey},
    profile::WishLists,
    state::{Application, Phase, Settlement},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use kezek_calendar::Instant;

impl Engine {
    /// Whose lists had their turn is told.
    pub(super) fn carry_out_wishes(&mut self, id: SettlementId, at: Instant) -> Vec<ApplicationId> {
        let Some(settlement) = self.state.settlement(id) else { return Vec::new() };
        if settlement.profile.wish_lists == WishLists::Off {
            return Vec::new();
        }
        let wishers: Vec<ApplicationId> = settlement.wishers.iter().copied().collect();
        let mut had_turn = BTreeSet::new();
        let offers = self.offers(settlement);
        // Window holders first, then the open phase.
        let holders = self.by_turn(&wishers, |engine, one, id| engine.turn_by_window(one, id));
        self.in_turn(&holders, &offers, &mut had_turn, at);
        let rest: Vec<ApplicationId> = wishers.iter().filter(|id| !holders.contains(id)).copied().collect();
        let inside = self.open_pools(settlement_pools(self, id));
        let others = self.by_turn(&rest, |engine, one, id| engine.turn_in_open_phase(&inside, one, id));
        self.in_turn(&others, &offers, &mut had_turn, at);
        had_turn.into_iter().collect()
    }

    /// Vacancies with free places that a wish may take, by organisation, the earliest published first.
    fn offers(&self, settlement: &Settlement) -> Offers {
        let mut offers = Offers::new();
        let batches = settlement.live_batches.iter().filter_map(|batch| self.state.batch(*batch));
        let batches = batches.filter(|batch| batch.pool.care.is_none() && batch.pool.mode != Mode::Temporary);
        for places in batches.flat_map(|batch| &batch.places).filter(|places| places.free > 0) {
            if let Some(vacancy) = self.state.vacancy(places.vacancy) {
                offers.entry(vacancy.organisation).or_default().insert(places.vacancy);
            }
        }
        offers
    }

    /// Those who have a turn, in order of pool and of the order inside it.
    fn by_turn(
        &self,
        wishers: &[ApplicationId],
        turn: impl Fn(&Engine, &Application, ApplicationId) -> Option<(PoolKey, u32)>,
    ) -> Vec<ApplicationId> {
        let mut turns: Vec<((PoolKey, u32), ApplicationId)> = wishers
            .iter()
            .filter_map(|id| {
                let one = self.state.application(*id).filter(|one| one.is_queued())?;
                Some((turn(self, one, *id)?, *id))
            })
            .collect();
        turns.sort_unstable();
        turns.into_iter().map(|(_, id)| id).collect()
    }

    fn turn_by_window(&self, one: &Application, id: ApplicationId) -> Option<(PoolKey, u32)> {
        let pools = one.windows.iter().filter_map(|batch| self.state.batch(*batch)).map(|batch| batch.pool);
        self.place_in(pools.filter(|pool| pool.mode != Mode::Temporary).min()?, one, id)
    }

    fn turn_in_open_phase(
        &self,
        open: &[(PoolKey, Vec<BatchId>)],
        one: &Application,
        id: ApplicationId,
    ) -> Option<(PoolKey, u32)> {
        let found = open.iter().find(|(pool, batches)| {
            pool.admits(one.born)
                && batches
                    .iter()
                    .filter_map(|batch| self.state.batch(*batch))
                    .any(|batch| is_inside(&batch.frontier, one.class(), one.seniority(id)))
        });
        self.place_in(found?.0, one, id)
    }

    fn place_in(&self, pool: PoolKey, one: &Application, id: ApplicationId) -> Option<(PoolKey, u32)> {
        Some((pool, self.state.pool(pool)?.ranking.number(one.class(), one.seniority(id))?))
    }

    /// The general pools with batches in the open phase that have places left.
    fn open_pools(&self, batches: Vec<BatchId>) -> Vec<(PoolKey, Vec<BatchId>)> {
        let mut pools: Vec<(PoolKey, Vec<BatchId>)> = Vec::new();
        for id in batches {
            let Some(batch) = self.state.batch(id) else { continue };
            let is_open = batch.phase == Phase::Open && batch.free() > 0;
            if !is_open || batch.pool.care.is_some() || batch.pool.mode == Mode::Temporary {
                continue;
            }
            match pools.iter_mut().find(|(pool, _)| *pool == batch.pool) {
                Some((_, batches)) => batches.push(id),
                None => pools.push((batch.pool, alloc::vec![id])),
            }
        }
        pools.sort_unstable_by_key(|(pool, _)| *pool);
        pools
    }

    fn in_turn(
        &mut self,
        turns: &[ApplicationId],
        offers: &Offers,
        had_turn: &mut BTreeSet<ApplicationId>,
        at: Instant,
    ) {
        for id in turns {
            had_turn.insert(*id);
            let Some(wishes) = self.state.application(*id).and_then(|one| one.wishes.as_ref()) else {
                continue;
            };
            let events = if wishes.together.is_empty() {
                self.wish_alone(*id, offers, at)
            } else if self.siblings_have_turn(&wishes.together, *id, had_turn) {
                self.wish_together(*id, at)
            } else {
                None
            };
            if let Some(events) = events {
                self.record_all(at, events);
            }
        }
    }

    /// R4.12: a joint list waits for the last sibling's turn; twins go with the best placed (R3.16), those of two
    /// pools with whose turn comes first (R4.24).
    fn siblings_have_turn(
        &self,
        together: &[ApplicationId],
        id: ApplicationId,
        had_turn: &BTreeSet<ApplicationId>,
    ) -> bool {
        let Some(born) = self.state.application(id).map(|one| one.born) else { return false };
        together.iter().all(|sibling| {
            let other = self.state.application(*sibling);
            had_turn.contains(sibling) || other.is_some_and(|other| family::are_twins(born, other.born))
        })
    }

    fn wish_alone(&self, id: ApplicationId, offers: &Offers, at: Instant) -> Option<Vec<Event>> {
        let one = self.state.application(id)?;
        let wishes = one.wishes.as_ref()?;
        for wish in &wishes.choices {
            let offered = offers.get(&wish.organisation).into_iter().flatten();
            let may: Vec<(VacancyId, Mode, BatchId)> = offered
                .filter_map(|vacancy| {
                    let place = self.state.vacancy(*vacancy)?;
                    let fits = wish.language.is_none_or(|language| language == place.language);
                    let batch = fits.then(|| may_claim(&self.state, id, *vacancy).ok())??;
                    Some((*vacancy, place.mode(), batch))
                })
                .collect();
            // General before early; inside a mode a place of its own batch, else one of the open phase.
            let best = may
                .iter()
                .min_by_key(|(vacancy, mode, batch)| (*mode, !one.windows.contains(batch), *vacancy));
            if let Some((vacancy, _, batch)) = best {
                let number = self.state.next_referral();
                return Some(referral::issue(&self.state, id, *vacancy, *batch, IssuedHow::Wish, number, at));
            }
        }
        None
    }

    fn wish_together(&self, id: ApplicationId, at: Instant) -> Option<Vec<Event>> {
        let wishes = self.state.application(id)?.wishes.as_ref()?;
        wishes.choices.iter().find_map(|wish| {
            family::try_wish(&self.state, &wishes.together, wish.organisation, wish.language, at)
        })
    }
}

/// What can be wished for at one opening.
type Offers = BTreeMap<OrganisationId, BTreeSet<VacancyId>>;

fn settlement_pools(engine: &Engine, id: SettlementId) -> Vec<BatchId> {
    engine.state.settlement(id).map(|one| one.live_batches.iter().copied().collect()).unwrap_or_default()
}
