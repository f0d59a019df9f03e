//! A log's directory: immutable files written durably, a checkpoint replaced atomically.
//!
//! After a failed `fsync` nobody knows what is on the disk, and asking again tells nothing: whoever gets
//! [`DirError::Sync`] ends the process and starts from what the disk has.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, Permissions},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

use thiserror::Error;

use crate::{
    bundle,
    grow::NewFile,
    listing::{Found, Kind},
    note,
    tile::{CHECKPOINT, FULL, Row, Tile},
};

/// How the names of unfinished files begin and end.
const UNFINISHED: (&str, &str) = (".", ".tmp");
/// Makes the names of unfinished files differ.
static UNFINISHED_NUMBER: AtomicU64 = AtomicU64::new(0);

/// Why a file was not written.
#[derive(Debug, Error)]
pub enum DirError {
    /// An ordinary error, such as a full disk; nothing was replaced.
    #[error("{}: {error}", .path.display())]
    Io {
        /// Which file or directory.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The disk did not confirm a write. End the process; never try again.
    #[error(
        "{} is perhaps not on the disk ({error}); stop here and start again from what the disk has",
        .path.display()
    )]
    Sync {
        /// Which file or directory.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// An immutable file is there with other content. End the process: two histories exist.
    #[error("{} is already there with other content; stop here and find out which is right", .0.display())]
    Differs(PathBuf),
    /// Only a partial file whose full file is there may be removed.
    #[error("{0} is still needed")]
    Needed(String),
}

/// The directory of one log.
#[derive(Clone, Debug)]
pub struct Dir {
    root: PathBuf,
}

impl Dir {
    /// The log in this directory, which need not be there yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The bytes of the checkpoint or of a tile. Any other path is refused, and so is a file that is longer than it
    /// can be, or no ordinary file.
    pub fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let limit = match Tile::parse(path) {
            _ if path == CHECKPOINT => note::LONGEST,
            Some(tile) if tile.row() == Row::Entries => bundle::LONGEST,
            Some(_) => usize::from(FULL) * 32,
            None => return Err(io::Error::new(ErrorKind::InvalidInput, "not a file of a log")),
        };
        read_limited(&self.root.join(path), limit)
    }

    /// Writes immutable files durably. Files that are there with the same content stay.
    pub fn store(&self, files: &[NewFile]) -> Result<(), DirError> {
        let mut touched = BTreeMap::new();
        for file in files {
            create(&self.root.join(file.tile.path()), &file.bytes, &mut touched)?;
        }
        sync_directories(&touched)
    }

    /// Replaces the checkpoint, durably and at once: a reader sees the old one or the new one.
    pub fn publish(&self, checkpoint: &[u8]) -> Result<(), DirError> {
        replace_file(&self.root.join(CHECKPOINT), checkpoint)
    }

    /// Everything below the directory that is not a directory. Links are listed, not followed.
    pub fn list(&self) -> io::Result<Vec<Found>> {
        Ok(self.walk()?.0)
    }

    /// At each start, before anything is written: removes what a killed process left unfinished, and makes sure
    /// that all it has put under a name is on the disk.
    pub fn settle(&self) -> Result<(), DirError> {
        let (found, folders) = match self.walk() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            walked => walked.map_err(io_error(&self.root))?,
        };
        for one in found {
            let name = one.path.rsplit('/').next().unwrap_or_default();
            if one.kind == Kind::File && name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1) {
                let path = self.root.join(&one.path);
                fs::remove_file(&path).map_err(io_error(&path))?;
            }
        }
        for path in folders {
            let folder = File::open(&path).map_err(io_error(&path))?;
            folder.sync_all().map_err(sync_error(&path))?;
        }
        Ok(())
    }

    /// Files and whatever else is there, and the directories.
    fn walk(&self) -> io::Result<(Vec<Found>, Vec<PathBuf>)> {
        let (mut found, mut folders) = (Vec::new(), Vec::new());
        let mut open = vec![(self.root.clone(), String::new())];
        while let Some((folder, prefix)) = open.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
                match entry.file_type()? {
                    kind if kind.is_dir() => open.push((entry.path(), path + "/")),
                    kind if kind.is_file() => found.push(Found { path, kind: Kind::File }),
                    kind if kind.is_symlink() => found.push(Found { path, kind: Kind::Link }),
                    _ => found.push(Found { path, kind: Kind::Other }),
                }
            }
            folders.push(folder);
        }
        found.sort_by(|one, other| one.path.cmp(&other.path));
        Ok((found, folders))
    }

    /// Removes a partial file of an earlier size; refused unless the full file is there.
    pub fn remove_partial(&self, partial: &Tile) -> Result<(), DirError> {
        let full = Tile::new(partial.row(), partial.index(), FULL).filter(|_| partial.is_partial());
        let full = full.map(|full| self.root.join(full.path())).filter(|full| full.is_file());
        if full.is_none() {
            return Err(DirError::Needed(partial.path()));
        }
        let path = self.root.join(partial.path());
        fs::remove_file(&path).map_err(io_error(&path))?;
        if let Some(folder) = path.parent() {
            // Fails while other partial files are there; the last one takes its directory with it.
            let _ = fs::remove_dir(folder);
        }
        Ok(())
    }
}

