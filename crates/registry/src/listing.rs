//! What the files found in a log's directory are to the log.

use std::collections::BTreeSet;

use crate::tile::{CHECKPOINT, Place, Tile};

/// What a directory entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An ordinary file.
    File,
    /// A link to something else: its content is not under the log's control.
    Link,
    /// Neither file, directory nor link.
    Other,
}

/// Something found in a log's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its path below the directory, with slashes.
    pub path: String,
    /// What it is.
    pub kind: Kind,
}

/// What was found, sorted by what it is to a log of a given size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorted {
    /// Partial files of earlier sizes: prefixes of what is there now.
    pub earlier: BTreeSet<Tile>,
    /// What the log does not have at this size: links, stray files, files beyond the checkpoint.
    pub extra: Vec<Found>,
}

/// Sorts what was found in the directory of a log with `size` entries.
pub fn sort(found: Vec<Found>, size: u64) -> Sorted {
    let mut sorted = Sorted::default();
    for one in found {
        let tile = Tile::parse(&one.path).filter(|_| one.kind == Kind::File);
        match tile.map(|tile| (tile, tile.place(size))) {
            Some((_, Place::Needed)) => {}
            Some((tile, Place::Earlier)) => {
                sorted.earlier.insert(tile);
            }
            None if one.path == CHECKPOINT && one.kind == Kind::File => {}
            _ => sorted.extra.push(one),
        }
    }
    sorted.extra.sort_by(|one, other| one.path.cmp(&other.path));
    sorted
}
