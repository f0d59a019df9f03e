//! `kezek registry`: what an operator tells others of the registries.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use kezek_registry::SecretKey;

/// What `kezek registry` takes.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Print the lines of a policy file that name the registries' keys, for auditors and witnesses
    #[command(after_help = "\
Example:
  kezek registry keys --data /var/lib/kezek > policy
      Then add the witnesses' lines, a group and a quorum, and give it to kezek serve --registry-policy and to auditors.")]
    Keys {
        /// The data directory of the service.
        #[arg(long, value_name = "DIR", env = "KEZEK_DATA", default_value = "data")]
        data: PathBuf,
    },
}

pub fn run(command: Command) -> Result<ExitCode> {
    let Command::Keys { data } = command;
    let path = data.join("registry.key");
    let text = fs::read_to_string(&path)
        .with_context(|| format!("reading {}; a service makes it at its first start", path.display()))?;
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let key = SecretKey::parse(line).with_context(|| format!("{} is damaged", path.display()))?;
        println!("log {}", key.public());
    }
    Ok(ExitCode::SUCCESS)
}
