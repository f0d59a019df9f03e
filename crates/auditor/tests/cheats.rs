//! Ways to cheat that rest on what the public cannot see, or on how the replay goes: each is found.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

mod city;
mod written;

use city::*;
use kezek_disclosure::{Part, Said};
use kezek_rules::benefit::Class;
use kezek_rules::command::{Command, ModeTerms, OnReferrals, WithdrawPlaces, WithdrawReason};
use kezek_rules::event::{Afterwards, IssuedHow, NewBatch, NewPlaces, ReferralEnd};
use kezek_rules::ids::*;
use kezek_rules::place::{Care, Cohort, GroupKind, Language, Mode, PoolKey, Regime};
use kezek_rules::{Event, Fact};

#[test]
fn found_general_places_published_as_special() {
    let mut city = City::new(everyone());
    crowd(&mut city, 3);
    city.to("2021-03-01T10:00:00");
    let mut entries = city.entries();
    let care = Some(Care { organisation: OrganisationId(0), profile: 0 });
    entries.push(fact_entry(
        at("2021-03-01T10:00:00"),
        Event::Published {
            vacancy: VacancyId(0),
            group: GroupId(0),
            cohort: Cohort::Ages(1, 5),
            kind: GroupKind::General,
            care,
            language: Language::Kk,
            regime: Regime::FullDay,
            mode: ModeTerms::General,
            count: 9999,
            enrol_from: None,
        },
    ));
    let pool = PoolKey {
        settlement: HERE,
        mode: Mode::General,
        kind: GroupKind::General,
        care,
        academic_year: 2020,
        cohort: Cohort::Ages(1, 5),
    };
    let places = vec![NewPlaces {
        vacancy: VacancyId(0),
        announced: 9999,
        returned: 0,
        enrol_from: date("2021-03-02"),
    }];
    entries.push(fact_entry(
        at("2021-03-01T18:00:00"),
        Event::BulletinIssued {
            settlement: HERE,
            date: date("2021-03-01"),
            batches: vec![NewBatch { batch: BatchId(0), pool, places, window_working_days: 3, open_step: 0 }],
            withdrawn: vec![],
        },
    ));
    for n in 0..20 {
        entries.push(kept(at("2021-03-02T07:00:00").plus_micros(n)));
    }
    renumber(&mut entries);
    let found = judge(&entries);
    assert!(!found.violations.is_empty());
}

#[test]
fn found_empty_bulletins_keep_places_back() {
    let mut city = City::new(everyone());
    crowd(&mut city, 3);
    city.publish(0, 3, ModeTerms::General);
    let mut entries = city.entries();
    for day in 1..=28 {
        let day = format!("2021-03-{day:02}");
        entries.push(fact_entry(
            at(&format!("{day}T12:00:00")),
            Event::BulletinIssued { settlement: HERE, date: date(&day), batches: vec![], withdrawn: vec![] },
        ));
    }
    entries.push(kept(at("2021-03-28T13:00:00")));
    renumber(&mut entries);
    let found = judge(&entries);
    assert!(!found.violations.is_empty());
}

#[test]
fn found_opening_taken_away_by_an_empty_one() {
    let mut city = City::new(everyone());
    crowd(&mut city, 3);
    city.publish(0, 1, ModeTerms::General);
    city.to("2021-03-01T17:00:00");
    city.forge(Event::OpeningHeld { settlement: HERE, date: date("2021-03-02"), turns: vec![] });
    city.to("2021-03-02T20:00:00");
    let mut entries = city.entries();
    entries.push(kept(at("2021-03-02T20:00:00")));
    renumber(&mut entries);
    let found = judge(&entries);
    assert!(!found.violations.is_empty());
}

