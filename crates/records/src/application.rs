//! The private side of an application, notices, and who looked at whose data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Language, Record};

/// What an application says that no decision needs and nobody else may see.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationPrivate {
    /// Person id of the child.
    pub child: u64,
    /// Person id of the parent who applied.
    pub parent: u64,
    /// Home address.
    pub address: String,
    /// The grounds of a benefit in words.
    pub grounds: Option<String>,
    /// A note of the applicant.
    pub note: Option<String>,
}

impl Record for ApplicationPrivate {
    const KIND: &'static str = "application";
}

/// One look at a person's data; the person can read these.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessEntry {
    /// Account id of the one who looked.
    pub who: u64,
    /// Person id of the one looked at.
    pub whose: u64,
    /// When, microseconds since 1970 UTC.
    pub when_us: i64,
    /// The action it was needed for: a code, not free text.
    pub why: String,
}

impl Record for AccessEntry {
    const KIND: &'static str = "access";
}

/// A message to a person, shown in the personal account and sent by phone or e-mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Person id of the addressee.
    pub to: u64,
    /// The text's name in the message catalogue.
    pub kind: String,
    /// The language it was written in.
    pub language: Language,
    /// The values for the text's places.
    pub parameters: BTreeMap<String, String>,
    /// When it was written, microseconds since 1970 UTC.
    pub created_us: i64,
    /// When it was read, microseconds since 1970 UTC.
    pub read_us: Option<i64>,
}

impl Record for Notice {
    const KIND: &'static str = "notice";
}
