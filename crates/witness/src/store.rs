//! What a witness remembers: its key, and per log the latest checkpoint that it cosigned.
//!
//! ```text
//! lock           held by the process that runs
//! witness.key    the secret key (0400)
//! marker         the public key, and the logs it ever signed for
//! logs/<sha256 of the origin>/head       the latest cosigned checkpoint
//! logs/<sha256 of the origin>/evidence/  refused requests that the log had signed
//! ```
//!
//! The disk's word counts: a head is read under the lock of its log for each decision, and is on the disk before the
//! answer leaves.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use kezek_registry::{
    Checkpoint, Note, PublicKey, SecretKey,
    dir::{self, Dir, DirError},
    key::KeyError,
    note,
};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::{
    judge::{Evidence, Head},
    key_file,
    marker::{Known, Marker},
};

/// The longest marker file, in bytes.
const LONGEST_MARKER: usize = 1024 * 1024;
/// How many refused requests of each kind are kept per log.
pub const MOST_EVIDENCE: usize = 100;

/// Why a witness cannot use its store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// An ordinary error, such as a full disk, or a write whose end is unknown.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// A file cannot be read or written.
    #[error("{}: {error}", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another process runs on the directory.
    #[error("{} is in use by another witness; one process at a time", .0.display())]
    InUse(PathBuf),
    /// The system gives no random numbers.
    #[error("no random numbers for a key: {0}")]
    Random(getrandom::Error),
    /// The key file holds no key, or the name cannot be a key's.
    #[error("the key of the witness: {0}")]
    Key(#[from] KeyError),
    /// The key is of another name.
    #[error(
        "this directory is of the witness {found}, not of {asked}; a new name is a new witness in a new directory"
    )]
    OtherName {
        /// The name of the key.
        found: String,
        /// The name that was asked for.
        asked: String,
    },
    /// A log is not known yet.
    #[error(
        "the log {0} is new here; compare its key with its operator by another way, then start once with --new-log"
    )]
    NewLog(String),
    /// A log has a key that this witness has itself.
    #[error("the key given for the log {0} is this witness's own")]
    OwnKey(String),
    /// An earlier write's end is unknown.
    #[error("an earlier write has perhaps failed; start again from what the disk has")]
    Broken,
    /// Something that must be there is gone. Signing on could support two histories of one log.
    #[error(
        "{what}: this witness has lost its memory and must not sign again. Put the files back if they were only \
         moved; otherwise retire it and start a new one under a new name (docs/witness.md)"
    )]
    Lost {
        /// What is gone or does not fit.
        what: String,
    },
}

impl StoreError {
    /// Whether the process must end: what is on the disk is not known, or not what was written.
    pub fn is_fatal(&self) -> bool {
        matches!(
            self,
            Self::Dir(DirError::Sync { .. } | DirError::Differs(_)) | Self::Broken | Self::Lost { .. }
        )
    }
}

/// Whether logs that the store does not know may be trusted at their first checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstUse {
    /// No: such a log is an error.
    Refuse,
    /// Yes: the operator has compared their keys. It does not excuse a lost record.
    Allow,
}

/// The store, open for one process.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    own: PublicKey,
    marker: Mutex<Marker>,
    turns: BTreeMap<String, Mutex<()>>,
    /// Set once a write's end is unknown.
    is_broken: AtomicBool,
    /// Held as long as the store is open.
    _lock: File,
}

