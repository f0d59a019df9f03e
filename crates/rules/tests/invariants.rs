//! The invariants of section 4 of the rules, in random lives of a small settlement.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

mod days;
mod life;
mod plain;
mod ratio;

use days::Days;
use kezek_rules::{
    Command, Engine, Fact, State,
    ask::may_claim,
    calendar::Instant,
    command::ModeTerms,
    ids::{ApplicationId, BatchId, GroupId, VacancyId},
    place::Mode,
    profile::SpecialOffer,
    state::{Application, Batch, Group, Phase, ReferralStanding, Status},
};
use life::{Act, GROUPS, HERE, HOUR, World, life, zone};
use proptest::prelude::*;
use ratio::Ratio;
use std::collections::{BTreeMap, BTreeSet};

fn bytes(state: &State) -> Vec<u8> {
    postcard::to_allocvec(state).unwrap()
}

fn check_places(state: &State) {
    for (id, _) in state.vacancies() {
        let vacancy = state.vacancy(id).unwrap();
        let live = state.referrals().filter(|(_, one)| one.vacancy == id && one.is_live()).count();
        assert_eq!(vacancy.referred as usize, live, "live referrals of {id:?}");
        for number in &vacancy.batches {
            let batch = state.batch(*number).unwrap();
            let places = batch.places.iter().find(|places| places.vacancy == id).unwrap();
            let claims =
                state.referrals().filter(|(_, one)| one.vacancy == id && one.batch == *number).count();
            assert_eq!(places.free + claims as u32, places.published, "claims never exceed places");
        }
    }
    for number in 0..GROUPS {
        let group = state.group(GroupId(number)).unwrap();
        check_capacity(state, group);
        assert!(group.enrolled() <= group.capacity, "no enrolment past the capacity");
    }
}

/// R3.30, R3.34/12: places of a mode and children never exceed the capacity; early places that became free may, for
/// a time (R4.6).
fn check_capacity(state: &State, group: &Group) {
    let vacancies = || group.vacancies.iter().map(|id| (*id, state.vacancy(*id).unwrap()));
    let were_early = vacancies().any(|(_, vacancy)| vacancy.freed);
    for mode in [Mode::General, Mode::Early, Mode::Temporary] {
        let of_mode = vacancies().filter(|(_, vacancy)| vacancy.mode() == mode);
        let places = of_mode.map(|(id, vacancy)| {
            let free = vacancy.batches.iter().map(|batch| state.batch(*batch).unwrap().free_of(id));
            vacancy.announced + vacancy.returned + free.sum::<u32>() + vacancy.referred
        });
        let children = if mode == Mode::General { group.enrolled() } else { 0 };
        let held = places.sum::<u32>() + children;
        assert!(
            held <= group.capacity || (mode == Mode::General && were_early),
            "{mode:?} past the capacity"
        );
    }
}

/// Whether the pupils whose places a batch offers have come back.
fn stays_are_over(state: &State, batch: &Batch) -> bool {
    let today = zone().date(state.now());
    let over = |id| matches!(state.vacancy(id).unwrap().terms, ModeTerms::Temporary(until) if until < today);
    batch.places.iter().filter(|places| places.free > 0).any(|places| over(places.vacancy))
}

/// R3.1: every open window stands for a place of its batch.
fn check_windows(engine: &Engine) {
    let state = engine.state();
    for (_, settlement) in state.settlements() {
        for id in &settlement.live_batches {
            let batch = state.batch(*id).unwrap();
            assert!(batch.open_windows.len() as u32 <= batch.free(), "more windows than places in {id:?}");
            if !matches!(batch.phase, Phase::Windows(_)) {
                assert!(batch.open_windows.is_empty());
            }
            check_holders(engine, *id, batch);
        }
    }
}

