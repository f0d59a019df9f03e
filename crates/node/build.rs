//! Snapshots are a cache of what the rules make of the journal, so they are good for the same rules only: their
//! format is a number made of the sources that decide what a state is.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

const SOURCES: [&str; 3] = ["../rules/src", "../calendar/src", "src/history.rs"];

fn main() -> std::io::Result<()> {
    let mut hasher = DefaultHasher::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        for file in files(Path::new(source))? {
            hasher.write(&std::fs::read(file)?);
        }
    }
    println!("cargo::rustc-env=KEZEK_SNAPSHOT_FORMAT={}", hasher.finish() as u32);
    Ok(())
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
