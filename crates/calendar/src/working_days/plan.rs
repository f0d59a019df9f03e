//! Lays out one year: weekends, holidays, days off for holidays on weekends, days moved by acts.

use super::data::{FIXED, OnWeekend, YEARS, Year};
use super::{Holiday, Reason};

/// Why each day of a year is working or off, 1 January first; the last entry of a common year means nothing.
pub(super) type Plan = [Reason; 366];

/// The plans of the years of [`YEARS`], computed by the compiler.
pub(super) static PLANS: [Plan; YEARS.len()] = {
    let mut plans = [[Reason::Weekday; 366]; YEARS.len()];
    let mut i = 0;
    while i < YEARS.len() {
        plans[i] = plan(YEARS[i].year, Some(&YEARS[i]));
        i += 1;
    }
    plans
};

/// The plan of a year; without `known` by the standing law alone, and so without Kurban ait and moved days.
// Loops by index: the compiler runs this, and iterators do not work there.
pub(super) const fn plan(year: i16, known: Option<&Year>) -> Plan {
    let leap = is_leap(year);
    let first_weekday = weekday_of_january_first(year);
    let mut plan = [Reason::Weekday; 366];
    let mut to_move: [Option<Holiday>; 366] = [None; 366];

    let mut day = 0;
    while day < plan.len() {
        if is_weekend(first_weekday, day) {
            plan[day] = Reason::Weekend;
        }
        day += 1;
    }
    if let Some(known) = known {
        plan[day_index(leap, known.kurban_ait)] = Reason::Holiday(Holiday::KurbanAit);
        let mut i = 0;
        while i < known.moves.len() {
            plan[day_index(leap, known.moves[i].off)] = Reason::MovedOff;
            i += 1;
        }
    }
    let mut i = 0;
    while i < FIXED.len() {
        let fixed = &FIXED[i];
        if fixed.since <= year && year <= fixed.until {
            let day = day_index(leap, (fixed.month, fixed.day));
            plan[day] = Reason::Holiday(fixed.holiday);
            if is_weekend(first_weekday, day) && matches!(fixed.on_weekend, OnWeekend::NextWorkingDayOff) {
                to_move[day] = Some(fixed.holiday);
            }
        }
        i += 1;
    }
    substitute(&mut plan, &to_move);
    // Last, because a day declared working wins over any rule.
    if let Some(known) = known {
        let mut i = 0;
        while i < known.moves.len() {
            plan[day_index(leap, known.moves[i].working)] = Reason::DeclaredWorking;
            i += 1;
        }
    }
    plan
}

/// Law No. 267, art. 5: for each holiday on a weekend the next working day is off, one for each. No holiday lies
/// so late in December that this would reach the next year.
const fn substitute(plan: &mut Plan, to_move: &[Option<Holiday>; 366]) {
    let mut day = 0;
    while day < to_move.len() {
        if let Some(holiday) = to_move[day] {
            let mut next = day + 1;
            while next < plan.len() {
                if matches!(plan[next], Reason::Weekday) {
                    plan[next] = Reason::Substitution(holiday);
                    break;
                }
                next += 1;
            }
        }
        day += 1;
    }
}

const fn is_weekend(first_weekday: usize, day: usize) -> bool {
    (first_weekday + day) % 7 >= 5
}

/// 0 is Monday. Counts the days since 1 January of year 1, a Monday.
const fn weekday_of_january_first(year: i16) -> usize {
    let before = year as i32 - 1;
    let days = before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    days.rem_euclid(7) as usize
}

const fn is_leap(year: i16) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The place of a month and day in the plan.
const fn day_index(leap: bool, (month, day): (i8, i8)) -> usize {
    const BEFORE: [usize; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap_day = if leap && month > 2 { 1 } else { 0 };
    BEFORE[month as usize - 1] + leap_day + day as usize - 1
}
