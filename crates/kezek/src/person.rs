//! `kezek person`: erasing somebody's personal data.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use kezek_calendar::Iin;
use kezek_node::Node;
use kezek_records::ErasureGround;

use crate::account::iin;
use crate::service;
use crate::site::Site;

/// What `kezek person` does.
#[derive(clap::Subcommand)]
#[command(after_help = "\
Example:
  kezek person erase --iin 850505300011 --ground request --yes")]
pub enum Command {
    /// Erase everything that is kept of one person: name, contacts, papers, account, notices.
    #[command(after_help = "\
The journal stays: its facts know people by random numbers only, which then lead to nobody. A family is erased
person by person, each child by its own IIN. What is erased comes back from no copy but a backup of the folder.")]
    Erase {
        /// Whose data.
        #[arg(long, value_parser = iin)]
        iin: Iin,
        /// Why.
        #[arg(long, value_enum, default_value = "request")]
        ground: Ground,
        /// Erase indeed; without it nothing is changed.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        site: Site,
    },
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Ground {
    /// The person, or a parent for the child, asked for it.
    Request,
    /// The term of keeping ended.
    TermEnded,
    /// The data was collected by mistake.
    Mistake,
}

impl Ground {
    fn ground(self) -> ErasureGround {
        match self {
            Ground::Request => ErasureGround::Request,
            Ground::TermEnded => ErasureGround::TermEnded,
            Ground::Mistake => ErasureGround::Mistake,
        }
    }
}

pub fn run(command: Command) -> Result<ExitCode> {
    let Command::Erase { iin, ground, yes, site } = command;
    service::block_on(async move {
        let node = site.open().await?;
        let result = if yes { erase(&node, iin, ground).await } else { refuse(&node, iin).await };
        node.close().await;
        result?;
        Ok(ExitCode::SUCCESS)
    })
}

async fn erase(node: &Node, iin: Iin, ground: Ground) -> Result<()> {
    let id = known(node, iin).await?;
    node.people().erase(id, ground.ground()).await?;
    println!("Erased. The facts of the journal stay; they name nobody.");
    Ok(())
}

async fn refuse(node: &Node, iin: Iin) -> Result<()> {
    known(node, iin).await?;
    bail!("this person is known; erasing cannot be undone. Nothing was changed: say --yes to erase")
}

async fn known(node: &Node, iin: Iin) -> Result<u64> {
    let found = node.people().find(&iin).await?;
    Ok(found.context("nobody with this IIN is known; nothing was changed")?.id)
}
