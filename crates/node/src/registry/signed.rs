//! Every note that this node ever signed for one registry, in the order of signing: one file, only added to.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use kezek_registry::dir::DirError;

/// More than two notes with one signature each.
const TAIL: u64 = 8 * 1024;
/// Ends a note. A note has one of its own, before its signatures.
const END: &str = "\n\n";
const SIGNATURE: &str = "— ";

/// The file of one registry.
#[derive(Debug, Clone)]
pub struct Signed {
    path: PathBuf,
}

impl Signed {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    #[cfg(test)]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The last note. What was not written to its end was never signed for anybody, and is cut off.
    pub fn last(&self) -> Result<Option<String>, DirError> {
        let mut file = match OpenOptions::new().read(true).write(true).open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| self.io(error))?,
        };
        let length = file.metadata().map_err(|error| self.io(error))?.len();
        let begin = length.saturating_sub(TAIL);
        let mut tail = Vec::new();
        file.seek(SeekFrom::Start(begin)).map_err(|error| self.io(error))?;
        file.read_to_end(&mut tail).map_err(|error| self.io(error))?;
        let whole = whole_notes(&tail);
        if whole.len() < tail.len() {
            let end = begin + whole.len() as u64;
            file.set_len(end).map_err(|error| self.io(error))?;
            file.sync_all().map_err(|error| self.sync(error))?;
        }
        let text = String::from_utf8_lossy(whole);
        let mut parts = text.trim_end().rsplit(END);
        Ok(match (parts.next(), parts.next()) {
            (Some(signature), Some(body)) if signature.starts_with(SIGNATURE) => {
                Some(format!("{body}{END}{signature}\n"))
            }
            _ => None,
        })
    }

    /// Adds a note, durably.
    pub fn add(&self, note: &str) -> Result<(), DirError> {
        let is_new = !self.path.try_exists().map_err(|error| self.io(error))?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        if is_new {
            std::fs::create_dir_all(folder).map_err(|error| self.io(error))?;
        }
        let opened = OpenOptions::new().append(true).create(true).open(&self.path);
        let mut file = opened.map_err(|error| self.io(error))?;
        file.write_all(format!("{note}\n").as_bytes()).map_err(|error| self.io(error))?;
        file.sync_data().map_err(|error| self.sync(error))?;
        if is_new {
            for folder in [Some(folder), folder.parent()].into_iter().flatten() {
                File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| self.sync(error))?;
            }
        }
        Ok(())
    }

    fn io(&self, error: std::io::Error) -> DirError {
        DirError::Io { path: self.path.clone(), error }
    }

    fn sync(&self, error: std::io::Error) -> DirError {
        DirError::Sync { path: self.path.clone(), error }
    }
}

/// The bytes up to the end of the last note that is whole.
fn whole_notes(tail: &[u8]) -> &[u8] {
    let mut end = tail.len();
    loop {
        let Some(found) = tail.get(..end).and_then(|part| part.windows(2).rposition(|pair| pair == b"\n\n"))
        else {
            return &[];
        };
        let upto = tail.get(..found + 2).unwrap_or_default();
        let line = upto.get(..found).and_then(|part| part.rsplit(|byte| *byte == b'\n').next());
        if line.is_some_and(|line| line.starts_with(SIGNATURE.as_bytes())) {
            return upto;
        }
        end = found + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_whole_note_counts_and_a_torn_one_is_cut_off() {
        let directory = tempfile::tempdir().unwrap();
        let signed = Signed::new(directory.path().join("private/signed"));
        assert_eq!(signed.last().unwrap(), None);
        let note = |size: u64| {
            format!("kezek.example/referrals\n{size}\nAAAA\n\n— kezek.example/referrals Zm9v{size}\n")
        };
        for size in 1..=100 {
            signed.add(&note(size)).unwrap();
            assert_eq!(signed.last().unwrap(), Some(note(size)));
        }
        let whole = std::fs::read(signed.path()).unwrap();
        let more = format!("{}\n", note(101));
        for torn in 1..more.len() {
            std::fs::write(signed.path(), [&whole, &more.as_bytes()[..torn]].concat()).unwrap();
            assert_eq!(signed.last().unwrap(), Some(note(100)), "torn after {torn} bytes");
            assert_eq!(std::fs::read(signed.path()).unwrap(), whole);
        }
    }
}
