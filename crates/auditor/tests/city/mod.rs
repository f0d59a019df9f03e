//! A small city to cheat in: two ordinary kindergartens and a special one.
// Not every test needs all of it.
#![allow(dead_code, unused_imports)]

use kezek_auditor::replay::{Findings, Question, replay};
use kezek_disclosure::{Entry, Log, Part, Said};
use kezek_rules::benefit::{Benefit, Class};
use kezek_rules::calendar::{Date, DateTime, Instant, Zone};
use kezek_rules::command::{
    AddOrganisation, CloseReason, Command, Conclusion, Entry as Way, IinCheck, ModeTerms, OnReferrals,
    OpenSettlement, Publish, QueueChoice, SetGroup, Submit, Wish, WithdrawPlaces, WithdrawReason,
};
use kezek_rules::event::{Afterwards, ArchiveReason, IssuedHow, NewBatch, NewPlaces, ReferralEnd};
use kezek_rules::ids::*;
use kezek_rules::place::{
    Care, Cohort, GroupKind, Language, Mode, OrganisationKind, Ownership, PoolKey, Regime,
};
use kezek_rules::profile::{Profile, ProfileChange};
use kezek_rules::{Engine, Event, Fact};

use crate::written;

pub const HERE: SettlementId = SettlementId(0);

pub fn judge(entries: &[(Log, Entry)]) -> Findings {
    let question = Question { about: None, origin: written::ORIGIN.to_owned() };
    replay(&question, || entries.iter().map(|(_, entry)| entry.clone()), |_| ())
}

pub fn zone() -> Zone {
    Zone::named("Asia/Almaty").unwrap()
}
pub fn at(text: &str) -> Instant {
    zone().instant(text.parse::<DateTime>().unwrap())
}
pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

#[derive(Clone)]
pub struct City {
    pub engine: Engine,
    pub now: Instant,
    pub facts: Vec<Fact>,
}

impl City {
    pub fn new(profile: Profile) -> City {
        let mut city = City { engine: Engine::default(), now: at("2021-03-01T08:00:00"), facts: Vec::new() };
        city.act(Command::OpenSettlement(OpenSettlement { name: "Sample".into(), zone: zone(), profile }));
        for number in 0..3u32 {
            let special = number == 2;
            city.act(Command::AddOrganisation(AddOrganisation {
                settlement: HERE,
                name: format!("K{number}"),
                kind: if special { OrganisationKind::Special } else { OrganisationKind::General },
                ownership: if number == 1 { Ownership::Private } else { Ownership::State },
                languages: vec![Language::Kk],
                profiles: if special { vec!["speech".into()] } else { vec![] },
            }));
            city.act(Command::SetGroup(SetGroup {
                group: None,
                organisation: OrganisationId(number),
                name: format!("G{number}"),
                cohort: Cohort::Ages(1, 5),
                language: Language::Kk,
                capacity: 500,
                enrolled: 0,
            }));
        }
        city
    }
    pub fn to(&mut self, text: &str) {
        self.now = at(text);
        let due = self.engine.advance(self.now);
        self.facts.extend(due);
    }
    pub fn try_act(&mut self, command: Command) -> Result<(), kezek_rules::Refusal> {
        let due = self.engine.advance(self.now);
        self.facts.extend(due);
        let facts = self.engine.submit(&command, self.now)?;
        self.facts.extend(facts);
        Ok(())
    }
    pub fn act(&mut self, command: Command) {
        self.try_act(command).unwrap();
        self.now = self.now.plus_micros(1_000_000);
    }
    /// A fact of the operator's own making, which his own engine follows.
    pub fn forge(&mut self, event: Event) {
        let due = self.engine.advance(self.now);
        self.facts.extend(due);
        let fact = Fact { at: self.now, event };
        self.engine.replay(&fact);
        self.facts.push(fact);
        self.now = self.now.plus_micros(1_000_000);
    }
    pub fn come(&mut self, child: u64, parent: u64, born: &str) -> ApplicationId {
        let id = ApplicationId(self.engine.state().applications().count() as u32);
        self.act(Command::Submit(Submit {
            queue: QueueChoice::General(HERE),
            child: ChildKey(child),
            parent: ParentKey(parent),
            born: date(born),
            iin: IinCheck::Valid,
            benefits: vec![],
            conclusion: Conclusion::None,
            draw: 0,
            entry: Way::Sent,
        }));
        id
    }
    pub fn publish(&mut self, group: u32, count: u32, mode: ModeTerms) -> VacancyId {
        let id = VacancyId(self.engine.state().vacancies().count() as u32);
        self.act(Command::Publish(Publish {
            group: GroupId(group),
            cohort: Cohort::Ages(1, 5),
            kind: GroupKind::General,
            profile: None,
            language: Language::Kk,
            regime: Regime::FullDay,
            mode,
            count,
            enrol_from: None,
        }));
        id
    }
    pub fn entries(&self) -> Vec<(Log, Entry)> {
        written::entries(&self.facts)
    }
}

pub fn everyone() -> Profile {
    Profile::default().changed(&ProfileChange { open_step: Some(0), ..ProfileChange::default() })
}

pub fn crowd(city: &mut City, count: u64) {
    for child in 0..count {
        city.come(child, child, "2018-03-05");
    }
}
pub fn wish(organisation: u32) -> Wish {
    Wish { organisation: OrganisationId(organisation), language: None }
}

/// Numbers entries anew from 1.
pub fn renumber(entries: &mut [(Log, Entry)]) {
    for (seq, (_, entry)) in (1..).zip(entries.iter_mut()) {
        entry.seq = seq;
    }
}
pub fn fact_entry(at: Instant, event: Event) -> (Log, Entry) {
    (kezek_disclosure::log_of(&event), Entry { seq: 0, at, said: Said::Fact(event), commitment: None })
}
pub fn kept(at: Instant) -> (Log, Entry) {
    (Log::Applications, Entry { seq: 0, at, said: Said::Kept, commitment: Some([1; 32]) })
}
