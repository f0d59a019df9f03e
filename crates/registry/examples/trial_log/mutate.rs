//! Copies of a case, each changed in one way.

use std::{fs, path::Path};

use crate::{Result, case::Case, files, notes, proofs};

/// A name, and what is done to the copy.
pub type Mutation = (&'static str, fn(&Case) -> Result<()>);

/// All mutations with the part of the case that they spoil; besides, `bit-flip:NUMBER` flips one bit of one file.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let named =
        |(part, mutations): (_, &'static [Mutation])| mutations.iter().map(move |(name, _)| (part, *name));
    GROUPS.into_iter().flat_map(named).chain(notes::names().map(|name| ("checkpoint", name)))
}

const GROUPS: [(&str, &[Mutation]); 4] = [
    ("files", files::MUTATIONS),
    ("old", files::HISTORIES),
    ("receipt", proofs::RECEIPTS),
    ("proof", proofs::CONSISTENCY_PROOFS),
];

/// Makes a changed copy of a case.
pub fn mutate(name: &str, from: &Path, to: &Path, now: u64) -> Result<()> {
    copy(from, to)?;
    let case = Case::new(to, now);
    if let Some(number) = name.strip_prefix("bit-flip:") {
        return files::flip(&case, number.parse()?);
    }
    match GROUPS.iter().flat_map(|(_, group)| *group).find(|(known, _)| *known == name) {
        Some((_, change)) => change(&case),
        None => notes::mutate(name, &case),
    }
}

/// Copies a directory; files get a second name, so that nothing is written twice.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::hard_link(entry.path(), target)?;
        }
    }
    Ok(())
}
