//! Commands: durable before they are answered, once for each key, all or none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::{
    BrokenCommit, Fatal, Lock, accept, application, bytes, config, intake, keyed, opened, settlement,
};
use kezek_node::calendar::Iin;
use kezek_node::records::{Label, Person};
use kezek_node::rules::ids::ApplicationId;
use kezek_node::rules::state::Status;
use kezek_node::rules::{Command, Event, Refusal, State};
use sqlx::Connection;

use kezek_node::{
    Accepted, BatchError, BatchIntake, BatchItem, Intake, Node, Outcome, PrivateChanges, PrivateWrite,
    SubmitError, Then,
};

fn row_of_a_person(node: &Node, id: u64) -> PrivateWrite {
    let person = Person {
        iin: Iin::parse("000000000000").unwrap(),
        surname: "Үлгі".into(),
        given: "Айгүл".into(),
        patronymic: None,
        birth_date: None,
    };
    let label = Label { id, owner: Some(id), created_us: 0, expires_us: None };
    node.people().insert(label, &person).unwrap()
}

fn items(commands: Vec<Command>) -> BatchIntake {
    let items = commands.into_iter().map(BatchItem::of);
    BatchIntake { actor: "provider:1".into(), items: items.collect(), planned_on: None }
}

#[tokio::test]
async fn an_accepted_command_survives_a_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    let accepted = accept(&node, application(1)).await;
    assert_eq!((accepted.first_seq, accepted.facts.len()), (4, 1));
    let before = bytes(&node);
    node.close().await;
    assert_eq!(node.submit(intake(application(2))).await, Err(SubmitError::Stopped));

    let node = Node::open(config(directory.path())).await.unwrap();
    assert_eq!(node.head().seq, 4);
    assert_eq!(bytes(&node), before);
    assert!(node.read(|state| state.application(ApplicationId(0)).is_some()));
}

#[tokio::test]
async fn a_repeated_key_gets_the_first_answer_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    let first = node.submit(keyed(application(1), "k1", b"one")).await.unwrap();
    assert!(matches!(first, Outcome::Accepted(_)));
    let refused = node.submit(keyed(application(1), "k2", b"two")).await.unwrap();
    assert!(matches!(refused, Outcome::Refused { refusal: Refusal::DuplicateApplication, .. }));
    let head = node.head();
    for _ in 0..3 {
        assert_eq!(node.submit(keyed(application(1), "k1", b"one")).await.unwrap(), first);
        assert_eq!(node.submit(keyed(application(1), "k2", b"two")).await.unwrap(), refused);
    }
    assert_eq!(node.submit(keyed(application(9), "k1", b"nine")).await, Err(SubmitError::KeyReused));
    assert_eq!(node.head(), head);
    node.close().await;

    let node = Node::open(config(directory.path())).await.unwrap();
    assert_eq!(node.submit(keyed(application(1), "k1", b"one")).await.unwrap(), first);
    assert_eq!(node.submit(keyed(application(1), "k2", b"two")).await.unwrap(), refused);
}

#[tokio::test]
async fn keys_repeated_inside_one_batch_count_once() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    // While the first command waits for the lock, the others gather into one batch.
    let lock = Lock::take(directory.path()).await;
    let first = tokio::spawn({
        let node = node.clone();
        async move { node.submit(intake(application(1))).await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let one = node.submit(keyed(application(2), "k", b"same"));
    let two = node.submit(keyed(application(2), "k", b"same"));
    let other = node.submit(keyed(application(2), "k", b"other"));
    let release = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        lock.release().await;
    };
    let (one, two, other, ()) = tokio::join!(one, two, other, release);
    assert!(matches!(first.await.unwrap(), Ok(Outcome::Accepted(_))));
    assert!(matches!(one, Ok(Outcome::Accepted(_))));
    assert_eq!(one, two);
    assert_eq!(other, Err(SubmitError::KeyReused));
    assert_eq!(node.head().seq, 5);
}

#[tokio::test]
async fn a_caller_that_goes_away_harms_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    let lock = Lock::take(directory.path()).await;
    let gone = tokio::time::timeout(Duration::from_millis(50), node.submit(intake(application(1)))).await;
    assert!(gone.is_err());
    lock.release().await;
    assert_eq!(accept(&node, application(2)).await.first_seq, 5);
}

