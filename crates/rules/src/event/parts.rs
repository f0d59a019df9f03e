//! What facts are made of.

use crate::{
    command::WithdrawReason,
    ids::{ApplicationId, BatchId, VacancyId},
    place::PoolKey,
};
use alloc::vec::Vec;
use kezek_calendar::{Date, Instant};
use serde::{Deserialize, Serialize};

/// One batch of a bulletin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewBatch {
    /// The next number.
    pub batch: BatchId,
    /// Its pool.
    pub pool: PoolKey,
    /// Places by vacancy.
    pub places: Vec<NewPlaces>,
    /// Working days of its windows (R3.34/29).
    pub window_working_days: u16,
    /// Step of its open phase (R3.34/29).
    pub open_step: u32,
}

/// Places of one vacancy in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewPlaces {
    /// Which.
    pub vacancy: VacancyId,
    /// Handed over for the first time.
    pub announced: u32,
    /// Come free again (R3.34/8).
    pub returned: u32,
    /// First day of enrolment (R3.34/9).
    #[serde(with = "kezek_calendar::date_serde")]
    pub enrol_from: Date,
}

/// One granted window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowGrant {
    /// Whose.
    pub application: ApplicationId,
    /// By order, or by the first right of R3.34/10.
    pub by: GrantedBy,
}

/// On what ground a window was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantedBy {
    /// In the order of the pool.
    Order,
    /// Ahead of the counter, after a withdrawal (R3.20).
    FirstRight,
}

/// Who is inside the open phase (R3.34/5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frontier {
    /// `open_step = 0`: everyone, later registrations too.
    pub everyone: bool,
    /// The latest extraordinary registration let in; all are inside once anybody of another class is.
    pub extraordinary: Option<Seniority>,
    /// The latest priority registration let in.
    pub priority: Option<Seniority>,
    /// The latest general registration let in.
    pub general: Option<Seniority>,
}

/// What orders applications of one class: time, draw, number (254/14, R3.34/27).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Seniority {
    /// Date and time of registration.
    pub registered: Instant,
    /// Tie-break.
    pub draw: u32,
    /// Last tie-break.
    pub application: ApplicationId,
}

/// When a referral's rights end; all exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralTerms {
    /// The day the terms count from.
    #[serde(with = "kezek_calendar::date_serde")]
    pub start: Date,
    /// Validity (R3.11).
    pub until: Instant,
    /// Originals (R3.34/15).
    pub documents_until: Instant,
    /// Annulment (R3.12).
    pub annul_until: Instant,
}

/// How a referral was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuedHow {
    /// The family took the place.
    Claim,
    /// A wish list was carried out (R3.29).
    Wish,
    /// In order of receipt (254/27).
    Push,
    /// With siblings (254/29).
    Family,
}

/// Why a benefit no longer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BenefitLoss {
    /// Originals were not shown in time.
    Lapsed,
    /// Not proved.
    NotProved,
    /// Found false (254/22).
    False,
    /// Given up by the family.
    GivenUp,
    /// Originals were not shown after the referral (R3.34/15).
    NotShownAgain,
}

/// Why an application is on the stop-list (R3.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The referral ran out.
    ReferralExpired,
    /// Originals of the benefit were not shown after the referral.
    BenefitUnconfirmed,
    /// The benefit was found false.
    BenefitFalse,
    /// Enrolment annulled for documents (254/34.1).
    EnrolmentDocs,
    /// Interest was not confirmed.
    InterestNotConfirmed,
    /// The child was found in another place.
    AlreadyEnrolled,
}

/// Why an application is in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveReason {
    /// The child has a place.
    Enrolled,
    /// The family withdrew.
    Withdrawn,
    /// The maximum possible age is reached (254/24.9).
    MaxAge,
    /// Twelve months of silence.
    NoInterest,
    /// Moved away.
    Moved,
    /// Stood twice.
    Duplicate,
}

/// Why a referral ended without enrolment (section 4 of the rules).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralEnd {
    /// By the applicant in time (254/30).
    AnnulledByApplicant,
    /// The place was taken back (254/25.2).
    PlaceWithdrawn,
    /// Validity ran out.
    Expired,
    /// Originals of the benefit were not shown, or it was rejected.
    BenefitUnconfirmed,
    /// The benefit was found false.
    BenefitFalse,
    /// Documents for enrolment (254/34.1).
    Documents,
    /// Medical contraindications (254/34.2).
    Medical,
    /// The application was withdrawn.
    Withdrawn,
    /// A permanent place was claimed instead of a temporary one (R3.34/11).
    PermanentClaimed,
    /// The child was enrolled on another application (R3.34/24).
    EnrolledElsewhere,
    /// The application was archived for another reason.
    Archived,
}

/// Where an application goes when its referral ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Afterwards {
    /// Back to its place by the original time, or it never left it.
    Back,
    /// A stop-listing follows at once.
    StopList,
    /// An archiving follows at once.
    Archive,
}

/// What a reminder is about (R3.26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// A window ends tomorrow.
    WindowEndsTomorrow,
    /// A referral ends tomorrow.
    ReferralEndsTomorrow,
    /// A temporary stay ends in 14 or in 3 days.
    StayEnds,
    /// Interest is to be confirmed.
    ConfirmInterest,
    /// The age limit is 60 days ahead.
    AgeLimitSoon,
}

/// Places that a bulletin tells were taken back (254/24.3), with the reason the law asks for (254/25.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// Of which vacancy.
    pub vacancy: VacancyId,
    /// How many.
    pub count: u32,
    /// Why.
    pub reason: WithdrawReason,
}
