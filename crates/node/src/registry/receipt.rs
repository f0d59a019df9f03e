//! Receipts: proof for one entry, with the opening of what it commits to.

use kezek_disclosure::{Context, Disclosed, Entry, Log, Opened, OpenedField};
use kezek_journal::Journal;
use kezek_records::{ApplicationSecret, FactSecret};
use kezek_registry::commit::CommitError;
use kezek_registry::dir::Dir;
use kezek_registry::read::Reader;
use kezek_registry::tile::{CHECKPOINT, FULL, Row, Tile};
use kezek_registry::{Checkpoint, Hash, PublicKey, bundle, hash, proof};
use kezek_rules::Fact;
use kezek_rules::ids::ApplicationId;

use super::derive::{self, Origins, hex};
use super::error::RegistryError;
use super::publisher::apart;
use super::secrets::{self, Secret};
use crate::load;
use crate::people::People;

/// Proof that a fact's entry is in a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The fact's number.
    pub seq: u64,
    /// In which registry.
    pub log: Log,
    /// The file for the citizen, `c2sp.org/tlog-proof@v1`: what it carries besides the proof is an [`Opened`].
    pub file: String,
}

/// Makes receipts from the public files and the secrets.
pub struct Receipts<'a> {
    pub journal: &'a Journal,
    pub people: &'a People,
    pub origins: &'a Origins,
}

/// An entry that was found and proved.
struct Proved {
    index: u64,
    entry: Vec<u8>,
    hashes: Vec<Hash>,
    note: kezek_registry::Note,
}

impl Receipts<'_> {
    /// The receipt for a fact in one log; none as long as the shown checkpoint does not reach it.
    pub async fn of(
        &self,
        seq: u64,
        (log, dir, key): (Log, Dir, PublicKey),
        subjects: &[ApplicationId],
    ) -> Result<Option<Receipt>, RegistryError> {
        let Some(proved) = apart(move || prove(seq, log, &dir, &key)).await?? else { return Ok(None) };
        let opening = self.open(seq, log, &proved.entry, subjects).await?;
        let extra = serde_json::to_vec(&opening).map_err(|error| no_entry(seq, error.to_string()))?;
        let Proved { index, hashes, note, .. } = proved;
        let file = kezek_registry::Receipt { extra, index, hashes, checkpoint: note }.to_text();
        Ok(Some(Receipt { seq, log, file }))
    }

    /// Opens the commitment of an entry with the secret that fits it.
    async fn open(
        &self,
        seq: u64,
        log: Log,
        line: &[u8],
        subjects: &[ApplicationId],
    ) -> Result<Opened, RegistryError> {
        let entry = Entry::parse(line).map_err(|error| no_entry(seq, error.to_string()))?;
        let text = String::from_utf8_lossy(line).into_owned();
        let unopened = Opened { entry: text.clone(), salt: None, hidden: Vec::new() };
        let Some(commitment) = entry.commitment.map(Hash) else { return Ok(unopened) };
        let after = kezek_journal::Head { seq: seq.saturating_sub(1), time_us: 0 };
        let Some((facts, _)) = load::next_facts(self.journal, after, 1).await? else { return Ok(unopened) };
        let Some(fact) = facts.first() else { return Ok(unopened) };
        let disclosed = hidden_of(seq, fact);
        let fields: Vec<(&str, &[u8])> =
            disclosed.hidden.iter().map(|hidden| (hidden.field, hidden.value.as_slice())).collect();
        let record = derive::record(self.origins, log, seq);
        for secret in self.secrets(seq, disclosed.subject.iter().chain(subjects)).await? {
            let salt = secrets::salt(&secret, seq);
            match record.open(&commitment, &salt, &fields) {
                Err(CommitError::Mismatch) => continue,
                Err(error) => return Err(no_entry(seq, error.to_string())),
                Ok(()) => {}
            }
            let opened = |(field, value): &(&str, &[u8])| OpenedField {
                field: (*field).to_owned(),
                value: String::from_utf8_lossy(value).into_owned(),
            };
            let hidden = fields.iter().map(opened).collect();
            return Ok(Opened { entry: text, salt: Some(hex(&salt)), hidden });
        }
        Ok(unopened)
    }

    /// The secrets that an entry may be committed to with.
    async fn secrets(
        &self,
        seq: u64,
        subjects: impl Iterator<Item = &ApplicationId>,
    ) -> Result<Vec<Secret>, RegistryError> {
        let ids: Vec<u64> = subjects.map(|id| u64::from(id.0)).collect();
        let of_fact = self.people.all::<FactSecret>(&[seq]).await?;
        let of_applications = self.people.all::<ApplicationSecret>(&ids).await?;
        let of_fact = of_fact.into_iter().map(|found| found.record.secret);
        Ok(of_fact.chain(of_applications.into_iter().map(|found| found.record.secret)).collect())
    }
}

