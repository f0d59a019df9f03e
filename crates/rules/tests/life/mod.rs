//! Random lives of a small settlement: a few families, three kindergartens and a special one, months of bulletins
//! and openings.

use kezek_rules::{
    Command, Engine, Fact,
    ask::claimable,
    benefit::{Benefit, Finding},
    calendar::{Date, DateTime, Instant, Time, Zone, terms},
    command::{
        Act as SomeAct, AddOrganisation, CloseReason, Conclusion, Entry, Ground, IinCheck, ModeTerms,
        OnReferrals, OpenSettlement, Publish, QueueChoice, RefusalCause, SetGroup, Submit, Wish,
        WithdrawPlaces, WithdrawReason,
    },
    ids::{ApplicationId, ChildKey, GroupId, OrganisationId, ParentKey, SettlementId, VacancyId},
    place::{Cohort, GroupKind, Language, Mode, OrganisationKind, Ownership, Regime},
    profile::{Profile, ProfileChange, SpecialOffer},
};
use proptest::prelude::*;

pub const HERE: SettlementId = SettlementId(0);
pub const GROUPS: u32 = 4;
/// Few families and few places, so that they meet; or many of both.
const FEW: (u8, u32) = (24, 4);
const MANY: (u8, u32) = (120, 60);

/// In microseconds.
pub const HOUR: i64 = 3_600_000_000;

/// One thing that happens after some hours.
#[derive(Clone, Debug)]
pub struct Step {
    pub hours: u32,
    pub act: Act,
}

#[derive(Clone, Debug)]
pub enum Act {
    Submit { child: u8, days: u16, benefit: Option<bool>, special: bool },
    Benefit { application: u8, confirm: bool, false_claim: bool },
    Publish { group: u8, count: u8, mode: u8 },
    Withdraw { vacancy: u8, count: u8, annul: bool },
    Claim { application: u8, pick: u8 },
    Wish { application: u8, choices: Vec<u8> },
    Family { first: u8, second: u8, organisation: u8 },
    On { application: u8, what: u8 },
    Leave { child: u8 },
    FreeEarly { vacancy: u8 },
    Born { application: u8, days: u16 },
    WishTogether { first: u8, second: u8, organisation: u8 },
    Outage { hours: u8 },
    Freeze { days: u8 },
    Hours { opening: bool, hour: u8, tomorrow: bool },
}

pub fn act() -> impl Strategy<Value = Act> {
    let n = any::<u8>;
    prop_oneof![
        6 => (n(), 0u16..1500, prop::option::of(any::<bool>()), prop::bool::weighted(0.15))
            .prop_map(|(child, days, benefit, special)| Act::Submit { child, days, benefit, special }),
        3 => (n(), any::<bool>(), any::<bool>())
            .prop_map(|(application, confirm, false_claim)| Act::Benefit { application, confirm, false_claim }),
        4 => (n(), 1u8..4, 0u8..4).prop_map(|(group, count, mode)| Act::Publish { group, count, mode }),
        1 => (n(), 1u8..4, any::<bool>()).prop_map(|(vacancy, count, annul)| Act::Withdraw { vacancy, count, annul }),
        6 => (n(), n()).prop_map(|(application, pick)| Act::Claim { application, pick }),
        2 => (n(), prop::collection::vec(0u8..3, 0..3))
            .prop_map(|(application, choices)| Act::Wish { application, choices }),
        2 => (n(), n(), 0u8..3).prop_map(|(first, second, organisation)| Act::Family { first, second, organisation }),
        6 => (n(), 0u8..13).prop_map(|(application, what)| Act::On { application, what }),
        1 => n().prop_map(|child| Act::Leave { child }),
        1 => n().prop_map(|vacancy| Act::FreeEarly { vacancy }),
        1 => (n(), 0u16..1500).prop_map(|(application, days)| Act::Born { application, days }),
        1 => (n(), n(), 0u8..3)
            .prop_map(|(first, second, organisation)| Act::WishTogether { first, second, organisation }),
        1 => prop_oneof![
            3 => (1u8..100).prop_map(|hours| Act::Outage { hours }),
            1 => (0u8..5).prop_map(|days| Act::Freeze { days }),
            2 => (any::<bool>(), 0u8..24, any::<bool>())
                .prop_map(|(opening, hour, tomorrow)| Act::Hours { opening, hour, tomorrow }),
        ],
    ]
}

pub fn life() -> impl Strategy<Value = Vec<Step>> {
    let step =
        (prop_oneof![Just(0u32), 1u32..12, 12u32..100], act()).prop_map(|(hours, act)| Step { hours, act });
    prop::collection::vec(step, 10..120)
}

#[derive(Clone)]
pub struct World {
    pub engine: Engine,
    pub now: Instant,
    families: u8,
    draws: u32,
    pub facts: Vec<Fact>,
}

pub fn zone() -> Zone {
    Zone::named("Asia/Almaty").unwrap()
}

/// Of the extraordinary class, or of the priority one.
fn benefit(is_extraordinary: bool) -> Benefit {
    if is_extraordinary { Benefit::Serviceman } else { Benefit::Teacher }
}

