//! Sound cases.

use std::{fs, path::Path};

use kezek_registry::{Note, Receipt, grow::Head, hash};

use crate::{
    Result,
    case::{CONSISTENCY, Case, ENTRY, POLICY, RECEIPT, REMEMBERED},
};

/// Makes a log that had these sizes one after another.
pub fn make(root: &Path, now: u64, length: usize, sizes: &[u64]) -> Result<()> {
    let case = Case::new(root, now);
    fs::create_dir_all(case.path("old"))?;
    let mut head = Head::empty();
    for &size in sizes {
        let entries: Vec<_> = (head.size()..size).map(|index| entry(index, length)).collect();
        let growth = head.grow(&entries)?;
        case.dir().store(&growth.files)?;
        head = growth.head;
        case.write(&format!("old/{size}"), case.keys.state(size, head.root(), now))?;
    }
    let (Some(middle), Some(last)) = (sizes.get((sizes.len() - 1) / 2), sizes.last()) else {
        return Err("name one size at least".into());
    };
    case.write("log/checkpoint", case.read(&format!("old/{last}"))?)?;
    case.write(REMEMBERED, case.read(&format!("old/{middle}"))?)?;
    case.write(POLICY, case.keys.policy())?;
    if *last == 0 {
        return Ok(());
    }
    receipt(&case, last / 2)?;
    consistency(&case, *middle, *last)
}

/// Writes the receipt of an entry.
pub fn receipt(case: &Case, index: u64) -> Result<()> {
    let mut reader = case.reader()?;
    let hashes = reader.prove_inclusion(index, reader.size())?;
    let checkpoint = Note::parse(&case.read("log/checkpoint")?)?;
    let receipt = Receipt { extra: b"opening".to_vec(), index, hashes, checkpoint };
    case.write(RECEIPT, receipt.to_text())?;
    case.write(ENTRY, reader.entry(index)?)
}

/// Writes the proof that the log continues one of its earlier states.
fn consistency(case: &Case, old: u64, new: u64) -> Result<()> {
    let root = |size: u64| -> Result<String> {
        let note = case.text(&format!("old/{size}"))?;
        Ok(note.split('\n').nth(2).unwrap_or_default().to_owned())
    };
    let proof = case.reader()?.prove_consistency(old, new)?;
    let lines: String = proof.iter().map(|hash| format!("{hash}\n")).collect();
    case.write(CONSISTENCY, format!("{old} {new}\n{}\n{}\n{lines}", root(old)?, root(new)?))
}

/// A made-up entry. Those of many lengths have among them an empty one, the longest, and one that looks like a node.
fn entry(index: u64, length: usize) -> Vec<u8> {
    match (length, index) {
        (0, 5) => Vec::new(),
        (0, 6) => vec![b'x'; kezek_registry::bundle::LONGEST_ENTRY],
        (0, 7) => {
            let [left, right] = [0, 1].map(|index| hash::leaf(&entry(index, 0)));
            [[1].as_slice(), &left.0, &right.0].concat()
        }
        _ => {
            let mut entry = format!(r#"{{"t":"trial/v1","seq":{index}}}"#).into_bytes();
            let many = usize::try_from(index % 90).unwrap_or_default();
            entry.resize(if length == 0 { entry.len() + many } else { length }, b' ');
            entry
        }
    }
}
