//! Proofs: ours, those of the definition, and those of two other implementations.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use ct_merkle::{ConsistencyProof, InclusionProof, mem_backed_tree::MemoryBackedTree};
use kezek_registry::{
    Hash,
    hash::{self, leaf},
    proof::{ProofError, prove_consistency, prove_inclusion, verify_consistency, verify_inclusion},
    tree,
};
use proptest::prelude::*;
use sha2::Sha256;

/// The largest tree that is looked at whole.
const LARGEST: u64 = 300;

type Other = MemoryBackedTree<Sha256, Vec<u8>>;

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|index| leaf(&entry(index))).collect()
}

/// The complete subtrees over these leaves, level by level.
fn complete(leaves: &[Hash]) -> Vec<Vec<Hash>> {
    let mut levels = vec![leaves.to_vec()];
    while levels.last().unwrap().len() > 1 {
        let pairs = levels.last().unwrap().chunks_exact(2);
        let above = pairs.map(|pair| hash::node(&pair[0], &pair[1])).collect();
        levels.push(above);
    }
    levels
}

fn reader(levels: &[Vec<Hash>]) -> impl Fn(u8, u64) -> Result<Hash, ProofError> {
    |level, index| Ok(levels[usize::from(level)][usize::try_from(index).unwrap()])
}

fn changed(hash: &Hash) -> Hash {
    let mut bytes = hash.0;
    bytes[31] ^= 1;
    Hash(bytes)
}

