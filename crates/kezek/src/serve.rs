//! `kezek serve`: the service.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use kezek_node::{RegistryConfig, registry_host};
use kezek_portal::Settings;

use crate::site::Site;
use crate::{account, service, witnesses};

/// The name of registries that nobody named.
const MADE_UP: &str = "kezek.example";

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
  KEZEK_DATABASE_URL=postgres://kezek@db.example/kezek?sslmode=verify-full kezek serve --listen 0.0.0.0:8080
      With the journal on PostgreSQL: start as many nodes as you like, each with a copy of the same key
      files, kezek.key and registry.key.

Stop it with Ctrl-C or SIGTERM: it finishes what it took in and keeps a snapshot for a quick start.
The log goes to the standard error; RUST_LOG=debug tells more.")]
pub struct Arguments {
    #[command(flatten)]
    site: Site,
    /// Where to listen; port 0 takes any free port.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Under which name the public registries are signed, for ever: the address of the service without https://, as in
    /// kezek.example. Needed once; the key file registry.key keeps it.
    #[arg(long, value_name = "HOST", env = "KEZEK_REGISTRY_ORIGIN")]
    registry_origin: Option<String>,
    /// Whose word the registries need before they are shown: a tlog-policy file that names their keys and the witnesses
    /// with their addresses. Without their quorum nothing new is shown; the service goes on.
    #[arg(long, value_name = "FILE", env = "KEZEK_REGISTRY_POLICY")]
    registry_policy: Option<PathBuf>,
    /// Browsers reach the service by https only, through a proxy: session cookies are never sent in the clear.
    #[arg(long)]
    https: bool,
}

pub fn run(arguments: Arguments) -> Result<ExitCode> {
    service::block_on(start(arguments))
}

async fn start(arguments: Arguments) -> Result<ExitCode> {
    let Arguments { site, listen, https, registry_origin, registry_policy } = arguments;
    let named = registry_origin.or_else(|| registry_host(site.data()));
    let is_named = named.is_some();
    let host = named.unwrap_or_else(|| MADE_UP.to_owned());
    let witnesses = witnesses::of(registry_policy.as_deref(), site.data(), &host)?;
    let registry = RegistryConfig { host, witnesses };
    let node = site.open_to_serve(registry).await?;
    if !is_named {
        eprintln!("The registries are signed under the made-up name {MADE_UP}, for ever.");
        eprintln!("For a real service name its address with --registry-origin at the first start.");
    }
    // Nobody could sign in to make the first account: also when the directory was filled by `kezek import`.
    if !node.people().has_accounts().await? {
        let made = account::set_up(&node).await;
        // Of several nodes that start together one makes it.
        if made.is_err() && !node.people().has_accounts().await? {
            return made.map(|()| ExitCode::FAILURE).context("making the first account");
        }
    }
    service::serve(node, Settings { https, ..Settings::default() }, listen).await
}
