//! A settlement: its clock, its rules, its bulletins.

use crate::{
    command::Act,
    event::TakenBack,
    ids::{ApplicationId, BatchId, OrganisationId, VacancyId},
    profile::{Profile, ProfileChange},
    ranking::Ranking,
};
use alloc::{collections::BTreeSet, string::String, vec::Vec};
use kezek_calendar::{Date, DateTime, Instant, Time, Zone, terms};
use serde::{Deserialize, Serialize};

/// A settlement with its own queues (254/13).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settlement {
    /// Public name.
    pub name: String,
    /// Its clock.
    pub zone: Zone,
    /// The rules in force.
    pub profile: Profile,
    /// Every change of the rules by act, the applied ones too, in order of entry.
    pub changes: Vec<ChangeByAct>,
    /// Days without bulletin and opening, both ends included (R3.34/30).
    pub freezes: Vec<Freeze>,
    /// The day of the latest bulletin with entries.
    #[serde(with = "kezek_calendar::date_serde::option")]
    pub last_bulletin: Option<Date>,
    /// The day of the latest opening held.
    #[serde(with = "kezek_calendar::date_serde::option")]
    pub last_opening: Option<Date>,
    /// Places taken back since the latest bulletin.
    pub(crate) withdrawn: Vec<TakenBack>,
    /// Vacancies with places waiting for the next bulletin.
    pub announced: BTreeSet<VacancyId>,
    /// All bulletins with entries.
    pub bulletins: Vec<Bulletin>,
    /// Batches to which something can still happen.
    pub live_batches: BTreeSet<BatchId>,
    /// Its organisations.
    pub organisations: Vec<OrganisationId>,
    /// Applications with wishes.
    pub(crate) wishers: BTreeSet<ApplicationId>,
}

/// A change of the rules by a recorded act (R3.21).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeByAct {
    /// Values.
    pub change: ProfileChange,
    /// By which act.
    pub act: Act,
    /// From 00:00 of this date.
    #[serde(with = "kezek_calendar::date_serde")]
    pub valid_from: Date,
    /// Whether it is in force.
    pub applied: bool,
}

/// Days without bulletin and opening.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Freeze {
    /// First day.
    #[serde(with = "kezek_calendar::date_serde")]
    pub from: Date,
    /// Last day.
    #[serde(with = "kezek_calendar::date_serde")]
    pub to: Date,
    /// By which act.
    pub act: Act,
}

/// The bulletin of a day: places handed over and places taken back (254/3.4, 254/3.9).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bulletin {
    /// Of which day.
    #[serde(with = "kezek_calendar::date_serde")]
    pub date: Date,
    /// Places by vacancy.
    pub published: Vec<(VacancyId, u32)>,
    /// Places taken back by vacancy and reason.
    pub withdrawn: Vec<TakenBack>,
    /// Its batches.
    pub batches: Vec<BatchId>,
}

impl Settlement {
    /// Whether bulletins and openings rest on a date (R3.34/30).
    pub fn is_frozen(&self, date: Date) -> bool {
        self.freezes.iter().any(|freeze| freeze.from <= date && date <= freeze.to)
    }

    /// The first instant after `after` at which the clock shows `time`.
    pub fn next_at(&self, time: Time, after: Instant) -> Instant {
        let mut date = self.zone.date(after);
        loop {
            let instant = self.zone.instant(DateTime::from_parts(date, time));
            if instant > after || date == Date::MAX {
                return instant;
            }
            date = terms::add_days(date, 1);
        }
    }

    /// The first instant after `after` at which the clock shows `time` on a day without freeze (R3.34/30).
    pub fn next_free_at(&self, time: Time, after: Instant) -> Instant {
        let next = self.next_at(time, after);
        let day = self.zone.date(next);
        let free = self.first_free_of_freeze(day);
        if free == day { next } else { self.zone.instant(DateTime::from_parts(free, time)) }
    }

    /// The day of the first opening after an instant, freezes left out.
    pub fn next_opening_date(&self, after: Instant) -> Date {
        self.first_free_of_freeze(self.next_day(self.profile.opening_time, after, self.last_opening))
    }

    /// The day on which the clock next shows `time`, other than the day of the latest that was held (R4.20).
    fn next_day(&self, time: Time, after: Instant, held: Option<Date>) -> Date {
        let next = self.next_at(time, after);
        let day = self.zone.date(next);
        if held == Some(day) { self.zone.date(self.next_at(time, next)) } else { day }
    }

    /// The day on which places handed over at an instant will open (R3.34/9), as far as known now.
    pub(crate) fn coming_opening(&self, after: Instant) -> Date {
        let next = self.next_day(self.profile.bulletin_time, after, self.last_bulletin);
        let day = self.first_free_of_freeze(next);
        self.opening_after_bulletin(self.zone.instant(DateTime::from_parts(day, self.profile.bulletin_time)))
    }

    /// From freeze to freeze, not from day to day.
    fn first_free_of_freeze(&self, date: Date) -> Date {
        let mut day = date;
        let covering = |day: Date| self.freezes.iter().filter(move |one| one.from <= day && day <= one.to);
        while let Some(last) = covering(day).map(|freeze| freeze.to).max() {
            if last == Date::MAX {
                return last;
            }
            day = terms::add_days(last, 1);
        }
        day
    }

    /// The day of the first opening after a bulletin; of the two at one instant the bulletin is first (R3.34/26).
    pub(crate) fn opening_after_bulletin(&self, bulletin: Instant) -> Date {
        self.next_opening_date(bulletin.plus_micros(-1))
    }

    /// Whether an instant is one at which the clock shows `time`, or jumps over it.
    pub(crate) fn is_at(&self, time: Time, instant: Instant) -> bool {
        self.next_at(time, instant.plus_micros(-1)) == instant
    }

    /// The end of a day, exclusive.
    pub fn end_of(&self, date: Date) -> Instant {
        self.zone.start_of(terms::add_days(date, 1))
    }
}

/// A pool with its own order, counter and first rights (R3.34/1).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pool {
    /// The order of its candidates.
    pub ranking: Ranking,
    /// First right in its next batches until served, by a window or by a place taken without one: referrals
    /// annulled by a withdrawal, then windows cancelled (R3.34/10).
    pub(crate) first_right: [Vec<ApplicationId>; 2],
}

impl Pool {
    /// Takes an application off the first rights: it got what they stood for.
    pub(crate) fn serve(&mut self, application: ApplicationId) {
        for rights in &mut self.first_right {
            rights.retain(|holder| *holder != application);
        }
    }
}
