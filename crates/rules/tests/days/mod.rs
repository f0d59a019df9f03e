//! R4.20: one bulletin and one opening a day at most, and the opening that was told beforehand is the one that comes.

use kezek_rules::{
    Event, Fact, State,
    calendar::{Date, Instant},
};

use crate::life::HERE;

/// The days so far.
#[derive(Default)]
pub struct Days {
    bulletin: Option<Date>,
    opening: Option<Date>,
    told: Option<Date>,
    latest_act: Option<Instant>,
    /// How often an opening came as told.
    pub kept: usize,
}

impl Days {
    /// Looks at a fact; `state` is the one before it.
    pub fn look(&mut self, state: &State, fact: &Fact) {
        match &fact.event {
            Event::ProfileApplied { .. } | Event::Frozen { .. } => {
                (self.told, self.latest_act) = (None, Some(fact.at));
            }
            Event::BulletinIssued { date, batches, .. } => {
                assert!(self.bulletin.is_none_or(|latest| latest < *date), "two bulletins on {date}");
                self.bulletin = Some(*date);
                if !batches.is_empty() && self.latest_act != Some(fact.at) {
                    // Of the two at one instant the bulletin is first.
                    let before = fact.at.plus_micros(-1);
                    self.told = Some(state.settlement(HERE).unwrap().next_opening_date(before));
                }
            }
            Event::OpeningHeld { date, .. } => {
                assert!(self.opening.is_none_or(|latest| latest < *date), "two openings on {date}");
                self.opening = Some(*date);
                if let Some(told) = self.told.take() {
                    assert_eq!(told, *date, "the opening that was told");
                    self.kept += 1;
                }
            }
            _ => {}
        }
    }
}