fn birth(days: u16) -> Date {
    terms::add_days(Date::constant(2016, 3, 1), i32::from(days))
}

impl World {
    pub fn new(step: u32, special_offer: SpecialOffer) -> World {
        World::of(FEW, step, special_offer)
    }

    /// With so many applications at the beginning, of these rights: an extraordinary one, a priority one or none.
    pub fn crowded(crowd: &[Option<bool>], step: u32) -> World {
        let mut world = World::of(MANY, step, SpecialOffer::Push);
        for (child, right) in crowd.iter().enumerate() {
            world.now = world.now.plus_micros(HOUR / 60);
            world.come(child as u8, *right);
        }
        world
    }

    /// A child comes whose right is confirmed at once.
    pub fn come(&mut self, child: u8, right: Option<bool>) {
        let submit = self.submit(child, 601, right, false);
        let id = ApplicationId(self.engine.state().applications().count() as u32);
        if let (true, Some(is_extraordinary)) = (self.act(submit), right) {
            self.act(Command::ConfirmBenefit(id, benefit(is_extraordinary)));
        }
    }

    fn of((families, capacity): (u8, u32), step: u32, special_offer: SpecialOffer) -> World {
        let now = zone().instant("2021-03-01T00:00:00".parse::<DateTime>().unwrap());
        let mut world = World { engine: Engine::default(), now, families, draws: 0, facts: Vec::new() };
        let profile =
            Profile::default().changed(&ProfileChange { open_step: Some(step), ..ProfileChange::default() });
        let profile = Profile { special_offer, ..profile };
        world.act(Command::OpenSettlement(OpenSettlement { name: "Sample".into(), zone: zone(), profile }));
        for number in 0..4u32 {
            let (kind, profiles) = match number {
                3 => (OrganisationKind::Special, vec!["speech".to_string()]),
                _ => (OrganisationKind::General, Vec::new()),
            };
            let ownership = if number == 1 { Ownership::Private } else { Ownership::State };
            world.act(Command::AddOrganisation(AddOrganisation {
                settlement: HERE,
                name: format!("K{number}"),
                kind,
                ownership,
                languages: vec![Language::Kk],
                profiles,
            }));
            world.act(Command::SetGroup(SetGroup {
                group: None,
                organisation: OrganisationId(number),
                name: format!("G{number}"),
                cohort: Cohort::Ages(1, 5),
                language: Language::Kk,
                capacity,
                enrolled: 0,
            }));
        }
        world
    }

    /// Whether the rules accepted it; refusals change nothing.
    pub fn act(&mut self, command: Command) -> bool {
        self.catch_up();
        let before = self.engine.state().now();
        match self.engine.submit(&command, self.now) {
            Ok(facts) => {
                self.facts.extend(facts);
                true
            }
            Err(_) => {
                assert_eq!(self.engine.state().now(), before);
                false
            }
        }
    }

    pub fn catch_up(&mut self) {
        let due = self.engine.advance(self.now);
        self.facts.extend(due);
    }

    fn application(&self, pick: u8) -> ApplicationId {
        ApplicationId(u32::from(pick) % (self.engine.state().applications().count().max(1) as u32))
    }

    /// Two applications, mostly of one parent.
    fn siblings(&self, first: u8, second: u8) -> Vec<ApplicationId> {
        let (state, first) = (self.engine.state(), self.application(first));
        let parent = state.application(first).map(|one| one.parent);
        let all = parent.into_iter().flat_map(|parent| state.applications_of(parent));
        let others: Vec<_> = all.filter(|one| *one != first).collect();
        let other = others.get(usize::from(second) % others.len().max(1)).copied();
        vec![first, other.unwrap_or_else(|| self.application(second))]
    }

    fn vacancy(&self, pick: u8) -> VacancyId {
        VacancyId(u32::from(pick) % (self.engine.state().vacancies().count().max(1) as u32))
    }

