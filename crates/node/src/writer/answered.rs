//! Which idempotency keys this node has answered lately.
//!
//! Most keys are new, and asking the store about each would cost more than the command itself. So only keys that may
//! have been answered are looked up; of the others the store itself says when it knows one.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use kezek_journal::{Head, Journal, StoreError};

/// So many keys are remembered, and up to twice as many; 16 bytes each.
const REMEMBERED: usize = 500_000;
const LATELY_US: i64 = 3_600_000_000;

/// Marks of keys. A key without its mark was answered by another node, before the start, long ago, or never.
#[derive(Debug, Default)]
pub struct Answered {
    hasher: RandomState,
    new: HashSet<u64>,
    old: HashSet<u64>,
}

impl Answered {
    /// Marks of the keys that were answered lately, before this node's start too: whoever asked a node that then ended
    /// asks again with the same key.
    pub async fn lately(journal: &Journal, head: Head) -> Result<Self, StoreError> {
        let limit = u32::try_from(REMEMBERED).unwrap_or(u32::MAX);
        let mut answered = Self::default();
        for key in journal.keys_since(head.time_us.saturating_sub(LATELY_US), limit).await? {
            answered.note(&key);
        }
        Ok(answered)
    }

    /// Notes that a key has its answer.
    pub fn note(&mut self, key: &str) {
        if self.new.len() >= REMEMBERED {
            self.old = std::mem::take(&mut self.new);
        }
        self.new.insert(self.hasher.hash_one(key));
    }

    /// Whether a key may have its answer; rarely true for a new one.
    pub fn may_have(&self, key: &str) -> bool {
        let mark = self.hasher.hash_one(key);
        self.new.contains(&mark) || self.old.contains(&mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_remembered_for_a_while() {
        let mut answered = Answered::default();
        assert!(!answered.may_have("key 0"));
        for number in 0..=2 * REMEMBERED {
            answered.note(&format!("key {number}"));
        }
        assert!(!answered.may_have("key 0"), "memory is bounded");
        assert!(answered.may_have(&format!("key {}", REMEMBERED + 1)));
        assert!(answered.may_have(&format!("key {}", 2 * REMEMBERED)));
    }
}
