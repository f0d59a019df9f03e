//! Terms in days, months and years, and the two "current academic years" of the order.
//!
//! Nothing here fails: a result beyond the calendar's ends is the end ([`Date::MIN`], [`Date::MAX`]).

use jiff::civil::Date;
use jiff::{SignedDuration, Span};

/// Full years of age (or of anything else) on a date; negative before the birth.
///
/// A year is complete on the day with the same day and month: born 01.09.2015 is 6 on 01.09.2021 (R3.4). Who was
/// born on 29 February completes a year on 1 March where the year has no such day.
pub fn full_years(born: Date, on: Date) -> i16 {
    let years = on.year().saturating_sub(born.year());
    if (on.month(), on.day()) < (born.month(), born.day()) { years.saturating_sub(1) } else { years }
}

/// The date so many days later (earlier when negative).
pub fn add_days(date: Date, days: i32) -> Date {
    date.saturating_add(SignedDuration::from_hours(i64::from(days) * 24))
}

/// The same day so many months later, or the last day of that month (R3.15).
pub fn add_months(date: Date, months: i32) -> Date {
    match Span::new().try_months(months) {
        Ok(span) => date.saturating_add(span),
        Err(_) if months < 0 => Date::MIN,
        Err(_) => Date::MAX,
    }
}

/// The same day so many years later, or 28 February when there is no 29 February.
pub fn add_years(date: Date, years: i32) -> Date {
    match Span::new().try_years(years) {
        Ok(span) => date.saturating_add(span),
        Err(_) if years < 0 => Date::MIN,
        Err(_) => Date::MAX,
    }
}

/// Days from one date to another; negative when `to` is earlier.
pub fn days_between(from: Date, to: Date) -> i32 {
    i32::try_from(to.duration_since(from).as_hours() / 24).unwrap_or(0)
}

/// The academic year a date lies in, 1 September to 31 August, named by the year of its 1 September (R3.4).
pub fn academic_year(date: Date) -> i16 {
    year_turning_in(date, 9)
}

/// The academic year a place belongs to by the day its enrolment starts (R3.3): 1 August to 31 December, that
/// year; 1 January to 31 July, the year before.
pub fn enrolment_year(date: Date) -> i16 {
    year_turning_in(date, 8)
}

/// 1 September of a year: the day on which ages are counted (254/18, 254/28).
pub fn first_of_september(year: i16) -> Date {
    match Date::new(year, 9, 1) {
        Ok(date) => date,
        Err(_) if year < 0 => Date::MIN,
        Err(_) => Date::MAX,
    }
}

fn year_turning_in(date: Date, month: i8) -> i16 {
    if date.month() >= month { date.year() } else { date.year().saturating_sub(1) }
}
