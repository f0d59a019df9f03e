//! Changes of the files of a log, and of its whole history. They fit a log of 700 entries; some fit others too.

use std::{fs, os::unix::fs::symlink};

use kezek_registry::{bundle, dir::Dir};

use crate::{Result, case::Case, mutate::Mutation};

/// What a look at all files finds.
pub const MUTATIONS: &[Mutation] = &[
    // A1, A2: entries.
    ("entry-byte", |case| edit(case, "log/tile/entries/000", |bytes| flip_byte(bytes, 20))),
    ("entries-swapped", |case| {
        edit(case, "log/tile/entries/001", |bytes| reorder(bytes, 256, |entries| entries.swap(3, 200)))
    }),
    ("entries-swapped-with-hashes", |case| {
        edit(case, "log/tile/entries/001", |bytes| reorder(bytes, 256, |entries| entries.swap(3, 200)))?;
        edit(case, "log/tile/0/001", |bytes| {
            let (one, other) = bytes.split_at_mut(200 * 32);
            one[3 * 32..4 * 32].swap_with_slice(&mut other[..32]);
        })
    }),
    ("entries-rewritten", |case| {
        let mut entries = case.entries()?;
        entries.swap(10, 400);
        case.rebuild(&entries).map(drop)
    }),
    // A4: bundles.
    ("bundle-truncated", |case| edit(case, "log/tile/entries/000", |bytes| bytes.truncate(bytes.len() - 1))),
    ("bundle-longer", |case| edit(case, "log/tile/entries/000", |bytes| bytes.push(0))),
    ("bundle-with-one-entry-more", |case| edit(case, "log/tile/entries/000", |bytes| bytes.extend([0, 0]))),
    ("bundle-with-one-entry-less", |case| {
        edit(case, "log/tile/entries/001", |bytes| {
            reorder(bytes, 256, |entries| entries.truncate(entries.len() - 1))
        })
    }),
    ("bundle-length-prefix", |case| edit(case, "log/tile/entries/000", |bytes| bytes[1] += 1)),
    ("bundle-empty", |case| edit(case, "log/tile/entries/000", Vec::clear)),
    // A5, A6: hashes.
    ("edge-tile-byte", |case| edit(case, "log/tile/0/002.p/188", |bytes| flip_byte(bytes, 40))),
    ("interior-tile-byte", |case| edit(case, "log/tile/0/000", |bytes| flip_byte(bytes, 40))),
    ("high-tile-byte", |case| {
        let full = case.path("log/tile/1/000").exists();
        edit(case, if full { "log/tile/1/000" } else { "log/tile/1/000.p/2" }, |bytes| flip_byte(bytes, 40))
    }),
    ("tile-short", |case| edit(case, "log/tile/0/000", |bytes| bytes.truncate(bytes.len() - 32))),
    ("tile-long", |case| edit(case, "log/tile/0/000", |bytes| bytes.extend([0; 32]))),
    // A7, A8: missing files.
    ("tile-missing", |case| remove(case, "log/tile/0/000")),
    ("bundle-missing", |case| remove(case, "log/tile/entries/000")),
    ("edge-tile-missing", |case| remove(case, "log/tile/0/002.p/188")),
    ("edge-bundle-missing", |case| remove(case, "log/tile/entries/002.p/188")),
    ("high-tile-missing", |case| remove(case, "log/tile/1/000.p/2")),
    ("sound-earlier-files-gone", |case| {
        remove(case, "log/tile/0/000.p/3")?;
        remove(case, "log/tile/entries/000.p/3")
    }),
    ("earlier-tile-byte", |case| edit(case, "log/tile/0/001.p/34", |bytes| flip_byte(bytes, 40))),
    ("earlier-bundle-byte", |case| edit(case, "log/tile/entries/001.p/34", |bytes| flip_byte(bytes, 40))),
    ("earlier-bundle-short", |case| {
        edit(case, "log/tile/entries/001.p/34", |bytes| {
            reorder(bytes, 34, |entries| entries.truncate(entries.len() - 1))
        })
    }),
    // A10, D41: what does not belong there.
    ("extra-file", |case| case.write("log/readme.txt", "x")),
    ("extra-unfinished-file", |case| case.write("log/tile/entries/.000.1-1.tmp", "x")),
    ("extra-tile-beyond", |case| {
        case.write("log/tile/0/002.p/189", [case.read("log/tile/0/002.p/188")?, vec![0; 32]].concat())
    }),
    ("extra-link", |case| link(case, "..", "log/up")),
    ("link-in-place-of-a-tile", |case| moved(case, "log/tile/0/000", "../../../moved")),
    ("link-in-place-of-a-bundle", |case| moved(case, "log/tile/entries/000", "../../../moved")),
    ("link-in-place-of-the-checkpoint", |case| moved(case, "log/checkpoint", "../moved")),
    ("path-short-group", |case| again(case, "tile/0/x1/000")),
    ("path-zero-group", |case| again(case, "tile/0/x000/000")),
    ("path-four-digits", |case| again(case, "tile/0/0000")),
    ("path-level-64", |case| again(case, "tile/64/000")),
    ("path-level-with-zero", |case| again(case, "tile/00/000")),
    ("path-width-256", |case| again(case, "tile/0/000.p/256")),
    ("path-width-0", |case| again(case, "tile/0/000.p/0")),
    ("path-width-with-zero", |case| again(case, "tile/0/001.p/034")),
    ("path-of-other-tools", |case| again(case, "tile/8/0/000")),
    // D35: a tree of two entries shown as one entry that is their node.
    ("node-as-entry", |case| {
        let node = case.entries()?.into_iter().find(|entry| entry.len() == 65 && entry[0] == 1);
        let node = node.ok_or("no entry looks like a node")?;
        let (left, right) = (hash(&node[1..33])?, hash(&node[33..])?);
        case.rebuild(&[node])?;
        fs::remove_file(case.path("remembered"))?;
        let root = kezek_registry::hash::node(&left, &right);
        case.write("log/tile/0/000.p/1", root.0)?;
        case.write("log/checkpoint", case.keys.state(1, root, case.now))
    }),
];

