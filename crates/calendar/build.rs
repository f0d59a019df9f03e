//! Refuses what has no place in a pure crate.

include!("../pure.rs");
