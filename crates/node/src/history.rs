//! Which facts concern which application.

use kezek_calendar::Instant;
use kezek_rules::ids::ApplicationId;
use kezek_rules::{Event, Fact, State};
use serde::{Deserialize, Serialize};

use crate::subject;

/// One fact of an application's history.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The fact's number in the journal.
    pub seq: u64,
    /// When it happened.
    pub at: Instant,
    /// Who acted: `system` for what fell due, else the label given with the command.
    pub actor: String,
    /// What happened; may speak of other applications too.
    pub event: Event,
}

/// The numbers of the facts of each application, in order. Kept with snapshots, since a tail does not tell them.
/// Four bytes an entry: it holds the first four billion facts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    facts: Vec<Vec<u32>>,
}

impl History {
    /// Notes a fact; `state` is the one after it.
    pub fn note(&mut self, seq: u64, state: &State, fact: &Fact) {
        let Ok(seq) = u32::try_from(seq) else { return };
        for application in subject::applications(state, &fact.event) {
            let index = application.0 as usize;
            if self.facts.len() <= index {
                self.facts.resize_with(index + 1, Vec::new);
            }
            if let Some(facts) = self.facts.get_mut(index)
                && facts.last() != Some(&seq)
            {
                facts.push(seq);
            }
        }
    }

    /// The numbers of an application's facts, oldest first.
    pub fn of(&self, application: ApplicationId) -> Vec<u64> {
        let facts = self.facts.get(application.0 as usize);
        facts.into_iter().flatten().map(|seq| u64::from(*seq)).collect()
    }
}
