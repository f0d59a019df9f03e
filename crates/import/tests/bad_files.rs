//! What is wrong is told by line, column and reason, and nothing is planned.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use kezek_calendar::{Date, Iin, Instant};
use kezek_import::{
    Column, KnownPerson, Problem, Reason, plan_organisations, plan_queue, read_organisations, read_queue,
};
use kezek_records::Language;
use kezek_rules::{Engine, Refusal};
use proptest::prelude::*;

const ORGANISATIONS: &[u8] = include_bytes!("../../../examples/organisations.csv");
const HEADING: &str = "settlement,date and time of registration,child's IIN,child's surname,child's name,\
child's birth date,parent's IIN,parent's surname,parent's name,phone,queue,organisation,profile,benefits,\
benefit confirmed,PMPC conclusion,state";

fn now() -> Instant {
    Instant::parse("2026-01-15T05:00:00Z").unwrap()
}

fn engine() -> Engine {
    let mut engine = Engine::default();
    for command in
        plan_organisations(read_organisations(ORGANISATIONS), engine.state(), now()).unwrap().commands
    {
        engine.submit(&command, now()).unwrap();
    }
    engine
}

fn iin(year: i16, sex: u8, serial: u16) -> String {
    let born = Date::new(year, 2, 3).unwrap();
    (serial..).find_map(|serial| Iin::from_birth(born, sex, serial)).unwrap().as_str().to_owned()
}

/// A good line; each change is a cell's place and its other text.
fn line(serial: u16, changes: &[(usize, &str)]) -> String {
    let child = iin(2024, 5, serial);
    let parent = iin(1990, 4, serial);
    let mut cells = vec![
        "Самал",
        "01.03.2025 10:00",
        &child,
        "Бұлақов",
        "Дамир",
        "03.02.2024",
        &parent,
        "Бұлақова",
        "Сәуле",
        "+7 600 000 00 01",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
    ];
    for (place, text) in changes {
        cells[*place] = text;
    }
    cells.join(",")
}

fn file(lines: &[String]) -> Vec<u8> {
    format!("{HEADING}\n{}\n", lines.join("\n")).into_bytes()
}

fn problems_with(bytes: &[u8], known: &BTreeMap<Iin, KnownPerson>) -> Vec<Problem> {
    let mut last = 0;
    let mut new_id = || {
        last += 1;
        last
    };
    plan_queue(read_queue(bytes), engine().state(), now(), known, &mut new_id).err().unwrap_or_default()
}

fn problems(bytes: &[u8]) -> Vec<(u64, Option<Column>, Reason)> {
    let all = problems_with(bytes, &BTreeMap::new());
    all.into_iter().map(|one| (one.line, one.column, one.reason)).collect()
}

#[test]
fn a_good_line_is_good() {
    assert_eq!(problems(&file(&[line(1, &[]), line(20, &[])])), []);
}

#[test]
fn each_wrong_cell_is_told() {
    let wrong: [(usize, &str, Column, Reason); 16] = [
        (0, "Nowhere", Column::Settlement, Reason::UnknownSettlement),
        (0, "", Column::Settlement, Reason::Missing),
        (1, "01.03.2025", Column::Registered, Reason::DateTime),
        (1, "01.03.2027 10:00", Column::Registered, Reason::RegisteredInFuture),
        (1, "02.02.2024 10:00", Column::Registered, Reason::RegisteredBeforeBirth),
        (2, "24020350001", Column::ChildIin, Reason::IinLength(11)),
        (2, "24020350001x", Column::ChildIin, Reason::IinDigits),
        (2, "180515500009", Column::ChildIin, Reason::IinControlDigit),
        (5, "30.02.2024", Column::ChildBorn, Reason::Date),
        (9, "12345", Column::Phone, Reason::Phone),
        (10, "special", Column::Organisation, Reason::Missing),
        (11, "№ 1 «Балапан»", Column::Organisation, Reason::NotWanted),
        (13, "duke", Column::Benefits, Reason::Word("")),
        (14, "yes", Column::BenefitsConfirmed, Reason::Confirmations),
        (15, "perhaps", Column::Conclusion, Reason::Word("")),
        (16, "gone", Column::Status, Reason::Word("")),
    ];
    for (place, text, column, reason) in wrong {
        let found = problems(&file(&[line(1, &[]), line(20, &[(place, text)])]));
        let first = found.first().unwrap_or_else(|| panic!("{text} was taken"));
        assert_eq!((first.0, first.1), (3, Some(column)), "{text}");
        let is_same = match reason {
            Reason::Word(_) => matches!(first.2, Reason::Word(_)),
            // One confirmation is for all benefits, here for none.
            reason => first.2 == reason,
        };
        assert!(is_same, "{text}: {first:?}");
    }
}

