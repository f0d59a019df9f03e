//! What disk and database say at a start, and what follows from it.
//!
//! The database's heads are the truth about what is signed: a cycle is final once they have moved. The files and the
//! notes of this node may be behind them, and are brought up; they are never ahead, unless the database was put back to
//! an earlier state. Then nothing is signed any more: two notes of one size with two roots could not be taken back.

use std::io::ErrorKind;
use std::path::PathBuf;

use kezek_disclosure::Entry;
use kezek_journal::RegistryHead;
use kezek_registry::dir::{Dir, DirError};
use kezek_registry::grow::Head;
use kezek_registry::read::{ReadError, Reader};
use kezek_registry::tile::CHECKPOINT;
use kezek_registry::{Checkpoint, hash, proof};

use super::cycle::{self, FACTS_MAX};
use super::derive::{self, Line};
use super::error::RegistryError;
use super::ledger::OneLog;
use super::publisher::{Publisher, apart};
use super::secrets::Secrets;
use super::staging::{self, Staged};

/// What the disk has of one log.
struct OnDisk {
    public: Option<Checkpoint>,
    signed: Option<Checkpoint>,
}

/// A log's files as far as they go.
struct Files {
    head: Head,
    /// The fact of the last entry; 0 without one.
    seq: u64,
}

impl Publisher {
    /// Brings the ledger to what is signed, or refuses. Under the lock.
    pub(super) async fn recover(&mut self) -> Result<(), RegistryError> {
        self.shown.forget();
        let heads = self.journal.registry_heads().await?;
        let head = self.journal.head().await?.seq;
        let (logs, folder) = (self.ledger.logs().to_vec(), self.ledger.staging());
        if !self.is_swept {
            let logs = logs.clone();
            apart(move || logs.iter().try_for_each(|one| one.dir.settle())).await??;
            self.is_swept = true;
        }
        let (logs, on_disk, staged) = apart(move || {
            let on_disk = logs.iter().map(look).collect::<Result<Vec<_>, _>>();
            (logs, on_disk, Staged::read_all(&folder))
        })
        .await?;
        let (on_disk, staged) = (on_disk?, staged?);
        for (one, found) in logs.iter().zip(&on_disk) {
            check_one(one, &heads, found)?;
        }
        self.ledger.heads = heads;
        let published = self.ledger.signed_seq();
        if head < published {
            return Err(RegistryError::FactsLost { published, head });
        }
        self.complete(&logs, &on_disk, &staged, head).await?;
        self.bring_up(&on_disk, &staged).await?;
        self.check_signed(&on_disk).await?;
        self.show_what_is_kept(&on_disk).await?;
        apart(move || staged.iter().try_for_each(|(path, _)| staging::remove(path))).await??;
        Ok(())
    }

    /// A cycle that was signed and did not reach the database is carried on with the very entries that were signed.
    async fn complete(
        &mut self,
        logs: &[OneLog],
        on_disk: &[OnDisk],
        staged: &[(PathBuf, Staged)],
        head: u64,
    ) -> Result<(), RegistryError> {
        let known = |one: &OneLog| one.state_in(&self.ledger.heads).0;
        let mut ahead = logs.iter().zip(on_disk).filter_map(|(one, found)| {
            found.signed.as_ref().filter(|signed| signed.size > known(one)).map(|signed| (one, signed))
        });
        let Some((first, signed)) = ahead.next() else { return Ok(()) };
        let lost =
            RegistryError::OldBackup { log: first.log.name(), published: signed.size, known: known(first) };
        let all: Vec<(&OneLog, &Checkpoint)> = std::iter::once((first, signed)).chain(ahead).collect();
        let next = self.ledger.signed_seq() + 1;
        let fits = |one: &&(PathBuf, Staged)| {
            let (_, staged) = one;
            let is_next = staged.first == next && staged.last <= head;
            let continues =
                logs.iter().all(|log| staged.part(log.log).is_none_or(|part| part.from == known(log)));
            let is_signed = all.iter().all(|(log, signed)| {
                staged
                    .part(log.log)
                    .map_or(signed.size == 0, |part| (part.to(), part.root) == (signed.size, signed.root))
            });
            is_next && continues && is_signed
        };
        let Some((_, staged)) = staged.iter().find(fits) else { return Err(lost) };
        let lines = self.lines_again(staged.first, staged.last).await?;
        for part in &staged.parts {
            let again = lines.iter().filter(|line| line.log == part.log).map(|line| &line.bytes);
            if !again.eq(part.entries.iter()) {
                return Err(lost);
            }
        }
        self.commit(staged).await
    }

