//! What a place is: its organisation, cohort, group, mode (254/3.3), and the pool it is shared out in (R3.34/1).

use crate::ids::{OrganisationId, SettlementId};
use alloc::{
    format,
    string::{String, ToString},
};
use core::fmt;
use kezek_calendar::{Date, terms};
use serde::{Deserialize, Serialize};

/// What an organisation is for (254/13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    /// General development.
    General,
    /// Special (correctional), queued for by impairment.
    Special,
    /// Sanatorium, queued for by rehabilitation.
    Sanatorium,
}

/// Who owns an organisation; both kinds have a state order (254/2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// The state.
    State,
    /// Private, with a state order.
    Private,
}

/// Language of upbringing and teaching, an attribute of the place, never of the queue (R3.27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
    /// Kazakh and Russian together.
    Mixed,
}

impl Language {
    /// Every language a place may have.
    pub const ALL: [Language; 4] = [Language::Kk, Language::Ru, Language::En, Language::Mixed];

    /// The code used in scenarios and in the API.
    pub fn code(self) -> &'static str {
        match self {
            Language::Kk => "kk",
            Language::Ru => "ru",
            Language::En => "en",
            Language::Mixed => "mixed",
        }
    }

    /// The language with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// Hours of a group (254/3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// The usual day.
    #[default]
    FullDay,
    /// Part of the day.
    PartDay,
    /// Day and night.
    RoundTheClock,
}

/// Kind of a group; special and sanatorium groups have a profile of care of their organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// General development.
    General,
    /// For children with special needs.
    Special,
    /// For rehabilitation and prevention.
    Sanatorium,
}

/// Which children a place is for (254/28, R3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cohort {
    /// Full years on 1 September of the academic year, both ends included.
    Ages(u8, u8),
    /// A calendar year of birth.
    Born(i16),
}

impl Cohort {
    /// One full age on 1 September.
    pub fn age(years: u8) -> Self {
        Cohort::Ages(years, years)
    }

    /// First and last birth date admitted in the academic year.
    pub fn birth_dates(self, academic_year: i16) -> (Date, Date) {
        match self {
            Cohort::Born(year) => (first_of(year, 1), last_of_december(year)),
            Cohort::Ages(youngest, oldest) => {
                let born_after = terms::first_of_september(academic_year - i16::from(oldest) - 1);
                (
                    terms::add_days(born_after, 1),
                    terms::first_of_september(academic_year - i16::from(youngest)),
                )
            }
        }
    }

    /// Whether a child born then is of this cohort.
    pub fn admits(self, born: Date, academic_year: i16) -> bool {
        let (first, last) = self.birth_dates(academic_year);
        first <= born && born <= last
    }
}

fn first_of(year: i16, month: i8) -> Date {
    Date::new(year, month, 1).unwrap_or(Date::MAX)
}

fn last_of_december(year: i16) -> Date {
    Date::new(year, 12, 31).unwrap_or(Date::MAX)
}

impl fmt::Display for Cohort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cohort::Ages(from, to) if from == to => write!(f, "age{from}"),
            Cohort::Ages(from, to) => write!(f, "ages{from}-{to}"),
            Cohort::Born(year) => write!(f, "born{year}"),
        }
    }
}

/// How a place is given (254/3.5, 254/3.6, 254/3.14).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Generally established: the referral runs at once.
    #[default]
    General,
    /// Booked before the place is free.
    Early,
    /// While another pupil is away.
    Temporary,
}

/// An organisation's kind of care: an impairment or a rehabilitation, by its place in the organisation's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Care {
    /// The organisation queued for (254/13).
    pub organisation: OrganisationId,
    /// Place in [`crate::state::Organisation::profiles`].
    pub profile: u8,
}

/// The pool a place is shared out in (R3.34/1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PoolKey {
    /// Where.
    pub settlement: SettlementId,
    /// How the place is given; first in the order so that general places come before early ones.
    pub mode: Mode,
    /// Kind of group.
    pub kind: GroupKind,
    /// Organisation and profile of special and sanatorium places.
    pub care: Option<Care>,
    /// The year of the 1 September on which ages count.
    pub academic_year: i16,
    /// Which children.
    pub cohort: Cohort,
}

impl PoolKey {
    /// Whether a child born then is of this pool's cohort (254/28).
    pub fn admits(&self, born: Date) -> bool {
        self.cohort.admits(born, self.academic_year)
    }

    /// The name used in scenario checks (R3.33), given the names of organisation and profile.
    pub fn name(&self, care: Option<(&str, &str)>) -> String {
        let general = match self.kind {
            GroupKind::General => "general",
            GroupKind::Special => "special",
            GroupKind::Sanatorium => "sanatorium",
        };
        let cohort = self.cohort.to_string();
        let year = self.academic_year;
        let base = match care {
            None => format!("{general}/{cohort}/{year}"),
            Some((organisation, profile)) => format!("{general}/{organisation}/{cohort}/{year}/{profile}"),
        };
        match self.mode {
            Mode::General => base,
            Mode::Early => base + "/early",
            Mode::Temporary => base + "/temporary",
        }
    }
}