#[test]
fn found_wish_list_not_opened() {
    let mut city = City::new(everyone());
    crowd(&mut city, 3);
    city.publish(0, 1, ModeTerms::General);
    // The entry stands in the log; the operator's engine does not know of it.
    city.facts.push(Fact {
        at: city.now,
        event: Event::WishesLodged { applications: vec![ApplicationId(0)], choices: vec![wish(0)] },
    });
    city.to("2021-03-05T08:00:00");
    city.act(Command::Claim(ApplicationId(2), VacancyId(0)));
    city.to("2021-03-06T00:00:00");
    let found = judge(&city.entries());
    assert!(!found.violations.is_empty());
}

#[test]
fn found_joint_list_opened_in_part() {
    let mut city = City::new(everyone());
    city.come(0, 0, "2018-03-05");
    city.come(1, 0, "2018-12-05");
    city.come(2, 2, "2018-03-05");
    city.publish(0, 1, ModeTerms::General);
    let both = vec![ApplicationId(0), ApplicationId(1)];
    city.act(Command::WishFamily(both.clone(), vec![wish(0)]));
    city.engine.replay(&Fact {
        at: city.engine.state().now(),
        event: Event::WishesLodged { applications: vec![ApplicationId(0)], choices: vec![wish(0)] },
    });
    city.to("2021-03-02T08:00:00");
    let mut entries = city.entries();
    for (_, entry) in &mut entries {
        if let Said::Part(Part::OpeningHeld { wishes, .. }) = &mut entry.said {
            for list in wishes {
                list.applications.truncate(1);
                list.twins.clear();
            }
        }
    }
    let found = judge(&entries);
    assert!(!found.violations.is_empty());
}

#[test]
fn found_window_restored_by_enrolled_elsewhere() {
    let mut city = City::new(everyone());
    crowd(&mut city, 6);
    let friend = ApplicationId(5);
    city.publish(0, 6, ModeTerms::General);
    city.to("2021-03-02T08:00:00");
    city.act(Command::Claim(friend, VacancyId(0)));
    city.act(Command::Annul(friend)); // the friend's referral is over, and lawful
    city.publish(1, 1, ModeTerms::General);
    city.to("2021-03-10T08:00:00");
    let _batch = city.engine.state().vacancy(VacancyId(1)).unwrap().batches[0];
    let mut city2 = city.clone();
    city2.publish(1, 1, ModeTerms::General);
    city2.to("2021-03-11T08:00:00");
    let vacancy = VacancyId(2);
    let batch = city2.engine.state().vacancy(vacancy).unwrap().batches[0];
    city2.forge(Event::ReferralEnded {
        referral: ReferralId(0),
        cause: ReferralEnd::EnrolledElsewhere,
        then: Afterwards::Back,
        restored: vec![batch],
    });
    city2.to("2021-03-11T09:00:00");
    let mut entries = city2.entries();
    for ((_, entry), fact) in entries.iter_mut().zip(&city2.facts) {
        if matches!(fact.event, Event::ReferralEnded { cause: ReferralEnd::EnrolledElsewhere, .. }) {
            entry.said = Said::Fact(fact.event.clone());
            entry.commitment = None;
        }
    }
    let found = judge(&entries);
    assert!(!found.violations.is_empty());
}

#[test]
fn found_past_the_64th_fact_of_an_act() {
    let mut city = City::new(everyone());
    crowd(&mut city, 80);
    city.publish(0, 70, ModeTerms::General);
    city.publish(1, 1, ModeTerms::General);
    city.to("2021-03-02T08:00:00");
    for id in 0..70 {
        city.act(Command::Claim(ApplicationId(id), VacancyId(0)));
    }
    let from = city.facts.len();
    city.act(Command::WithdrawPlaces(WithdrawPlaces {
        vacancy: VacancyId(0),
        count: 70,
        reason: Some(WithdrawReason::Repair),
        referrals: OnReferrals::Annul,
    }));
    assert_eq!(city.facts.len() - from, 71);
    let friend = ApplicationId(79);
    assert!(kezek_rules::ask::may_claim(city.engine.state(), friend, VacancyId(1)).is_err());
    let terms = city.engine.state().referrals().next_back().unwrap().1.terms;
    let mut entries = city.entries();
    let last = entries.last().unwrap().1.at;
    entries.last_mut().unwrap().1.said = Said::Fact(Event::ReferralIssued {
        referral: ReferralId(70),
        application: friend,
        vacancy: VacancyId(1),
        batch: city.engine.state().vacancy(VacancyId(1)).unwrap().batches[0],
        how: IssuedHow::Claim,
        class: Class::General,
        terms,
    });
    entries.push(kept(last.plus_micros(1)));
    renumber(&mut entries);
    let found = judge(&entries);
    assert!(!found.violations.is_empty());
}

