//! Readings of `docs/rules.md` that a scenario cannot show, or not wholly: what is not sent, import, the act of an
//! override.

// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

use kezek_rules::{
    Command, Engine, Event, Fact, Refusal,
    ask::why,
    benefit::Benefit,
    calendar::{Date, DateTime, Time, Zone},
    command::{
        Act, AddOrganisation, Conclusion, Entry, IinCheck, ModeTerms, OpenSettlement, Publish, QueueChoice,
        SetGroup, Submit, Wish,
    },
    event::{IssuedHow, Reminder},
    ids::{ApplicationId, ChildKey, GroupId, OrganisationId, ParentKey, SettlementId, VacancyId},
    notice::{Message, MessageKind, messages},
    place::{Cohort, GroupKind, Language, OrganisationKind, Ownership, Regime},
    profile::{Profile, ProfileChange},
    ranking::Cause,
};

const HERE: SettlementId = SettlementId(0);
const K1: OrganisationId = OrganisationId(0);

/// A settlement with one kindergarten and one group for children born in 2018.
struct World {
    engine: Engine,
    zone: Zone,
    facts: Vec<Fact>,
    sent: Vec<Message>,
}

impl World {
    fn new() -> Self {
        let zone: Zone = Zone::named("Asia/Almaty").unwrap();
        let mut world =
            World { engine: Engine::default(), zone: zone.clone(), facts: Vec::new(), sent: Vec::new() };
        let day = "2021-03-01T00:00:00";
        let profile = Profile::default();
        world.act(day, &Command::OpenSettlement(OpenSettlement { name: "Sample".into(), zone, profile }));
        world.act(
            day,
            &Command::AddOrganisation(AddOrganisation {
                settlement: HERE,
                name: "K1".into(),
                kind: OrganisationKind::General,
                ownership: Ownership::State,
                languages: vec![Language::Kk],
                profiles: Vec::new(),
            }),
        );
        world.act(
            day,
            &Command::SetGroup(SetGroup {
                group: None,
                organisation: K1,
                name: "G".into(),
                cohort: Cohort::Born(2018),
                language: Language::Kk,
                capacity: 50,
                enrolled: 0,
            }),
        );
        world
    }

    fn until(&mut self, at: &str) {
        let at = self.zone.instant(at.parse::<DateTime>().unwrap());
        let due = self.engine.advance(at);
        self.take(due);
    }

    fn take(&mut self, facts: Vec<Fact>) {
        let sent = facts.iter().flat_map(|fact| messages(self.engine.state(), fact));
        self.sent.extend(sent);
        self.facts.extend(facts);
    }

    /// Who was sent a kind of message, in order.
    fn sent(&self, kind: MessageKind) -> Vec<u32> {
        self.sent.iter().filter(|sent| sent.kind == kind).map(|sent| sent.application.0).collect()
    }

    fn try_act(&mut self, at: &str, command: &Command) -> Result<(), Refusal> {
        self.until(at);
        let at = self.zone.instant(at.parse::<DateTime>().unwrap());
        let facts = self.engine.submit(command, at)?;
        self.take(facts);
        Ok(())
    }

    fn act(&mut self, at: &str, command: &Command) {
        self.try_act(at, command).unwrap();
    }

    fn apply(&mut self, at: &str, child: u64, entry: Entry) -> Result<(), Refusal> {
        self.try_act(
            at,
            &Command::Submit(Submit {
                queue: QueueChoice::General(HERE),
                child: ChildKey(child),
                parent: ParentKey(child),
                born: Date::constant(2018, 3, 4),
                iin: IinCheck::Valid,
                benefits: Vec::new(),
                conclusion: Conclusion::None,
                draw: 0,
                entry,
            }),
        )
    }

    fn publish(&mut self, at: &str, count: u32) {
        let places = Publish {
            group: GroupId(0),
            cohort: Cohort::Born(2018),
            kind: GroupKind::General,
            profile: None,
            language: Language::Kk,
            regime: Regime::FullDay,
            mode: ModeTerms::General,
            count,
            enrol_from: None,
        };
        self.act(at, &Command::Publish(places));
    }

    fn why(&self, application: u32) -> Vec<Cause> {
        why(self.engine.state(), ApplicationId(application)).map(|(_, causes)| causes).unwrap_or_default()
    }

