//! One family's whole story: each move of its number, and why.

use kezek_calendar::Instant;
use kezek_rules::State;
use kezek_rules::ask;
use kezek_rules::ids::ApplicationId;
use kezek_rules::ranking::Cause;
use serde::Serialize;

use super::renumber::Renumber;

/// The story of an application.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Story {
    /// The number people see.
    pub application: u64,
    /// What happened, oldest first.
    pub turns: Vec<Turn>,
}

/// A move of the number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Turn {
    /// When.
    pub at: Instant,
    /// The number after it; none while out of the order.
    pub number: Option<u32>,
    /// How many stand in the queue.
    pub of: Option<u32>,
    /// Why, newest cause first.
    pub causes: Vec<Cause>,
}

/// Keeps an eye on one application.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    public: ApplicationId,
    latest: Option<Option<u32>>,
    turns: Vec<Turn>,
}

impl Watch {
    pub(super) fn new(public: ApplicationId) -> Self {
        Watch { public, latest: None, turns: Vec::new() }
    }

    pub(super) fn look(&mut self, state: &State, numbers: &Renumber, at: Instant) {
        let Ok(own) = numbers.own_application(self.public) else { return };
        if state.application(own).is_none() {
            return;
        }
        let place = ask::number(state, own);
        let number = place.as_ref().map(|place| place.number);
        if self.latest == Some(number) {
            return;
        }
        self.latest = Some(number);
        let causes = ask::why(state, own).map(|(_, causes)| causes).unwrap_or_default();
        self.turns.push(Turn { at, number, of: place.map(|place| place.of), causes });
    }

    pub(super) fn told(self) -> Story {
        Story { application: self.public.number(), turns: self.turns }
    }
}
