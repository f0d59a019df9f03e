//! Signatures over any text, also over what no sound log would sign. Written apart from the crate on purpose.

use base64ct::{Base64, Encoding};
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};

/// The type of a log's key.
pub const LOG: u8 = 0x01;
/// The type of a witness's key.
pub const WITNESS: u8 = 0x04;
/// The order of the base point, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A named key of a log or a witness.
pub struct Key {
    pub name: String,
    kind: u8,
    secret: SigningKey,
}

impl Key {
    pub fn new(name: &str, kind: u8, seed: u8) -> Self {
        Self { name: name.into(), kind, secret: SigningKey::from_bytes(&[seed; 32]) }
    }

    pub fn public(&self) -> [u8; 32] {
        self.secret.verifying_key().to_bytes()
    }

    pub fn vkey(&self) -> String {
        vkey(&self.name, self.kind, &self.public())
    }

    pub fn id(&self) -> [u8; 4] {
        id(&self.name, self.kind, &self.public())
    }

    /// The 64 bytes that sign a message.
    pub fn sign(&self, message: &str) -> Vec<u8> {
        self.secret.sign(message.as_bytes()).to_bytes().to_vec()
    }

    /// The line of a log under a text.
    pub fn line(&self, text: &str) -> String {
        line(&self.name, self.id(), &self.sign(text))
    }

    /// The line of a witness under a text.
    pub fn cosign(&self, text: &str, time: u64) -> String {
        let signature = self.sign(&format!("cosignature/v1\ntime {time}\n{text}"));
        line(&self.name, self.id(), &[time.to_be_bytes().as_slice(), &signature].concat())
    }
}

pub fn id(name: &str, kind: u8, public: &[u8; 32]) -> [u8; 4] {
    let hash = Sha256::new().chain_update(name).chain_update([b'\n', kind]).chain_update(public).finalize();
    hash.first_chunk().copied().unwrap_or_default()
}

pub fn vkey(name: &str, kind: u8, public: &[u8; 32]) -> String {
    let id = u32::from_be_bytes(id(name, kind, public));
    format!("{name}+{id:08x}+{}", base64(&[[kind].as_slice(), public].concat()))
}

/// A signature line with its newline.
pub fn line(name: &str, id: [u8; 4], signature: &[u8]) -> String {
    format!("— {name} {}\n", base64(&[id.as_slice(), signature].concat()))
}

pub fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Adds the order to the second half of a signature, which careless verifiers do not notice.
pub fn malleate(signature: &mut [u8]) {
    let mut carry = 0;
    for (byte, order) in signature.iter_mut().skip(32).zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        let [low, high] = sum.to_le_bytes();
        *byte = low;
        carry = u16::from(high);
    }
}
