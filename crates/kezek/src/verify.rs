//! `kezek verify`: what a family's receipt proves, in plain words, without a network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use kezek_auditor::language::Language;
use kezek_auditor::receipt::{self, NotProved, Proved};
use kezek_registry::Policy;
use kezek_registry::receipt::{LONGEST, ReceiptError};
use kezek_registry::witnessed::OpenError;

mod told;

/// Neither yes nor no.
const NOT_CHECKED: u8 = 2;

/// What `kezek verify` does.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Check a receipt: that its entry stands in a register, unchanged, and what it opens.
    #[command(after_help = "\
Example:
  kezek verify receipt receipt-application-123.tlog-proof --policy policy.txt --lang en

The policy says whose keys are trusted. The operator's own is at /registry/policy of the service; better have it from
somebody else. Ends with 0 when the receipt holds, 1 when it does not, 2 when it could not be checked.")]
    Receipt {
        /// The file that the family was given.
        file: PathBuf,
        /// Which keys to trust: a tlog-policy file.
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
        /// Language of the answer.
        #[arg(long, value_enum, default_value_t = Language::Kk)]
        lang: Language,
    },
}

pub fn run(command: Command) -> Result<ExitCode> {
    let Command::Receipt { file, policy, lang } = command;
    let (answer, code) = match check(&file, &policy) {
        Ok(Ok(proved)) => (told::holds(&proved, lang), ExitCode::SUCCESS),
        Ok(Err(why)) => (told::fails(&why, lang), ExitCode::FAILURE),
        Err(error) => {
            eprintln!("kezek: {error:#}");
            return Ok(ExitCode::from(NOT_CHECKED));
        }
    };
    print!("{answer}");
    Ok(code)
}

fn check(file: &Path, policy: &Path) -> Result<Result<Proved, NotProved>> {
    let trusted = read(policy)?;
    let trusted = Policy::parse(&trusted).with_context(|| format!("{} is no policy", policy.display()))?;
    let bytes = read(file)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Ok(receipt::verify(&bytes, &trusted, now))
}

/// One byte more than a receipt may have is enough to refuse it.
fn read(path: &Path) -> Result<Vec<u8>> {
    use std::io::Read;
    let reading = || format!("{} cannot be read", path.display());
    let file = fs::File::open(path).with_context(reading)?;
    let mut bytes = Vec::new();
    file.take(LONGEST as u64 + 1).read_to_end(&mut bytes).with_context(reading)?;
    Ok(bytes)
}

/// Whether the keys rather than the receipt are the reason.
fn is_other_register(why: &NotProved) -> bool {
    matches!(why, NotProved::Receipt(ReceiptError::Checkpoint(OpenError::UnknownLog(_))))
}
