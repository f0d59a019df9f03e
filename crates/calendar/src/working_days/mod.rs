//! Which days are working days, why, and by which act; terms counted in working days.

mod data;
mod plan;

use jiff::civil::Date;

use data::{LABOUR_CODE, LAW, LAW_SUBSTITUTION, YEARS, Year};
use plan::PLANS;

/// Everything known about one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayInfo {
    /// Whether it is a working day.
    pub working: bool,
    /// Why.
    pub reason: Reason,
    /// The law or act it rests on.
    pub source: &'static str,
    /// Whether a later act may still change it.
    pub status: Status,
}

/// Why a day is working or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Monday to Friday without anything special.
    Weekday,
    /// Saturday or Sunday.
    Weekend,
    /// The holiday itself.
    Holiday(Holiday),
    /// Off because this holiday fell on a weekend.
    Substitution(Holiday),
    /// A weekday off by an act, with a weekend day declared working for it.
    MovedOff,
    /// Declared working by an act; wins over any rule.
    DeclaredWorking,
}

/// The holidays of Kazakhstan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holiday {
    /// 1 and 2 January.
    NewYear,
    /// 7 January.
    OrthodoxChristmas,
    /// 8 March.
    WomensDay,
    /// 21 to 23 March.
    Nauryz,
    /// 1 May.
    PeoplesUnityDay,
    /// 7 May.
    DefenderDay,
    /// 9 May.
    VictoryDay,
    /// First day of Kurban ait.
    KurbanAit,
    /// 6 July.
    CapitalDay,
    /// 30 August to 2025, 15 March from 2027.
    ConstitutionDay,
    /// 25 October.
    RepublicDay,
    /// 1 December, to 2021.
    FirstPresidentDay,
    /// 16 December, to 2021 also 17 December.
    IndependenceDay,
}

/// How sure a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Rests on a law or act in force.
    Confirmed,
    /// Computed; an act or announcement may still change it.
    Estimated,
}

impl Reason {
    const fn is_working(self) -> bool {
        matches!(self, Reason::Weekday | Reason::DeclaredWorking)
    }
}

/// Whether a date is a working day of the five-day week. Dates outside 2019–2028 follow the standing law.
pub fn is_working_day(date: Date) -> bool {
    reason(date).is_working()
}

/// The `n`-th working day; the date itself is day 1 when it is a working day (R3.5). `n` of 0 counts as 1.
pub fn nth_working_day_from(date: Date, n: u32) -> Date {
    walk(date, n.max(1))
}

/// The `n`-th working day after a date, which itself never counts (R3.11). With `n` of 0 the date itself.
pub fn nth_working_day_after(date: Date, n: u32) -> Date {
    match date.tomorrow() {
        Ok(tomorrow) if n > 0 => walk(tomorrow, n),
        _ => date,
    }
}

/// What is known about a date.
pub fn day_info(date: Date) -> DayInfo {
    let reason = reason(date);
    let known = known_year(date.year()).map(|index| &YEARS[index]);
    DayInfo {
        working: reason.is_working(),
        reason,
        source: source(reason, date, known),
        status: status(reason, date, known),
    }
}

/// The `n`-th working day, counting the first date; the end of the calendar when there are not so many.
fn walk(first: Date, n: u32) -> Date {
    let mut date = first;
    let mut left = n;
    loop {
        if is_working_day(date) {
            left -= 1;
        }
        match date.tomorrow() {
            Ok(tomorrow) if left > 0 => date = tomorrow,
            _ => return date,
        }
    }
}

fn reason(date: Date) -> Reason {
    match known_year(date.year()) {
        Some(index) => PLANS[index][day_of_plan(date)],
        None => plan::plan(date.year(), None)[day_of_plan(date)],
    }
}

fn source(reason: Reason, date: Date, known: Option<&Year>) -> &'static str {
    let moves = known.map(|year| year.moves).unwrap_or_default();
    let month_and_day = (date.month(), date.day());
    let act =
        moves.iter().find(|one| one.off == month_and_day || one.working == month_and_day).map(|one| one.act);
    match reason {
        Reason::Holiday(_) => LAW,
        Reason::Substitution(_) => LAW_SUBSTITUTION,
        Reason::MovedOff | Reason::DeclaredWorking => act.unwrap_or(LABOUR_CODE),
        Reason::Weekday | Reason::Weekend => LABOUR_CODE,
    }
}

fn status(reason: Reason, date: Date, known: Option<&Year>) -> Status {
    let Some(year) = known else {
        return Status::Estimated;
    };
    match reason {
        Reason::Holiday(Holiday::KurbanAit) => year.kurban_ait_status,
        Reason::Holiday(_) => Status::Confirmed,
        _ if may_become_kurban_ait(date, year) => Status::Estimated,
        _ => year.moves_status,
    }
}

/// The announced day can differ by one from the computed one.
fn may_become_kurban_ait(date: Date, year: &Year) -> bool {
    let (month, day) = year.kurban_ait;
    year.kurban_ait_status == Status::Estimated
        && Date::new(year.year, month, day).is_ok_and(|ait| crate::terms::days_between(ait, date).abs() <= 1)
}

/// The place of a year in [`YEARS`] and [`PLANS`]: the years follow each other without a gap.
fn known_year(year: i16) -> Option<usize> {
    usize::try_from(i32::from(year) - i32::from(YEARS[0].year)).ok().filter(|index| *index < YEARS.len())
}

fn day_of_plan(date: Date) -> usize {
    usize::from(date.day_of_year().unsigned_abs()) - 1
}