    pub fn perform(&mut self, act: &Act) -> bool {
        self.catch_up();
        let command = match act {
            Act::Submit { child, days, benefit, special } => {
                self.submit(*child % self.families, *days, *benefit, *special)
            }
            Act::Benefit { application, confirm, false_claim } => {
                self.benefit(*application, *confirm, *false_claim)
            }
            Act::Publish { group, count, mode } => self.publish(u32::from(*group) % GROUPS, *count, *mode),
            Act::Withdraw { vacancy, count, annul } => Command::WithdrawPlaces(WithdrawPlaces {
                vacancy: self.vacancy(*vacancy),
                count: u32::from(*count),
                reason: Some(WithdrawReason::Repair),
                referrals: if *annul { OnReferrals::Annul } else { OnReferrals::Keep },
            }),
            Act::Claim { application, pick } => {
                let id = self.application(*application);
                let open = claimable(self.engine.state(), id);
                match open.get(usize::from(*pick) % open.len().max(1)) {
                    Some(vacancy) => {
                        let terms = self.engine.state().vacancy(*vacancy).unwrap().terms;
                        let given = self.act(Command::Claim(id, *vacancy));
                        // A stay may be over since the latest fact.
                        assert!(given || terms.mode() == Mode::Temporary, "what can be claimed is given");
                        return given;
                    }
                    None => Command::Claim(id, self.vacancy(*pick)),
                }
            }
            Act::Wish { application, choices } => Command::Wish(
                self.application(*application),
                choices
                    .iter()
                    .map(|one| Wish { organisation: OrganisationId(u32::from(*one)), language: None })
                    .collect(),
            ),
            Act::Family { first, second, organisation } => {
                Command::ClaimFamily(self.siblings(*first, *second), OrganisationId(u32::from(*organisation)))
            }
            Act::On { application, what } => self.on(self.application(*application), *what),
            Act::Leave { child } => Command::Leave(ChildKey(u64::from(*child % self.families))),
            Act::FreeEarly { vacancy } => Command::FreeEarly(self.vacancy(*vacancy)),
            Act::WishTogether { first, second, organisation } => Command::WishFamily(
                self.siblings(*first, *second),
                vec![Wish { organisation: OrganisationId(u32::from(*organisation)), language: None }],
            ),
            Act::Outage { hours } => {
                let until = self.now.plus_micros(i64::from(*hours) * HOUR);
                Command::ExtendWindows(HERE, until, SomeAct("No. 1".into()))
            }
            Act::Freeze { days } => {
                let today = zone().date(self.now);
                let to = terms::add_days(today, i32::from(*days));
                Command::Freeze(HERE, today, to, SomeAct("No. 2".into()))
            }
            Act::Hours { opening, hour, tomorrow } => self.hours(*opening, *hour, *tomorrow),
            Act::Born { application, days } => {
                Command::CorrectBirth(self.application(*application), birth(*days))
            }
        };
        self.act(command)
    }

    fn submit(&mut self, child: u8, days: u16, right: Option<bool>, special: bool) -> Command {
        // Some siblings are twins.
        let days = if days.is_multiple_of(3) { u16::from(child / 2) * 60 } else { days };
        self.draws = self.draws.wrapping_mul(7).wrapping_add(3) % 5;
        Command::Submit(Submit {
            queue: if special {
                QueueChoice::Special(OrganisationId(3), "speech".into())
            } else {
                QueueChoice::General(HERE)
            },
            child: ChildKey(u64::from(child)),
            parent: ParentKey(u64::from(child / 2)),
            born: birth(days),
            iin: IinCheck::Valid,
            benefits: right.map(benefit).into_iter().collect(),
            conclusion: if special { Conclusion::OnFile } else { Conclusion::None },
            draw: self.draws,
            entry: Entry::Sent,
        })
    }

    fn benefit(&self, application: u8, confirm: bool, false_claim: bool) -> Command {
        let id = self.application(application);
        let claims = self.engine.state().application(id).map(|one| one.claims.to_vec()).unwrap_or_default();
        let benefit = claims.first().map_or(Benefit::Orphan, |claim| claim.benefit);
        match (confirm, false_claim) {
            (true, _) => Command::ConfirmBenefit(id, benefit),
            (false, true) => Command::RejectBenefit(id, benefit, Finding::False),
            (false, false) => Command::EditBenefits(id, vec![Benefit::LargeFamily]),
        }
    }

    fn publish(&self, group: u32, count: u8, mode: u8) -> Command {
        let today = zone().date(self.now);
        Command::Publish(Publish {
            group: GroupId(group),
            cohort: Cohort::Ages(1, 5),
            kind: if group == 3 { GroupKind::Special } else { GroupKind::General },
            profile: (group == 3).then(|| "speech".into()),
            language: Language::Kk,
            regime: Regime::FullDay,
            mode: match mode {
                2 => ModeTerms::Early(terms::add_days(today, 20)),
                3 => ModeTerms::Temporary(terms::add_days(today, 25)),
                _ => ModeTerms::General,
            },
            count: u32::from(count),
            enrol_from: None,
        })
    }

    fn hours(&self, opening: bool, hour: u8, tomorrow: bool) -> Command {
        let time = Some(Time::constant(hour as i8, 0, 0, 0));
        let change = match opening {
            true => ProfileChange { opening_time: time, ..ProfileChange::default() },
            false => ProfileChange { bulletin_time: time, ..ProfileChange::default() },
        };
        let from = terms::add_days(zone().date(self.now), i32::from(tomorrow));
        Command::SetProfile(HERE, change, SomeAct("No. 3".into()), from)
    }

    fn on(&self, id: ApplicationId, what: u8) -> Command {
        match what {
            0 => Command::Annul(id),
            1 => Command::Extend(id, Some(Ground::Illness)),
            2 | 3 => Command::ConfirmDocuments(id),
            4 | 5 => Command::Enrol(id),
            6 => Command::RefuseEnrolment(id, Some(RefusalCause::Medical)),
            7 => Command::ConfirmInterest(id),
            8 => Command::FoundEnrolled(id),
            9 => Command::Close(id, CloseReason::Duplicate),
            10 => Command::RefuseEnrolment(id, Some(RefusalCause::Documents)),
            11 => Command::FileConclusion(id),
            _ => Command::WithdrawApplication(id),
        }
    }
}
