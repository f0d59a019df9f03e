//! What facts become public as, in order: the same facts give the same entries on every node.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kezek_disclosure::{Context, Disclosed, Log, Opening};
use kezek_journal::{Head, Journal};
use kezek_registry::commit::Record;
use kezek_registry::{bundle, dir};
use kezek_rules::Fact;
use sha2::{Digest, Sha256};

use super::error::RegistryError;
use super::feed::Feed;
use super::secrets::Secrets;
use crate::load;

/// The type that commitments are bound to.
pub const KIND: &str = "kezek/1";
/// What earlier facts tell, kept so that a start need not read them all.
const CONTEXT_FILE: &str = "context";
/// Whatever makes a context changes its number.
const FORMAT: &str = env!("KEZEK_CONTEXT_FORMAT");
const DIGEST: usize = 32;
/// Larger than that of any country.
const CONTEXT_MAX: usize = 2_000_000_000;

/// The names of the logs, in the order of [`Log::ALL`].
pub type Origins = Arc<[String]>;

/// Discloses facts one after the other.
#[derive(Debug)]
pub struct Deriver {
    journal: Journal,
    feed: Arc<Feed>,
    context: Context,
    /// Disclosed, and not known to be published: the last of them is the context's last fact.
    pending: VecDeque<Disclosed>,
    file: PathBuf,
    /// The fact that the kept context stands at.
    kept: u64,
}

/// An entry for a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub log: Log,
    pub seq: u64,
    pub bytes: Vec<u8>,
}

impl Deriver {
    /// Begins with the context that was kept in this directory, or with the first fact.
    pub fn open(journal: Journal, feed: Arc<Feed>, root: &Path) -> Self {
        let file = root.join(CONTEXT_FILE);
        let context = read_context(&file).unwrap_or_default();
        let kept = context.seq();
        Self { journal, feed, context, pending: VecDeque::new(), file, kept }
    }

    /// What becomes public of these facts. It is given out of this place: give it back by [`Deriver::put_back`] if it is
    /// not published.
    pub async fn take(&mut self, first: u64, last: u64) -> Result<Vec<Disclosed>, RegistryError> {
        self.go_to(first).await?;
        while self.context.seq() < last {
            self.disclose_more(last).await?;
        }
        let count = usize::try_from((last + 1).saturating_sub(first)).unwrap_or(usize::MAX);
        Ok(self.pending.drain(..count.min(self.pending.len())).collect())
    }

    /// What was taken last and is not published.
    pub fn put_back(&mut self, taken: Vec<Disclosed>) {
        for one in taken.into_iter().rev() {
            self.pending.push_front(one);
        }
    }

    /// Keeps the context, so that the next start begins here. It is made anew from the facts if it gets lost.
    pub async fn keep(&mut self) {
        // With facts pending it would stand too far ahead.
        if !self.pending.is_empty() || self.context.seq() == self.kept {
            return;
        }
        let (file, context) = (self.file.clone(), std::mem::take(&mut self.context));
        let written = tokio::task::spawn_blocking(move || (write_context(&file, &context), context)).await;
        let Ok((written, context)) = written else { return };
        self.context = context;
        match written {
            Ok(()) => self.kept = self.context.seq(),
            Err(reason) => {
                tracing::warn!(reason, "where publishing stands was not kept; the next start takes longer")
            }
        }
    }

    /// How many facts were disclosed since the context was kept.
    pub fn unkept(&self) -> u64 {
        self.context.seq().saturating_sub(self.kept)
    }

    /// Lets the next fact taken be this one.
    async fn go_to(&mut self, first: u64) -> Result<(), RegistryError> {
        let before = first.saturating_sub(1);
        let next = self.pending.front().map_or(self.context.seq() + 1, |one| one.entry.seq);
        if next > first {
            // Entries are to be made again that were made before.
            self.pending.clear();
            self.context = read_context(&self.file).filter(|kept| kept.seq() < first).unwrap_or_default();
        }
        while self.pending.front().is_some_and(|one| one.entry.seq < first) {
            self.pending.pop_front();
        }
        while self.context.seq() < before {
            self.disclose_more(before).await?;
            self.pending.clear();
        }
        Ok(())
    }

