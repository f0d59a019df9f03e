//! Times of day in serialised data: `"18:00"` or `"18:00:30"` for people, seconds since midnight otherwise.
//! Use with `#[serde(with = "kezek_calendar::time_serde")]`. A part of a second is refused.

use alloc::format;
use alloc::string::String;
use core::fmt;

use jiff::civil::Time;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::ser::{Error as _, Serializer};

/// Writes a time of day in whole seconds.
pub fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    if time.subsec_nanosecond() != 0 {
        return Err(S::Error::custom("a time of day is kept in whole seconds"));
    }
    if serializer.is_human_readable() {
        serializer.serialize_str(&text_of(*time))
    } else {
        let seconds =
            i32::from(time.hour()) * 3600 + i32::from(time.minute()) * 60 + i32::from(time.second());
        serializer.serialize_i32(seconds)
    }
}

/// Reads a time of day: `HH:MM` or `HH:MM:SS`.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    if deserializer.is_human_readable() {
        return deserializer.deserialize_str(TextVisitor);
    }
    let seconds = i32::deserialize(deserializer)?;
    from_seconds(seconds).ok_or_else(|| D::Error::custom("a day has the seconds 0 to 86399"))
}

fn text_of(time: Time) -> String {
    if time.second() == 0 {
        format!("{:02}:{:02}", time.hour(), time.minute())
    } else {
        format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
    }
}

fn from_seconds(seconds: i32) -> Option<Time> {
    let hour = i8::try_from(seconds.div_euclid(3600)).ok()?;
    let minute = i8::try_from(seconds.rem_euclid(3600) / 60).ok()?;
    let second = i8::try_from(seconds.rem_euclid(60)).ok()?;
    Time::new(hour, minute, second, 0).ok()
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time of day such as 18:00")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Time, E> {
        // The library also reads 18, 1800 and T18:00; only what `serialize` writes, and :00 behind it, is ours.
        let same = |time: &Time| text == text_of(*time) || text == format!("{}:00", text_of(*time));
        text.parse::<Time>()
            .ok()
            .filter(|time| time.subsec_nanosecond() == 0)
            .filter(same)
            .ok_or_else(|| E::custom("write a time of day as in 18:00 or 18:00:30"))
    }
}

/// The same for `Option<Time>`: `#[serde(with = "kezek_calendar::time_serde::option")]`.
pub mod option {
    use jiff::civil::Time;
    use serde::de::{Deserialize, Deserializer};
    use serde::ser::{Serialize, Serializer};

    /// Writes a time of day or nothing.
    pub fn serialize<S: Serializer>(time: &Option<Time>, serializer: S) -> Result<S::Ok, S::Error> {
        time.map(Wrapped).serialize(serializer)
    }

    /// Reads a time of day or nothing.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
        Ok(Option::<Wrapped>::deserialize(deserializer)?.map(|wrapped| wrapped.0))
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(transparent)]
    struct Wrapped(#[serde(with = "super")] Time);
}
