//! Reading single entries and proofs from a log's files, each authenticated against a checkpoint.

use std::{collections::BTreeMap, io, sync::Arc};

use thiserror::Error;

use crate::{
    Checkpoint,
    bundle::{self, BundleError},
    grow::{self, Head},
    hash::{self, Hash},
    proof::{self, ProofError},
    tile::{FULL, Row, Tile},
    tree,
};

/// How many full tiles are remembered, 8 KiB each.
const REMEMBERED: usize = 1024;

/// Why something cannot be read from a log.
#[derive(Debug, Error)]
pub enum ReadError {
    /// A file is missing or unreadable.
    #[error("{path} cannot be read: {error}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// A file of hashes has another length than its name says.
    #[error("{path} has {found} bytes instead of {expected}")]
    Length {
        /// Which file.
        path: String,
        /// Its length.
        found: usize,
        /// The length that it must have.
        expected: usize,
    },
    /// A file of entries is not what its name says.
    #[error("{path}: {error}")]
    Bundle {
        /// Which file.
        path: String,
        /// What is wrong.
        error: BundleError,
    },
    /// The content of a file is not what the checkpoint vouches for.
    #[error("{0} does not fit the checkpoint: it was changed, or belongs to another log")]
    Changed(String),
    /// The partial tiles are not what the checkpoint vouches for.
    #[error(
        "the partial tiles do not give the root of the checkpoint: one of them or the checkpoint was changed"
    )]
    Root,
    /// No such entry or proof.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// Reads a log through a function that gives the bytes of a file.
#[derive(Debug)]
pub struct Reader<F> {
    size: u64,
    read: F,
    /// The partial tile of each level.
    edge: Vec<Arc<[Hash]>>,
    known: BTreeMap<(u8, u64), Arc<[Hash]>>,
}

impl<F: FnMut(&str) -> io::Result<Vec<u8>>> Reader<F> {
    /// Reads the right edge and checks that it gives the root of this checkpoint, which must be a trusted one.
    pub fn open(checkpoint: &Checkpoint, mut read: F) -> Result<Self, ReadError> {
        let mut edge = Vec::new();
        let mut rest = checkpoint.size;
        for level in 0.. {
            if rest == 0 {
                break;
            }
            let width = u16::try_from(rest % u64::from(FULL)).unwrap_or(0);
            rest /= u64::from(FULL);
            let tile = Tile::new(Row::Level(level), rest, width);
            edge.push(tile.map_or(Ok(Vec::new()), |tile| hashes(&tile, &mut read))?);
        }
        if grow::root(&edge) != checkpoint.root {
            return Err(ReadError::Root);
        }
        let edge = edge.into_iter().map(Arc::from).collect();
        Ok(Self { size: checkpoint.size, read, edge, known: BTreeMap::new() })
    }

    /// How many entries the log has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hashes of a tile, full or the partial one of the right edge.
    pub fn tile(&mut self, level: u8, index: u64) -> Result<Arc<[Hash]>, ReadError> {
        let count = self.size.checked_shr(u32::from(level) * 8).unwrap_or(0);
        let last = count / u64::from(FULL);
        let tile = Tile::new(Row::Level(level), index, FULL).filter(|_| index <= last);
        let missing = ProofError::OutOfTree { index, size: count };
        let tile = tile.ok_or(missing)?;
        if index == last {
            return Ok(self.edge.get(usize::from(level)).cloned().ok_or(missing)?);
        }
        if let Some(known) = self.known.get(&(level, index)) {
            return Ok(known.clone());
        }
        let hashes: Arc<[Hash]> = hashes(&tile, &mut self.read)?.into();
        // Every full tile is one hash of a tile above, up to the edge that gives the root.
        let above = self.tile(level + 1, index / u64::from(FULL))?;
        let at = usize::try_from(index % u64::from(FULL)).unwrap_or(usize::MAX);
        if above.get(at) != Some(&tree::root(&hashes)) {
            return Err(ReadError::Changed(tile.path()));
        }
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert((level, index), hashes.clone());
        Ok(hashes)
    }

