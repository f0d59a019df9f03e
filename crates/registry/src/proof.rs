//! Inclusion and consistency proofs of RFC 9162 (sections 2.1.3 and 2.1.4), checked and made.

use thiserror::Error;

use crate::hash::{self, Hash};

/// The most hashes that a proof can have.
pub const LONGEST: usize = 63;

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The entry lies outside of the tree.
    #[error("entry {index} is not in a tree of {size} entries")]
    OutOfTree {
        /// Number of the entry, from 0.
        index: u64,
        /// Entries in the tree.
        size: u64,
    },
    /// The tree became smaller.
    #[error("a tree of {old} entries cannot become one of {new}")]
    Shrunk {
        /// Entries before.
        old: u64,
        /// Entries after.
        new: u64,
    },
    /// The proof has more or fewer hashes than these sizes need.
    #[error("the proof does not have the number of hashes that these sizes need")]
    Length,
    /// The hashes do not lead to the stated root.
    #[error("the proof does not lead to the stated root; the log or the proof was changed")]
    Root,
}

/// Proves that the entry with this leaf hash stands at `index` in the tree of `size` entries.
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfTree { index, size });
    }
    let mut at = index;
    let mut last = size - 1;
    let mut hash = *leaf;
    for other in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if at & 1 == 1 || at == last {
            hash = hash::node(other, &hash);
            skip_to_right_child(&mut at, &mut last);
        } else {
            hash = hash::node(&hash, other);
        }
        at >>= 1;
        last >>= 1;
    }
    match (last, hash == *root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::Root),
        _ => Err(ProofError::Length),
    }
}

/// Proves that the tree of `new` entries begins with the whole tree of `old` entries.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Shrunk { old, new });
    }
    if old == 0 || old == new {
        let sound = (old != 0 || *old_root == hash::empty()) && (old != new || old_root == new_root);
        return match (proof.is_empty(), sound) {
            (true, true) => Ok(()),
            (true, false) => Err(ProofError::Root),
            (false, _) => Err(ProofError::Length),
        };
    }
    let (first, rest) = match (old.is_power_of_two(), proof.split_first()) {
        (_, None) => return Err(ProofError::Length),
        (true, Some(_)) => (old_root, proof),
        (false, Some(split)) => split,
    };
    let mut at = old - 1;
    let mut last = new - 1;
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut new_hash) = (*first, *first);
    for other in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if at & 1 == 1 || at == last {
            old_hash = hash::node(other, &old_hash);
            new_hash = hash::node(other, &new_hash);
            skip_to_right_child(&mut at, &mut last);
        } else {
            new_hash = hash::node(&new_hash, other);
        }
        at >>= 1;
        last >>= 1;
    }
    match (last, old_hash == *old_root && new_hash == *new_root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::Root),
        _ => Err(ProofError::Length),
    }
}

/// A node without a right sibling goes up until it is a right child, or the root.
fn skip_to_right_child(at: &mut u64, last: &mut u64) {
    while *at & 1 == 0 && *at != 0 {
        *at >>= 1;
        *last >>= 1;
    }
}

/// Makes the inclusion proof of an entry. `read` gives the hash of the complete subtree of 2^level entries that
/// begins with entry index * 2^level.
pub fn prove_inclusion<E: From<ProofError>>(
    index: u64,
    size: u64,
    mut read: impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    if index >= size {
        return Err(ProofError::OutOfTree { index, size }.into());
    }
    let (mut begin, mut end) = (0, size);
    let mut proof = Vec::new();
    while end - begin > 1 {
        let middle = begin + largest_power_below(end - begin);
        if index < middle {
            proof.push(range(middle, end, &mut read)?);
            end = middle;
        } else {
            proof.push(range(begin, middle, &mut read)?);
            begin = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Makes the proof that the tree of `new` entries begins with that of `old`. `read` as in [`prove_inclusion`].
pub fn prove_consistency<E: From<ProofError>>(
    old: u64,
    new: u64,
    mut read: impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    if old > new {
        return Err(ProofError::Shrunk { old, new }.into());
    }
    let (mut begin, mut end) = (0, new);
    let mut proof = Vec::new();
    if old == 0 {
        return Ok(proof);
    }
    while end != old {
        let middle = begin + largest_power_below(end - begin);
        if old <= middle {
            proof.push(range(middle, end, &mut read)?);
            end = middle;
        } else {
            proof.push(range(begin, middle, &mut read)?);
            begin = middle;
        }
    }
    // The verifier knows the root of the old tree; it needs this hash only if it is not that root.
    if begin != 0 {
        proof.push(range(begin, end, &mut read)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The largest power of two smaller than `length`, which is at least 2.
fn largest_power_below(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

/// The hash over the entries from `begin` to `end`, where `begin` is the first of a subtree that holds them all.
fn range<E>(begin: u64, end: u64, read: &mut impl FnMut(u8, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    let mut complete = Vec::new();
    let mut from = begin;
    while from < end {
        let level = (end - from).ilog2();
        complete.push(read(u8::try_from(level).unwrap_or(u8::MAX), from >> level)?);
        from += 1 << level;
    }
    let mut smaller = complete.into_iter().rev();
    let Some(last) = smaller.next() else { return Ok(hash::empty()) };
    Ok(smaller.fold(last, |right, left| hash::node(&left, &right)))
}
