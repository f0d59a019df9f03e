//! The figures of the demonstration: the intake campaign of the capital in June 2021 as it was published, and a queue
//! in proportion.

use kezek_calendar::{Date, DateTime, Instant, Zone};

/// Made-up; the places are those of a real campaign, the name must not be.
pub const SETTLEMENT: &str = "Елорда (көрсетілім)";
pub const ZONE: &str = "Asia/Almaty";
/// What everything made-up is drawn from.
pub const SEED: u64 = 254_2020;

/// Published places by year of birth: 24,297 in all.
pub const PLACES: [(i16, u32); 4] = [(2016, 3_235), (2017, 5_616), (2018, 9_372), (2019, 6_074)];
/// Applications that wait at the end, 55,000 in all; of them so many in the queues of special and of sanatorium
/// organisations.
pub const WAITING: u32 = 55_000;
pub const SPECIAL: u32 = 700;
pub const SANATORIUM: u32 = 300;
/// Shares by year of birth in the general queue, in thousandths. Children of 2014 and 2015 may stand in it until the
/// next 1 September (R3.4).
pub const YEARS: [(i16, u32); 8] =
    [(2014, 3), (2015, 43), (2016, 103), (2017, 167), (2018, 241), (2019, 226), (2020, 163), (2021, 54)];
/// Applications registered a day in 2017; so many come on each of the last days.
pub const A_DAY: u32 = 90;

/// Extraordinary and priority applications, in thousandths.
pub const EXTRAORDINARY: u32 = 20;
pub const PRIORITY: u32 = 220;

pub const STATE_ORGANISATIONS: u32 = 100;
pub const PRIVATE_ORGANISATIONS: u32 = 400;
/// Children of a group.
pub const CAPACITY: u32 = 25;

/// How much of the city is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Size {
    /// The whole city: 24,297 places, 55,000 applications.
    City,
    /// A twentieth of it, for a quick look and for tests.
    District,
}

impl Size {
    /// A figure of the city at this size.
    pub fn of(self, figure: u32) -> u32 {
        match self {
            Size::City => figure,
            Size::District => (figure / 20).max(1),
        }
    }

    /// Its name in the data directory.
    pub fn code(self) -> &'static str {
        match self {
            Size::City => "city",
            Size::District => "district",
        }
    }
}

/// A date that is known to be one.
pub fn date(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap_or(Date::MAX)
}

/// A day of 2021.
pub fn day(month: i8, day: i8) -> Date {
    date(2021, month, day)
}

/// A moment of 2021 by the city's clock.
pub fn moment(zone: &Zone, month: i8, of_month: i8, hour: i8, minute: i8) -> Instant {
    zone.instant(on(day(month, of_month), hour, minute))
}

/// A time of a day.
pub fn on(date: Date, hour: i8, minute: i8) -> DateTime {
    date.at(hour, minute, 0, 0)
}
