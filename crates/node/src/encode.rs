//! Facts as rows of the journal and back.

use kezek_calendar::Instant;
use kezek_journal::NewFact;
use kezek_rules::{Event, Fact, State};

use crate::error::{OpenError, SubmitError};
use crate::subject;

/// The shape of payloads written now. Facts are never changed, so a new shape is a new number.
const VERSION: u32 = 1;

/// A fact as a row; `state` is the one after it.
pub fn to_row(state: &State, fact: &Fact, actor: &str) -> Result<NewFact, SubmitError> {
    let payload = serde_json::to_string(&fact.event).map_err(|_| SubmitError::Fault)?;
    let draw = match &fact.event {
        Event::Registered { draw, .. } => u64::from(*draw),
        _ => 0,
    };
    Ok(NewFact {
        time_us: fact.at.as_micros(),
        kind: kind_of(&payload).to_owned(),
        settlement: subject::settlement(state, &fact.event).map(|id| u64::from(id.0)),
        actor: actor.to_owned(),
        payload,
        version: VERSION,
        draw,
    })
}

/// A row as a fact.
pub fn from_row(row: &kezek_journal::Fact) -> Result<Fact, OpenError> {
    if row.version != VERSION {
        return Err(OpenError::Fact { seq: row.seq, source: None });
    }
    let event = serde_json::from_str(&row.payload)
        .map_err(|source| OpenError::Fact { seq: row.seq, source: Some(source) })?;
    Ok(Fact { at: Instant::from_micros(row.time_us), event })
}

/// The name of the event: the only key of the payload, `{"registered":{…}}`.
fn kind_of(payload: &str) -> &str {
    payload.split('"').nth(1).unwrap_or_default()
}
