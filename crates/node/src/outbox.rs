//! Messages leave the outbox: leased, delivered, reported done, or tried again later.

use kezek_journal::{Journal, OutboxItem, StoreError};

use crate::clock::Clock;

/// How many messages are leased at once.
const LOT: u32 = 200;
const LEASE_US: i64 = 60_000_000;
const BACK_OFF_FIRST_US: i64 = 10_000_000;
const BACK_OFF_LONGEST_US: i64 = 3_600_000_000;

/// A lot of messages was not delivered; it is tried again. The text must hold no personal data.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DeliverError(pub String);

/// Delivers what is due, lot by lot. `deliver` gets a whole lot and must bear getting a message twice. Returns how
/// many messages were delivered; stops at the first lot that fails.
pub async fn dispatch(
    journal: &Journal,
    clock: &Clock,
    deliver: impl AsyncFn(&[OutboxItem]) -> Result<(), DeliverError>,
) -> Result<u64, StoreError> {
    let mut delivered = 0;
    loop {
        // A virtual clock stands, so a lease or a back-off by it would never end; only this process delivers then.
        let (lease_us, back_off_us) = if clock.is_virtual() { (0, 0) } else { (LEASE_US, BACK_OFF_FIRST_US) };
        let lot = journal.lease_outbox(clock.now().as_micros(), lease_us, LOT).await?;
        if lot.is_empty() {
            return Ok(delivered);
        }
        if let Err(error) = deliver(&lot).await {
            tracing::warn!(%error, messages = lot.len(), "messages were not delivered; they are tried again");
            for item in &lot {
                let due_us = clock.now().as_micros().saturating_add(back_off(back_off_us, item.attempts));
                given_up(journal.fail_outbox(item.id, item.lease_token, due_us, &error.0).await)?;
            }
            return Ok(delivered);
        }
        for item in &lot {
            given_up(journal.complete_outbox(item.id, item.lease_token, clock.now().as_micros()).await)?;
            delivered += 1;
        }
    }
}

/// Doubled with each attempt, an hour at most.
fn back_off(first_us: i64, attempts: u32) -> i64 {
    first_us.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(BACK_OFF_LONGEST_US)
}

/// A lost lease is another worker's business.
fn given_up(result: Result<(), kezek_journal::LeaseError>) -> Result<(), StoreError> {
    match result {
        Err(kezek_journal::LeaseError::Store(error)) => Err(error),
        Err(kezek_journal::LeaseError::Lost { .. }) | Ok(()) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_wait_longer_and_longer() {
        let waits: Vec<i64> =
            (1..=12).map(|attempts| back_off(BACK_OFF_FIRST_US, attempts) / 1_000_000).collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]);
        assert_eq!(back_off(0, u32::MAX), 0);
    }
}
