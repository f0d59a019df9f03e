//! One cycle: new entries are staged, signed, committed to the database, put into the public files, and shown.
//!
//! Whatever happens in between, the next start finds on the disk and in the database how far it came (`recover.rs`).

use std::path::PathBuf;

use kezek_disclosure::{Disclosed, Log};
use kezek_journal::{Moved, RegistryHead};
use kezek_registry::dir::{Dir, DirError};
use kezek_registry::grow::{Growth, Head, NewFile};

use super::derive::{self, Line, Origins};
use super::error::RegistryError;
use super::ledger::OneLog;
use super::publisher::{Publisher, apart};
use super::secrets::Secrets;
use super::staging::{self, Part, Staged};
use super::witness::Witnesses;

/// Most facts of a cycle: it must end within the time that a lock of the database may be held.
pub const FACTS_MAX: u64 = 20_000;

/// Where a trial lets a cycle end, as if the process had been killed there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Nowhere: the service.
    Nowhere,
    /// Before anything is staged; secrets are kept.
    BeforeStaging,
    /// Nothing is signed.
    Staged,
    /// After so many logs' notes were kept.
    Signed(usize),
    /// The database has it.
    Committed,
    /// The files of so many logs are there.
    Stored(usize),
    /// The checkpoints of so many logs are shown.
    Shown(usize),
}

/// Logs that have grown.
struct Grown {
    staged: Staged,
    growths: Vec<(Log, Growth)>,
}

impl Publisher {
    /// Publishes the next facts up to this one, or some of them.
    pub(super) async fn cycle(&mut self, head: u64) -> Result<(), RegistryError> {
        let first = self.ledger.signed_seq() + 1;
        let last = head.min(first + FACTS_MAX - 1);
        let mut disclosed = self.deriver.take(first, last).await?;
        let committed = self.stage_and_commit(first, last, &mut disclosed).await;
        if committed.is_err() {
            self.deriver.put_back(disclosed);
        }
        let (path, grown) = committed?;
        self.store(grown).await?;
        self.show().await?;
        apart(move || staging::remove(&path)).await??;
        Ok(())
    }

    async fn stage_and_commit(
        &mut self,
        first: u64,
        last: u64,
        disclosed: &mut Vec<Disclosed>,
    ) -> Result<(PathBuf, Grown), RegistryError> {
        let published = &self.published;
        let child = |id| published.read(|view| view.state.application(id).map(|one| one.child.0));
        let secrets = Secrets::for_new(&self.people, disclosed, child).await?;
        self.stop_at(Stop::BeforeStaging)?;
        let (origins, root, folder) =
            (self.origins.clone(), self.ledger.root().to_owned(), self.ledger.staging());
        let heads: Vec<(Log, Head)> =
            self.ledger.logs().iter().map(|one| (one.log, one.head.clone())).collect();
        let mut given = std::mem::take(disclosed);
        let (given, staged) = apart(move || {
            let staged = derive::lines(&mut given, &secrets, &origins, &root).and_then(|lines| {
                let grown = grow(first, last, lines, heads)?;
                Ok((grown.staged.write(&folder)?, grown))
            });
            (given, staged)
        })
        .await?;
        *disclosed = given;
        let (path, grown) = staged?;
        self.stop_at(Stop::Staged)?;
        self.commit(&grown.staged).await?;
        Ok((path, grown))
    }

