//! Once a year: interest (R3.10) and the age limit (R3.4).

use super::{
    Engine,
    schedule::{Duty, next_first_of_september, next_interest_sweep},
};
use crate::{
    decide::is_over_age,
    event::{ArchiveReason, Event},
    ids::{ApplicationId, BatchId, SettlementId},
    place::PoolKey,
    state::{Application, Settlement, latest_birth},
};
use alloc::{collections::BTreeSet, vec::Vec};
use kezek_calendar::{Date, DateTime, Instant, terms};

impl Engine {
    pub(super) fn sweep_interest(&mut self, id: SettlementId, due: Instant, at: Instant) {
        let Some(settlement) = self.state.settlement(id) else { return };
        let expected = next_interest_sweep(settlement, due.plus_micros(-1)) == due;
        let next = next_interest_sweep(settlement, due);
        self.schedule.add_next(due, next, Duty::InterestSweep(id));
        if !expected {
            return;
        }
        for application in self.whose_interest_is_old(id, due) {
            self.stop_for_silence(application, due, at);
        }
    }

    /// Queued applications that a sweep at `sweep` would put on the stop-list, by seniority.
    pub(super) fn whose_interest_is_old(&self, id: SettlementId, sweep: Instant) -> Vec<ApplicationId> {
        let Some(settlement) = self.state.settlement(id) else { return Vec::new() };
        let year = terms::academic_year(settlement.zone.date(sweep));
        self.waiting_in(id, |application| {
            application.is_queued()
                && is_placeable(settlement, application, year)
                && interest_is_old(settlement, application, sweep)
        })
    }

    /// Queued and stop-listed applications of a settlement, by seniority.
    fn waiting_in(&self, id: SettlementId, wanted: impl Fn(&Application) -> bool) -> Vec<ApplicationId> {
        let queued =
            self.state.queues(id).flat_map(|(_, queue)| queue.order()).map(|(_, key)| key.application);
        let stopped = self.state.stop_list(id).map(|(application, _)| application);
        let all = queued.chain(stopped).filter_map(|number| Some((number, self.state.application(number)?)));
        let mut found: Vec<_> =
            all.filter(|(_, one)| wanted(one)).map(|(number, one)| one.seniority(number)).collect();
        found.sort_unstable();
        found.into_iter().map(|key| key.application).collect()
    }

    pub(super) fn sweep_ages(&mut self, id: SettlementId, due: Instant, at: Instant) {
        let Some(settlement) = self.state.settlement(id) else { return };
        let today = settlement.zone.date(due);
        let next = next_first_of_september(settlement, due);
        self.schedule.add_next(due, next, Duty::AgeLimit(id));
        for application in self.who_is_over_age(id, today) {
            self.record(at, Event::Archived { application, reason: ArchiveReason::MaxAge });
        }
        let pools = self.pools_of_the_past(id, terms::academic_year(today));
        if !pools.is_empty() {
            self.record(at, Event::PoolsClosed { pools });
        }
    }

    /// R3.34/19: queued and stop-listed ones; a live referral waits until it falls away.
    pub(super) fn who_is_over_age(&self, id: SettlementId, on: Date) -> Vec<ApplicationId> {
        let Some(settlement) = self.state.settlement(id) else { return Vec::new() };
        self.waiting_in(id, |one| {
            one.temporary.is_none() && is_over_age(&settlement.profile, one.born, one.conclusion, on)
        })
    }

    /// R4.19: pools whose academic year is over and in which nothing is left, nor can come back.
    fn pools_of_the_past(&self, id: SettlementId, academic_year: i16) -> Vec<PoolKey> {
        let Some(settlement) = self.state.settlement(id) else { return Vec::new() };
        let batch = |id: &BatchId| self.state.batch(*id);
        let live = settlement.live_batches.iter().filter_map(batch).filter(|batch| batch.is_live());
        let waiting = settlement.announced.iter().filter_map(|id| self.state.vacancy(*id));
        let waiting = waiting.flat_map(|vacancy| &vacancy.batches).filter_map(batch);
        let referred = self.state.live_referrals(id).filter_map(|(_, one)| batch(&one.batch));
        let used: BTreeSet<PoolKey> = live.chain(waiting).chain(referred).map(|batch| batch.pool).collect();
        let pools = self.state.pools(id).map(|(pool, _)| pool);
        pools.filter(|pool| pool.academic_year < academic_year && !used.contains(pool)).collect()
    }
}

/// R3.10: children under the youngest band need not confirm.
fn is_placeable(settlement: &Settlement, application: &Application, academic_year: i16) -> bool {
    application.born <= latest_birth(settlement.profile.min_age_years, academic_year)
}

/// Whether the last confirmation is more than `interest_months` old at an instant.
fn interest_is_old(settlement: &Settlement, application: &Application, at: Instant) -> bool {
    let confirmed = settlement.zone.local(application.interest_confirmed);
    let months = i32::from(settlement.profile.interest_months);
    let lasts = DateTime::from_parts(terms::add_months(confirmed.date(), months), confirmed.time());
    lasts < settlement.zone.local(at)
}
