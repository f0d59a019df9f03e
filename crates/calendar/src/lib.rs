//! Kazakhstan's calendar: working days as dated data, terms in days, months and years, the clocks of settlements,
//! and the numbers of people and organisations (IIN, BIN).
//!
//! What never lives here: a clock, a random source, files, threads, async. The crate is `no_std`, so the compiler
//! refuses them; the time comes in as an argument.
//!
//! A moment is an [`Instant`] (UTC). A date or a time of day on somebody's wall is civil ([`Date`], [`Time`],
//! [`DateTime`]) and becomes a moment only through the [`Zone`] of a settlement.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod date_serde;
mod instant;
mod numbers;
pub mod terms;
pub mod time_serde;
mod working_days;
mod zone;

pub use instant::{Instant, InvalidInstant};
pub use jiff::civil::{Date, DateTime, Time};
pub use numbers::{Bin, Iin, NumberError, Sex};
pub use working_days::{
    DayInfo, Holiday, Reason, Status, day_info, is_working_day, nth_working_day_after, nth_working_day_from,
};
pub use zone::{UnknownZone, Zone};
