//! The PostgreSQL server that the sides share: one of the run's own, or one that is named.

use std::str::FromStr;

use anyhow::{Context, Result};
use kezek_trial_postgres::Cluster;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::cpu;

/// As durable as PostgreSQL by itself, with the room that a server for this work would have.
const SETTINGS: [&str; 9] = [
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=1GB",
    "wal_buffers=64MB",
    "max_wal_size=16GB",
    "checkpoint_timeout=30min",
    "max_connections=200",
    "jit=off",
];

/// What must hold for a fair and durable comparison.
const DURABLE: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];

pub struct Server {
    /// Holds the run's own server until the end.
    _cluster: Option<Cluster>,
    options: PgConnectOptions,
    /// The server's first process, when it is on this machine.
    process: Option<u32>,
    /// Distinguishes the databases of this run on a shared server.
    run: u32,
}

impl Server {
    pub async fn start(url: Option<&str>) -> Result<Server> {
        let (cluster, url) = match url {
            Some(url) => (None, url.to_owned()),
            None => {
                let cluster =
                    Cluster::start(&SETTINGS).context("starting a PostgreSQL server for the run")?;
                let url = cluster.url("postgres");
                (Some(cluster), url)
            }
        };
        let options = PgConnectOptions::from_str(&url).context("reading the database's address")?;
        let mut connection = options.connect().await.context("reaching the database server")?;
        for setting in DURABLE {
            let value: String = sqlx::query_scalar("SELECT current_setting($1)")
                .bind(setting)
                .fetch_one(&mut connection)
                .await?;
            anyhow::ensure!(value == "on", "{setting} is {value} on the server; figures need a durable one");
        }
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
        let process = u32::try_from(backend).ok().and_then(cpu::parent_of_postgres);
        connection.close().await?;
        Ok(Server { _cluster: cluster, options, process, run: std::process::id() })
    }

    /// The server's first process; none for a server on another machine.
    pub fn process(&self) -> Option<u32> {
        self.process
    }

    pub fn options(&self, database: &str) -> PgConnectOptions {
        self.options.clone().database(&self.name(database)).disable_statement_logging()
    }

    /// The address of a database, as a node takes it.
    pub fn url(&self, database: &str) -> String {
        self.options.clone().database(&self.name(database)).to_url_lossy().to_string()
    }

    pub async fn create(&self, database: &str) -> Result<()> {
        self.drop(database).await?;
        self.run(format!("CREATE DATABASE {}", self.name(database))).await
    }

    /// A copy of a database that nobody uses at the moment.
    pub async fn copy(&self, template: &str, database: &str) -> Result<()> {
        self.drop(database).await?;
        self.run(format!("CREATE DATABASE {} TEMPLATE {}", self.name(database), self.name(template))).await
    }

    pub async fn drop(&self, database: &str) -> Result<()> {
        self.run(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name(database))).await
    }

    async fn run(&self, statement: String) -> Result<()> {
        let mut connection: PgConnection = self.options.connect().await?;
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    fn name(&self, database: &str) -> String {
        format!("kezek_rush_{}_{database}", self.run)
    }
}
