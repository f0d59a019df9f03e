//! An application as its family and the provider see it.

use kezek_calendar::Instant;
use kezek_rules::State;
use kezek_rules::ask::{claimable, number, why};
use kezek_rules::benefit::{Benefit, BenefitClaim, Class, Standing};
use kezek_rules::command::{Conclusion, Wish};
use kezek_rules::event::{ArchiveReason, StopReason};
use kezek_rules::ids::{ApplicationId, BatchId};
use kezek_rules::place::{GroupKind, Language};
use kezek_rules::state::{Application, Phase, Status, StopListing};
use serde::Serialize;
use utoipa::ToSchema;

use super::codes;
use super::values::{Day, Moment};
use super::views::{ReferralView, VacancyView};
use crate::act;
use crate::words;

/// An application: where it stands, why, and what can be done until when.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApplicationView {
    /// Its number.
    pub application: u64,
    /// Differs when a decision about it could differ; send it as `If-Match` to be refused (412) on a stale view.
    pub version: String,
    /// The settlement.
    pub settlement: u32,
    /// Kind of queue.
    #[schema(schema_with = codes::group_kind)]
    pub queue: GroupKind,
    /// The organisation queued for, in special and sanatorium queues.
    pub organisation: Option<u32>,
    /// The impairment or rehabilitation.
    pub profile: Option<String>,
    /// Birth date of the child.
    pub born: Day,
    /// Date and time that order; they never change (254/14).
    pub registered: Moment,
    /// The class that acts on the order.
    #[schema(schema_with = codes::class)]
    pub class: Class,
    /// Where it stands.
    #[schema(schema_with = codes::status)]
    pub status: &'static str,
    /// About the stop-list, when it is on it.
    pub stop_list: Option<StopView>,
    /// Why it is in the archive, when it is.
    #[schema(schema_with = codes::archive_reason)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<ArchiveReason>,
    /// Claimed benefits.
    pub benefits: Vec<BenefitView>,
    /// Whether a conclusion is on file.
    #[schema(schema_with = codes::conclusion)]
    pub conclusion: Conclusion,
    /// Only private organisations may be chosen (254/16).
    pub private_only: bool,
    /// Its numbers; none while it is out of the order.
    pub number: Option<NumberView>,
    /// When and why the number last changed.
    pub why: Option<WhyView>,
    /// Its open windows.
    pub windows: Vec<WindowView>,
    /// Its live referral to a permanent place.
    pub referral: Option<ReferralView>,
    /// Its live referral to a temporary place.
    pub temporary: Option<ReferralView>,
    /// What it could claim now.
    pub claimable: Vec<VacancyView>,
    /// Its wish list.
    pub wishes: Vec<WishView>,
    /// The siblings' applications the list was lodged for together.
    pub wished_together: Vec<u64>,
    /// When interest was last confirmed.
    pub interest_confirmed: Moment,
    /// A confirmation is asked for until then, exclusive.
    pub interest_asked_until: Option<Moment>,
}

/// A stay on the stop-list (254/3.13).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StopView {
    /// Why.
    #[schema(schema_with = codes::stop_reason)]
    pub reason: StopReason,
    /// Since when.
    pub since: Moment,
    /// Back at this moment by itself; none: until something happens.
    pub until: Option<Moment>,
    /// Archived at this moment if nothing is heard.
    pub silence_until: Option<Moment>,
}

impl From<&StopListing> for StopView {
    fn from(listing: &StopListing) -> Self {
        Self {
            reason: listing.reason,
            since: Moment(listing.since),
            until: listing.until.map(Moment),
            silence_until: listing.silence_until.map(Moment),
        }
    }
}

/// A claimed benefit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BenefitView {
    /// The ground.
    #[schema(schema_with = codes::benefit)]
    pub benefit: Benefit,
    /// How far its proof has come.
    #[schema(schema_with = codes::standing)]
    pub standing: String,
    /// Originals are awaited until then, exclusive.
    pub until: Option<Moment>,
}

impl From<&BenefitClaim> for BenefitView {
    fn from(claim: &BenefitClaim) -> Self {
        let until = match claim.standing {
            Standing::Pending(until) => Some(Moment(until)),
            _ => None,
        };
        Self { benefit: claim.benefit, standing: words::code(&claim.standing), until }
    }
}

/// Both numbers of R3.2.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NumberView {
    /// The numbered queue (R3.33).
    pub queue: String,
    /// The number in it, from 1.
    pub number: u32,
    /// How many stand in it.
    pub of: u32,
    /// The numbers in the pools of places of its age.
    pub pools: Vec<PoolNumber>,
}

