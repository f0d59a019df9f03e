//! The templates under `examples/` are taken whole, once.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use kezek_calendar::Instant;
use kezek_import::{
    Encoding, KnownPerson, QueuePlan, Status, plan_organisations, plan_queue, read_organisations, read_queue,
};
use kezek_rules::benefit::{Benefit, Class};
use kezek_rules::{Command, Engine};

const ORGANISATIONS: &[u8] = include_bytes!("../../../examples/organisations.csv");
const QUEUE: &[u8] = include_bytes!("../../../examples/queue.csv");
const QUEUE_1251: &[u8] = include_bytes!("../../../examples/queue-1251-semicolon.csv");

fn now() -> Instant {
    Instant::parse("2026-01-15T05:00:00Z").unwrap()
}

fn with_organisations() -> Engine {
    let mut engine = Engine::default();
    let plan = plan_organisations(read_organisations(ORGANISATIONS), engine.state(), now()).unwrap();
    assert_eq!((plan.settlements, plan.organisations, plan.groups), (1, 5, 7));
    for command in &plan.commands {
        engine.submit(command, now()).unwrap();
    }
    engine
}

type Known = BTreeMap<kezek_calendar::Iin, KnownPerson>;

fn plan(engine: &Engine, bytes: &[u8], known: &Known) -> QueuePlan {
    let mut last = 1_000 + known.len() as u64;
    let mut new_id = || {
        last += 1;
        last
    };
    plan_queue(read_queue(bytes), engine.state(), now(), known, &mut new_id).unwrap()
}

fn carry_out(engine: &mut Engine, known: &mut Known, plan: &QueuePlan) {
    for one in &plan.applications {
        engine.submit(&Command::Submit(one.submit.clone()), now()).unwrap();
    }
    for new in &plan.people {
        known.insert(new.person.iin, KnownPerson { id: new.id, born: new.person.birth_date });
    }
}

#[test]
fn the_templates_are_taken_whole_and_a_second_time_add_nothing() {
    let mut engine = with_organisations();
    let mut known = Known::new();
    let first = plan(&engine, QUEUE, &known);
    assert_eq!((first.applications.len(), first.people.len(), first.there_already.len()), (7, 9, 0));
    let enrolled = first.applications.iter().filter(|one| one.status == Status::Enrolled).count();
    assert_eq!(enrolled, 1);
    carry_out(&mut engine, &mut known, &first);
    let counts: Vec<_> = first.counts.iter().map(|one| (one.queue.as_str(), one.before, one.new)).collect();
    let special = "special/№ 3 арнайы балабақша/2023/сөйлеу";
    assert_eq!(counts, [("general/2023", 0, 3), ("general/2024", 0, 3), (special, 0, 1)]);

    let again = plan(&engine, QUEUE, &known);
    assert_eq!((again.applications.len(), again.people.len(), again.there_already.len()), (0, 0, 7));
    // The example does not mark the enrolled child, so the file and the service differ about it.
    assert_eq!(again.enrolled_there, [8]);

    assert_eq!(read_queue(QUEUE_1251).encoding, Encoding::Windows1251);
    let other = plan(&engine, QUEUE_1251, &known);
    assert_eq!((other.applications.len(), other.people.len()), (3, 4));
    carry_out(&mut engine, &mut known, &other);

    let again = plan_organisations(read_organisations(ORGANISATIONS), engine.state(), now()).unwrap();
    assert!(again.commands.is_empty());
    assert_eq!(again.there_already.len(), 7);
}

#[test]
fn times_and_benefits_are_kept() {
    let mut engine = with_organisations();
    let mut known = Known::new();
    let first = plan(&engine, QUEUE, &known);
    carry_out(&mut engine, &mut known, &first);
    let all: Vec<_> = engine.state().applications().map(|(_, one)| one).collect();
    // Before 1 March 2024 and after it Almaty's clocks differ; 14 March is after.
    assert_eq!(all[1].registered.to_string(), "2024-03-14T04:12:05.25Z");
    assert_eq!(all[1].class(), Class::Priority);
    let standings: Vec<_> = all[2].claims.iter().map(|claim| claim.benefit).collect();
    assert_eq!(standings, [Benefit::LargeFamily, Benefit::Teacher]);
    // Twins of one parent stand under one key.
    assert_eq!(all[2].parent, all[3].parent);
    // The child of the special queue stands in the general one too (254/17).
    assert_eq!(all[4].child, all[5].child);
}

#[test]
fn one_and_two_of_equal_time_keep_the_order_of_the_file() {
    let mut engine = with_organisations();
    let plan = plan(&engine, QUEUE_1251, &Known::new());
    carry_out(&mut engine, &mut Known::new(), &plan);
    let order: Vec<_> = engine.state().applications().map(|(_, one)| (one.registered, one.draw)).collect();
    assert_eq!(order[0].0, order[1].0);
    assert!(order[0].1 < order[1].1);
}
