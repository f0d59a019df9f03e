//! Killed at random moments under load, on both stores: what was acknowledged is there, no place is given twice, the
//! state is the replay's. `KEZEK_KILLS` says how often on each store; the usual number keeps the tests quick.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::time::Duration;

use common::{
    BULLETIN, OPENING, accept, application, at, bytes, config, keyed, node_of, publish, settlement,
};
use kezek_node::rules::Command;
use kezek_node::rules::ids::{ApplicationId, VacancyId};
use kezek_node::{BatchIntake, BatchItem, Config, Journal, Key, Node, Outcome, Storage, verify};

const DIRECTORY_VARIABLE: &str = "KEZEK_TEST_NODE_DIRECTORY";
const DATABASE_VARIABLE: &str = "KEZEK_TEST_NODE_DATABASE";
const FAMILIES: u32 = 600;
const PLACES: u32 = 400;
const TASKS: u64 = 16;
/// In place of the first fact of an accepted command.
const REFUSED: u64 = 0;
/// At most so long the process lives; the moment of its end is any.
const LIFE_US: u64 = 150_000;

/// Under what the answer to a key is kept, which is told as account and key.
fn id(told: &str) -> [u8; 16] {
    let (account, key) = told.split_once(' ').unwrap();
    Key::new(account, key, b"body").unwrap().id()
}

/// One service, in a directory of its own or in a database.
struct Service {
    directory: tempfile::TempDir,
    database: Option<String>,
}

impl Service {
    fn config(&self) -> Config {
        match &self.database {
            Some(url) => node_of(self.directory.path(), url),
            None => config(self.directory.path()),
        }
    }

    fn storage(&self) -> Storage {
        self.database.clone().map_or(Storage::Folder, Storage::Postgres)
    }

    async fn journal(&self) -> Journal {
        match &self.database {
            Some(url) => Journal::connect(url).await.unwrap(),
            None => Journal::open(self.directory.path().join("journal.db")).await.unwrap(),
        }
    }

    /// A morning with places, windows, and families that wait.
    async fn open_morning(&self) {
        let node = Node::open(self.config()).await.unwrap();
        for mut command in settlement() {
            if let Command::SetGroup(group) = &mut command {
                group.capacity = PLACES;
            }
            accept(&node, command).await;
        }
        let items = (1..=u64::from(FAMILIES)).map(|child| BatchItem::of(application(child))).collect();
        let batch = BatchIntake { actor: "provider:1".into(), items, planned_on: None };
        node.submit_all(batch).await.unwrap();
        accept(&node, publish(PLACES)).await;
        node.set_clock(at(BULLETIN)).await.unwrap();
        node.set_clock(at(OPENING)).await.unwrap();
        node.close().await;
    }

    /// Starts the process below and kills it in the middle of its work; returns what it acknowledged, by key.
    fn kill_under_load(&self, round: u64) -> Vec<(String, u64)> {
        let mut process = Process::new(std::env::current_exe().unwrap());
        process.args(["node_to_be_killed", "--exact", "--nocapture"]);
        process.env(DIRECTORY_VARIABLE, self.directory.path()).env("KEZEK_TEST_ROUND", round.to_string());
        if let Some(url) = &self.database {
            process.env(DATABASE_VARIABLE, url);
        }
        let mut process = process.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut acknowledged = lines.filter_map(|line| {
            let (key, seq) = line.strip_prefix("acknowledged ")?.rsplit_once(' ')?;
            Some((key.to_owned(), seq.parse().ok()?))
        });
        let first = acknowledged.next().expect("the node acknowledges");
        let wait = u64::from(getrandom::u32().unwrap()) % LIFE_US;
        std::thread::sleep(Duration::from_micros(wait));
        process.kill().unwrap();
        process.wait().unwrap();
        std::iter::once(first).chain(acknowledged).collect()
    }

