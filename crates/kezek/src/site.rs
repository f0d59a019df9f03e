//! Which service a command is for: its data directory, its database, its clock.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use kezek_calendar::Instant;
use kezek_node::{ClockChoice, Company, Limits, Node, RegistryConfig, Storage};

use crate::service::{self, Keyring};

/// What the commands of a service take.
#[derive(clap::Args)]
pub struct Site {
    /// The service's directory: the key file and, without a database, the journal.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    clock: Clock,
}

/// Where the journal is.
#[derive(clap::Args)]
pub struct Database {
    /// Keep the journal in this PostgreSQL database (15 or later), as in postgres://kezek@db.example/kezek, instead
    /// of the directory. Any number of nodes may share it.
    #[arg(long, value_name = "URL", env = "KEZEK_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

impl Database {
    /// As the node takes it.
    pub fn storage(&self) -> Storage {
        self.database_url.clone().map_or(Storage::Folder, Storage::Postgres)
    }
}

impl Site {
    /// Its directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Its journal.
    pub fn storage(&self) -> Storage {
        self.database.storage()
    }

    /// Opens the service there; an empty place becomes one.
    pub async fn open_or_make(&self) -> Result<Node> {
        self.open_with(Company::Nodes, None).await
    }

    /// As [`Site::open_or_make`], to serve it and publish its registries.
    pub async fn open_to_serve(&self, registry: RegistryConfig) -> Result<Node> {
        self.open_with(Company::Nodes, Some(registry)).await
    }

    /// Opens the service there, if there is one.
    pub async fn open(&self) -> Result<Node> {
        self.must_exist().await?;
        self.open_with(Company::Nodes, None).await
    }

    /// Opens the service there, if there is one and no node runs.
    pub async fn open_alone(&self) -> Result<Node> {
        self.must_exist().await?;
        self.open_with(Company::Alone, None).await
    }

    async fn must_exist(&self) -> Result<()> {
        if self.storage().is_new(&self.data).await? {
            bail!("there is no service in {}; start one with `kezek serve`", self.data.display());
        }
        Ok(())
    }

    async fn open_with(&self, company: Company, registry: Option<RegistryConfig>) -> Result<Node> {
        let (clock, limits) = (self.clock.choice(), Limits::default());
        service::open(&self.data, self.storage(), company, clock, Keyring::Environment, limits, registry)
            .await
    }
}

/// Which clock a command goes by.
#[derive(clap::Args)]
pub struct Clock {
    /// The machine's clock, or one that stands until it is moved (for trials; data of the two never mix).
    #[arg(long, value_enum, default_value = "real")]
    clock: Kind,
    /// Where a virtual clock starts in an empty directory.
    #[arg(long, value_name = "MOMENT", requires = "clock", value_parser = moment)]
    #[arg(default_value = "2021-06-01T06:00:00+06:00")]
    start: Instant,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Kind {
    Real,
    Virtual,
}

impl Clock {
    /// As the node takes it.
    pub fn choice(&self) -> ClockChoice {
        match self.clock {
            Kind::Real => ClockChoice::Real,
            Kind::Virtual => ClockChoice::Virtual(self.start),
        }
    }
}

fn moment(text: &str) -> Result<Instant, String> {
    Instant::parse(text).map_err(|error| error.to_string())
}
