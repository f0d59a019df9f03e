//! What a cycle is about to publish: one durable file with the new entries of all logs, written before anything is
//! signed and removed when everything is published.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use kezek_disclosure::Log;
use kezek_registry::Hash;
use kezek_registry::dir::{self, DirError};
use sha2::{Digest, Sha256};

use super::error::RegistryError;

const FIRST_LINE: &str = "kezek registry cycle 1";
const DIGEST: usize = 32;
/// More than any cycle has.
const LONGEST: usize = 512 * 1024 * 1024;

/// The new entries of a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// The first fact.
    pub first: u64,
    /// The last fact.
    pub last: u64,
    /// The logs that get entries, in the order of [`Log::ALL`].
    pub parts: Vec<Part>,
}

/// The new entries of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub log: Log,
    /// How many entries the log had.
    pub from: u64,
    /// The root with the new ones.
    pub root: Hash,
    pub entries: Vec<Vec<u8>>,
}

impl Part {
    /// How many entries the log then has.
    pub fn to(&self) -> u64 {
        self.from + self.entries.len() as u64
    }
}

impl Staged {
    /// Its part of one log.
    pub fn part(&self, log: Log) -> Option<&Part> {
        self.parts.iter().find(|part| part.log == log)
    }

    /// Writes it durably; returns the file.
    pub fn write(&self, folder: &Path) -> Result<PathBuf, DirError> {
        let bytes = self.encode();
        // Its own content is in its name: what an earlier attempt left is never taken for it.
        let mark: String =
            bytes.iter().skip(bytes.len() - DIGEST).take(8).map(|byte| format!("{byte:02x}")).collect();
        let path = folder.join(format!("{}-{mark}", self.last));
        dir::create_file(&path, &bytes)?;
        Ok(path)
    }

    /// All that are there, with their files.
    pub fn read_all(folder: &Path) -> Result<Vec<(PathBuf, Self)>, RegistryError> {
        let broken = |error| DirError::Io { path: folder.to_owned(), error };
        let listed = match std::fs::read_dir(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed.map_err(broken)?,
        };
        let mut found = Vec::new();
        for entry in listed {
            let path = entry.map_err(broken)?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
                // Broken off before it had its name.
                remove(&path)?;
                continue;
            }
            let bytes = dir::read_limited(&path, LONGEST).map_err(broken)?;
            let damaged = || RegistryError::Damaged { path: path.clone(), reason: "it is no cycle".into() };
            found.push((path.clone(), Self::decode(&bytes).ok_or_else(damaged)?));
        }
        Ok(found)
    }

    fn encode(&self) -> Vec<u8> {
        let mut text = format!("{FIRST_LINE}\n{} {}\n", self.first, self.last);
        for Part { log, from, root, entries } in &self.parts {
            text.push_str(&format!("{} {from} {} {root}\n", log.name(), entries.len()));
        }
        text.push('\n');
        let entries = self.parts.iter().flat_map(|part| &part.entries);
        let mut bytes = Vec::with_capacity(
            text.len() + DIGEST + entries.clone().map(|entry| 4 + entry.len()).sum::<usize>(),
        );
        bytes.extend(text.as_bytes());
        for entry in entries {
            bytes.extend(u32::try_from(entry.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend(entry);
        }
        let digest = Sha256::digest(&bytes);
        bytes.extend(digest);
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (bytes, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
        if Sha256::digest(bytes).as_slice() != digest {
            return None;
        }
        let end = bytes.windows(2).position(|pair| pair == b"\n\n")?;
        let mut lines = std::str::from_utf8(bytes.get(..end)?).ok()?.lines();
        let mut rest = bytes.get(end + 2..)?;
        if lines.next()? != FIRST_LINE {
            return None;
        }
        let (first, last) = lines.next()?.split_once(' ')?;
        let mut parts = Vec::new();
        for line in lines {
            let mut words = line.split(' ');
            let (log, from) = (Log::named(words.next()?)?, words.next()?.parse().ok()?);
            let (count, root) = (words.next()?.parse::<usize>().ok()?, Hash::from_base64(words.next()?)?);
            let mut entries = Vec::new();
            for _ in 0..count {
                let (length, after) = rest.split_first_chunk::<4>()?;
                let (entry, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
                entries.push(entry.to_vec());
                rest = after;
            }
            parts.push(Part { log, from, root, entries });
        }
        rest.is_empty().then_some(Self { first: first.parse().ok()?, last: last.parse().ok()?, parts })
    }
}

/// Removes a file; one that is gone already is no error.
pub fn remove(path: &Path) -> Result<(), DirError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(DirError::Io { path: path.to_owned(), error })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_read_as_it_was_written_and_a_damaged_one_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let part = |log, from, entries: &[&[u8]]| Part {
            log,
            from,
            root: kezek_registry::hash::leaf(b"x"),
            entries: entries.iter().map(|entry| entry.to_vec()).collect(),
        };
        let parts =
            vec![part(Log::Applications, 3, &[b"a", b"", b"\n\n"]), part(Log::Bulletins, 0, &[b"{}"])];
        let staged = Staged { first: 4, last: 7, parts };
        let path = staged.write(directory.path()).unwrap();
        assert_eq!(
            staged.write(directory.path()).unwrap(),
            path,
            "a second attempt finds the first one's file"
        );
        assert_eq!(Staged::read_all(directory.path()).unwrap(), [(path.clone(), staged)]);
        let bytes = std::fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert_eq!(Staged::decode(&other), None, "byte {at}");
        }
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert_eq!(Staged::read_all(directory.path()).unwrap(), []);
        assert_eq!(Staged::read_all(&directory.path().join("none")).unwrap(), []);
    }
}
