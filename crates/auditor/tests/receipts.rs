//! Receipts with the verdict that every verifier of ours must give: the auditor here, the page in the browser by the
//! same file. `KEZEK_UPDATE=1 cargo test -p kezek-auditor --test receipts` writes the file anew.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code)]
#[path = "../../rules/tests/life/mod.rs"]
mod life;
mod vectors;

use std::fs;
use std::path::Path;

use kezek_auditor::receipt::verify;
use kezek_registry::Policy;
use vectors::{Case, NOW, policies};

const FILE: &str = "../../tests/receipts/vectors.json";

fn holds(case: &Case) -> bool {
    let (_, policy) = policies().into_iter().find(|(name, _)| *name == case.policy).unwrap();
    let policy = Policy::parse(policy.as_bytes()).unwrap();
    verify(case.receipt.as_bytes(), &policy, NOW).is_ok()
}

#[test]
fn the_auditor_gives_each_receipt_its_verdict() {
    for case in vectors::cases() {
        let (_, policy) = policies().into_iter().find(|(name, _)| *name == case.policy).unwrap();
        let policy = Policy::parse(policy.as_bytes()).unwrap();
        let found = verify(case.receipt.as_bytes(), &policy, NOW);
        assert_eq!(found.is_ok(), case.holds, "{}: {:?}", case.name, found.err());
    }
}

/// The smallest change anywhere in a receipt makes it worth nothing.
#[test]
fn no_byte_of_a_receipt_can_be_changed() {
    for case in vectors::cases().into_iter().filter(|case| case.holds && case.is_whole) {
        for at in 0..case.receipt.len() {
            let mut bytes = case.receipt.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(receipt) = String::from_utf8(bytes) else { continue };
            let changed = Case { receipt, ..case.clone() };
            assert!(!holds(&changed), "{}: byte {at}", case.name);
        }
    }
}

#[test]
fn the_file_for_other_verifiers_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let text = serde_json::to_string_pretty(&vectors::file()).unwrap() + "\n";
    if std::env::var_os("KEZEK_UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "run KEZEK_UPDATE=1 cargo test -p kezek-auditor --test receipts");
}
