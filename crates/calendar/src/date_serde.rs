//! Dates in serialised data: `"2018-03-04"` for people, days since 1970-01-01 otherwise.
//! Use with `#[serde(with = "kezek_calendar::date_serde")]`.

use alloc::string::ToString;
use core::fmt;

use jiff::civil::Date;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::Serializer;

use crate::terms;

/// Writes a date.
pub fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        serializer.serialize_str(&date.to_string())
    } else {
        serializer.serialize_i32(terms::days_between(EPOCH, *date))
    }
}

/// Reads a date; only the full form with hyphens.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    if deserializer.is_human_readable() {
        return deserializer.deserialize_str(TextVisitor);
    }
    let days = i32::deserialize(deserializer)?;
    let date = terms::add_days(EPOCH, days);
    if terms::days_between(EPOCH, date) == days {
        Ok(date)
    } else {
        Err(D::Error::custom("a day beyond the years -9999 to 9999"))
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Date;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date such as 2018-03-04")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Date, E> {
        // The library also reads 20180304 and dates with a time behind; one way to write is enough.
        match text.parse::<Date>() {
            Ok(date) if date.to_string() == text => Ok(date),
            _ => Err(E::custom("write a date as in 2018-03-04")),
        }
    }
}

/// The same for `Option<Date>`: `#[serde(with = "kezek_calendar::date_serde::option")]`.
pub mod option {
    use jiff::civil::Date;
    use serde::de::{Deserialize, Deserializer};
    use serde::ser::{Serialize, Serializer};

    /// Writes a date or nothing.
    pub fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        date.map(Wrapped).serialize(serializer)
    }

    /// Reads a date or nothing.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        Ok(Option::<Wrapped>::deserialize(deserializer)?.map(|wrapped| wrapped.0))
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(transparent)]
    struct Wrapped(#[serde(with = "super")] Date);
}
