//! Referrals: issued with their terms, ended with what follows (R3.9, R3.11–R3.13, R3.34/7, R3.34/14).

use super::submit::is_over_age;
use crate::{
    State,
    ask::private_places,
    benefit::Benefit,
    event::{
        Afterwards, ArchiveReason, BenefitLoss, Event, IssuedHow, ReferralEnd, ReferralTerms, StopReason,
    },
    ids::{ApplicationId, BatchId, ReferralId, VacancyId},
    place::Mode,
    state::{Application, Batch, Phase, Referral, Settlement},
};
use alloc::vec::Vec;
use kezek_calendar::{Date, Instant, nth_working_day_after, terms};

/// The facts of a referral; `id` is its number. Nothing when vacancy or application do not exist.
pub(crate) fn issue(
    state: &State,
    application: ApplicationId,
    vacancy: VacancyId,
    batch: BatchId,
    how: IssuedHow,
    id: ReferralId,
    at: Instant,
) -> Vec<Event> {
    let (Some(one), Some(place)) = (state.application(application), state.vacancy(vacancy)) else {
        return Vec::new();
    };
    let Some(settlement) = state.settlement(place.settlement) else { return Vec::new() };
    let mut events = Vec::new();
    if let (Some(temporary), true) = (one.temporary, place.mode() != Mode::Temporary) {
        // R3.34/11: its place goes to the next bulletin.
        events.push(Event::ReferralEnded {
            referral: temporary,
            cause: ReferralEnd::PermanentClaimed,
            then: Afterwards::Back,
            restored: Vec::new(),
        });
    }
    let terms = (place.mode() != Mode::Early).then(|| terms_from(settlement, settlement.zone.date(at)));
    events.push(Event::ReferralIssued {
        referral: id,
        application,
        vacancy,
        batch,
        how,
        class: one.class(),
        terms,
    });
    events
}

/// R3.11, R3.12, R3.34/15: the day of issue is not counted.
pub(crate) fn terms_from(settlement: &Settlement, start: Date) -> ReferralTerms {
    let profile = &settlement.profile;
    let after = |days: u16| settlement.end_of(nth_working_day_after(start, u32::from(days)));
    ReferralTerms {
        start,
        until: after(profile.referral_working_days),
        documents_until: after(profile.document_working_days),
        annul_until: settlement.end_of(terms::add_days(start, i32::from(profile.annul_calendar_days))),
    }
}

/// The facts of a referral that ends without enrolment: benefits lost with it, and what follows for the
/// application. `day` is the day in which the cause lies (R3.34/14).
pub(crate) fn end(
    state: &State,
    id: ReferralId,
    cause: ReferralEnd,
    lost: &[(Benefit, BenefitLoss)],
    day: Date,
    at: Instant,
) -> Vec<Event> {
    let Some(referral) = state.referral(id) else { return Vec::new() };
    let application = referral.application;
    let Some(one) = state.application(application) else { return Vec::new() };
    let Some(settlement) = state.settlement_of(one) else { return Vec::new() };
    let lost = lost.iter().map(|(benefit, cause)| Event::BenefitRemoved {
        application,
        benefit: *benefit,
        cause: *cause,
    });
    let over_age = is_over_age(&settlement.profile, one.born, one.conclusion, settlement.zone.date(at));
    let (then, next) = match (over_age, stop_reason(cause)) {
        // R3.34/19: archived when the referral falls away.
        (true, _) => {
            (Afterwards::Archive, Some(Event::Archived { application, reason: ArchiveReason::MaxAge }))
        }
        (false, Some(reason)) => {
            (Afterwards::StopList, Some(stop_list(settlement, application, reason, day)))
        }
        (false, None) => (Afterwards::Back, None),
    };
    let restored = match (cause, then) {
        (ReferralEnd::AnnulledByApplicant, Afterwards::Back) => restorable(state, one, referral, at),
        _ => Vec::new(),
    };
    lost.chain([Event::ReferralEnded { referral: id, cause, then, restored }]).chain(next).collect()
}

/// Why it leads to the stop-list, a temporary place like any other (R4.11), also one that stands there for missing
/// interest (R4.28).
fn stop_reason(cause: ReferralEnd) -> Option<StopReason> {
    match cause {
        ReferralEnd::Expired => Some(StopReason::ReferralExpired),
        ReferralEnd::BenefitUnconfirmed => Some(StopReason::BenefitUnconfirmed),
        ReferralEnd::BenefitFalse => Some(StopReason::BenefitFalse),
        ReferralEnd::Documents => Some(StopReason::EnrolmentDocs),
        _ => None,
    }
}

/// R3.34/7: windows that still run and have a place beyond those that other open windows stand for.
fn restorable(state: &State, application: &Application, referral: &Referral, at: Instant) -> Vec<BatchId> {
    let runs = |id: &&BatchId| {
        state.batch(**id).is_some_and(|batch| {
            matches!(batch.phase, Phase::Windows(until) if until > at)
                && batch.spare() > 0
                && batch.pool.admits(application.born)
                && (!application.private_only || has_private_spare(state, batch))
        })
    };
    referral.closed_windows.iter().filter(runs).copied().collect()
}

/// R3.34/22: a private place that no window of another family bound to private organisations stands for.
fn has_private_spare(state: &State, batch: &Batch) -> bool {
    let bound = |id: &&ApplicationId| state.application(**id).is_some_and(|one| one.private_only);
    private_places(state, batch) > batch.open_windows.iter().filter(bound).count() as u32
}

/// Into the stop-list: `day` is the day in which the cause lies; days count from the next (R3.34/14).
pub(crate) fn stop_list(
    settlement: &Settlement,
    application: ApplicationId,
    reason: StopReason,
    day: Date,
) -> Event {
    let profile = &settlement.profile;
    let (until, silence_until) = match reason {
        StopReason::AlreadyEnrolled => (None, None),
        // R3.34/18: twelve months of silence.
        StopReason::InterestNotConfirmed => {
            (None, Some(settlement.end_of(terms::add_months(day, SILENCE_MONTHS))))
        }
        _ => (Some(settlement.end_of(terms::add_days(day, i32::from(profile.stop_list_days)))), None),
    };
    Event::StopListed { application, reason, until, silence_until }
}

/// R3.34/18 names twelve months and no profile key.
const SILENCE_MONTHS: i32 = 12;
