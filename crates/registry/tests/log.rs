//! A log on a disk: it grows, is checked, and whatever is done to its files is found.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::{PermissionsExt, symlink},
    sync::LazyLock,
    thread,
};

use common::{COSIGNED_AT, TestLog, entry};
use kezek_registry::{
    Checkpoint,
    check::{self, CheckError},
    dir::{Dir, DirError},
    grow::{Head, NewFile},
    hash,
    listing::{Found, Kind},
    read::{ReadError, Reader},
    tile::{self, Place, Row, Tile},
    tree::Edge,
};
use proptest::prelude::*;

type Files = BTreeMap<String, Vec<u8>>;

fn read(files: &Files, path: &str) -> io::Result<Vec<u8>> {
    files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Checks a log held in memory.
fn check_files(log: &TestLog, files: &Files) -> Result<check::Report, CheckError> {
    let found = files.keys().map(|path| Found { path: path.clone(), kind: Kind::File }).collect();
    let mut next = 0;
    let report = check::check(
        &log.policy(),
        COSIGNED_AT,
        found,
        |path| read(files, path),
        |index, bytes| {
            assert_eq!((index, bytes), (next, entry(index).as_slice()));
            next += 1;
        },
    )?;
    assert_eq!(next, report.witnessed.checkpoint.size);
    Ok(report)
}

/// All files of a log that had these sizes.
fn grown(log: &TestLog, sizes: &[u64]) -> Files {
    let mut head = Head::empty();
    let mut files = Files::new();
    for &size in sizes {
        let entries: Vec<_> = (head.size()..size).map(entry).collect();
        let growth = head.grow(&entries).unwrap();
        files.extend(growth.files.into_iter().map(|file| (file.tile.path(), file.bytes)));
        head = growth.head;
    }
    files.insert("checkpoint".into(), log.checkpoint(&head).to_text().into_bytes());
    files
}

/// Growing writes exactly the files that a larger log has, whichever way it got there.
#[test]
fn growing_writes_the_files_of_the_new_size() {
    let sizes = [0, 1, 2, 255, 256, 257, 300, 511, 512, 700, 65_535, 65_536, 65_537, 70_000];
    let mut edge = Edge::new();
    let mut head = Head::empty();
    for pair in sizes.windows(2) {
        let [old, new] = pair else { unreachable!() };
        let entries: Vec<_> = (*old..*new).map(entry).collect();
        entries.iter().for_each(|entry| edge.push(hash::leaf(entry)));
        let growth = head.grow(&entries).unwrap();
        let mut written: Vec<_> = growth.files.iter().map(|file| file.tile).collect();
        let mut expected: Vec<_> = tile::new_files(*old, *new).collect();
        written.sort();
        expected.sort();
        assert_eq!(written, expected, "{old} to {new}");
        assert_eq!(growth.head.root(), edge.root(), "{new}");
        head = growth.head;
    }
    let at_once = Head::empty().grow(&(0..70_000).map(entry).collect::<Vec<_>>()).unwrap();
    assert_eq!(at_once.head, head);
    assert!(head.grow::<Vec<u8>>(&[]).unwrap().files.is_empty());
}

#[test]
fn sound_logs_pass_the_check() {
    let log = TestLog::new("q.example/apps");
    for sizes in [&[0][..], &[1], &[256], &[257], &[700], &[1, 2, 255, 256, 300, 700], &[65_536], &[66_000]] {
        let files = grown(&log, sizes);
        let report = check_files(&log, &files).unwrap();
        assert_eq!(report.files, u64::try_from(files.len()).unwrap() - 1);
        assert_eq!(report.extra, []);
        assert_eq!(report.witnessed.fresh_at, Some(COSIGNED_AT));
    }
}

/// Attacks 1, 4, 5, 6, 9: whichever bit of whichever file is changed, the check fails, and names the file.
#[test]
fn every_single_bit_counts() {
    let log = TestLog::new("q.example/apps");
    let files = grown(&log, &[1, 256, 258]);
    let sound = check_files_quietly(&log, &files).unwrap().witnessed.checkpoint;
    let earlier = files.keys().filter_map(|path| Tile::parse(path));
    let earlier = earlier.filter(|tile| tile.place(258) == Place::Earlier).collect();
    for path in files.keys() {
        let mut changed = files.clone();
        for bit in 0..files[path].len() * 8 {
            flip(&mut changed, path, bit);
            // The signatures need no look when the checkpoint is as it was.
            let checked = if path == "checkpoint" {
                check_files_quietly(&log, &changed).map(|report| report.files)
            } else {
                check::check_tree(&sound, &earlier, |path| read(&changed, path), |_, _| {})
            };
            let error = checked.unwrap_err().to_string();
            assert!(error.contains(path.as_str()), "{path} bit {bit}: {error}");
            flip(&mut changed, path, bit);
        }
    }
}

fn flip(files: &mut Files, path: &str, bit: usize) {
    files.get_mut(path).unwrap()[bit / 8] ^= 1 << (bit % 8);
}

proptest! {
    #[test]
    fn any_bit_of_a_larger_log_counts(file in any::<prop::sample::Index>(), bit in any::<prop::sample::Index>()) {
        static LOG: LazyLock<(TestLog, Files)> = LazyLock::new(|| {
            let log = TestLog::new("q.example/apps");
            let files = grown(&log, &[3, 256, 290, 520, 700]);
            (log, files)
        });
        let (log, files) = &*LOG;
        let path = file.get(&files.keys().collect::<Vec<_>>()).to_string();
        let mut changed = files.clone();
        flip(&mut changed, &path, bit.index(files[&path].len() * 8));
        let error = check_files_quietly(log, &changed).unwrap_err().to_string();
        prop_assert!(error.contains(&path), "{path}: {error}");
    }
}

/// As [`check_files`], without a look at the entries.
fn check_files_quietly(log: &TestLog, files: &Files) -> Result<check::Report, CheckError> {
    let found = files.keys().map(|path| Found { path: path.clone(), kind: Kind::File }).collect();
    check::check(&log.policy(), COSIGNED_AT, found, |path| read(files, path), |_, _| {})
}

/// Attacks 4, 7, 8: a file that is missing, too short or too long.
#[test]
fn every_file_counts_whole() {
    let log = TestLog::new("q.example/apps");
    let files = grown(&log, &[3, 290, 700]);
    let needed: Vec<_> = tile::files(700).map(|tile| tile.path()).collect();
    for path in files.keys() {
        let mut changed = files.clone();
        changed.remove(path);
        let missing = check_files_quietly(&log, &changed);
        let is_needed = needed.contains(path) || path == "checkpoint";
        assert_eq!(missing.is_err(), is_needed, "{path}");
        for length in [0, 1, files[path].len() / 2, files[path].len() - 1] {
            changed.insert(path.clone(), files[path][..length].to_vec());
            let error = check_files_quietly(&log, &changed).unwrap_err().to_string();
            assert!(error.contains(path.as_str()), "{path} cut to {length}: {error}");
        }
        for more in [&b"\0"[..], b"\n", &[0; 32], &files[path]] {
            changed.insert(path.clone(), [&files[path], more].concat());
            let error = check_files_quietly(&log, &changed).unwrap_err().to_string();
            assert!(error.contains(path.as_str()), "{path} longer: {error}");
        }
    }
}

/// Attacks 2, 3, 6, 16, 40: rewritten consistently, the files still do not fit the signed root.
#[test]
fn rewritten_logs_do_not_fit_their_checkpoint() {
    let log = TestLog::new("q.example/apps");
    let files = grown(&log, &[700]);
    let mut entries: Vec<_> = (0..700).map(entry).collect();
    entries.swap(10, 400);
    let mut rewritten = files.clone();
    for file in Head::empty().grow(&entries).unwrap().files {
        rewritten.insert(file.tile.path(), file.bytes);
    }
    let error = check_files_quietly(&log, &rewritten).unwrap_err();
    assert!(matches!(error, CheckError::Root { size: 700, .. }), "{error}");

    // One entry changed: the tile still vouches for the right one.
    let mut changed = files.clone();
    changed.get_mut("tile/entries/001").unwrap()[10] ^= 1;
    let error = check_files_quietly(&log, &changed).unwrap_err();
    assert!(
        matches!(&error, CheckError::Entry { path, index: 256 } if path == "tile/entries/001"),
        "{error}"
    );

    // The tail dropped: the old checkpoint is sound, and only its age tells.
    let old = grown(&log, &[300]);
    check_files_quietly(&log, &old).unwrap();

    // The files of one log under the checkpoint of another.
    let other = TestLog::new("q.example/referrals");
    let mut transplanted = files.clone();
    transplanted.insert("checkpoint".into(), grown(&other, &[700])["checkpoint"].clone());
    let error = check_files_quietly(&log, &transplanted).unwrap_err().to_string();
    assert!(error.contains("q.example/referrals"), "{error}");
}

/// Attack 64: a checkpoint may state any size; the check ends at the first file that is not there.
#[test]
fn huge_sizes_are_bounded() {
    let log = TestLog::new("q.example/apps");
    let checkpoint = Checkpoint { origin: log.origin.clone(), size: i64::MAX as u64, root: hash::leaf(b"") };
    let note = log.cosign(checkpoint.sign(&log.key).unwrap());
    let mut files = grown(&log, &[300]);
    files.insert("checkpoint".into(), note.to_text().into_bytes());
    assert!(matches!(check_files_quietly(&log, &files), Err(CheckError::File(ReadError::File { .. }))));
}

/// What a reader gives is authenticated: every proof is right, and a changed file is named.
#[test]
fn readers_trust_nothing_but_the_checkpoint() {
    let log = TestLog::new("q.example/apps");
    let mut files = grown(&log, &[70_000]);
    let checkpoint = Checkpoint::open(&files["checkpoint"], log.key.public()).unwrap().0;
    let mut reader = Reader::open(&checkpoint, |path: &str| read(&files, path)).unwrap();
    for index in [0, 1, 255, 256, 4_000, 65_535, 65_536, 69_999] {
        let bytes = reader.entry(index).unwrap();
        assert_eq!(bytes, entry(index));
        let proof = reader.prove_inclusion(index, 70_000).unwrap();
        let leaf = hash::leaf(&bytes);
        kezek_registry::proof::verify_inclusion(index, 70_000, &leaf, &proof, &checkpoint.root).unwrap();
    }
    let head = reader.head().unwrap();
    assert_eq!((head.size(), head.root()), (70_000, checkpoint.root));
    assert!(reader.entry(70_000).is_err());
    assert!(reader.prove_inclusion(0, 70_001).is_err());
    drop(reader);

    files.get_mut("tile/0/100").unwrap()[5] ^= 1;
    files.get_mut("tile/entries/101").unwrap()[5] ^= 1;
    let mut reader = Reader::open(&checkpoint, |path: &str| read(&files, path)).unwrap();
    let error = reader.prove_inclusion(25_600, 70_000).unwrap_err();
    assert!(matches!(&error, ReadError::Changed(path) if path == "tile/0/100"), "{error}");
    let error = reader.entry(25_856).unwrap_err();
    assert!(matches!(&error, ReadError::Changed(path) if path == "tile/entries/101"), "{error}");
    reader.entry(0).unwrap();
    assert!(matches!(Reader::open(&checkpoint, |_: &str| Ok(vec![0; 8192])), Err(ReadError::Length { .. })));
}

/// Attack 10, and files that a stopped process leaves: listed as what they are.
#[test]
fn stray_files_are_named() {
    let log = TestLog::new("q.example/apps");
    let folder = tempfile::tempdir().unwrap();
    let dir = Dir::new(folder.path().join("apps"));
    let first = Head::empty().grow(&(0..300).map(entry).collect::<Vec<_>>()).unwrap();
    dir.store(&first.files).unwrap();
    let second = first.head.grow(&(300..700).map(entry).collect::<Vec<_>>()).unwrap();
    dir.store(&second.files).unwrap();
    dir.publish(log.checkpoint(&second.head).to_text().as_bytes()).unwrap();
    let check =
        || check::check(&log.policy(), COSIGNED_AT, dir.list().unwrap(), |path| dir.read(path), |_, _| {});
    assert_eq!(check().unwrap().extra, []);

    let root = dir.root();
    fs::write(root.join("tile/0/001.p/256"), "x").unwrap();
    fs::write(root.join("tile/entries/.000.1-1.tmp"), "x").unwrap();
    symlink("../000", root.join("tile/0/001.p/8")).unwrap();
    symlink("..", root.join("up")).unwrap();
    let third = second.head.grow(&[entry(700)]).unwrap();
    dir.store(&third.files).unwrap();
    let extra: Vec<_> = check().unwrap().extra.into_iter().map(|found| (found.path, found.kind)).collect();
    let expected = [
        ("tile/0/001.p/256", Kind::File),
        ("tile/0/001.p/8", Kind::Link),
        ("tile/0/002.p/189", Kind::File),
        ("tile/entries/.000.1-1.tmp", Kind::File),
        ("tile/entries/002.p/189", Kind::File),
        ("up", Kind::Link),
    ];
    assert_eq!(extra, expected.map(|(path, kind)| (path.to_owned(), kind)));
    dir.settle().unwrap();
    assert!(!root.join("tile/entries/.000.1-1.tmp").exists());

    // A link in the place of a needed file is not followed.
    fs::rename(root.join("tile/0/000"), root.join("moved")).unwrap();
    symlink("../../moved", root.join("tile/0/000")).unwrap();
    let error = check().unwrap_err().to_string();
    assert!(error.contains("tile/0/000"), "{error}");
    for path in ["../apps/checkpoint", "/etc/passwd", "tile/0/../0/000", "up", "moved", ""] {
        assert_eq!(dir.read(path).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{path}");
    }
}

#[test]
fn immutable_files_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let dir = Dir::new(folder.path().join("deep/er"));
    let at = |index, width| Tile::new(Row::Entries, index, width).unwrap();
    let file = |tile: Tile, bytes: &[u8]| NewFile { tile, bytes: bytes.to_vec() };
    let files = [file(at(0, 256), b"a"), file(at(1_234_567, 3), b"b")];
    dir.store(&files).unwrap();
    dir.store(&files).unwrap();
    let path = dir.root().join("tile/entries/x001/x234/567.p/3");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o444);
    assert_eq!(dir.read("tile/entries/x001/x234/567.p/3").unwrap(), b"b");
    for other in [&b"c"[..], b"", b"bb"] {
        let error = dir.store(&[file(at(1_234_567, 3), other)]).unwrap_err();
        assert!(matches!(&error, DirError::Differs(found) if *found == path), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), b"b");
    assert_eq!(dir.list().unwrap().len(), 2, "nothing unfinished is left");

    dir.publish(b"one").unwrap();
    dir.publish(b"two").unwrap();
    assert_eq!(dir.read("checkpoint").unwrap(), b"two");

    assert!(matches!(dir.remove_partial(&at(1_234_567, 3)), Err(DirError::Needed(_))));
    assert!(matches!(dir.remove_partial(&at(0, 256)), Err(DirError::Needed(_))));
    dir.store(&[file(at(0, 7), b"p")]).unwrap();
    dir.remove_partial(&at(0, 7)).unwrap();
    assert_eq!(dir.list().unwrap().len(), 3);
    assert!(!dir.root().join("tile/entries/000.p").exists());
    dir.store(&[file(at(2, 1), b"p")]).unwrap();
    Dir::new(folder.path().join("not/there")).settle().unwrap();
}

