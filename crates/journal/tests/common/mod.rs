//! Builders for made-up facts and rows.
#![allow(dead_code, clippy::unwrap_used)]

use kezek_journal::{Answer, Batch, Journal, NewFact, NewOutbox, PrivateRow, StoreError};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

/// Where a journal is: every test of the journal runs in each of them.
pub enum Place {
    Sqlite(tempfile::TempDir),
    Postgres(String),
}

impl Place {
    /// An empty place in each store.
    pub fn all() -> [Self; 2] {
        [Self::Sqlite(tempfile::tempdir().unwrap()), Self::postgres()]
    }

    pub fn postgres() -> Self {
        Self::Postgres(kezek_trial_postgres::database().unwrap())
    }

    /// The journal there; each call is another process, as far as the journal can tell.
    pub async fn open(&self) -> Journal {
        self.try_open().await.unwrap()
    }

    pub async fn try_open(&self) -> Result<Journal, StoreError> {
        match self {
            Self::Sqlite(directory) => Journal::open(directory.path().join("journal.db")).await,
            Self::Postgres(url) => Journal::connect(url).await,
        }
    }

    /// The journal there, to read beside whoever may write.
    pub async fn try_open_to_read(&self) -> Result<Journal, StoreError> {
        match self {
            Self::Sqlite(directory) => Journal::open_to_read(directory.path().join("journal.db")).await,
            Self::Postgres(url) => Journal::connect_to_read(url).await,
        }
    }

    /// Makes the tables as the first version of the program made them.
    pub async fn make_first_tables(&self) {
        let (store, url) = match self {
            Self::Sqlite(directory) => {
                let file = directory.path().join("journal.db");
                ("sqlite", format!("sqlite://{}?mode=rwc", file.display()))
            }
            Self::Postgres(url) => ("postgres", url.clone()),
        };
        let steps = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(store);
        let first = tempfile::tempdir().unwrap();
        std::fs::copy(steps.join("0001_journal.sql"), first.path().join("0001_journal.sql")).unwrap();
        let migrator = sqlx::migrate::Migrator::new(first.path()).await.unwrap();
        match self {
            Self::Sqlite(_) => {
                migrator.run(&mut SqliteConnection::connect(&url).await.unwrap()).await.unwrap()
            }
            Self::Postgres(_) => migrator.run(&mut PgConnection::connect(&url).await.unwrap()).await.unwrap(),
        }
    }

    /// Runs SQL past the journal's own interface, as somebody with the store has it.
    pub async fn run(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(directory) => {
                let url = format!("sqlite://{}?mode=rwc", directory.path().join("journal.db").display());
                SqliteConnection::connect(&url).await?.execute(sqlx::raw_sql(sql)).await?;
            }
            Self::Postgres(url) => {
                PgConnection::connect(url).await?.execute(sqlx::raw_sql(sql)).await?;
            }
        }
        Ok(())
    }
}

pub const START_US: i64 = 1_623_900_000_000_000;

pub fn fact(number: u64) -> NewFact {
    NewFact {
        time_us: START_US + number.cast_signed(),
        kind: "application_filed".into(),
        settlement: Some(u64::MAX - 3),
        actor: "parent:17".into(),
        payload: format!("{{ \"application\": {number},\t\"тіл\":\"қазақша\" }}"),
        version: 2,
        draw: u64::MAX - number,
    }
}

pub fn facts(numbers: std::ops::RangeInclusive<u64>) -> Vec<NewFact> {
    numbers.map(fact).collect()
}

pub fn batch(expected_head: u64, size: u64) -> Batch {
    Batch { expected_head, facts: facts(expected_head + 1..=expected_head + size), ..Batch::default() }
}

pub fn answer(number: u64) -> Answer {
    Answer {
        key: u128::from(number).to_le_bytes(),
        fingerprint: [9; 32],
        answer: format!("{{\"number\":{number}}}").into_bytes(),
        time_us: START_US,
    }
}

pub fn message(kind: &str, due_us: i64) -> NewOutbox {
    NewOutbox { created_us: START_US, kind: kind.into(), payload: "{\"to\":5}".into(), due_us }
}

pub fn row(kind: &str, id: u64) -> PrivateRow {
    PrivateRow {
        kind: kind.into(),
        id,
        lookup: None,
        owner: None,
        sealed: vec![id.to_le_bytes()[0]; 40],
        key_id: 1,
        created_us: START_US,
        expires_us: None,
    }
}
