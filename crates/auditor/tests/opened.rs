//! The authorised tier: with the openings nothing is taken on trust, and what was is found when it was a lie.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
#[path = "../../rules/tests/life/mod.rs"]
mod life;
mod written;

use std::collections::BTreeMap;

use kezek_auditor::opened::{NotBorneOut, Opening, Why, audit};
use kezek_disclosure::{Entry, Log, OpenedField};
use kezek_rules::event::ArchiveReason;
use kezek_rules::{Event, Fact, profile::SpecialOffer};
use life::{World, life};
use proptest::prelude::*;

fn openings(facts: &[Fact]) -> BTreeMap<u64, Opening> {
    let mut context = kezek_disclosure::Context::default();
    let opened = facts.iter().zip(1..).map(|(fact, seq)| {
        let hidden = context.disclose(seq, fact).hidden.into_iter().map(|hidden| OpenedField {
            field: hidden.field.to_owned(),
            value: String::from_utf8(hidden.value).unwrap(),
        });
        (seq, Opening { seq, salt: "07".repeat(32), hidden: hidden.collect() })
    });
    opened.collect()
}

fn judge(entries: Vec<(Log, Entry)>, openings: &BTreeMap<u64, Opening>) -> Vec<NotBorneOut> {
    audit(entries.into_iter(), openings, |log| format!("kezek.example/{}", log.name()))
}

fn play(steps: &[life::Step], step: u32, offer: SpecialOffer) -> World {
    let mut world = World::new(step, offer);
    for one in steps {
        world.now = world.now.plus_micros(i64::from(one.hours) * life::HOUR);
        world.perform(&one.act);
    }
    world
}

proptest! {
    #[test]
    fn a_lawful_life_is_borne_out(steps in life(), step in 0u32..4, window in any::<bool>()) {
        let offer = if window { SpecialOffer::Window } else { SpecialOffer::Push };
        let facts = play(&steps, step, offer).facts;
        prop_assert_eq!(judge(written::entries(&facts), &openings(&facts)), vec![]);
    }

    /// A competitor is archived as if the child had been enrolled on another application: the public takes it on trust.
    #[test]
    fn a_competitor_put_away_on_trust_is_found(steps in life(), pick in any::<prop::sample::Index>()) {
        let world = play(&steps, 2, SpecialOffer::Push);
        let queued: Vec<_> =
            world.engine.state().applications().filter(|(_, one)| one.is_queued()).map(|(id, _)| id).collect();
        prop_assume!(!queued.is_empty());
        let mut facts = world.facts.clone();
        let application = queued[pick.index(queued.len())];
        let at = facts.last().unwrap().at.plus_micros(1);
        facts.push(Fact { at, event: Event::Archived { application, reason: ArchiveReason::Enrolled } });
        let found = judge(written::entries(&facts), &openings(&facts));
        let seq = facts.len() as u64;
        prop_assert!(found.iter().any(|one| one.seq == seq && matches!(one.why, Why::Unlawful(_))), "{:?}", found);
    }
}

#[test]
fn what_is_not_opened_and_what_is_another_content_are_told_apart() {
    let crowd = [None, Some(true), Some(false)];
    let facts = World::crowded(&crowd, 1).facts;
    let (entries, honest) = (written::entries(&facts), openings(&facts));
    let registered = facts.iter().position(|fact| matches!(fact.event, Event::Registered { .. })).unwrap();
    let seq = registered as u64 + 1;
    let mut lost = honest.clone();
    lost.remove(&seq);
    assert_eq!(judge(entries.clone(), &lost), [NotBorneOut { seq, why: Why::NotOpened }]);
    let mut other = honest;
    other.get_mut(&seq).unwrap().hidden[2].value = "\"2016-01-02\"".to_owned();
    assert_eq!(judge(entries, &other), [NotBorneOut { seq, why: Why::OtherContent }]);
}
