//! A log and its two witnesses, made up for the tests.
// Not every test uses everything.
#![allow(dead_code)]

use kezek_registry::{Checkpoint, Note, Policy, Role, SecretKey, cosignature, grow::Head};

/// When the witnesses cosign: 1 June 2026.
pub const COSIGNED_AT: u64 = 1_780_272_000;

/// A log, and the witnesses that all have to cosign.
pub struct TestLog {
    pub origin: String,
    pub key: SecretKey,
    pub witnesses: Vec<SecretKey>,
}

impl TestLog {
    pub fn new(origin: &str) -> Self {
        let witness = |number: u8| {
            SecretKey::from_seed(&format!("witness.example/{number}"), Role::Witness, &[number; 32]).unwrap()
        };
        let seed = [u8::try_from(origin.len()).unwrap() + 100; 32];
        let key = SecretKey::from_seed(origin, Role::Log, &seed).unwrap();
        Self { origin: origin.into(), key, witnesses: vec![witness(1), witness(2)] }
    }

    /// The log and all witnesses.
    pub fn policy(&self) -> Policy {
        let [first, second] = [0, 1].map(|at| self.witnesses[at].public());
        let text = format!(
            "log {}\nwitness w1 {first}\nwitness w2 {second}\ngroup both all w1 w2\nquorum both\n",
            self.key.public()
        );
        Policy::parse(text.as_bytes()).unwrap()
    }

    pub fn checkpoint(&self, head: &Head) -> Note {
        let checkpoint = Checkpoint { origin: self.origin.clone(), size: head.size(), root: head.root() };
        self.cosign(checkpoint.sign(&self.key).unwrap())
    }

    pub fn cosign(&self, note: Note) -> Note {
        self.witnesses.iter().fold(note, |note, witness| {
            note.with(cosignature::cosign(witness, note.text(), COSIGNED_AT).unwrap()).unwrap()
        })
    }
}

/// A made-up entry.
pub fn entry(index: u64) -> Vec<u8> {
    format!(r#"{{"t":"test/v1","seq":{index}}}"#).into_bytes()
}
