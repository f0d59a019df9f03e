//! Working days and the terms counted in them: the vectors of the rules (R3.5, R3.11) and of the law on holidays.

#![allow(clippy::expect_used)] // helpers of tests may fail the test

use kezek_calendar::terms::add_days;
use kezek_calendar::{
    Date, Holiday, Reason, Status, day_info, is_working_day, nth_working_day_after, nth_working_day_from,
};
use proptest::prelude::*;

/// `dd.mm.yyyy`, as the law and the vectors write it.
fn day(text: &str) -> Date {
    Date::strptime("%d.%m.%Y", text).expect("a date dd.mm.yyyy")
}

#[test]
fn windows_of_three_working_days_end_as_in_r3_5() {
    let vectors = [
        ("21.05.2019", "23.05.2019"),
        ("16.05.2023", "18.05.2023"),
        ("19.03.2021", "26.03.2021"),
        ("13.06.2020", "17.06.2020"),
        ("06.05.2021", "12.05.2021"),
        ("04.05.2024", "10.05.2024"),
        ("31.12.2020", "06.01.2021"),
    ];
    for (opened, ends) in vectors {
        assert_eq!(nth_working_day_from(day(opened), 3), day(ends), "opened {opened}");
    }
}

#[test]
fn referrals_of_five_working_days_end_as_in_r3_11() {
    let vectors = [
        ("21.05.2019", "28.05.2019"),
        ("05.05.2021", "14.05.2021"),
        ("15.12.2020", "24.12.2020"),
        ("19.03.2021", "31.03.2021"),
        ("21.10.2022", "31.10.2022"),
    ];
    for (issued, ends) in vectors {
        assert_eq!(nth_working_day_after(day(issued), 5), day(ends), "issued {issued}");
    }
}

#[test]
fn moved_days_are_off_and_their_weekend_days_working() {
    let moves = [
        ("10.05.2019", "04.05.2019"),
        ("03.01.2020", "05.01.2020"),
        ("08.05.2020", "11.05.2020"),
        ("18.12.2020", "20.12.2020"),
        ("05.07.2021", "03.07.2021"),
        ("07.03.2022", "05.03.2022"),
        ("29.08.2022", "27.08.2022"),
        ("24.10.2022", "22.10.2022"),
        ("07.07.2023", "01.07.2023"),
        ("08.05.2024", "04.05.2024"),
        ("03.01.2025", "05.01.2025"),
    ];
    for (off, working) in moves {
        let (off_info, working_info) = (day_info(day(off)), day_info(day(working)));
        assert_eq!((off_info.working, off_info.reason), (false, Reason::MovedOff), "{off}");
        assert_eq!((working_info.working, working_info.reason), (true, Reason::DeclaredWorking), "{working}");
        assert_eq!(off_info.source, working_info.source);
        assert!(off_info.source.contains("No. "), "an act has a number: {}", off_info.source);
        assert_eq!(off_info.status, Status::Confirmed);
    }
}

#[test]
fn a_holiday_on_a_weekend_moves_to_the_next_working_day() {
    let substitutions = [
        ("24.03.2020", Holiday::Nauryz),
        ("25.03.2020", Holiday::Nauryz),
        ("04.01.2021", Holiday::NewYear),
        ("03.01.2022", Holiday::NewYear),
        ("04.01.2022", Holiday::NewYear),
        ("10.05.2022", Holiday::DefenderDay),
        ("24.03.2025", Holiday::Nauryz),
        ("25.03.2025", Holiday::Nauryz),
        ("24.03.2026", Holiday::Nauryz),
        ("25.03.2026", Holiday::Nauryz),
        ("26.10.2026", Holiday::RepublicDay),
    ];
    for (date, holiday) in substitutions {
        let info = day_info(day(date));
        assert_eq!((info.working, info.reason), (false, Reason::Substitution(holiday)), "{date}");
    }
    // One day off for one holiday.
    assert!(is_working_day(day("26.03.2020")));
    assert!(is_working_day(day("11.05.2022")));
}

#[test]
fn christmas_and_kurban_ait_are_not_moved() {
    for (holiday, next_weekday, name) in [
        ("07.01.2023", "09.01.2023", Holiday::OrthodoxChristmas),
        ("11.08.2019", "12.08.2019", Holiday::KurbanAit),
        ("09.07.2022", "11.07.2022", Holiday::KurbanAit),
        ("16.06.2024", "17.06.2024", Holiday::KurbanAit),
        ("16.05.2027", "17.05.2027", Holiday::KurbanAit),
    ] {
        assert_eq!(day_info(day(holiday)).reason, Reason::Holiday(name), "{holiday}");
        assert!(is_working_day(day(next_weekday)), "{next_weekday}");
    }
}

#[test]
fn a_monday_declared_working_wins_over_the_substitution() {
    // Victory Day 2020 was a Saturday; the act took 8 May for 11 May. The substitution does not wander on.
    assert!(is_working_day(day("11.05.2020")));
    assert!(is_working_day(day("12.05.2020")));
    assert_eq!(nth_working_day_after(day("06.05.2020"), 1), day("11.05.2020"));
}

