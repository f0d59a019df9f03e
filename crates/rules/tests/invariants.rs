//! The invariants of section 4 of the rules, in random lives of a small settlement: a few families, three
//! kindergartens, months of bulletins and openings.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

use kezek_rules::{
    Command, Engine, Fact, State,
    ask::claimable,
    benefit::{Benefit, Finding},
    calendar::{Date, DateTime, Instant, Zone, terms},
    command::{
        AddOrganisation, Conclusion, Entry, Ground, IinCheck, ModeTerms, OnReferrals, OpenSettlement,
        Publish, QueueChoice, RefusalCause, SetGroup, Submit, Wish, WithdrawPlaces, WithdrawReason,
    },
    ids::{ApplicationId, ChildKey, GroupId, OrganisationId, ParentKey, SettlementId, VacancyId},
    place::{Cohort, GroupKind, Language, Mode, OrganisationKind, Ownership, Regime},
    profile::{Profile, ProfileChange, SpecialOffer},
    state::{Batch, Phase, ReferralStanding, Status},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const HERE: SettlementId = SettlementId(0);
const GROUPS: u32 = 4;
const CAPACITY: u32 = 4;

/// One thing that happens after some hours.
#[derive(Clone, Debug)]
struct Step {
    hours: u32,
    act: Act,
}

#[derive(Clone, Debug)]
enum Act {
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
}

fn act() -> impl Strategy<Value = Act> {
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
        1 => (n(), n(), 0u8..3).prop_map(|(first, second, organisation)| Act::Family { first, second, organisation }),
        6 => (n(), 0u8..9).prop_map(|(application, what)| Act::On { application, what }),
        1 => n().prop_map(|child| Act::Leave { child }),
        1 => n().prop_map(|vacancy| Act::FreeEarly { vacancy }),
        1 => (n(), 0u16..1500).prop_map(|(application, days)| Act::Born { application, days }),
    ]
}

fn life() -> impl Strategy<Value = Vec<Step>> {
    let step =
        (prop_oneof![Just(0u32), 1u32..12, 12u32..100], act()).prop_map(|(hours, act)| Step { hours, act });
    prop::collection::vec(step, 10..120)
}

struct World {
    engine: Engine,
    now: Instant,
    draws: u32,
    facts: Vec<Fact>,
}

fn zone() -> Zone {
    Zone::named("Asia/Almaty").unwrap()
}

fn birth(days: u16) -> Date {
    terms::add_days(Date::constant(2016, 3, 1), i32::from(days))
}

