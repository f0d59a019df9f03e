//! The service's clock: the machine's, or a virtual one that stands until it is moved.
//!
//! Stamping a command and queueing it happen under one lock. So the queue is in order of time, and whoever reads
//! the clock afterwards knows that all earlier commands are in the queue already.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use kezek_calendar::Instant;

use crate::config::ClockChoice;
use crate::error::{ClockError, OpenError};

const FILE: &str = "clock";

/// The service's clock; it never goes back while the process runs.
#[derive(Debug)]
pub struct Clock {
    hands: Mutex<Hands>,
    file: Option<PathBuf>,
}

#[derive(Debug)]
struct Hands {
    latest: Instant,
}

impl ClockChoice {
    /// A virtual clock starts no earlier than this.
    pub(crate) fn not_before(self, now: Instant) -> Self {
        match self {
            Self::Real => Self::Real,
            Self::Virtual(start) => Self::Virtual(start.max(now)),
        }
    }
}

impl Clock {
    /// Opens the clock of a data directory; `journal_is_empty` tells whether the choice is still free.
    pub(crate) fn open(
        directory: &Path,
        choice: ClockChoice,
        journal_is_empty: bool,
    ) -> Result<Self, OpenError> {
        let file = directory.join(FILE);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(source) => return Err(OpenError::Directory { path: file, source }),
        };
        match (choice, text) {
            (ClockChoice::Real, None) => Ok(Self::new(machine_now(), None)),
            (ClockChoice::Real, Some(_)) => Err(OpenError::VirtualData { path: directory.to_owned() }),
            (ClockChoice::Virtual(start), None) if journal_is_empty => {
                write(&file, start).map_err(|source| OpenError::Directory { path: file.clone(), source })?;
                Ok(Self::new(start, Some(file)))
            }
            (ClockChoice::Virtual(_), None) => Err(OpenError::RealData { path: directory.to_owned() }),
            (ClockChoice::Virtual(_), Some(text)) => match Instant::parse(text.trim()) {
                Ok(now) => Ok(Self::new(now, Some(file))),
                Err(_) => Err(OpenError::ClockFile { path: file }),
            },
        }
    }

    fn new(latest: Instant, file: Option<PathBuf>) -> Self {
        Self { hands: Mutex::new(Hands { latest }), file }
    }

    /// The time now.
    pub fn now(&self) -> Instant {
        self.stamp(|now| now)
    }

    /// Whether the clock stands until it is moved.
    pub fn is_virtual(&self) -> bool {
        self.file.is_some()
    }

    /// Does something at one time: nobody reads the clock meanwhile, so it must be quick.
    pub(crate) fn stamp<T>(&self, act: impl FnOnce(Instant) -> T) -> T {
        let mut hands = self.hands();
        if !self.is_virtual() {
            // The machine's clock may be set back; the service's never is.
            hands.latest = hands.latest.max(machine_now());
        }
        act(hands.latest)
    }

    /// Moves a virtual clock forward and does something at the new time, as in [`Clock::stamp`].
    pub(crate) fn set<T>(&self, to: Instant, act: impl FnOnce() -> T) -> Result<T, ClockError> {
        let file = self.file.as_ref().ok_or(ClockError::Real)?;
        let mut hands = self.hands();
        if to < hands.latest {
            return Err(ClockError::Backward { now: hands.latest });
        }
        write(file, to).map_err(|source| ClockError::File { path: file.clone(), source })?;
        hands.latest = to;
        Ok(act())
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        // A moment is whole whoever panicked with the lock.
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The machine's clock. Sessions and locks of accounts go by it even when the service's clock is virtual.
pub(crate) fn machine_now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Writes beside and renames, so that the file always holds one whole moment.
fn write(file: &Path, moment: Instant) -> std::io::Result<()> {
    let beside = file.with_extension("new");
    let mut new = File::create(&beside)?;
    writeln!(new, "{moment}")?;
    new.sync_all()?;
    std::fs::rename(&beside, file)
}
