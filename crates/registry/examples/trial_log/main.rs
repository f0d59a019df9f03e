//! Makes logs, changes them in one named way, and checks them. `tests/independent/run` uses it to have programs by
//! others judge the same files.
//!
//! A case is a directory: `log` is the log, `policy` says whom to trust, `remembered` is a checkpoint seen earlier,
//! `receipt` and `entry` are what a family has, `consistency` is a proof between two sizes.

mod case;
mod check;
mod files;
mod make;
mod mutate;
mod notes;
mod proofs;
mod sign;

use std::{path::Path, process::ExitCode};

const USAGE: &str = "usage: trial_log make CASE NOW ENTRY_BYTES SIZE...   a sound log that had these sizes
       trial_log mutate NAME CASE NEW_CASE NOW       a copy, changed in one way
       trial_log names                               the ways, each after the part that it spoils
       trial_log check CASE NOW MAX_AGE              exit code 0: sound, 1: refused
ENTRY_BYTES 0 makes entries of many lengths. NOW is in seconds since 1970.";

/// Whatever goes wrong while cases are made.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["make", case, now, length, sizes @ ..] => make(case, now, length, sizes),
        ["mutate", name, case, copy, now] => {
            number(now).and_then(|now| mutate::mutate(name, Path::new(case), Path::new(copy), now))
        }
        ["names"] => {
            mutate::names().for_each(|(part, name)| println!("{part} {name}"));
            Ok(())
        }
        ["check", case, now, max_age] => match (now.parse(), max_age.parse()) {
            (Ok(now), Ok(max_age)) => return check::run(Path::new(case), now, max_age),
            _ => Err(USAGE.into()),
        },
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn make(case: &str, now: &str, length: &str, sizes: &[&str]) -> Result<()> {
    let sizes = sizes.iter().map(|size| number(size)).collect::<Result<Vec<u64>>>()?;
    make::make(Path::new(case), number(now)?, length.parse()?, &sizes)
}

fn number(written: &str) -> Result<u64> {
    Ok(written.parse()?)
}
