//! Ed25519 keys with a name and a role, in the forms that signed notes use.

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::text;

/// How the signing form begins, as Go's tools write it.
const PRIVATE: &str = "PRIVATE+KEY+";

/// What a key signs. One key serves one role, and one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Checkpoints of a log (signature type 0x01).
    Log,
    /// Timestamped cosignatures of a witness, `cosignature/v1` (signature type 0x04).
    Witness,
}

impl Role {
    fn byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Witness => 0x04,
        }
    }
}

/// Why a key is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not written as keys are.
    #[error(
        "not a key of the form <name>+<8 hex digits>+<base64>; copy it whole from where it was published"
    )]
    Form,
    /// A name has no spaces and no plus sign.
    #[error("a key's name is not empty and has neither spaces nor a plus sign")]
    Name,
    /// Only Ed25519 for logs and witnesses is known.
    #[error(
        "keys of signature type {0:#04x} are not supported; use Ed25519 (0x01 for a log, 0x04 for a witness)"
    )]
    Type(u8),
    /// The eight digits belong to another key.
    #[error("the key does not match its identifier; copy it again")]
    Id,
    /// No point of the curve, one written unusually, or one that fits any message.
    #[error("the key is weak or not a key at all; ask its owner for another")]
    Weak,
}

/// The public half of a key: what verifies.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    role: Role,
    key: VerifyingKey,
}

impl PublicKey {
    /// A key from its 32 bytes.
    pub fn new(name: &str, role: Role, bytes: &[u8; 32]) -> Result<Self, KeyError> {
        if !text::is_key_name(name) {
            return Err(KeyError::Name);
        }
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Weak)?;
        if key.is_weak() || !is_canonical(bytes) {
            return Err(KeyError::Weak);
        }
        Ok(Self { name: name.to_owned(), role, key })
    }

    /// Reads `<name>+<id>+<base64>`, a verifier key of signed notes.
    pub fn parse(written: &str) -> Result<Self, KeyError> {
        let (name, id, role, bytes) = parts(written)?;
        let key = Self::new(name, role, &bytes)?;
        if id == format!("{:08x}", key.id()) { Ok(key) } else { Err(KeyError::Id) }
    }

    /// The name under which it signs; a log's name is its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The key itself.
    pub fn bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// The first four bytes of the hash of name, type and key.
    pub fn id(&self) -> u32 {
        let hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', self.role.byte()])
            .chain_update(self.bytes())
            .finalize();
        hash.first_chunk().map_or(0, |first| u32::from_be_bytes(*first))
    }

    /// Whether these 64 bytes sign this message. Small-order points and unusual encodings are refused.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+{}", self.name, self.id(), typed(self.role, self.bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The secret half of a key: what signs. Wiped from memory when dropped.
#[derive(Clone)]
pub struct SecretKey {
    public: PublicKey,
    key: SigningKey,
}

impl SecretKey {
    /// A key from 32 bytes of a cryptographic random source.
    pub fn from_seed(name: &str, role: Role, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        Ok(Self { public: PublicKey::new(name, role, key.verifying_key().as_bytes())?, key })
    }

    /// Reads `PRIVATE+KEY+<name>+<id>+<base64>`.
    pub fn parse(written: &str) -> Result<Self, KeyError> {
        let (name, id, role, seed) = parts(written.strip_prefix(PRIVATE).ok_or(KeyError::Form)?)?;
        let key = Self::from_seed(name, role, &seed)?;
        if id == format!("{:08x}", key.public.id()) { Ok(key) } else { Err(KeyError::Id) }
    }

    /// Writes the form that [`Self::parse`] reads. It is a secret.
    pub fn to_secret_text(&self) -> String {
        let public = &self.public;
        format!("{PRIVATE}{}+{:08x}+{}", public.name, public.id(), typed(public.role, self.key.as_bytes()))
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The 64 bytes that sign this message.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "secret half of {}", self.public)
    }
}

fn typed(role: Role, bytes: &[u8; 32]) -> String {
    text::to_base64(&[[role.byte()].as_slice(), bytes].concat())
}