impl World {
    fn new(step: u32, special_offer: SpecialOffer) -> World {
        let now = zone().instant("2021-03-01T00:00:00".parse::<DateTime>().unwrap());
        let mut world = World { engine: Engine::default(), now, draws: 0, facts: Vec::new() };
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
                capacity: CAPACITY,
                enrolled: 0,
            }));
        }
        world
    }

    /// Whether the rules accepted it; refusals change nothing.
    fn act(&mut self, command: Command) -> bool {
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

    fn catch_up(&mut self) {
        let due = self.engine.advance(self.now);
        self.facts.extend(due);
    }

    fn application(&self, pick: u8) -> ApplicationId {
        ApplicationId(u32::from(pick) % (self.engine.state().applications().count().max(1) as u32))
    }

    fn vacancy(&self, pick: u8) -> VacancyId {
        VacancyId(u32::from(pick) % (self.engine.state().vacancies().count().max(1) as u32))
    }

    fn perform(&mut self, act: &Act) -> bool {
        self.catch_up();
        let command = match act {
            Act::Submit { child, days, benefit, special } => {
                self.submit(*child % 24, *days, *benefit, *special)
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
            Act::Family { first, second, organisation } => Command::ClaimFamily(
                vec![self.application(*first), self.application(*second)],
                OrganisationId(u32::from(*organisation)),
            ),
            Act::On { application, what } => self.on(self.application(*application), *what),
            Act::Leave { child } => Command::Leave(ChildKey(u64::from(*child % 24))),
            Act::FreeEarly { vacancy } => Command::FreeEarly(self.vacancy(*vacancy)),
            Act::Born { application, days } => {
                Command::CorrectBirth(self.application(*application), birth(*days))
            }
        };
        self.act(command)
    }

    fn submit(&mut self, child: u8, days: u16, benefit: Option<bool>, special: bool) -> Command {
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
            benefits: benefit
                .map(|first| if first { Benefit::Serviceman } else { Benefit::Teacher })
                .into_iter()
                .collect(),
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

    fn on(&self, id: ApplicationId, what: u8) -> Command {
        match what {
            0 => Command::Annul(id),
            1 => Command::Extend(id, Some(Ground::Illness)),
            2 | 3 => Command::ConfirmDocuments(id),
            4 | 5 => Command::Enrol(id),
            6 => Command::RefuseEnrolment(id, Some(RefusalCause::Medical)),
            7 => Command::ConfirmInterest(id),
            _ => Command::WithdrawApplication(id),
        }
    }
}

fn bytes(state: &State) -> Vec<u8> {
    postcard::to_allocvec(state).unwrap()
}

fn check_places(state: &State) {
    for (id, _) in state.vacancies() {
        let vacancy = state.vacancy(id).unwrap();
        let live = state.referrals().filter(|(_, one)| one.vacancy == id && one.is_live()).count();
        assert_eq!(vacancy.referred as usize, live, "live referrals of {id:?}");
        for batch in vacancy.batches.iter().map(|batch| state.batch(*batch).unwrap()) {
            for places in &batch.places {
                assert!(places.free <= places.published, "no more places than were published");
            }
        }
    }
    for number in 0..GROUPS {
        let group = state.group(GroupId(number)).unwrap();
        assert!(group.enrolled() <= group.capacity, "no enrolment past the capacity");
    }
}

/// Whether the pupils whose places a batch offers have come back.
fn stays_are_over(state: &State, batch: &Batch) -> bool {
    let today = zone().date(state.now());
    let over = |id| matches!(state.vacancy(id).unwrap().terms, ModeTerms::Temporary(until) if until < today);
    batch.places.iter().filter(|places| places.free > 0).any(|places| over(places.vacancy))
}

/// R3.1: every open window stands for a place of its batch.
fn check_windows(state: &State) {
    for (_, settlement) in state.settlements() {
        for id in &settlement.live_batches {
            let batch = state.batch(*id).unwrap();
            assert!(batch.open_windows.len() as u32 <= batch.free(), "more windows than places in {id:?}");
            if !matches!(batch.phase, Phase::Windows(_)) {
                assert!(batch.open_windows.is_empty());
            }
            for holder in &batch.open_windows {
                let one = state.application(*holder).unwrap();
                assert!(one.windows.contains(id));
                let able = one.private_only
                    || one.temporary.is_some()
                    || stays_are_over(state, batch)
                    || !claimable(state, *holder).is_empty();
                assert!(able, "{holder:?} holds a window and can take nothing");
            }
        }
    }
}

fn check_applications(state: &State, seniority: &mut BTreeMap<ApplicationId, (Instant, u32)>) {
    let mut live: BTreeSet<ApplicationId> = BTreeSet::new();
    for (_, referral) in state.referrals().filter(|(_, one)| one.is_live()) {
        assert!(live.insert(referral.application), "one live referral an application");
    }
    for (id, one) in state.applications() {
        let known = seniority.entry(id).or_insert((one.registered, one.draw));
        assert_eq!(*known, (one.registered, one.draw), "seniority never changes");
        match &one.status {
            Status::Referred(referral) => {
                let referral = state.referral(*referral).unwrap();
                assert_eq!(referral.standing, ReferralStanding::Live);
                assert!(one.windows.is_empty());
            }
            Status::Queued => assert!(state.number_of(id).is_some(), "{id:?} is queued and has a number"),
            _ => assert!(one.windows.is_empty()),
        }
        assert_eq!(state.number_of(id).is_some(), one.is_queued());
    }
}

/// 254/3.8: the numbers of a queue are 1 to n, and pools hold who belongs there.
fn check_numbers(state: &State) {
    for (key, ranking) in state.queues(HERE) {
        for ((class, entry), number) in ranking.order().into_iter().zip(1..) {
            let one = state.application(entry.application).unwrap();
            assert_eq!(one.class(), class);
            assert_eq!(one.queue_key(), key);
            assert_eq!(state.number_of(entry.application), Some(number));
        }
    }
    for (pool, of) in state.pools(HERE) {
        let standing: BTreeSet<ApplicationId> =
            of.ranking.order().into_iter().map(|(_, entry)| entry.application).collect();
        let belonging: BTreeSet<ApplicationId> = state
            .applications()
            .filter(|(_, one)| one.is_queued() && one.queue.kind() == pool.kind && pool.admits(one.born))
            .map(|(id, _)| id)
            .collect();
        assert_eq!(standing, belonging, "{pool:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_settlement_lives_by_the_law(life in life(), open_step in 0u32..4, pushed in any::<bool>(), restart in 0usize..120) {
        let offer = if pushed { SpecialOffer::Push } else { SpecialOffer::Window };
        let mut world = World::new(open_step, offer);
        let mut seniority = BTreeMap::new();
        for (number, step) in life.iter().enumerate() {
            world.now = world.now.plus_micros(i64::from(step.hours) * 3_600_000_000);
            world.perform(&step.act);
            let state = world.engine.state();
            check_places(state);
            check_windows(state);
            check_applications(state, &mut seniority);
            check_numbers(state);
            if number == restart {
                // A restart from the snapshot goes on as if nothing had happened.
                let state: State = postcard::from_bytes(&bytes(world.engine.state())).unwrap();
                world.engine = Engine::new(state);
            }
        }
        world.now = world.now.plus_micros(400 * 86_400_000_000);
        let due = world.engine.advance(world.now);
        world.facts.extend(due);
        let mut replayed = State::default();
        let mut continuous = Engine::default();
        for fact in &world.facts {
            let text = serde_json::to_string(fact).unwrap();
            let fact: Fact = serde_json::from_str(&text).unwrap();
            prop_assert!(fact.at >= replayed.now(), "the journal never goes back in time");
            replayed.apply(&fact);
            continuous.replay(&fact);
        }
        prop_assert_eq!(bytes(&replayed), bytes(world.engine.state()));
        prop_assert_eq!(bytes(continuous.state()), bytes(world.engine.state()));
    }
}