impl Store {
    /// Opens or makes the store of the witness of this name, for the logs of these origins.
    pub fn open(
        root: &Path,
        name: &str,
        origins: &[&str],
        first_use: FirstUse,
    ) -> Result<(Self, SecretKey), StoreError> {
        fs::create_dir_all(root).map_err(io_error(root))?;
        let lock = lock(root)?;
        Dir::new(root).settle()?;
        let (key, mut marker) = open_key(root, name)?;
        let written = marker.clone();
        for (origin, known) in &mut marker.logs {
            match (&known, read_head(root, origin, key.public())?) {
                (Known::Signed, None) => return Err(lost(format!("no record of the log {origin}"))),
                // It was killed before it noted its first signature.
                (Known::New, Some(_)) => *known = Known::Signed,
                _ => {}
            }
        }
        for &origin in origins {
            if marker.logs.contains_key(origin) {
                continue;
            }
            if read_head(root, origin, key.public())?.is_some() {
                return Err(lost(format!("the marker does not know the log {origin}")));
            }
            match first_use {
                FirstUse::Refuse => return Err(StoreError::NewLog(origin.to_owned())),
                FirstUse::Allow => marker.logs.insert(origin.to_owned(), Known::New),
            };
        }
        if marker != written {
            dir::replace_file(&root.join("marker"), marker.text().as_bytes())?;
        }
        let turns = marker.logs.keys().map(|origin| (origin.clone(), Mutex::new(()))).collect();
        let own = key.public().clone();
        let (root, marker, is_broken) = (root.to_owned(), Mutex::new(marker), AtomicBool::new(false));
        Ok((Self { root, own, marker, turns, is_broken, _lock: lock }, key))
    }

    /// Lets `decide` see the recorded head of a log, and records the one it gives, durably. No other decision on
    /// the log comes between.
    pub fn change<E>(
        &self,
        origin: &str,
        decide: impl FnOnce(Option<&Head>) -> Result<Head, E>,
    ) -> Result<Result<Head, E>, StoreError> {
        let _turn = self.take_turn(origin)?;
        let recorded = self.recorded(origin)?;
        let next = match decide(recorded.as_ref()) {
            Ok(next) => next,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let done = self.record(origin, &next);
        if done.as_ref().is_err_and(StoreError::is_fatal) {
            self.is_broken.store(true, Ordering::Release);
        }
        done.map(|()| Ok(next))
    }

    /// The recorded head of a log. It waits for its turn: a head that is not yet on the disk is not shown, since its
    /// cosignature could be forgotten.
    pub fn head(&self, origin: &str) -> Result<Option<Head>, StoreError> {
        let _turn = self.take_turn(origin)?;
        self.recorded(origin)
    }

    fn take_turn(&self, origin: &str) -> Result<MutexGuard<'_, ()>, StoreError> {
        let turn = self.turns.get(origin).ok_or_else(|| StoreError::NewLog(origin.to_owned()))?;
        let turn = hold(turn);
        if self.is_broken.load(Ordering::Acquire) {
            return Err(StoreError::Broken);
        }
        Ok(turn)
    }

    fn recorded(&self, origin: &str) -> Result<Option<Head>, StoreError> {
        let head = read_head(&self.root, origin, &self.own)?;
        if head.is_none() && hold(&self.marker).logs.get(origin) == Some(&Known::Signed) {
            return Err(lost(format!("the record of the log {origin} vanished")));
        }
        Ok(head)
    }

    /// Keeps a refused request beside the head that it met, unless it is kept already or there are enough.
    pub fn keep(
        &self,
        origin: &str,
        kind: Evidence,
        recorded: Option<&Head>,
        note: &Note,
        body: &[u8],
    ) -> Result<(), StoreError> {
        let folder = log_folder(&self.root, origin).join("evidence");
        let prefix = match kind {
            Evidence::Fork => "fork",
            Evidence::Unproved => "unproved",
        };
        let name = format!("{prefix}-{}", hex(note.text()));
        let kept = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            found => found
                .map_err(io_error(&folder))?
                .flatten()
                .filter(|one| {
                    let name = one.file_name().to_string_lossy().into_owned();
                    name.starts_with(prefix) && name.ends_with(".request")
                })
                .count(),
        };
        let request = folder.join(format!("{name}.request"));
        if kept >= MOST_EVIDENCE || request.exists() {
            return Ok(());
        }
        let recorded = recorded.map(|head| head.note.to_text()).unwrap_or_default();
        dir::create_file(&folder.join(format!("{name}.recorded")), recorded.as_bytes())?;
        Ok(dir::create_file(&request, body)?)
    }

    /// The head first, then the mark: whoever is killed between has answered nothing yet.
    fn record(&self, origin: &str, head: &Head) -> Result<(), StoreError> {
        dir::replace_file(&head_file(&self.root, origin), head.note.to_text().as_bytes())?;
        let mut marker = hold(&self.marker);
        if marker.logs.get(origin) != Some(&Known::Signed) {
            let mut next = marker.clone();
            next.logs.insert(origin.to_owned(), Known::Signed);
            dir::replace_file(&self.root.join("marker"), next.text().as_bytes())?;
            *marker = next;
        }
        Ok(())
    }
}

