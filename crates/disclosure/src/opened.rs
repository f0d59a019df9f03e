//! What a receipt carries besides the proof: the entry, and the opening of what it does not say.

use serde::{Deserialize, Serialize};

/// The type that commitments of entries are bound to.
pub const COMMITMENT_KIND: &str = "kezek/1";

/// The JSON in a receipt. It proves nothing by itself: the entry is proved by the receipt, the fields by the entry's
/// commitment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// The entry, as it stands in the log.
    pub entry: String,
    /// Salt of its commitment, in hexadecimal; none where nothing is hidden, or what opens it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// What it does not say, in the order in which it is committed to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<OpenedField>,
}

/// A field that the entry does not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedField {
    /// Its name.
    pub field: String,
    /// Its value: JSON, as the exact text that was committed to.
    pub value: String,
}

/// 32 bytes of hexadecimal, lower case.
pub fn from_hex(text: &str) -> Option<[u8; 32]> {
    crate::entry::from_hex(text)
}
