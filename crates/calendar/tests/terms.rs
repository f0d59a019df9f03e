//! Ages, months and academic years (R3.3, R3.4, R3.15).

use kezek_calendar::Date;
use kezek_calendar::terms::{
    academic_year, add_days, add_months, add_years, days_between, enrolment_year, first_of_september,
    full_years,
};
use proptest::prelude::*;

fn date(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

/// The first day on which R3.4 archives a child: 6 full years today and on 1 September of the academic year.
fn archived_on(born: Date) -> Date {
    let mut today = born;
    loop {
        let september = first_of_september(academic_year(today));
        if full_years(born, today) >= 6 && full_years(born, september) >= 6 {
            return today;
        }
        today = add_days(today, 1);
    }
}

#[test]
fn the_age_limit_falls_as_in_r3_4() {
    assert_eq!(archived_on(date(2015, 5, 3)), date(2021, 9, 1));
    assert_eq!(archived_on(date(2015, 10, 15)), date(2022, 9, 1));
    assert_eq!(archived_on(date(2015, 9, 1)), date(2021, 9, 1));
    assert_eq!(archived_on(date(2015, 9, 2)), date(2022, 9, 1));
}

#[test]
fn a_year_is_complete_on_the_same_day() {
    assert_eq!(full_years(date(2015, 9, 1), date(2021, 8, 31)), 5);
    assert_eq!(full_years(date(2015, 9, 1), date(2021, 9, 1)), 6);
    assert_eq!(full_years(date(2015, 9, 1), date(2015, 9, 1)), 0);
    assert_eq!(full_years(date(2015, 9, 1), date(2015, 8, 31)), -1);
}

#[test]
fn born_on_29_february_completes_a_year_on_1_march_of_a_common_year() {
    assert_eq!(full_years(date(2016, 2, 29), date(2021, 2, 28)), 4);
    assert_eq!(full_years(date(2016, 2, 29), date(2021, 3, 1)), 5);
    assert_eq!(full_years(date(2016, 2, 29), date(2020, 2, 29)), 4);
}

#[test]
fn a_month_later_is_the_same_day_or_the_last_one() {
    assert_eq!(add_months(date(2021, 1, 31), 1), date(2021, 2, 28));
    assert_eq!(add_months(date(2024, 1, 31), 1), date(2024, 2, 29));
    assert_eq!(add_months(date(2021, 8, 19), 1), date(2021, 9, 19));
    assert_eq!(add_months(date(2021, 3, 31), -1), date(2021, 2, 28));
    assert_eq!(add_months(date(2021, 12, 15), 2), date(2022, 2, 15));
    assert_eq!(add_years(date(2020, 2, 29), 1), date(2021, 2, 28));
    assert_eq!(add_years(date(2020, 2, 29), 4), date(2024, 2, 29));
}

#[test]
fn the_academic_year_turns_on_1_september() {
    assert_eq!(academic_year(date(2021, 8, 31)), 2020);
    assert_eq!(academic_year(date(2021, 9, 1)), 2021);
    assert_eq!(academic_year(date(2022, 1, 1)), 2021);
    assert_eq!(first_of_september(2021), date(2021, 9, 1));
}

#[test]
fn a_place_starting_in_august_belongs_to_the_coming_september() {
    assert_eq!(enrolment_year(date(2021, 7, 31)), 2020);
    assert_eq!(enrolment_year(date(2021, 8, 1)), 2021);
    assert_eq!(enrolment_year(date(2021, 12, 31)), 2021);
    assert_eq!(enrolment_year(date(2022, 1, 1)), 2021);
}

#[test]
fn results_beyond_the_calendar_are_its_ends() {
    for (early, late) in [
        (add_days(Date::MIN, i32::MIN), add_days(Date::MAX, i32::MAX)),
        (add_months(Date::MIN, i32::MIN), add_months(Date::MAX, i32::MAX)),
        (add_months(Date::MIN, -1), add_months(Date::MAX, 1)),
        (add_years(Date::MIN, i32::MIN), add_years(Date::MAX, i32::MAX)),
        (first_of_september(i16::MIN), first_of_september(i16::MAX)),
    ] {
        assert_eq!((early, late), (Date::MIN, Date::MAX));
    }
    assert_eq!(full_years(Date::MIN, Date::MAX), 19998);
    assert_eq!(full_years(Date::MAX, Date::MIN), -19999);
    assert_eq!(academic_year(Date::MIN), -10000);
    assert_eq!(first_of_september(academic_year(Date::MIN)), Date::MIN);
    assert_eq!(add_days(Date::MIN, days_between(Date::MIN, Date::MAX)), Date::MAX);
}

fn dates() -> impl Strategy<Value = Date> {
    (-20_000..40_000).prop_map(|days| add_days(date(1970, 1, 1), days))
}

proptest! {
    #[test]
    fn days_between_undoes_add_days(from in dates(), days in -50_000..50_000) {
        prop_assert_eq!(days_between(from, add_days(from, days)), days);
    }

    #[test]
    fn one_year_more_exactly_at_each_birthday(born in dates(), days in 0..20_000) {
        let (before, on) = (add_days(born, days), add_days(born, days + 1));
        let birthday = (on.month(), on.day()) == (born.month(), born.day())
            || ((born.month(), born.day()) == (2, 29) && (on.month(), on.day()) == (3, 1) && !on.in_leap_year());
        prop_assert_eq!(full_years(born, on) - full_years(born, before), i16::from(birthday));
    }

    #[test]
    fn a_date_lies_in_its_academic_year(day in dates()) {
        let year = academic_year(day);
        prop_assert!(first_of_september(year) <= day && day < first_of_september(year + 1));
    }

    #[test]
    fn months_keep_the_day_or_take_the_last(from in dates(), months in -500..500) {
        let to = add_months(from, months);
        prop_assert!(to.day() == from.day() || (to.day() < from.day() && to.day() == to.days_in_month()));
        let counted = (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month() - from.month());
        prop_assert_eq!(counted, months);
    }
}