/// The name under which a log's files are kept and served: the hash of its origin.
pub fn hex(origin: &str) -> String {
    Sha256::digest(origin).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key and the marker of a directory; both are made in an empty one.
fn open_key(root: &Path, name: &str) -> Result<(SecretKey, Marker), StoreError> {
    let (key_path, marker_path) = (root.join("witness.key"), root.join("marker"));
    let key = key_file::read(&key_path).map_err(io_error(&key_path))?;
    let marker = match dir::read_limited(&marker_path, LONGEST_MARKER) {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        read => {
            let read = read.map_err(io_error(&marker_path))?;
            Some(Marker::parse(&read).ok_or_else(|| lost(format!("{} is damaged", marker_path.display())))?)
        }
    };
    match (key, marker) {
        (Some(text), Some(marker)) => {
            let key = SecretKey::parse(text.trim_end())?;
            if key.public() != &marker.key {
                return Err(lost("the key is not the one of the marker".to_owned()));
            }
            if key.public().name() != name {
                let found = key.public().name().to_owned();
                return Err(StoreError::OtherName { found, asked: name.to_owned() });
            }
            Ok((key, marker))
        }
        (Some(_), None) => Err(lost(format!("there is a key but not {}", marker_path.display()))),
        // The marker is written before the key, so a killed first start leaves one that has signed nothing.
        (None, marker)
            if marker.iter().flat_map(|marker| marker.logs.values()).all(|&known| known == Known::New) =>
        {
            if root.join("logs").exists() {
                return Err(lost(format!("there are records but not {}", key_path.display())));
            }
            let key = key_file::make(name).map_err(StoreError::Random)??;
            let marker = Marker { key: key.public().clone(), logs: BTreeMap::new() };
            dir::replace_file(&marker_path, marker.text().as_bytes())?;
            key_file::create(&key_path, &key).map_err(io_error(&key_path))?;
            Ok((key, marker))
        }
        (None, _) => Err(lost(format!("{} is gone", key_path.display()))),
    }
}

fn lock(root: &Path) -> Result<File, StoreError> {
    let path = root.join("lock");
    let file = File::create(&path).map_err(io_error(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(root.to_owned())),
        Err(TryLockError::Error(error)) => Err(StoreError::Io { path, error }),
    }
}

/// The head of a log, which must carry this witness's own cosignature.
fn read_head(root: &Path, origin: &str, own: &PublicKey) -> Result<Option<Head>, StoreError> {
    let path = head_file(root, origin);
    let bytes = match dir::read_limited(&path, note::LONGEST) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => read.map_err(io_error(&path))?,
    };
    let damaged = || lost(format!("{} is damaged", path.display()));
    let note = Note::parse(&bytes).map_err(|_| damaged())?;
    let checkpoint = Checkpoint::parse(note.text()).map_err(|_| damaged())?;
    let signed = note.verify(std::slice::from_ref(own)).map_err(|_| damaged())?;
    let time = signed.first().and_then(|one| one.time).ok_or_else(damaged)?;
    if checkpoint.origin != origin {
        return Err(damaged());
    }
    Ok(Some(Head { checkpoint, time, note }))
}

fn log_folder(root: &Path, origin: &str) -> PathBuf {
    root.join("logs").join(hex(origin))
}

fn head_file(root: &Path, origin: &str) -> PathBuf {
    log_folder(root, origin).join("head")
}

fn lost(what: String) -> StoreError {
    StoreError::Lost { what }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    |error| StoreError::Io { path, error }
}

/// A lock holds no data that a panic could leave half changed: the disk's word counts.
fn hold<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
