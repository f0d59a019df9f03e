//! A public entry: one line of JSON, hashed as it is stored.

use kezek_calendar::Instant;
use kezek_rules::Event;
use serde::{Deserialize, Serialize};

use crate::context::is_told_whole;
use crate::{Part, packed};

/// The three registers that the law protects (254/24.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Log {
    /// What happens to applications.
    Applications,
    /// What happens to referrals.
    Referrals,
    /// Organisations, places, bulletins, openings, and the acts that change the rules.
    Bulletins,
}

impl Log {
    /// All three.
    pub const ALL: [Log; 3] = [Log::Applications, Log::Referrals, Log::Bulletins];

    /// The name in addresses and origins.
    pub const fn name(self) -> &'static str {
        match self {
            Log::Applications => "applications",
            Log::Referrals => "referrals",
            Log::Bulletins => "bulletins",
        }
    }

    /// The log with this name.
    pub fn named(name: &str) -> Option<Log> {
        Log::ALL.into_iter().find(|log| log.name() == name)
    }
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// The whole fact; only lists may lack those whom the public does not hear of.
    Fact(Event),
    /// A part of it.
    Part(Part),
    /// That there is a fact, and nothing else.
    Kept,
}

/// One entry of a log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The fact's number in the one order of all three logs, from 1.
    pub seq: u64,
    /// When it is true from.
    pub at: Instant,
    /// What is said.
    pub said: Said,
    /// Binds what is not said; none where nothing is hidden.
    pub commitment: Option<[u8; 32]>,
}

/// Bytes that are no entry, or not in the form in which entries are written.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Not the JSON of an entry.
    #[error("it is no entry: {0}")]
    Json(#[from] serde_json::Error),
    /// An entry, but not written as entries are; two texts must not say the same.
    #[error("it is not written as entries are")]
    Form,
}

/// The members of an entry, in order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<E, P> {
    seq: u64,
    at: Instant,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    fact: Option<E>,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    part: Option<P>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    c: Option<String>,
}

/// A line that is too long for a log.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Packed {
    seq: u64,
    /// The line, deflated, in base64.
    packed: String,
}

fn none<T>() -> Option<T> {
    None
}

impl Entry {
    /// The line as it stands in the log; one that is too long for it is packed.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        let line = self.line()?;
        if line.len() <= packed::LONGEST {
            return Ok(line);
        }
        Ok(serde_json::to_vec(&Packed { seq: self.seq, packed: packed::pack(&line) })?)
    }

    fn line(&self) -> Result<Vec<u8>, EntryError> {
        let (fact, part) = match &self.said {
            Said::Fact(event) => (Some(event), None),
            Said::Part(part) => (None, Some(part)),
            Said::Kept => (None, None),
        };
        let c = self.commitment.map(|commitment| hex(&commitment));
        Ok(serde_json::to_vec(&Written { seq: self.seq, at: self.at, fact, part, c })?)
    }

    /// Reads a line, and refuses one that is not written exactly as [`Entry::to_bytes`] writes it.
    pub fn parse(line: &[u8]) -> Result<Entry, EntryError> {
        let Ok(long) = serde_json::from_slice::<Packed>(line) else { return Entry::parse_line(line) };
        let unpacked = packed::unpack(&long.packed).filter(|line| line.len() > packed::LONGEST);
        let entry = Entry::parse_line(&unpacked.ok_or(EntryError::Form)?)?;
        let is_canonical = serde_json::to_vec(&long)? == line && entry.seq == long.seq;
        if is_canonical { Ok(entry) } else { Err(EntryError::Form) }
    }

    /// Whether a fact of this kind may be told whole, and what is hidden is committed to.
    fn has_right_form(&self) -> bool {
        let is_committed = self.commitment.is_some();
        match &self.said {
            Said::Kept => is_committed,
            Said::Fact(event) => is_told_whole(event),
            Said::Part(part) => is_committed || !part.always_hides(),
        }
    }

    fn parse_line(line: &[u8]) -> Result<Entry, EntryError> {
        let written: Written<Event, Part> = serde_json::from_slice(line)?;
        let said = match (written.fact, written.part) {
            (Some(event), None) => Said::Fact(event),
            (None, Some(part)) => Said::Part(part),
            (None, None) => Said::Kept,
            (Some(_), Some(_)) => return Err(EntryError::Form),
        };
        let commitment = match written.c {
            None => None,
            Some(text) => Some(from_hex(&text).ok_or(EntryError::Form)?),
        };
        let entry = Entry { seq: written.seq, at: written.at, said, commitment };
        if !entry.has_right_form() {
            return Err(EntryError::Form);
        }
        if entry.line()? == line { Ok(entry) } else { Err(EntryError::Form) }
    }
}

fn hex(bytes: &[u8; 32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

pub(crate) fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| match pair.get(at) {
            Some(digit @ b'0'..=b'9') => Some(digit - b'0'),
            Some(digit @ b'a'..=b'f') => Some(digit - b'a' + 10),
            _ => None,
        };
        *byte = digit(0)? * 16 + digit(1)?;
    }
    Some(bytes)
}