#[test]
fn every_wrong_line_is_told_and_in_order() {
    let lines = [
        line(1, &[(2, "1"), (9, "x")]),
        line(20, &[]),
        line(40, &[(0, "Nowhere")]),
        line(60, &[(5, "01.02.2026"), (1, "01.01.2026 10:00")]),
    ];
    let found = problems(&file(&lines));
    let expected = [
        (2, Some(Column::ChildIin), Reason::IinLength(1)),
        (2, Some(Column::Phone), Reason::Phone),
        (4, Some(Column::Settlement), Reason::UnknownSettlement),
        (5, Some(Column::Registered), Reason::RegisteredBeforeBirth),
        (5, Some(Column::ChildBorn), Reason::BornInFuture),
    ];
    assert_eq!(found, expected);
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    let wrong = line(20, &[(9, "x")]);
    for (text, expected) in [
        (format!("{HEADING}\n{wrong}"), 2),
        (format!("{HEADING}\r\n{}\r\n{wrong}\r\n", line(1, &[])), 3),
        (format!("\n\n{HEADING}\n\n\n{}\n\n{wrong}\n", line(1, &[])), 8),
    ] {
        assert_eq!(problems(text.as_bytes()), [(expected, Some(Column::Phone), Reason::Phone)]);
    }
}

#[test]
fn organisations_and_profiles_must_be_known() {
    let care =
        |organisation, profile| line(1, &[(10, "special"), (11, organisation), (12, profile), (15, "yes")]);
    assert_eq!(problems(&file(&[care("№ 3 арнайы балабақша", "сөйлеу")])), []);
    let unknown = problems(&file(&[care("№ 9", "сөйлеу")]));
    assert_eq!(unknown, [(2, Some(Column::Organisation), Reason::UnknownOrganisation)]);
    let profile = problems(&file(&[care("№ 3 арнайы балабақша", "есту")]));
    assert_eq!(profile, [(2, Some(Column::Profile), Reason::UnknownProfile)]);
    let general = problems(&file(&[care("№ 1 «Балапан»", "есту")]));
    assert_eq!(general, [(2, Some(Column::Profile), Reason::UnknownProfile)]);
}

#[test]
fn a_line_that_comes_twice_is_told() {
    let found = problems(&file(&[line(1, &[]), line(20, &[]), line(1, &[(1, "02.03.2025 10:00")])]));
    assert_eq!(found, [(4, None, Reason::RepeatedLine(2))]);
}

#[test]
fn one_person_has_one_birth_date() {
    let special =
        [(10, "special"), (11, "№ 3 арнайы балабақша"), (12, "сөйлеу"), (15, "yes"), (5, "04.02.2024")];
    let found = problems(&file(&[line(1, &[]), line(1, &special)]));
    assert_eq!(found, [(3, Some(Column::ChildBorn), Reason::DiffersFromLine(2))]);
    let child = Iin::parse(&iin(2024, 5, 1)).unwrap();
    let known = BTreeMap::from([(child, KnownPerson { id: 7, born: Date::new(2024, 2, 4).ok() })]);
    let found = problems_with(&file(&[line(1, &[])]), &known);
    assert_eq!(found[0].reason, Reason::DiffersFromService);
    let parent = iin(2024, 5, 1);
    assert_eq!(
        problems(&file(&[line(1, &[(6, &parent)])])),
        [(2, Some(Column::ParentIin), Reason::IinOfBoth)]
    );
}

#[test]
fn the_law_refuses_by_line() {
    let old = [(5, "03.02.2018"), (1, "01.03.2019 10:00")];
    let special = [(10, "special"), (11, "№ 3 арнайы балабақша"), (12, "сөйлеу")];
    let found = problems(&file(&[line(1, &[]), line(20, &old), line(40, &special)]));
    let expected = [
        (3, None, Reason::Refused(Refusal::AgeOverLimit)),
        (4, None, Reason::Refused(Refusal::QueueNeedsConclusion)),
    ];
    assert_eq!(found, expected);
}

#[test]
fn headings_must_be_those_of_the_template() {
    let good = String::from_utf8(file(&[line(1, &[])])).unwrap();
    let other = good.replace("phone", "fone").replace("child's name", "child's IIN");
    let expected = [
        (1, None, Reason::UnknownColumn("fone".into())),
        (1, Some(Column::ChildIin), Reason::RepeatedColumn),
        (1, Some(Column::ChildGiven), Reason::MissingColumn),
        (1, Some(Column::Phone), Reason::MissingColumn),
    ];
    assert_eq!(problems(other.as_bytes()), expected);
}

