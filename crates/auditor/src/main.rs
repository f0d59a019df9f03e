//! `kezek-audit`: checks a copy of the registries, offline.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fs, io};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use kezek_auditor::audit::{Step, audit};
use kezek_auditor::language::Language;
use kezek_auditor::logs::Logs;
use kezek_auditor::receipt;
use kezek_auditor::replay::Question;
use kezek_registry::Policy;

/// Checks the registries of a queue and replays it, offline: that nothing was altered, and that every place went to
/// the child the law put first.
///
/// Ends with 0 when everything holds, 1 when something does not, 2 when it could not be checked.
#[derive(Parser)]
#[command(name = "kezek-audit", version)]
struct Args {
    /// The copy: a directory with `applications`, `referrals` and `bulletins`
    registries: PathBuf,
    /// Which keys to trust: a tlog-policy file from somebody other than the registry's operator
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Language of the report
    #[arg(long, value_enum, default_value_t = Language::Kk)]
    lang: Language,
    /// Also writes the report as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Tells the whole story of the application that this receipt is about
    #[arg(long, value_name = "RECEIPT")]
    child: Option<PathBuf>,
    /// The oldest a checkpoint's cosignatures may be, in seconds
    #[arg(long, value_name = "SECONDS")]
    max_age: Option<u64>,
    /// Take it to be this time, in seconds since 1970, instead of asking the clock
    #[arg(long, value_name = "SECONDS")]
    now: Option<u64>,
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("{path} cannot be read: {error}")]
    Read { path: PathBuf, error: io::Error },
    #[error("{path} cannot be written: {error}")]
    Write { path: PathBuf, error: io::Error },
    #[error("{path} is no policy: {error}")]
    Policy { path: PathBuf, error: kezek_registry::policy::PolicyError },
    #[error("the receipt does not hold: {0}")]
    Receipt(#[from] receipt::NotProved),
    #[error("the receipt does not say which application it is about")]
    NoApplication,
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failed) => {
            eprintln!("kezek-audit: {failed}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<bool, Failed> {
    let policy = Policy::parse(&read(&args.policy)?)
        .map_err(|error| Failed::Policy { path: args.policy.clone(), error })?;
    let now = args.now.unwrap_or_else(clock);
    let about = match &args.child {
        None => None,
        Some(path) => {
            let proved = receipt::verify(&read(path)?, &policy, now)?;
            Some(proved.application().ok_or(Failed::NoApplication)?)
        }
    };
    let logs = Logs::new(&args.registries);
    let question = Question { about, origin: String::new() };
    let bar = progress_bar();
    let mut report = audit(&logs, &policy, now, question, |step| show(&bar, step));
    bar.finish_and_clear();
    if let Some(max_age) = args.max_age {
        report.check_age(now, max_age);
    }
    if let Some(path) = &args.json {
        fs::write(path, report.json()?).map_err(|error| Failed::Write { path: path.clone(), error })?;
    }
    print!("{}", report.text(args.lang));
    Ok(report.is_clean())
}

fn read(path: &PathBuf) -> Result<Vec<u8>, Failed> {
    fs::read(path).map_err(|error| Failed::Read { path: path.clone(), error })
}

fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {human_pos} ({per_sec})") {
        bar.set_style(style);
    }
    bar
}

fn show(bar: &ProgressBar, step: Step) {
    let (message, position) = match step {
        Step::Verified(log, entry) => (log.name(), entry),
        Step::Replayed(seq) => ("replay", seq),
    };
    if !position.is_multiple_of(4096) {
        return;
    }
    if bar.message() != message {
        bar.set_message(message);
    }
    bar.set_position(position);
}
