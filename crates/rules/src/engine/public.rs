//! Replaying what is public of a journal: the questions and steps that only an auditor needs (R3.34/32).

use super::{
    Engine,
    schedule::{Duty, Schedule},
};
use crate::{
    decide::is_over_age,
    ids::{ApplicationId, SettlementId},
};
use alloc::vec::Vec;
use kezek_calendar::{Date, Instant};

impl Engine {
    /// Takes it on trust that only private organisations may be chosen (254/16).
    pub fn trust_private_only(&mut self, id: ApplicationId) {
        let at = self.state.now();
        self.state.trust_private_only(id, at);
    }

    /// Takes a birth date of the same cohorts on trust, which says who are twins (R3.16).
    pub fn trust_born(&mut self, id: ApplicationId, born: Date) {
        self.state.trust_born(id, born);
    }

    /// Takes it on trust that these are one applicant's (254/29).
    pub fn trust_one_parent(&mut self, ids: &[ApplicationId]) {
        self.state.trust_one_parent(ids);
    }

    /// Whom the yearly sweep at an instant would archive, as far as no conclusion is on file (254/24.9).
    pub fn over_age_at(&self, at: Instant) -> Vec<ApplicationId> {
        let due = self.state.settlements().filter(|(id, _)| self.schedule.has(at, Duty::AgeLimit(*id)));
        due.flat_map(|(id, settlement)| self.who_is_over_age(id, settlement.zone.date(at))).collect()
    }

    /// Whether an application is over the age limit at an instant, as far as no conclusion is on file.
    pub fn is_over_age_at(&self, id: ApplicationId, at: Instant) -> bool {
        self.state.application(id).is_some_and(|one| {
            let settlement = self.state.settlement_of(one);
            settlement.is_some_and(|settlement| {
                is_over_age(&settlement.profile, one.born, one.conclusion, settlement.zone.date(at))
            })
        })
    }

    /// Whether it is the hour of a settlement's bulletin of a day.
    pub fn is_hour_of_bulletin(&self, id: SettlementId, date: Date, at: Instant) -> bool {
        let settlement = self.state.settlement(id);
        settlement.is_some_and(|one| one.zone.date(at) == date && one.is_at(one.profile.bulletin_time, at))
    }

    /// Whether it is the hour of a settlement's opening of a day.
    pub fn is_hour_of_opening(&self, id: SettlementId, date: Date, at: Instant) -> bool {
        let settlement = self.state.settlement(id);
        settlement.is_some_and(|one| one.zone.date(at) == date && one.is_at(one.profile.opening_time, at))
    }

    /// Leaves undone what falls due up to and including an instant: others did something else then.
    pub fn leave_undone(&mut self, until: Instant) {
        self.state.pass_to(until);
        self.schedule = Schedule::of(&self.state);
        self.schedule.drop_until(until);
    }
}