#[test]
fn files_that_are_no_table() {
    assert_eq!(problems(b""), [(0, None, Reason::Empty)]);
    assert_eq!(problems(b"\xef\xbb\xbf\r\n\r\n"), [(0, None, Reason::Empty)]);
    assert_eq!(problems(HEADING.as_bytes()), [(0, None, Reason::NoRows)]);
    assert_eq!(problems(b"PK\x03\x04"), [(0, None, Reason::NotText)]);
    let mut broken = file(&[line(1, &[])]);
    let at = broken.len() - 4;
    broken[at] = 0xff;
    assert_eq!(problems(&broken), [(2, None, Reason::BrokenText)]);
}

#[test]
fn cells_and_quotation_marks() {
    let short = line(1, &[]).rsplit_once(',').unwrap().0.to_owned();
    assert_eq!(problems(&file(&[short])), [(2, None, Reason::CellCount { expected: 17, found: 16 })]);
    let open = line(1, &[(3, "\"Бұлақов")]);
    let found = problems(&file(&[open, line(20, &[])]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, 2);
    // What spreadsheets leave behind, and another separator.
    let blank = ",".repeat(16);
    assert_eq!(problems(&file(&[line(1, &[]), blank, line(20, &[])])), []);
    let semicolons = String::from_utf8(file(&[line(1, &[])])).unwrap().replace(',', ";");
    assert_eq!(problems(semicolons.as_bytes()), []);
    assert_eq!(problems(semicolons.replace(';', "\t").as_bytes()), []);
}

#[test]
fn groups_are_checked_too() {
    let heading =
        "settlement,organisation,ownership,group,age or year of birth,language of teaching,capacity,enrolled";
    let told = |lines: &str| {
        let sheet = read_organisations(format!("{heading}\n{lines}").as_bytes());
        let plan = plan_organisations(sheet, Engine::default().state(), now());
        plan.err()
            .unwrap_or_default()
            .into_iter()
            .map(|one| (one.line, one.column, one.reason))
            .collect::<Vec<_>>()
    };
    assert_eq!(told("A,K,state,G,3,kk,20,20"), []);
    assert_eq!(told("A,K,state,G,3,kk,20,21"), [(2, Some(Column::Enrolled), Reason::OverCapacity)]);
    assert_eq!(told("A,K,state,G,3,kk,20,-1"), [(2, Some(Column::Enrolled), Reason::Number)]);
    let twice = told("A,K,state,G,3,kk,20,0\nA,K,state,G,3,kk,20,0");
    assert_eq!(twice, [(3, Some(Column::Group), Reason::RepeatedLine(2))]);
    let other = told("A,K,state,G,3,kk,20,0\nA,K,private,H,3,kk,20,0");
    assert_eq!(other, [(3, Some(Column::Organisation), Reason::DiffersFromLine(2))]);
}

#[test]
fn every_reason_has_words_in_each_language_and_quotes_nobody() {
    let wrong = line(20, &[(2, "180515500009"), (9, "777123"), (5, "x")]);
    for problem in problems_with(&file(&[wrong]), &BTreeMap::new()) {
        for language in [Language::Kk, Language::Ru, Language::En] {
            let text = problem.text(language);
            assert!(!text.contains("180515500009") && !text.contains("777123"), "{text}");
        }
    }
    for language in [Language::Kk, Language::Ru, Language::En] {
        for reason in all_reasons() {
            assert!(reason.text(language).len() > 5, "{reason:?}");
        }
    }
}

fn all_reasons() -> Vec<Reason> {
    use Reason::*;
    let mut all = vec![
        Empty,
        NoRows,
        TooLarge,
        NotText,
        BrokenText,
        MissingColumn,
        UnknownColumn("x".into()),
        RepeatedColumn,
        CellCount { expected: 1, found: 2 },
        CellTooLong,
        Missing,
        NotWanted,
        IinLength(3),
        IinDigits,
        IinControlDigit,
        IinOfBoth,
        Date,
        DateTime,
        Word("x"),
        Phone,
        Email,
        Number,
        Ages,
        Zone,
        Confirmations,
        RepeatedLine(1),
        DiffersFromLine(1),
        DiffersFromService,
        UnknownSettlement,
        UnknownOrganisation,
        UnknownProfile,
        BornInFuture,
        RegisteredInFuture,
        RegisteredBeforeBirth,
        OtherTime,
        OverCapacity,
    ];
    all.extend(Refusal::ALL.map(Refused));
    all
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_queue(&bytes);
        read_organisations(&bytes);
    }

    #[test]
    fn any_cells_are_read_without_a_panic(cells in prop::collection::vec("[ -~а-яәіңғүұқөһ\"\n]{0,12}", 17)) {
        let text = format!("{HEADING}\n{}\n{}", cells.join(","), line(1, &[(1, &cells[0]), (5, &cells[1])]));
        problems(text.as_bytes());
    }
}
