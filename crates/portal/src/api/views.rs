//! Places and referrals as the API shows them.

use kezek_rules::State;
use kezek_rules::benefit::Class;
use kezek_rules::event::IssuedHow;
use kezek_rules::ids::{BatchId, ReferralId, VacancyId};
use kezek_rules::place::{GroupKind, Language, Ownership, Regime};
use kezek_rules::state::{Batch, Phase, Referral, ReferralStanding, Vacancy};
use serde::Serialize;
use utoipa::ToSchema;

use super::codes;
use super::values::{Children, Day, Moment, Terms};
use crate::words;

/// Places of one group offered on the same terms (254/3.3).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VacancyView {
    /// Its number.
    pub vacancy: u32,
    /// The organisation.
    pub organisation: u32,
    /// Its name.
    pub organisation_name: String,
    /// Whose it is.
    #[schema(schema_with = codes::ownership)]
    pub ownership: Option<Ownership>,
    /// Kind of group.
    #[schema(schema_with = codes::group_kind)]
    pub kind: GroupKind,
    /// Impairment or rehabilitation of special and sanatorium places.
    pub profile: Option<String>,
    /// Which children.
    pub children: Children,
    /// Language of teaching.
    #[schema(schema_with = codes::language)]
    pub language: Language,
    /// Hours.
    #[schema(schema_with = codes::regime)]
    pub regime: Regime,
    /// How given; an early place that has become free counts as general.
    pub terms: Terms,
    /// First day of enrolment; none before its first bulletin unless stated.
    pub enrol_from: Option<Day>,
    /// The year of the 1 September on which ages count.
    pub academic_year: Option<i16>,
    /// Published places that nobody has taken yet.
    pub free: u32,
    /// Where these free places come from and to whom they are open.
    pub batches: Vec<BatchView>,
}

/// Free places of a vacancy by the bulletin they came in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchView {
    /// The batch.
    pub batch: u32,
    /// The day of its bulletin.
    pub bulletin: Day,
    /// Places left of this vacancy.
    pub free: u32,
    /// How far it has come.
    pub phase: PhaseCode,
    /// The end of its windows, exclusive.
    pub windows_until: Option<Moment>,
}

/// How far a batch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhaseCode {
    /// Published, not opened.
    Published,
    /// Open to the holders of its windows.
    Windows,
    /// Windows are over; the next opening lets others in.
    Ended,
    /// Open up to the frontier.
    Open,
}

impl From<Phase> for PhaseCode {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Published => Self::Published,
            Phase::Windows(_) => Self::Windows,
            Phase::Ended => Self::Ended,
            Phase::Open => Self::Open,
        }
    }
}

impl BatchView {
    fn of(id: BatchId, batch: &Batch, vacancy: VacancyId) -> Self {
        let windows_until = match batch.phase {
            Phase::Windows(until) => Some(Moment(until)),
            _ => None,
        };
        let phase = batch.phase.into();
        let free = batch.free_of(vacancy);
        Self { batch: id.0, bulletin: Day(batch.bulletin), free, phase, windows_until }
    }
}

impl VacancyView {
    /// A vacancy with its free places.
    pub fn of(state: &State, id: VacancyId, vacancy: &Vacancy) -> Self {
        let organisation = state.organisation(vacancy.organisation);
        let batches = vacancy.batches.iter().filter_map(|batch| Some((*batch, state.batch(*batch)?)));
        let batches: Vec<BatchView> =
            batches.map(|(batch, of)| BatchView::of(batch, of, id)).filter(|batch| batch.free > 0).collect();
        Self {
            vacancy: id.0,
            organisation: vacancy.organisation.0,
            organisation_name: words::organisation(state, vacancy.organisation),
            ownership: organisation.map(|one| one.ownership),
            kind: vacancy.kind,
            profile: vacancy.care.and_then(|care| state.care_names(care)).map(|(_, name)| name.to_string()),
            children: vacancy.cohort.into(),
            language: vacancy.language,
            regime: vacancy.regime,
            terms: if vacancy.freed { Terms::General {} } else { vacancy.terms.into() },
            enrol_from: vacancy.enrol_from.map(Day),
            academic_year: vacancy.academic_year,
            free: batches.iter().map(|batch| batch.free).sum(),
            batches,
        }
    }
}

/// A referral with its terms (254/3.10).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReferralView {
    /// Its number.
    pub referral: u32,
    /// For which application.
    pub application: u64,
    /// The place.
    pub vacancy: u32,
    /// The organisation.
    pub organisation: u32,
    /// Its name.
    pub organisation_name: String,
    /// When it was issued.
    pub issued: Moment,
    /// How.
    #[schema(schema_with = codes::issued_how)]
    pub how: IssuedHow,
    /// The class it was got by.
    #[schema(schema_with = codes::class)]
    pub class: Class,
    /// Valid until then, exclusive; none until a place booked early is free.
    pub until: Option<Moment>,
    /// Originals are shown until then, exclusive (R3.34/15).
    pub documents_until: Option<Moment>,
    /// It may be annulled until then, exclusive (254/30).
    pub annul_until: Option<Moment>,
    /// Whether it was extended; once only (254/30).
    pub extended: bool,
    /// Whether originals were confirmed (254/22).
    pub documents_confirmed: bool,
    /// `live`, `enrolled`, or how it ended.
    pub standing: String,
}

impl ReferralView {
    /// A referral.
    pub fn of(state: &State, id: ReferralId, referral: &Referral) -> Self {
        let organisation = state.vacancy(referral.vacancy).map(|vacancy| vacancy.organisation);
        Self {
            referral: id.0,
            application: referral.application.number(),
            vacancy: referral.vacancy.0,
            organisation: organisation.unwrap_or_default().0,
            organisation_name: words::place(state, referral.vacancy),
            issued: Moment(referral.issued),
            how: referral.how,
            class: referral.class,
            until: referral.terms.map(|terms| Moment(terms.until)),
            documents_until: referral.terms.map(|terms| Moment(terms.documents_until)),
            annul_until: referral.terms.map(|terms| Moment(terms.annul_until)),
            extended: referral.extended,
            documents_confirmed: referral.documents_confirmed,
            standing: standing(referral.standing),
        }
    }
}

/// The code of how a referral stands.
pub fn standing(standing: ReferralStanding) -> String {
    match standing {
        ReferralStanding::Live => "live".to_string(),
        ReferralStanding::Enrolled => "enrolled".to_string(),
        ReferralStanding::Ended(end) => words::code(&end),
    }
}
