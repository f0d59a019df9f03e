//! `kezek-trial-postgres COMMAND…`: runs a command with a PostgreSQL server that its tests share.

use std::process::{Command, ExitCode};

use kezek_trial_postgres::{Cluster, SERVER_VARIABLE};

/// Tests of the store's logic need no disk's flush; those of durability start a server of their own.
const SETTINGS: [&str; 4] = ["fsync=off", "full_page_writes=off", "max_connections=300", "autovacuum=off"];

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kezek-trial-postgres: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut words = std::env::args_os().skip(1);
    let program = words.next().ok_or("name a command to run")?;
    let cluster = Cluster::start(&SETTINGS)?;
    let status = Command::new(program).args(words).env(SERVER_VARIABLE, cluster.url("postgres")).status()?;
    drop(cluster);
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}
