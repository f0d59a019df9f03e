//! Facts: what happened. The journal keeps them, [`crate::State::apply`] folds them.

use crate::{
    benefit::{Benefit, BenefitClaim, Class},
    command::{Act, Conclusion, Ground, ModeTerms, Wish, WithdrawReason},
    ids::{
        ApplicationId, BatchId, ChildKey, GroupId, OrganisationId, ParentKey, ReferralId, SettlementId,
        VacancyId,
    },
    place::{Care, Cohort, GroupKind, Language, OrganisationKind, Ownership, PoolKey, Regime},
    profile::{Profile, ProfileChange},
    queue::Queue,
};
use alloc::{string::String, vec::Vec};
use kezek_calendar::{Date, Instant, Zone};
use serde::{Deserialize, Serialize};

mod parts;

pub use parts::{
    Afterwards, ArchiveReason, BenefitLoss, Frontier, GrantedBy, IssuedHow, NewBatch, NewPlaces, ReferralEnd,
    ReferralTerms, Reminder, Seniority, StopReason, TakenBack, WindowGrant,
};

/// A fact with the time it is true from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// When; never before the fact in front of it.
    pub at: Instant,
    /// What.
    pub event: Event,
}

/// Everything that can happen. Numbers given anew are the next of their table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Queues of a settlement were opened.
    SettlementOpened {
        /// Public name.
        name: String,
        /// Its clock.
        zone: Zone,
        /// The rules in force.
        profile: Profile,
    },
    /// An organisation was entered.
    OrganisationAdded {
        /// Where.
        settlement: SettlementId,
        /// Public name.
        name: String,
        /// What for.
        kind: OrganisationKind,
        /// Whose.
        ownership: Ownership,
        /// Languages of its groups.
        languages: Vec<Language>,
        /// Impairments or rehabilitation kinds.
        profiles: Vec<String>,
    },
    /// A group was opened or changed.
    GroupSet {
        /// The next number for a new one.
        group: GroupId,
        /// Whose.
        organisation: OrganisationId,
        /// Public name.
        name: String,
        /// Which children.
        cohort: Cohort,
        /// Language of teaching.
        language: Language,
        /// Most children.
        capacity: u32,
        /// Children there without a referral of this system.
        enrolled: u32,
    },
    /// An act sets values of the profile from a date.
    ProfileSet {
        /// Where.
        settlement: SettlementId,
        /// What.
        change: ProfileChange,
        /// By which act.
        act: Act,
        /// From 00:00 of this date.
        #[serde(with = "kezek_calendar::date_serde")]
        valid_from: Date,
    },
    /// The values set earlier are in force now (R3.34/29).
    ProfileApplied {
        /// Where.
        settlement: SettlementId,
    },
    /// No bulletin and no opening between two dates (R3.34/30).
    Frozen {
        /// Where.
        settlement: SettlementId,
        /// First day.
        #[serde(with = "kezek_calendar::date_serde")]
        from: Date,
        /// Last day.
        #[serde(with = "kezek_calendar::date_serde")]
        to: Date,
        /// By which act.
        act: Act,
    },
    /// Open windows and live referrals were lengthened after an outage (R3.31).
    TermsExtended {
        /// Where.
        settlement: SettlementId,
        /// The new end, exclusive.
        until: Instant,
        /// By which act.
        act: Act,
        /// Batches whose windows ended earlier.
        #[serde(default)]
        windows: Vec<BatchId>,
        /// Live referrals that ended earlier.
        #[serde(default)]
        referrals: Vec<ReferralId>,
        /// Live referrals whose originals were awaited for less long.
        #[serde(default)]
        originals: Vec<ReferralId>,
    },
    /// An application stands in the queue (254/11, 254/14).
    Registered {
        /// The next number.
        application: ApplicationId,
        /// Where.
        settlement: SettlementId,
        /// For what.
        queue: Queue,
        /// Whose child.
        child: ChildKey,
        /// Who applied.
        parent: ParentKey,
        /// The child's birth date.
        #[serde(with = "kezek_calendar::date_serde")]
        born: Date,
        /// The time that orders (R3.17).
        registered: Instant,
        /// Breaks ties (R3.34/27).
        draw: u32,
        /// Claimed benefits.
        benefits: Vec<BenefitClaim>,
        /// Whether a conclusion is on file.
        conclusion: Conclusion,
        /// Let through past the third registration by this act (R3.14).
        over_limit: Option<Act>,
    },
    /// A benefit was claimed for a registered application.
    BenefitClaimed {
        /// Which.
        application: ApplicationId,
        /// The ground.
        benefit: Benefit,
        /// Originals until, exclusive.
        until: Instant,
    },
    /// Originals were confirmed (254/22).
    BenefitConfirmed {
        /// Which.
        application: ApplicationId,
        /// The ground.
        benefit: Benefit,
    },
    /// A benefit no longer counts.
    BenefitRemoved {
        /// Which.
        application: ApplicationId,
        /// The ground.
        benefit: Benefit,
        /// Why.
        cause: BenefitLoss,
    },
    /// The birth date was corrected (R3.13).
    BirthCorrected {
        /// Which.
        application: ApplicationId,
        /// The right date.
        #[serde(with = "kezek_calendar::date_serde")]
        born: Date,
    },
    /// Contacts changed in `records`.
    ContactsChanged {
        /// Which.
        application: ApplicationId,
    },
    /// A conclusion was put on file.
    ConclusionFiled {
        /// Which.
        application: ApplicationId,
    },
    /// The family confirmed its interest (R3.10).
    InterestConfirmed {
        /// Which.
        application: ApplicationId,
    },
    /// A confirmation is asked for after two unused windows in a row (R3.34/18).
    InterestAsked {
        /// Which.
        application: ApplicationId,
        /// Until, exclusive.
        until: Instant,
    },
    /// Into the stop-list (R3.9).
    StopListed {
        /// Which.
        application: ApplicationId,
        /// Why.
        reason: StopReason,
        /// Back at this instant by itself; none: until something happens.
        until: Option<Instant>,
        /// When silence ends in the archive (R3.34/18).
        silence_until: Option<Instant>,
    },
    /// Back from the stop-list with the original time (R3.13).
    Returned {
        /// Which.
        application: ApplicationId,
    },
    /// Out of the queue for good (254/3.1).
    Archived {
        /// Which.
        application: ApplicationId,
        /// Why.
        reason: ArchiveReason,
    },
    /// Wishes were lodged, changed or, when empty, withdrawn (R3.29).
    WishesLodged {
        /// One, or siblings together.
        applications: Vec<ApplicationId>,
        /// In order of wish.
        choices: Vec<Wish>,
    },
    /// Places were handed over to the next bulletin.
    Published {
        /// The next number.
        vacancy: VacancyId,
        /// Of which group.
        group: GroupId,
        /// Which children.
        cohort: Cohort,
        /// Kind of group.
        kind: GroupKind,
        /// Organisation and profile of special and sanatorium places.
        care: Option<Care>,
        /// Language of teaching.
        language: Language,
        /// Hours.
        regime: Regime,
        /// How given.
        mode: ModeTerms,
        /// How many.
        count: u32,
        /// First day of enrolment, when stated.
        #[serde(with = "kezek_calendar::date_serde::option")]
        enrol_from: Option<Date>,
    },
    /// Places were taken back (254/25.1). Referrals annulled for it follow as facts of their own.
    Withdrawn {
        /// Of which vacancy.
        vacancy: VacancyId,
        /// Why.
        reason: WithdrawReason,
        /// From what waited for a bulletin.
        announced: u32,
        /// From what waited after it came free again.
        returned: u32,
        /// From what was published, by batch.
        published: Vec<(BatchId, u32)>,
        /// Claimed places taken back with their referrals.
        claimed: u32,
    },
    /// A window was cancelled because its batch has too few places left (R3.34/10).
    WindowCancelled {
        /// Whose.
        application: ApplicationId,
        /// In which batch.
        batch: BatchId,
    },
    /// The bulletin of a day (254/24.3).
    BulletinIssued {
        /// Where.
        settlement: SettlementId,
        /// Of which day.
        #[serde(with = "kezek_calendar::date_serde")]
        date: Date,
        /// Places handed over, by batch; batches are numbered on from the next.
        batches: Vec<NewBatch>,
        /// Places taken back since the last bulletin (254/3.9).
        withdrawn: Vec<TakenBack>,
    },
    /// Windows of a batch opened, all at once (254/24.4, R3.1).
    WindowsOpened {
        /// Which batch.
        batch: BatchId,
        /// Who, in order of grant.
        grants: Vec<WindowGrant>,
        /// Until, exclusive (R3.5).
        until: Instant,
    },
    /// The windows of a batch ended.
    WindowsEnded {
        /// Which batch.
        batch: BatchId,
    },
    /// The next candidates were let in to the rest of a batch (254/24.10, R3.34/5).
    FrontierMoved {
        /// Which batch.
        batch: BatchId,
        /// Who is inside now.
        frontier: Frontier,
        /// Who was let in by this step.
        let_in: Vec<ApplicationId>,
    },
    /// The opening of a day was held.
    OpeningHeld {
        /// Where.
        settlement: SettlementId,
        /// Of which day.
        #[serde(with = "kezek_calendar::date_serde")]
        date: Date,
        /// Whose wish lists had their turn, carried out or not (R3.34/32).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        turns: Vec<ApplicationId>,
    },
    /// A referral was issued (254/3.10).
    ReferralIssued {
        /// The next number.
        referral: ReferralId,
        /// For whom.
        application: ApplicationId,
        /// The place.
        vacancy: VacancyId,
        /// The batch it came from.
        batch: BatchId,
        /// By claim, wish, order of receipt, or for siblings together.
        how: IssuedHow,
        /// The class it was got by.
        class: Class,
        /// Terms, none for a place booked early (254/3.6).
        terms: Option<ReferralTerms>,
    },
    /// A place booked early is free: the referral's validity starts (R3.19).
    ReferralStarted {
        /// Which.
        referral: ReferralId,
        /// Terms from today.
        terms: ReferralTerms,
    },
    /// A referral was extended (254/30).
    ReferralExtended {
        /// Which.
        referral: ReferralId,
        /// Why.
        ground: Ground,
        /// Until, exclusive.
        until: Instant,
    },
    /// Originals were confirmed after the referral (254/22).
    DocumentsConfirmed {
        /// Which referral.
        referral: ReferralId,
    },
    /// A referral ended without enrolment. What follows for the application is a fact of its own, or it is back.
    ReferralEnded {
        /// Which.
        referral: ReferralId,
        /// Why.
        cause: ReferralEnd,
        /// Where the application goes now.
        then: Afterwards,
        /// Windows given back (R3.34/7).
        restored: Vec<BatchId>,
    },
    /// The child was enrolled (254/32).
    Enrolled {
        /// On which referral.
        referral: ReferralId,
        /// End of a temporary stay, exclusive.
        stay_until: Option<Instant>,
    },
    /// A temporary stay ended (R3.18).
    StayEnded {
        /// Whose.
        child: ChildKey,
    },
    /// The child left the kindergarten (254/19).
    Left {
        /// Who.
        child: ChildKey,
    },
    /// An early-booking place is free (254/24.6).
    EarlyFreed {
        /// Which.
        vacancy: VacancyId,
        /// Unbooked places that go into the next bulletin in general mode, by batch.
        released: Vec<(BatchId, u32)>,
    },
    /// People were reminded (R3.26).
    Reminded {
        /// Of what.
        kind: Reminder,
        /// Who.
        applications: Vec<ApplicationId>,
    },
    /// People were told that their number moved by more than twenty (R3.26).
    NumbersTold {
        /// Who, and the number told.
        numbers: Vec<(ApplicationId, u32)>,
    },
    /// Pools of past academic years without places were closed.
    PoolsClosed {
        /// Which.
        pools: Vec<PoolKey>,
    },
}
