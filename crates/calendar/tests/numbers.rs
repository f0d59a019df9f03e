//! IIN and BIN: the made-up vectors of the specification and the properties of the control digit.

use kezek_calendar::terms::add_days;
use kezek_calendar::{Bin, Date, Iin, NumberError, Sex};
use proptest::prelude::*;

const FIRST_PASS: [&str; 4] = ["180515500008", "180515600004", "200101500003", "191231500009"];
const SECOND_PASS: [&str; 3] = ["180515500901", "180515600506", "200101600008"];
const NEVER_ISSUED: [&str; 3] = ["18051550170", "20010160001", "18051560052"];

#[test]
fn numbers_of_both_passes_are_valid() {
    for text in FIRST_PASS.into_iter().chain(SECOND_PASS) {
        assert_eq!(Iin::parse(text).expect(text).as_str(), text);
        assert_eq!(Bin::parse(text).expect(text).as_str(), text);
    }
}

#[test]
fn numbers_failing_both_passes_are_never_valid() {
    for beginning in NEVER_ISSUED {
        for last in 0..10 {
            let text = format!("{beginning}{last}");
            assert_eq!(Iin::parse(&text), Err(NumberError::ControlDigit), "{text}");
        }
    }
    let born = Date::constant(2018, 5, 15);
    assert_eq!(Iin::from_birth(born, 5, 170), None);
    assert_eq!(Iin::from_birth(born, 6, 52), None);
}

#[test]
fn the_error_names_what_is_wrong() {
    for (text, error) in [
        ("", NumberError::Length { found: 0 }),
        ("18051550000", NumberError::Length { found: 11 }),
        ("1805155000080", NumberError::Length { found: 13 }),
        (" 180515500008", NumberError::Length { found: 13 }),
        ("18051550000a", NumberError::NotDigits),
        ("18051550000-", NumberError::NotDigits),
        ("１８０５１５５００００８", NumberError::NotDigits),
        ("180515500009", NumberError::ControlDigit),
    ] {
        assert_eq!(Iin::parse(text), Err(error), "{text}");
        assert_eq!(Bin::parse(text), Err(error), "{text}");
    }
}

#[test]
fn date_and_sex_are_read_and_never_required() {
    let iin = Iin::parse("180515500008").expect("valid");
    assert_eq!(iin.birth_date_inside(), Some(Date::constant(2018, 5, 15)));
    assert_eq!(iin.sex_inside(), Some(Sex::Male));
    assert_eq!(Iin::parse("180515600004").expect("valid").sex_inside(), Some(Sex::Female));
    // No date, century or sex inside, yet a good number: the twelve zeros have control digit 0.
    let none = Iin::parse("000000000000").expect("valid");
    assert_eq!((none.birth_date_inside(), none.sex_inside()), (None, None));
}

#[test]
fn debug_hides_a_persons_number() {
    let iin = Iin::parse("180515500008").expect("valid");
    assert!(!format!("{iin:?} {:?}", Some(iin)).contains("180515"));
}

#[test]
fn a_made_up_person_needs_a_fitting_century_and_serial() {
    let born = Date::constant(2018, 5, 15);
    assert_eq!(Iin::from_birth(born, 5, 0).expect("valid").as_str(), "180515500008");
    assert_eq!(Iin::from_birth(born, 5, 90).expect("valid").as_str(), "180515500901");
    assert_eq!(Iin::from_birth(born, 4, 0), None);
    assert_eq!(Iin::from_birth(born, 0, 0), None);
    assert_eq!(Iin::from_birth(born, 5, 10_000), None);
    assert_eq!(Iin::from_birth(Date::constant(1985, 5, 15), 5, 0), None);
}

proptest! {
    #[test]
    fn made_up_numbers_read_back(days in 0..18_000, female in any::<bool>(), serial in 0_u16..10_000) {
        let born = add_days(Date::constant(2000, 1, 1), days);
        if let Some(iin) = Iin::from_birth(born, if female { 6 } else { 5 }, serial) {
            prop_assert_eq!(Iin::parse(iin.as_str()), Ok(iin));
            prop_assert_eq!(iin.birth_date_inside(), Some(born));
            prop_assert_eq!(iin.sex_inside(), Some(if female { Sex::Female } else { Sex::Male }));
        }
    }

    #[test]
    fn at_most_one_last_digit_is_right(beginning in "[0-9]{11}") {
        let valid = (0..10).filter(|last| Iin::parse(&format!("{beginning}{last}")).is_ok()).count();
        prop_assert!(valid <= 1);
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = Iin::parse(&text);
    }
}