    /// Brings the files of each log to its head.
    async fn bring_up(
        &mut self,
        on_disk: &[OnDisk],
        staged: &[(PathBuf, Staged)],
    ) -> Result<(), RegistryError> {
        let heads = self.ledger.heads.clone();
        let mut seqs = Vec::new();
        for (one, found) in self.ledger.logs_mut().iter_mut().zip(on_disk) {
            let (size, root) = one.state_in(&heads);
            let target = one.checkpoint(size, root);
            let base = found.public.clone().unwrap_or_else(|| one.checkpoint(0, hash::empty()));
            let dir = one.dir.clone();
            let files =
                apart(move || read_files(&dir, &target).or_else(|_| read_files(&dir, &base))).await??;
            one.head = files.head;
            seqs.push(files.seq);
        }
        for (_, staged) in staged {
            self.store_staged(staged, &heads).await?;
        }
        let is_behind = |one: &OneLog| one.head.size() < one.state_in(&heads).0;
        if !self.ledger.logs().iter().any(is_behind) {
            return Ok(());
        }
        // Where the files of all logs end with the same fact, nothing before it is missing.
        let last = seqs.iter().copied().max().unwrap_or(0);
        let first_missing = if self.ledger.seq() == last {
            last
        } else {
            let behind = self.ledger.logs().iter().zip(&seqs).filter(|(one, _)| is_behind(one));
            behind.map(|(_, seq)| *seq).min().unwrap_or(0)
        };
        self.derive_again(first_missing + 1, &seqs, &heads).await
    }

    /// A cycle that the database has and the files have not, or not all.
    async fn store_staged(&mut self, staged: &Staged, heads: &[RegistryHead]) -> Result<(), RegistryError> {
        for one in self.ledger.logs_mut() {
            let target = one.state_in(heads);
            let part = staged
                .part(one.log)
                .filter(|part| part.from == one.head.size() && (part.to(), part.root) == target);
            let Some(part) = part else { continue };
            let growth = cycle::grow_one(&one.head, &part.entries, staged.last)?;
            if growth.head.root() == part.root {
                cycle::store(one, growth).await?;
            }
        }
        Ok(())
    }

    /// Makes entries from the facts that other nodes have published, and proves that they are the same.
    async fn derive_again(
        &mut self,
        first: u64,
        seqs: &[u64],
        heads: &[RegistryHead],
    ) -> Result<(), RegistryError> {
        let (mut next, last) = (first, self.ledger.signed_seq());
        while next <= last {
            let end = last.min(next + FACTS_MAX - 1);
            let lines = self.lines_again(next, end).await?;
            let path = self.ledger.root().to_owned();
            for (one, has) in self.ledger.logs_mut().iter_mut().zip(seqs) {
                let of_log = lines.iter().filter(|line| line.log == one.log && line.seq > *has);
                let entries: Vec<Vec<u8>> = of_log.map(|line| line.bytes.clone()).collect();
                let (size, root) = one.state_in(heads);
                if one.head.size() == size || entries.is_empty() {
                    continue;
                }
                let growth = cycle::grow_one(&one.head, &entries, end)?;
                let grown = growth.head.size();
                if grown > size || (grown == size && growth.head.root() != root) {
                    return Err(RegistryError::OtherEntries { log: one.log.name(), path });
                }
                cycle::store(one, growth).await?;
            }
            next = end + 1;
        }
        for one in self.ledger.logs() {
            if (one.head.size(), one.head.root()) != one.state_in(heads) {
                return Err(self.other_entries(one.log.name()));
            }
        }
        Ok(())
    }

    /// The entries of facts that are signed already: nothing new is drawn for them.
    async fn lines_again(&mut self, first: u64, last: u64) -> Result<Vec<Line>, RegistryError> {
        let mut disclosed = self.deriver.take(first, last).await?;
        let secrets = Secrets::found(&self.people, &disclosed).await?;
        let (origins, root) = (self.origins.clone(), self.ledger.root().to_owned());
        apart(move || derive::lines(&mut disclosed, &secrets, &origins, &root)).await?
    }