#[test]
fn holidays_begin_and_end_with_their_laws() {
    assert_eq!(day_info(day("30.08.2023")).reason, Reason::Holiday(Holiday::ConstitutionDay));
    assert!(is_working_day(day("31.08.2026")), "no Constitution Day in 2026");
    assert_eq!(day_info(day("15.03.2027")).reason, Reason::Holiday(Holiday::ConstitutionDay));
    assert!(is_working_day(day("30.08.2027")));
    assert!(is_working_day(day("25.10.2021")));
    assert_eq!(day_info(day("25.10.2022")).reason, Reason::Holiday(Holiday::RepublicDay));
    assert_eq!(day_info(day("01.12.2021")).reason, Reason::Holiday(Holiday::FirstPresidentDay));
    assert!(is_working_day(day("01.12.2022")));
    assert_eq!(day_info(day("17.12.2021")).reason, Reason::Holiday(Holiday::IndependenceDay));
    assert!(is_working_day(day("19.12.2022")), "17 December 2022 was an ordinary Saturday");
}

#[test]
fn what_may_still_change_is_marked_as_estimated() {
    assert_eq!(day_info(day("06.06.2025")).status, Status::Confirmed);
    assert_eq!(day_info(day("27.05.2026")).status, Status::Estimated);
    assert_eq!(day_info(day("28.05.2026")).status, Status::Estimated, "the announced day may be this one");
    assert_eq!(day_info(day("02.06.2026")).status, Status::Confirmed);
    assert_eq!(day_info(day("08.03.2027")).status, Status::Confirmed, "a holiday by law");
    assert_eq!(day_info(day("09.03.2027")).status, Status::Estimated, "an act may move a day here");
    for year in [2018, 2029] {
        assert_eq!(day_info(Date::constant(year, 3, 8)).status, Status::Estimated);
    }
}

#[test]
fn other_years_follow_the_standing_law() {
    // 1 January 2033 is a Saturday.
    assert_eq!(day_info(day("03.01.2033")).reason, Reason::Substitution(Holiday::NewYear));
    assert_eq!(nth_working_day_from(day("30.12.2028"), 1), day("03.01.2029"));
    assert_eq!(nth_working_day_from(day("31.12.2018"), 2), day("03.01.2019"));
}

#[test]
fn the_years_have_the_working_days_that_were_announced() {
    let count = |year| {
        let mut date = Date::constant(year, 1, 1);
        let mut working = 0;
        while date.year() == year {
            working += i32::from(is_working_day(date));
            date = add_days(date, 1);
        }
        working
    };
    // The ministry announced 245 for 2022; then 25 October was added, and 1 and 17 December (a day off on Monday
    // the 19th) were dropped.
    assert_eq!(count(2022), 245 - 1 + 2);
    // It announced 246 for 2026, still with 31 August off for Constitution Day on Sunday 30 August.
    assert_eq!(count(2026), 246 + 1);
}

#[test]
fn extreme_dates_and_counts_end_at_the_end() {
    for date in [Date::MIN, Date::MAX] {
        let _ = day_info(date);
        assert_eq!(nth_working_day_after(date, 0), date);
    }
    assert_eq!(nth_working_day_after(Date::MAX, 5), Date::MAX);
    assert_eq!(nth_working_day_from(Date::MAX, 5), Date::MAX);
    assert!(nth_working_day_after(Date::MIN, 5) > Date::MIN);
    assert_eq!(nth_working_day_from(day("06.01.2021"), 0), nth_working_day_from(day("06.01.2021"), 1));
}

fn dates() -> impl Strategy<Value = Date> {
    // 1990 to 2050: inside the table, outside, and across both of its ends.
    (7305..29220).prop_map(|days| add_days(Date::constant(1970, 1, 1), days))
}

proptest! {
    #[test]
    fn the_nth_working_day_is_one_and_has_n_minus_one_before_it(date in dates(), n in 1_u32..40) {
        let end = nth_working_day_after(date, n);
        prop_assert!(is_working_day(end));
        let mut counted = 0;
        let mut one = add_days(date, 1);
        while one <= end {
            counted += u32::from(is_working_day(one));
            one = add_days(one, 1);
        }
        prop_assert_eq!(counted, n);
    }

    #[test]
    fn counting_from_a_day_is_counting_after_the_day_before(date in dates(), n in 1_u32..40) {
        prop_assert_eq!(nth_working_day_from(date, n), nth_working_day_after(add_days(date, -1), n));
    }

    #[test]
    fn an_ordinary_day_is_what_its_weekday_says(date in dates()) {
        let weekend = date.weekday().to_monday_one_offset() > 5;
        match day_info(date).reason {
            Reason::Weekday | Reason::Substitution(_) | Reason::MovedOff => prop_assert!(!weekend),
            Reason::Weekend => prop_assert!(weekend),
            Reason::Holiday(_) | Reason::DeclaredWorking => {}
        }
    }
}