    /// When messages of a kind were caused, on the settlement's clock.
    fn times(&self, wanted: impl Fn(&Event) -> bool) -> Vec<String> {
        let found = self.facts.iter().filter(|fact| wanted(&fact.event));
        found.map(|fact| self.zone.local(fact.at).to_string()).collect()
    }
}

/// R4.1: at nine, and once.
#[test]
fn a_reminder_comes_once_and_not_at_night() {
    let mut world = World::new();
    world.apply("2021-03-01T09:00:00", 1, Entry::Sent).unwrap();
    world.publish("2021-04-05T15:00:00", 1);
    world.until("2021-04-08T23:00:00");
    let reminded =
        |event: &Event| matches!(event, Event::Reminded { kind: Reminder::WindowEndsTomorrow, .. });
    assert_eq!(world.times(reminded), ["2021-04-07T09:00:00"]);
}

/// R4.2: claims of a morning send nothing of themselves; the moves are told once, after the next opening.
#[test]
fn a_morning_of_claims_is_told_once() {
    let mut world = World::new();
    for child in 0..25 {
        world.apply("2021-03-01T09:00:00", child, Entry::Sent).unwrap();
    }
    world.publish("2021-04-05T15:00:00", 22);
    for id in 0..22 {
        world.act("2021-04-06T10:00:00", &Command::Claim(ApplicationId(id), VacancyId(0)));
    }
    assert_eq!(world.engine.state().number_of(ApplicationId(24)), Some(3));
    world.until("2021-04-09T12:00:00");
    assert_eq!(world.times(|event| matches!(event, Event::NumbersTold { .. })), ["2021-04-07T07:00:00"]);
}

/// R4.12: a joint list is carried out for all at one instant.
#[test]
fn a_joint_list_is_carried_out_for_all_at_once() {
    let mut world = World::new();
    let siblings = [ApplicationId(0), ApplicationId(1)];
    for child in [1, 2] {
        let submit = Submit {
            queue: QueueChoice::General(HERE),
            child: ChildKey(child),
            parent: ParentKey(1),
            born: Date::constant(2018, 6 * child as i8, 4),
            iin: IinCheck::Valid,
            benefits: Vec::new(),
            conclusion: Conclusion::None,
            draw: 0,
            entry: Entry::Sent,
        };
        world.act("2021-03-01T09:00:00", &Command::Submit(submit));
    }
    let wish = Wish { organisation: K1, language: None };
    world.act("2021-03-01T10:00:00", &Command::WishFamily(siblings.to_vec(), vec![wish]));
    world.publish("2021-04-05T15:00:00", 1);
    world.until("2021-04-06T12:00:00");
    let issued = |event: &Event| matches!(event, Event::ReferralIssued { how: IssuedHow::Wish, .. });
    assert!(world.times(issued).is_empty(), "one place is not enough for two");
    world.publish("2021-04-08T15:00:00", 2);
    world.until("2021-04-09T07:00:00");
    assert_eq!(world.times(issued), ["2021-04-09T07:00:00"; 2]);
}

/// R4.16: a general application that comes by import with its earlier time.
#[test]
fn an_import_in_front_of_others_reorders() {
    let mut world = World::new();
    for child in 1..=2 {
        world.apply("2021-03-01T09:00:00", child, Entry::Sent).unwrap();
    }
    let registered = world.zone.instant("2019-05-06T10:00:00".parse::<DateTime>().unwrap());
    let imported = |confirmed| Entry::Imported { registered, confirmed };
    world.apply("2021-03-02T09:00:00", 3, imported(Vec::new())).unwrap();
    let state = world.engine.state();
    assert_eq!([2, 0, 1].map(|id| state.number_of(ApplicationId(id))), [Some(1), Some(2), Some(3)]);
    assert_eq!(world.why(0), [Cause::Reordered]);
    // One with a right has a word of its own.
    world.apply("2021-03-03T09:00:00", 4, imported(vec![Benefit::Teacher])).unwrap();
    assert_eq!(world.why(0), [Cause::PriorityJoined]);
}

