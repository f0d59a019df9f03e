//! Salted commitments: what is personal stays out of the log, yet cannot be changed afterwards.
//!
//! A record's fields are committed to one by one under keys derived from one random salt, and the log holds one
//! hash over them all. Whoever has the salt can open every field; a key opens one field and says nothing of the
//! others; when salt and keys are destroyed, nobody can tell what was committed.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::hash::Hash;

/// Why a commitment is not made, or an opening opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CommitError {
    /// A record has 1 to 65,535 fields.
    #[error("a record has 1 to 65535 fields")]
    Fields,
    /// A name or value is too long for its length prefix of 4 bytes.
    #[error("a name or a value has 4 GiB or more")]
    TooLong,
    /// The opened values and the other commitments do not give the hash of the record.
    #[error("the opening does not fit the record: a value, a key or the record was changed")]
    Mismatch,
}

/// A key that opens one field of one record.
pub type FieldKey = [u8; 32];

/// Where a commitment is bound to: it fits no other log, type or entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The origin of the log.
    pub origin: String,
    /// The type of the entry, such as `app/v1`.
    pub kind: String,
    /// The number of the entry in the order over all logs.
    pub seq: u64,
}

/// The commitments of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitments {
    /// One per field, in the order of the fields.
    pub fields: Vec<Hash>,
    /// The hash over them that stands in the log.
    pub record: Hash,
}

/// One field in an opening of a record, in the place that it has in the schema.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Field {
    /// Shown: with its key, anybody can check the value.
    Shown {
        /// Its name.
        name: String,
        /// The key of this field in this record.
        key: FieldKey,
        /// What was committed to.
        value: Vec<u8>,
    },
    /// Not shown: only its commitment.
    Hidden(Hash),
}

impl Record {
    /// Commits to the fields (name and value) in schema order; a field without value is there, with an empty one.
    /// The salt is 32 fresh bytes of a cryptographic random source, never used for another record.
    pub fn commit<N: AsRef<str>, V: AsRef<[u8]>>(
        &self,
        salt: &[u8; 32],
        fields: &[(N, V)],
    ) -> Result<Commitments, CommitError> {
        let commit_one = |(name, value): &(N, V)| {
            let key = self.field_key(salt, name.as_ref())?;
            self.field(&key, name.as_ref(), value.as_ref())
        };
        let fields = fields.iter().map(commit_one).collect::<Result<Vec<_>, _>>()?;
        Ok(Commitments { record: record(&fields)?, fields })
    }

    /// The key of one field: who gets it can open this field and no other.
    pub fn field_key(&self, salt: &[u8; 32], name: &str) -> Result<FieldKey, CommitError> {
        let info = [
            b"qr/v1/field-key\0".as_slice(),
            &prefixed(self.origin.as_bytes())?,
            &prefixed(self.kind.as_bytes())?,
            &prefixed(name.as_bytes())?,
        ]
        .concat();
        let mut key = FieldKey::default();
        let derive = Hkdf::<Sha256>::from_prk(salt).map_err(|_| CommitError::TooLong)?;
        derive.expand(&info, &mut key).map_err(|_| CommitError::TooLong)?;
        Ok(key)
    }

    /// The commitment to one value under the key of its field.
    pub fn field(&self, key: &FieldKey, name: &str, value: &[u8]) -> Result<Hash, CommitError> {
        let mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| CommitError::TooLong)?;
        let mac = mac
            .chain_update(b"qr/v1/commit\0")
            .chain_update(prefixed(self.origin.as_bytes())?)
            .chain_update(prefixed(self.kind.as_bytes())?)
            .chain_update(self.seq.to_be_bytes())
            .chain_update(prefixed(name.as_bytes())?)
            .chain_update(prefixed(value)?);
        Ok(Hash(mac.finalize().into_bytes().into()))
    }

    /// Checks an opening with the salt: the whole record is shown.
    pub fn open<N: AsRef<str>, V: AsRef<[u8]>>(
        &self,
        committed: &Hash,
        salt: &[u8; 32],
        fields: &[(N, V)],
    ) -> Result<(), CommitError> {
        if self.commit(salt, fields)?.record == *committed { Ok(()) } else { Err(CommitError::Mismatch) }
    }

    /// Checks an opening that shows some fields with their keys, and hides the others.
    pub fn open_fields(&self, committed: &Hash, fields: &[Field]) -> Result<(), CommitError> {
        let hash = |field: &Field| match field {
            Field::Shown { name, key, value } => self.field(key, name, value),
            Field::Hidden(hash) => Ok(*hash),
        };
        let fields = fields.iter().map(hash).collect::<Result<Vec<_>, _>>()?;
        if record(&fields)? == *committed { Ok(()) } else { Err(CommitError::Mismatch) }
    }
}

/// The hash over the commitments of a record's fields, in schema order.
pub fn record(fields: &[Hash]) -> Result<Hash, CommitError> {
    let count = u16::try_from(fields.len()).map_err(|_| CommitError::Fields)?;
    if count == 0 {
        return Err(CommitError::Fields);
    }
    let hash = Sha256::new().chain_update(b"qr/v1/set\0").chain_update(count.to_be_bytes());
    Ok(Hash(fields.iter().fold(hash, |hash, field| hash.chain_update(field.0)).finalize().into()))
}

/// Bytes after their length, 4 bytes, big-endian.
fn prefixed(bytes: &[u8]) -> Result<Vec<u8>, CommitError> {
    let length = u32::try_from(bytes.len()).map_err(|_| CommitError::TooLong)?;
    Ok([length.to_be_bytes().as_slice(), bytes].concat())
}

#[cfg(test)]
mod tests;