    /// Discloses up to a page of the next facts, none after `last`.
    async fn disclose_more(&mut self, last: u64) -> Result<(), RegistryError> {
        let next = self.context.seq() + 1;
        let room = u32::try_from(last + 1 - next).unwrap_or(load::PAGE).min(load::PAGE);
        let mut facts = self.feed.take(next, room as usize);
        if facts.is_empty() {
            let after = Head { seq: next - 1, time_us: 0 };
            let read = load::next_facts(&self.journal, after, room).await?;
            facts = read
                .map(|(facts, _)| facts)
                .ok_or(RegistryError::FactsLost { published: last, head: next - 1 })?;
        }
        let context = std::mem::take(&mut self.context);
        let disclosed = tokio::task::spawn_blocking(move || disclose(context, next, &facts)).await;
        let (context, disclosed) = disclosed.map_err(|_| RegistryError::BrokenOff)?;
        self.context = context;
        self.pending.extend(disclosed);
        Ok(())
    }
}

fn disclose(mut context: Context, first: u64, facts: &[Fact]) -> (Context, Vec<Disclosed>) {
    let disclosed = facts.iter().zip(first..).map(|(fact, seq)| context.disclose(seq, fact)).collect();
    (context, disclosed)
}

/// The entries with their commitments. A secret that is not there was erased.
pub fn lines(
    disclosed: &mut [Disclosed],
    secrets: &Secrets,
    origins: &Origins,
    root: &Path,
) -> Result<Vec<Line>, RegistryError> {
    disclosed.iter_mut().map(|one| line(one, secrets, origins, root)).collect()
}

fn line(
    one: &mut Disclosed,
    secrets: &Secrets,
    origins: &Origins,
    root: &Path,
) -> Result<Line, RegistryError> {
    let (log, seq) = (one.log, one.entry.seq);
    let refused = |reason: String| RegistryError::NoEntry { seq, reason };
    if !one.hidden.is_empty() {
        let erased = || RegistryError::SecretErased { seq, path: root.to_owned() };
        let salt = secrets.salt_of(seq, one.subject).ok_or_else(erased)?;
        let fields: Vec<(&str, &[u8])> =
            one.hidden.iter().map(|hidden| (hidden.field, hidden.value.as_slice())).collect();
        let committed = record(origins, log, seq).commit(&salt, &fields);
        one.entry.commitment = Some(committed.map_err(|error| refused(error.to_string()))?.record.0);
    }
    if !one.opens.is_empty() {
        // Of somebody erased meanwhile nothing is opened any more.
        let salt = |opening: &Opening| secrets.opening(opening).map(|salt| hex(&salt)).unwrap_or_default();
        let salts: Vec<String> = one.opens.iter().map(salt).collect();
        one.open_with(salts);
    }
    let bytes = one.entry.to_bytes().map_err(|error| refused(error.to_string()))?;
    if bytes.len() > bundle::LONGEST_ENTRY {
        return Err(refused(format!(
            "it has {} bytes, at most {} go into a log",
            bytes.len(),
            bundle::LONGEST_ENTRY
        )));
    }
    Ok(Line { log, seq, bytes })
}

/// To what the commitment of an entry is bound.
pub fn record(origins: &Origins, log: Log, seq: u64) -> Record {
    let named = Log::ALL.iter().position(|one| *one == log).and_then(|at| origins.get(at));
    Record { origin: named.cloned().unwrap_or_default(), kind: KIND.to_owned(), seq }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn read_context(file: &Path) -> Option<Context> {
    let bytes = dir::read_limited(file, CONTEXT_MAX).ok()?;
    let (digest, body) = bytes.split_at_checked(DIGEST)?;
    if Sha256::digest(body).as_slice() != digest {
        return None;
    }
    postcard::from_bytes(body.strip_prefix(format!("{FORMAT}\n").as_bytes())?).ok()
}

fn write_context(file: &Path, context: &Context) -> Result<(), String> {
    let encoded = postcard::to_allocvec(context).map_err(|error| error.to_string())?;
    let body = [format!("{FORMAT}\n").as_bytes(), &encoded].concat();
    let bytes = [Sha256::digest(&body).as_slice(), &body].concat();
    dir::replace_file(file, &bytes).map_err(|error| error.to_string())
}
