//! Order 254 of 2020, the preschool queue, as a deterministic state machine.
//!
//! What lives here: who stands where, who may take which place until when, and what falls due. What never
//! may: a clock, a random source, files, network, threads. Time, draws and identifiers come in as arguments;
//! the crate is `no_std`, so the compiler refuses the rest.
//!
//! [`decide()`] turns a command into facts or a refusal, [`State::apply`] folds a fact into the state, and an
//! [`Engine`] also carries out what falls due. Section numbers (`254/21`, `R3.7`) are those of the law and its
//! readings; `docs/law.md` maps each to its code and its scenario.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod ask;
pub mod benefit;
pub mod command;
mod decide;
mod engine;
pub mod event;
pub mod ids;
pub mod notice;
pub mod place;
pub mod profile;
pub mod queue;
pub mod ranking;
pub mod refusal;
pub mod scenario;
pub mod state;

pub use command::Command;
pub use decide::decide;
pub use decide::family::are_twins;
pub use engine::Engine;
pub use event::{Event, Fact};
pub use kezek_calendar as calendar;
pub use refusal::Refusal;
pub use state::State;
