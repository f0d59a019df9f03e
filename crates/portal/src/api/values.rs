//! Values as they are written in JSON: moments, days, children, modes, queues.

use kezek_calendar::{Date, Iin, Instant};
use kezek_rules::Refusal;
use kezek_rules::command::{ModeTerms, QueueChoice};
use kezek_rules::ids::{OrganisationId, SettlementId};
use kezek_rules::place::Cohort;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::problem::ApiError;

/// A moment, RFC 3339; written in UTC, read with any offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime, example = "2021-06-02T01:00:00Z")]
pub struct Moment(pub Instant);

/// A day, ISO 8601.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Date, example = "2021-06-02")]
pub struct Day(#[serde(with = "kezek_calendar::date_serde")] pub Date);

/// Which children a place or a group is for (254/28, R3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Children {
    /// Full years on 1 September of the academic year, both ends included.
    Ages {
        /// The youngest.
        from: u8,
        /// The oldest; 0 to 18.
        to: u8,
    },
    /// A calendar year of birth.
    Born {
        /// The year.
        year: i16,
    },
}

impl Children {
    /// As the rules have it; refused when no child can be meant.
    pub fn cohort(self) -> Result<Cohort, ApiError> {
        match self {
            Self::Ages { from, to } if from <= to && to <= 18 => Ok(Cohort::Ages(from, to)),
            Self::Born { year } if (1990..=2100).contains(&year) => Ok(Cohort::Born(year)),
            _ => Err(ApiError::invalid("children", "api-children-wrong")),
        }
    }
}

impl From<Cohort> for Children {
    fn from(cohort: Cohort) -> Self {
        match cohort {
            Cohort::Ages(from, to) => Self::Ages { from, to },
            Cohort::Born(year) => Self::Born { year },
        }
    }
}

/// How a place is given, with the date that goes with it (254/3.5, 254/3.6, 254/3.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum Terms {
    /// Generally established.
    General {},
    /// Booked before the place is free.
    Early {
        /// Free from this day.
        free_from: Day,
    },
    /// While another pupil is away.
    Temporary {
        /// The last day of the stay.
        stay_until: Day,
    },
}

impl From<Terms> for ModeTerms {
    fn from(terms: Terms) -> Self {
        match terms {
            Terms::General {} => Self::General,
            Terms::Early { free_from } => Self::Early(free_from.0),
            Terms::Temporary { stay_until } => Self::Temporary(stay_until.0),
        }
    }
}

impl From<ModeTerms> for Terms {
    fn from(terms: ModeTerms) -> Self {
        match terms {
            ModeTerms::General => Self::General {},
            ModeTerms::Early(day) => Self::Early { free_from: Day(day) },
            ModeTerms::Temporary(day) => Self::Temporary { stay_until: Day(day) },
        }
    }
}

/// What an application waits for (254/13, 254/17).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Waiting {
    /// The general queue of a settlement.
    General {
        /// The settlement.
        settlement: u32,
    },
    /// A special organisation and an impairment.
    Special {
        /// The organisation.
        organisation: u32,
        /// One of its profiles.
        profile: String,
    },
    /// A sanatorium organisation and a rehabilitation.
    Sanatorium {
        /// The organisation.
        organisation: u32,
        /// One of its profiles.
        profile: String,
    },
}

impl From<Waiting> for QueueChoice {
    fn from(waiting: Waiting) -> Self {
        match waiting {
            Waiting::General { settlement } => Self::General(SettlementId(settlement)),
            Waiting::Special { organisation, profile } => {
                Self::Special(OrganisationId(organisation), profile)
            }
            Waiting::Sanatorium { organisation, profile } => {
                Self::Sanatorium(OrganisationId(organisation), profile)
            }
        }
    }
}

/// A text of 1 to `max` characters, without spaces around it.
pub fn text(field: &'static str, value: &str, max: usize) -> Result<String, ApiError> {
    let value = value.trim();
    let count = value.chars().count();
    if count == 0 || count > max || value.chars().any(char::is_control) {
        return Err(ApiError::invalid(field, "api-text-wrong"));
    }
    Ok(value.to_string())
}

/// A text that may be missing.
pub fn optional(field: &'static str, value: Option<&String>, max: usize) -> Result<Option<String>, ApiError> {
    value.map(|value| text(field, value, max)).transpose()
}

/// An IIN; what is none is refused as the law refuses it.
pub fn iin(text: &str) -> Result<Iin, ApiError> {
    Iin::parse(text.trim()).map_err(|_| Refusal::IinInvalid.into())
}