    /// Every note that this node ever signed is of what the log is now, or of how it began.
    async fn check_signed(&self, on_disk: &[OnDisk]) -> Result<(), RegistryError> {
        for (one, found) in self.ledger.logs().iter().zip(on_disk) {
            let Some(signed) = found.signed.clone() else { continue };
            let now = one.checkpoint(one.head.size(), one.head.root());
            let (dir, log, size) = (one.dir.clone(), one.log.name(), signed.size);
            let proven = apart(move || {
                let proof =
                    Reader::open(&now, |path| dir.read(path))?.prove_consistency(signed.size, now.size)?;
                proof::verify_consistency(signed.size, &signed.root, now.size, &now.root, &proof)?;
                Ok::<(), ReadError>(())
            })
            .await?;
            proven.map_err(|_| RegistryError::Fork { log, size })?;
        }
        Ok(())
    }

    /// Shows the checkpoints that the database has and the files have not.
    async fn show_what_is_kept(&self, on_disk: &[OnDisk]) -> Result<(), RegistryError> {
        for (one, found) in self.ledger.logs().iter().zip(on_disk) {
            let Some(head) = one.head_in(&self.ledger.heads).filter(|head| !head.checkpoint.is_empty())
            else {
                continue;
            };
            let checkpoint = one.open(&head.checkpoint)?;
            if found.public.as_ref().is_none_or(|public| public.size < checkpoint.size) {
                let (dir, bytes) = (one.dir.clone(), head.checkpoint.clone());
                apart(move || dir.publish(bytes.as_bytes())).await??;
            }
        }
        Ok(())
    }

    fn other_entries(&self, log: &'static str) -> RegistryError {
        RegistryError::OtherEntries { log, path: self.ledger.root().to_owned() }
    }
}

/// What the disk has of a log.
fn look(one: &OneLog) -> Result<OnDisk, RegistryError> {
    let broken = |error| DirError::Io { path: one.dir.root().to_owned(), error };
    let public = match one.dir.read(CHECKPOINT) {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        read => {
            let bytes = read.map_err(broken)?;
            let path = one.dir.root().join(CHECKPOINT);
            let damaged = |_| RegistryError::Damaged { path, reason: "it is no text".into() };
            Some(one.open(&String::from_utf8(bytes).map_err(damaged)?)?)
        }
    };
    let signed = one.signed.last()?.map(|note| one.open(&note)).transpose()?;
    Ok(OnDisk { public, signed })
}

/// Neither the public files nor this node's own notes may be ahead of the database or beside it. Signed notes that are
/// ahead are looked at by [`Publisher::complete`].
fn check_one(one: &OneLog, heads: &[RegistryHead], found: &OnDisk) -> Result<(), RegistryError> {
    let log = one.log.name();
    let (known, root) = one.state_in(heads);
    if let Some(head) = one.head_in(heads) {
        let signed = one.open(&head.note)?;
        if (signed.size, signed.root) != (known, root) {
            return Err(RegistryError::Fork { log, size: known });
        }
    }
    for noted in [&found.public, &found.signed].into_iter().flatten() {
        if noted.size == known && noted.root != root {
            return Err(RegistryError::Fork { log, size: known });
        }
    }
    match &found.public {
        Some(public) if public.size > known => {
            Err(RegistryError::OldBackup { log, published: public.size, known })
        }
        _ => Ok(()),
    }
}

/// The right edge of a log's files as a checkpoint vouches for it.
fn read_files(dir: &Dir, checkpoint: &Checkpoint) -> Result<Files, RegistryError> {
    let damaged =
        |error: ReadError| RegistryError::Damaged { path: dir.root().to_owned(), reason: error.to_string() };
    let mut reader = Reader::open(checkpoint, |path| dir.read(path)).map_err(damaged)?;
    let head = reader.head().map_err(damaged)?;
    let seq = match checkpoint.size.checked_sub(1) {
        None => 0,
        Some(last) => {
            let entry = reader.entry(last).map_err(damaged)?;
            let reason = |error: kezek_disclosure::EntryError| error.to_string();
            let unread = |reason| RegistryError::Damaged { path: dir.root().to_owned(), reason };
            Entry::parse(&entry).map_err(|error| unread(reason(error)))?.seq
        }
    };
    Ok(Files { head, seq })
}
