//! `kezek scenario`: the law as tests.

use anyhow::{Context, Result, bail};
use kezek_rules::scenario::{self, LAW, Outcome};
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Play scenario files, or all *.toml files in folders. Ends with "N passed, N failed".
    Run {
        /// Files or folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// List every clause the rules carry out with its scenarios, and those with none.
    Coverage {
        /// Files or folders.
        #[arg(default_value = "scenarios")]
        paths: Vec<PathBuf>,
    },
}

pub fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Run { paths } => play(&paths),
        Command::Coverage { paths } => coverage(&paths),
    }
}

fn play(paths: &[PathBuf]) -> Result<ExitCode> {
    let (mut passed, mut failed) = (0, 0);
    for (path, outcome) in outcomes(paths)? {
        if outcome.passed() {
            passed += 1;
            continue;
        }
        failed += 1;
        for failure in &outcome.failures {
            match failure.step {
                0 => println!("{}: {}", path.display(), failure.message),
                step => println!("{}: step {step}: {}", path.display(), failure.message),
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn coverage(paths: &[PathBuf]) -> Result<ExitCode> {
    let outcomes = outcomes(paths)?;
    let mut without = Vec::new();
    for clause in LAW {
        let covering: Vec<String> = outcomes
            .iter()
            .filter(|(_, outcome)| scenario::covers(clause, &outcome.clauses))
            .map(|(path, _)| path.display().to_string())
            .collect();
        println!("{:9} {}", clause.cite, clause.says);
        for path in &covering {
            println!("          {path}");
        }
        if covering.is_empty() {
            without.push(clause.cite);
        }
    }
    if without.is_empty() {
        println!("every clause has a scenario");
        return Ok(ExitCode::SUCCESS);
    }
    println!("without a scenario: {}", without.join(", "));
    Ok(ExitCode::FAILURE)
}

fn outcomes(paths: &[PathBuf]) -> Result<Vec<(PathBuf, Outcome)>> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files).with_context(|| format!("reading {}", path.display()))?;
    }
    if files.is_empty() {
        bail!("no scenario files found; give a *.toml file or a folder that holds some");
    }
    files
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let outcome = scenario::run(&text);
            Ok((path, outcome))
        })
        .collect()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "toml") {
            collect(&entry, files)?;
        }
    }
    Ok(())
}