#[test]
fn found_behind_a_trifle_at_the_same_instant() {
    let mut city = City::new(everyone());
    crowd(&mut city, 10);
    city.publish(0, 1, ModeTerms::General);
    city.to("2021-03-02T07:00:00");
    let mut entries = city.entries();
    let opening = at("2021-03-02T07:00:00");
    // The trifle: the windows end a microsecond later than they should.
    let mut trifle = 0;
    for (_, entry) in &mut entries {
        if let Said::Part(Part::WindowsOpened { until, .. }) = &mut entry.said {
            *until = until.plus_micros(1);
            trifle = entry.seq;
        }
    }
    let terms = None;
    entries.push(fact_entry(
        opening,
        Event::ReferralIssued {
            referral: ReferralId(0),
            application: ApplicationId(9),
            vacancy: VacancyId(0),
            batch: BatchId(0),
            how: IssuedHow::Claim,
            class: Class::General,
            terms,
        },
    ));
    entries.push(kept(opening.plus_micros(10)));
    renumber(&mut entries);
    let found = judge(&entries);
    assert!(found.violations.len() > 1 && found.violations.iter().any(|one| one.seq == trifle));
}

#[test]
fn found_places_out_of_nothing() {
    let mut city = City::new(everyone());
    crowd(&mut city, 8);
    city.publish(0, 1, ModeTerms::General);
    city.to("2021-03-02T08:00:00");
    city.act(Command::Claim(ApplicationId(0), VacancyId(0)));
    city.act(Command::ConfirmDocuments(ApplicationId(0)));
    city.act(Command::Enrol(ApplicationId(0)));
    for _ in 0..5 {
        city.forge(Event::ReferralEnded {
            referral: ReferralId(0),
            cause: ReferralEnd::EnrolledElsewhere,
            then: Afterwards::Back,
            restored: vec![],
        });
    }
    city.to("2021-03-02T20:00:00");
    let mut entries = city.entries();
    for ((_, entry), fact) in entries.iter_mut().zip(&city.facts) {
        if matches!(fact.event, Event::ReferralEnded { .. }) {
            entry.said = Said::Fact(fact.event.clone());
            entry.commitment = None;
        }
    }
    let found = judge(&entries);
    assert!(!found.violations.is_empty());
}

#[test]
fn found_fields_of_a_registration_over_age() {
    let mut city = City::new(everyone());
    crowd(&mut city, 1);
    let mut entries = city.entries();
    let mut one = entries.last().unwrap().clone();
    one.1.at = one.1.at.plus_micros(5);
    if let Said::Part(Part::Registered { application, born, benefits, registered, .. }) = &mut one.1.said {
        application.0 = 1;
        born.year = 2013;
        *registered = one.1.at;
        benefits.push(kezek_disclosure::PartClaim {
            benefit: kezek_disclosure::Ground { class: Class::Extraordinary, nth: 0 },
            standing: kezek_rules::benefit::Standing::Pending(at("2999-01-01T00:00:00")),
        });
    }
    entries.push(one);
    renumber(&mut entries);
    let found = judge(&entries);
    assert!(!found.violations.is_empty());
}

#[test]
fn found_application_numbers_skipped_without_kept_entries() {
    let mut city = City::new(everyone());
    crowd(&mut city, 2);
    let mut entries = city.entries();
    if let Said::Part(Part::Registered { application, .. }) = &mut entries.last_mut().unwrap().1.said {
        application.0 = 500;
    }
    let found = judge(&entries);
    assert!(!found.violations.is_empty());
}
