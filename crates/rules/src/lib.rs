#![no_std]
#![forbid(unsafe_code)]
//! t
extern crate alloc;
pub mod benefit;
pub mod command;
pub mod event;
pub mod ids;
pub mod place;
pub mod profile;
pub mod queue;
pub mod ranking;
pub mod refusal;
pub mod state;
pub mod ask;
mod decide;
pub use decide::decide;
pub use command::Command;
pub use refusal::Refusal;
pub use state::State;
