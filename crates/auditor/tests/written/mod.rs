//! The entries of facts, as they would stand in the logs, with real commitments and one salt for all.
// Not every test needs all of it.
#![allow(dead_code)]

use kezek_disclosure::{COMMITMENT_KIND, Context, Entry, Log};
use kezek_registry::commit::Record;
use kezek_registry::{Role, SecretKey};
use kezek_rules::Fact;

/// Origin of the applications' log.
pub const ORIGIN: &str = "kezek.example/applications";
const SALT: [u8; 32] = [7; 32];

/// Entries with their logs, read back from their bytes.
pub fn entries(facts: &[Fact]) -> Vec<(Log, Entry)> {
    let mut context = Context::default();
    let mut written = Vec::new();
    for (fact, seq) in facts.iter().zip(1..) {
        let mut disclosed = context.disclose(seq, fact);
        let salts = disclosed.opens.len();
        disclosed.open_with(std::iter::repeat_n("07".repeat(32), salts));
        let record = Record { origin: ORIGIN.to_owned(), kind: COMMITMENT_KIND.to_owned(), seq };
        let fields: Vec<(&str, &[u8])> =
            disclosed.hidden.iter().map(|hidden| (hidden.field, hidden.value.as_slice())).collect();
        let mut entry = disclosed.entry;
        if !fields.is_empty() {
            entry.commitment = Some(record.commit(&SALT, &fields).unwrap().record.0);
        }
        let line = entry.to_bytes().unwrap();
        written.push((disclosed.log, Entry::parse(&line).unwrap()));
    }
    written
}

/// A key of a log, always the same.
pub fn key(log: Log) -> SecretKey {
    let name = format!("kezek.example/{}", log.name());
    SecretKey::from_seed(&name, Role::Log, &[log as u8 + 1; 32]).unwrap()
}

/// Trusts these keys, and asks for no witness.
pub fn policy() -> String {
    let logs: String = Log::ALL.map(|log| format!("log {}\n", key(log).public())).concat();
    logs + "quorum none\n"
}
