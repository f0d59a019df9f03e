//! Names of files, compared with another implementation.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kezek_registry::tile::{Place, Row, Tile, files, new_files};
use proptest::prelude::*;

fn paths(size: u64) -> Vec<String> {
    files(size).map(|tile| tile.path()).collect()
}

#[test]
fn paths_of_the_specification() {
    let path = |row, index, width| Tile::new(row, index, width).unwrap().path();
    assert_eq!(path(Row::Level(0), 1_234_067, 256), "tile/0/x001/x234/067");
    assert_eq!(path(Row::Entries, 0, 17), "tile/entries/000.p/17");
    assert_eq!(path(Row::Level(63), u64::MAX, 1), "tile/63/x018/x446/x744/x073/x709/x551/615.p/1");
    assert_eq!(Tile::new(Row::Level(64), 0, 1), None);
    assert_eq!(Tile::new(Row::Level(0), 0, 0), None);
    assert_eq!(Tile::new(Row::Level(0), 0, 257), None);
}

#[test]
fn files_of_the_specification() {
    assert_eq!(paths(0), [""; 0]);
    assert_eq!(paths(1), ["tile/entries/000.p/1", "tile/0/000.p/1"]);
    assert_eq!(paths(256), ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
    let large = paths(70_000);
    assert_eq!(large.len(), 2 * 274 + 2 + 1);
    for path in ["tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"] {
        assert!(large.contains(&path.to_owned()), "{path}");
    }
    assert_eq!(files(u64::MAX).take(5).count(), 5);
}

/// Attack 41.
#[test]
fn other_spellings_are_refused() {
    for wrong in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile//0/000",
        "tile/0//000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/x1/000",
        "tile/0/x0001/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/x001",
        "tile/0/X001/000",
        "tile/0/x+01/000",
        "tile/00/000",
        "tile/01/000",
        "tile/+1/000",
        "tile/-1/000",
        "tile/64/000",
        "tile/256/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/1/2",
        "tile/0/x001.p/1/000",
        "tile/0/000.p/1.p/1",
        "tile/0/+00",
        "tile/data/000",
        "tile/Entries/000",
        "tile/entries/000 ",
        "tile/entries/000\n",
        " tile/entries/000",
        "tile/../tile/0/000",
        "tile/0/../0/000",
        "tile/0/000?x=1",
        "tile/0/000#",
        "tile\\0\\000",
        "tile/0/٠٠٠",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x001/x018/x446/x744/x073/x709/x551/615",
        "checkpoint",
    ] {
        assert_eq!(Tile::parse(wrong), None, "{wrong}");
    }
}

/// The path as another implementation writes it, which also names the height of tiles.
fn their_path(path: &str) -> String {
    path.replacen("tile/entries/", "tile/data/", 1).replacen("tile/", "tile/8/", 1)
}

proptest! {
    #[test]
    fn paths_are_read_as_they_are_written(entries in any::<bool>(), level in 0..64_u8, index in any::<u64>(), width in 1..=256_u16) {
        let row = if entries { Row::Entries } else { Row::Level(level) };
        let tile = Tile::new(row, index, width).unwrap();
        prop_assert_eq!(Tile::parse(&tile.path()), Some(tile));
    }

    /// The other one panics on levels above 63 and widths of 0; those are in the list above.
    #[test]
    fn others_read_what_we_read(
        path in "tile/(entries|0?[0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/){0,3}[0-9]{3,4}(\\.p/0?[1-9][0-9]{0,2})?",
    ) {
        let theirs = tlog_tiles::Tile::from_path(&their_path(&path));
        let ours = Tile::parse(&path);
        prop_assert_eq!(ours.is_some(), theirs.is_ok(), "{}", path);
        if let (Some(ours), Ok(theirs)) = (ours, theirs) {
            prop_assert_eq!(ours.index(), theirs.level_index());
            prop_assert_eq!(u32::from(ours.width()), theirs.width());
        }
    }

    /// The files of a tree are its new files since any earlier size and those of that size that it still needs.
    #[test]
    fn files_add_up(from in 0..200_000_u64, more in 0..200_000_u64) {
        let to = from + more;
        let mut grown: Vec<_> = files(from).filter(|tile| tile.place(to) == Place::Needed).collect();
        grown.extend(new_files(from, to));
        grown.sort();
        let mut all: Vec<_> = files(to).collect();
        all.sort();
        prop_assert_eq!(grown, all);
        prop_assert!(files(from).all(|tile| tile.place(to) != Place::Beyond));
        prop_assert!(new_files(from, to).all(|tile| tile.place(to) == Place::Needed && tile.place(from) == Place::Beyond));
        prop_assert_eq!(new_files(to, from).count(), 0);
    }

    #[test]
    fn places_never_panic(level in 0..64_u8, index in any::<u64>(), width in 1..=256_u16, size in any::<u64>()) {
        let tile = Tile::new(Row::Level(level), index, width).unwrap();
        let end = u128::from(index) * 256 + u128::from(width);
        let beyond = end > u128::from(size).checked_shr(8 * u32::from(level)).unwrap_or(0);
        prop_assert_eq!(tile.place(size) == Place::Beyond, beyond);
    }
}
