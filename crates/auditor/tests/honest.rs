//! Honest registries that look odd in public are not accused.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

mod city;
mod written;

use city::*;
use kezek_rules::command::{
    AddOrganisation, Command, ModeTerms, OnReferrals, OpenSettlement, Publish, SetGroup, WithdrawPlaces,
    WithdrawReason,
};
use kezek_rules::ids::*;
use kezek_rules::place::{Cohort, GroupKind, Language, OrganisationKind, Ownership, Regime};

#[test]
fn honest_city_is_clean() {
    let mut city = City::new(everyone());
    crowd(&mut city, 6);
    city.publish(0, 2, ModeTerms::General);
    city.to("2021-03-02T08:00:00");
    city.act(Command::Claim(ApplicationId(0), VacancyId(0)));
    city.to("2021-03-20T08:00:00");
    let found = judge(&city.entries());
    assert!(found.violations.is_empty());
}

#[test]
fn not_accused_birth_corrected_with_a_conclusion() {
    let mut city = City::new(everyone());
    let id = city.come(0, 0, "2016-03-05");
    city.act(Command::FileConclusion(id));
    city.act(Command::CorrectBirth(id, date("2014-03-05")));
    let found = judge(&city.entries());
    assert!(found.violations.is_empty(), "{:?}", found.violations);
}

#[test]
fn not_accused_withdrawal_from_a_child_with_a_conclusion() {
    let mut city = City::new(everyone());
    city.to("2021-08-23T08:00:00");
    let id = city.come(0, 0, "2015-08-20");
    city.act(Command::FileConclusion(id));
    city.act(Command::Publish(Publish {
        group: GroupId(0),
        cohort: Cohort::Ages(1, 7),
        kind: GroupKind::General,
        profile: None,
        language: Language::Kk,
        regime: Regime::FullDay,
        mode: ModeTerms::General,
        count: 1,
        enrol_from: None,
    }));
    let _done = (0..1)
        .map(|_| {
            city.to("2021-08-30T08:00:00");
            city.try_act(Command::Claim(id, VacancyId(0)))
        })
        .collect::<Vec<_>>();
    city.to("2021-09-02T08:00:00");
    city.act(Command::WithdrawPlaces(WithdrawPlaces {
        vacancy: VacancyId(0),
        count: 1,
        reason: Some(WithdrawReason::Repair),
        referrals: OnReferrals::Annul,
    }));
    let found = judge(&city.entries());
    assert!(found.violations.is_empty(), "{:?}", found.violations);
}

#[test]
fn not_accused_two_settlements_one_with_special_places_only() {
    let mut city = City::new(everyone());
    let there = SettlementId(1);
    city.act(Command::OpenSettlement(OpenSettlement {
        name: "There".into(),
        zone: zone(),
        profile: everyone(),
    }));
    city.act(Command::AddOrganisation(AddOrganisation {
        settlement: there,
        name: "T".into(),
        kind: OrganisationKind::General,
        ownership: Ownership::State,
        languages: vec![Language::Kk],
        profiles: vec![],
    }));
    city.act(Command::SetGroup(SetGroup {
        group: None,
        organisation: OrganisationId(3),
        name: "T".into(),
        cohort: Cohort::Ages(1, 5),
        language: Language::Kk,
        capacity: 9,
        enrolled: 0,
    }));
    city.act(Command::Publish(Publish {
        group: GroupId(2),
        cohort: Cohort::Ages(1, 5),
        kind: GroupKind::Special,
        profile: Some("speech".into()),
        language: Language::Kk,
        regime: Regime::FullDay,
        mode: ModeTerms::General,
        count: 1,
        enrol_from: None,
    }));
    city.publish(3, 1, ModeTerms::General);
    city.to("2021-03-02T08:00:00");
    let found = judge(&city.entries());
    assert!(found.violations.is_empty(), "{:?}", found.violations);
}
