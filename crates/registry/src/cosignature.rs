//! Cosignatures (`cosignature/v1`): a witness states when it saw a checkpoint that continues all it saw before.

use thiserror::Error;

use crate::{
    checkpoint::{Checkpoint, CheckpointError},
    key::{PublicKey, Role, SecretKey},
    note::Signature,
    text::LARGEST,
};

/// Why there is no cosignature, or none that counts.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CosignatureError {
    /// Zero stands for no statement; beyond 2^63-1 verifiers cannot read.
    #[error("the time of a cosignature is a number of seconds from 1 to 2^63-1")]
    Time,
    /// Only a witness cosigns.
    #[error("a log's key does not cosign; use a witness key (signature type 0x04)")]
    Role,
    /// Only checkpoints are cosigned.
    #[error("only a checkpoint is cosigned: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// Not 8 bytes of time and 64 of signature, or made by another, over another text or for another time.
    #[error("the cosignature does not fit the checkpoint and the witness")]
    Signature,
}

/// Signs a checkpoint's text as seen at `time`, in seconds since 1970.
pub fn cosign(key: &SecretKey, text: &str, time: u64) -> Result<Signature, CosignatureError> {
    let public = key.public();
    if public.role() != Role::Witness {
        return Err(CosignatureError::Role);
    }
    if time == 0 || time > LARGEST {
        return Err(CosignatureError::Time);
    }
    Checkpoint::parse(text)?;
    let signature = key.sign(message(text, time).as_bytes());
    let bytes = [time.to_be_bytes().as_slice(), &signature].concat();
    Signature::new(public.name(), public.id(), bytes).ok_or(CosignatureError::Signature)
}

/// Verifies the bytes of a witness's signature line over a checkpoint's text, and gives their time.
pub fn verify(key: &PublicKey, text: &str, bytes: &[u8]) -> Result<u64, CosignatureError> {
    if key.role() != Role::Witness {
        return Err(CosignatureError::Role);
    }
    let (time, signature) = bytes.split_first_chunk::<8>().ok_or(CosignatureError::Signature)?;
    let time = u64::from_be_bytes(*time);
    if time == 0 || time > LARGEST {
        return Err(CosignatureError::Time);
    }
    if key.signed(message(text, time).as_bytes(), signature) {
        Ok(time)
    } else {
        Err(CosignatureError::Signature)
    }
}

fn message(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}
