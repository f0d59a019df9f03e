//! The command line: configuration, wiring, and the tools beside the running system.

mod account;
mod bench;
mod demo;
mod import;
mod journal;
mod keys;
mod person;
mod progress;
mod registry;
mod scenario;
mod serve;
mod service;
mod site;
mod verify;
mod witness;
mod witnesses;

use clap::{Parser, Subcommand};
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

/// The preschool queue of Kazakhstan, by Order 254, with every place open to checking.
#[derive(Parser)]
#[command(
    version,
    arg_required_else_help = true,
    after_help = "\
First look:      kezek demo          then open the address it prints
A service:       kezek serve         then kezek import organisations FILE, kezek import queue FILE
Is it all true?  kezek journal verify
Each command has its own examples: kezek COMMAND --help"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Walk around in a made-up city on the evening before its campaign opens.
    Demo(demo::Arguments),
    /// Run the service.
    Serve(serve::Arguments),
    /// Take over a queue, or kindergartens, from a spreadsheet.
    #[command(subcommand)]
    Import(import::Command),
    /// Make accounts, give new passwords.
    #[command(subcommand)]
    Account(account::Command),
    /// Erase a person's data.
    #[command(subcommand)]
    Person(person::Command),
    /// Change the keys that personal data is sealed with.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Prove that the journal gives the state; move it to a database and back.
    #[command(subcommand)]
    Journal(journal::Command),
    /// Check what a family was given as a proof.
    #[command(subcommand)]
    Verify(verify::Command),
    /// Play the law's scenarios and say what did not come out.
    Scenario {
        #[command(subcommand)]
        command: scenario::Command,
    },
    /// What others need to check the registries.
    #[command(subcommand)]
    Registry(registry::Command),
    /// Cosign the checkpoints of logs, so that none can show two histories.
    Witness(witness::Arguments),
    /// Measure how fast the parts run.
    Bench {
        #[command(subcommand)]
        command: bench::Bench,
    },
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    log();
    let result = match command {
        Command::Demo(arguments) => demo::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Registry(command) => registry::run(command),
        Command::Import(command) => import::run(command),
        Command::Account(command) => account::run(command),
        Command::Person(command) => person::run(command),
        Command::Keys(command) => keys::run(command),
        Command::Journal(command) => journal::run(command),
        Command::Verify(command) => verify::run(command),
        Command::Scenario { command } => scenario::run(command),
        Command::Witness(arguments) => witness::run(arguments),
        Command::Bench { command } => bench::run(command),
    };
    result.unwrap_or_else(|error| {
        eprintln!("kezek: {}", in_one_line(&error));
        ExitCode::FAILURE
    })
}

/// An error with its causes; a cause that is told already is not told again.
fn in_one_line(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| {
        if told.contains(&cause) || told.is_empty() {
            if told.is_empty() { cause } else { told }
        } else {
            format!("{told}: {cause}")
        }
    })
}

/// What is logged unless `RUST_LOG` says otherwise; the store's slow statements are no news to an operator.
const USUAL_LOG: &str = "warn,sqlx=error";

/// The log goes to the standard error; `RUST_LOG` says how much of it.
fn log() {
    let wanted = std::env::var("RUST_LOG").unwrap_or_else(|_| USUAL_LOG.to_owned());
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into()).parse_lossy(wanted);
    let is_terminal = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(is_terminal);
    log.with_writer(std::io::stderr).init();
}
