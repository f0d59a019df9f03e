//! `kezek journal`: proving that the journal gives the state.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use kezek_node::{Report, SnapshotCheck, verify};

use crate::{progress, service};

/// What `kezek journal` does.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Replay every fact from the first one and compare with the snapshot. Changes no fact; the service may run.
    #[command(after_help = "\
Ends with 0 when journal and snapshot agree, with 1 when they do not or the journal cannot be read.
A journal of an older version gets the tables of this one first, as at a start of the service.
The digest of the state is the same on every machine for the same journal and the same version of Kezek.

Example:
  kezek journal verify --data /var/lib/kezek")]
    Verify {
        /// The data directory.
        #[arg(long, value_name = "DIR", default_value = "data")]
        data: PathBuf,
    },
}

pub fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Verify { data } => service::block_on(check(data)),
    }
}

async fn check(data: PathBuf) -> Result<ExitCode> {
    let bar = progress::bar("Replaying the journal", 0);
    let shown = bar.clone();
    let report = verify(&kezek_node::Storage::Folder, &data, move |done, all| {
        shown.set_length(all);
        shown.set_position(done);
    })
    .await;
    bar.finish_and_clear();
    let report = report?;
    println!("{}", text(&report));
    Ok(if report.snapshot.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn text(report: &Report) -> String {
    let mut text = format!("facts      {}\nlast fact  {}\nstate      sha256 ", report.facts, report.time);
    for byte in report.state_sha256 {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
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