fn parts(written: &str) -> Result<(&str, &str, Role, [u8; 32]), KeyError> {
    let mut parts = written.splitn(3, '+');
    let (Some(name), Some(id), Some(base64)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Form);
    };
    let bytes = text::from_base64(base64).ok_or(KeyError::Form)?;
    let (&kind, key) = bytes.split_first().ok_or(KeyError::Form)?;
    let role = match kind {
        0x01 => Role::Log,
        0x04 => Role::Witness,
        other => return Err(KeyError::Type(other)),
    };
    Ok((name, id, role, key.try_into().map_err(|_| KeyError::Form)?))
}

/// Whether the y coordinate is below the prime 2^255-19, so that the point has no second spelling.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = bytes;
    *first < 0xed || last & 0x7f != 0x7f || middle.iter().any(|&byte| byte != 0xff)
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::Scalar;
    use ed25519_dalek::Verifier;
    use sha2::Sha512;

    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        for role in [Role::Log, Role::Witness] {
            let key = SecretKey::from_seed("queue.example/apps", role, &[7; 32]).unwrap();
            let again = SecretKey::parse(&key.to_secret_text()).unwrap();
            assert_eq!(again.public(), key.public());
            assert_eq!(&PublicKey::parse(&key.public().to_string()).unwrap(), key.public());
            assert!(!format!("{key:?}").contains(&key.to_secret_text()));
        }
    }

    #[test]
    fn roles_and_names_have_identifiers_of_their_own() {
        let id = |name, role| SecretKey::from_seed(name, role, &[7; 32]).unwrap().public().id();
        assert_ne!(id("a", Role::Log), id("a", Role::Witness));
        assert_ne!(id("a", Role::Log), id("b", Role::Log));
    }

    #[test]
    fn other_spellings_are_refused() {
        let good = SecretKey::from_seed("q", Role::Log, &[7; 32]).unwrap().public().to_string();
        let (name_and_id, base64) = good.rsplit_once('+').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let id = name_and_id.strip_prefix("q+").unwrap();
        assert_eq!(PublicKey::parse(&format!("other+{id}+{base64}")), Err(KeyError::Id));
        assert_eq!(PublicKey::parse(&format!("q+0{id}+{base64}")), Err(KeyError::Id));
        assert_eq!(PublicKey::parse(&format!("q+{id}")), Err(KeyError::Form));
        assert_eq!(PublicKey::parse(&format!("q+{id}+{base64}=")), Err(KeyError::Form));
        assert_eq!(PublicKey::parse(&format!("{good}\n")), Err(KeyError::Form));
        assert_eq!(PublicKey::parse(&format!("+{id}+{base64}")), Err(KeyError::Name));
        assert_eq!(PublicKey::parse("q+00000000+BgAA"), Err(KeyError::Type(6)));
        assert_eq!(SecretKey::parse(&good).unwrap_err(), KeyError::Form);
    }

    /// Attack 38: keys for which any signature can be made, or which have two spellings.
    #[test]
    fn weak_keys_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::new("q", Role::Log, &identity), Err(KeyError::Weak));
        assert_eq!(PublicKey::new("q", Role::Log, &[0; 32]), Err(KeyError::Weak));
        for first in 0xed..=0xff {
            for last in [0x7f, 0xff] {
                let mut unusual = [0xff; 32];
                unusual[0] = first;
                unusual[31] = last;
                assert_eq!(PublicKey::new("q", Role::Log, &unusual), Err(KeyError::Weak));
            }
        }
    }

    /// Attack 38: a signature whose point says nothing, which lenient verifiers let pass.
    #[test]
    fn signatures_with_a_small_point_are_refused() {
        let key = SecretKey::from_seed("q", Role::Log, &[7; 32]).unwrap();
        let mut point = [0; 32];
        point[0] = 1;
        let hash = Sha512::new().chain_update(point).chain_update(key.public.bytes()).chain_update(b"text");
        let scalar = Scalar::from_bytes_mod_order_wide(&hash.finalize().into()) * key.key.to_scalar();
        let signature = [point, scalar.to_bytes()].concat();
        assert!(key.public.key.verify(b"text", &Signature::from_slice(&signature).unwrap()).is_ok());
        assert!(!key.public.signed(b"text", &signature));
        assert!(key.public.signed(b"text", &key.sign(b"text")));
    }
}
