//! Publishing against real stores and directories.
#![allow(clippy::unwrap_used, clippy::panic)]

mod cycles;
mod refusals;
mod witnesses;
mod world;
