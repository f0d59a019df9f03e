//! Identifiers. All but children and parents are dense numbers given in the order of the journal, so that a
//! table is a vector; children and parents are random pseudonyms that only `records` can tie to a person.

use core::fmt;
use serde::{Deserialize, Serialize};

/// A settlement with its own queues and rule profile (254/13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SettlementId(pub u32);

/// A preschool organisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrganisationId(pub u32);

/// A group of an organisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupId(pub u32);

/// A registered application. Shown to people as the application's number, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApplicationId(pub u32);

/// A vacancy: places of one group offered on the same terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VacancyId(pub u32);

/// The places of one bulletin in one pool (R3.34/1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(pub u32);

/// A referral.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReferralId(pub u32);

/// A child, by a random pseudonym.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChildKey(pub u64);

/// A parent or legal representative, by a random pseudonym.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ParentKey(pub u64);

impl ApplicationId {
    /// The number people see: 1 for the first application.
    pub fn number(self) -> u64 {
        u64::from(self.0) + 1
    }

    /// The application with the number people see; none for 0 or past the range.
    pub fn from_number(number: u64) -> Option<Self> {
        u32::try_from(number.checked_sub(1)?).ok().map(Self)
    }
}

impl fmt::Display for ApplicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}
