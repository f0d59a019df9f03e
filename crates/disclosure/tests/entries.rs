//! Entries as lines: one form only, and none too long for a log.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

use kezek_calendar::{Date, Instant};
use kezek_disclosure::{Born, Entry, Ground, Part, Said};
use kezek_rules::Event;
use kezek_rules::benefit::{Benefit, Class};
use kezek_rules::event::{NewBatch, NewPlaces};
use kezek_rules::ids::{ApplicationId, BatchId, ReferralId, SettlementId, VacancyId};
use kezek_rules::place::{Cohort, GroupKind, Mode, PoolKey};

/// The longest entry of a tlog-tiles log.
const LONGEST: usize = 65_535;

fn entry(event: Event) -> Entry {
    Entry { seq: 7, at: Instant::from_micros(1), said: Said::Fact(event), commitment: None }
}

fn read_back(entry: &Entry) -> usize {
    let line = entry.to_bytes().unwrap();
    assert!(line.len() <= LONGEST, "{} bytes", line.len());
    assert_eq!(Entry::parse(&line).unwrap(), *entry);
    line.len()
}

/// The campaign of a big city: 13,000 windows of one pool on one morning, given to families scattered over two million
/// applications.
#[test]
fn the_windows_of_a_big_city_fit() {
    let application = |number: u32| ApplicationId(number.wrapping_mul(2_654_435_761) % 2_000_000);
    let in_order = (0..13_000).map(application).collect();
    let part =
        Part::WindowsOpened { batch: BatchId(3), first_right: Vec::new(), in_order, until: Instant::MAX };
    let entry = Entry { seq: 7, at: Instant::from_micros(1), said: Said::Part(part), commitment: None };
    assert!(read_back(&entry) > 20_000, "nothing was there to pack");
}

/// Its bulletin: 6,000 vacancies.
#[test]
fn the_bulletin_of_a_big_city_fits() {
    let pool = PoolKey {
        settlement: SettlementId(0),
        mode: Mode::General,
        kind: GroupKind::General,
        care: None,
        academic_year: 2026,
        cohort: Cohort::age(3),
    };
    let places = |number: u32| NewPlaces {
        vacancy: VacancyId(90_000 + number),
        announced: 1 + number % 20,
        returned: number % 3,
        enrol_from: Date::constant(2026, 9, 1),
    };
    let batch = NewBatch {
        batch: BatchId(1),
        pool,
        places: (0..6_000).map(places).collect(),
        window_working_days: 3,
        open_step: 1_000,
    };
    let (settlement, date) = (SettlementId(0), Date::constant(2026, 8, 1));
    read_back(&entry(Event::BulletinIssued {
        settlement,
        date,
        batches: vec![batch],
        withdrawn: Vec::new(),
    }));
}

#[test]
fn an_entry_has_one_form_only() {
    let said = Said::Part(Part::ReferralExtended { referral: ReferralId(1), until: Instant::from_micros(5) });
    let entry = Entry { seq: 1, at: Instant::from_micros(2), said, commitment: Some([0xab; 32]) };
    let line = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
    assert_eq!(Entry::parse(line.as_bytes()).unwrap(), entry);
    let others = [
        line.replace("{\"seq\":1", "{ \"seq\":1"),
        line.replace("abab", "ABAB"),
        line.replace("\"seq\":1", "\"seq\":01"),
        line.replace("\"c\"", "\"x\":1,\"c\""),
        line.replace("\"until\"", "\"why\":1,\"until\""),
        line.replace("00.000005", "00.0000050"),
        line.clone() + " ",
        line.clone() + &line,
        String::new(),
        "null".to_owned(),
        "{\"seq\":1,\"packed\":\"\"}".to_owned(),
    ];
    for other in others {
        assert!(other == line || Entry::parse(other.as_bytes()).is_err(), "{other}");
    }
}

/// A ground is not told, but stands for one of its class.
#[test]
fn grounds_stand_for_each_other_inside_a_class() {
    for class in [Class::Extraordinary, Class::Priority] {
        let count = Benefit::ALL.into_iter().filter(|benefit| benefit.class() == class).count();
        for nth in 0..=u8::MAX {
            let stand_in = Ground { class, nth }.stand_in();
            assert_eq!(stand_in.is_some(), usize::from(nth) < count);
            assert!(stand_in.is_none_or(|benefit| benefit.class() == class));
        }
    }
}

/// 254/28: what is public of a birth date gives the same full years on every 1 September, and the same calendar year.
#[test]
fn what_is_public_of_a_birth_date_decides_its_cohorts() {
    let mut date = Date::constant(2015, 1, 1);
    while date.year() < 2021 {
        let stand_in = Born::of(date).stand_in();
        assert!(stand_in <= date && stand_in.year() == date.year());
        for year in 2018..2028 {
            for age in 0..8 {
                let cohort = Cohort::age(age);
                assert_eq!(cohort.admits(date, year), cohort.admits(stand_in, year), "{date} {age} {year}");
            }
        }
        date = date.tomorrow().unwrap();
    }
}
