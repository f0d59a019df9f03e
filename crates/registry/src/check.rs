//! The complete check of a log: every byte of every file, in one pass.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use thiserror::Error;

use crate::{
    Checkpoint, Policy, Witnessed,
    bundle::{self, BundleError},
    grow,
    hash::{self, Hash},
    listing::{self, Found},
    read::{self, ReadError, Reader},
    tile::{CHECKPOINT, FULL, Row, Tile},
    tree,
    witnessed::OpenError,
};

/// What is wrong with a log, and in which file.
#[derive(Debug, Error)]
pub enum CheckError {
    /// The checkpoint is missing or unreadable.
    #[error("{CHECKPOINT} cannot be read: {0}")]
    Unreadable(io::Error),
    /// The checkpoint is refused.
    #[error("{CHECKPOINT}: {0}")]
    Checkpoint(#[from] OpenError),
    /// A file is missing, unreadable, or not what its name says.
    #[error(transparent)]
    File(#[from] ReadError),
    /// An entry is not what the tree vouches for.
    #[error("{path}: entry {index} was changed")]
    Entry {
        /// The bundle with the entry.
        path: String,
        /// The number of the entry in the log, from 0.
        index: u64,
    },
    /// Hashes are not those of what they stand for.
    #[error("{0} does not hold the hashes of what it stands for")]
    Hashes(String),
    /// A partial file of an earlier size differs from what is there now.
    #[error("{0} is not how the log began: its file of an earlier size differs from that of now")]
    Rewritten(String),
    /// All files fit each other, but not the checkpoint.
    #[error(
        "the {size} entries have the root {computed}, but {CHECKPOINT} states {stated}: the files were rewritten"
    )]
    Root {
        /// How many entries.
        size: u64,
        /// The root of the files.
        computed: Hash,
        /// The root of the checkpoint.
        stated: Hash,
    },
}

/// What a sound log holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its checkpoint and who vouches for it.
    pub witnessed: Witnessed,
    /// How many files were checked, the checkpoint not counted.
    pub files: u64,
    /// What else is in the directory: links, stray files, files beyond the checkpoint. Nothing vouches for them.
    pub extra: Vec<Found>,
}

/// Checks a whole log: the checkpoint with its signatures, every file of its tree, and the partial files of earlier
/// sizes that are in the listing (which may be empty when nothing can be listed).
///
/// `each` gets every entry with its number, in order; what it was told counts only if the check succeeds.
pub fn check(
    policy: &Policy,
    now: u64,
    found: Vec<Found>,
    mut read: impl FnMut(&str) -> io::Result<Vec<u8>>,
    each: impl FnMut(u64, &[u8]),
) -> Result<Report, CheckError> {
    let note = read(CHECKPOINT).map_err(CheckError::Unreadable)?;
    let witnessed = policy.open(&note, now)?;
    let sorted = listing::sort(found, witnessed.checkpoint.size);
    let files = check_tree(&witnessed.checkpoint, &sorted.earlier, read, each)?;
    Ok(Report { witnessed, files, extra: sorted.extra })
}

/// Checks every file of the tree of a trusted checkpoint, and these partial files of earlier sizes. Gives the number
/// of files checked.
pub fn check_tree(
    checkpoint: &Checkpoint,
    earlier: &BTreeSet<Tile>,
    read: impl FnMut(&str) -> io::Result<Vec<u8>>,
    mut each: impl FnMut(u64, &[u8]),
) -> Result<u64, CheckError> {
    let mut check = Check { checkpoint, read, earlier: BTreeMap::new(), levels: Vec::new(), files: 0 };
    for tile in earlier {
        check.earlier.entry((tile.row(), tile.index())).or_default().push(*tile);
    }
    let full = u64::from(FULL);
    let mut index = 0;
    while index < checkpoint.size {
        let width = u16::try_from(full.min(checkpoint.size - index)).unwrap_or(FULL);
        check.bundle(index / full, width, &mut each)?;
        index += u64::from(width);
    }
    check.partial_tiles()?;
    let computed = grow::root(&check.levels);
    if computed != checkpoint.root {
        return Err(CheckError::Root { size: checkpoint.size, computed, stated: checkpoint.root });
    }
    Ok(check.files)
}

struct Check<'a, F> {
    checkpoint: &'a Checkpoint,
    read: F,
    /// Partial files of earlier sizes, by row and index.
    earlier: BTreeMap<(Row, u64), Vec<Tile>>,
    /// The hashes computed so far for the unfinished tile of each level.
    levels: Vec<Vec<Hash>>,
    files: u64,
}