/// A number in a pool.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PoolNumber {
    /// The pool (R3.33).
    pub pool: String,
    /// The number in it, from 1.
    pub number: u32,
}

/// Why a number last changed (R3.34/28).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WhyView {
    /// When; none when it never did.
    pub at: Option<Moment>,
    /// The causes, newest first.
    pub causes: Vec<&'static str>,
}

/// An open window (254/24.4).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WindowView {
    /// The batch it opens.
    pub batch: u32,
    /// The pool (R3.33).
    pub pool: String,
    /// Its end, exclusive.
    pub until: Option<Moment>,
    /// Places of the batch that nobody has taken yet.
    pub free: u32,
}

/// One wish.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WishView {
    /// Where.
    pub organisation: u32,
    /// Its name.
    pub organisation_name: String,
    /// Only this language.
    #[schema(schema_with = codes::language)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

impl ApplicationView {
    /// An application.
    pub fn of(state: &State, id: ApplicationId, one: &Application) -> Self {
        let care = one.queue.care();
        let referral = |id| state.referral(id).map(|found| ReferralView::of(state, id, found));
        let claims = claimable(state, id).into_iter();
        let wishes = one.wishes.as_deref();
        Self {
            application: id.number(),
            version: act::stamp(state, id),
            settlement: one.settlement.0,
            queue: one.queue.kind(),
            organisation: care.map(|care| care.organisation.0),
            profile: care.and_then(|care| state.care_names(care)).map(|(_, name)| name.to_string()),
            born: Day(one.born),
            registered: Moment(one.registered),
            class: one.class(),
            status: words::status_code(one),
            stop_list: match &one.status {
                Status::StopListed(listing) => Some(listing.as_ref().into()),
                _ => None,
            },
            archived: match &one.status {
                Status::Archived(reason) => Some(*reason),
                _ => None,
            },
            benefits: one.claims.iter().map(BenefitView::from).collect(),
            conclusion: one.conclusion,
            private_only: one.private_only,
            number: NumberView::of(state, id),
            why: why(state, id).map(WhyView::from),
            windows: one.windows.iter().filter_map(|batch| WindowView::of(state, *batch)).collect(),
            referral: match &one.status {
                Status::Referred(id) => referral(*id),
                _ => None,
            },
            temporary: one.temporary.and_then(referral),
            claimable: claims
                .filter_map(|id| state.vacancy(id).map(|vacancy| VacancyView::of(state, id, vacancy)))
                .collect(),
            wishes: wishes.map_or_else(Vec::new, |list| {
                list.choices.iter().map(|wish| WishView::of(state, wish)).collect()
            }),
            wished_together: wishes
                .map_or_else(Vec::new, |list| list.together.iter().map(|id| id.number()).collect()),
            interest_confirmed: Moment(one.interest_confirmed),
            interest_asked_until: one.interest_asked_until.map(Moment),
        }
    }
}

impl NumberView {
    /// The numbers of an application.
    pub fn of(state: &State, id: ApplicationId) -> Option<Self> {
        let found = number(state, id)?;
        let queue = found.queue.name(found.queue.queue.care().and_then(|care| state.care_names(care)));
        let pools = found.pools.iter().map(|(pool, number)| PoolNumber {
            pool: pool.name(pool.care.and_then(|care| state.care_names(care))),
            number: *number,
        });
        Some(Self { queue, number: found.number, of: found.of, pools: pools.collect() })
    }
}

impl From<(Option<Instant>, Vec<kezek_rules::ranking::Cause>)> for WhyView {
    fn from((at, causes): (Option<Instant>, Vec<kezek_rules::ranking::Cause>)) -> Self {
        Self { at: at.map(Moment), causes: causes.into_iter().map(|cause| cause.code()).collect() }
    }
}

impl WindowView {
    fn of(state: &State, id: BatchId) -> Option<Self> {
        let batch = state.batch(id)?;
        let until = match batch.phase {
            Phase::Windows(until) => Some(Moment(until)),
            _ => None,
        };
        let pool = batch.pool.name(batch.pool.care.and_then(|care| state.care_names(care)));
        Some(Self { batch: id.0, pool, until, free: batch.free() })
    }
}

impl WishView {
    fn of(state: &State, wish: &Wish) -> Self {
        Self {
            organisation: wish.organisation.0,
            organisation_name: words::organisation(state, wish.organisation),
            language: wish.language,
        }
    }
}
