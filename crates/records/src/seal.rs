//! Sealing a record into a row and opening it again.
//!
//! XChaCha20-Poly1305: its nonce of 24 bytes may be drawn at random for any number of rows under one key, and it
//! needs no hardware to be fast and free of timing differences. All columns of the row are authenticated with it,
//! so a row that was changed, exchanged with another or given to another owner does not open. An older version of
//! the same row, put back by somebody who can write the database, does.

use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead, Payload};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::Keys;

const NONCE_BYTES: usize = 24;

/// A kind of record: serialised as JSON, so that fields can be added to it later, and sealed.
pub trait Record: Serialize + DeserializeOwned {
    /// The name of the kind; never changed once rows of it exist.
    const KIND: &'static str;

    /// The keyed hash this record is found by.
    fn lookup(&self, _keys: &Keys) -> Option<[u8; 32]> {
        None
    }
}

/// The open columns of a row that its writer chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// Unique within the kind.
    pub id: u64,
    /// The person whose data it is.
    pub owner: Option<u64>,
    /// When it is written, microseconds since 1970 UTC.
    pub created_us: i64,
    /// When it may be deleted, microseconds since 1970 UTC.
    pub expires_us: Option<i64>,
}

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// The kind of record.
    pub kind: String,
    /// Unique within the kind.
    pub id: u64,
    /// The keyed hash the record is found by.
    pub lookup: Option<Vec<u8>>,
    /// The person whose data it is.
    pub owner: Option<u64>,
    /// Nonce and encrypted record.
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: u32,
    /// When it was written, microseconds since 1970 UTC.
    pub created_us: i64,
    /// When it may be deleted, microseconds since 1970 UTC.
    pub expires_us: Option<i64>,
}

/// A record could not be sealed. Nothing was made; try again or report a mistake.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The system gives no random bytes.
    #[error("the system gives no random bytes; try again")]
    Random(#[source] getrandom::Error),
    /// The record has no JSON form. The cause is not kept: it may quote the record.
    #[error("a record of kind {kind} cannot be written; report this as a mistake")]
    Encode {
        /// The kind of record.
        kind: String,
    },
    /// The cipher refused, which happens only past 256 GB.
    #[error("a record of kind {kind} is too large to seal")]
    TooLarge {
        /// The kind of record.
        kind: String,
    },
}

/// A row could not be opened. Never contains what the row holds.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A row of another kind was handed in.
    #[error("the row is of kind {found}, not {expected}; report this as a mistake")]
    Kind {
        /// The kind asked for.
        expected: String,
        /// The row's kind.
        found: String,
    },
    /// The key is not in the ring. Add its line to the key file again.
    #[error("the row is sealed with key {key_id}, which is not in the key file; put that key back")]
    UnknownKey {
        /// The row's key.
        key_id: u32,
    },
    /// The row was changed, or is sealed with another installation's key of the same number.
    #[error("the row {kind} {id} does not open: it was changed, or the key file is another one's")]
    Altered {
        /// The kind of record.
        kind: String,
        /// Its id.
        id: u64,
    },
    /// The row is authentic but has a shape this version does not know.
    #[error("the row {kind} {id} was written by another version of Kezek; run that version or a newer one")]
    Shape {
        /// The kind of record.
        kind: String,
        /// Its id.
        id: u64,
    },
    /// Re-sealing failed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Seals a record with the current key.
pub fn seal<R: Record>(keys: &Keys, label: Label, record: &R) -> Result<SealedRow, SealError> {
    let plain = serde_json::to_vec(record).map_err(|_| SealError::Encode { kind: R::KIND.into() })?;
    let lookup = record.lookup(keys).map(Vec::from);
    seal_bytes(keys, empty_row(R::KIND, label, lookup), &Zeroizing::new(plain))
}

/// Opens a row of this kind.
pub fn open<R: Record>(keys: &Keys, row: &SealedRow) -> Result<R, OpenError> {
    expect_kind(row, R::KIND)?;
    let plain = open_bytes(keys, row)?;
    serde_json::from_slice(&plain).map_err(|_| OpenError::Shape { kind: row.kind.clone(), id: row.id })
}

/// The same row sealed with the current key; `None` if it is already.
pub fn reseal(keys: &Keys, row: &SealedRow) -> Result<Option<SealedRow>, OpenError> {
    if row.key_id == keys.current() {
        return Ok(None);
    }
    let plain = open_bytes(keys, row)?;
    Ok(Some(seal_bytes(keys, row.clone(), &plain)?))
}

pub(crate) fn empty_row(kind: &str, label: Label, lookup: Option<Vec<u8>>) -> SealedRow {
    let Label { id, owner, created_us, expires_us } = label;
    SealedRow { kind: kind.into(), id, lookup, owner, sealed: Vec::new(), key_id: 0, created_us, expires_us }
}

pub(crate) fn expect_kind(row: &SealedRow, expected: &str) -> Result<(), OpenError> {
    if row.kind == expected {
        return Ok(());
    }
    Err(OpenError::Kind { expected: expected.into(), found: row.kind.clone() })
}

pub(crate) fn seal_bytes(keys: &Keys, mut row: SealedRow, plain: &[u8]) -> Result<SealedRow, SealError> {
    let too_large = || SealError::TooLarge { kind: row.kind.clone() };
    let cipher = keys.sealing(keys.current()).ok_or_else(too_large)?;
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(SealError::Random)?;
    let aad = columns(&row, keys.current());
    let encrypted =
        cipher.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad }).map_err(|_| too_large())?;
    row.key_id = keys.current();
    row.sealed = [nonce.as_slice(), &encrypted].concat();
    Ok(row)
}

pub(crate) fn open_bytes(keys: &Keys, row: &SealedRow) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let altered = || OpenError::Altered { kind: row.kind.clone(), id: row.id };
    let cipher = keys.sealing(row.key_id).ok_or(OpenError::UnknownKey { key_id: row.key_id })?;
    let (nonce, encrypted) = row.sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(altered)?;
    let aad = columns(row, row.key_id);
    let plain = cipher
        .decrypt(&XNonce::from(*nonce), Payload { msg: encrypted, aad: &aad })
        .map_err(|_| altered())?;
    Ok(Zeroizing::new(plain))
}

/// All open columns in one unambiguous form, authenticated with the record; never changed once rows exist.
fn columns(row: &SealedRow, key_id: u32) -> Vec<u8> {
    let SealedRow { kind, id, lookup, owner, sealed: _, key_id: _, created_us, expires_us } = row;
    let parts = [
        Some(kind.as_bytes().to_vec()),
        Some(id.to_le_bytes().to_vec()),
        lookup.clone(),
        owner.map(|owner| owner.to_le_bytes().to_vec()),
        Some(key_id.to_le_bytes().to_vec()),
        Some(created_us.to_le_bytes().to_vec()),
        expires_us.map(|expires_us| expires_us.to_le_bytes().to_vec()),
    ];
    let mut bytes = b"kezek row 1".to_vec();
    for part in parts {
        match part {
            None => bytes.push(0),
            Some(part) => {
                bytes.push(1);
                bytes.extend((part.len() as u64).to_le_bytes());
                bytes.extend(part);
            }
        }
    }
    bytes
}
