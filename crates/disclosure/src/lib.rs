//! What becomes public of each fact of the journal (254/24.7, R3.25, R3.34/32).
//!
//! Every fact gives exactly one [`Entry`] in one of three [`Log`]s. An entry says the whole fact, a part of it, or
//! nothing but that it is there; what it does not say is [`Hidden`] and committed to. The parts hold what the rules of
//! the general queue need and nothing personal: numbers, settlement, year of birth and the half that 1 September
//! divides it by, class, times, places. No name, identifier, ground of a benefit or state of health.
//!
//! [`Context`] makes entries of facts; [`Part::stand_in`] makes facts of them again, with stand-ins for what is hidden,
//! so that the rules can be replayed by anyone.
#![forbid(unsafe_code)]

mod context;
mod disclose;
mod entry;
mod opened;
mod packed;
mod part;
mod people;
mod places;
mod stand_in;

pub use context::{Context, log_of};
pub use disclose::{Disclosed, Hidden, Opening};
pub use entry::{Entry, EntryError, Log, Said};
pub use opened::{COMMITMENT_KIND, Opened, OpenedField, from_hex};
pub use part::{Born, Ground, OpenedWishes, Part, PartClaim};
pub use stand_in::child_of;