/// R3.1: each holder who acts gets a place of the batch, whoever acts first. Excepted are those who have got a
/// temporary place meanwhile (R3.34/11), those bound to private places (R3.34/22), and pupils who are back.
fn check_holders(engine: &Engine, id: BatchId, batch: &Batch) {
    let is_temporary = batch.pool.mode == Mode::Temporary;
    let has_stay = |one: &Application| {
        one.temporary.is_some() || engine.state().child(one.child).unwrap().stay.is_some()
    };
    let mut acting = engine.clone();
    let mut bound =
        batch.open_windows.iter().any(|holder| engine.state().application(*holder).unwrap().private_only);
    bound |= is_temporary && stays_are_over(engine.state(), batch);
    for holder in batch.open_windows.iter().rev() {
        let one = engine.state().application(*holder).unwrap();
        assert!(one.windows.contains(&id));
        if bound || (is_temporary && has_stay(one)) {
            continue;
        }
        let state = acting.state();
        // A place that came in two batches in which the family has windows is one of either.
        let by_window = |from: &BatchId| one.windows.contains(from);
        let of_batch =
            |vacancy: &VacancyId| may_claim(state, *holder, *vacancy).is_ok_and(|from| by_window(&from));
        let vacancy = batch.places.iter().map(|places| places.vacancy).find(of_batch);
        let vacancy =
            vacancy.unwrap_or_else(|| panic!("{holder:?} holds a window of {id:?} and gets nothing"));
        acting.submit(&Command::Claim(*holder, vacancy), state.now()).unwrap();
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
        let standing = state.applications().filter(|(_, one)| one.is_queued() && one.queue_key() == key);
        assert_eq!(ranking.len() as usize, standing.count(), "who is queued has a number, nobody else");
    }
    for (pool, of) in state.pools(HERE) {
        for ((class, key), number) in of.ranking.order().into_iter().zip(1..) {
            assert_eq!(of.ranking.number(class, key), Some(number));
        }
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

/// Priority and general applications.
fn crowd() -> impl Strategy<Value = Vec<Option<bool>>> {
    let right = prop_oneof![2 => Just(Some(false)), 3 => Just(None)];
    prop::collection::vec(right, 20..60)
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_settlement_lives_by_the_law(life in life(), open_step in 0u32..4, pushed in any::<bool>(), restart in 0usize..120) {
        let offer = if pushed { SpecialOffer::Push } else { SpecialOffer::Window };
        let mut world = World::new(open_step, offer);
        let mut seniority = BTreeMap::new();
        for (number, step) in life.iter().enumerate() {
            world.now = world.now.plus_micros(i64::from(step.hours) * HOUR);
            world.perform(&step.act);
            let state = world.engine.state();
            check_places(state);
            check_windows(&world.engine);
            check_applications(state, &mut seniority);
            check_numbers(state);
            plain::check(state);
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

    /// 254/21, R4.20; and a restart changes nothing.
    #[test]
    fn one_priority_in_four_and_one_opening_a_day(crowd in crowd(), life in life(), restart in 0usize..60) {
        let mut world = World::crowded(&crowd, 2);
        let mut restarted = world.clone();
        for (number, step) in life.iter().enumerate() {
            if number == restart {
                let state: State = postcard::from_bytes(&bytes(restarted.engine.state())).unwrap();
                restarted.engine = Engine::new(state);
            }
            for world in [&mut world, &mut restarted] {
                world.now = world.now.plus_micros(i64::from(step.hours) * HOUR);
                world.perform(&step.act);
                if number % 5 == 0 {
                    world.perform(&Act::Publish { group: 0, count: 3, mode: 0 });
                }
                if number % 12 == 11 {
                    world.come(100 + number as u8 / 12, Some(true));
                }
            }
        }
        prop_assert_eq!(&restarted.facts, &world.facts, "a restart goes on as if nothing had happened");
        let mut state = State::default();
        let (mut ratio, mut days) = (Ratio::default(), Days::default());
        for fact in &world.facts {
            ratio.look(&state, fact);
            days.look(&state, fact);
            state.apply(fact);
        }
    }
}
