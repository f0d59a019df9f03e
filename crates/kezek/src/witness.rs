//! `kezek witness`: cosigns the checkpoints of other people's logs.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use kezek_registry::PublicKey;
use kezek_witness::judge::Logs;
use kezek_witness::server::Listening;
use kezek_witness::{FirstUse, Witness};

use crate::service;

/// What `kezek witness` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  kezek witness --data /var/lib/kezek-witness --name witness.example/w1 --log 'queue.example/apps+1234abcd+AQ...' --new-log
      The first start: makes a key, and prints the line that the operator of the log puts into the policy file.
  kezek witness --data /var/lib/kezek-witness --name witness.example/w1 --log 'queue.example/apps+1234abcd+AQ...'
      Every other start. A witness whose files are gone does not start: see docs/witness.md.

Stop it with Ctrl-C or SIGTERM. The log goes to the standard error.")]
pub struct Arguments {
    /// Where the key and what was signed are kept; never restored from a copy.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Where to listen; port 0 takes any free port.
    #[arg(long, default_value = "127.0.0.1:8091")]
    listen: SocketAddr,
    /// What the paths begin with, like /witness.
    #[arg(long, default_value = "")]
    prefix: String,
    /// The name of the witness: an address of your organisation without https://. It never changes.
    #[arg(long)]
    name: String,
    /// The public key of a log, NAME+ID+KEY, as its operator has published it. Once for each log.
    #[arg(long = "log", value_name = "VKEY", required = true)]
    logs: Vec<String>,
    /// Trust logs that were never seen here at their first checkpoint. Compare their keys before.
    #[arg(long)]
    new_log: bool,
}

pub fn run(arguments: Arguments) -> Result<ExitCode> {
    service::block_on(start(arguments))
}

async fn start(arguments: Arguments) -> Result<ExitCode> {
    let Arguments { data, listen, prefix, name, logs, new_log } = arguments;
    let read = |written: &String| PublicKey::parse(written).with_context(|| format!("the log key {written}"));
    let keys = logs.iter().map(read).collect::<Result<Vec<_>>>()?;
    let logs =
        Logs::new(&keys).context("one of the keys is not a log's; a log's key has signature type 0x01")?;
    let first_use = if new_log { FirstUse::Allow } else { FirstUse::Refuse };
    let listening = Listening::bind(listen, &prefix).await?;
    let url = listening.url().context("asking for the own address")?;
    let witness = Witness::open(&data, &name, logs, first_use)?;
    println!("The witness is at {url}");
    println!("For the policy file of a log, with the address by which the log reaches you:");
    println!("witness {name} {} {url}", witness.key());
    listening.serve(witness, service::stop_asked()?).await?;
    Ok(ExitCode::SUCCESS)
}
