//! The opening of a day: frontiers, windows, push, then wishes (254/24.4, 254/24.10, 254/27, R3.29).

use super::{Engine, schedule::Duty};
use crate::{
    ask::{has_temporary_place, is_inside, private_places},
    benefit::Class,
    decide::referral,
    event::{Event, Frontier, GrantedBy, IssuedHow, Seniority, WindowGrant},
    ids::{ApplicationId, BatchId, SettlementId, VacancyId},
    place::{Mode, PoolKey},
    profile::SpecialOffer,
    state::{Batch, Phase, Pool, Settlement, latest_birth},
};
use alloc::{collections::BTreeSet, vec::Vec};
use kezek_calendar::{Date, Instant, nth_working_day_from};

impl Engine {
    pub(super) fn hold_opening(&mut self, id: SettlementId, due: Instant, at: Instant) {
        let Some(settlement) = self.state.settlement(id) else { return };
        if !settlement.is_at(settlement.profile.opening_time, due) {
            return;
        }
        let next = settlement.next_at(settlement.profile.opening_time, due);
        self.schedule.add_next(due, next, Duty::Opening(id));
        self.hold_opening_of(id, due, at);
    }

    /// The opening itself, also one whose hour was changed to one that had passed.
    pub(super) fn hold_opening_of(&mut self, id: SettlementId, due: Instant, at: Instant) {
        let Some(settlement) = self.state.settlement(id) else { return };
        let date = settlement.zone.date(due);
        // One a day, whatever the hour was changed to (R4.20).
        let rests = settlement.is_frozen(date) || settlement.last_opening == Some(date);
        let batches: Vec<BatchId> = settlement.live_batches.iter().copied().collect();
        if rests || batches.is_empty() {
            return;
        }
        for batch in &batches {
            self.move_frontier(*batch, at);
        }
        for batch in &batches {
            self.open_windows(*batch, date, at);
        }
        for batch in &batches {
            self.push_places(*batch, at);
        }
        let turns = self.carry_out_wishes(id, at);
        self.record(at, Event::OpeningHeld { settlement: id, date, turns });
        self.tell_numbers(id, at);
    }

    /// 254/24.10; a batch without a place left has no open phase (R4.13).
    fn move_frontier(&mut self, id: BatchId, at: Instant) {
        let Some(batch) = self.state.batch(id) else { return };
        if !matches!(batch.phase, Phase::Ended | Phase::Open) || batch.free() == 0 {
            return;
        }
        let Some(pool) = self.state.pool(batch.pool) else { return };
        let (frontier, let_in) = self.next_frontier(batch, pool);
        if batch.phase == Phase::Ended || frontier != batch.frontier {
            self.record(at, Event::FrontierMoved { batch: id, frontier, let_in });
        }
    }

    /// R3.34/5: everyone up to the hindmost window holder, then the next `open_step` not yet inside.
    fn next_frontier(&self, batch: &Batch, pool: &Pool) -> (Frontier, Vec<ApplicationId>) {
        let mut frontier = batch.frontier;
        let mut let_in = Vec::new();
        let nobody_waits = || {
            Class::ALL.into_iter().all(|class| {
                pool.ranking.hindmost(class).is_none_or(|key| is_inside(&batch.frontier, class, key))
            })
        };
        if frontier.everyone || (batch.phase == Phase::Open && nobody_waits()) {
            return (frontier, let_in);
        }
        let everyone = batch.open_step == 0;
        let mut holders = self.holders_in_order(batch, pool);
        let mut step = batch.open_step;
        for (class, key) in pool.ranking.walk(|_, key| self.could_take(batch, key.application)) {
            if !everyone && holders.is_empty() && step == 0 {
                break;
            }
            if is_inside(&batch.frontier, class, key) {
                continue;
            }
            if !holders.is_empty() {
                holders.remove(&key.application);
            } else if !everyone {
                step -= 1;
            }
            let_in.push(key.application);
            widen(&mut frontier, class, key);
        }
        frontier.everyone = everyone;
        (frontier, let_in)
    }

    /// R4.15: who could take none of its places is passed over.
    fn could_take(&self, batch: &Batch, id: ApplicationId) -> bool {
        let Some(one) = self.state.application(id) else { return false };
        let away = batch.pool.mode == Mode::Temporary && has_temporary_place(&self.state, one);
        !away
            && one.born <= self.latest_birth(batch.pool)
            && (!one.private_only || private_places(&self.state, batch) > 0)
    }

    /// Whose windows ended with this batch and who still stand in its pool (R4.25).
    fn holders_in_order(&self, batch: &Batch, pool: &Pool) -> BTreeSet<ApplicationId> {
        let granted = match batch.phase {
            Phase::Ended => batch.grants.as_slice(),
            _ => &[],
        };
        let standing = granted.iter().filter(|id| {
            let one = self.state.application(**id).filter(|one| one.is_queued());
            one.is_some_and(|one| pool.ranking.number(one.class(), one.seniority(**id)).is_some())
                && self.could_take(batch, **id)
        });
        standing.copied().collect()
    }

