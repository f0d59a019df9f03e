//! How a log grows: from its right edge and new entries to the files of the new size.

use thiserror::Error;

use crate::{
    bundle::{self, BundleError},
    hash::{self, Hash},
    text::LARGEST,
    tile::{FULL, Row, Tile},
    tree,
};

/// Why a log does not grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum GrowError {
    /// An entry does not fit into a bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// More entries than verifiers can count.
    #[error("a log has at most 2^63-1 entries")]
    Full,
}

/// A file that never changes once written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its name.
    pub tile: Tile,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What a log must know to grow: the partial tiles of its right edge and the entries of its last bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    size: u64,
    /// The hashes of the partial tile of each level.
    levels: Vec<Vec<Hash>>,
    /// The entries of the partial bundle.
    entries: Vec<Vec<u8>>,
}

/// A larger log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// Its right edge.
    pub head: Head,
    /// The files that it has and the smaller one had not.
    pub files: Vec<NewFile>,
}

impl Head {
    /// The log without entries.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A log known by its right edge: the hashes of the partial tile of each level, and the entries of the partial
    /// bundle. None if they do not fit each other and the size.
    pub fn restore(size: u64, levels: Vec<Vec<Hash>>, entries: Vec<Vec<u8>>) -> Option<Self> {
        let mut rest = size;
        for level in &levels {
            if u64::try_from(level.len()).ok()? != rest % u64::from(FULL) {
                return None;
            }
            rest /= u64::from(FULL);
        }
        let leaves: Vec<Hash> = entries.iter().map(|entry| hash::leaf(entry)).collect();
        let fits = rest == 0 && leaves.as_slice() == levels.first().map_or(&[][..], Vec::as_slice);
        fits.then_some(Self { size, levels, entries })
    }

    /// How many entries the log has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all entries.
    pub fn root(&self) -> Hash {
        root(&self.levels)
    }

    /// Appends entries in this order. The cost depends on the new entries, not on the log.
    pub fn grow<T: AsRef<[u8]>>(&self, entries: &[T]) -> Result<Growth, GrowError> {
        let mut head = self.clone();
        let mut files = Vec::new();
        for entry in entries {
            head.push(entry.as_ref(), &mut files)?;
        }
        head.add_partial(self.size, &mut files)?;
        Ok(Growth { head, files })
    }

    fn push(&mut self, entry: &[u8], files: &mut Vec<NewFile>) -> Result<(), GrowError> {
        if entry.len() > bundle::LONGEST_ENTRY {
            return Err(BundleError::TooLong(entry.len()).into());
        }
        if self.size == LARGEST {
            return Err(GrowError::Full);
        }
        self.entries.push(entry.to_vec());
        if self.entries.len() == usize::from(FULL) {
            add(files, Row::Entries, self.size / u64::from(FULL), FULL, bundle::encode(&self.entries)?);
            self.entries.clear();
        }
        let mut hash = hash::leaf(entry);
        let mut index = self.size;
        self.size += 1;
        for level in 0.. {
            if self.levels.len() == usize::from(level) {
                self.levels.push(Vec::new());
            }
            let Some(hashes) = self.levels.get_mut(usize::from(level)) else { break };
            hashes.push(hash);
            if hashes.len() < usize::from(FULL) {
                break;
            }
            index /= u64::from(FULL);
            hash = tree::root(hashes);
            add(files, Row::Level(level), index, FULL, flatten(hashes));
            hashes.clear();
        }
        Ok(())
    }

    /// The partial files that the log of `old` entries had not.
    fn add_partial(&self, old: u64, files: &mut Vec<NewFile>) -> Result<(), GrowError> {
        let full = u64::from(FULL);
        if self.size != old && !self.entries.is_empty() {
            let bytes = bundle::encode(&self.entries)?;
            add(files, Row::Entries, self.size / full, width(self.entries.len()), bytes);
        }
        let (mut had, mut has) = (old, self.size);
        for (hashes, level) in self.levels.iter().zip(0..) {
            if had != has && !hashes.is_empty() {
                add(files, Row::Level(level), has / full, width(hashes.len()), flatten(hashes));
            }
            had /= full;
            has /= full;
        }
        Ok(())
    }
}

/// The root of a tree, given the partial tile of each of its levels.
pub(crate) fn root(levels: &[Vec<Hash>]) -> Hash {
    let mut right: Option<Hash> = None;
    for level in levels {
        let mut rest = level.as_slice();
        while !rest.is_empty() {
            let smallest = 1 << rest.len().trailing_zeros();
            let (left, complete) = rest.split_at(rest.len() - smallest);
            let hash = tree::root(complete);
            right = Some(right.map_or(hash, |right| hash::node(&hash, &right)));
            rest = left;
        }
    }
    right.unwrap_or_else(hash::empty)
}

fn add(files: &mut Vec<NewFile>, row: Row, index: u64, width: u16, bytes: Vec<u8>) {
    files.extend(Tile::new(row, index, width).map(|tile| NewFile { tile, bytes }));
}

fn width(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(FULL)
}

fn flatten(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}
