//! The copies of the three logs: verified whole, and read again in the one order of their entries.

use std::fmt;
use std::path::{Path, PathBuf};

use kezek_disclosure::{Entry, Log, Said, log_of};
use kezek_registry::check::{CheckError, check};
use kezek_registry::dir::Dir;
use kezek_registry::tile::{FULL, Row};
use kezek_registry::{Policy, Tile, bundle};

/// A copy of the registries.
#[derive(Clone, Debug)]
pub struct Logs {
    dirs: [Dir; 3],
}

/// A log that was verified.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Which.
    pub log: Log,
    /// Its origin.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root of its tree, in base64.
    pub root: String,
    /// Who cosigned it, and when (seconds since 1970).
    pub witnesses: Vec<(String, u64)>,
    /// The latest time at which a whole quorum had cosigned it; none if the policy asks for no witness.
    pub fresh_at: Option<u64>,
    /// Files that nothing vouches for.
    pub extra: Vec<String>,
}

/// A log that does not hold.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", .log.name())]
pub struct NotSound {
    /// Which.
    pub log: Log,
    /// Why.
    pub error: CheckError,
}

/// An entry that cannot be read as one, or stands in the wrong log.
#[derive(Debug)]
pub struct Unreadable {
    /// Where.
    pub log: Log,
    /// Its number in the log, from 0.
    pub index: u64,
    /// Why.
    pub why: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.log.name(), self.index, self.why)
    }
}

impl Logs {
    /// The copy in this directory: `applications`, `referrals` and `bulletins`, as they are served or as the service
    /// keeps them.
    pub fn new(root: &Path) -> Self {
        Logs { dirs: Log::ALL.map(|log| Dir::new(place_of(root, log))) }
    }

    fn dir(&self, log: Log) -> &Dir {
        let [applications, referrals, bulletins] = &self.dirs;
        match log {
            Log::Applications => applications,
            Log::Referrals => referrals,
            Log::Bulletins => bulletins,
        }
    }

    /// Verifies a log: every file, and who vouches for it. Cosignatures later than `now` (seconds since 1970) do not
    /// count. `tick` is told each entry's number.
    pub fn verify(
        &self,
        log: Log,
        policy: &Policy,
        now: u64,
        mut tick: impl FnMut(u64),
    ) -> Result<Verified, NotSound> {
        let dir = self.dir(log);
        let not_sound = |error| NotSound { log, error };
        let found = dir.list().map_err(|error| not_sound(CheckError::Unreadable(error)))?;
        let report =
            check(policy, now, found, |path| dir.read(path), |index, _| tick(index)).map_err(not_sound)?;
        let checkpoint = &report.witnessed.checkpoint;
        Ok(Verified {
            log,
            origin: checkpoint.origin.clone(),
            size: checkpoint.size,
            root: checkpoint.root.to_string(),
            witnesses: report.witnessed.witnesses.iter().map(|one| (one.name.clone(), one.time)).collect(),
            fresh_at: report.witnessed.fresh_at,
            extra: report.extra.iter().map(|one| one.path.clone()).collect(),
        })
    }

    /// The entries of all logs in the order of their numbers. What cannot be read is told to `wrong` and left out.
    pub fn entries<'a>(
        &'a self,
        sizes: &[u64; 3],
        wrong: impl FnMut(Unreadable) + 'a,
    ) -> impl Iterator<Item = Entry> + 'a {
        let sources = Log::ALL.into_iter().zip(sizes).map(|(log, size)| One {
            dir: self.dir(log),
            log,
            size: *size,
            bundle: Vec::new().into_iter(),
            index: 0,
        });
        Merged { sources: sources.collect(), next: Vec::new(), wrong }
    }
}

/// As served, a log is a directory; as the service keeps it, it stands in `public` beside what is not.
fn place_of(root: &Path, log: Log) -> PathBuf {
    let whole = root.join(log.name());
    let public = whole.join("public");
    if public.is_dir() { public } else { whole }
}

/// The entries of one log.
struct One<'a> {
    dir: &'a Dir,
    log: Log,
    size: u64,
    bundle: std::vec::IntoIter<Vec<u8>>,
    index: u64,
}

impl One<'_> {
    fn next(&mut self) -> Option<Result<Entry, Unreadable>> {
        if self.index >= self.size {
            return None;
        }
        if self.bundle.len() == 0 {
            match self.read_bundle() {
                Ok(entries) => self.bundle = entries.into_iter(),
                Err(why) => {
                    let unreadable = Unreadable { log: self.log, index: self.index, why };
                    self.index = self.size;
                    return Some(Err(unreadable));
                }
            }
        }
        let index = self.index;
        self.index += 1;
        let line = self.bundle.next()?;
        let read =
            Entry::parse(&line).map_err(|error| error.to_string()).and_then(|entry| self.belongs(entry));
        Some(read.map_err(|why| Unreadable { log: self.log, index, why }))
    }

    fn read_bundle(&self) -> Result<Vec<Vec<u8>>, String> {
        let full = u64::from(FULL);
        let number = self.index / full;
        let width = u16::try_from(full.min(self.size - number * full)).unwrap_or(FULL);
        let tile = Tile::new(Row::Entries, number, width).ok_or("no such bundle")?;
        let bytes = self.dir.read(&tile.path()).map_err(|error| error.to_string())?;
        let entries = bundle::decode(&bytes, width).map_err(|error| error.to_string())?;
        Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
    }

    /// An entry brought over from another log tells nothing here.
    fn belongs(&self, entry: Entry) -> Result<Entry, String> {
        let event = match &entry.said {
            Said::Fact(event) => Some(event.clone()),
            Said::Part(part) => Some(part.stand_in().ok_or("it names a benefit that cannot be")?),
            Said::Kept => None,
        };
        match event {
            Some(event) if log_of(&event) != self.log => {
                Err(format!("it belongs to the log {}", log_of(&event).name()))
            }
            _ => Ok(entry),
        }
    }
}

struct Merged<'a, W> {
    sources: Vec<One<'a>>,
    /// The next entry of each source, once looked at.
    next: Vec<Option<Entry>>,
    wrong: W,
}

impl<W: FnMut(Unreadable)> Merged<'_, W> {
    fn pull(&mut self, source: usize) -> Option<Entry> {
        loop {
            match self.sources.get_mut(source)?.next()? {
                Ok(entry) => return Some(entry),
                Err(unreadable) => (self.wrong)(unreadable),
            }
        }
    }
}

impl<W: FnMut(Unreadable)> Iterator for Merged<'_, W> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        if self.next.is_empty() {
            self.next = (0..self.sources.len()).map(|source| self.pull(source)).collect();
        }
        let waiting = self.next.iter().enumerate();
        let first = waiting.filter_map(|(source, entry)| Some((entry.as_ref()?.seq, source))).min();
        let (_, source) = first?;
        let following = self.pull(source);
        self.next.get_mut(source).and_then(|slot| std::mem::replace(slot, following))
    }
}
