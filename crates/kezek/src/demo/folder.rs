//! The demonstration's data directory: whole, half built, or somebody else's.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::cast::Picked;

/// Written when the city is built: how large it is and whom one can be.
const MARKER: &str = "demo.json";
/// There while it is being built.
const BUILDING: &str = "demo.building";
/// All that a demonstration ever writes.
const FILES: [&str; 10] = [
    "journal.db",
    "journal.db-wal",
    "journal.db-shm",
    "journal.lock",
    "clock",
    "clock.new",
    "kezek.key",
    "registry.key",
    MARKER,
    BUILDING,
];

/// The made-up registries.
const REGISTRY: &str = "registry";

/// A data directory for demonstrations.
pub struct Folder {
    path: PathBuf,
}

/// See [`MARKER`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Marker {
    pub size: String,
    pub people: Vec<Picked>,
}

impl Marker {
    pub fn new(size: &str, people: Vec<Picked>) -> Self {
        Marker { size: size.to_owned(), people }
    }
}

impl Folder {
    pub fn new(path: PathBuf) -> Self {
        Folder { path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was built here; nothing in an empty directory or a half-built one, which is cleared.
    pub fn marker(&self) -> Result<Option<Marker>> {
        let file = self.path.join(MARKER);
        if file.exists() {
            let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
            let marker = serde_json::from_str(&text);
            return marker
                .map(Some)
                .with_context(|| format!("{} is damaged; start with --fresh", file.display()));
        }
        self.clear()?;
        Ok(None)
    }

    /// Removes a demonstration. Anything else is left alone.
    pub fn clear(&self) -> Result<()> {
        let is_demo = self.path.join(MARKER).exists() || self.path.join(BUILDING).exists();
        if !is_demo && self.path.join("journal.db").exists() {
            bail!(
                "{} holds the data of a service; give the demonstration a directory of its own",
                self.path.display()
            );
        }
        let registry = self.path.join(REGISTRY);
        if is_demo && registry.exists() {
            fs::remove_dir_all(&registry).with_context(|| format!("removing {}", registry.display()))?;
        }
        // The marker goes last, so that a clearing cut short is taken up again.
        for file in FILES.iter().map(|name| self.path.join(name)) {
            match fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("removing {}", file.display()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Notes that building begins.
    pub fn begin(&self) -> Result<()> {
        fs::create_dir_all(&self.path).with_context(|| format!("making {}", self.path.display()))?;
        let file = self.path.join(BUILDING);
        fs::write(&file, "").with_context(|| format!("writing {}", file.display()))
    }

    /// Notes that the city is whole.
    pub fn finish(&self, marker: &Marker) -> Result<()> {
        let file = self.path.join(MARKER);
        let text = serde_json::to_string_pretty(marker)?;
        fs::write(&file, text).with_context(|| format!("writing {}", file.display()))?;
        fs::remove_file(self.path.join(BUILDING)).context("removing the mark of building")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_never_cleared() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("journal.db"), "facts").unwrap();
        let folder = Folder::new(directory.path().to_owned());
        assert!(folder.clear().is_err());
        assert!(folder.marker().is_err());
        assert!(directory.path().join("journal.db").exists());
    }

    #[test]
    fn half_a_city_is_built_again() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path().join("demo"));
        folder.begin().unwrap();
        fs::write(folder.path().join("journal.db"), "half").unwrap();
        fs::write(folder.path().join("notes.txt"), "mine").unwrap();
        assert!(folder.marker().unwrap().is_none());
        assert!(!folder.path().join("journal.db").exists());
        assert!(folder.path().join("notes.txt").exists());
        folder.begin().unwrap();
        folder.finish(&Marker::new("district", Vec::new())).unwrap();
        assert_eq!(folder.marker().unwrap().unwrap().size, "district");
    }
}
