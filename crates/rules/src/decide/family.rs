//! Siblings together: all referrals in one organisation or none (254/29, R3.16, R3.34/20).

use super::{
    living, referral,
    seats::{Room, Seat, can_seat, first_seats},
};
use crate::{
    Refusal, State,
    ask::{can_take, fitting, is_inside},
    event::{Event, IssuedHow},
    ids::{ApplicationId, BatchId, OrganisationId, ReferralId, VacancyId},
    place::Language,
    queue::Queue,
    state::{Application, Batch, Phase, Vacancy},
};
use alloc::vec::Vec;
use kezek_calendar::{Date, Instant, terms};

/// Twins and triplets: born at most 31 days apart (R3.16).
pub fn are_twins(one: Date, other: Date) -> bool {
    terms::days_between(one, other).abs() <= 31
}

/// A place one sibling may take.
#[derive(Clone, Copy)]
struct Choice {
    vacancy: VacancyId,
    batch: BatchId,
    /// Whose access it is.
    by: Access,
}

#[derive(Clone, Copy, PartialEq)]
enum Access {
    /// Its own window: a place is kept for it.
    OwnWindow,
    /// The open phase.
    Open,
    /// A twin's window: only a place beyond those kept for others.
    TwinWindow,
}

pub(super) fn claim(
    state: &State,
    ids: &[ApplicationId],
    organisation: OrganisationId,
    at: Instant,
) -> Result<Vec<Event>, Refusal> {
    let members = members(state, ids)?;
    state.organisation(organisation).ok_or(Refusal::NotFound)?;
    let chosen = choose(state, &members, organisation, None)?;
    Ok(issue_all(state, &members, &chosen, IssuedHow::Family, at))
}

/// A wish of a joint list; none when it cannot be met.
pub(crate) fn try_wish(
    state: &State,
    ids: &[ApplicationId],
    organisation: OrganisationId,
    language: Option<Language>,
    at: Instant,
) -> Option<Vec<Event>> {
    let members = members(state, ids).ok()?;
    let chosen = choose(state, &members, organisation, language).ok()?;
    Some(issue_all(state, &members, &chosen, IssuedHow::Wish, at))
}

type Member<'a> = (ApplicationId, &'a Application);

/// Children of one family request or joint list (R4.33).
pub(super) const SIBLINGS_MAX: usize = 10;

/// Two to ten different applications of one applicant in the general queue, none of them archived; the rest is
/// looked at child by child (R4.23).
fn members<'a>(state: &'a State, ids: &[ApplicationId]) -> Result<Vec<Member<'a>>, Refusal> {
    if ids.len() > SIBLINGS_MAX {
        return Err(Refusal::WrongState);
    }
    let mut members: Vec<Member<'a>> = Vec::new();
    for id in ids {
        let (application, _) = living(state, *id)?;
        let is_sibling = members.first().is_none_or(|(_, first)| {
            first.parent == application.parent && first.settlement == application.settlement
        });
        if !is_sibling {
            return Err(Refusal::NotFound);
        }
        if application.queue != Queue::General || members.iter().any(|(known, _)| known == id) {
            return Err(Refusal::WrongState);
        }
        members.push((*id, application));
    }
    if members.len() < 2 { Err(Refusal::WrongState) } else { Ok(members) }
}

