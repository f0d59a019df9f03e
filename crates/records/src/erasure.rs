//! Erasing a person: everything they own goes, a stone without data stays; facts are not touched.

use serde::{Deserialize, Serialize};

use crate::{Keys, Label, Record, SealError, SealedRow, seal};

/// What an erasure changes in the store, as one transaction; afterwards the store must be scrubbed of traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Kind and id of each row to delete.
    pub delete: Vec<(String, u64)>,
    /// The row to write in their place; its id is the person's.
    pub tombstone: SealedRow,
}

/// Tells that there was a person and when the data went. Holds nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// When, microseconds since 1970 UTC.
    pub when_us: i64,
    /// Why.
    pub ground: ErasureGround,
}

impl Record for Erased {
    const KIND: &'static str = "erased";
}

/// Why a person's data was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureGround {
    /// The person, or a parent for the child, asked for it.
    Request,
    /// The term of keeping ended.
    TermEnded,
    /// The data was collected by mistake.
    Mistake,
}

/// The erasure of a person; `owned` are kind and id of all rows whose owner is the person. A family is erased by
/// erasing each of its people.
pub fn erase(
    keys: &Keys,
    person: u64,
    owned: Vec<(String, u64)>,
    ground: ErasureGround,
    now_us: i64,
) -> Result<Erasure, SealError> {
    let label = Label { id: person, owner: None, created_us: now_us, expires_us: None };
    let tombstone = seal(keys, label, &Erased { when_us: now_us, ground })?;
    Ok(Erasure { delete: owned, tombstone })
}