/// The bytes of an ordinary file of at most `limit` bytes.
pub fn read_limited(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let found = fs::symlink_metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "not an ordinary file"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(limit).min(limit));
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        return Err(io::Error::new(ErrorKind::InvalidData, format!("longer than {limit} bytes")));
    }
    Ok(bytes)
}

/// Writes one immutable file durably, as [`Dir::store`] does.
pub fn create_file(path: &Path, bytes: &[u8]) -> Result<(), DirError> {
    let mut touched = BTreeMap::new();
    create(path, bytes, &mut touched)?;
    sync_directories(&touched)
}

/// Replaces a file durably and at once.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), DirError> {
    let mut touched = BTreeMap::new();
    let folder = open_directory(path, &mut touched)?;
    let unfinished = write_unfinished(path, &folder, bytes)?;
    fs::rename(&unfinished, path).map_err(|error| abandon(&unfinished, path, error))?;
    sync_directories(&touched)
}

/// Creates a file under its name with all its content, or compares it with what is there.
fn create(path: &Path, bytes: &[u8], touched: &mut BTreeMap<PathBuf, File>) -> Result<(), DirError> {
    let folder = open_directory(path, touched)?;
    if is_there(path, bytes)? {
        return Ok(());
    }
    let unfinished = write_unfinished(path, &folder, bytes)?;
    // Unlike a rename, a link never replaces what another process has put there meanwhile.
    match fs::hard_link(&unfinished, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(abandon(&unfinished, path, error)),
        linked => {
            fs::remove_file(&unfinished).map_err(io_error(&unfinished))?;
            if linked.is_err() { is_there(path, bytes).map(|_| ()) } else { Ok(()) }
        }
    }
}

/// Whether the file is there, durably, with this content; an error if with other content.
fn is_there(path: &Path, bytes: &[u8]) -> Result<bool, DirError> {
    let found = match read_limited(path, bytes.len()) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput) => None,
        other => Some(other.map_err(io_error(path))?),
    };
    if found.as_deref() != Some(bytes) {
        return Err(DirError::Differs(path.to_owned()));
    }
    // Whoever wrote it may have been killed before the disk confirmed it.
    let file = File::open(path).map_err(io_error(path))?;
    file.sync_all().map_err(sync_error(path))?;
    Ok(true)
}

/// Writes the content under another name in the same directory, down to the disk.
fn write_unfinished(path: &Path, folder: &Path, bytes: &[u8]) -> Result<PathBuf, DirError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (unfinished, mut file) = loop {
        let number = UNFINISHED_NUMBER.fetch_add(1, Ordering::Relaxed);
        let (begin, end) = UNFINISHED;
        let unfinished = folder.join(format!("{begin}{name}.{}-{number}{end}", process::id()));
        match OpenOptions::new().write(true).create_new(true).mode(0o444).open(&unfinished) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            opened => break (unfinished.clone(), opened.map_err(io_error(&unfinished))?),
        }
    };
    let written = file.write_all(bytes).and_then(|()| file.set_permissions(Permissions::from_mode(0o444)));
    written.map_err(|error| abandon(&unfinished, path, error))?;
    file.sync_all().map_err(sync_error(path))?;
    Ok(unfinished)
}

/// Opens the directory of a file before anything is written to it, and creates it if need be. Its handle stays open
/// until it is synchronised, so that no error of the disk is lost.
fn open_directory(path: &Path, touched: &mut BTreeMap<PathBuf, File>) -> Result<PathBuf, DirError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    if touched.contains_key(&folder) {
        return Ok(folder);
    }
    let opened = match File::open(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            open_directory(&folder, touched)?;
            match fs::create_dir(&folder) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                created => created.map_err(io_error(&folder))?,
            }
            File::open(&folder)
        }
        opened => opened,
    };
    touched.insert(folder.clone(), opened.map_err(io_error(&folder))?);
    Ok(folder)
}

fn sync_directories(touched: &BTreeMap<PathBuf, File>) -> Result<(), DirError> {
    touched.iter().try_for_each(|(path, folder)| folder.sync_all().map_err(sync_error(path)))
}

/// An error before the file got its name: what was written so far goes away.
fn abandon(unfinished: &Path, path: &Path, error: io::Error) -> DirError {
    // If even this fails, `Dir::settle` does it at the next start.
    let _ = fs::remove_file(unfinished);
    DirError::Io { path: path.to_owned(), error }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> DirError {
    let path = path.to_owned();
    |error| DirError::Io { path, error }
}

fn sync_error(path: &Path) -> impl FnOnce(io::Error) -> DirError {
    let path = path.to_owned();
    |error| DirError::Sync { path, error }
}
