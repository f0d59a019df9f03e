use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::Instant;

/// The clock of a settlement, by its name in the IANA time zone database (`Asia/Almaty`).
///
/// The database is built in, so every machine counts alike: Almaty is UTC+6 up to 29.02.2024 and UTC+5 since
/// 00:00 of 01.03.2024, when its clocks went back to 23:00 of the day before.
#[derive(Clone)]
pub struct Zone {
    tz: TimeZone,
}

/// A name that the time zone database does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone {0:?}: use a name of the IANA database, such as Asia/Almaty")]
pub struct UnknownZone(Box<str>);

impl Zone {
    /// The zone of this name; capital and small letters are taken alike.
    pub fn named(name: &str) -> Result<Zone, UnknownZone> {
        match TimeZoneDatabase::bundled().get(name) {
            Ok(tz) if tz.iana_name().is_some() => Ok(Zone { tz }),
            _ => Err(UnknownZone(name.chars().take(64).collect::<String>().into_boxed_str())),
        }
    }

    /// The name in the database.
    pub fn name(&self) -> &str {
        self.tz.iana_name().unwrap_or_default()
    }

    /// What calendar and clock on the wall show at a moment.
    pub fn local(&self, instant: Instant) -> DateTime {
        self.tz.to_datetime(instant.timestamp())
    }

    /// The date on the wall at a moment.
    pub fn date(&self, instant: Instant) -> Date {
        self.local(instant).date()
    }

    /// The moment at which calendar and clock show this. A time that comes twice (23:30 of 29.02.2024 in Almaty)
    /// is the earlier moment; one that the clocks jump over is as much later as they jump.
    pub fn instant(&self, local: DateTime) -> Instant {
        match self.tz.to_ambiguous_timestamp(local).compatible() {
            Ok(timestamp) => Instant::from_timestamp(timestamp),
            Err(_) if local.year() < 0 => Instant::MIN,
            Err(_) => Instant::MAX,
        }
    }

    /// The first moment of a date.
    pub fn start_of(&self, date: Date) -> Instant {
        self.instant(date.to_datetime(Time::midnight()))
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Zone, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl Visitor<'_> for NameVisitor {
    type Value = Zone;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a time zone such as Asia/Almaty")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Zone, E> {
        Zone::named(name).map_err(E::custom)
    }
}