    /// Signs what is staged on the heads that were read under the lock, and moves them. After that it is final.
    pub(super) async fn commit(&mut self, staged: &Staged) -> Result<(), RegistryError> {
        let is_first = self.ledger.heads.is_empty();
        let mut new = Vec::new();
        for (one, done) in self.ledger.logs().iter().zip(0..) {
            let (mut size, mut root) = one.state_in(&self.ledger.heads);
            match staged.part(one.log) {
                Some(part) => (size, root) = (part.to(), part.root),
                None if is_first => {}
                None => continue,
            }
            let note = one.sign(size, root)?;
            self.stop_at(Stop::Signed(done))?;
            let (signed, kept) = (one.signed.clone(), note.clone());
            apart(move || signed.add(&kept)).await??;
            let checkpoint = match &self.witnesses {
                Witnesses::None => note.clone(),
                Witnesses::Asked(_) => {
                    one.head_in(&self.ledger.heads).map(|head| head.checkpoint.clone()).unwrap_or_default()
                }
            };
            new.push(RegistryHead { log: one.log.name().to_owned(), size, root: root.0, note, checkpoint });
        }
        self.stop_at(Stop::Signed(Log::ALL.len()))?;
        self.move_heads(new).await?;
        self.stop_at(Stop::Committed)
    }

    /// Moves the database's heads from those that are known.
    pub(super) async fn move_heads(&mut self, new: Vec<RegistryHead>) -> Result<(), RegistryError> {
        match self.journal.move_registry_heads(&self.ledger.heads, &new).await? {
            Moved::ByAnother => Err(RegistryError::MovedByAnother),
            Moved::Done => {
                let heads = &mut self.ledger.heads;
                heads.retain(|head| !new.iter().any(|moved| moved.log == head.log));
                heads.extend(new);
                heads.sort_by(|one, other| one.log.cmp(&other.log));
                Ok(())
            }
        }
    }

    /// Puts grown logs into the public files.
    async fn store(&mut self, grown: Grown) -> Result<(), RegistryError> {
        let growths = grown.growths;
        for ((log, growth), done) in growths.into_iter().zip(0..) {
            self.stop_at(Stop::Stored(done))?;
            let Some(one) = self.ledger.logs_mut().iter_mut().find(|one| one.log == log) else { continue };
            store(one, growth).await?;
        }
        self.stop_at(Stop::Stored(Log::ALL.len()))
    }

    pub(super) fn stop_at(&self, here: Stop) -> Result<(), RegistryError> {
        if self.stop == here { Err(RegistryError::Stopped) } else { Ok(()) }
    }
}

/// Adds what a log has grown by to its files.
pub async fn store(one: &mut OneLog, growth: Growth) -> Result<(), RegistryError> {
    let Growth { head, files } = growth;
    let dir = one.dir.clone();
    apart(move || store_files(&dir, &files)).await??;
    one.head = head;
    Ok(())
}

fn store_files(dir: &Dir, files: &[NewFile]) -> Result<(), DirError> {
    dir.store(files)
}

/// The logs with these lines.
fn grow(first: u64, last: u64, lines: Vec<Line>, heads: Vec<(Log, Head)>) -> Result<Grown, RegistryError> {
    let mut of_logs: Vec<Vec<Vec<u8>>> = vec![Vec::new(); heads.len()];
    for line in lines {
        let at = heads.iter().position(|(log, _)| *log == line.log);
        if let Some(entries) = at.and_then(|at| of_logs.get_mut(at)) {
            entries.push(line.bytes);
        }
    }
    let (mut parts, mut growths) = (Vec::new(), Vec::new());
    for ((log, head), entries) in heads.into_iter().zip(of_logs) {
        if entries.is_empty() {
            continue;
        }
        let growth = grow_one(&head, &entries, last)?;
        parts.push(Part { log, from: head.size(), root: growth.head.root(), entries });
        growths.push((log, growth));
    }
    Ok(Grown { staged: Staged { first, last, parts }, growths })
}

/// One log with these entries, the last of which is of the fact `seq`, or an earlier one.
pub fn grow_one(head: &Head, entries: &[Vec<u8>], seq: u64) -> Result<Growth, RegistryError> {
    head.grow(entries).map_err(|error| RegistryError::NoEntry { seq, reason: error.to_string() })
}

/// The names of the logs.
pub fn origins(logs: &[OneLog]) -> Origins {
    logs.iter().map(|one| one.key.public().name().to_owned()).collect()
}
