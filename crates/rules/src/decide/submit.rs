//! Applying (254/13–18, R3.14, R3.15, R3.17).

use crate::{
    Refusal, State,
    benefit::{Benefit, BenefitClaim, Standing},
    command::{Conclusion, Entry, IinCheck, QueueChoice, Submit},
    event::Event,
    ids::{OrganisationId, SettlementId},
    place::{Care, OrganisationKind},
    profile::Profile,
    queue::Queue,
    state::{Child, Settlement},
};
use alloc::{vec, vec::Vec};
use kezek_calendar::{Date, Instant, nth_working_day_after, terms};

/// Registers or refuses (254/24.1).
pub(super) fn submit(state: &State, submit: &Submit, at: Instant) -> Result<Vec<Event>, Refusal> {
    let (settlement_id, queue) = resolve(state, &submit.queue)?;
    let settlement = state.settlement(settlement_id).ok_or(Refusal::NotFound)?;
    let today = settlement.zone.date(at);
    // R4.36: later nobody comes in with an earlier time.
    if matches!(submit.entry, Entry::Imported { .. }) && settlement.last_opening.is_some() {
        return Err(Refusal::WrongState);
    }
    if submit.iin == IinCheck::Invalid {
        return Err(Refusal::IinInvalid);
    }
    if submit.born > today {
        return Err(Refusal::WrongAge);
    }
    if is_over_age(&settlement.profile, submit.born, submit.conclusion, today) {
        return Err(Refusal::AgeOverLimit);
    }
    if queue.care().is_some() && submit.conclusion == Conclusion::None {
        return Err(Refusal::QueueNeedsConclusion);
    }
    if let Some(child) = state.child(submit.child) {
        check_child(state, child, settlement_id, queue, submit, today)?;
    }
    let registered = match &submit.entry {
        Entry::Imported { registered, .. } => *registered.min(&at),
        _ => at,
    };
    Ok(vec![Event::Registered {
        application: state.next_application(),
        settlement: settlement_id,
        queue,
        child: submit.child,
        parent: submit.parent,
        born: submit.born,
        registered,
        draw: submit.draw,
        benefits: claims(submit, benefit_term(settlement, at)),
        conclusion: submit.conclusion,
        over_limit: match &submit.entry {
            Entry::Override(act) => Some(act.clone()),
            _ => None,
        },
    }])
}

/// The queue meant, with the settlement it belongs to.
fn resolve(state: &State, choice: &QueueChoice) -> Result<(SettlementId, Queue), Refusal> {
    match choice {
        QueueChoice::General(settlement) => Ok((*settlement, Queue::General)),
        QueueChoice::Special(organisation, profile) => {
            let (settlement, care) = care(state, *organisation, OrganisationKind::Special, profile)?;
            Ok((settlement, Queue::Special(care)))
        }
        QueueChoice::Sanatorium(organisation, profile) => {
            let (settlement, care) = care(state, *organisation, OrganisationKind::Sanatorium, profile)?;
            Ok((settlement, Queue::Sanatorium(care)))
        }
    }
}

fn care(
    state: &State,
    id: OrganisationId,
    kind: OrganisationKind,
    profile: &str,
) -> Result<(SettlementId, Care), Refusal> {
    let organisation = state.organisation(id).filter(|one| one.kind == kind).ok_or(Refusal::NotFound)?;
    let profile = organisation.profiles.iter().position(|known| known == profile).ok_or(Refusal::NotFound)?;
    let profile = u8::try_from(profile).map_err(|_| Refusal::NotFound)?;
    Ok((organisation.settlement, Care { organisation: id, profile }))
}

/// R3.4: six today and six on 1 September of the current academic year, unless a conclusion is on file, in any
/// queue (R4.14).
pub(crate) fn is_over_age(profile: &Profile, born: Date, conclusion: Conclusion, today: Date) -> bool {
    let max = i32::from(profile.max_age_years);
    let first_of_september = terms::first_of_september(terms::academic_year(today));
    conclusion == Conclusion::None
        && i32::from(terms::full_years(born, today)) >= max
        && i32::from(terms::full_years(born, first_of_september)) >= max
}

fn check_child(
    state: &State,
    child: &Child,
    settlement_id: SettlementId,
    queue: Queue,
    submit: &Submit,
    today: Date,
) -> Result<(), Refusal> {
    let here = || {
        let all = child.applications.iter().filter_map(|id| state.application(*id));
        all.filter(|one| one.settlement == settlement_id)
    };
    // R3.34/23.
    if here().any(|one| one.queue == queue && !one.is_archived()) {
        return Err(Refusal::DuplicateApplication);
    }
    if child.place.is_some() {
        return Err(Refusal::StillEnrolled);
    }
    let Some(settlement) = state.settlement(settlement_id) else { return Err(Refusal::NotFound) };
    let registered = here().filter(|one| one.queue.kind() == queue.kind()).count();
    // R3.14, R4.22: an act without number and date is none.
    let is_override = matches!(&submit.entry, Entry::Override(act) if !act.0.trim().is_empty());
    if registered >= usize::from(settlement.profile.max_registrations) && !is_override {
        return Err(Refusal::TooManyRegistrations);
    }
    // 254/16: the wait concerns the general queue.
    if queue == Queue::General && child.transfer_from.is_some_and(|from| today < from) {
        return Err(Refusal::TooSoon);
    }
    Ok(())
}

/// R3.34/16: the day of sending is not counted.
pub(super) fn benefit_term(settlement: &Settlement, at: Instant) -> Instant {
    let today = settlement.zone.date(at);
    let days = u32::from(settlement.profile.document_working_days);
    settlement.end_of(nth_working_day_after(today, days))
}

fn claims(submit: &Submit, until: Instant) -> Vec<BenefitClaim> {
    let confirmed: &[Benefit] = match &submit.entry {
        Entry::Imported { confirmed, .. } => confirmed,
        _ => &[],
    };
    let mut claims: Vec<BenefitClaim> = Vec::new();
    for benefit in submit.benefits.iter().chain(confirmed) {
        let standing =
            if confirmed.contains(benefit) { Standing::Confirmed } else { Standing::Pending(until) };
        if !claims.iter().any(|claim| claim.benefit == *benefit) {
            claims.push(BenefitClaim { benefit: *benefit, standing });
        }
    }
    claims
}