/// R4.22: only by an act with number and date, and the act is recorded with the registration.
#[test]
fn the_act_of_an_override_is_recorded() {
    let mut world = World::new();
    for id in 0..3 {
        world.apply("2021-03-01T09:00:00", 1, Entry::Sent).unwrap();
        world.act("2021-03-01T10:00:00", &Command::WithdrawApplication(ApplicationId(id)));
    }
    let fourth = |world: &mut World, entry| world.apply("2021-03-02T09:00:00", 1, entry);
    assert_eq!(fourth(&mut world, Entry::Sent), Err(Refusal::TooManyRegistrations));
    let blank = Entry::Override(Act(" ".into()));
    assert_eq!(fourth(&mut world, blank), Err(Refusal::TooManyRegistrations));
    let act = Act("No. 12 of 02.03.2021".into());
    fourth(&mut world, Entry::Override(act.clone())).unwrap();
    let recorded = world.facts.iter().rev().find_map(|fact| match &fact.event {
        Event::Registered { over_limit, .. } => over_limit.clone(),
        _ => None,
    });
    assert_eq!(recorded, Some(act));
}

/// R3.31: who is told of an act after an outage is whose window or referral it lengthened, nobody else.
#[test]
fn an_extension_is_told_to_those_it_helps() {
    let mut world = World::new();
    for child in 0..4 {
        world.apply("2021-03-01T09:00:00", child, Entry::Sent).unwrap();
    }
    // Windows to the end of 8 April for 0 and 1, to that of 9 April for 2; 3 has a referral to the end of 14 April.
    world.publish("2021-04-05T15:00:00", 2);
    world.act("2021-04-06T10:00:00", &Command::Claim(ApplicationId(1), VacancyId(0)));
    world.publish("2021-04-06T15:00:00", 2);
    world.act("2021-04-07T10:00:00", &Command::Claim(ApplicationId(3), VacancyId(1)));
    let (already, extended) = (world.sent(MessageKind::WindowOpened), MessageKind::ReferralExtended);
    assert_eq!(already, [0, 1, 2, 3]);
    let told = |world: &mut World, at: &str, until: &str| {
        world.sent.clear();
        let until = world.zone.instant(until.parse::<DateTime>().unwrap());
        world.act(at, &Command::ExtendWindows(HERE, until, Act("No. 7".into())));
        (world.sent(MessageKind::WindowOpened), world.sent(extended))
    };
    // To the end of 9 April: the window of 2 ends then as it is, and so do both referrals later.
    assert_eq!(told(&mut world, "2021-04-08T12:00:00", "2021-04-10T00:00:00"), (vec![0], vec![]));
    // The referral of 3 ends then as it is.
    assert_eq!(told(&mut world, "2021-04-08T13:00:00", "2021-04-15T00:00:00"), (vec![0, 2], vec![1]));
    assert_eq!(told(&mut world, "2021-04-08T14:00:00", "2021-04-12T00:00:00"), (vec![], vec![]));
}

/// An application brought over from an earlier queue has been told of its registration there.
#[test]
fn an_import_is_not_told_of_its_registration() {
    let mut world = World::new();
    let registered = world.zone.instant("2019-05-06T10:00:00".parse::<DateTime>().unwrap());
    let confirmed = vec![Benefit::Teacher];
    world.apply("2021-03-02T09:00:00", 1, Entry::Imported { registered, confirmed }).unwrap();
    assert_eq!(world.sent, []);
    world.apply("2021-03-02T09:00:00", 2, Entry::Sent).unwrap();
    assert_eq!(world.sent(MessageKind::Registered), [1]);
}

