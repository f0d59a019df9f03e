//! Snapshots are a cache of what the rules make of the journal, so they are good for the same rules only: their
//! format is a number made of the sources that decide what a state is.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

const STATE: [&str; 3] = ["../rules/src", "../calendar/src", "src/history.rs"];
/// The same of what the publisher of the registries keeps.
const CONTEXT: [&str; 3] = ["../disclosure/src", "../rules/src", "../calendar/src"];

fn main() -> std::io::Result<()> {
    println!("cargo::rustc-env=KEZEK_SNAPSHOT_FORMAT={}", number_of(&STATE)?);
    println!("cargo::rustc-env=KEZEK_CONTEXT_FORMAT={}", number_of(&CONTEXT)?);
    Ok(())
}

fn number_of(sources: &[&str]) -> std::io::Result<u32> {
    let mut hasher = DefaultHasher::new();
    for source in sources {
        println!("cargo::rerun-if-changed={source}");
        for file in files(Path::new(source))? {
            hasher.write(&std::fs::read(file)?);
        }
    }
    Ok(hasher.finish() as u32)
}

/// Every file under a path, in one order on every machine.
fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut entries =
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        found.extend(files(&entry)?);
    }
    Ok(found)
}
