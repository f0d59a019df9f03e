//! The key ring, and the keys derived from it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use base64ct::{Base64, Encoding};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use kezek_calendar::Iin;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Phone, Record};

pub(crate) const KEY_BYTES: usize = 32;
/// The name of the key that the indexes are derived from; it stays when sealing keys are rotated.
pub(crate) const INDEX: &str = "index";

/// The keys of one installation.
///
/// Written as lines (or, in the environment, parts between commas) of the form `name=base64 of 32 bytes`: one
/// `index`, and sealing keys numbered from 1. The highest number seals; the others still open what they sealed.
#[derive(Clone)]
pub struct Keys {
    sealing: BTreeMap<u32, XChaCha20Poly1305>,
    current: u32,
    iin: Hmac<Sha256>,
    phone: Hmac<Sha256>,
}

/// The keys cannot be used. Never contains a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Neither variable is set.
    #[error("no key: set KEZEK_KEY_FILE to a key file, or KEZEK_KEY to its content")]
    Missing,
    /// Both variables are set.
    #[error("two keys: set either KEZEK_KEY_FILE or KEZEK_KEY, not both")]
    Ambiguous,
    /// The text is no key ring.
    #[error(
        "line {line} of the key is not of the form name=base64 of 32 bytes; use the key file as it was created"
    )]
    Malformed {
        /// Counted from 1.
        line: usize,
    },
    /// A name occurs twice.
    #[error("line {line} of the key repeats a name; remove the wrong line")]
    Repeated {
        /// Counted from 1.
        line: usize,
    },
    /// The index key or every sealing key is missing.
    #[error("the key lacks its index line or its numbered lines; use the key file as it was created")]
    Incomplete,
    /// There is a file already; making a new key would lose the old one.
    #[error("{path} exists already; a key file is never overwritten")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Everybody on the machine can read the key.
    #[error("everybody can read {path}; run chmod 600 on it")]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("the key file {path} cannot be used")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes; no key was made")]
    Random(#[source] getrandom::Error),
}

impl Keys {
    /// Reads the text of a key file.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut sealing = BTreeMap::new();
        let mut index = None;
        for (part, line) in text.split(['\n', ',']).zip(1..) {
            let part = part.trim();
            if part.is_empty() || part.starts_with('#') {
                continue;
            }
            let (name, secret) = part.split_once('=').ok_or(KeyError::Malformed { line })?;
            let secret = decode(secret).ok_or(KeyError::Malformed { line })?;
            let repeated = if name == INDEX {
                index.replace(secret).is_some()
            } else {
                let id: u32 = name.parse().ok().filter(|id| *id > 0).ok_or(KeyError::Malformed { line })?;
                sealing.insert(id, sealing_key(&secret)).is_some()
            };
            if repeated {
                return Err(KeyError::Repeated { line });
            }
        }
        let index = index.ok_or(KeyError::Incomplete)?;
        let current = *sealing.keys().next_back().ok_or(KeyError::Incomplete)?;
        Ok(Self { sealing, current, iin: index_key(&index, b"iin"), phone: index_key(&index, b"phone") })
    }

    /// The number of the key that seals now; rows of lower keys wait to be re-sealed.
    pub fn current(&self) -> u32 {
        self.current
    }

    /// By what a person is found: HMAC-SHA256 of the IIN. Without the key nobody can try all numbers.
    pub fn iin_index(&self, iin: &Iin) -> [u8; 32] {
        index(&self.iin, iin.as_str())
    }

    /// By what contacts are found: HMAC-SHA256 of the phone number.
    pub fn phone_index(&self, phone: &Phone) -> [u8; 32] {
        index(&self.phone, phone.as_str())
    }

    pub(crate) fn sealing(&self, key_id: u32) -> Option<&XChaCha20Poly1305> {
        self.sealing.get(&key_id)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys(current {}, hidden)", self.current)
    }
}

/// A record that holds nothing: stored once, opened at each start, it tells that these are the right keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCheck {}

impl Record for KeyCheck {
    const KIND: &'static str = "key_check";

    /// Tells the index key too.
    fn lookup(&self, keys: &Keys) -> Option<[u8; 32]> {
        Some(index(&keys.iin, Self::KIND))
    }
}

fn decode(secret: &str) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    let length = Base64::decode(secret.trim(), &mut *bytes).ok()?.len();
    (length == KEY_BYTES).then_some(bytes)
}

fn sealing_key(secret: &[u8; KEY_BYTES]) -> XChaCha20Poly1305 {
    let key = derive(secret, b"kezek records sealing 1");
    XChaCha20Poly1305::new((&*key).into())
}

fn index_key(secret: &[u8; KEY_BYTES], purpose: &[u8]) -> Hmac<Sha256> {
    let key = derive(secret, &[b"kezek records index 1 ", purpose].concat());
    // HMAC takes a key of its block's length; zeros behind a shorter one are its own rule.
    let mut block = Zeroizing::new([0; 64]);
    block[..KEY_BYTES].copy_from_slice(&*key);
    Hmac::new((&*block).into())
}

fn derive(secret: &[u8; KEY_BYTES], purpose: &[u8]) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    // Fails only for more than 8,160 bytes.
    let derived = Hkdf::<Sha256>::new(None, secret).expand(purpose, &mut *key);
    debug_assert!(derived.is_ok());
    key
}

fn index(key: &Hmac<Sha256>, text: &str) -> [u8; 32] {
    key.clone().chain_update(text).finalize().into_bytes().into()
}