#[tokio::test]
async fn past_the_bound_commands_are_turned_away() {
    let directory = tempfile::tempdir().unwrap();
    opened(directory.path()).await.close().await;
    let mut config = config(directory.path());
    config.limits.queue_max = 2;
    config.limits.batch_max = 1;
    let node = Node::open(config).await.unwrap();
    let lock = Lock::take(directory.path()).await;
    let submit = |child| {
        let node = node.clone();
        tokio::spawn(async move { node.submit(intake(application(child))).await })
    };
    // One is being committed, the next is judged meanwhile, two wait.
    let in_work = submit(1);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let ahead = submit(2);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let waiting = [ahead, submit(3), submit(4)];
    tokio::time::sleep(Duration::from_millis(100)).await;
    let turned_away = submit(5).await.unwrap();
    assert!(matches!(turned_away, Err(SubmitError::Busy { retry_after_s: 1..=3 })), "{turned_away:?}");
    lock.release().await;
    assert!(in_work.await.unwrap().is_ok());
    for one in waiting {
        assert!(one.await.unwrap().is_ok());
    }
    assert_eq!(node.head().seq, 7);
}

#[tokio::test]
async fn what_was_judged_during_a_commit_that_fails_is_judged_again() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    let taken = row_of_a_person(&node, 11);
    node.people().write(vec![taken.clone()]).await.unwrap();
    let lock = Lock::take(directory.path()).await;
    // Its private row is refused at the commit; the others are judged on it meanwhile.
    let blamed = Intake { private: PrivateChanges::rows(vec![taken]), ..intake(application(1)) };
    let blamed = node.submit(blamed);
    let after = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        tokio::join!(
            node.submit(keyed(application(1), "a", b"body")),
            node.submit(keyed(application(2), "b", b"body")),
            node.submit(keyed(application(2), "b", b"body")),
            node.submit(intake(application(1))),
        )
    };
    let release = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        lock.release().await;
    };
    let (blamed, (first, second, again, duplicate), ()) = tokio::join!(blamed, after, release);
    assert_eq!(blamed, Err(SubmitError::PrivateTaken { kind: "person".into() }));
    // Judged on the state without the blamed one, which would have made the first a duplicate.
    assert!(matches!(first, Ok(Outcome::Accepted(Accepted { first_seq: 4, .. }))), "{first:?}");
    assert!(matches!(second, Ok(Outcome::Accepted(Accepted { first_seq: 5, .. }))), "{second:?}");
    assert_eq!(second, again);
    assert!(matches!(duplicate, Ok(Outcome::Refused { .. })), "{duplicate:?}");
    let state = bytes(&node);
    node.close().await;
    let node = Node::open(config(directory.path())).await.unwrap();
    assert_eq!(bytes(&node), state);
}

#[tokio::test]
async fn when_the_store_cannot_be_written_readers_keep_the_old_state() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    let before = (bytes(&node), node.head());
    let lock = Lock::take(directory.path()).await;
    // The store gives up waiting for the lock after five seconds.
    let failed = node.submit(keyed(application(1), "k", b"one")).await;
    assert!(matches!(failed, Err(SubmitError::Unavailable { .. })), "{failed:?}");
    assert_eq!((bytes(&node), node.head()), before);
    lock.release().await;
    let Outcome::Accepted(accepted) = node.submit(keyed(application(1), "k", b"one")).await.unwrap() else {
        panic!("the lost command left no trace, so it is accepted now");
    };
    assert_eq!(accepted.first_seq, 4);
}

