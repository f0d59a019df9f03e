//! `kezek demo --tamper`: what an operator who holds the keys might do to the registries, and how it is found.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::builder::PossibleValuesParser;
use kezek_auditor::audit::audit;
use kezek_auditor::describe;
use kezek_auditor::language::Language;
use kezek_auditor::logs::Logs;
use kezek_auditor::replay::Question;
use kezek_auditor::report::Report;
use kezek_auditor::tamper::{Tamper, tamper};
use kezek_auditor::write::write;
use kezek_disclosure::{Entry, Log};
use kezek_node::Node;
use kezek_registry::tile::CHECKPOINT;
use kezek_registry::{Policy, SecretKey};
use kezek_rules::State;

use super::figures::Size;
use super::folder::Folder;
use super::{build, open};

/// Tries each kind.
const ALL: &str = "all";
const DAY_US: i64 = 86_400_000_000;
/// A city that is not published by then never is.
const PATIENCE: Duration = Duration::from_secs(60);

/// The kinds, as they are named on the command line.
pub fn kinds() -> PossibleValuesParser {
    let names = Tamper::ALL.iter().map(|kind| kind.name()).chain([ALL]);
    names.collect::<Vec<_>>().into()
}

/// Falsifies in one way or in each, and shows what the auditor finds.
pub async fn run(kind: &str, data: &Path) -> Result<ExitCode> {
    let honest = honest(data).await?;
    let chosen = Tamper::ALL.into_iter().filter(|one| kind == ALL || one.name() == kind);
    let mut is_found = true;
    for one in chosen {
        is_found &= honest.falsify(one)?;
    }
    Ok(if is_found { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A small city's registries, published and in order.
struct Honest {
    folder: PathBuf,
    /// In the order of [`Log::ALL`].
    keys: [SecretKey; 3],
    policy: Policy,
    entries: Vec<(Log, Entry)>,
    state: State,
}

/// Builds the city anew, lives to the middle of its first days, and waits until all of it is published.
async fn honest(data: &Path) -> Result<Honest> {
    kezek_node::make_directory(data).context("making a directory for the falsified copies")?;
    let folder = Folder::new(data.to_owned());
    folder.clear()?;
    build(&folder, Size::District).await?;
    let node = open(&folder).await?;
    node.set_clock(node.now().plus_micros(DAY_US)).await.context("living through the first morning")?;
    let policy = published(&node).await?;
    let state = node.read(State::clone);
    node.close().await;
    let text = fs::read_to_string(data.join("registry.key")).context("reading the keys of the registries")?;
    let keys = text.lines().filter(|line| !line.starts_with('#')).map(SecretKey::parse);
    let keys = keys.collect::<Result<Vec<_>, _>>().context("reading the keys of the registries")?;
    let keys =
        <[SecretKey; 3]>::try_from(keys).map_err(|_| anyhow::anyhow!("a key of a registry is missing"))?;
    let logs = Logs::new(&data.join("registry"));
    let report = examine(&logs, &policy);
    print!("{}", report.text(Language::En));
    if !report.is_clean() {
        bail!("the registries are not in order before anything is falsified");
    }
    let sizes: Vec<u64> = report.logs.iter().map(|log| log.size).collect();
    let sizes = <[u64; 3]>::try_from(sizes).map_err(|_| anyhow::anyhow!("a log is missing"))?;
    let entries = logs.entries(&sizes, |_| ()).collect();
    Ok(Honest { folder: data.to_owned(), keys, policy, entries, state })
}

/// Waits until every fact is in the registries; the keys they are signed with, as a policy.
async fn published(node: &Node) -> Result<Policy> {
    let registry = node.registry().context("the demonstration has no registries")?;
    let logs: String = registry.public_keys().iter().map(|key| format!("log {key}\n")).collect();
    let policy = Policy::parse((logs + "quorum none\n").as_bytes())?;
    let all = async {
        loop {
            let sizes = Log::ALL.into_iter().filter_map(|log| {
                let note = registry.public_dir(log).read(CHECKPOINT).ok()?;
                Some(policy.open(&note, u64::MAX).ok()?.checkpoint.size)
            });
            if sizes.sum::<u64>() == node.head().seq {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.context("the registries are not published")?;
    Ok(policy)
}

fn examine(logs: &Logs, policy: &Policy) -> Report {
    audit(logs, policy, u64::MAX, Question::default(), |_| ())
}

impl Honest {
    /// Falsifies a copy in one way; whether the auditor names the entry.
    fn falsify(&self, kind: Tamper) -> Result<bool> {
        println!("\n=== {}: {}", kind.name(), kind.about());
        let mut entries = self.entries.clone();
        let Some(seq) = tamper(kind, &self.state, &mut entries) else {
            bail!("the made-up city has nothing that could be falsified in this way");
        };
        let copy = self.folder.join("copies").join(kind.name());
        write(&copy, &entries, |log| self.key(log))?;
        let report = examine(&Logs::new(&copy), &self.policy);
        let violations = report.findings.iter().flat_map(|found| &found.violations);
        for one in violations.clone() {
            println!("{}", describe::violation(one, Language::En));
        }
        let is_named = violations.clone().any(|one| one.seq == seq);
        let result = if is_named { "FOUND" } else { "NOT FOUND" };
        println!("{result}: entry {seq} was falsified. The copy: {}", copy.display());
        Ok(is_named)
    }

    fn key(&self, log: Log) -> SecretKey {
        let [applications, referrals, bulletins] = &self.keys;
        match log {
            Log::Applications => applications,
            Log::Referrals => referrals,
            Log::Bulletins => bulletins,
        }
        .clone()
    }
}
