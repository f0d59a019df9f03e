//! Witnesses: others who vouch that a log only grows (C2SP tlog-witness).
//!
//! A witness signs a log's checkpoint only if it continues all that it signed before, and remembers what it signed.
//! A log whose checkpoints need several witnesses cannot show different histories to different people.
//!
//! [`judge`] and [`request`] are pure: what a witness answers follows from what it recorded, the request and the
//! time. [`store`] keeps what was recorded, [`server`] speaks HTTP, [`client`] is the side of the log.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

pub mod client;
pub mod judge;
mod key_file;
mod marker;
pub mod request;
pub mod server;
pub mod store;
pub mod witness;

pub use client::Client;
pub use store::{FirstUse, Store};
pub use witness::Witness;
