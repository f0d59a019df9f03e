//! Reminders, once a day (R3.26).

use super::{
    Engine,
    schedule::{Due, Duty, REMINDERS_AT, next_interest_sweep},
    terms::day_ended,
};
use crate::{
    event::{Event, Reminder},
    ids::{ApplicationId, SettlementId},
    state::{Phase, Settlement},
};
use alloc::vec::Vec;
use kezek_calendar::{Date, Instant, terms};

/// Days before the yearly confirmation ends (R3.10).
const INTEREST_DAYS: [i32; 3] = [30, 7, 1];
/// Days before a temporary stay ends (R3.18).
const STAY_DAYS: [i32; 2] = [14, 3];
/// Days before the age limit (R3.26).
const AGE_DAYS: i32 = 60;
/// A number that moved by more is told (R3.26).
const TOLD_STEP: u32 = 20;

impl Engine {
    pub(super) fn remind(&mut self, id: SettlementId, due: Instant, at: Instant) {
        let Some(settlement) = self.state.settlement(id) else { return };
        let today = settlement.zone.date(due);
        let next = settlement.next_at(REMINDERS_AT, due);
        let reminders = [
            (Reminder::WindowEndsTomorrow, self.windows_ending(settlement, terms::add_days(today, 1))),
            (
                Reminder::ReferralEndsTomorrow,
                self.referrals_ending(id, settlement, terms::add_days(today, 1)),
            ),
            (Reminder::StayEnds, self.stays_ending(id, settlement, today)),
            (Reminder::ConfirmInterest, self.interest_to_confirm(id, settlement, due, today)),
            (Reminder::AgeLimitSoon, self.near_the_age_limit(id, today)),
        ];
        self.schedule.add_next(due, next, Duty::Reminders(id));
        for (kind, applications) in reminders {
            if !applications.is_empty() {
                self.record(at, Event::Reminded { kind, applications });
            }
        }
        self.tell_numbers(id, at);
    }

    /// R4.2: after the opening and with the daily reminders, not with each claim of a morning.
    pub(super) fn tell_numbers(&mut self, id: SettlementId, at: Instant) {
        let numbers = self.numbers_to_tell(id);
        if !numbers.is_empty() {
            self.record(at, Event::NumbersTold { numbers });
        }
    }

    /// The number to tell, when it is far from the one told last.
    pub(super) fn far_move(&self, application: ApplicationId) -> Option<(ApplicationId, u32)> {
        let number = self.state.number_of(application)?;
        let told = self.state.application(application)?.told;
        (told.abs_diff(number) > TOLD_STEP).then_some((application, number))
    }

    fn windows_ending(&self, settlement: &Settlement, last_day: Date) -> Vec<ApplicationId> {
        let batches = settlement.live_batches.iter().filter_map(|batch| self.state.batch(*batch));
        let ending = batches.filter(
            |batch| matches!(batch.phase, Phase::Windows(until) if day_ended(settlement, until) == last_day),
        );
        ending.flat_map(|batch| batch.open_windows.iter().copied()).collect()
    }

    fn referrals_ending(
        &self,
        id: SettlementId,
        settlement: &Settlement,
        last_day: Date,
    ) -> Vec<ApplicationId> {
        let live = self.ending_on(settlement, last_day).filter_map(|due| match due.duty {
            Duty::ReferralEnd(referral) => {
                let one = self.state.referral(referral)?;
                let ends_then = one.is_live() && one.terms.is_some_and(|terms| terms.until == due.at);
                ends_then.then_some(one.application)
            }
            _ => None,
        });
        self.only_of(id, live)
    }

    fn stays_ending(&self, id: SettlementId, settlement: &Settlement, today: Date) -> Vec<ApplicationId> {
        let days = STAY_DAYS.map(|days| terms::add_days(today, days));
        let stays = days.iter().flat_map(|day| self.ending_on(settlement, *day)).filter_map(|due| {
            let Duty::StayEnd(child) = due.duty else { return None };
            let stay = self.state.child(child)?.stay.as_ref()?;
            (stay.until == due.at).then_some(stay.application)
        });
        self.only_of(id, stays)
    }

    /// The yearly confirmation, and those asked after unused windows.
    fn interest_to_confirm(
        &self,
        id: SettlementId,
        settlement: &Settlement,
        due: Instant,
        today: Date,
    ) -> Vec<ApplicationId> {
        let sweep = next_interest_sweep(settlement, due);
        let days_left = terms::days_between(today, day_ended(settlement, sweep));
        let mut found = Vec::new();
        if INTEREST_DAYS.contains(&days_left) {
            found = self.whose_interest_is_old(id, sweep);
        }
        let days = INTEREST_DAYS.map(|days| terms::add_days(today, days));
        let asked = days.iter().flat_map(|day| self.ending_on(settlement, *day)).filter_map(|due| {
            let Duty::InterestDue(application) = due.duty else { return None };
            let one = self.state.application(application)?;
            (one.interest_asked_until == Some(due.at)).then_some(application)
        });
        for application in self.only_of(id, asked) {
            if !found.contains(&application) {
                found.push(application);
            }
        }
        found
    }

    /// What ends in a day or with it.
    fn ending_on(&self, settlement: &Settlement, day: Date) -> impl Iterator<Item = &Due> {
        self.schedule.within(settlement.zone.start_of(day), settlement.end_of(day))
    }

    fn near_the_age_limit(&self, id: SettlementId, today: Date) -> Vec<ApplicationId> {
        let day = terms::add_days(today, AGE_DAYS);
        if day != terms::first_of_september(day.year()) { Vec::new() } else { self.who_is_over_age(id, day) }
    }

    fn numbers_to_tell(&self, id: SettlementId) -> Vec<(ApplicationId, u32)> {
        let mut moved = Vec::new();
        for (_, ranking) in self.state.queues(id) {
            for ((_, key), number) in ranking.order().into_iter().zip(1u32..) {
                let told = self.state.application(key.application).map_or(number, |one| one.told);
                if told.abs_diff(number) > TOLD_STEP {
                    moved.push((key.application, number));
                }
            }
        }
        moved
    }

    fn only_of(&self, id: SettlementId, all: impl Iterator<Item = ApplicationId>) -> Vec<ApplicationId> {
        all.filter(|one| self.state.application(*one).is_some_and(|one| one.settlement == id)).collect()
    }
}