    /// The hash of the complete subtree of 2^level entries that begins with entry index * 2^level.
    pub fn subtree(&mut self, level: u8, index: u64) -> Result<Hash, ReadError> {
        let missing = ProofError::OutOfTree { index, size: self.size };
        let width = 1_u64 << (level % 8);
        let first = index.checked_mul(width).ok_or(missing)?;
        let hashes = self.tile(level / 8, first / u64::from(FULL))?;
        let from = usize::try_from(first % u64::from(FULL)).unwrap_or(usize::MAX);
        let to = from.saturating_add(usize::try_from(width).unwrap_or(usize::MAX));
        Ok(tree::root(hashes.get(from..to).ok_or(missing)?))
    }

    /// One entry.
    pub fn entry(&mut self, index: u64) -> Result<Vec<u8>, ReadError> {
        let (tile, entries) = self.bundle(index)?;
        let at = usize::try_from(index % u64::from(FULL)).unwrap_or(usize::MAX);
        entries.into_iter().nth(at).ok_or(ReadError::Changed(tile.path()))
    }

    /// The proof that entry `index` is in the log of the first `size` entries.
    pub fn prove_inclusion(&mut self, index: u64, size: u64) -> Result<Vec<Hash>, ReadError> {
        self.check_size(size)?;
        proof::prove_inclusion(index, size, |level, index| self.subtree(level, index))
    }

    /// The proof that the log of the first `new` entries continues that of the first `old`.
    pub fn prove_consistency(&mut self, old: u64, new: u64) -> Result<Vec<Hash>, ReadError> {
        self.check_size(new)?;
        proof::prove_consistency(old, new, |level, index| self.subtree(level, index))
    }

    /// What the log needs to grow: its right edge with the entries of its last bundle, all checked.
    pub fn head(&mut self) -> Result<Head, ReadError> {
        let levels: Vec<Vec<Hash>> = self.edge.iter().map(|level| level.to_vec()).collect();
        let entries = match self.size % u64::from(FULL) {
            0 => Vec::new(),
            _ => self.bundle(self.size - 1)?.1,
        };
        Head::restore(self.size, levels, entries).ok_or(ReadError::Root)
    }

    /// The whole bundle around an entry, checked against the hashes of its entries.
    fn bundle(&mut self, index: u64) -> Result<(Tile, Vec<Vec<u8>>), ReadError> {
        let missing = ProofError::OutOfTree { index, size: self.size };
        let number = Some(index).filter(|&index| index < self.size).ok_or(missing)? / u64::from(FULL);
        let leaves = self.tile(0, number)?;
        let width = u16::try_from(leaves.len()).unwrap_or(0);
        let tile = Tile::new(Row::Entries, number, width).ok_or(missing)?;
        let bytes = file(&tile, &mut self.read)?;
        let entries =
            bundle::decode(&bytes, width).map_err(|error| ReadError::Bundle { path: tile.path(), error })?;
        if !entries.iter().map(|entry| hash::leaf(entry)).eq(leaves.iter().copied()) {
            return Err(ReadError::Changed(tile.path()));
        }
        Ok((tile, entries.into_iter().map(<[u8]>::to_vec).collect()))
    }

    fn check_size(&self, size: u64) -> Result<(), ProofError> {
        if size > self.size { Err(ProofError::Shrunk { old: size, new: self.size }) } else { Ok(()) }
    }
}

/// The bytes of a file.
pub(crate) fn file(
    tile: &Tile,
    read: impl FnOnce(&str) -> io::Result<Vec<u8>>,
) -> Result<Vec<u8>, ReadError> {
    let path = tile.path();
    read(&path).map_err(|error| ReadError::File { path, error })
}

/// The hashes in a file, as many as its name says.
pub(crate) fn hashes(
    tile: &Tile,
    read: impl FnOnce(&str) -> io::Result<Vec<u8>>,
) -> Result<Vec<Hash>, ReadError> {
    let bytes = file(tile, read)?;
    let expected = usize::from(tile.width()) * Hash::LEN;
    if bytes.len() != expected {
        return Err(ReadError::Length { path: tile.path(), found: bytes.len(), expected });
    }
    let (hashes, _) = bytes.as_chunks::<{ Hash::LEN }>();
    Ok(hashes.iter().copied().map(Hash).collect())
}
