//! Names of the files of a log: `tile/<L>/<N>[.p/<W>]` with hashes and `tile/entries/<N>[.p/<W>]` with entries.

use std::fmt;

use crate::text::LARGEST;

/// How many hashes a full tile has, and how many entries a full bundle.
pub const FULL: u16 = 256;
/// The name of the file that states and signs size and root.
pub const CHECKPOINT: &str = "checkpoint";
/// The highest level whose tiles a file may be named for.
const HIGHEST_LEVEL: u8 = 63;
/// The longest path that a tile can have, in bytes.
const LONGEST_PATH: usize = 64;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// Entries themselves: a bundle.
    Entries,
    /// Hashes of subtrees with 256^level entries; level 0 holds the hashes of entries.
    Level(u8),
}

/// One immutable file of a log, full or partial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    row: Row,
    index: u64,
    width: u16,
}

/// Where a file stands in a tree of a given size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The tree needs it.
    Needed,
    /// A partial file of an earlier size: a prefix of what the tree has there now.
    Earlier,
    /// It holds what lies beyond the tree.
    Beyond,
}

impl Tile {
    /// The file with these coordinates; none if level (0–63) or width (1–256) is out of range.
    pub fn new(row: Row, index: u64, width: u16) -> Option<Self> {
        let level = matches!(row, Row::Entries | Row::Level(0..=HIGHEST_LEVEL));
        (level && (1..=FULL).contains(&width)).then_some(Self { row, index, width })
    }

    /// Entries, or hashes of which level.
    pub fn row(&self) -> Row {
        self.row
    }

    /// Which file of its row, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds, 1–256.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether it is partial: later replaced by one with more.
    pub fn is_partial(&self) -> bool {
        self.width < FULL
    }

    /// Reads a path, written exactly as [`Self::path`] writes it; none for anything else.
    pub fn parse(path: &str) -> Option<Self> {
        if path.len() > LONGEST_PATH {
            return None;
        }
        let (row, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let row = match row {
            "entries" => Row::Entries,
            level => Row::Level(digits(level)?.try_into().ok()?),
        };
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, u16::try_from(digits(width)?).ok()?),
            None => (rest, FULL),
        };
        let (thousands, last) = match index.rsplit_once('/') {
            Some((thousands, last)) => (Some(thousands), last),
            None => (None, index),
        };
        let mut value: u64 = 0;
        for group in thousands.into_iter().flat_map(|groups| groups.split('/')) {
            value = value.checked_mul(1000)?.checked_add(three_digits(group.strip_prefix('x')?)?)?;
        }
        let index = value.checked_mul(1000)?.checked_add(three_digits(last)?)?;
        // What remains to refuse, as leading zeros and a full file named as a partial one, would be written otherwise.
        Self::new(row, index, width).filter(|tile| tile.path() == path)
    }

    /// The path below the log's address or directory.
    pub fn path(&self) -> String {
        self.to_string()
    }

    /// Where it stands in a tree with `size` entries.
    pub fn place(&self, size: u64) -> Place {
        let count = in_row(self.row, size);
        let end = self.index.checked_mul(FULL.into()).and_then(|begin| begin.checked_add(self.width.into()));
        match end {
            Some(end) if end <= count && (!self.is_partial() || end == count) => Place::Needed,
            Some(end) if end <= count => Place::Earlier,
            _ => Place::Beyond,
        }
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Row::Entries => f.write_str("tile/entries/")?,
            Row::Level(level) => write!(f, "tile/{level}/")?,
        }
        let mut thousands = Vec::new();
        let mut rest = self.index / 1000;
        while rest > 0 {
            thousands.push(rest % 1000);
            rest /= 1000;
        }
        for group in thousands.iter().rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

fn digits(written: &str) -> Option<u64> {
    written.bytes().all(|byte| byte.is_ascii_digit()).then(|| written.parse().ok()).flatten()
}

fn three_digits(written: &str) -> Option<u64> {
    if written.len() == 3 { digits(written) } else { None }
}

/// How many hashes or entries the row has in a tree of `size` entries.
fn in_row(row: Row, size: u64) -> u64 {
    match row {
        Row::Entries => size,
        Row::Level(level) => size.checked_shr(u32::from(level) * 8).unwrap_or(0),
    }
}

/// Every row that a tree can have, entries first.
fn rows() -> impl Iterator<Item = Row> {
    std::iter::once(Row::Entries).chain((0..8).map(Row::Level))
}

/// The files that a tree needs when it has grown from `from` to `to` entries and had not before.
///
/// From 0 these are all files of the tree. A size above 2^63-1 counts as that.
pub fn new_files(from: u64, to: u64) -> impl Iterator<Item = Tile> {
    let (from, to) = (from.min(LARGEST), to.min(LARGEST));
    rows().flat_map(move |row| {
        let (had, has) = (in_row(row, from), in_row(row, to));
        let full = u64::from(FULL);
        let fresh = if had < has { had / full..has / full } else { 0..0 };
        let part = if had < has { u16::try_from(has % full).unwrap_or(0) } else { 0 };
        let partial = Tile::new(row, has / full, part);
        fresh.filter_map(move |index| Tile::new(row, index, FULL)).chain(partial)
    })
}

/// All files of a tree with `size` entries, full and partial, row by row, each row from the left.
pub fn files(size: u64) -> impl Iterator<Item = Tile> {
    new_files(0, size)
}
