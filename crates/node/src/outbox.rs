//! Messages leave the outbox: leased, delivered, reported done, or tried again later.

use kezek_journal::{Journal, OutboxItem, StoreError};

use crate::clock::Clock;

/// How many rows are leased at once; each carries up to a hundred messages.
const LOT: u32 = 10;
const LEASE_US: i64 = 60_000_000;
const BACK_OFF_FIRST_US: i64 = 10_000_000;
const BACK_OFF_LONGEST_US: i64 = 3_600_000_000;

/// A lot of messages was not delivered; it is tried again. The text must hold no personal data.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DeliverError(pub String);

/// What became of one lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lot {
    /// Delivered, and more may be due.
    Full,
    /// Nothing more is due now, or it has to wait.
    Last,
}

/// Delivers one lot of what is due. `deliver` gets the whole lot, must bear getting a message twice and returns the ids
/// of those that did not go; they are tried again by themselves.
pub async fn dispatch(
    journal: &Journal,
    clock: &Clock,
    deliver: impl AsyncFn(&[OutboxItem]) -> Result<Vec<u64>, DeliverError>,
) -> Result<Lot, StoreError> {
    // A virtual clock stands, so a lease or a back-off by it would never end; only this process delivers then.
    let (lease_us, back_off_us) = if clock.is_virtual() { (0, 0) } else { (LEASE_US, BACK_OFF_FIRST_US) };
    let lot = journal.lease_outbox(clock.now().as_micros(), lease_us, LOT).await?;
    if lot.is_empty() {
        return Ok(Lot::Last);
    }
    let now_us = clock.now().as_micros();
    let due_us = |item: &OutboxItem| now_us.saturating_add(back_off(back_off_us, item.attempts));
    let failed = match deliver(&lot).await {
        Ok(failed) => failed,
        Err(error) => {
            tracing::warn!(%error, messages = lot.len(), "messages were not delivered; they are tried again");
            journal.fail_outbox(&lot, due_us, &error.0).await?;
            return Ok(Lot::Last);
        }
    };
    let (back, done): (Vec<_>, Vec<_>) = lot.into_iter().partition(|item| failed.contains(&item.id));
    let all = back.len() + done.len();
    if !back.is_empty() {
        journal.fail_outbox(&back, due_us, "a record does not open").await?;
    }
    // One commit for the lot: one for each message would hold up the writer. Messages of a lost lease are another
    // worker's business.
    journal.complete_outbox(&done, clock.now().as_micros()).await?;
    // Under a standing clock what failed is due at once: more of it would only be tried in a circle.
    Ok(if all == LOT as usize && !done.is_empty() { Lot::Full } else { Lot::Last })
}

/// Doubled with each attempt, an hour at most.
fn back_off(first_us: i64, attempts: u32) -> i64 {
    first_us.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(BACK_OFF_LONGEST_US)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClockChoice;
    use kezek_calendar::Instant;
    use kezek_journal::{Batch, NewOutbox};
    use std::cell::Cell;

    #[test]
    fn attempts_wait_longer_and_longer() {
        let waits: Vec<i64> =
            (1..=12).map(|attempts| back_off(BACK_OFF_FIRST_US, attempts) / 1_000_000).collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]);
        assert_eq!(back_off(0, u32::MAX), 0);
    }

    async fn journal_with(messages: usize) -> Journal {
        let journal = Journal::open_temporary().await.unwrap();
        let message = NewOutbox { created_us: 0, kind: "k".into(), payload: "{}".into(), due_us: 0 };
        journal.append(Batch { outbox: vec![message; messages], ..Batch::default() }).await.unwrap();
        journal
    }

    #[tokio::test]
    async fn lots_are_delivered_until_nothing_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let journal = journal_with(LOT as usize + 1).await;
        let clock = Clock::open(directory.path(), ClockChoice::Real, true).unwrap();
        let delivered = Cell::new(0);
        let deliver = async |lot: &[OutboxItem]| {
            delivered.set(delivered.get() + lot.len());
            Ok(Vec::new())
        };
        assert_eq!(dispatch(&journal, &clock, deliver).await.unwrap(), Lot::Full);
        assert_eq!(dispatch(&journal, &clock, deliver).await.unwrap(), Lot::Last);
        assert_eq!(delivered.get(), LOT as usize + 1);
        assert_eq!(journal.outbox_backlog().await.unwrap().waiting, 0);
    }

    #[tokio::test]
    async fn one_message_that_does_not_go_holds_up_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let journal = journal_with(3).await;
        let clock = Clock::open(directory.path(), ClockChoice::Real, true).unwrap();
        let deliver = async |lot: &[OutboxItem]| Ok(vec![lot[1].id]);
        assert_eq!(dispatch(&journal, &clock, deliver).await.unwrap(), Lot::Last);
        let left = journal.outbox_backlog().await.unwrap();
        assert_eq!(left.waiting, 1);
        assert!(left.oldest_due_us.unwrap() > clock.now().as_micros(), "it waits");
    }

    #[tokio::test]
    async fn what_is_not_delivered_waits_and_is_tried_again() {
        let directory = tempfile::tempdir().unwrap();
        let journal = journal_with(1).await;
        let real = Clock::open(directory.path(), ClockChoice::Real, true).unwrap();
        let fail = async |_: &[OutboxItem]| Err(DeliverError("no way through".into()));
        assert_eq!(dispatch(&journal, &real, fail).await.unwrap(), Lot::Last);
        let due = journal.outbox_backlog().await.unwrap().oldest_due_us.unwrap();
        assert!(due > real.now().as_micros(), "it waits");
        let never = async |_: &[OutboxItem]| panic!("it is not due");
        assert_eq!(dispatch(&journal, &real, never).await.unwrap(), Lot::Last);

        let later = ClockChoice::Virtual(Instant::from_micros(due));
        let later = Clock::open(directory.path(), later, true).unwrap();
        let attempts = Cell::new(0);
        let deliver = async |lot: &[OutboxItem]| {
            attempts.set(lot.first().map_or(0, |item| item.attempts));
            Ok(Vec::new())
        };
        dispatch(&journal, &later, deliver).await.unwrap();
        assert_eq!(attempts.get(), 2);
        assert_eq!(journal.outbox_backlog().await.unwrap().waiting, 0);
    }
}
