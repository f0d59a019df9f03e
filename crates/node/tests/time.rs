//! The service's clock: when a command is judged, and what falls due.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::{BULLETIN, Lock, OPENING, accept, application, at, config, intake, opened, publish};
use kezek_node::calendar::{Instant, Time, Zone};
use kezek_node::rules::ids::{ApplicationId, SettlementId, VacancyId};
use kezek_node::rules::{Command, Event, Refusal};
use kezek_node::{ClockChoice, ClockError, Config, Node, OpenError, Outcome};

const CLAIM: Command = Command::Claim(ApplicationId(0), VacancyId(0));

#[tokio::test]
async fn a_claim_is_judged_by_when_it_came_and_not_by_when_the_writer_got_to_it() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    accept(&node, application(1)).await;
    accept(&node, publish(1)).await;
    node.set_clock(at(BULLETIN)).await.unwrap();
    node.set_clock(at("2021-06-02T00:59:59.999Z")).await.unwrap();

    // The writer is busy with another family while both claims come.
    let lock = Lock::take(directory.path()).await;
    let submit = |command| {
        let node = node.clone();
        tokio::spawn(async move { node.submit(intake(command)).await.unwrap() })
    };
    let busy = submit(application(2));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let early = submit(CLAIM);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let moved = tokio::spawn({
        let node = node.clone();
        async move { node.set_clock(at(OPENING)).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let in_time = submit(CLAIM);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(node.clock().now(), at(OPENING));
    lock.release().await;

    busy.await.unwrap();
    moved.await.unwrap().unwrap();
    let early = early.await.unwrap();
    let judged = at("2021-06-02T00:59:59.999Z");
    assert_eq!(early, Outcome::Refused { refusal: Refusal::NoAccess, at: judged });
    let Outcome::Accepted(taken) = in_time.await.unwrap() else { panic!("the window is open") };
    assert_eq!(taken.at, at(OPENING));
    assert!(matches!(taken.facts.last().unwrap().event, Event::ReferralIssued { .. }), "{:?}", taken.facts);
}

#[tokio::test]
async fn a_virtual_clock_goes_forward_only_and_stands_over_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    node.set_clock(at(BULLETIN)).await.unwrap();
    let back = node.set_clock(at(common::START)).await;
    assert!(matches!(back, Err(ClockError::Backward { now }) if now == at(BULLETIN)));
    node.close().await;
    let node = Node::open(config(directory.path())).await.unwrap();
    assert_eq!(node.now(), at(BULLETIN));
}

#[tokio::test]
async fn what_fell_due_while_the_node_was_down_is_done_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let node = opened(directory.path()).await;
    accept(&node, application(1)).await;
    accept(&node, publish(1)).await;
    node.close().await;
    std::fs::write(directory.path().join("clock"), OPENING).unwrap();
    let node = Node::open(config(directory.path())).await.unwrap();
    let history = node.history(ApplicationId(0)).await.unwrap();
    let opened = history.last().unwrap();
    assert!(matches!(opened.event, Event::WindowsOpened { .. }), "{history:?}");
    assert_eq!((opened.at, opened.actor.as_str()), (at(OPENING), "system"));
    let registered = history.first().unwrap();
    assert!(matches!(registered.event, Event::Registered { .. }));
    assert_eq!((registered.seq, registered.actor.as_str()), (4, "provider:1"));
}

/// A settlement whose bulletin is due in two seconds by the real clock.
fn bulletin_soon(now: Instant) -> Vec<Command> {
    // Where it is not near midnight now.
    let zones = ["Asia/Almaty", "UTC"].map(|name| Zone::named(name).unwrap());
    let zone = zones.into_iter().find(|zone| zone.local(now).time().hour() < 23).unwrap();
    let soon = zone.local(now.plus_micros(2_000_000)).time();
    let mut commands = common::settlement();
    if let Some(Command::OpenSettlement(open)) = commands.first_mut() {
        open.zone = zone;
        open.profile.bulletin_time = Time::new(soon.hour(), soon.minute(), soon.second(), 0).unwrap();
    }
    commands
}

#[tokio::test]
async fn the_real_clock_carries_out_duties_by_itself_and_cannot_be_moved() {
    let directory = tempfile::tempdir().unwrap();
    let real = Config { clock: ClockChoice::Real, ..config(directory.path()) };
    let node = Node::open(real).await.unwrap();
    let moved = node.set_clock(at("2100-01-01T00:00:00Z")).await;
    assert!(matches!(moved, Err(ClockError::Real)));
    for command in bulletin_soon(node.now()) {
        accept(&node, command).await;
    }
    accept(&node, publish(3)).await;
    let published = node.head();
    for _ in 0..100 {
        if node.head().seq > published.seq {
            let bulletin = node.read(|state| state.settlement(SettlementId(0)).unwrap().last_bulletin);
            assert!(bulletin.is_some());
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no bulletin was issued");
}

#[tokio::test]
async fn real_and_virtual_data_are_not_mixed() {
    let directory = tempfile::tempdir().unwrap();
    opened(directory.path()).await.close().await;
    let real = Config { clock: ClockChoice::Real, ..config(directory.path()) };
    assert!(matches!(Node::open(real).await, Err(OpenError::VirtualData { .. })));

    std::fs::remove_file(directory.path().join("clock")).unwrap();
    assert!(matches!(Node::open(config(directory.path())).await, Err(OpenError::RealData { .. })));
    std::fs::write(directory.path().join("clock"), "yesterday").unwrap();
    assert!(matches!(Node::open(config(directory.path())).await, Err(OpenError::ClockFile { .. })));
}
