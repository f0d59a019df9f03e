//! `kezek bench start`: a start from a snapshot and a tail of facts, each in a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use futures_util::future::join_all;
use kezek_node::{Intake, Journal, Node, PrivateChanges, Storage};
use kezek_rules::ids::ApplicationId;
use serde::{Deserialize, Serialize};

use super::rush::{City, Size, kezek};
use crate::progress;

/// The journal's file in a node's folder.
const JOURNAL: &str = "journal.db";
/// Applications of one city of the country.
const CITY: u32 = 60_000;
/// Commands sent at once while the tail is written.
const LOT: usize = 500;

/// What `kezek bench start` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Applications in the journal.
    #[arg(long, value_delimiter = ',', default_values_t = [450_000, 1_500_000])]
    applications: Vec<u32>,
    /// Facts after the snapshot.
    #[arg(long, default_value_t = 20_000)]
    tail: u32,
    /// How often each start is measured.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Writes the figures as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Starts on this folder and says how it went: the process that is measured.
    #[arg(long, value_name = "DIR", hide = true)]
    open: Option<PathBuf>,
}

/// One start.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Started {
    ms: f64,
    /// Memory that the start took and kept.
    bytes: u64,
}

/// The starts with so many applications.
#[derive(Debug, Serialize)]
struct Measured {
    applications: u32,
    tail: u32,
    /// The median start, from opening the folder to the first answer.
    ms: f64,
    bytes_per_application: f64,
    rounds: Vec<Started>,
}

pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    if let Some(folder) = &arguments.open {
        println!("{}", serde_json::to_string(&start(folder).await?)?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut sizes = Vec::new();
    println!("{:>14}{:>8}{:>12}{:>24}", "applications", "tail", "start", "bytes an application");
    for applications in &arguments.applications {
        let size = measure(*applications, arguments.tail, arguments.rounds).await?;
        println!(
            "{:>14}{:>8}{:>9.0} ms{:>24.0}",
            size.applications, size.tail, size.ms, size.bytes_per_application
        );
        sizes.push(size);
    }
    if let Some(file) = &arguments.json {
        let text = serde_json::to_string_pretty(&sizes)?;
        std::fs::write(file, text).with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds a journal, then starts on it in fresh processes.
async fn measure(applications: u32, tail: u32, rounds: usize) -> Result<Measured> {
    let folder = tempfile::Builder::new().prefix("kezek-start-").tempdir().context("making a folder")?;
    let bar = progress::bar("Making a country", 0);
    build(folder.path(), applications, tail).await?;
    bar.finish_and_clear();
    let program = std::env::current_exe().context("finding the own program")?;
    let mut started = Vec::with_capacity(rounds);
    for _ in 0..rounds.max(1) {
        let output = Command::new(&program).args(["bench", "start", "--open"]).arg(folder.path()).output();
        let output = output.context("starting a process to measure")?;
        ensure!(output.status.success(), "the start failed: {}", String::from_utf8_lossy(&output.stderr));
        started
            .push(serde_json::from_slice::<Started>(&output.stdout).context("reading the start's figures")?);
    }
    let median = |values: Vec<f64>| super::rush::median(values).unwrap_or_default();
    let bytes = median(started.iter().map(|one| one.bytes as f64).collect());
    Ok(Measured {
        applications,
        tail,
        ms: median(started.iter().map(|one| one.ms).collect()),
        bytes_per_application: bytes / f64::from(applications.max(1)),
        rounds: started,
    })
}

async fn start(folder: &Path) -> Result<Started> {
    let before = super::resident_bytes();
    let watch = Instant::now();
    let node = Node::open(kezek::config(folder, Storage::Folder)?).await?;
    let applications = node.read(|state| state.applications().count());
    let ms = watch.elapsed().as_secs_f64() * 1e3;
    ensure!(applications > 0, "nothing was read");
    // Not closed: that would keep a snapshot and leave no tail for the next start.
    Ok(Started { ms, bytes: super::resident_bytes().saturating_sub(before) })
}

/// A country of cities; the facts of the tail are confirmations of interest, and the newest snapshot is before them.
async fn build(folder: &Path, applications: u32, tail: u32) -> Result<()> {
    let cities = applications.div_ceil(CITY).max(1);
    let size =
        Size { applications: applications / cities, places: 10_000, kindergartens: 100, others: cities - 1 };
    let city = City::new(size, &mut Rng::with_seed(1));
    let node = Node::open(kezek::config(folder, Storage::Folder)?).await?;
    kezek::take_over(&node, &city).await?;
    node.close().await;
    let node = Node::open(kezek::config(folder, Storage::Folder)?).await?;
    let before = node.head().seq;
    let all: Vec<u32> = (0..tail).map(|number| number % applications.max(1)).collect();
    for lot in all.chunks(LOT) {
        let confirm = lot.iter().map(|id| {
            node.submit(Intake {
                actor: format!("parent:{id}"),
                command: kezek_rules::Command::ConfirmInterest(ApplicationId(*id)),
                key: None,
                private: PrivateChanges::none(),
            })
        });
        for outcome in join_all(confirm).await {
            outcome.context("writing the tail")?;
        }
    }
    node.close().await;
    let journal = Journal::open(folder.join(JOURNAL)).await?;
    while let Some(newest) = journal.latest_snapshot().await?.filter(|newest| newest.seq > before) {
        journal.drop_snapshot(newest.seq).await?;
    }
    journal.close().await;
    Ok(())
}
