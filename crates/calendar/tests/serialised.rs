//! The text and binary forms of moments, dates and times of day.

#![allow(clippy::expect_used)] // helpers of tests may fail the test

use kezek_calendar::terms::add_days;
use kezek_calendar::{Date, Instant, Time};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    at: Instant,
    #[serde(with = "kezek_calendar::date_serde")]
    born: Date,
    #[serde(with = "kezek_calendar::date_serde::option")]
    until: Option<Date>,
    #[serde(with = "kezek_calendar::time_serde")]
    bulletin: Time,
    #[serde(with = "kezek_calendar::time_serde::option")]
    opening: Option<Time>,
}

fn record() -> Record {
    Record {
        at: Instant::parse("2021-06-10T07:00:00.000250+06:00").expect("a moment"),
        born: Date::constant(2018, 3, 4),
        until: None,
        bulletin: Time::constant(18, 0, 0, 0),
        opening: Some(Time::constant(6, 50, 5, 0)),
    }
}

#[test]
fn people_read_text() {
    let text = serde_json::to_string(&record()).expect("serialises");
    assert_eq!(
        text,
        r#"{"at":"2021-06-10T01:00:00.00025Z","born":"2018-03-04","until":null,"bulletin":"18:00","opening":"06:50:05"}"#
    );
    assert_eq!(serde_json::from_str::<Record>(&text).expect("reads"), record());
}

#[test]
fn machines_read_numbers() {
    let bytes = postcard::to_allocvec(&record()).expect("serialises");
    let plain: (i64, i32, Option<i32>, i32, Option<i32>) = postcard::from_bytes(&bytes).expect("numbers");
    assert_eq!(plain, (record().at.as_micros(), 17594, None, 64800, Some(24605)));
    assert_eq!(postcard::from_bytes::<Record>(&bytes).expect("reads"), record());
}

#[test]
fn other_ways_to_write_are_refused() {
    let good = serde_json::to_string(&record()).expect("serialises");
    for (from, to) in [
        ("2018-03-04", "20180304"),
        ("2018-03-04", "2018-03-04T00:00"),
        ("2018-03-04", "2018-02-30"),
        ("2018-03-04", "04.03.2018"),
        ("18:00", "1800"),
        ("18:00", "18"),
        ("18:00", "24:00"),
        ("18:00", "18:00:00.5"),
        ("06:50:05", "23:59:60"),
        ("2021-06-10T01:00:00.00025Z", "2021-06-10T01:00:00"),
        ("2021-06-10T01:00:00.00025Z", "2021-06-10"),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good);
        assert!(serde_json::from_str::<Record>(&bad).is_err(), "{to}");
    }
    let long = good.replace("18:00", "18:00:00");
    assert_eq!(serde_json::from_str::<Record>(&long).expect("reads"), record());
}

#[test]
fn a_part_of_a_second_is_not_written() {
    let odd = Record { bulletin: Time::constant(18, 0, 0, 1), ..record() };
    assert!(serde_json::to_string(&odd).is_err());
    assert!(postcard::to_allocvec(&odd).is_err());
}

#[test]
fn a_day_has_86400_seconds() {
    for seconds in [-1, 86_400, i32::MIN, i32::MAX] {
        let bytes =
            postcard::to_allocvec(&(0_i64, 0_i32, None::<i32>, seconds, None::<i32>)).expect("serialises");
        assert!(postcard::from_bytes::<Record>(&bytes).is_err(), "{seconds}");
    }
}

#[test]
fn numbers_beyond_the_calendar_are_refused() {
    for (micros, days) in [(i64::MAX, 0), (i64::MIN, 0), (0, i32::MAX), (0, i32::MIN)] {
        let bytes = postcard::to_allocvec(&(micros, days, None::<i32>, 0, None::<i32>)).expect("serialises");
        assert!(postcard::from_bytes::<Record>(&bytes).is_err(), "{micros} {days}");
    }
}

#[test]
fn sentinels_have_a_text_form_too() {
    assert_eq!(Instant::MAX.to_string(), "9999-12-30T22:00:00Z");
    assert_eq!(Instant::MIN.to_string(), "-009999-01-02T01:59:59Z");
    for end in [Instant::MIN, Instant::MAX] {
        assert_eq!(Instant::parse(&end.to_string()), Ok(end));
    }
    assert_eq!(Instant::from_micros(i64::MAX), Instant::MAX);
    assert_eq!(Instant::from_micros(i64::MIN), Instant::MIN);
    assert_eq!(Instant::MAX.plus_micros(1), Instant::MAX);
    assert_eq!(Instant::MIN.plus_micros(i64::MIN), Instant::MIN);
    assert_eq!(Instant::default().to_string(), "1970-01-01T00:00:00Z");
}

#[test]
fn finer_digits_are_dropped_and_keep_the_order() {
    let parse = |text| Instant::parse(text).expect(text).as_micros();
    assert_eq!(parse("1970-01-01T00:00:00.0000019Z"), 1);
    assert_eq!(parse("1969-12-31T23:59:59.9999999Z"), -1);
}

proptest! {
    #[test]
    fn moments_survive_both_forms(micros in any::<i64>()) {
        let at = Instant::from_micros(micros);
        let text = serde_json::to_string(&at).expect("serialises");
        prop_assert_eq!(serde_json::from_str::<Instant>(&text).expect("reads"), at);
        let bytes = postcard::to_allocvec(&at).expect("serialises");
        prop_assert_eq!(postcard::from_bytes::<Instant>(&bytes).expect("reads"), at);
    }

    #[test]
    fn dates_and_times_survive_both_forms(days in -4_000_000..3_000_000, hour in 0_i8..24, second in 0_i8..60) {
        let record = Record {
            born: add_days(Date::constant(1970, 1, 1), days),
            until: Some(add_days(Date::constant(1970, 1, 1), -days)),
            bulletin: Time::constant(hour, 7, second, 0),
            ..record()
        };
        let text = serde_json::to_string(&record).expect("serialises");
        prop_assert_eq!(&serde_json::from_str::<Record>(&text).expect("reads"), &record);
        let bytes = postcard::to_allocvec(&record).expect("serialises");
        prop_assert_eq!(&postcard::from_bytes::<Record>(&bytes).expect("reads"), &record);
    }
}
