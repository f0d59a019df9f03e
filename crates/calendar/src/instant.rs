use alloc::string::ToString;
use core::fmt;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// A moment: microseconds since 1970-01-01T00:00:00Z.
///
/// Always between [`Instant::MIN`] and [`Instant::MAX`] (the years −9999 to 9999), so each one has a text form and
/// a local time. Serialised as RFC 3339 text for people, as a number otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// A text that is no RFC 3339 moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a moment as in 2024-03-01T07:00:00Z or 2024-03-01T07:00:00+05:00")]
pub struct InvalidInstant;

impl Instant {
    /// Before everything.
    pub const MIN: Instant = Instant(-377_705_023_201_000_000);
    /// After everything.
    pub const MAX: Instant = Instant(253_402_207_200_000_000);

    /// The moment so many microseconds after 1970-01-01T00:00:00Z; beyond the ends, the nearer end.
    pub const fn from_micros(micros: i64) -> Instant {
        if micros < Instant::MIN.0 {
            Instant::MIN
        } else if micros > Instant::MAX.0 {
            Instant::MAX
        } else {
            Instant(micros)
        }
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The moment so many microseconds later (earlier when negative); beyond the ends, the nearer end.
    pub const fn plus_micros(self, micros: i64) -> Instant {
        Instant::from_micros(self.0.saturating_add(micros))
    }

    /// Reads RFC 3339 text with any offset. Digits finer than a microsecond are dropped.
    pub fn parse(text: &str) -> Result<Instant, InvalidInstant> {
        let timestamp: Timestamp = text.parse().map_err(|_| InvalidInstant)?;
        Ok(Instant::from_timestamp(timestamp))
    }

    pub(crate) fn from_timestamp(timestamp: Timestamp) -> Instant {
        // Rounded down also before 1970, so that dropping digits keeps the order.
        let micros = timestamp.as_nanosecond().div_euclid(1000);
        Instant::from_micros(i64::try_from(micros).unwrap_or(Instant::MAX.0))
    }

    pub(crate) fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC with as many digits of the second as needed: `2024-02-29T19:00:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&self.to_string())
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_str(TextVisitor);
        }
        let micros = i64::deserialize(deserializer)?;
        let instant = Instant::from_micros(micros);
        if instant.0 == micros {
            Ok(instant)
        } else {
            Err(D::Error::custom("a moment beyond the years -9999 to 9999"))
        }
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Instant;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a moment such as 2024-03-01T07:00:00Z")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Instant, E> {
        Instant::parse(text).map_err(E::custom)
    }
}
