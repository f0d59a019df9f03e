//! `kezek registry`: what an operator gives others to check the registries with.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use kezek_auditor::opened::Opening;
use kezek_disclosure::small_cells;
use kezek_registry::SecretKey;

use crate::service;
use crate::site::Site;

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
        #[arg(long, value_name = "DIR", default_value = "data")]
        data: PathBuf,
    },
    /// Name the groups of few families of whom the same is public; look before a small settlement's registries are shown
    #[command(after_help = "\
Example:
  kezek registry cells --data /var/lib/kezek --fewer-than 5
      Ends with 1 when there are such groups. What to do then is in docs/registries.md.")]
    Cells {
        #[command(flatten)]
        site: Site,
        /// A group is small below so many applications.
        #[arg(long, value_name = "NUMBER", default_value_t = 5)]
        fewer_than: u32,
    },
    /// Write what opens all commitments, for an authorised auditor alone: it holds personal data
    #[command(after_help = "\
Example:
  kezek registry openings --data /var/lib/kezek openings.jsonl
      The authorised auditor runs: kezek-audit COPY --policy POLICY --openings openings.jsonl")]
    Openings {
        #[command(flatten)]
        site: Site,
        /// The file, which must not be there yet; only its owner can read it.
        file: PathBuf,
    },
}

pub fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Keys { data } => keys(data),
        Command::Cells { site, fewer_than } => service::block_on(cells(site, fewer_than)),
        Command::Openings { site, file } => service::block_on(openings(site, file)),
    }
}

fn keys(data: PathBuf) -> Result<ExitCode> {
    let path = data.join("registry.key");
    let text = fs::read_to_string(&path)
        .with_context(|| format!("reading {}; a service makes it at its first start", path.display()))?;
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let key = SecretKey::parse(line).with_context(|| format!("{} is damaged", path.display()))?;
        println!("log {}", key.public());
    }
    Ok(ExitCode::SUCCESS)
}

async fn cells(site: Site, fewer_than: u32) -> Result<ExitCode> {
    let node = site.open().await?;
    let found = node.read(|state| {
        let name = |id| state.settlement(id).map(|one| one.name.clone()).unwrap_or_default();
        let cells = small_cells(state, fewer_than).into_iter();
        cells.map(|(cell, count)| (name(cell.settlement), cell, count)).collect::<Vec<_>>()
    });
    node.close().await;
    for (name, cell, count) in &found {
        let half = if cell.late { "after" } else { "until" };
        println!("{name}: born {} {half} 1 September, {:?}: {count}", cell.year, cell.class);
    }
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn openings(site: Site, path: PathBuf) -> Result<ExitCode> {
    let node = site.open().await?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(&path).with_context(|| format!("making {}", path.display()))?;
    let mut to = BufWriter::new(file);
    let (mut openings, mut count) = (node.openings(), 0_u64);
    while let Some(page) = openings.next().await? {
        for one in page {
            let line = Opening { seq: one.seq, salt: one.salt, hidden: one.hidden };
            serde_json::to_writer(&mut to, &line)?;
            to.write_all(b"\n")?;
            count += 1;
        }
    }
    to.flush()
        .and_then(|()| to.get_ref().sync_all())
        .with_context(|| format!("writing {}", path.display()))?;
    node.close().await;
    eprintln!(
        "{count} openings are in {}. It holds personal data: give it to the authorised auditor alone.",
        path.display()
    );
    Ok(ExitCode::SUCCESS)
}
