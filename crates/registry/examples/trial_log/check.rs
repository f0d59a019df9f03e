//! The whole check of a case by the crate itself.

use std::{path::Path, process::ExitCode};

use kezek_registry::{
    Checkpoint, Hash, Policy, Receipt,
    check::{self, CheckError},
    proof::verify_consistency,
};

use crate::case::{CONSISTENCY, Case, ENTRY, POLICY, RECEIPT, REMEMBERED};

/// Which part of a case is refused, and why.
type Refused = (&'static str, Box<dyn std::error::Error>);

/// Checks a case and says what is wrong with it.
pub fn run(root: &Path, now: u64, max_age: u64) -> ExitCode {
    match check(&Case::new(root, now), max_age) {
        Ok(found) => {
            println!("sound: {found}");
            ExitCode::SUCCESS
        }
        Err((part, error)) => {
            println!("{part}: {error}");
            ExitCode::from(1)
        }
    }
}

fn check(case: &Case, max_age: u64) -> Result<String, Refused> {
    let policy = case.read(POLICY).and_then(|bytes| Ok(Policy::parse(&bytes)?)).map_err(at("checkpoint"))?;
    let dir = case.dir();
    let found = dir.list().map_err(|error| ("files", error.into()))?;
    let report = check::check(&policy, case.now, found, |path| dir.read(path), |_, _| {});
    let report = report.map_err(|error| match error {
        CheckError::Unreadable(_) | CheckError::Checkpoint(_) => ("checkpoint", error.into()),
        _ => ("files", error.into()),
    })?;
    if report.witnessed.fresh_at.is_none_or(|time| time + max_age < case.now) {
        return Err(("checkpoint", "no quorum of fresh cosignatures".into()));
    }
    if let Some(extra) = report.extra.first() {
        return Err(("files", format!("{} does not belong there", extra.path).into()));
    }
    let checkpoint = &report.witnessed.checkpoint;
    if case.path(REMEMBERED).exists() {
        let old = case.read(REMEMBERED).and_then(|bytes| Ok(policy.open(&bytes, case.now)?));
        old.and_then(|old| continues(case, &old.checkpoint, checkpoint)).map_err(at("old"))?;
    }
    if case.path(RECEIPT).exists() {
        receipt(case, &policy, checkpoint).map_err(at("receipt"))?;
    }
    if case.path(CONSISTENCY).exists() {
        consistency(case).map_err(at("proof"))?;
    }
    Ok(format!("{} entries in {} files", checkpoint.size, report.files))
}

fn at(part: &'static str) -> impl Fn(Box<dyn std::error::Error>) -> Refused {
    move |error| (part, error)
}

fn continues(case: &Case, old: &Checkpoint, new: &Checkpoint) -> crate::Result<()> {
    let proof = case.reader()?.prove_consistency(old.size, new.size)?;
    Ok(verify_consistency(old.size, &old.root, new.size, &new.root, &proof)?)
}

/// A receipt is sound by itself, and speaks of the log that is shown.
fn receipt(case: &Case, policy: &Policy, log: &Checkpoint) -> crate::Result<()> {
    let receipt = Receipt::parse(&case.read(RECEIPT)?)?;
    let witnessed = receipt.verify(&case.read(ENTRY)?, policy, case.now)?;
    continues(case, &witnessed.checkpoint, log)
}

fn consistency(case: &Case) -> crate::Result<()> {
    let written = case.text(CONSISTENCY)?;
    let mut lines = written.lines();
    let (old, new) = lines.next().and_then(|line| line.split_once(' ')).ok_or("no sizes")?;
    let mut hashes = lines.map(|line| Hash::from_base64(line).ok_or("not a hash"));
    let old_root = hashes.next().ok_or("no old root")??;
    let new_root = hashes.next().ok_or("no new root")??;
    let proof = hashes.collect::<Result<Vec<_>, _>>()?;
    Ok(verify_consistency(old.parse()?, &old_root, new.parse()?, &new_root, &proof)?)
}