    async fn check(&self, acknowledged: &[(String, u64)]) {
        let journal = self.journal().await;
        // What the killed one had sent is carried out or thrown away before the head is free again.
        journal.turn().await.unwrap().release().await;
        let mut answers: HashMap<[u8; 16], u64> = HashMap::new();
        for one in
            journal.answers_after(0, i32::MAX as u32).await.unwrap().into_iter().flat_map(|row| row.answers)
        {
            let answer: serde_json::Value = serde_json::from_slice(&one.answer).unwrap();
            let first_seq = answer["accepted"]["first_seq"].as_u64().unwrap_or(REFUSED);
            assert_eq!(answers.insert(one.key, first_seq), None, "a key is answered once");
        }
        for (key, first_seq) in acknowledged {
            assert_eq!(answers.get(&id(key)), Some(first_seq), "{key} was acknowledged");
        }
        let facts = journal.facts(1, 1_000_000).await.unwrap();
        let mut given: HashMap<u64, u32> = HashMap::new();
        for fact in facts.iter().filter(|fact| fact.kind == "referral_issued") {
            let event: serde_json::Value = serde_json::from_str(&fact.payload).unwrap();
            let application = event["referral_issued"]["application"].as_u64().unwrap();
            *given.entry(application).or_default() += 1;
        }
        assert!(given.values().all(|count| *count == 1), "nobody got two places");
        assert!(given.len() <= PLACES as usize, "{} places of {PLACES} are given", given.len());
        journal.close().await;

        let report = verify(&self.storage(), self.directory.path(), |_, _| ()).await.unwrap();
        assert!(report.snapshot.is_good());
        let node = Node::open(self.config()).await.unwrap();
        assert_eq!(node.head().seq, report.facts);
        let replayed = node.read(|state| state.referrals().count());
        assert_eq!(replayed, given.len());
        node.close().await;
    }
}

/// The process that is killed; started by the tests below, does nothing when run by hand.
#[tokio::test(flavor = "multi_thread")]
async fn node_to_be_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY_VARIABLE) else { return };
    let round: u64 = std::env::var("KEZEK_TEST_ROUND").unwrap().parse().unwrap();
    let config = match std::env::var(DATABASE_VARIABLE) {
        Ok(url) => node_of(Path::new(&directory), &url),
        Err(_) => config(Path::new(&directory)),
    };
    let node = Node::open(config).await.unwrap();
    let mut tasks = Vec::new();
    for task in 0..TASKS {
        let node = node.clone();
        tasks.push(tokio::spawn(async move {
            for number in 0_u64.. {
                let child = 1_000_000 + round * 100_000 + task * 5_000 + number;
                let family = (child.wrapping_mul(2_654_435_761) >> 7) as u32 % FAMILIES;
                let command = match number % 2 {
                    0 => Command::Claim(ApplicationId(family), VacancyId(0)),
                    _ => application(child),
                };
                let key = format!("{round}-{task}-{number}");
                let first_seq = match node.submit(keyed(command, &key, b"body")).await.unwrap() {
                    Outcome::Accepted(accepted) => accepted.first_seq,
                    Outcome::Refused { .. } => REFUSED,
                };
                println!("\nacknowledged provider:1 {key} {first_seq}");
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

async fn kills_on(database: Option<String>) {
    let service = Service { directory: tempfile::tempdir().unwrap(), database };
    service.open_morning().await;
    let kills = std::env::var("KEZEK_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(8);
    let mut all = 0;
    for round in 0..kills {
        let acknowledged = service.kill_under_load(round);
        all += acknowledged.len();
        service.check(&acknowledged).await;
    }
    let node = Node::open(service.config()).await.unwrap();
    let given = node.read(|state| state.referrals().count());
    println!("{kills} kills, {all} acknowledged, {given} places given, {} facts", node.head().seq);
    assert!(given > 0 && !bytes(&node).is_empty());
    node.close().await;
}

#[tokio::test]
async fn on_sqlite_nothing_acknowledged_is_lost() {
    kills_on(None).await;
}

#[tokio::test]
async fn on_postgres_nothing_acknowledged_is_lost() {
    kills_on(Some(kezek_trial_postgres::database().unwrap())).await;
}
