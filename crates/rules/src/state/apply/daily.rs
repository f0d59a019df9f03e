//! Facts of the daily round: bulletins, windows, openings, reminders.

use crate::{
    benefit::Class,
    event::{Event, GrantedBy, NewBatch, Seniority, TakenBack, WindowGrant},
    ids::{ApplicationId, BatchId, SettlementId, VacancyId},
    place::PoolKey,
    queue::QueueKey,
    ranking::Cause,
    state::{Batch, BatchPlaces, Bulletin, Phase, State},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use kezek_calendar::{Date, Instant, terms};

impl State {
    pub(super) fn apply_daily(&mut self, at: Instant, event: &Event) {
        match event {
            Event::BulletinIssued { settlement, date, batches, withdrawn } => {
                self.issue_bulletin(*settlement, *date, batches, withdrawn);
            }
            Event::WindowsOpened { batch, grants, until } => self.open_windows(at, *batch, grants, *until),
            Event::WindowsEnded { batch } => self.end_windows(*batch),
            Event::WindowCancelled { application, batch } => {
                self.close_window(*application, *batch);
                let Some(one) = self.batches.get_mut(batch.0 as usize) else { return };
                one.grants.retain(|holder| holder != application);
                if let Some(pool) = self.pools.get_mut(&one.pool) {
                    pool.first_right[1].push(*application);
                }
            }
            Event::FrontierMoved { batch, frontier, .. } => {
                if let Some(one) = self.batches.get_mut(batch.0 as usize) {
                    one.phase = Phase::Open;
                    one.frontier = *frontier;
                }
            }
            Event::OpeningHeld { settlement, date, .. } => self.hold_opening(*settlement, *date),
            Event::NumbersTold { numbers } => {
                for (application, number) in numbers {
                    if let Some(one) = self.applications.get_mut(application.0 as usize) {
                        one.told = *number;
                    }
                }
            }
            Event::PoolsClosed { pools } => {
                for pool in pools {
                    self.pools.remove(pool);
                }
            }
            _ => {}
        }
    }

    fn issue_bulletin(
        &mut self,
        settlement: SettlementId,
        date: Date,
        batches: &[NewBatch],
        withdrawn: &[TakenBack],
    ) {
        let mut published: BTreeMap<VacancyId, u32> = BTreeMap::new();
        for batch in batches {
            self.open_pool(batch.pool);
            for places in &batch.places {
                let told = published.entry(places.vacancy).or_default();
                *told = told.saturating_add(places.announced).saturating_add(places.returned);
                if let Some(vacancy) = self.vacancies.get_mut(places.vacancy.0 as usize) {
                    vacancy.announced = vacancy.announced.saturating_sub(places.announced);
                    vacancy.returned = vacancy.returned.saturating_sub(places.returned);
                    vacancy.enrol_from = Some(places.enrol_from);
                    vacancy.academic_year = Some(batch.pool.academic_year);
                    vacancy.batches.push(batch.batch);
                }
            }
            self.batches.push(Batch {
                pool: batch.pool,
                bulletin: date,
                places: batch.places.iter().map(new_places).collect(),
                window_working_days: batch.window_working_days,
                open_step: batch.open_step,
                phase: Phase::Published,
                grants: Vec::new(),
                open_windows: BTreeSet::new(),
                frontier: Default::default(),
            });
        }
        let batches: Vec<BatchId> = batches.iter().map(|batch| batch.batch).collect();
        for batch in &batches {
            self.enter_reach(*batch);
        }
        let published: Vec<_> = published.into_iter().collect();
        if let Some(settlement) = self.settlements.get_mut(settlement.0 as usize) {
            let waits = |id: &VacancyId| {
                self.vacancies
                    .get(id.0 as usize)
                    .is_some_and(|vacancy| vacancy.announced + vacancy.returned > 0)
            };
            settlement.announced.retain(waits);
            settlement.live_batches.extend(batches.iter().copied());
            settlement.withdrawn.clear();
            settlement.last_bulletin = Some(date);
            let withdrawn = withdrawn.to_vec();
            settlement.bulletins.push(Bulletin { date, published, withdrawn, batches });
        }
        self.forget_ended_stays(settlement, date);
    }

    /// Returned temporary places whose stay is over are not offered again.
    fn forget_ended_stays(&mut self, settlement: SettlementId, date: Date) {
        let Some(settlement) = self.settlements.get_mut(settlement.0 as usize) else { return };
        let vacancies = &mut self.vacancies;
        settlement.announced.retain(|id| match vacancies.get_mut(id.0 as usize) {
            Some(vacancy) => match vacancy.terms {
                crate::command::ModeTerms::Temporary(until) if until <= date => {
                    (vacancy.announced, vacancy.returned) = (0, 0);
                    false
                }
                _ => true,
            },
            None => false,
        });
    }

    fn open_windows(&mut self, at: Instant, id: BatchId, grants: &[WindowGrant], until: Instant) {
        let Some(batch) = self.batches.get_mut(id.0 as usize) else { return };
        batch.phase = Phase::Windows(until);
        batch.grants = grants.iter().map(|grant| grant.application).collect();
        batch.open_windows = batch.grants.iter().copied().collect();
        let pool = batch.pool;
        let before = self.orders_touched(pool, grants);
        for grant in grants {
            let Some(one) = self.applications.get_mut(grant.application.0 as usize) else { continue };
            one.windows.push(id);
            let (class, key, queue) = (one.class(), one.seniority(grant.application), one.queue_key());
            match grant.by {
                GrantedBy::Order => {
                    if let Some(pool) = self.pools.get_mut(&pool) {
                        pool.ranking.grant(class, key);
                    }
                    if let Some(ranking) = self.queues.get_mut(&queue) {
                        ranking.grant(class, key);
                    }
                }
                GrantedBy::FirstRight => {
                    if let Some(pool) = self.pools.get_mut(&pool) {
                        pool.serve(grant.application);
                    }
                }
            }
        }
        for (queue, before) in before {
            if let Some(ranking) = self.queues.get_mut(&queue) {
                ranking.note_differences(&before, at, Cause::Reordered);
            }
        }
    }

    /// The numbered queues whose counter these grants move, in their order before.
    fn orders_touched(
        &self,
        pool: PoolKey,
        grants: &[WindowGrant],
    ) -> Vec<(QueueKey, Vec<(Class, Seniority)>)> {
        let mut queues: Vec<QueueKey> = grants
            .iter()
            .filter(|grant| grant.by == GrantedBy::Order)
            .filter_map(|grant| self.application(grant.application))
            .map(|one| one.queue_key())
            .filter(|queue| queue.settlement == pool.settlement)
            .collect();
        queues.sort_unstable();
        queues.dedup();
        queues.into_iter().filter_map(|queue| Some((queue, self.queues.get(&queue)?.order()))).collect()
    }

    /// Whoever still holds a window of the batch left it unused (R3.10).
    fn end_windows(&mut self, id: BatchId) {
        let Some(batch) = self.batches.get_mut(id.0 as usize) else { return };
        batch.phase = Phase::Ended;
        for application in core::mem::take(&mut batch.open_windows) {
            if let Some(one) = self.applications.get_mut(application.0 as usize) {
                one.windows.retain(|window| *window != id);
                one.unused_windows = one.unused_windows.saturating_add(1);
            }
        }
    }

    fn hold_opening(&mut self, settlement: SettlementId, date: Date) {
        let batches = &self.batches;
        let Some(settlement) = self.settlements.get_mut(settlement.0 as usize) else { return };
        settlement.last_opening = Some(date);
        let is_live = |id: &BatchId| batches.get(id.0 as usize).is_some_and(Batch::is_live);
        let (live, over): (BTreeSet<_>, BTreeSet<_>) =
            settlement.live_batches.iter().partition(|id| is_live(id));
        settlement.live_batches = live;
        for batch in over {
            self.leave_reach(batch);
        }
    }

    /// The number of an application in its birth-year queue.
    pub fn number_of(&self, id: ApplicationId) -> Option<u32> {
        let application = self.application(id)?;
        self.queues.get(&application.queue_key())?.number(application.class(), application.seniority(id))
    }

    pub(super) fn leave_pools(&mut self, id: ApplicationId) {
        let Some(one) = self.applications.get(id.0 as usize) else { return };
        let (class, key) = (one.class(), one.seniority(id));
        for pool in self.pools.values_mut() {
            pool.ranking.leave_quietly(class, key);
        }
    }

    pub(super) fn join_pools(&mut self, id: ApplicationId) {
        let Some(one) = self.applications.get(id.0 as usize) else { return };
        let (class, key) = (one.class(), one.seniority(id));
        for (pool, of) in &mut self.pools {
            let belongs = pool.settlement == one.settlement
                && pool.kind == one.queue.kind()
                && pool.care == one.queue.care()
                && pool.admits(one.born);
            if belongs {
                of.ranking.join_quietly(class, key);
            }
        }
    }
}

fn new_places(places: &crate::event::NewPlaces) -> BatchPlaces {
    let published = places.announced + places.returned;
    BatchPlaces { vacancy: places.vacancy, published, free: published }
}

/// The last birth date with the age on 1 September; births later are too young (R3.27). Without a lowest age nobody
/// is, not even who was born after that day.
pub(crate) fn latest_birth(min_age_years: u16, academic_year: i16) -> Date {
    match i16::try_from(min_age_years) {
        Ok(0) => Date::MAX,
        Ok(years) => terms::first_of_september(academic_year.saturating_sub(years)),
        Err(_) => Date::MIN,
    }
}
