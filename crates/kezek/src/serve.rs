//! `kezek serve`: the service.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use kezek_calendar::Instant;
use kezek_node::ClockChoice;
use kezek_portal::Settings;

use crate::account;
use crate::service::{self, Keyring};

/// What `kezek serve` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  kezek serve
      An empty directory ./data is set up: a key file, an administrator with a one-time password, no settlement yet.
      Sign in and import kindergartens and the present queue, or stop it and see `kezek import --help`.
  kezek serve --data /var/lib/kezek --listen 0.0.0.0:8080 --https
      Behind a proxy that speaks https.
  KEZEK_KEY_FILE=/etc/kezek/kezek.key kezek serve --data /var/lib/kezek
      With the keys of personal data kept apart from the data.

Stop it with Ctrl-C or SIGTERM: it finishes what it took in and keeps a snapshot for a quick start.
The log goes to the standard error; RUST_LOG=debug tells more.")]
pub struct Arguments {
    /// The directory of the journal and, unless named in KEZEK_KEY_FILE, the keys.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Where to listen; port 0 takes any free port.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Browsers reach the service by https only, through a proxy: session cookies are never sent in the clear.
    #[arg(long)]
    https: bool,
    #[command(flatten)]
    clock: Clock,
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

pub fn run(arguments: Arguments) -> Result<ExitCode> {
    service::block_on(start(arguments))
}

async fn start(arguments: Arguments) -> Result<ExitCode> {
    let Arguments { data, listen, https, clock } = arguments;
    let node = service::open(&data, clock.choice(), Keyring::Environment).await?;
    // Nobody could sign in to make the first account: also when the directory was filled by `kezek import`.
    if !node.people().has_accounts().await? {
        account::set_up(&node).await.context("making the first account")?;
    }
    service::serve(node, Settings { https, ..Settings::default() }, listen).await
}