impl<F: FnMut(&str) -> io::Result<Vec<u8>>> Check<'_, F> {
    fn bundle(
        &mut self,
        number: u64,
        width: u16,
        each: &mut impl FnMut(u64, &[u8]),
    ) -> Result<(), CheckError> {
        let Some(tile) = Tile::new(Row::Entries, number, width) else { return Ok(()) };
        let bytes = self.file(&tile)?;
        let refused = |error: BundleError| ReadError::Bundle { path: tile.path(), error };
        let entries = bundle::decode(&bytes, width).map_err(refused)?;
        let leaves: Vec<Hash> = entries.iter().map(|entry| hash::leaf(entry)).collect();
        self.leaf_tile(&tile, &leaves)?;
        let begin = number * u64::from(FULL);
        (begin..).zip(&entries).for_each(|(index, entry)| each(index, entry));
        for partial in self.earlier.remove(&(Row::Entries, number)).unwrap_or_default() {
            let earlier = self.file(&partial)?;
            let same = bytes.get(..earlier.len()) == Some(&earlier);
            if !same || bundle::decode(&earlier, partial.width()).is_err() {
                return Err(CheckError::Rewritten(partial.path()));
            }
        }
        match self.levels.first_mut() {
            Some(level) => *level = leaves,
            None => self.levels.push(leaves),
        }
        if width == FULL { self.full_tiles(number) } else { Ok(()) }
    }

    /// Compares the hashes of entries with their tile; if they differ, finds out which of the two was changed.
    fn leaf_tile(&mut self, bundle: &Tile, leaves: &[Hash]) -> Result<(), CheckError> {
        let Some(tile) = Tile::new(Row::Level(0), bundle.index(), bundle.width()) else { return Ok(()) };
        self.files += 1;
        let stored = read::hashes(&tile, &mut self.read)?;
        if stored == leaves {
            return Ok(());
        }
        let trusted = Reader::open(self.checkpoint, &mut self.read)
            .and_then(|mut reader| reader.tile(0, bundle.index()))
            .is_ok_and(|trusted| *trusted == *stored);
        let changed = stored.iter().zip(leaves).position(|(one, other)| one != other).unwrap_or_default();
        let index =
            (bundle.index() * u64::from(FULL)).saturating_add(u64::try_from(changed).unwrap_or(u64::MAX));
        Err(if trusted {
            CheckError::Entry { path: bundle.path(), index }
        } else {
            CheckError::Hashes(tile.path())
        })
    }

    /// Goes up from a finished tile of level 0 through all tiles that are finished with it.
    fn full_tiles(&mut self, number: u64) -> Result<(), CheckError> {
        let mut index = number;
        for level in 0..8_u8 {
            let Some(hashes) = self.levels.get_mut(usize::from(level)).map(std::mem::take) else { break };
            if hashes.len() < usize::from(FULL) {
                if let Some(unfinished) = self.levels.get_mut(usize::from(level)) {
                    *unfinished = hashes;
                }
                break;
            }
            // Level 0 was compared when its entries were read.
            let compare = if level == 0 { Compare::Earlier } else { Compare::All };
            self.tile(level, index, &hashes, compare)?;
            index /= u64::from(FULL);
            let above = usize::from(level) + 1;
            if self.levels.len() == above {
                self.levels.push(Vec::new());
            }
            if let Some(above) = self.levels.get_mut(above) {
                above.push(tree::root(&hashes));
            }
        }
        Ok(())
    }

    fn partial_tiles(&mut self) -> Result<(), CheckError> {
        let levels = self.levels.clone();
        let mut count = self.checkpoint.size;
        for (hashes, level) in levels.iter().zip(0..) {
            count /= u64::from(FULL);
            if !hashes.is_empty() {
                let compare = if level == 0 { Compare::Earlier } else { Compare::All };
                self.tile(level, count, hashes, compare)?;
            }
        }
        Ok(())
    }

    /// Compares computed hashes with their tile and with its partial tiles of earlier sizes.
    fn tile(&mut self, level: u8, index: u64, hashes: &[Hash], compare: Compare) -> Result<(), CheckError> {
        let width = u16::try_from(hashes.len()).unwrap_or(FULL);
        if let (Compare::All, Some(tile)) = (compare, Tile::new(Row::Level(level), index, width)) {
            self.files += 1;
            if read::hashes(&tile, &mut self.read)? != hashes {
                return Err(CheckError::Hashes(tile.path()));
            }
        }
        for partial in self.earlier.remove(&(Row::Level(level), index)).unwrap_or_default() {
            self.files += 1;
            let stored = read::hashes(&partial, &mut self.read)?;
            if hashes.get(..stored.len()) != Some(&stored) {
                return Err(CheckError::Rewritten(partial.path()));
            }
        }
        Ok(())
    }

    fn file(&mut self, tile: &Tile) -> Result<Vec<u8>, ReadError> {
        self.files += 1;
        read::file(tile, &mut self.read)
    }
}

/// What a computed tile is compared with.
#[derive(Clone, Copy)]
enum Compare {
    /// The tile itself, and those of earlier sizes.
    All,
    /// Those of earlier sizes only.
    Earlier,
}
