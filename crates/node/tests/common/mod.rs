//! A small settlement on a virtual clock: one kindergarten, one group, some families. Made up.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::{Arc, Mutex};

use kezek_node::calendar::{Date, Instant, Zone};
use kezek_node::records::Keys;
use kezek_node::rules::Command;
use kezek_node::rules::command::{
    AddOrganisation, Conclusion, Entry, IinCheck, ModeTerms, OpenSettlement, Publish, QueueChoice, SetGroup,
    Submit,
};
use kezek_node::rules::ids::{ChildKey, GroupId, OrganisationId, ParentKey, SettlementId};
use kezek_node::rules::place::{Cohort, GroupKind, Language, OrganisationKind, Ownership, Regime};
use kezek_node::rules::profile::Profile;
use kezek_node::{Accepted, ClockChoice, Config, Intake, Key, Node, Outcome, PrivateChanges, Storage};
use sqlx::{Connection, Executor, SqliteConnection};

const KEYS: &str =
    "index=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,1=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

/// Noon of a Tuesday in Almaty, which was at +06 then.
pub const START: &str = "2021-06-01T06:00:00Z";
pub const BULLETIN: &str = "2021-06-01T12:00:00Z";
pub const OPENING: &str = "2021-06-02T01:00:00Z";

pub fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub fn config(directory: &Path) -> Config {
    Config::new(directory, ClockChoice::Virtual(at(START)), Keys::parse(KEYS).unwrap())
}

/// One of several nodes on a database.
pub fn node_of(directory: &Path, url: &str) -> Config {
    Config { storage: Storage::Postgres(url.to_owned()), ..config(directory) }
}

/// What `on_fatal` was told, instead of the end of the process.
#[derive(Clone, Default)]
pub struct Fatal(Arc<Mutex<Vec<String>>>);

impl Fatal {
    pub fn told(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub fn set_in(&self, mut config: Config) -> Config {
        let told = Arc::clone(&self.0);
        config.on_fatal = Arc::new(move |reason| told.lock().unwrap().push(reason.to_owned()));
        config
    }
}

pub fn intake(command: Command) -> Intake {
    Intake { actor: "provider:1".into(), command, key: None, private: PrivateChanges::none() }
}

pub fn keyed(command: Command, key: &str, body: &[u8]) -> Intake {
    Intake { key: Some(Key::new("provider:1", key, body).unwrap()), ..intake(command) }
}

pub async fn accept(node: &Node, command: Command) -> Accepted {
    match node.submit(intake(command)).await.unwrap() {
        Outcome::Accepted(accepted) => accepted,
        refused => panic!("{refused:?}"),
    }
}

pub fn settlement() -> Vec<Command> {
    vec![
        Command::OpenSettlement(OpenSettlement {
            name: "Ақбұлақ".into(),
            zone: Zone::named("Asia/Almaty").unwrap(),
            profile: Profile::default(),
        }),
        Command::AddOrganisation(AddOrganisation {
            settlement: SettlementId(0),
            name: "Балапан".into(),
            kind: OrganisationKind::General,
            ownership: Ownership::State,
            languages: vec![Language::Kk],
            profiles: Vec::new(),
        }),
        Command::SetGroup(SetGroup {
            group: None,
            organisation: OrganisationId(0),
            name: "1".into(),
            cohort: Cohort::Ages(2, 5),
            language: Language::Kk,
            capacity: 25,
            enrolled: 0,
        }),
    ]
}

pub fn application(child: u64) -> Command {
    Command::Submit(Submit {
        queue: QueueChoice::General(SettlementId(0)),
        child: ChildKey(child),
        parent: ParentKey(child + 1_000_000),
        born: Date::constant(2018, 5, 1),
        iin: IinCheck::Valid,
        benefits: Vec::new(),
        conclusion: Conclusion::None,
        draw: 7,
        entry: Entry::Sent,
    })
}

pub fn publish(count: u32) -> Command {
    Command::Publish(Publish {
        group: GroupId(0),
        cohort: Cohort::Ages(2, 5),
        kind: GroupKind::General,
        profile: None,
        language: Language::Kk,
        regime: Regime::FullDay,
        mode: ModeTerms::General,
        count,
        enrol_from: None,
    })
}

/// A node with the settlement opened.
pub async fn opened(directory: &Path) -> Node {
    let node = Node::open(config(directory)).await.unwrap();
    for command in settlement() {
        accept(&node, command).await;
    }
    node
}

/// The readers' state, byte for byte.
pub fn bytes(node: &Node) -> Vec<u8> {
    node.read(|state| postcard::to_allocvec(state).unwrap())
}

/// Holds the store's lock for writing, as a busy disk would, until it is released.
pub struct Lock(SqliteConnection);

impl Lock {
    pub async fn take(directory: &Path) -> Self {
        let url = format!("sqlite://{}", directory.join("journal.db").display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        connection.execute("BEGIN IMMEDIATE").await.unwrap();
        Self(connection)
    }

    pub async fn release(mut self) {
        self.0.execute("ROLLBACK").await.unwrap();
        self.0.close().await.unwrap();
    }
}

/// Lets every fact be written and every commit fail, by a reference that is looked at only then.
pub struct BrokenCommit(SqliteConnection);

impl BrokenCommit {
    pub async fn set_up(directory: &Path) -> Self {
        let url = format!("sqlite://{}", directory.join("journal.db").display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        let table = "CREATE TABLE broken (seq INTEGER REFERENCES fact (seq) DEFERRABLE INITIALLY DEFERRED)";
        let trigger = "CREATE TRIGGER break_commit AFTER INSERT ON fact \
                       BEGIN INSERT INTO broken VALUES (-1); END";
        connection.execute(table).await.unwrap();
        connection.execute(trigger).await.unwrap();
        Self(connection)
    }

    pub async fn mend(mut self) {
        self.0.execute("DROP TRIGGER break_commit").await.unwrap();
        self.0.execute("DROP TABLE broken").await.unwrap();
        self.0.close().await.unwrap();
    }
}
