//! Why a command was refused. The codes are those of the scenarios and of the API.

use core::fmt;
use serde::{Deserialize, Serialize};

/// A refusal: nothing has changed. [`Refusal::clause`] names the law behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No such application, vacancy, child, organisation, group, profile of care.
    NotFound,
    /// The act does not fit the state: archived, no live referral, not started.
    WrongState,
    /// The application is on the stop-list.
    StopListed,
    /// The control digit of the IIN is wrong.
    IinInvalid,
    /// Six full years and over (254/18).
    AgeOverLimit,
    /// A special or sanatorium queue needs a conclusion on file (254/17).
    QueueNeedsConclusion,
    /// Originals have not been confirmed (254/22).
    DocumentsMissing,
    /// The child already stands in this queue.
    DuplicateApplication,
    /// The child must leave the present kindergarten first (254/19).
    StillEnrolled,
    /// Registered as often as the law allows (254/15).
    TooManyRegistrations,
    /// The month after a benefit enrolment is not over (254/16).
    TooSoon,
    /// The application has a live referral.
    LiveReferral,
    /// The place is for children of another age (254/28).
    WrongAge,
    /// Only private kindergartens, after a benefit referral to a state one (254/16).
    PrivateOnly,
    /// Neither a window nor inside the open frontier (254/24).
    NoAccess,
    /// The last place was taken.
    PlaceTaken,
    /// Not enough places for what was asked (254/29, 254/25).
    NotEnoughPlaces,
    /// The referral was extended before; once only (254/30).
    AlreadyExtended,
    /// The term of this act is over.
    TooLate,
    /// An extension needs a ground of clause 30.
    GroundRequired,
    /// A reason must be stated (254/25).
    ReasonRequired,
    /// The capacity of the group would be exceeded (R3.30).
    OverCapacity,
    /// The benefit is not confirmed (254/22).
    BenefitNotConfirmed,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Refusal; 23] = [
        Refusal::NotFound,
        Refusal::WrongState,
        Refusal::StopListed,
        Refusal::IinInvalid,
        Refusal::AgeOverLimit,
        Refusal::QueueNeedsConclusion,
        Refusal::DocumentsMissing,
        Refusal::DuplicateApplication,
        Refusal::StillEnrolled,
        Refusal::TooManyRegistrations,
        Refusal::TooSoon,
        Refusal::LiveReferral,
        Refusal::WrongAge,
        Refusal::PrivateOnly,
        Refusal::NoAccess,
        Refusal::PlaceTaken,
        Refusal::NotEnoughPlaces,
        Refusal::AlreadyExtended,
        Refusal::TooLate,
        Refusal::GroundRequired,
        Refusal::ReasonRequired,
        Refusal::OverCapacity,
        Refusal::BenefitNotConfirmed,
    ];

    /// The code of scenarios and problem details.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::NotFound => "not_found",
            Refusal::WrongState => "wrong_state",
            Refusal::StopListed => "stop_listed",
            Refusal::IinInvalid => "iin_invalid",
            Refusal::AgeOverLimit => "age_over_limit",
            Refusal::QueueNeedsConclusion => "queue_needs_conclusion",
            Refusal::DocumentsMissing => "documents_missing",
            Refusal::DuplicateApplication => "duplicate_application",
            Refusal::StillEnrolled => "still_enrolled",
            Refusal::TooManyRegistrations => "too_many_registrations",
            Refusal::TooSoon => "too_soon",
            Refusal::LiveReferral => "live_referral",
            Refusal::WrongAge => "wrong_age",
            Refusal::PrivateOnly => "private_only",
            Refusal::NoAccess => "no_access",
            Refusal::PlaceTaken => "place_taken",
            Refusal::NotEnoughPlaces => "not_enough_places",
            Refusal::AlreadyExtended => "already_extended",
            Refusal::TooLate => "too_late",
            Refusal::GroundRequired => "ground_required",
            Refusal::ReasonRequired => "reason_required",
            Refusal::OverCapacity => "over_capacity",
            Refusal::BenefitNotConfirmed => "benefit_not_confirmed",
        }
    }

    /// The clause or reading behind the refusal; none where it is plain sense.
    pub fn clause(self) -> Option<&'static str> {
        Some(match self {
            Refusal::AgeOverLimit => "254/18",
            Refusal::QueueNeedsConclusion => "254/17",
            Refusal::DocumentsMissing | Refusal::BenefitNotConfirmed => "254/22",
            Refusal::DuplicateApplication => "254/13",
            Refusal::StillEnrolled => "254/19",
            Refusal::TooManyRegistrations => "254/15",
            Refusal::TooSoon | Refusal::PrivateOnly => "254/16",
            Refusal::WrongAge => "254/28",
            Refusal::NoAccess => "254/24",
            Refusal::NotEnoughPlaces => "254/29",
            Refusal::AlreadyExtended | Refusal::GroundRequired | Refusal::TooLate => "254/30",
            Refusal::ReasonRequired => "254/25",
            Refusal::OverCapacity => "R3.30",
            Refusal::StopListed => "R3.9",
            _ => return None,
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl core::error::Error for Refusal {}