#[tokio::test]
async fn many_commands_are_accepted_together_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let node = Node::open(config(directory.path())).await.unwrap();
    let mut commands = settlement();
    commands.extend([application(1), application(2), application(1)]);
    let before = bytes(&node);
    let refused = node.submit_all(items(commands.clone())).await;
    assert_eq!(refused, Err(BatchError::Refused { index: 5, refusal: Refusal::DuplicateApplication }));
    assert_eq!((bytes(&node), node.head().seq), (before, 0));

    commands.pop();
    let accepted = node.submit_all(items(commands)).await.unwrap();
    assert_eq!((accepted.first_seq, accepted.facts.len()), (1, 5));
    assert_eq!(accept(&node, application(3)).await.first_seq, 6);
}

#[tokio::test]
async fn who_waits_too_long_is_told_to_ask_again_and_gets_the_one_answer() {
    let directory = tempfile::tempdir().unwrap();
    opened(directory.path()).await.close().await;
    let mut config = config(directory.path());
    config.limits.patience = Duration::from_millis(50);
    let node = Node::open(config).await.unwrap();
    let lock = Lock::take(directory.path()).await;
    let first = node.submit(keyed(application(1), "k", b"body")).await;
    assert!(matches!(first, Err(SubmitError::Undecided { .. })), "{first:?}");
    lock.release().await;
    assert!(node.has_seen(4, Duration::from_secs(5)).await, "the work went on");
    let again = node.submit(keyed(application(1), "k", b"body")).await.unwrap();
    assert!(matches!(again, Outcome::Accepted(Accepted { first_seq: 4, .. })), "{again:?}");
}

