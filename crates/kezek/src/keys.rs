//! `kezek keys`: the keys that personal data is sealed with.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use kezek_node::Node;

use crate::service;
use crate::site::Site;

/// What `kezek keys` does.
#[derive(clap::Subcommand)]
#[command(after_help = "\
Example, with the service stopped:
  kezek keys rotate --data /var/lib/kezek

Copy the key file to its other place again afterwards. The index line stays: people are found by it.")]
pub enum Command {
    /// Add a new key to the key file and seal all personal data anew with it. Stop the service first.
    #[command(after_help = "\
The old keys stay in the file, for backups made before. Broken off? `kezek keys reseal` goes on where it stood.
Keys given in KEZEK_KEY cannot be rotated: keep them in a file and name it in KEZEK_KEY_FILE.")]
    Rotate {
        #[command(flatten)]
        site: Site,
    },
    /// Seal anew whatever older keys still seal, without a new key. Stop the service first.
    Reseal {
        #[command(flatten)]
        site: Site,
    },
}

pub fn run(command: Command) -> Result<ExitCode> {
    service::block_on(async move {
        match command {
            Command::Rotate { site } => rotate(site).await,
            Command::Reseal { site } => seal_anew(site.open_alone().await?).await,
        }
    })
}

async fn rotate(site: Site) -> Result<ExitCode> {
    // Opened with the old keys first: a wrong file gets no new key.
    site.open_alone().await?.close().await;
    let file: PathBuf = service::key_file(site.data())?;
    let keys = kezek_records::Keys::rotate_file(&file)?;
    println!("{} has the new key {}. Copy the file to its other site.", file.display(), keys.current());
    seal_anew(site.open_alone().await?).await
}

async fn seal_anew(node: Node) -> Result<ExitCode> {
    let sealed = node.people().reseal().await;
    node.close().await;
    println!("Sealed anew: {} records.", sealed?);
    Ok(ExitCode::SUCCESS)
}
