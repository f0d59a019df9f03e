//! The rule profile of a settlement: every number of the law that an act may change (R3, head; R3.21).

use alloc::string::{String, ToString};
use core::fmt;
use kezek_calendar::{Date, Time};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A day of the year without a year, written `"10-01"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    month: i8,
    day: i8,
}

impl MonthDay {
    /// The day in a leap year's calendar; none when there is no such day.
    pub fn new(month: i8, day: i8) -> Option<Self> {
        Date::new(2000, month, day).ok().map(|_| Self { month, day })
    }

    /// The date in `year`; 29 February falls on 28 February in a common year.
    pub fn in_year(self, year: i16) -> Date {
        Date::new(year, self.month, self.day).or_else(|_| Date::new(year, 2, 28)).unwrap_or(Date::MAX)
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl Serialize for MonthDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for MonthDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.split_once('-')
            .and_then(|(month, day)| MonthDay::new(month.parse().ok()?, day.parse().ok()?))
            .ok_or_else(|| D::Error::custom("a day of the year is written MM-DD, for example 10-01"))
    }
}

/// Whether desks offer places by age on 1 September or by year of birth (R3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeMatch {
    /// Full years on 1 September of the academic year.
    FullAgeSept1,
    /// Calendar year of birth.
    BirthYear,
}

/// Where the priority application stands among the three general ones (R3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PriorityPattern {
    /// The priority one first.
    #[serde(rename = "PGGG")]
    PriorityFirst,
    /// The priority one last.
    #[serde(rename = "GGGP")]
    PriorityLast,
}

impl PriorityPattern {
    /// What a new counter starts from: how many general grants since the last priority one.
    pub fn initial_counter(self) -> u8 {
        match self {
            PriorityPattern::PriorityFirst => 3,
            PriorityPattern::PriorityLast => 0,
        }
    }
}

/// How places of special and sanatorium organisations are offered (R3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecialOffer {
    /// A referral is issued unasked, in order of receipt (254/27).
    Push,
    /// Windows and an open phase, as in the general queue.
    Window,
}

/// Whether wish lists are carried out at the opening (R3.29).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WishLists {
    /// Families may lodge them.
    On,
    /// The settlement does without.
    Off,
}

impl Serialize for WishLists {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self == WishLists::On)
    }
}

impl<'de> Deserialize<'de> for WishLists {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(if bool::deserialize(deserializer)? { WishLists::On } else { WishLists::Off })
    }
}

/// The values in force in a settlement. [`Profile::default`] is the 2020 edition of Order 254.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// When the bulletin is published, local time (254/24.3).
    #[serde(with = "kezek_calendar::time_serde")]
    pub bulletin_time: Time,
    /// When priority access opens, local time (254/24.4).
    #[serde(with = "kezek_calendar::time_serde")]
    pub opening_time: Time,
    /// Working days of a window, at least 1 (254/24.4, R3.5).
    pub window_working_days: u16,
    /// How many candidates each opening lets in; 0 lets in everyone (254/24.10, R3.6).
    pub open_step: u32,
    /// What the desk offers when a place is published (R3.2).
    pub age_match: AgeMatch,
    /// The place of the priority application among the general ones (254/21, R3.7).
    pub priority_pattern: PriorityPattern,
    /// Working days a referral is valid (Annex 4/8, R3.11).
    pub referral_working_days: u16,
    /// Calendar days from the start that an extension gives (254/30).
    pub extension_calendar_days: u16,
    /// Calendar days after the day of issue in which a referral may be annulled (254/30, R3.12).
    pub annul_calendar_days: u16,
    /// Calendar days on the stop-list (R3.9).
    pub stop_list_days: u16,
    /// Working days to show originals (254/22).
    pub document_working_days: u16,
    /// Registrations of a child in a settlement and kind of queue (254/15, R3.34/23).
    pub max_registrations: u16,
    /// The age, in full years, at which a child leaves the queue (254/18, R3.4).
    pub max_age_years: u16,
    /// Months between a benefit enrolment and a new application (254/16).
    pub transfer_wait_months: u16,
    /// Full years on 1 September under which no window is given (R3.27).
    pub min_age_years: u16,
    /// The last day of the yearly confirmation of interest (R3.10).
    pub confirm_interest_by: MonthDay,
    /// Whether wish lists are carried out (R3.29).
    pub wish_lists: WishLists,
    /// How special and sanatorium places are offered (R3.8).
    pub special_offer: SpecialOffer,
    /// Minutes of outage after which windows should be extended (R3.31).
    pub outage_minutes: u16,
    /// Months a confirmation of interest lasts (R3.34/18).
    pub interest_months: u16,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            bulletin_time: Time::constant(18, 0, 0, 0),
            opening_time: Time::constant(7, 0, 0, 0),
            window_working_days: 3,
            open_step: 1000,
            age_match: AgeMatch::FullAgeSept1,
            priority_pattern: PriorityPattern::PriorityFirst,
            referral_working_days: 5,
            extension_calendar_days: 30,
            annul_calendar_days: 1,
            stop_list_days: 10,
            document_working_days: 5,
            max_registrations: 3,
            max_age_years: 6,
            transfer_wait_months: 1,
            min_age_years: 0,
            confirm_interest_by: MonthDay { month: 10, day: 1 },
            wish_lists: WishLists::On,
            special_offer: SpecialOffer::Push,
            outage_minutes: 60,
            interest_months: 12,
        }
    }
}

/// The values an act changes; what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileChange {
    /// See [`Profile::bulletin_time`].
    #[serde(with = "kezek_calendar::time_serde::option")]
    pub bulletin_time: Option<Time>,
    /// See [`Profile::opening_time`].
    #[serde(with = "kezek_calendar::time_serde::option")]
    pub opening_time: Option<Time>,
    /// See [`Profile::window_working_days`].
    pub window_working_days: Option<u16>,
    /// See [`Profile::open_step`].
    pub open_step: Option<u32>,
    /// See [`Profile::age_match`].
    pub age_match: Option<AgeMatch>,
    /// See [`Profile::priority_pattern`].
    pub priority_pattern: Option<PriorityPattern>,
    /// See [`Profile::referral_working_days`].
    pub referral_working_days: Option<u16>,
    /// See [`Profile::extension_calendar_days`].
    pub extension_calendar_days: Option<u16>,
    /// See [`Profile::annul_calendar_days`].
    pub annul_calendar_days: Option<u16>,
    /// See [`Profile::stop_list_days`].
    pub stop_list_days: Option<u16>,
    /// See [`Profile::document_working_days`].
    pub document_working_days: Option<u16>,
    /// See [`Profile::max_registrations`].
    pub max_registrations: Option<u16>,
    /// See [`Profile::max_age_years`].
    pub max_age_years: Option<u16>,
    /// See [`Profile::transfer_wait_months`].
    pub transfer_wait_months: Option<u16>,
    /// See [`Profile::min_age_years`].
    pub min_age_years: Option<u16>,
    /// See [`Profile::confirm_interest_by`].
    pub confirm_interest_by: Option<MonthDay>,
    /// See [`Profile::wish_lists`].
    pub wish_lists: Option<WishLists>,
    /// See [`Profile::special_offer`].
    pub special_offer: Option<SpecialOffer>,
    /// See [`Profile::outage_minutes`].
    pub outage_minutes: Option<u16>,
    /// See [`Profile::interest_months`].
    pub interest_months: Option<u16>,
}

impl Profile {
    /// This profile with a change laid over it. Terms of working days are at least one day.
    pub fn changed(&self, change: &ProfileChange) -> Profile {
        Profile {
            bulletin_time: change.bulletin_time.unwrap_or(self.bulletin_time),
            opening_time: change.opening_time.unwrap_or(self.opening_time),
            window_working_days: change.window_working_days.unwrap_or(self.window_working_days).max(1),
            open_step: change.open_step.unwrap_or(self.open_step),
            age_match: change.age_match.unwrap_or(self.age_match),
            priority_pattern: change.priority_pattern.unwrap_or(self.priority_pattern),
            referral_working_days: change.referral_working_days.unwrap_or(self.referral_working_days).max(1),
            extension_calendar_days: change.extension_calendar_days.unwrap_or(self.extension_calendar_days),
            annul_calendar_days: change.annul_calendar_days.unwrap_or(self.annul_calendar_days),
            stop_list_days: change.stop_list_days.unwrap_or(self.stop_list_days),
            document_working_days: change.document_working_days.unwrap_or(self.document_working_days).max(1),
            max_registrations: change.max_registrations.unwrap_or(self.max_registrations),
            max_age_years: change.max_age_years.unwrap_or(self.max_age_years),
            transfer_wait_months: change.transfer_wait_months.unwrap_or(self.transfer_wait_months),
            min_age_years: change.min_age_years.unwrap_or(self.min_age_years),
            confirm_interest_by: change.confirm_interest_by.unwrap_or(self.confirm_interest_by),
            wish_lists: change.wish_lists.unwrap_or(self.wish_lists),
            special_offer: change.special_offer.unwrap_or(self.special_offer),
            outage_minutes: change.outage_minutes.unwrap_or(self.outage_minutes),
            interest_months: change.interest_months.unwrap_or(self.interest_months),
        }
    }
}
