//! Killed at any instant: nothing acknowledged is lost, nothing unacknowledged half-happens.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use common::{Place, answer, batch, message, row};
use kezek_journal::{Batch, Journal, PrivateWrite};

const PLACE_VARIABLE: &str = "KEZEK_TEST_CRASH_PLACE";
const BATCH: u64 = 20;
const KILLS: u64 = 6;

fn full_batch(head: u64) -> Batch {
    Batch {
        answers: vec![answer(head)],
        outbox: vec![message("sms", 0)],
        private: vec![PrivateWrite::Put(row("person", head))],
        ..batch(head, BATCH)
    }
}

async fn open(place: &str) -> Journal {
    if place.starts_with("postgres:") { Journal::connect(place).await } else { Journal::open(place).await }
        .unwrap()
}

/// The process that is killed; run by the test below, does nothing when run by hand.
#[tokio::test]
async fn writer_to_be_killed() {
    let Ok(place) = std::env::var(PLACE_VARIABLE) else { return };
    let journal = open(&place).await;
    let mut head = journal.head().await.unwrap().seq;
    loop {
        head = journal.append(full_batch(head)).await.unwrap().head.seq;
        println!("\nacknowledged {head}");
    }
}

fn start_writer(place: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["writer_to_be_killed", "--exact", "--nocapture"])
        .env(PLACE_VARIABLE, place)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets the writer acknowledge some batches, kills it and returns the last head it acknowledged.
fn kill_writer_after(place: &str, batches: u64) -> u64 {
    let mut writer = start_writer(place);
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut heads = lines
        .by_ref()
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok());
    let mut last: u64 = heads.nth(batches as usize - 1).expect("the writer acknowledges");
    writer.kill().unwrap();
    writer.wait().unwrap();
    last = heads.last().unwrap_or(last);
    last
}

#[tokio::test]
async fn acknowledged_facts_survive_a_kill() {
    for place in Place::all() {
        let place = match &place {
            Place::Sqlite(directory) => directory.path().join("journal.db").display().to_string(),
            Place::Postgres(url) => url.clone(),
        };
        for kill in 1..=KILLS {
            let acknowledged = kill_writer_after(&place, kill * 7);
            let journal = open(&place).await;
            // What the killed one had sent is carried out or thrown away before the head is free again.
            journal.turn().await.unwrap().release().await;
            let head = journal.verify_continuity().await.unwrap().seq;
            assert!(head >= acknowledged, "acknowledged {acknowledged}, found {head}");
            assert_eq!(head % BATCH, 0, "no batch is half there");
            let facts = journal.facts(1, i32::MAX as u32).await.unwrap();
            assert_eq!(facts.len() as u64, head);
            let answers = journal.answers_after(0, i32::MAX as u32).await.unwrap();
            let answers: Vec<_> = answers.into_iter().flat_map(|row| row.answers).collect();
            let expected: Vec<_> = (0..head).step_by(BATCH as usize).map(answer).collect();
            assert_eq!(answers, expected);
            for start in (0..head).step_by(BATCH as usize) {
                assert!(journal.private("person", start).await.unwrap().is_some());
            }
            assert_eq!(journal.outbox_backlog().await.unwrap().waiting, head / BATCH);
            journal.close().await;
        }
    }
}
