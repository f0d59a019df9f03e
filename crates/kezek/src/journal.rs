//! `kezek journal`: proving that the journal gives the state, and moving it between a folder and a database.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use kezek_node::{Journal, Report, SnapshotCheck, Storage, copy_journal, verify};

use crate::site::Database;
use crate::{progress, service};

/// What `kezek journal` does.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Replay every fact from the first one and compare with the snapshot. Changes no fact; the service may run.
    #[command(after_help = "\
Ends with 0 when journal and snapshot agree, with 1 when they do not or the journal cannot be read.
The service may run meanwhile. It changes nothing: a journal of another version is checked by that version.
The digest of the state is the same on every machine for the same journal and the same version of Kezek.

Examples:
  kezek journal verify --data /var/lib/kezek
  kezek journal verify --database-url postgres://kezek@db.example/kezek")]
    Verify {
        /// The data directory.
        #[arg(long, value_name = "DIR", default_value = "data")]
        data: PathBuf,
        #[command(flatten)]
        database: Database,
    },
    /// Make the tables in a PostgreSQL database, or bring them up to date, as their owner.
    #[command(after_help = "\
Run it once with the address of the role that owns the database, and again with each new version of Kezek. The service
then runs as another role, which can add facts but never change or delete one. A service that runs as the owner needs
no `prepare`.

Example:
  kezek journal prepare --database-url postgres://kezek_owner@db.example/kezek --service-role kezek")]
    Prepare {
        /// The database, as its owner.
        #[arg(long, value_name = "URL")]
        database_url: String,
        /// The role that the service signs in with; it must exist.
        #[arg(long, value_name = "ROLE")]
        service_role: Option<String>,
    },
    /// Copy a whole service to an empty place and prove that both give the same state. Stop the service first.
    #[command(after_help = "\
FROM and TO are data directories or addresses of databases, postgres://… . Facts, answers to commands, messages that
wait, the sealed personal data and what the registries were signed up to go over; the key files kezek.key and
registry.key and the directory registry do not: copy them yourself. A copy that was broken off cannot be started by
mistake; empty the place and copy again.

Examples:
  kezek journal copy /var/lib/kezek postgres://kezek_owner@db.example/kezek
  kezek journal copy postgres://kezek_owner@db.example/kezek /var/lib/kezek-back")]
    Copy {
        /// What to copy: a data directory or postgres://…
        from: String,
        /// Where to: an empty data directory or database.
        to: String,
    },
}

pub fn run(command: Command) -> Result<ExitCode> {
    service::block_on(async {
        match command {
            Command::Verify { data, database } => check(&database.storage(), &data).await,
            Command::Prepare { database_url, service_role } => prepare(&database_url, service_role).await,
            Command::Copy { from, to } => copy(Place::of(from), Place::of(to)).await,
        }
    })
}

async fn prepare(database_url: &str, service_role: Option<String>) -> Result<ExitCode> {
    Journal::prepare(database_url, service_role.as_deref()).await?;
    println!("The tables are up to date.");
    if let Some(role) = service_role {
        println!("The role {role} can run the service; it can add facts, not change or delete them.");
    }
    Ok(ExitCode::SUCCESS)
}

/// One end of a copy.
struct Place {
    storage: Storage,
    data: PathBuf,
}

impl Place {
    fn of(text: String) -> Self {
        if text.contains("://") {
            Self { storage: Storage::Postgres(text), data: PathBuf::new() }
        } else {
            Self { storage: Storage::Folder, data: PathBuf::from(text) }
        }
    }
}

async fn copy(from: Place, to: Place) -> Result<ExitCode> {
    if from.storage == Storage::Folder && from.storage.is_new(&from.data).await? {
        bail!("there is no service in {}", from.data.display());
    }
    if to.storage == Storage::Folder {
        kezek_node::make_directory(&to.data)?;
    }
    let (source, source_hold) = from.storage.open_alone(&from.data).await.context("opening what to copy")?;
    let (target, target_hold) = to.storage.open_alone(&to.data).await.context("opening where to copy to")?;
    let bar = progress::bar("Copying the journal", 0);
    let copied = copy_journal(&source, &target, |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    })
    .await;
    bar.finish_and_clear();
    source.close().await;
    target.close().await;
    source_hold.release().await;
    target_hold.release().await;
    let copied = copied?;
    println!(
        "Copied {} facts, {} answers, {} waiting messages, {} sealed records.",
        copied.facts, copied.answers, copied.messages, copied.private
    );
    let before = replay(&from.storage, &from.data).await?;
    let after = replay(&to.storage, &to.data).await?;
    println!("state      sha256 {}", hex(&after.state_sha256));
    if before.state_sha256 != after.state_sha256 {
        bail!("BAD: the copy gives another state; do not start it, and report this as a mistake");
    }
    println!("GOOD: both give the same state. Put the key file beside the copy before you start it.");
    Ok(ExitCode::SUCCESS)
}

async fn replay(storage: &Storage, data: &Path) -> Result<Report> {
    let bar = progress::bar("Replaying the journal", 0);
    let shown = bar.clone();
    let report = verify(storage, data, move |done, all| {
        shown.set_length(all);
        shown.set_position(done);
    })
    .await;
    bar.finish_and_clear();
    Ok(report?)
}

async fn check(storage: &Storage, data: &Path) -> Result<ExitCode> {
    let report = replay(storage, data).await?;
    println!("{}", text(&report));
    Ok(if report.snapshot.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn text(report: &Report) -> String {
    let state = hex(&report.state_sha256);
    let mut text =
        format!("facts      {}\nlast fact  {}\nstate      sha256 {state}", report.facts, report.time);
    let (snapshot, verdict) = match report.snapshot {
        SnapshotCheck::None => {
            ("none".to_owned(), "GOOD: the journal replays; there is no snapshot to compare.")
        }
        SnapshotCheck::Same { seq } => {
            (format!("at fact {seq}, the same bytes"), "GOOD: journal and snapshot give the same state.")
        }
        SnapshotCheck::OtherVersion { seq } => (
            format!("at fact {seq}, by another version of Kezek"),
            "GOOD: the journal replays; the snapshot cannot be compared and is not used.",
        ),
        SnapshotCheck::Differs { seq } => (
            format!("at fact {seq}, OTHER BYTES"),
            "BAD: journal and snapshot differ; one of them was changed. Stop the service and compare with a backup.",
        ),
        SnapshotCheck::Damaged { seq } => (
            format!("at fact {seq}, DAMAGED"),
            "BAD: the snapshot is damaged; the journal replays. The service starts from the journal without it.",
        ),
    };
    let _ = write!(text, "\nsnapshot   {snapshot}\n{verdict}");
    text
}
