//! The queues of clause 13 and their names (R3.33).

use crate::{
    ids::SettlementId,
    place::{Care, GroupKind},
};
use alloc::{format, string::String};
use kezek_calendar::Date;
use serde::{Deserialize, Serialize};

/// What an application waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// Any general-development group of the settlement.
    General,
    /// A group of one special organisation (254/13).
    Special(Care),
    /// A group of one sanatorium organisation (254/13).
    Sanatorium(Care),
}

impl Queue {
    /// The kind of group this queue leads to.
    pub fn kind(self) -> GroupKind {
        match self {
            Queue::General => GroupKind::General,
            Queue::Special(_) => GroupKind::Special,
            Queue::Sanatorium(_) => GroupKind::Sanatorium,
        }
    }

    /// Organisation and profile of a special or sanatorium queue.
    pub fn care(self) -> Option<Care> {
        match self {
            Queue::General => None,
            Queue::Special(care) | Queue::Sanatorium(care) => Some(care),
        }
    }
}

/// One numbered queue: a settlement, what is waited for, a calendar year of birth (254/13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct QueueKey {
    /// Where.
    pub settlement: SettlementId,
    /// For what.
    pub queue: Queue,
    /// Calendar year of birth.
    pub birth_year: i16,
}

impl QueueKey {
    /// The queue of a child born then.
    pub fn of(settlement: SettlementId, queue: Queue, born: Date) -> Self {
        Self { settlement, queue, birth_year: born.year() }
    }

    /// The name used in scenario checks (R3.33), given the names of organisation and profile.
    pub fn name(&self, care: Option<(&str, &str)>) -> String {
        let year = self.birth_year;
        match (self.queue, care) {
            (Queue::Special(_), Some((organisation, profile))) => {
                format!("special/{organisation}/{year}/{profile}")
            }
            (Queue::Sanatorium(_), Some((organisation, profile))) => {
                format!("sanatorium/{organisation}/{year}/{profile}")
            }
            _ => format!("general/{year}"),
        }
    }
}