    /// R3.1, R3.34/2: the first N candidates, who have first right before all.
    fn open_windows(&mut self, id: BatchId, date: Date, at: Instant) {
        let Some(batch) = self.state.batch(id) else { return };
        if batch.phase != Phase::Published || self.is_pushed(batch) {
            return;
        }
        let Some(settlement) = self.state.settlement(batch.pool.settlement) else { return };
        let until = settlement.end_of(nth_working_day_from(date, u32::from(batch.window_working_days)));
        let grants = self.grants(batch);
        self.record(at, Event::WindowsOpened { batch: id, grants, until });
    }

    fn grants(&self, batch: &Batch) -> Vec<WindowGrant> {
        let Some(pool) = self.state.pool(batch.pool) else { return Vec::new() };
        let places = batch.free() as usize;
        let mut private_left = private_places(&self.state, batch);
        let mut grants: Vec<WindowGrant> = Vec::new();
        for rights in &pool.first_right {
            for application in self.in_order(pool, rights) {
                let is_new = grants.iter().all(|grant| grant.application != application);
                if grants.len() < places && is_new && self.is_candidate(batch.pool, application, private_left)
                {
                    private_left -= u32::from(self.is_private_only(application));
                    grants.push(WindowGrant { application, by: GrantedBy::FirstRight });
                }
            }
        }
        let first: Vec<ApplicationId> = grants.iter().map(|grant| grant.application).collect();
        let left = core::cell::Cell::new(private_left);
        let mut walk = pool.ranking.walk(|_, key| {
            !first.contains(&key.application) && self.is_candidate(batch.pool, key.application, left.get())
        });
        while grants.len() < places {
            let Some((_, key)) = walk.next() else { break };
            left.set(left.get() - u32::from(self.is_private_only(key.application)));
            grants.push(WindowGrant { application: key.application, by: GrantedBy::Order });
        }
        grants
    }

    /// Those of a list who stand in the pool, in its order.
    fn in_order(&self, pool: &Pool, applications: &[ApplicationId]) -> Vec<ApplicationId> {
        let mut standing: Vec<(u32, ApplicationId)> = applications
            .iter()
            .filter_map(|id| {
                let one = self.state.application(*id)?;
                Some((pool.ranking.number(one.class(), one.seniority(*id))?, *id))
            })
            .collect();
        standing.sort_unstable();
        standing.into_iter().map(|(_, id)| id).collect()
    }

    /// R3.34/2, R3.34/11, R3.34/22, R3.27, R4.5: who is skipped leaves the counter alone.
    fn is_candidate(&self, pool: PoolKey, id: ApplicationId, private_left: u32) -> bool {
        let Some(one) = self.state.application(id) else { return false };
        let holds_window =
            one.windows.iter().any(|batch| self.state.batch(*batch).is_some_and(|b| b.pool == pool));
        let away = pool.mode == Mode::Temporary && has_temporary_place(&self.state, one);
        one.is_queued()
            && !holds_window
            && !away
            && one.born <= self.latest_birth(pool)
            && (!one.private_only || private_left > 0)
    }

    fn latest_birth(&self, pool: PoolKey) -> Date {
        let min_age = self.state.settlement(pool.settlement).map_or(0, |one| one.profile.min_age_years);
        latest_birth(min_age, pool.academic_year)
    }

    fn is_private_only(&self, id: ApplicationId) -> bool {
        self.state.application(id).is_some_and(|one| one.private_only)
    }

    fn is_pushed(&self, batch: &Batch) -> bool {
        let settlement = self.state.settlement(batch.pool.settlement);
        batch.pool.care.is_some() && settlement.is_some_and(pushes)
    }

    /// R3.34/25: a referral to the first in order of receipt, place by place.
    fn push_places(&mut self, id: BatchId, at: Instant) {
        if !self.state.batch(id).is_some_and(|batch| batch.phase == Phase::Published && self.is_pushed(batch))
        {
            return;
        }
        while let Some((vacancy, application)) = self.next_push(id) {
            let number = self.state.next_referral();
            let events = referral::issue(&self.state, application, vacancy, id, IssuedHow::Push, number, at);
            if events.is_empty() {
                return;
            }
            self.record_all(at, events);
        }
    }

    fn next_push(&self, id: BatchId) -> Option<(VacancyId, ApplicationId)> {
        let batch = self.state.batch(id)?;
        let pool = self.state.pool(batch.pool)?;
        for places in batch.places.iter().filter(|places| places.free > 0) {
            let found = pool.ranking.walk(|_, _| true).find(|(_, key)| {
                let one = self.state.application(key.application);
                self.is_candidate(batch.pool, key.application, 0)
                    && one.is_some_and(|one| !one.not_pushed.contains(&places.vacancy))
            });
            if let Some((_, key)) = found {
                return Some((places.vacancy, key.application));
            }
        }
        None
    }
}

fn pushes(settlement: &Settlement) -> bool {
    settlement.profile.special_offer == SpecialOffer::Push
}

fn widen(frontier: &mut Frontier, class: Class, key: Seniority) {
    match class {
        Class::Extraordinary => frontier.extraordinary = frontier.extraordinary.max(Some(key)),
        Class::Priority => frontier.priority = frontier.priority.max(Some(key)),
        Class::General => frontier.general = frontier.general.max(Some(key)),
    }
}