/// A place for each, the earliest published that lets all of them in; else the first obstacle of the first child
/// that meets one, in the order given.
fn choose(
    state: &State,
    members: &[Member<'_>],
    organisation: OrganisationId,
    language: Option<Language>,
) -> Result<Vec<Seat>, Refusal> {
    let mut options: Vec<Vec<Seat>> = Vec::new();
    for (id, application) in members {
        options.push(options_of(state, members, *id, application, organisation, language)?);
        if !can_seat(&room_for(state, members, &options), &options) {
            return Err(Refusal::NotEnoughPlaces);
        }
    }
    first_seats(&room_for(state, members, &options), &options).ok_or(Refusal::NotEnoughPlaces)
}

/// What one sibling may take, or the refusal of its first obstacle.
fn options_of(
    state: &State,
    members: &[Member<'_>],
    id: ApplicationId,
    application: &Application,
    organisation: OrganisationId,
    language: Option<Language>,
) -> Result<Vec<Seat>, Refusal> {
    let (mut options, mut refusal) = (Vec::<Choice>::new(), Refusal::NotEnoughPlaces);
    let vacancies = fitting(state, organisation);
    let twins: Vec<Member<'_>> = members
        .iter()
        .filter(|(other, one)| *other != id && are_twins(one.born, application.born))
        .copied()
        .collect();
    let twin_is_let_in = twins.iter().any(|(twin, one)| is_let_in(state, &vacancies, *twin, one));
    for (vacancy, place) in vacancies {
        if language.is_some_and(|language| language != place.language) {
            continue;
        }
        match can_take(state, application, place) {
            Err(Refusal::WrongAge | Refusal::NoAccess) => continue,
            Err(other) => return Err(other),
            Ok(()) if options.is_empty() => refusal = Refusal::NoAccess,
            Ok(()) => {}
        }
        for batch_id in &place.batches {
            let Some(batch) = state.batch(*batch_id) else { continue };
            let own = own_access(id, application, *batch_id, batch);
            let by = own.or_else(|| twins_access(&twins, twin_is_let_in, *batch_id, batch));
            options.extend(by.map(|by| Choice { vacancy, batch: *batch_id, by }));
        }
    }
    if options.is_empty() {
        // The state of the application goes before the lack of a place.
        check_standing(application)?;
        return Err(refusal);
    }
    options.retain(|option| state.batch(option.batch).is_some_and(|of| of.free_of(option.vacancy) > 0));
    options.sort_by_key(|option| match option.by {
        Access::OwnWindow => 0,
        Access::Open => 1,
        Access::TwinWindow => 2,
    });
    Ok(options.into_iter().map(|option| (option.batch, option.vacancy)).collect())
}

fn check_standing(application: &Application) -> Result<(), Refusal> {
    use crate::state::Status;
    match application.status {
        Status::StopListed(_) => Err(Refusal::StopListed),
        Status::Referred(_) => Err(Refusal::LiveReferral),
        Status::Archived(_) => Err(Refusal::WrongState),
        Status::Queued => Ok(()),
    }
}

fn own_access(
    id: ApplicationId,
    application: &Application,
    batch_id: BatchId,
    batch: &Batch,
) -> Option<Access> {
    if application.windows.contains(&batch_id) {
        return Some(Access::OwnWindow);
    }
    let is_open = batch.phase == Phase::Open
        && is_inside(&batch.frontier, application.class(), application.seniority(id));
    is_open.then_some(Access::Open)
}

/// The group of twins has the access of its best-placed member. A twin of another cohort takes its place from its
/// own pool (R3.16), once that is open at all.
fn twins_access(
    twins: &[Member<'_>],
    twin_is_let_in: bool,
    batch_id: BatchId,
    batch: &Batch,
) -> Option<Access> {
    let of_batch = |access: Access| {
        twins.iter().any(|(twin, one)| own_access(*twin, one, batch_id, batch) == Some(access))
    };
    let is_anothers = twins.iter().all(|(_, one)| !batch.pool.admits(one.born));
    if of_batch(Access::OwnWindow) {
        Some(Access::TwinWindow)
    } else if of_batch(Access::Open) {
        Some(Access::Open)
    } else {
        let has_begun = matches!(batch.phase, Phase::Windows(_) | Phase::Open);
        (is_anothers && twin_is_let_in && has_begun).then_some(Access::TwinWindow)
    }
}

/// Whether a child has access of its own to one of these vacancies.
fn is_let_in(
    state: &State,
    vacancies: &[(VacancyId, &Vacancy)],
    id: ApplicationId,
    application: &Application,
) -> bool {
    vacancies.iter().filter(|(_, place)| can_take(state, application, place).is_ok()).any(|(_, place)| {
        let batches = place.batches.iter().filter_map(|batch| Some((*batch, state.batch(*batch)?)));
        batches.into_iter().any(|(batch_id, batch)| own_access(id, application, batch_id, batch).is_some())
    })
}

/// What there is for this family: free places, and in a batch only those that no other family's open window stands
/// for (R3.34/20).
fn room_for(state: &State, members: &[Member<'_>], options: &[Vec<Seat>]) -> Room {
    let mut room = Room::default();
    for seat in options.iter().flatten() {
        let Some(batch) = state.batch(seat.0) else { continue };
        let own = members.iter().filter(|(id, _)| batch.open_windows.contains(id)).count();
        let others = (batch.open_windows.len() - own) as u32;
        room.seats.insert(*seat, batch.free_of(seat.1));
        room.batches.insert(seat.0, batch.free().saturating_sub(others));
    }
    room
}

fn issue_all(
    state: &State,
    members: &[Member<'_>],
    chosen: &[Seat],
    how: IssuedHow,
    at: Instant,
) -> Vec<Event> {
    let first = state.next_referral().0;
    let mut events = Vec::new();
    for (((id, _), (batch, vacancy)), number) in members.iter().zip(chosen).zip(first..) {
        events.extend(referral::issue(state, *id, *vacancy, *batch, how, ReferralId(number), at));
    }
    events
}
