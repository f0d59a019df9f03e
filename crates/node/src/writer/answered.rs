//! Which idempotency keys have their answer, and in which row of the journal.
//!
//! All keys of the last days are known here, those that other nodes answered too once their rows have been read: so a
//! key that is not known is new, and the store is asked for nothing but an answer that is there. A key costs about
//! forty bytes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock};

use kezek_journal::{Answer, AnswersRow, Journal, StoreError};

/// A key is known for a week, as long as its answer is kept, and up to a day longer.
const DAYS: usize = 8;
const DAY_US: i64 = 86_400_000_000;
const PAGE: u32 = 500;

/// The answers kept under keys.
pub type Kept = HashMap<[u8; 16], Answer>;

/// Rows of answers by key. Clones share one index.
#[derive(Debug, Clone, Default)]
pub struct Answered {
    index: Arc<RwLock<Index>>,
}

#[derive(Debug, Default)]
struct Index {
    /// The newest first.
    days: VecDeque<Day>,
    last: u64,
}

#[derive(Debug)]
struct Day {
    began_us: i64,
    rows: HashMap<[u8; 16], u64>,
}

impl Answered {
    /// All keys whose answers the journal keeps.
    pub async fn load(journal: &Journal) -> Result<Self, StoreError> {
        let answered = Self::default();
        // Asked for first: the last rows may have been forgotten.
        let last = journal.last_answers().await?;
        answered.read_on(journal).await?;
        answered.wrote(last);
        Ok(answered)
    }

    /// Reads the rows that were written since the last one known.
    pub async fn read_on(&self, journal: &Journal) -> Result<(), StoreError> {
        loop {
            let rows = journal.answers_after(self.last(), PAGE).await?;
            let Some(last) = rows.last().map(|row| row.number) else { return Ok(()) };
            for AnswersRow { number, answers } in rows {
                answers.into_iter().for_each(|answer| self.note(answer.key, number, answer.time_us));
            }
            self.wrote(last);
        }
    }

    /// The number of the last row that was read or written.
    pub fn last(&self) -> u64 {
        self.index.read().unwrap_or_else(PoisonError::into_inner).last
    }

    /// Notes that a row was written, whose keys were noted when their commands were judged.
    pub fn wrote(&self, number: u64) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        index.last = index.last.max(number);
    }

    /// Notes that a key has its answer in a row, or will have it once the row is written; if it never is, the key costs
    /// one look in vain.
    pub fn note(&self, key: [u8; 16], row: u64, time_us: i64) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        if index.days.front().is_none_or(|newest| time_us - newest.began_us >= DAY_US) {
            index.days.push_front(Day { began_us: time_us, rows: HashMap::new() });
            index.days.truncate(DAYS);
        }
        if let Some(newest) = index.days.front_mut() {
            newest.rows.insert(key, row);
        }
    }

    /// The row that may hold a key's answer; none for a new key.
    pub fn row_of(&self, key: &[u8; 16]) -> Option<u64> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        index.days.iter().find_map(|day| day.rows.get(key).copied())
    }

    /// The answers under these keys.
    pub async fn kept(
        &self,
        journal: &Journal,
        keys: impl Iterator<Item = [u8; 16]>,
    ) -> Result<Kept, StoreError> {
        let mut rows: Vec<u64> = keys.filter_map(|key| self.row_of(&key)).collect();
        let mut found = HashMap::new();
        if rows.is_empty() {
            return Ok(found);
        }
        rows.sort_unstable();
        rows.dedup();
        for row in journal.answers_of(&rows).await? {
            found.extend(row.answers.into_iter().map(|answer| (answer.key, answer)));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> [u8; 16] {
        u128::from(number).to_le_bytes()
    }

    #[test]
    fn keys_are_known_for_a_week_and_forgotten_after_it() {
        let answered = Answered::default();
        assert_eq!(answered.row_of(&key(0)), None);
        for day in 0..7 {
            answered.note(key(day), day + 1, day.cast_signed() * DAY_US);
        }
        assert_eq!(answered.row_of(&key(0)), Some(1));
        assert_eq!(answered.row_of(&key(6)), Some(7));
        answered.note(key(7), 8, 7 * DAY_US);
        assert_eq!(answered.row_of(&key(0)), Some(1));
        answered.note(key(8), 9, 8 * DAY_US);
        assert_eq!(answered.row_of(&key(0)), None);
    }

    #[test]
    fn the_newest_row_of_a_key_counts() {
        let answered = Answered::default();
        // A batch that was not committed left its mark.
        answered.note(key(1), 5, 0);
        answered.note(key(1), 6, 1);
        assert_eq!(answered.row_of(&key(1)), Some(6));
        answered.wrote(6);
        answered.wrote(4);
        assert_eq!(answered.last(), 6);
    }
}
