//! Organisations, groups, vacancies, batches and referrals.

use crate::{
    benefit::Class,
    command::ModeTerms,
    event::{Frontier, IssuedHow, ReferralEnd, ReferralTerms},
    ids::{ApplicationId, BatchId, GroupId, OrganisationId, ReferralId, SettlementId, VacancyId},
    place::{Care, Cohort, GroupKind, Language, Mode, OrganisationKind, Ownership, PoolKey, Regime},
};
use alloc::{collections::BTreeSet, string::String, vec::Vec};
use kezek_calendar::{Date, Instant};
use serde::{Deserialize, Serialize};

/// A preschool organisation with a state order (254/2).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Organisation {
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
    /// Impairments or rehabilitation kinds.
    pub profiles: Vec<String>,
    /// Its groups.
    pub groups: Vec<GroupId>,
    /// Every vacancy it published, in order.
    pub vacancies: Vec<VacancyId>,
}

/// A group and how full it is (R3.30).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    /// Whose.
    pub organisation: OrganisationId,
    /// Public name.
    pub name: String,
    /// Which children.
    pub cohort: Cohort,
    /// Language of teaching.
    pub language: Language,
    /// Most children.
    pub capacity: u32,
    /// Children there without a referral of this system.
    pub enrolled_before: u32,
    /// Children enrolled on a referral and not gone.
    pub enrolled_here: u32,
    /// Vacancies of this group.
    pub vacancies: Vec<VacancyId>,
}

impl Group {
    /// Children in the group; temporary stays use an absent pupil's place.
    pub fn enrolled(&self) -> u32 {
        self.enrolled_before.saturating_add(self.enrolled_here)
    }
}

/// Places of one group offered on the same terms (254/3.3).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Vacancy {
    /// Of which group.
    pub group: GroupId,
    /// Of which organisation.
    pub organisation: OrganisationId,
    /// Where.
    pub settlement: SettlementId,
    /// Which children.
    pub cohort: Cohort,
    /// Kind of group.
    pub kind: GroupKind,
    /// Organisation and profile of special and sanatorium places.
    pub care: Option<Care>,
    /// Language of teaching.
    pub language: Language,
    /// Hours.
    pub regime: Regime,
    /// How given, with its date.
    pub terms: ModeTerms,
    /// An early-booking place has become free (254/24.6).
    pub freed: bool,
    /// First day of enrolment, as stated or set by the bulletin (R3.34/9).
    #[serde(with = "kezek_calendar::date_serde::option")]
    pub enrol_from: Option<Date>,
    /// Fixed with [`Vacancy::enrol_from`] (R3.3).
    pub academic_year: Option<i16>,
    /// Waiting for the next bulletin for the first time.
    pub announced: u32,
    /// Waiting for the next bulletin again (R3.34/8).
    pub returned: u32,
    /// Batches its places came in.
    pub batches: Vec<BatchId>,
    /// How many live referrals there are.
    pub referred: u32,
    /// Which, in order of issue.
    pub(crate) live: BTreeSet<ReferralId>,
}

impl Vacancy {
    pub(crate) fn refer(&mut self, referral: ReferralId) {
        self.live.insert(referral);
        self.referred = self.live.len() as u32;
    }

    pub(crate) fn no_longer_refer(&mut self, referral: ReferralId) {
        self.live.remove(&referral);
        self.referred = self.live.len() as u32;
    }

    /// How its places are given now: an early place that is free is a general one (254/24.6).
    pub fn mode(&self) -> Mode {
        if self.freed { Mode::General } else { self.terms.mode() }
    }
}

/// The places of one bulletin in one pool, and who may take them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Batch {
    /// Its pool.
    pub pool: PoolKey,
    /// The day of its bulletin.
    #[serde(with = "kezek_calendar::date_serde")]
    pub bulletin: Date,
    /// Places by vacancy.
    pub places: Vec<BatchPlaces>,
    /// Working days of its windows.
    pub window_working_days: u16,
    /// Step of its open phase.
    pub open_step: u32,
    /// How far it has come.
    pub phase: Phase,
    /// Everyone who got a window that was not cancelled, in order of grant.
    pub grants: Vec<ApplicationId>,
    /// Whose window is open.
    pub open_windows: BTreeSet<ApplicationId>,
    /// Who is inside the open phase.
    pub frontier: Frontier,
}

/// Places of a vacancy in a batch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct BatchPlaces {
    /// Which.
    pub vacancy: VacancyId,
    /// How many were published and not taken back.
    pub published: u32,
    /// How many are left.
    pub free: u32,
}

/// How far a batch has come (section 4 of the rules).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Published, not opened.
    Published,
    /// Windows are open until then, exclusive.
    Windows(Instant),
    /// Windows are over; the next opening lets others in.
    Ended,
    /// Open up to the frontier.
    Open,
}

/// A sum of places; beyond the range, its end.
pub(crate) fn total(places: impl Iterator<Item = u32>) -> u32 {
    places.fold(0, u32::saturating_add)
}

impl Batch {
    /// Places left.
    pub fn free(&self) -> u32 {
        total(self.places.iter().map(|places| places.free))
    }

    /// Places left beyond those that open windows stand for (R3.34/7, R3.34/20).
    pub fn spare(&self) -> u32 {
        self.free().saturating_sub(self.open_windows.len() as u32)
    }

    /// Places left of a vacancy.
    pub fn free_of(&self, vacancy: VacancyId) -> u32 {
        total(self.places.iter().filter(|places| places.vacancy == vacancy).map(|places| places.free))
    }

    /// Whether anything can still happen to it.
    pub(crate) fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Windows(_)) || self.free() > 0
    }

    pub(crate) fn places_of(&mut self, vacancy: VacancyId) -> Option<&mut BatchPlaces> {
        self.places.iter_mut().find(|places| places.vacancy == vacancy)
    }
}

/// A referral (254/3.10).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Referral {
    /// For whom.
    pub application: ApplicationId,
    /// The place.
    pub vacancy: VacancyId,
    /// The batch it came from.
    pub batch: BatchId,
    /// When.
    pub issued: Instant,
    /// How.
    pub how: IssuedHow,
    /// The class it was got by.
    pub class: Class,
    /// Terms; none until a place booked early is free.
    pub terms: Option<ReferralTerms>,
    /// Extended; once only (254/30).
    pub extended: bool,
    /// Originals were confirmed (254/22).
    pub documents_confirmed: bool,
    /// Live, or how it ended.
    pub standing: ReferralStanding,
    /// Windows that the claim closed (R3.34/7).
    pub(crate) closed_windows: Vec<BatchId>,
}

/// Whether a referral is live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReferralStanding {
    /// Live.
    Live,
    /// The child was enrolled.
    Enrolled,
    /// It ended without enrolment.
    Ended(ReferralEnd),
}

impl Referral {
    /// Whether it is live.
    pub fn is_live(&self) -> bool {
        self.standing == ReferralStanding::Live
    }

    /// Whether it was got by a benefit (R3.34/15).
    pub fn by_benefit(&self) -> bool {
        self.class != Class::General
    }
}
