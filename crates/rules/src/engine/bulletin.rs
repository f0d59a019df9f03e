//! The bulletin of a day: places handed over become batches, one a pool (254/24.3, R3.34/1, R3.34/9).

use super::{Engine, schedule::Duty};
use crate::{
    command::ModeTerms,
    decide::places,
    event::{Event, NewBatch, NewPlaces},
    ids::{BatchId, GroupId, SettlementId, VacancyId},
    place::{Mode, PoolKey},
    state::Vacancy,
};
use alloc::{collections::BTreeMap, vec::Vec};
use kezek_calendar::{Date, Instant, terms};

impl Engine {
    pub(super) fn issue_bulletin(&mut self, id: SettlementId, due: Instant, at: Instant) {
        let Some(settlement) = self.state.settlement(id) else { return };
        if !settlement.is_at(settlement.profile.bulletin_time, due) {
            return;
        }
        let opening = settlement.opening_after_bulletin(due);
        let next = settlement.next_at(settlement.profile.bulletin_time, due);
        self.schedule.add_next(due, next, Duty::Bulletin(id));
        self.issue_bulletin_of(id, due, opening, at);
    }

    /// One whose hour was changed to one that had passed.
    pub(super) fn issue_late_bulletin(&mut self, id: SettlementId, due: Instant, at: Instant) {
        let Some(settlement) = self.state.settlement(id) else { return };
        let opening = match self.schedule.has(due, Duty::LateOpening(id)) {
            true => settlement.zone.date(due),
            false => settlement.opening_after_bulletin(due),
        };
        self.issue_bulletin_of(id, due, opening, at);
    }

    fn issue_bulletin_of(&mut self, id: SettlementId, due: Instant, opening: Date, at: Instant) {
        let Some(settlement) = self.state.settlement(id) else { return };
        let date = settlement.zone.date(due);
        // One a day, whatever the hour was changed to (R4.20).
        if settlement.is_frozen(date) || settlement.last_bulletin == Some(date) {
            return;
        }
        let batches = self.batches(id, opening);
        let withdrawn = self.state.settlement(id).map(|one| one.withdrawn.clone()).unwrap_or_default();
        if !batches.is_empty() || !withdrawn.is_empty() {
            self.record(at, Event::BulletinIssued { settlement: id, date, batches, withdrawn });
        }
    }

    fn batches(&self, id: SettlementId, opening: Date) -> Vec<NewBatch> {
        let Some(settlement) = self.state.settlement(id) else { return Vec::new() };
        let mut pools: BTreeMap<PoolKey, Vec<NewPlaces>> = BTreeMap::new();
        let mut excess: BTreeMap<GroupId, u32> = BTreeMap::new();
        for vacancy_id in &settlement.announced {
            let Some(vacancy) = self.state.vacancy(*vacancy_id) else { continue };
            let excess = excess.entry(vacancy.group).or_insert_with(|| self.excess(vacancy));
            if let Some((pool, places)) = new_places(id, *vacancy_id, vacancy, opening, excess) {
                pools.entry(pool).or_default().push(places);
            }
        }
        let first = self.state.next_batch().0;
        let profile = &settlement.profile;
        pools
            .into_iter()
            .zip(first..)
            .map(|((pool, places), number)| NewBatch {
                batch: BatchId(number),
                pool,
                places,
                window_working_days: profile.window_working_days,
                open_step: profile.open_step,
            })
            .collect()
    }

    /// R3.30, R4.6: how many waiting places a group has no room for; early places may become free too early.
    fn excess(&self, vacancy: &Vacancy) -> u32 {
        let group = self.state.group(vacancy.group);
        group.map_or(0, |group| {
            places::occupied(&self.state, group, Mode::General).saturating_sub(group.capacity)
        })
    }
}

/// What a vacancy hands over, less what its group has no room for yet; none when nothing is left. A place that came
/// free again keeps its year (R4.27).
fn new_places(
    settlement: SettlementId,
    id: VacancyId,
    vacancy: &Vacancy,
    opening: Date,
    excess: &mut u32,
) -> Option<(PoolKey, NewPlaces)> {
    if matches!(vacancy.terms, ModeTerms::Temporary(until) if until < opening) {
        return None;
    }
    let (mut announced, mut returned) = (vacancy.announced, vacancy.returned);
    if vacancy.mode() == Mode::General {
        for waiting in [&mut returned, &mut announced] {
            let held_back = (*waiting).min(*excess);
            *waiting -= held_back;
            *excess -= held_back;
        }
    }
    let enrol_from = vacancy.enrol_from.unwrap_or(opening);
    let pool = PoolKey {
        settlement,
        mode: vacancy.mode(),
        kind: vacancy.kind,
        care: vacancy.care,
        academic_year: vacancy.academic_year.unwrap_or_else(|| terms::enrolment_year(enrol_from)),
        cohort: vacancy.cohort,
    };
    (announced + returned > 0).then_some((pool, NewPlaces { vacancy: id, announced, returned, enrol_from }))
}
