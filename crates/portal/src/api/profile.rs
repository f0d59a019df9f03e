//! The rule profile of a settlement in JSON (R3.21).

use kezek_rules::profile::ProfileChange;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::ApiError;

/// Values of the rule profile. What an act does not change is left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileValues {
    /// When the bulletin is published, local time (254/24.3).
    #[schema(example = "18:00")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulletin_time: Option<String>,
    /// When priority access opens, local time (254/24.4).
    #[schema(example = "07:00")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening_time: Option<String>,
    /// Working days of a window, at least 1 (254/24.4, R3.5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_working_days: Option<u16>,
    /// How many candidates each opening lets in; 0 lets in everyone (254/24.10, R3.6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_step: Option<u32>,
    /// What the desk offers when a place is published (R3.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_match: Option<AgeMatchCode>,
    /// The place of the priority application among the general ones (254/21, R3.7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority_pattern: Option<PatternCode>,
    /// Working days a referral is valid (Annex 4/8, R3.11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral_working_days: Option<u16>,
    /// Calendar days from the start that an extension gives (254/30).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension_calendar_days: Option<u16>,
    /// Calendar days after the day of issue in which a referral may be annulled (254/30, R3.12).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annul_calendar_days: Option<u16>,
    /// Calendar days on the stop-list (R3.9).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_list_days: Option<u16>,
    /// Working days to show originals (254/22).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_working_days: Option<u16>,
    /// Registrations of a child in a settlement and kind of queue (254/15, R3.34/23).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_registrations: Option<u16>,
    /// The age, in full years, at which a child leaves the queue (254/18, R3.4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_years: Option<u16>,
    /// Months between a benefit enrolment and a new application (254/16).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer_wait_months: Option<u16>,
    /// Full years on 1 September under which no window is given (R3.27).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_age_years: Option<u16>,
    /// The last day of the yearly confirmation of interest (R3.10).
    #[schema(example = "10-01")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_interest_by: Option<String>,
    /// Whether wish lists are carried out (R3.29).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wish_lists: Option<bool>,
    /// How special and sanatorium places are offered (R3.8).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub special_offer: Option<OfferCode>,
    /// Minutes of outage after which windows should be extended (R3.31).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outage_minutes: Option<u16>,
    /// Months a confirmation of interest lasts (R3.34/18).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interest_months: Option<u16>,
}

/// Whether desks offer places by age on 1 September or by year of birth (R3.2).
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgeMatchCode {
    /// Full years on 1 September of the academic year.
    FullAgeSept1,
    /// Calendar year of birth.
    BirthYear,
}

/// Where the priority application stands among the three general ones (R3.7).
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub enum PatternCode {
    /// The priority one first.
    #[serde(rename = "PGGG")]
    PriorityFirst,
    /// The priority one last.
    #[serde(rename = "GGGP")]
    PriorityLast,
}

/// How places of special and sanatorium organisations are offered (R3.8).
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfferCode {
    /// A referral is issued unasked, in order of receipt (254/27).
    Push,
    /// Windows and an open phase, as in the general queue.
    Window,
}

impl ProfileValues {
    /// A profile, or a change of one: both are written by the same names.
    pub fn of(values: &impl Serialize) -> Self {
        serde_json::to_value(values).and_then(serde_json::from_value).unwrap_or_default()
    }

    /// As the rules have it.
    pub fn change(&self) -> Result<ProfileChange, ApiError> {
        let change = serde_json::to_value(self).and_then(serde_json::from_value);
        change.map_err(|error| ApiError::malformed(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use kezek_rules::profile::Profile;

    use super::*;

    #[test]
    fn every_value_of_the_rules_is_there() {
        let profile = Profile { open_step: 77, ..Profile::default() };
        let ours = serde_json::to_value(ProfileValues::of(&profile)).unwrap();
        assert_eq!(ours, serde_json::to_value(&profile).unwrap());
        assert_eq!(Profile::default().changed(&ProfileValues::of(&profile).change().unwrap()), profile);
    }

    #[test]
    fn a_time_that_is_none_is_refused() {
        let values = ProfileValues { opening_time: Some("25:00".into()), ..ProfileValues::default() };
        assert!(values.change().is_err());
    }
}
