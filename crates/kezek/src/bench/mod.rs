//! `kezek bench`: how fast the parts run, and how fast the whole runs beside what would otherwise be built.

mod rules;
mod rush;

use std::process::ExitCode;

use anyhow::Result;

use crate::service;

#[derive(clap::Subcommand)]
pub enum Bench {
    /// Submit, claim, number and why in one city; an opening; the country's restart and memory.
    Rules,
    /// The morning rush: Kezek beside the ordinary design, on the same made-up city, in one run.
    Rush(rush::Arguments),
}

pub fn run(command: Bench) -> Result<ExitCode> {
    match command {
        Bench::Rules => rules::run(),
        Bench::Rush(arguments) => service::block_on(rush::run(arguments)),
    }
}