fn theirs(hash: &Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

fn flat(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(|hash| hash.0).collect()
}

/// Every proof of every tree up to 300 entries: made as the others make it, accepted by all, and refused when
/// anything is changed (attack 36).
#[test]
fn inclusion() {
    let leaves = leaves(LARGEST);
    let levels = complete(&leaves);
    let mut other = Other::new();
    for size in 1..=LARGEST {
        other.push(entry(size - 1));
        let root = tree::root(&leaves[..usize::try_from(size).unwrap()]);
        assert_eq!(root.0.as_slice(), other.root().as_bytes().as_slice());
        for index in 0..size {
            let at = usize::try_from(index).unwrap();
            let mut proof = prove_inclusion(index, size, reader(&levels)).unwrap();
            let check = |index, leaf: &Hash, proof: &[Hash], root: &Hash| {
                verify_inclusion(index, size, leaf, proof, root)
            };
            assert_eq!(check(index, &leaves[at], &proof, &root), Ok(()));
            assert_eq!(other.prove_inclusion(at).as_bytes(), flat(&proof));
            let given = proof.iter().map(theirs).collect();
            tlog_tiles::check_record(&given, size, theirs(&root), index, theirs(&leaves[at])).unwrap();
            let given = InclusionProof::from_bytes(flat(&proof));
            other.root().verify_inclusion(&entry(index), index, &given).unwrap();

            assert_eq!(check(index, &changed(&leaves[at]), &proof, &root), Err(ProofError::Root));
            assert_eq!(check(index, &leaves[at], &proof, &changed(&root)), Err(ProofError::Root));
            for place in 0..proof.len() {
                let right = proof[place];
                proof[place] = changed(&right);
                assert_eq!(check(index, &leaves[at], &proof, &root), Err(ProofError::Root));
                proof[place] = right;
            }
            if size % 37 == 0 || size.is_power_of_two() {
                for wrong in (0..size).filter(|&wrong| wrong != index) {
                    check(wrong, &leaves[at], &proof, &root).unwrap_err();
                }
            }
            check(size, &leaves[at], &proof, &root).unwrap_err();
            proof.push(root);
            assert_eq!(check(index, &leaves[at], &proof, &root), Err(ProofError::Length));
            proof.pop();
            if proof.pop().is_some() {
                assert_eq!(check(index, &leaves[at], &proof, &root), Err(ProofError::Length));
            }
        }
    }
}

/// As [`inclusion`], for every pair of sizes.
#[test]
fn consistency() {
    let leaves = leaves(LARGEST);
    let levels = complete(&leaves);
    let roots: Vec<_> = (0..=leaves.len()).map(|size| tree::root(&leaves[..size])).collect();
    let mut others = vec![Other::new().root()];
    let mut other = Other::new();
    for new in 1..=LARGEST {
        other.push(entry(new - 1));
        others.push(other.root());
        let new_root = roots[usize::try_from(new).unwrap()];
        for old in 0..=new {
            let old_root = roots[usize::try_from(old).unwrap()];
            let mut proof = prove_consistency(old, new, reader(&levels)).unwrap();
            let check = |old_root: &Hash, new_root: &Hash, proof: &[Hash]| {
                verify_consistency(old, old_root, new, new_root, proof)
            };
            assert_eq!(check(&old_root, &new_root, &proof), Ok(()), "{old} to {new}");
            if old > 0 && old < new {
                let given = proof.iter().map(theirs).collect();
                tlog_tiles::check_tree(&given, new, theirs(&new_root), old, theirs(&old_root)).unwrap();
                let made = other.prove_consistency(usize::try_from(new - old).unwrap());
                assert_eq!(made.as_bytes(), flat(&proof));
                let given = ConsistencyProof::try_from_bytes(flat(&proof)).unwrap();
                others
                    .last()
                    .unwrap()
                    .verify_consistency(&others[usize::try_from(old).unwrap()], &given)
                    .unwrap();
            }
            check(&changed(&old_root), &new_root, &proof).unwrap_err();
            if old > 0 {
                check(&old_root, &changed(&new_root), &proof).unwrap_err();
            }
            for place in 0..proof.len() {
                let right = proof[place];
                proof[place] = changed(&right);
                check(&old_root, &new_root, &proof).unwrap_err();
                proof[place] = right;
            }
            proof.push(new_root);
            assert_eq!(check(&old_root, &new_root, &proof), Err(ProofError::Length));
            proof.pop();
            if proof.pop().is_some() {
                check(&old_root, &new_root, &proof).unwrap_err();
            }
        }
    }
}

/// Attack 36: sizes at the limits, no proof at all, far too many hashes.
#[test]
fn limits() {
    let (one, two) = (leaf(b"1"), leaf(b"2"));
    let many = vec![one; 64];
    assert_eq!(verify_inclusion(0, 0, &one, &[], &one), Err(ProofError::OutOfTree { index: 0, size: 0 }));
    assert_eq!(verify_inclusion(0, 1, &one, &[], &one), Ok(()));
    assert_eq!(verify_inclusion(0, 1, &one, &[two], &one), Err(ProofError::Length));
    for size in [1, 2, 3, 1 << 32, 1 << 63, u64::MAX - 1, u64::MAX] {
        for index in [0, 1, size / 2, size - 1, size, u64::MAX] {
            for length in [0, 1, 31, 32, 33, 63, 64] {
                if size > 1 {
                    verify_inclusion(index, size, &one, &many[..length], &two).unwrap_err();
                }
                if size != index {
                    verify_consistency(index, &one, size, &two, &many[..length]).unwrap_err();
                }
            }
        }
        assert_eq!(verify_consistency(size, &one, size, &one, &[]), Ok(()));
        assert_eq!(verify_consistency(size, &one, size, &two, &[]), Err(ProofError::Root));
        assert_eq!(verify_consistency(size, &one, size, &one, &[one]), Err(ProofError::Length));
        assert_eq!(verify_consistency(0, &hash::empty(), size, &one, &[]), Ok(()));
        assert_eq!(verify_consistency(0, &one, size, &one, &[]), Err(ProofError::Root));
    }
    assert_eq!(verify_consistency(2, &one, 1, &one, &[]), Err(ProofError::Shrunk { old: 2, new: 1 }));
    assert_eq!(verify_consistency(0, &hash::empty(), 0, &hash::empty(), &[]), Ok(()));
    verify_consistency(0, &one, 0, &one, &[]).unwrap_err();
    let read = |_: u8, _: u64| Ok::<_, ProofError>(leaf(b""));
    assert!(prove_inclusion(0, 0, read).is_err());
    assert!(prove_consistency(2, 1, read).is_err());
    assert_eq!(prove_inclusion(5, u64::MAX, read).unwrap().len(), 64);
    assert_eq!(prove_consistency(0, 5, read).unwrap(), []);
}

proptest! {
    /// Whatever is given, ours and another implementation come to the same answer.
    #[test]
    fn others_agree(
        size in 1..40_u64, index in 0..45_u64, picked in prop::collection::vec((0..6_u8, 0..40_usize), 0..8),
        of_proof in any::<bool>(),
    ) {
        let leaves = leaves(64);
        let levels = complete(&leaves);
        let root = tree::root(&leaves[..usize::try_from(size).unwrap()]);
        let mut proof: Vec<Hash> = if of_proof && index < size {
            prove_inclusion(index, size, reader(&levels)).unwrap()
        } else {
            Vec::new()
        };
        proof.extend(picked.iter().skip(usize::from(of_proof) * 7).map(|&(level, at)| {
            let level = &levels[usize::from(level)];
            level[at % level.len()]
        }));
        let leaf = leaves[usize::try_from(index).unwrap()];
        let ours = verify_inclusion(index, size, &leaf, &proof, &root).is_ok();
        let given = proof.iter().map(theirs).collect();
        let others = tlog_tiles::check_record(&given, size, theirs(&root), index, theirs(&leaf)).is_ok();
        prop_assert_eq!(ours, others);
        if (1..=size).contains(&index) {
            let old_root = tree::root(&leaves[..usize::try_from(index).unwrap()]);
            let ours = verify_consistency(index, &old_root, size, &root, &proof).is_ok();
            let others = tlog_tiles::check_tree(&given, size, theirs(&root), index, theirs(&old_root)).is_ok();
            prop_assert_eq!(ours, others);
        }
    }

    #[test]
    fn nothing_panics(
        one in any::<u64>(), other in any::<u64>(), hashes in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let hashes: Vec<_> = hashes.into_iter().map(Hash).collect();
        let root = hash::empty();
        let read = |_: u8, _: u64| Ok::<_, ProofError>(root);
        if other > 1 {
            prop_assert!(verify_inclusion(one, other, &root, &hashes, &root).is_err());
        }
        if let Ok(proof) = prove_inclusion(one, other, read) {
            prop_assert!(proof.len() <= 64);
        }
        prop_assert_eq!(prove_consistency(one, other, read).is_ok(), one <= other);
        let _ = verify_consistency(one, &root, other, &leaf(b""), &hashes);
    }
}
