//! What people ask for. A command is judged by [`crate::decide`] at the time the node took it in (R3.32).

use crate::{
    benefit::{Benefit, Finding},
    ids::{ApplicationId, ChildKey, GroupId, OrganisationId, ParentKey, SettlementId, VacancyId},
    place::{Cohort, GroupKind, Language, Mode, OrganisationKind, Ownership, Regime},
    profile::{Profile, ProfileChange},
};
use alloc::{string::String, vec::Vec};
use kezek_calendar::{Date, Instant, Zone};
use serde::{Deserialize, Serialize};

/// Every act the system knows. Who may do it is the portal's table of rights.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Opens the queues of a settlement.
    OpenSettlement(OpenSettlement),
    /// Enters an organisation with a state order (254/2).
    AddOrganisation(AddOrganisation),
    /// Opens a group or changes it.
    SetGroup(SetGroup),
    /// Applies (254/5–7, 254/13–18).
    Submit(Submit),
    /// Originals of a benefit were shown and confirmed (254/22).
    ConfirmBenefit(ApplicationId, Benefit),
    /// The benefit was not confirmed, or a negative answer came (254/22).
    RejectBenefit(ApplicationId, Benefit, Finding),
    /// The family's benefits are now these; others are given up (254/20.3, R3.34/16).
    EditBenefits(ApplicationId, Vec<Benefit>),
    /// The child's birth date was entered wrongly (R3.13, R4.35).
    CorrectBirth(ApplicationId, Date),
    /// Contacts changed; they live in `records` (R3.13).
    EditContacts(ApplicationId),
    /// A conclusion of the consultation was put on file (254/17).
    FileConclusion(ApplicationId),
    /// The family withdraws (254/23.1).
    WithdrawApplication(ApplicationId),
    /// One tap a year (R3.10).
    ConfirmInterest(ApplicationId),
    /// Ranked wishes, empty to withdraw them (R3.29).
    Wish(ApplicationId, Vec<Wish>),
    /// A joint list of siblings, all or none (R3.29, R3.16).
    WishFamily(Vec<ApplicationId>, Vec<Wish>),
    /// Hands places over to the next bulletin (254/24.2, 254/25.3, 254/25.4).
    Publish(Publish),
    /// Takes places back (254/25.1, 254/25.2).
    WithdrawPlaces(WithdrawPlaces),
    /// An early-booking place is free before its date (254/24.6).
    FreeEarly(VacancyId),
    /// Takes a place (254/24.5, 254/26).
    Claim(ApplicationId, VacancyId),
    /// Takes places for siblings in one organisation (254/29).
    ClaimFamily(Vec<ApplicationId>, OrganisationId),
    /// Gives the referral back (254/30).
    Annul(ApplicationId),
    /// Extends the referral, once (254/30).
    Extend(ApplicationId, Option<Ground>),
    /// Originals were shown after the referral (254/22).
    ConfirmDocuments(ApplicationId),
    /// Enrols on a live referral (254/32).
    Enrol(ApplicationId),
    /// Annuls the enrolment (254/34).
    RefuseEnrolment(ApplicationId, Option<RefusalCause>),
    /// The child leaves the kindergarten (254/19).
    Leave(ChildKey),
    /// Lengthens open windows and live referrals after an outage (R3.31).
    ExtendWindows(SettlementId, Instant, Act),
    /// No bulletin and no opening between two dates, both included (R3.34/30).
    Freeze(SettlementId, Date, Date, Act),
    /// Changes the rule profile from a date (R3.21).
    SetProfile(SettlementId, ProfileChange, Act, Date),
    /// Import or reconciliation found the child in another place (R3.9 `already_enrolled`).
    FoundEnrolled(ApplicationId),
    /// The provider closes an application that moved away or stands twice.
    Close(ApplicationId, CloseReason),
}

/// A recorded act of the provider: number and date as written on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Act(pub String);

/// See [`Command::OpenSettlement`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSettlement {
    /// Public name.
    pub name: String,
    /// Its clock.
    pub zone: Zone,
    /// The rules in force from now.
    pub profile: Profile,
}

/// See [`Command::AddOrganisation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddOrganisation {
    /// Where.
    pub settlement: SettlementId,
    /// Public name.
    pub name: String,
    /// What for.
    pub kind: OrganisationKind,
    /// Whose.
    pub ownership: Ownership,
    /// Languages of its groups.
    pub languages: Vec<Language>,
    /// Impairments or rehabilitation kinds; at most 255.
    pub profiles: Vec<String>,
}

