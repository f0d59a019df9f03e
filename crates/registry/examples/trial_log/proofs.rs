//! Changes of receipts and of consistency proofs (attack 36).

use crate::{
    Result,
    case::{CONSISTENCY, Case, ENTRY, Keys, OTHER_ORIGIN, RECEIPT},
    files,
    mutate::Mutation,
};

/// Some hash.
const HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/// Changed receipts.
pub const RECEIPTS: &[Mutation] = &[
    ("receipt-of-other-entry", |case| case.write(ENTRY, "something else")),
    ("receipt-index-other", |case| lines(case, |lines| lines[2] = "index 351".into())),
    ("receipt-index-is-size", |case| lines(case, |lines| lines[2] = "index 700".into())),
    ("receipt-index-beyond", |case| lines(case, |lines| lines[2] = "index 1374".into())),
    ("receipt-index-with-zero", |case| lines(case, |lines| lines[2] = "index 0350".into())),
    ("receipt-index-over-2-64", |case| lines(case, |lines| lines[2] = "index 18446744073709551966".into())),
    ("receipt-proof-longer", |case| lines(case, |lines| lines.push(HASH.into()))),
    ("receipt-proof-shorter", |case| lines(case, |lines| drop(lines.pop()))),
    ("receipt-proof-empty", |case| lines(case, |lines| lines.truncate(3))),
    ("receipt-proof-of-64", |case| lines(case, |lines| lines.resize(3 + 64, HASH.into()))),
    ("receipt-proof-reversed", |case| lines(case, |lines| lines[3..].reverse())),
    ("receipt-proof-byte", |case| lines(case, |lines| lines[5] = HASH.into())),
    ("receipt-hash-unpadded", |case| lines(case, |lines| lines[3] = lines[3].replace('=', ""))),
    ("receipt-of-other-version", |case| lines(case, |lines| lines[0] = "c2sp.org/tlog-proof@v2".into())),
    ("receipt-checkpoint-unsigned", |case| {
        change(case, RECEIPT, |text| text.split_inclusive("\n— ").next().map(|all| all.replace("\n— ", "\n")))
    }),
    // D40: a receipt of another log of the same city, with that log's own signature.
    ("receipt-of-other-log", |case| {
        let other = Keys::new(OTHER_ORIGIN);
        let checkpoint = case.checkpoint()?;
        let note = other.state(checkpoint.size, checkpoint.root, case.now);
        change(case, RECEIPT, |text| Some(format!("{}\n\n{note}", text.split_once("\n\n")?.0)))
    }),
    // B15: the family was shown another log than the one that is published.
    ("split-view", |case| {
        let (receipt, entry) = (case.read("receipt")?, case.read("entry")?);
        files::rewrite(case, 600)?;
        case.write("receipt", receipt)?;
        case.write("entry", entry)
    }),
];

/// Changed consistency proofs.
pub const CONSISTENCY_PROOFS: &[Mutation] = &[
    ("consistency-longer", |case| consistency(case, |lines| lines.push(HASH.into()))),
    ("consistency-shorter", |case| consistency(case, |lines| drop(lines.pop()))),
    ("consistency-empty", |case| consistency(case, |lines| lines.truncate(3))),
    ("consistency-of-64", |case| consistency(case, |lines| lines.resize(3 + 64, HASH.into()))),
    ("consistency-byte", |case| consistency(case, |lines| lines[4] = HASH.into())),
    ("consistency-old-root", |case| consistency(case, |lines| lines[1] = HASH.into())),
    ("consistency-new-root", |case| consistency(case, |lines| lines[2] = HASH.into())),
    ("consistency-other-old-size", |case| consistency(case, |lines| lines[0] = "291 700".into())),
    ("consistency-power-of-two", |case| consistency(case, |lines| lines[0] = "256 700".into())),
    ("consistency-backwards", |case| {
        consistency(case, |lines| {
            lines[0] = "700 290".into();
            lines.swap(1, 2);
        })
    }),
    ("consistency-same-size-other-root", |case| {
        consistency(case, |lines| {
            lines[0] = "700 700".into();
            lines.truncate(3);
        })
    }),
    ("consistency-same-size-with-hashes", |case| {
        consistency(case, |lines| {
            lines[0] = "700 700".into();
            lines[1] = lines[2].clone();
        })
    }),
    ("consistency-from-0-other-root", |case| {
        consistency(case, |lines| {
            lines[0] = "0 700".into();
            lines.truncate(3);
        })
    }),
    ("consistency-from-0-with-hashes", |case| {
        consistency(case, |lines| {
            lines[0] = "0 700".into();
            lines[1] = HASH.into();
        })
    }),
    ("sound-consistency-from-0", |case| {
        consistency(case, |lines| {
            lines[0] = "0 700".into();
            lines[1] = HASH.into();
            lines.truncate(3);
        })
    }),
];

/// Changes the lines of a receipt above its checkpoint.
fn lines(case: &Case, edit: impl FnOnce(&mut Vec<String>)) -> Result<()> {
    change(case, RECEIPT, |text| {
        let (head, checkpoint) = text.split_once("\n\n")?;
        let mut lines: Vec<String> = head.split('\n').map(str::to_owned).collect();
        edit(&mut lines);
        Some(format!("{}\n\n{checkpoint}", lines.join("\n")))
    })
}

fn consistency(case: &Case, edit: impl FnOnce(&mut Vec<String>)) -> Result<()> {
    change(case, CONSISTENCY, |text| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        edit(&mut lines);
        Some(lines.join("\n") + "\n")
    })
}

fn change(case: &Case, name: &str, edit: impl FnOnce(&str) -> Option<String>) -> Result<()> {
    let text = case.text(name)?;
    let changed = edit(&text).filter(|changed| *changed != text);
    case.write(name, changed.ok_or_else(|| format!("{name} stays as it was"))?)
}
