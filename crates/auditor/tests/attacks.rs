//! Attack list C: what an operator might do with the keys in hand is found, and named.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
#[path = "../../rules/tests/life/mod.rs"]
mod life;
mod written;

use std::collections::BTreeMap;

use kezek_auditor::replay::{Findings, Question, Wrong, replay};
use kezek_auditor::tamper::{Tamper, tamper};
use kezek_disclosure::{Entry, Log};
use kezek_rules::Refusal;
use kezek_rules::profile::SpecialOffer;
use life::{World, life};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

fn findings(entries: &[(Log, Entry)]) -> Findings {
    let question = Question { about: None, origin: written::ORIGIN.to_owned() };
    replay(&question, || entries.iter().map(|(_, entry)| entry.clone()), |_| ())
}

/// Random lives, always the same ones.
fn lives(count: usize) -> Vec<World> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[42; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = life();
    let play = |number: usize| {
        let steps = strategy.new_tree(&mut runner).unwrap().current();
        let mut world = if number.is_multiple_of(2) {
            World::new(1, SpecialOffer::Push)
        } else {
            let crowd: Vec<Option<bool>> =
                (0..60).map(|child| (child % 3 == 0).then_some(child % 2 == 0)).collect();
            World::crowded(&crowd, 2)
        };
        for one in &steps {
            world.now = world.now.plus_micros(i64::from(one.hours) * life::HOUR);
            world.perform(&one.act);
        }
        world
    };
    (0..count).map(play).collect()
}

/// Each way to cheat is tried in many lives, and found wherever there is something to falsify.
#[test]
fn every_way_to_cheat_is_found_and_named() {
    let mut tried: BTreeMap<Tamper, u32> = BTreeMap::new();
    for world in lives(120) {
        let honest = written::entries(&world.facts);
        for kind in Tamper::ALL {
            let mut entries = honest.clone();
            let Some(seq) = tamper(kind, world.engine.state(), &mut entries) else { continue };
            *tried.entry(kind).or_default() += 1;
            let findings = findings(&entries);
            let named = findings.violations.iter().find(|one| one.seq == seq);
            let named =
                named.unwrap_or_else(|| panic!("{kind:?} in entry {seq}: {:#?}", findings.violations));
            assert!(named.clause.starts_with("254/") || named.clause.starts_with('R'), "{named:?}");
            let wrong = match kind {
                Tamper::BackDated => Wrong::BackDated,
                Tamper::NoBulletin => Wrong::NoBulletin,
                Tamper::OnePlaceTwice => Wrong::Refused(Refusal::PlaceTaken),
                Tamper::StopListed => Wrong::Refused(Refusal::StopListed),
                Tamper::WrongWindow | Tamper::OneToThree | Tamper::NotFree => Wrong::Otherwise,
                Tamper::PutAway | Tamper::NoAct | Tamper::ActTooEarly => Wrong::Unfounded,
                Tamper::LowerPlacedFirst => named.wrong,
            };
            assert_eq!(named.wrong, wrong, "{kind:?}");
        }
    }
    for kind in Tamper::ALL {
        assert!(tried.get(&kind).is_some_and(|count| *count >= 3), "{kind:?} was hardly tried: {tried:?}");
    }
}

/// Attacks 18 to 20 and 26: numbers and times.
#[test]
fn numbers_and_times_are_found() {
    let world = lives(2).remove(1);
    let honest = written::entries(&world.facts);
    let middle = honest.len() / 2;
    let wrongs = |entries: Vec<(Log, Entry)>| {
        findings(&entries).violations.iter().map(|one| one.wrong).collect::<Vec<Wrong>>()
    };
    let mut entries = honest.clone();
    entries.remove(middle);
    let left_out = wrongs(entries);
    assert!(left_out.contains(&Wrong::Number), "{left_out:?}");
    let mut entries = honest.clone();
    entries.insert(middle, entries[middle].clone());
    let twice = wrongs(entries);
    assert!(twice.contains(&Wrong::Number), "{twice:?}");
    let mut entries = honest.clone();
    entries[middle].1.at = entries[0].1.at.plus_micros(-1);
    let earlier = wrongs(entries);
    assert!(earlier.contains(&Wrong::BackInTime), "{earlier:?}");
}