/// What an entry with a commitment hides of its fact: that is the same whatever came before.
fn hidden_of(seq: u64, fact: &Fact) -> Disclosed {
    Context::default().disclose(seq, fact)
}

/// Finds a fact's entry in a log and proves it; none if the log has none for it, or does not show it yet.
fn prove(seq: u64, log: Log, dir: &Dir, key: &PublicKey) -> Result<Option<Proved>, RegistryError> {
    let broken = |reason: String| RegistryError::Damaged { path: dir.root().to_owned(), reason };
    let Ok(bytes) = dir.read(CHECKPOINT) else { return Ok(None) };
    let other_key = |_| RegistryError::OtherKey { log: log.name() };
    let (checkpoint, note) = Checkpoint::open(&bytes, key).map_err(other_key)?;
    let mut reader =
        Reader::open(&checkpoint, |path| dir.read(path)).map_err(|error| broken(error.to_string()))?;
    let Some(number) = bundle_of(seq, checkpoint.size, dir) else { return Ok(None) };
    let begin = number * u64::from(FULL);
    let end = checkpoint.size.min(begin + u64::from(FULL));
    let bundle =
        bundle_at(number, checkpoint.size, dir).ok_or_else(|| broken("a bundle is missing".into()))?;
    let entries = bundle::decode(&bundle, width(end - begin)).map_err(|error| broken(error.to_string()))?;
    let Some((entry, index)) = entries.iter().zip(begin..).find(|(entry, _)| seq_of(entry) == Some(seq))
    else {
        return Ok(None);
    };
    let hashes = reader.prove_inclusion(index, checkpoint.size).map_err(|error| broken(error.to_string()))?;
    let (size, root) = (checkpoint.size, &checkpoint.root);
    // Nobody is given a proof that proves nothing.
    let proven = proof::verify_inclusion(index, size, &hash::leaf(entry), &hashes, root);
    proven.map_err(|error| broken(error.to_string()))?;
    Ok(Some(Proved { index, entry: entry.to_vec(), hashes, note }))
}

/// The bundle that a fact's entry is in if it is in the log: the last that begins with it or before it.
fn bundle_of(seq: u64, size: u64, dir: &Dir) -> Option<u64> {
    let (mut low, mut high) = (0, size.div_ceil(u64::from(FULL)));
    while low < high {
        let middle = low + (high - low) / 2;
        let bytes = bundle_at(middle, size, dir)?;
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let first = rest.get(..usize::from(u16::from_be_bytes(*length)))?;
        if seq_of(first)? <= seq { low = middle + 1 } else { high = middle }
    }
    low.checked_sub(1)
}

fn bundle_at(number: u64, size: u64, dir: &Dir) -> Option<Vec<u8>> {
    let entries = size.checked_sub(number * u64::from(FULL))?.min(u64::from(FULL));
    let tile = Tile::new(Row::Entries, number, width(entries))?;
    dir.read(&tile.path()).ok()
}

fn width(entries: u64) -> u16 {
    u16::try_from(entries).unwrap_or(FULL)
}

/// The number of an entry's fact, without reading the rest of it.
fn seq_of(entry: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(entry.strip_prefix(b"{\"seq\":")?).ok()?;
    text.split(',').next()?.parse().ok()
}

fn no_entry(seq: u64, reason: String) -> RegistryError {
    RegistryError::NoEntry { seq, reason }
}
