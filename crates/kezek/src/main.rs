//! The command line: configuration, wiring, and the tools beside the running system.

mod bench;
mod scenario;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The preschool queue of Kazakhstan, by Order 254, with every place open to checking.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play the law's scenarios and say what did not come out.
    Scenario {
        #[command(subcommand)]
        command: scenario::Command,
    },
    /// Measure how fast the parts run.
    Bench {
        #[command(subcommand)]
        command: bench::Bench,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Scenario { command } => scenario::run(command),
        Command::Bench { command } => bench::run(&command),
    };
    result.unwrap_or_else(|error| {
        eprintln!("kezek: {error:#}");
        ExitCode::FAILURE
    })
}
