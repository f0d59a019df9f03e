//! What stands in Kezek's journal, read past Kezek: for the checker, and for the bare insert loop.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, FromRow, PgConnection, SqliteConnection};

use super::check::Given;

/// The journal's file in a node's folder.
const FILE: &str = "journal.db";

/// A journal at rest.
pub enum Journal {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Rows that a run added.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub facts: Vec<FactRow>,
    pub answers: Vec<AnswersRow>,
    pub messages: Vec<MessageRow>,
}

#[derive(Clone, Debug, FromRow)]
pub struct FactRow {
    pub seq: i64,
    pub time_us: i64,
    pub kind: String,
    pub settlement: Option<i64>,
    pub actor: String,
    pub payload: String,
    pub version: i64,
    pub draw: i64,
}

/// The answers of one batch.
#[derive(Clone, Debug, FromRow)]
pub struct AnswersRow {
    pub number: i64,
    pub time_us: i64,
    pub body: Vec<u8>,
}

#[derive(Clone, Debug, FromRow)]
pub struct MessageRow {
    pub created_us: i64,
    pub kind: String,
    pub payload: String,
    pub due_us: i64,
}

/// The end of the journal before a run.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    pub seq: i64,
    pub message: i64,
    pub answers: i64,
}

const ISSUED: &str = "SELECT payload FROM fact WHERE kind = 'referral_issued' ORDER BY seq";
const FACTS: &str = "SELECT seq, time_us, kind, settlement, actor, payload, version, draw FROM fact WHERE seq > $1 ORDER BY seq";
const MESSAGES: &str = "SELECT created_us, kind, payload, due_us FROM outbox WHERE id > $1 ORDER BY id";
const MARK: &str = "SELECT seq, (SELECT coalesce(max(id), 0) FROM outbox), answers FROM head";
const TOLD: &str = "UPDATE outbox SET done_us = due_us, lease_token = NULL WHERE done_us IS NULL";
const ANSWERS: &str = "SELECT number, time_us, body FROM answers WHERE number > $1 ORDER BY number";

impl Journal {
    pub async fn in_folder(folder: &Path) -> Result<Journal> {
        let options = SqliteConnectOptions::new().filename(folder.join(FILE));
        Ok(Journal::Sqlite(options.connect().await.context("reading the node's journal")?))
    }

    pub async fn in_database(options: &PgConnectOptions) -> Result<Journal> {
        Ok(Journal::Postgres(options.connect().await.context("reading the node's journal")?))
    }

    pub async fn close(self) -> Result<()> {
        match self {
            Journal::Sqlite(connection) => Ok(connection.close().await?),
            Journal::Postgres(connection) => Ok(connection.close().await?),
        }
    }

    pub async fn mark(&mut self) -> Result<Mark> {
        let (seq, message, answers) = match self {
            Journal::Sqlite(connection) => sqlx::query_as(MARK).fetch_one(connection).await?,
            Journal::Postgres(connection) => sqlx::query_as(MARK).fetch_one(connection).await?,
        };
        Ok(Mark { seq, message, answers })
    }

    /// As if families had been told all that waits, so that a run has the machine for itself.
    pub async fn tell_all(&mut self) -> Result<()> {
        match self {
            Journal::Sqlite(connection) => sqlx::query(TOLD).execute(connection).await.map(drop)?,
            Journal::Postgres(connection) => {
                sqlx::query(TOLD).execute(&mut *connection).await?;
                sqlx::query("VACUUM (FREEZE, ANALYZE)").execute(connection).await?;
            }
        }
        Ok(())
    }

    /// Every place given, as the facts say it.
    pub async fn given(&mut self) -> Result<Vec<Given>> {
        let payloads: Vec<String> = match self {
            Journal::Sqlite(connection) => sqlx::query_scalar(ISSUED).fetch_all(connection).await?,
            Journal::Postgres(connection) => sqlx::query_scalar(ISSUED).fetch_all(connection).await?,
        };
        payloads.iter().map(|payload| given(payload)).collect()
    }

    /// What a run added.
    pub async fn rows(&mut self, after: Mark) -> Result<Rows> {
        Ok(match self {
            Journal::Sqlite(connection) => Rows {
                facts: sqlx::query_as(FACTS).bind(after.seq).fetch_all(&mut *connection).await?,
                answers: sqlx::query_as(ANSWERS).bind(after.answers).fetch_all(&mut *connection).await?,
                messages: sqlx::query_as(MESSAGES).bind(after.message).fetch_all(&mut *connection).await?,
            },
            Journal::Postgres(connection) => Rows {
                facts: sqlx::query_as(FACTS).bind(after.seq).fetch_all(&mut *connection).await?,
                answers: sqlx::query_as(ANSWERS).bind(after.answers).fetch_all(&mut *connection).await?,
                messages: sqlx::query_as(MESSAGES).bind(after.message).fetch_all(&mut *connection).await?,
            },
        })
    }

    /// In how many transactions the answers of a run were written.
    pub async fn batches(&mut self, after: Mark) -> Result<u64> {
        Ok(u64::try_from(self.mark().await?.answers - after.answers)?)
    }
}

/// Only what the checker needs of the fact.
#[derive(Deserialize)]
struct Issued {
    referral_issued: Places,
}

#[derive(Deserialize)]
struct Places {
    application: u32,
    vacancy: u32,
}

fn given(payload: &str) -> Result<Given> {
    let Issued { referral_issued: Places { application, vacancy } } =
        serde_json::from_str(payload).context("reading a fact")?;
    Ok(Given { application, vacancy, place: None })
}
