//! Whether this machine's clock agrees with the database's.
//!
//! Facts' times go forward only: one node whose clock is ahead would take all nodes into the future, and what falls due
//! with them. Which of two clocks is wrong cannot be known, so a node that disagrees does not start, and one whose clock
//! comes to be ahead writes nothing until they agree.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kezek_journal::{Presence, StoreError};

use crate::clock::{BOUND_US, Clock, machine_now};
use crate::config::OnFatal;
use crate::error::OpenError;
use crate::storage::Hold;

const LOOK: Duration = Duration::from_secs(1);
const TELL_EVERY: Duration = Duration::from_secs(60);

/// Compares the clocks now and then, and keeps the node's presence at the database.
pub struct Watch {
    pub hold: Hold,
    pub clock: Arc<Clock>,
    pub every: Duration,
    /// Told when another program has taken the journal for itself.
    pub on_fatal: OnFatal,
}

/// By how many microseconds this machine's clock is ahead of the database's, negative where it is behind; 0 as long as
/// they may be within the bound, and where there is no other clock.
async fn off_us(presence: &mut Presence) -> Result<i64, StoreError> {
    let (before, asked) = (machine_now(), Instant::now());
    let Some(server_us) = presence.server_time_us().await? else { return Ok(0) };
    // The answer was given at some moment in between.
    let half_us = i64::try_from(asked.elapsed().as_micros() / 2).unwrap_or(i64::MAX);
    let off_us = before.as_micros().saturating_add(half_us).saturating_sub(server_us);
    let is_off = off_us.saturating_abs() > BOUND_US.saturating_add(half_us);
    Ok(if is_off { off_us } else { 0 })
}

/// At the start, before anything is written.
pub async fn check(hold: &mut Hold) -> Result<(), OpenError> {
    let Some(presence) = &mut hold.presence else { return Ok(()) };
    match off_us(presence).await? {
        0 => Ok(()),
        off_us => Err(OpenError::ClockOff { off: told(off_us) }),
    }
}

impl Watch {
    /// Never ends.
    pub async fn run(&mut self) {
        let (mut looked, mut told) = (None::<Instant>, None::<Instant>);
        loop {
            tokio::time::sleep(LOOK.min(self.every)).await;
            let is_time = looked.is_none_or(|looked| looked.elapsed() >= self.every);
            if !is_time && !self.clock.is_doubted() {
                continue;
            }
            looked = Some(Instant::now());
            let Some(complaint) = self.look().await else { continue };
            if told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
                told = Some(Instant::now());
                tracing::error!("{complaint}");
            }
        }
    }

    /// Looks once; what is to be complained of.
    async fn look(&mut self) -> Option<String> {
        let presence = self.hold.presence.as_mut()?;
        match off_us(presence).await {
            Err(error @ StoreError::KeptOut) => {
                (self.on_fatal)(&error.to_string());
                Some(error.to_string())
            }
            // Nobody can write either. The clock stays as it was found before.
            Err(error) => {
                tracing::debug!(%error, "the clocks cannot be compared");
                None
            }
            Ok(_) if self.clock.is_virtual() => None,
            Ok(0) => {
                self.clock.found_right();
                None
            }
            Ok(off_us) if off_us > 0 => {
                self.clock.found_ahead();
                Some(format!(
                    "this machine's clock is {}: nothing is written until they agree, set both right",
                    told(off_us)
                ))
            }
            Ok(off_us) => {
                self.clock.found_right();
                Some(format!("this machine's clock is {}; set both right", told(off_us)))
            }
        }
    }
}

/// As in "12.3 s ahead of the database server's".
fn told(off_us: i64) -> String {
    let tenths = off_us.unsigned_abs() / 100_000;
    let way = if off_us > 0 { "ahead of" } else { "behind" };
    format!("{}.{} s {way} the database server's", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn a_difference_is_told_in_seconds() {
        assert_eq!(told(12_345_678), "12.3 s ahead of the database server's");
        assert_eq!(told(-3_600_000_000), "3600.0 s behind the database server's");
    }
}
