//! What the law will say, tried on a copy of the state: so every refused line is told, not the first one only.

use kezek_calendar::Instant;
use kezek_rules::{Command, Engine, State};

use crate::problem::{Problem, Reason};

/// The problems of commands given with their lines.
pub fn rehearse(state: &State, now: Instant, commands: impl Iterator<Item = (u64, Command)>) -> Vec<Problem> {
    let mut engine = Engine::new(state.clone());
    engine.advance(now);
    let refused = commands.filter_map(|(line, command)| {
        let refusal = engine.submit(&command, now).err()?;
        Some(Problem { line, column: None, reason: Reason::Refused(refusal) })
    });
    refused.collect()
}
