//! Who may take which place now (254/24.4, 254/24.5, 254/24.10, R3.34/3, R3.34/5, R3.34/6).

use crate::{
    benefit::Class,
    command::ModeTerms,
    event::{Frontier, Seniority},
    ids::{ApplicationId, BatchId, VacancyId},
    place::{Mode, Ownership},
    refusal::Refusal,
    state::{Application, Batch, Phase, State, Status, Vacancy, total},
};
use alloc::{collections::BTreeSet, vec::Vec};
use kezek_calendar::{Instant, terms};

/// The batch from which the application would get a place of the vacancy now, or why not.
pub fn may_claim(state: &State, id: ApplicationId, vacancy: VacancyId) -> Result<BatchId, Refusal> {
    let application = state.application(id).ok_or(Refusal::NotFound)?;
    let place = state.vacancy(vacancy).ok_or(Refusal::NotFound)?;
    can_take(state, application, place)?;
    if is_over(state, place, state.now()) {
        return Err(Refusal::PlaceTaken);
    }
    let open: Vec<(BatchId, &Batch)> = batches_open_to(state, id, application, place).collect();
    if open.is_empty() {
        return Err(Refusal::NoAccess);
    }
    let found = open.into_iter().find(|(_, batch)| batch.free_of(vacancy) > 0);
    found.map(|(batch, _)| batch).ok_or(Refusal::PlaceTaken)
}

/// Whether the application could have a place of the vacancy at all, access aside; refusals in the order of
/// the codes.
pub(crate) fn can_take(state: &State, application: &Application, place: &Vacancy) -> Result<(), Refusal> {
    match &application.status {
        Status::Archived(_) => return Err(Refusal::WrongState),
        Status::StopListed(_) => return Err(Refusal::StopListed),
        Status::Referred(_) => return Err(Refusal::LiveReferral),
        Status::Queued => {}
    }
    if place.mode() == Mode::Temporary && has_temporary_place(state, application) {
        return Err(Refusal::LiveReferral);
    }
    if !fits_cohort(state, application, place) {
        return Err(Refusal::WrongAge);
    }
    if application.private_only && ownership(state, place) == Some(Ownership::State) {
        return Err(Refusal::PrivateOnly);
    }
    if application.queue.kind() != place.kind || application.queue.care() != place.care {
        return Err(Refusal::NoAccess);
    }
    Ok(())
}

/// Whether the pupil whose place it is has come back (254/3.14); nobody can be referred to it any more.
pub(crate) fn is_over(state: &State, place: &Vacancy, at: Instant) -> bool {
    match (place.terms, state.settlement(place.settlement)) {
        (ModeTerms::Temporary(until), Some(settlement)) => at >= settlement.end_of(until),
        _ => false,
    }
}

/// R3.34/11: a live temporary referral or a stay.
pub(crate) fn has_temporary_place(state: &State, application: &Application) -> bool {
    application.temporary.is_some()
        || state.child(application.child).is_some_and(|child| child.stay.is_some())
}

/// 254/28: the full age on 1 September of the place's academic year; of a place that waits for its first bulletin,
/// the year it will be of.
fn fits_cohort(state: &State, application: &Application, place: &Vacancy) -> bool {
    let year = place.academic_year.or_else(|| {
        let settlement = state.settlement(place.settlement)?;
        Some(terms::enrolment_year(settlement.coming_opening(state.now())))
    });
    year.is_some_and(|year| place.cohort.admits(application.born, year))
}

fn ownership(state: &State, place: &Vacancy) -> Option<Ownership> {
    state.organisation(place.organisation).map(|organisation| organisation.ownership)
}

/// Free places of a batch in private organisations (254/16, R3.34/22).
pub(crate) fn private_places(state: &State, batch: &Batch) -> u32 {
    let free = batch.places.iter().filter(|places| places.free > 0);
    let private = free.filter(|places| {
        let vacancy = state.vacancy(places.vacancy);
        vacancy.and_then(|vacancy| ownership(state, vacancy)) == Some(Ownership::Private)
    });
    total(private.map(|places| places.free))
}

/// The batches of a vacancy that are open to an application: by its own window first, then the oldest.
fn batches_open_to<'a>(
    state: &'a State,
    id: ApplicationId,
    application: &'a Application,
    place: &'a Vacancy,
) -> impl Iterator<Item = (BatchId, &'a Batch)> {
    let batches = || place.batches.iter().filter_map(|id| Some((*id, state.batch(*id)?)));
    let own = batches().filter(|(batch, _)| application.windows.contains(batch));
    let open = batches().filter(move |(_, batch)| {
        batch.phase == Phase::Open
            && is_inside(&batch.frontier, application.class(), application.seniority(id))
    });
    own.chain(open)
}

/// R3.34/5: inside when not later than the latest let in of its class; extraordinary ones also once anybody behind
/// them is.
pub(crate) fn is_inside(frontier: &Frontier, class: Class, key: Seniority) -> bool {
    if frontier.everyone {
        return true;
    }
    let latest = match class {
        Class::Extraordinary if frontier.priority.is_some() || frontier.general.is_some() => return true,
        Class::Extraordinary => frontier.extraordinary,
        Class::Priority => frontier.priority,
        Class::General => frontier.general,
    };
    latest.is_some_and(|latest| key <= latest)
}

/// Every vacancy the application could claim now.
pub fn claimable(state: &State, id: ApplicationId) -> Vec<VacancyId> {
    let Some(application) = state.application(id) else { return Vec::new() };
    let (kind, care) = (application.queue.kind(), application.queue.care());
    let pools = state.pools(application.settlement).map(|(pool, _)| pool);
    let vacancies: BTreeSet<VacancyId> = pools
        .filter(|pool| pool.kind == kind && pool.care == care && pool.admits(application.born))
        .flat_map(|pool| state.live_batches_of(pool))
        .filter_map(|batch| state.batch(batch).map(|of| (batch, of)))
        .filter(|(batch, of)| of.phase == Phase::Open || application.windows.contains(batch))
        .flat_map(|(_, batch)| {
            batch.places.iter().filter(|places| places.free > 0).map(|places| places.vacancy)
        })
        .collect();
    vacancies.into_iter().filter(|vacancy| may_claim(state, id, *vacancy).is_ok()).collect()
}

/// The vacancies of an organisation that a wish or a family request may take, earliest published first, general
/// ones before early ones (R3.34/21).
pub(crate) fn fitting(state: &State, organisation: crate::ids::OrganisationId) -> Vec<(VacancyId, &Vacancy)> {
    let mut vacancies: Vec<_> = state
        .vacancies_in_reach(organisation)
        .filter_map(|id| state.vacancy(id).map(|vacancy| (id, vacancy)))
        .filter(|(_, vacancy)| vacancy.mode() != Mode::Temporary)
        .collect();
    vacancies.sort_by_key(|(id, vacancy)| (vacancy.mode(), *id));
    vacancies
}
