//! What the commitments of public entries rest on: without it nobody can tell what was committed to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Record;

/// The secret of all entries of one application; its id is the application's, its owner the child.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationSecret {
    /// Random.
    pub secret: [u8; 32],
}

/// The secret of one entry that belongs to no application, or to one that was erased; its id is the fact's number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactSecret {
    /// Random.
    pub secret: [u8; 32],
}

impl Record for ApplicationSecret {
    const KIND: &'static str = "registry_secret";
}

impl Record for FactSecret {
    const KIND: &'static str = "registry_fact_secret";
}

impl fmt::Debug for ApplicationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApplicationSecret(hidden)")
    }
}

impl fmt::Debug for FactSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FactSecret(hidden)")
    }
}