/// See [`Command::SetGroup`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetGroup {
    /// The group to change; none opens a new one.
    pub group: Option<GroupId>,
    /// Whose.
    pub organisation: OrganisationId,
    /// Public name.
    pub name: String,
    /// Which children.
    pub cohort: Cohort,
    /// Language of teaching.
    pub language: Language,
    /// Most children (R3.30).
    pub capacity: u32,
    /// Children already there who did not come by a referral of this system.
    pub enrolled: u32,
}

/// What an application waits for, by names of the outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueChoice {
    /// The general queue of a settlement.
    General(SettlementId),
    /// A special organisation and an impairment.
    Special(OrganisationId, String),
    /// A sanatorium organisation and a rehabilitation.
    Sanatorium(OrganisationId, String),
}

/// See [`Command::Submit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submit {
    /// Which queue.
    pub queue: QueueChoice,
    /// The child's pseudonym.
    pub child: ChildKey,
    /// The applicant's pseudonym.
    pub parent: ParentKey,
    /// The child's birth date, from the birth record.
    pub born: Date,
    /// Whether the control digit of the child's IIN held.
    pub iin: IinCheck,
    /// Claimed benefits.
    pub benefits: Vec<Benefit>,
    /// Whether a conclusion is on file (254/17; in a sanatorium queue the phthisiatrician's, R3.34/25).
    pub conclusion: Conclusion,
    /// Breaks ties of equal times (R3.34/27).
    pub draw: u32,
    /// How the application came.
    pub entry: Entry,
}

/// Whether the control digit of an IIN holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IinCheck {
    /// It holds.
    Valid,
    /// It does not.
    Invalid,
}

/// Whether a conclusion is on file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// On file, a copy too; originals are looked at after the referral (R4.34).
    OnFile,
    /// None.
    None,
}

/// How an application came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Sent now.
    Sent,
    /// A fourth registration let through by the provider's recorded act (R3.14).
    Override(Act),
    /// Taken over from an earlier queue with its original time; confirmed benefits stay so (users' problem 12).
    Imported {
        /// The original date and time.
        registered: Instant,
        /// The order in the source breaks ties before the draw.
        confirmed: Vec<Benefit>,
    },
}

/// One wish: an organisation, and a language if only that will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Where.
    pub organisation: OrganisationId,
    /// Only this language.
    pub language: Option<Language>,
}

/// See [`Command::Publish`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// The group the places are of.
    pub group: GroupId,
    /// Which children.
    pub cohort: Cohort,
    /// Kind of group.
    pub kind: GroupKind,
    /// Impairment or rehabilitation of special and sanatorium places.
    pub profile: Option<String>,
    /// Language of teaching.
    pub language: Language,
    /// Hours.
    pub regime: Regime,
    /// How it is given.
    pub mode: ModeTerms,
    /// How many places, at least 1.
    pub count: u32,
    /// First day of enrolment; by default the day of the batch's opening (R3.34/9).
    pub enrol_from: Option<Date>,
}

/// The mode of a place with the date it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModeTerms {
    /// Generally established.
    General,
    /// Free from this date (254/3.6).
    Early(#[serde(with = "kezek_calendar::date_serde")] Date),
    /// Until this date, included (254/3.14).
    Temporary(#[serde(with = "kezek_calendar::date_serde")] Date),
}

impl ModeTerms {
    /// The mode alone.
    pub fn mode(self) -> Mode {
        match self {
            ModeTerms::General => Mode::General,
            ModeTerms::Early(_) => Mode::Early,
            ModeTerms::Temporary(_) => Mode::Temporary,
        }
    }
}

/// See [`Command::WithdrawPlaces`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawPlaces {
    /// Which.
    pub vacancy: VacancyId,
    /// How many, at least 1.
    pub count: u32,
    /// Why; required (254/25.1).
    pub reason: Option<WithdrawReason>,
    /// What happens to referrals when unclaimed places do not suffice.
    pub referrals: OnReferrals,
}

/// What a withdrawal does with issued referrals (254/25.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnReferrals {
    /// They stay.
    Keep,
    /// The latest issued are annulled.
    Annul,
}

/// Why places are taken back (254/25.1, R3.20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawReason {
    /// Capital repair.
    Repair,
    /// Quarantine.
    Quarantine,
    /// The state order was removed.
    OrderRemoved,
    /// The organisation closes.
    Closure,
    /// Published by mistake.
    PublicationError,
}

/// Why a family cannot come in time (254/30).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Illness.
    Illness,
    /// In hospital.
    Hospital,
    /// Business trip.
    BusinessTrip,
    /// Vacation.
    Vacation,
}

/// Why an enrolment is annulled (254/34).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCause {
    /// Documents not brought or out of date (254/34.1).
    Documents,
    /// Medical contraindications (254/34.2).
    Medical,
}

/// Why the provider closes an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The family moved to another settlement.
    Moved,
    /// The same child stands twice.
    Duplicate,
}
