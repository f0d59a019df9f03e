//! The latest answers, whole.
//!
//! Whoever hears nothing for a while, or presses twice, asks again within seconds. Such a repetition is answered
//! without a way to the store.

use std::collections::{HashMap, VecDeque};

use crate::intake::{Key, Outcome};

/// So many answers; about ten megabytes.
const REMEMBERED: usize = 20_000;

/// Durable answers by key, the latest ones.
#[derive(Debug, Default)]
pub struct Recent {
    answers: HashMap<[u8; 16], ([u8; 32], Outcome)>,
    /// The oldest first.
    keys: VecDeque<[u8; 16]>,
}

impl Recent {
    /// Remembers an answer that is durable.
    pub fn note(&mut self, key: &Key, outcome: &Outcome) {
        if self.answers.contains_key(&key.id) {
            return;
        }
        if self.keys.len() >= REMEMBERED
            && let Some(oldest) = self.keys.pop_front()
        {
            self.answers.remove(&oldest);
        }
        self.keys.push_back(key.id);
        self.answers.insert(key.id, (key.fingerprint, outcome.clone()));
    }

    /// The fingerprint and the outcome under a key.
    pub fn get(&self, key: &[u8; 16]) -> Option<&([u8; 32], Outcome)> {
        self.answers.get(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kezek_calendar::Instant;
    use kezek_rules::Refusal;

    #[test]
    fn the_oldest_are_forgotten() {
        let mut recent = Recent::default();
        let key = |number: usize| Key::new("parent:1", &number.to_string(), b"body").unwrap();
        let outcome = Outcome::Refused { refusal: Refusal::NoAccess, at: Instant::from_micros(1) };
        for number in 0..=REMEMBERED {
            recent.note(&key(number), &outcome);
            recent.note(&key(number), &outcome);
        }
        assert_eq!(recent.get(&key(0).id()), None);
        assert_eq!(recent.get(&key(1).id()), Some(&(key(1).fingerprint, outcome)));
        assert_eq!(recent.answers.len(), REMEMBERED);
    }
}