/// Attack 25, as far as files go: of several that write one file differently, one wins and the others learn it.
#[test]
fn two_writers_do_not_overwrite_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let dir = Dir::new(folder.path());
    for index in 0..20 {
        let tile = Tile::new(Row::Entries, index, 256).unwrap();
        let write = &|bytes: u8| dir.store(&[NewFile { tile, bytes: vec![bytes / 2; 1000] }]);
        let won: Vec<u8> = thread::scope(|scope| {
            let writers: Vec<_> = (0..8).map(|bytes| (bytes, scope.spawn(move || write(bytes)))).collect();
            let ended = writers.into_iter().map(|(bytes, writer)| (bytes, writer.join().unwrap()));
            ended.filter(|(_, ended)| ended.is_ok()).map(|(bytes, _)| bytes).collect()
        });
        assert!(matches!(won[..], [one, other] if one / 2 == other / 2), "{won:?}");
        assert_eq!(dir.read(&tile.path()).unwrap(), vec![won[0] / 2; 1000]);
    }
    assert_eq!(dir.list().unwrap().len(), 20);
}

/// A checkpoint that never ends, or a bundle as long as a disk, is not read to its end.
#[test]
fn reading_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let dir = Dir::new(folder.path());
    fs::create_dir_all(folder.path().join("tile/0")).unwrap();
    fs::write(folder.path().join("checkpoint"), vec![b'a'; 65_537]).unwrap();
    fs::write(folder.path().join("tile/0/000"), vec![0; 8193]).unwrap();
    for path in ["checkpoint", "tile/0/000"] {
        assert_eq!(dir.read(path).unwrap_err().kind(), io::ErrorKind::InvalidData, "{path}");
    }
    assert_eq!(dir.read("tile/0/001").unwrap_err().kind(), io::ErrorKind::NotFound);
}
