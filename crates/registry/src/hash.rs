//! SHA-256 as the Merkle trees of RFC 6962 use it.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::text;

/// A SHA-256 hash. Displayed as standard base64, as in checkpoints and proofs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; Hash::LEN]);

impl Hash {
    /// Length of a hash in bytes.
    pub const LEN: usize = 32;

    /// The hash with these bytes, of which there must be exactly 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The hash written as canonical padded base64.
    pub fn from_base64(written: &str) -> Option<Self> {
        Self::from_slice(&text::from_base64(written)?)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::to_base64(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The hash of an entry: a leaf of the tree.
pub fn leaf(entry: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
}

/// The hash of the node above two others.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Hash(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The root of the tree without entries.
pub fn empty() -> Hash {
    Hash(Sha256::digest([]).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Attack 35: an entry made of a node's bytes is still a leaf.
    #[test]
    fn a_leaf_is_never_a_node() {
        let (left, right) = (leaf(b"a"), leaf(b"b"));
        let mut forged = vec![1];
        forged.extend(left.0);
        forged.extend(right.0);
        assert_eq!(forged.len(), 65);
        assert_ne!(leaf(&forged), node(&left, &right));
        assert_ne!(leaf(forged.get(1..).unwrap()), node(&left, &right));
    }

    #[test]
    fn base64_is_canonical_or_refused() {
        let hash = leaf(b"a");
        let written = hash.to_string();
        assert_eq!(Hash::from_base64(&written), Some(hash));
        assert_eq!(Hash::from_base64(written.trim_end_matches('=')), None);
        assert_eq!(Hash::from_base64(&format!("{written}\n")), None);
        assert_eq!(Hash::from_base64("AA=="), None);
    }
}