#[tokio::test]
async fn one_account_does_not_take_all_places_of_the_queue() {
    let directory = tempfile::tempdir().unwrap();
    opened(directory.path()).await.close().await;
    let mut config = config(directory.path());
    config.limits.account_max = 4;
    let node = Node::open(config).await.unwrap();
    let lock = Lock::take(directory.path()).await;
    let mut greedy = Vec::new();
    for child in 1..=10 {
        let node = node.clone();
        greedy.push(tokio::spawn(async move { node.submit(intake(application(child))).await }));
    }
    let other = Intake { actor: "parent:2".into(), ..intake(application(11)) };
    let other = tokio::spawn({
        let node = node.clone();
        async move { node.submit(other).await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    lock.release().await;
    assert!(matches!(other.await.unwrap(), Ok(Outcome::Accepted(_))));
    let mut turned_away = 0;
    for one in greedy {
        match one.await.unwrap() {
            Ok(_) => {}
            Err(SubmitError::Busy { .. }) => turned_away += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(turned_away, 6);
}

#[tokio::test]
async fn a_mistake_in_the_writer_ends_the_process() {
    let directory = tempfile::tempdir().unwrap();
    opened(directory.path()).await.close().await;
    let fatal = Fatal::default();
    let node = Node::open(fatal.set_in(config(directory.path()))).await.unwrap();
    let private = PrivateChanges::from_facts(|_| panic!("made to fail"));
    let lost = node.submit(Intake { private, ..intake(application(1)) }).await;
    assert_eq!(lost, Err(SubmitError::Unknown));
    node.close().await;
    assert_eq!(fatal.told().len(), 1);
    let node = Node::open(config(directory.path())).await.unwrap();
    assert_eq!(node.head().seq, 3);
}

#[tokio::test]
async fn what_follows_from_a_command_of_a_batch_happens_with_it_or_nothing_does() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    let mark: Then = |facts| {
        facts.iter().find_map(|fact| match fact.event {
            Event::Registered { application, .. } => Some(Command::FoundEnrolled(application)),
            _ => None,
        })
    };
    let mut batch = items(vec![application(1), application(2), application(3)]);
    batch.items[1].then = Some(mark);
    let accepted = node.submit_all(batch).await.unwrap();
    assert_eq!((accepted.first_seq, accepted.facts.len()), (4, 4));
    let stopped = |state: &State| {
        let all = state.applications();
        all.map(|(_, one)| matches!(one.status, Status::StopListed(_))).collect::<Vec<_>>()
    };
    assert_eq!(node.read(stopped), [false, true, false]);
    node.close().await;

    // What follows is refused: nothing of the batch is kept.
    let node = Node::open(config(directory.path())).await.unwrap();
    assert_eq!(node.read(stopped), [false, true, false]);
    let before = bytes(&node);
    let again: Then = |_| Some(Command::FoundEnrolled(ApplicationId(1)));
    let mut batch = items(vec![application(4), application(5)]);
    batch.items[1].then = Some(again);
    let refused = node.submit_all(batch).await.unwrap_err();
    let expected = BatchError::Refused { index: 1, refusal: Refusal::WrongState };
    assert_eq!((refused, bytes(&node), node.head().seq), (expected, before, 7));
}

#[tokio::test]
async fn a_batch_is_refused_when_others_wrote_since_it_was_planned() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    let planned = |commands| BatchIntake { planned_on: Some(node.head()), ..items(commands) };
    let (first, second) = (planned(vec![application(1)]), planned(vec![application(2)]));
    assert!(node.submit_all(first).await.is_ok());
    let before = bytes(&node);
    assert_eq!(node.submit_all(second).await, Err(BatchError::Moved));
    assert_eq!(bytes(&node), before);
    assert!(node.submit_all(planned(vec![application(2)])).await.is_ok());
}

#[tokio::test]
async fn a_commit_whose_result_is_unknown_ends_the_process() {
    let directory = tempfile::tempdir().unwrap();
    opened(directory.path()).await.close().await;
    let fatal = Fatal::default();
    let node = Node::open(fatal.set_in(config(directory.path()))).await.unwrap();
    let broken = BrokenCommit::set_up(directory.path()).await;
    let before = bytes(&node);
    let lost = node.submit(keyed(application(1), "k", b"body")).await;
    assert_eq!(lost, Err(SubmitError::Unknown));
    assert_eq!(bytes(&node), before, "readers are never shown what may not be durable");
    assert!(node.submit(intake(application(2))).await.is_err(), "nothing is taken in any more");
    node.close().await;
    assert_eq!(fatal.told().len(), 1);
    broken.mend().await;

    // The journal tells: it was not kept, so the same key does it now.
    let node = Node::open(config(directory.path())).await.unwrap();
    assert_eq!(node.head().seq, 3);
    let done = node.submit(keyed(application(1), "k", b"body")).await.unwrap();
    assert!(matches!(done, Outcome::Accepted(_)), "{done:?}");
}

/// Rows of answers, one a batch.
async fn batches(directory: &std::path::Path) -> i64 {
    let journal = sqlx::sqlite::SqliteConnectOptions::new().filename(directory.join("journal.db"));
    let mut journal = sqlx::SqliteConnection::connect_with(&journal).await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM answers").fetch_one(&mut journal).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_that_come_thick_wait_a_moment_for_each_other_and_a_lone_one_for_nobody() {
    const CALLERS: u64 = 8;
    const EACH: u64 = 40;
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    for number in 0..EACH {
        node.submit(keyed(application(number), &format!("alone {number}"), b"")).await.unwrap();
    }
    assert_eq!(batches(directory.path()).await, 40, "a caller that waits for each answer shares no batch");
    let callers = (1..=CALLERS).map(|caller| {
        let node = node.clone();
        tokio::spawn(async move {
            for number in 0..EACH {
                let (child, key) = (caller * 1_000 + number, format!("{caller} {number}"));
                let outcome = node.submit(keyed(application(child), &key, b"")).await.unwrap();
                assert!(matches!(outcome, Outcome::Accepted(_)));
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let together = batches(directory.path()).await - 40;
    assert!(together <= 64, "{together} batches of 320 commands, eight of them at once");
    node.close().await;
}
