//! `kezek bench`: how fast the parts run, and how fast the whole runs beside what would otherwise be built.

mod http;
mod rules;
mod rush;
mod start;

use std::process::ExitCode;

use anyhow::Result;

use crate::service;

#[derive(clap::Subcommand)]
pub enum Bench {
    /// Submit, claim, number and why in one city; an opening; the country's restart and memory.
    Rules,
    /// The morning rush: Kezek beside the ordinary design, on the same made-up city, in one run.
    Rush(rush::Arguments),
    /// A family's number through the portal beside a count by SQL, in short and long queues.
    Numbers(http::numbers::Arguments),
    /// Starting from a snapshot and a tail of facts: how long, and how much memory.
    Start(start::Arguments),
}

pub fn run(command: Bench) -> Result<ExitCode> {
    match command {
        Bench::Rules => rules::run(),
        Bench::Rush(arguments) => service::block_on(rush::run(arguments)),
        Bench::Numbers(arguments) => service::block_on(http::numbers::run(arguments)),
        Bench::Start(arguments) => service::block_on(start::run(arguments)),
    }
}

/// Memory of this process in use, from the system; 0 where it does not say.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes =
        line.and_then(|rest| rest.split_whitespace().next()).and_then(|text| text.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
