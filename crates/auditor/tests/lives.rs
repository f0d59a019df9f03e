//! What the rules bring about is found lawful, whatever happens: random lives of a small settlement, and every scenario.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
#[path = "../../rules/tests/life/mod.rs"]
mod life;
mod written;

use std::path::{Path, PathBuf};

use kezek_auditor::replay::{Findings, Question, replay};
use kezek_disclosure::Entry;
use kezek_rules::{Fact, profile::SpecialOffer};
use life::{World, life};
use proptest::prelude::*;

fn findings(facts: &[Fact]) -> Findings {
    let entries: Vec<Entry> = written::entries(facts).into_iter().map(|(_, entry)| entry).collect();
    let question = Question { about: None, origin: written::ORIGIN.to_owned() };
    replay(&question, || entries.iter().cloned(), |_| ())
}

fn is_lawful(facts: &[Fact]) -> Result<Findings, String> {
    let findings = findings(facts);
    match findings.violations.first() {
        None => Ok(findings),
        Some(first) => {
            let lines: Vec<String> = written::entries(facts)
                .iter()
                .map(|(_, entry)| String::from_utf8(entry.to_bytes().unwrap()).unwrap())
                .collect();
            Err(format!("{} violations: {first:#?}\n{}", findings.violations.len(), lines.join("\n")))
        }
    }
}

proptest! {
    #[test]
    fn a_lawful_life_is_found_lawful(steps in life(), step in 0u32..4, window in any::<bool>()) {
        let offer = if window { SpecialOffer::Window } else { SpecialOffer::Push };
        let mut world = World::new(step, offer);
        for one in &steps {
            world.now = world.now.plus_micros(i64::from(one.hours) * life::HOUR);
            world.perform(&one.act);
        }
        is_lawful(&world.facts).map_err(TestCaseError::fail)?;
    }
}

fn scenarios(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            scenarios(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
}

#[test]
fn every_scenario_is_found_lawful() {
    let mut files = Vec::new();
    scenarios(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios"), &mut files);
    assert!(files.len() > 100);
    let mut unlawful = Vec::new();
    for file in files {
        let facts = kezek_rules::scenario::facts(&std::fs::read_to_string(&file).unwrap());
        assert!(!facts.is_empty(), "{}", file.display());
        if let Err(why) = is_lawful(&facts) {
            unlawful.push(format!("{}: {why}", file.display()));
        }
    }
    assert!(unlawful.is_empty(), "{}\n{}", unlawful.len(), unlawful.join("\n"));
}
