//! Each day of 2019–2025 against an independent source: the PyPI package `holidays`.

#![allow(clippy::expect_used, clippy::panic)] // helpers of tests may fail the test

use std::path::PathBuf;
use std::process::Command;

use kezek_calendar::{Date, is_working_day};

/// Days on which we follow our sources and not the package, with the reason. None at the pinned version: it also
/// takes 10.09.2021 for a working day, which one other list has as a day off without naming an act.
const WE_DIFFER: &[(&str, &str)] = &[];

#[test]
fn every_day_of_2019_to_2025_agrees_with_the_independent_calendar() {
    let printed = run_python();
    let mut expected_date = Date::constant(2019, 1, 1);
    let mut days = 0;
    let mut wrong = Vec::new();
    for line in printed.lines() {
        let (date_text, working) = line.split_once(',').expect("a line is date,working");
        let date: Date = date_text.parse().expect("the date of a line");
        assert_eq!(date, expected_date, "the script left out a day");
        let theirs = working == "1";
        let ours = is_working_day(date);
        let listed = WE_DIFFER.iter().any(|(day, _reason)| *day == date_text);
        if (ours != theirs) != listed {
            wrong.push(format!("{date_text}: ours {ours}, theirs {theirs}, listed as different {listed}"));
        }
        expected_date = date.tomorrow().expect("a day after");
        days += 1;
    }
    assert_eq!(days, 2557, "seven years have 2557 days");
    assert!(wrong.is_empty(), "the calendars differ:\n{}", wrong.join("\n"));
}

fn run_python() -> String {
    let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = match std::env::var_os("KEZEK_PYTHON") {
        Some(path) => PathBuf::from(path),
        None => repository.join("target/venv/bin/python"),
    };
    let output = Command::new(&python)
        .arg(repository.join("tests/calendar/compare_holidays.py"))
        .output()
        .unwrap_or_else(|error| panic!("cannot run {} ({error}): run `make tools`", python.display()));
    assert!(
        output.status.success(),
        "the comparison did not run (run `make tools`):\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("the script prints UTF-8")
}
