//! Builders for made-up facts and rows.
#![allow(dead_code)]

use kezek_journal::{Answer, Batch, NewFact, NewOutbox, PrivateRow};

pub const START_US: i64 = 1_623_900_000_000_000;

pub fn fact(number: u64) -> NewFact {
    NewFact {
        time_us: START_US + number.cast_signed(),
        kind: "application_filed".into(),
        settlement: Some(u64::MAX - 3),
        actor: "parent:17".into(),
        payload: format!("{{ \"application\": {number},\t\"тіл\":\"қазақша\" }}"),
        version: 2,
        draw: u64::MAX - number,
    }
}

pub fn facts(numbers: std::ops::RangeInclusive<u64>) -> Vec<NewFact> {
    numbers.map(fact).collect()
}

pub fn batch(expected_head: u64, size: u64) -> Batch {
    Batch { expected_head, facts: facts(expected_head + 1..=expected_head + size), ..Batch::default() }
}

pub fn answer(key: &str, seq: u64) -> Answer {
    Answer {
        key: key.into(),
        fingerprint: [9; 32],
        answer: b"{\"number\":\"A-1\"}".to_vec(),
        seq,
        time_us: START_US,
    }
}

pub fn message(kind: &str, due_us: i64) -> NewOutbox {
    NewOutbox { created_us: START_US, kind: kind.into(), payload: "{\"to\":5}".into(), due_us }
}

pub fn row(kind: &str, id: u64) -> PrivateRow {
    PrivateRow {
        kind: kind.into(),
        id,
        lookup: None,
        owner: None,
        sealed: vec![id.to_le_bytes()[0]; 40],
        key_id: 1,
        created_us: START_US,
        expires_us: None,
    }
}
