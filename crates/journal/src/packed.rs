//! The answers of a batch as one row.
//!
//! A row for each would cost as much as the fact it speaks of, and its key an index in no order. So the answers that
//! become durable together are packed into one row, in order; whoever looks for a key knows the row's number.

use crate::{Answer, AnswersRow, StoreError};

const KEY: usize = 16;
const FINGERPRINT: usize = 32;
const TIME: usize = 8;
const LENGTH: usize = 4;

/// A row of `answers`: number and body.
pub type Packed = (i64, Vec<u8>);

/// Each answer as key, fingerprint, time and length (little endian), and the answer's bytes.
pub fn pack(answers: &[Answer]) -> Vec<u8> {
    let bytes: usize = answers.iter().map(|one| KEY + FINGERPRINT + TIME + LENGTH + one.answer.len()).sum();
    let mut body = Vec::with_capacity(bytes);
    for Answer { key, fingerprint, answer, time_us } in answers {
        body.extend_from_slice(key);
        body.extend_from_slice(fingerprint);
        body.extend_from_slice(&time_us.to_le_bytes());
        // An answer is some hundred bytes.
        body.extend_from_slice(&u32::try_from(answer.len()).unwrap_or(u32::MAX).to_le_bytes());
        body.extend_from_slice(answer);
    }
    body
}

/// When the last of these answers was given, microseconds since 1970 UTC.
pub fn newest_us(answers: &[Answer]) -> i64 {
    answers.iter().map(|one| one.time_us).max().unwrap_or_default()
}

/// A row as it was before [`pack`].
pub fn unpack((number, body): Packed) -> Result<AnswersRow, StoreError> {
    let mut rest = body.as_slice();
    let mut answers = Vec::new();
    while !rest.is_empty() {
        let (answer, behind) = first(rest)
            .ok_or_else(|| StoreError::Damaged(format!("the answers of row {number} cannot be read")))?;
        answers.push(answer);
        rest = behind;
    }
    Ok(AnswersRow { number: crate::row::given(number), answers })
}

fn first(bytes: &[u8]) -> Option<(Answer, &[u8])> {
    let (key, bytes) = bytes.split_first_chunk::<KEY>()?;
    let (fingerprint, bytes) = bytes.split_first_chunk::<FINGERPRINT>()?;
    let (time, bytes) = bytes.split_first_chunk::<TIME>()?;
    let (length, bytes) = bytes.split_first_chunk::<LENGTH>()?;
    let (answer, rest) = bytes.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    let answer = Answer {
        key: *key,
        fingerprint: *fingerprint,
        answer: answer.to_vec(),
        time_us: i64::from_le_bytes(*time),
    };
    Some((answer, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(number: u8) -> Answer {
        let answer = vec![number; usize::from(number)];
        Answer { key: [number; 16], fingerprint: [7; 32], answer, time_us: -i64::from(number) }
    }

    #[test]
    fn answers_come_back_as_they_were() {
        for count in [0, 1, 2, 200] {
            let answers: Vec<Answer> = (0..count).map(answer).collect();
            let row = unpack((5, pack(&answers))).unwrap();
            assert_eq!(row, AnswersRow { number: 5, answers });
        }
    }

    #[test]
    fn a_row_that_is_cut_is_damaged() {
        let body = pack(&[answer(3), answer(4)]);
        for length in 1..body.len() {
            let cut = unpack((1, body[..length].to_vec()));
            let first_is_whole = length == KEY + FINGERPRINT + TIME + LENGTH + 3;
            assert_eq!(cut.is_ok(), first_is_whole, "{length} bytes");
        }
    }
}