/// R4.20: the hour is changed to a later one of a day whose opening was held. The next is that of the next day, and
/// that is what is told beforehand.
#[test]
fn an_opening_moved_after_it_was_held_comes_the_next_day() {
    let mut world = World::new();
    for child in 0..2 {
        world.apply("2021-03-01T09:00:00", child, Entry::Sent).unwrap();
    }
    let hour = |opening: Option<i8>, bulletin: Option<i8>| ProfileChange {
        opening_time: opening.map(|hour| Time::constant(hour, 0, 0, 0)),
        bulletin_time: bulletin.map(|hour| Time::constant(hour, 0, 0, 0)),
        ..ProfileChange::default()
    };
    let set = |change| Command::SetProfile(HERE, change, Act("No. 1".into()), Date::constant(2021, 4, 6));
    world.publish("2021-04-05T15:00:00", 1);
    world.act("2021-04-06T10:00:00", &set(hour(Some(21), None)));
    world.publish("2021-04-06T15:00:00", 1);
    world.until("2021-04-06T20:00:00");
    let settlement = world.engine.state().settlement(HERE).unwrap();
    let next = Date::constant(2021, 4, 7);
    assert_eq!(
        settlement.next_opening_date(world.zone.instant("2021-04-06T20:00:00".parse::<DateTime>().unwrap())),
        next
    );
    assert_eq!(world.engine.state().vacancy(VacancyId(1)).unwrap().enrol_from, Some(next));
    world.until("2021-04-08T00:00:00");
    let opened = |event: &Event| matches!(event, Event::WindowsOpened { .. });
    assert_eq!(world.times(opened), ["2021-04-06T07:00:00", "2021-04-07T21:00:00"]);
}

/// R4.20: the hour is changed to one that has passed, before the day's bulletin and opening: they come at once, so that
/// no day is without them.
#[test]
fn what_an_act_would_skip_comes_at_once() {
    let mut world = World::new();
    for child in 0..2 {
        world.apply("2021-03-01T09:00:00", child, Entry::Sent).unwrap();
    }
    let change = ProfileChange {
        opening_time: Some(Time::constant(5, 0, 0, 0)),
        bulletin_time: Some(Time::constant(4, 0, 0, 0)),
        ..ProfileChange::default()
    };
    world.publish("2021-04-05T15:00:00", 1);
    world.publish("2021-04-05T19:00:00", 1);
    world.act(
        "2021-04-06T06:00:00",
        &Command::SetProfile(HERE, change, Act("No. 1".into()), Date::constant(2021, 4, 6)),
    );
    world.until("2021-04-08T00:00:00");
    let bulletin = |event: &Event| matches!(event, Event::BulletinIssued { .. });
    assert_eq!(world.times(bulletin), ["2021-04-05T18:00:00", "2021-04-06T06:00:00"]);
    let held = |event: &Event| matches!(event, Event::OpeningHeld { .. });
    assert_eq!(world.times(held), ["2021-04-06T06:00:00", "2021-04-07T05:00:00"]);
}

/// R4.20: an hour at the very beginning of the day from which the act acts.
#[test]
fn an_hour_at_midnight_acts_on_its_first_day() {
    let mut world = World::new();
    world.apply("2021-03-01T09:00:00", 1, Entry::Sent).unwrap();
    let change = ProfileChange { opening_time: Some(Time::constant(0, 0, 0, 0)), ..ProfileChange::default() };
    world.act(
        "2021-04-05T10:00:00",
        &Command::SetProfile(HERE, change, Act("No. 1".into()), Date::constant(2021, 4, 6)),
    );
    world.publish("2021-04-05T15:00:00", 1);
    world.until("2021-04-07T12:00:00");
    let opened = |event: &Event| matches!(event, Event::WindowsOpened { .. });
    assert_eq!(world.times(opened), ["2021-04-06T00:00:00"]);
}

/// R4.30: a freeze without end that a journal already holds is stepped over at once, and a later act ends it.
#[test]
fn a_freeze_without_end_in_a_journal_is_ended_by_an_act() {
    let mut world = World::new();
    let at = |world: &World, day: &str| world.zone.instant(day.parse::<DateTime>().unwrap());
    let (from, to) = (Date::constant(2021, 3, 2), Date::MAX);
    let fact = Fact {
        at: world.engine.state().now(),
        event: Event::Frozen { settlement: HERE, from, to, act: Act("No. 1".into()) },
    };
    world.engine.replay(&fact);
    let asked = at(&world, "2021-03-01T20:00:00");
    let next = |world: &World| {
        let here = world.engine.state().settlement(HERE).unwrap();
        here.zone.date(here.next_free_at(here.profile.bulletin_time, asked))
    };
    assert_eq!(next(&world), Date::MAX);
    let act = Act("No. 2".into());
    world.act("2021-03-01T21:00:00", &Command::Freeze(HERE, from, Date::constant(2021, 3, 4), act));
    assert_eq!(next(&world), Date::constant(2021, 3, 5));
}
