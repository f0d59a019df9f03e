//! The law as tests that a lawyer can read: a TOML file plays one settlement through time and says what must
//! come out. Anything the format does not know is a failure that names it.

mod action;
mod check;
mod coverage;
mod format;
mod world;

pub use coverage::{Clause, LAW, covers, uncovered};

use crate::Fact;
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use check::check;
use format::{File, Step};
use world::World;

/// What came of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its sentence.
    pub title: String,
    /// The clauses it is about.
    pub clauses: Vec<String>,
    /// How many steps it has.
    pub steps: usize,
    /// Everything that did not come out; empty when it passed.
    pub failures: Vec<Failure>,
}

/// One expectation that did not hold, or one thing the format does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The number of the step, from 1; 0 for the head.
    pub step: usize,
    /// What was expected and what came.
    pub message: String,
}

/// Plays a scenario.
pub fn run(text: &str) -> Outcome {
    let mut outcome = Outcome { title: String::new(), clauses: Vec::new(), steps: 0, failures: Vec::new() };
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            outcome.fail(0, error.to_string());
            return outcome;
        }
    };
    outcome.title = file.title.clone();
    outcome.clauses = file.clauses.clone();
    let mut world = match World::new(&file) {
        Ok(world) => world,
        Err(message) => {
            outcome.fail(0, message);
            return outcome;
        }
    };
    let mut earlier = None;
    for (raw, number) in file.step.into_iter().zip(1..) {
        outcome.steps = number;
        let step = match Step::parse(raw) {
            Ok(step) => step,
            Err(message) => {
                outcome.fail(number, message);
                continue;
            }
        };
        if earlier.is_some_and(|earlier| step.at < earlier) {
            outcome.fail(number, format!("steps stand in order of time, and {} is earlier", step.at));
        }
        earlier = Some(step.at);
        play(&mut world, &step, number, &mut outcome);
    }
    outcome
}

/// Everything that happens in a scenario, whether or not it comes out as expected; nothing when it cannot be read.
pub fn facts(text: &str) -> Vec<Fact> {
    let Ok(file) = toml::from_str::<File>(text) else { return Vec::new() };
    let Ok(mut world) = World::new(&file) else { return Vec::new() };
    for step in file.step.into_iter().filter_map(|raw| Step::parse(raw).ok()) {
        world.advance_to(step.at);
        if let Some(action) = &step.action {
            // What is refused, or wrong in the file, changes nothing.
            let _ = world.perform(action);
        }
    }
    world.facts
}

impl Outcome {
    /// Whether everything came out as expected.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }

    fn fail(&mut self, step: usize, message: String) {
        self.failures.push(Failure { step, message });
    }
}

fn play(world: &mut World, step: &Step, number: usize, outcome: &mut Outcome) {
    world.advance_to(step.at);
    if let Some(action) = &step.action {
        match world.perform(action) {
            Err(message) => outcome.fail(number, message),
            Ok(came) if came != step.expect => {
                outcome.fail(number, format!("`{}`: expected {}, came {came}", step.verb, step.expect));
            }
            Ok(_) => {}
        }
    }
    if let Some(checks) = &step.checks {
        for message in check(world, checks) {
            outcome.fail(number, message);
        }
    }
}
