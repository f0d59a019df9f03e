//! Moments and clocks on the wall, with the change of 1 March 2024.

#![allow(clippy::expect_used)] // helpers of tests may fail the test

use kezek_calendar::terms::add_days;
use kezek_calendar::{Date, DateTime, Instant, Zone};
use proptest::prelude::*;

const ZONES: [&str; 7] = [
    "Asia/Almaty",
    "Asia/Aqtau",
    "Asia/Aqtobe",
    "Asia/Atyrau",
    "Asia/Oral",
    "Asia/Qostanay",
    "Asia/Qyzylorda",
];

fn zone(name: &str) -> Zone {
    Zone::named(name).expect(name)
}

fn at(text: &str) -> Instant {
    Instant::parse(text).expect(text)
}

fn local(text: &str) -> DateTime {
    text.parse().expect(text)
}

#[test]
fn almaty_goes_back_an_hour_at_midnight_before_1_march_2024() {
    let almaty = zone("Asia/Almaty");
    assert_eq!(almaty.local(at("2024-02-29T17:59:59Z")), local("2024-02-29T23:59:59"));
    assert_eq!(almaty.local(at("2024-02-29T18:00:00Z")), local("2024-02-29T23:00:00"));
    assert_eq!(almaty.local(at("2024-02-29T19:00:00Z")), local("2024-03-01T00:00:00"));
    assert_eq!(almaty.start_of(Date::constant(2024, 2, 29)), at("2024-02-29T00:00:00+06:00"));
    assert_eq!(almaty.start_of(Date::constant(2024, 3, 1)), at("2024-03-01T00:00:00+05:00"));
}

#[test]
fn a_time_that_comes_twice_is_the_earlier_moment() {
    let almaty = zone("Asia/Almaty");
    assert_eq!(almaty.instant(local("2024-02-29T23:30:00")), at("2024-02-29T23:30:00+06:00"));
}

#[test]
fn the_west_kept_its_clocks() {
    let aqtobe = zone("Asia/Aqtobe");
    for text in ["2024-02-29T07:00:00", "2024-03-01T07:00:00"] {
        assert_eq!(aqtobe.instant(local(text)), at(&format!("{text}+05:00")));
    }
    assert_eq!(zone("Asia/Almaty").instant(local("2024-02-29T07:00:00")), at("2024-02-29T07:00:00+06:00"));
    assert_eq!(zone("Asia/Almaty").instant(local("2024-03-01T07:00:00")), at("2024-03-01T07:00:00+05:00"));
}

#[test]
fn names_are_those_of_the_database() {
    assert_eq!(zone("asia/almaty"), zone("Asia/Almaty"));
    assert_eq!(zone("asia/almaty").name(), "Asia/Almaty");
    assert_ne!(zone("Asia/Almaty"), zone("Asia/Aqtobe"));
    for name in ["", "Almaty", "Asia/Nowhere", "+05:00", "Asia/Almaty "] {
        assert!(Zone::named(name).is_err(), "{name}");
    }
    let error = Zone::named("Asia/Nowhere").expect_err("unknown").to_string();
    assert!(error.contains("Asia/Nowhere") && error.contains("Asia/Almaty"), "{error}");
}

#[test]
fn zones_are_written_by_name() {
    let text = serde_json::to_string(&zone("Asia/Almaty")).expect("serialises");
    assert_eq!(text, "\"Asia/Almaty\"");
    assert_eq!(serde_json::from_str::<Zone>(&text).expect("reads"), zone("Asia/Almaty"));
    assert!(serde_json::from_str::<Zone>("\"Asia/Nowhere\"").is_err());
    let bytes = postcard::to_allocvec(&zone("Asia/Oral")).expect("serialises");
    assert_eq!(postcard::from_bytes::<Zone>(&bytes).expect("reads"), zone("Asia/Oral"));
}

#[test]
fn extreme_moments_and_dates_have_an_answer() {
    for name in ZONES {
        let zone = zone(name);
        assert!(zone.local(Instant::MIN) < zone.local(Instant::MAX));
        assert_eq!(zone.instant(DateTime::MAX), Instant::MAX);
        assert_eq!(zone.start_of(Date::MIN), Instant::MIN);
    }
}

#[test]
fn every_date_begins_at_its_start() {
    for name in ZONES {
        let zone = zone(name);
        let mut date = Date::constant(1990, 1, 1);
        while date.year() < 2040 {
            let start = zone.start_of(date);
            assert_eq!(zone.date(start), date, "{name}");
            assert_eq!(zone.date(start.plus_micros(-1)), add_days(date, -1), "{name} {date}");
            date = add_days(date, 1);
        }
    }
}

proptest! {
    #[test]
    fn a_moment_is_found_again_by_its_local_time(micros in 0..2_500_000_000_000_000_i64, which in 0..ZONES.len()) {
        let (instant, zone) = (Instant::from_micros(micros), zone(ZONES[which]));
        let again = zone.instant(zone.local(instant));
        // The same moment, or the earlier one that shows the same time.
        prop_assert!(again <= instant);
        prop_assert_eq!(zone.local(again), zone.local(instant));
    }
}
