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
/// Clocks further apart than this, in microseconds, disagree.
pub(crate) const BOUND_US: i64 = 2_000_000;

/// The service's clock; it never goes back while the process runs.
#[derive(Debug)]
pub struct Clock {
    hands: Mutex<Hands>,
    file: Option<PathBuf>,
}

#[derive(Debug)]
struct Hands {
    latest: Instant,
    trust: Trust,
}

/// Whether the machine's clock is believed.
#[derive(Debug, Clone, Copy)]
enum Trust {
    /// Nobody compares it with another.
    Unwatched,
    /// It was right at this time, which was then on a clock that nobody sets.
    Right(Instant, std::time::Instant),
    /// It is ahead, or was set forward since: the service's clock stands until it is found right.
    Doubted,
}

impl Trust {
    fn at(self, machine: Instant) -> Self {
        let Self::Right(then, counted) = self else { return self };
        let counted_us = i64::try_from(counted.elapsed().as_micros()).unwrap_or(i64::MAX);
        let latest_us = then.as_micros().saturating_add(counted_us).saturating_add(BOUND_US);
        if machine.as_micros() > latest_us { Self::Doubted } else { self }
    }
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
        Self { hands: Mutex::new(Hands { latest, trust: Trust::Unwatched }), file }
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
            let machine = machine_now();
            hands.trust = hands.trust.at(machine);
            if !matches!(hands.trust, Trust::Doubted) {
                // The machine's clock may be set back; the service's never is.
                hands.latest = hands.latest.max(machine);
            }
        }
        act(hands.latest)
    }

    /// Notes that the machine's clock agrees with another. From now on it is watched for being set forward.
    pub(crate) fn found_right(&self) {
        self.hands().trust = Trust::Right(machine_now(), std::time::Instant::now());
    }

    /// Notes that the machine's clock is ahead: the service's clock stands until it is found right.
    pub(crate) fn found_ahead(&self) {
        self.hands().trust = Trust::Doubted;
    }

    /// Whether nothing may be written by this clock at present.
    pub(crate) fn is_doubted(&self) -> bool {
        self.stamp(|_| ());
        matches!(self.hands().trust, Trust::Doubted)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_forward_stands_until_it_is_found_right() {
        let clock = Clock::new(Instant::from_micros(0), None);
        clock.found_right();
        let before = clock.now();
        assert!(!clock.is_doubted());
        // As if it had been found right a moment ago, when it said less.
        let earlier = Instant::from_micros(machine_now().as_micros() - BOUND_US - 1_000_000);
        clock.hands().trust = Trust::Right(earlier, std::time::Instant::now());
        assert!(clock.is_doubted());
        let stands = clock.now();
        assert!(stands >= before);
        std::thread::sleep(std::time::Duration::from_millis(5));
        assert_eq!(clock.now(), stands);
        clock.found_right();
        assert!(!clock.is_doubted());
        assert!(clock.now() > stands);
    }

    #[test]
    fn a_clock_that_nobody_compares_goes_by_the_machine() {
        let clock = Clock::new(Instant::from_micros(0), None);
        assert!(clock.now() > Instant::from_micros(0) && !clock.is_doubted());
    }
}