/// Histories that contradict what was seen before, each with valid signatures (attacks A3, B13, B14, B16).
pub const HISTORIES: &[Mutation] = &[
    ("rolled-back", |case| {
        case.write("remembered", case.read("log/checkpoint")?)?;
        restate(case, case.entries()?.drain(..520).collect())
    }),
    ("same-size-other-root", |case| {
        case.write("remembered", case.read("log/checkpoint")?)?;
        rewrite(case, 600)
    }),
    ("history-rewritten", |case| rewrite(case, 3)),
    ("history-without-an-entry", |case| {
        let mut entries = case.entries()?;
        entries.remove(3);
        restate(case, entries)
    }),
];

/// Flips one bit of one file of the log, which the number chooses.
pub fn flip(case: &Case, number: usize) -> Result<()> {
    let found = Dir::new(case.path("log")).list()?;
    // Any numbers without a common factor serve.
    let name = format!("log/{}", found[number * 7 % found.len()].path);
    println!("{name}");
    edit(case, &name, |bytes| {
        let bit = number * 7919 % (bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
    })
}

fn edit(case: &Case, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
    let mut bytes = case.read(name)?;
    let before = bytes.clone();
    change(&mut bytes);
    if bytes == before {
        return Err(format!("{name} stays as it was").into());
    }
    case.write(name, bytes)
}

fn flip_byte(bytes: &mut [u8], at: usize) {
    bytes[at] ^= 0x20;
}

fn reorder(bytes: &mut Vec<u8>, width: u16, change: impl FnOnce(&mut Vec<&[u8]>)) {
    let old = bytes.clone();
    let mut entries = bundle::decode(&old, width).unwrap_or_default();
    change(&mut entries);
    *bytes = bundle::encode(&entries).unwrap_or_default();
}

fn remove(case: &Case, name: &str) -> Result<()> {
    Ok(fs::remove_file(case.path(name))?)
}

/// The first tile once more, under a name that no log has.
fn again(case: &Case, name: &str) -> Result<()> {
    case.write(&format!("log/{name}"), case.read("log/tile/0/000")?)
}

fn link(case: &Case, target: &str, name: &str) -> Result<()> {
    Ok(symlink(target, case.path(name))?)
}

/// A link to a file with the right content, outside of the log.
fn moved(case: &Case, name: &str, target: &str) -> Result<()> {
    fs::rename(case.path(name), case.path("moved"))?;
    link(case, target, name)
}

/// A log whose entry at this place was another from the beginning, with everything that belongs to it.
pub fn rewrite(case: &Case, index: usize) -> Result<()> {
    let mut entries = case.entries()?;
    entries[index].push(b'!');
    restate(case, entries)
}

/// A sound log of these entries, with receipts of its own.
fn restate(case: &Case, entries: Vec<Vec<u8>>) -> Result<()> {
    let size = u64::try_from(entries.len())?;
    let root = case.rebuild(&entries)?;
    case.write("log/checkpoint", case.keys.state(size, root, case.now))?;
    crate::make::receipt(case, size / 2)
}

fn hash(bytes: &[u8]) -> Result<kezek_registry::Hash> {
    Ok(kezek_registry::Hash::from_slice(bytes).ok_or("not a hash")?)
}
