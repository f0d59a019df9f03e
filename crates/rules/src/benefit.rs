//! Rights to an extraordinary or priority place (254/20, R3.22, R3.23).

use kezek_calendar::Instant;
use serde::{Deserialize, Serialize};

/// The order of the classes is the order of the law: extraordinary before priority before general (254/21).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Ahead of everyone (254/20.1).
    Extraordinary,
    /// One for each three general (254/20.2, 254/21).
    Priority,
    /// By time alone.
    General,
}

impl Class {
    /// All classes in the order of the law.
    pub const ALL: [Class; 3] = [Class::Extraordinary, Class::Priority, Class::General];
}

/// A ground of Annex 1 that gives a right. Which papers prove it is for the provider's staff to say (R3.23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Benefit {
    /// Child of a serviceman.
    Serviceman,
    /// Child of staff of a special state body.
    SpecialBody,
    /// Child of a pedagogue.
    Teacher,
    /// A legal representative is disabled.
    ParentDisabled,
    /// Child with special educational needs.
    SpecialNeeds,
    /// Child without parental care.
    NoParentalCare,
    /// Orphan.
    Orphan,
    /// Child of a large family.
    LargeFamily,
    /// Family with a disabled child.
    FamilyWithDisabledChild,
}

impl Benefit {
    /// Every ground, in the order of Annex 1.
    pub const ALL: [Benefit; 9] = [
        Benefit::Serviceman,
        Benefit::SpecialBody,
        Benefit::ParentDisabled,
        Benefit::SpecialNeeds,
        Benefit::NoParentalCare,
        Benefit::Orphan,
        Benefit::LargeFamily,
        Benefit::Teacher,
        Benefit::FamilyWithDisabledChild,
    ];

    /// The class this ground gives once confirmed (254/20.1, 254/20.2).
    pub fn class(self) -> Class {
        match self {
            Benefit::Serviceman | Benefit::SpecialBody => Class::Extraordinary,
            _ => Class::Priority,
        }
    }

    /// The name used in scenarios and in the API.
    pub fn code(self) -> &'static str {
        match self {
            Benefit::Serviceman => "serviceman",
            Benefit::SpecialBody => "special_body",
            Benefit::Teacher => "teacher",
            Benefit::ParentDisabled => "parent_disabled",
            Benefit::SpecialNeeds => "special_needs",
            Benefit::NoParentalCare => "no_parental_care",
            Benefit::Orphan => "orphan",
            Benefit::LargeFamily => "large_family",
            Benefit::FamilyWithDisabledChild => "family_with_disabled_child",
        }
    }
}

/// A benefit that a family has claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BenefitClaim {
    /// The ground.
    pub benefit: Benefit,
    /// How far its proof has come.
    pub standing: Standing,
}

/// How far the proof of a claimed benefit has come (R3.17, R3.34/16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Originals are awaited; ends at this instant, exclusive.
    Pending(Instant),
    /// Acts on the order.
    Confirmed,
    /// Originals were not shown in time.
    Lapsed,
    /// The provider found it not proved.
    Rejected,
    /// The authorised body answered that it is false (254/22).
    False,
    /// Given up by the family.
    GivenUp,
}

/// What the provider found about a claimed benefit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The papers do not prove it.
    NotProved,
    /// The authorised body answered no, or the paper is forged (254/22, R3.34/17).
    False,
}

/// The class that the confirmed benefits give: the highest wins (R3.22).
pub fn class_of(claims: &[BenefitClaim]) -> Class {
    claims
        .iter()
        .filter(|claim| claim.standing == Standing::Confirmed)
        .map(|claim| claim.benefit.class())
        .min()
        .unwrap_or(Class::General)
}
