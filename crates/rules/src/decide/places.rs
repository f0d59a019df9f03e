//! Groups and vacancies: capacity, publication, withdrawal, early places (254/25, R3.19, R3.20, R3.30).

use super::referral;
use crate::{
    Refusal, State,
    command::{OnReferrals, Publish, SetGroup, WithdrawPlaces},
    event::{Event, ReferralEnd},
    ids::{BatchId, GroupId, ReferralId, VacancyId},
    place::{Care, GroupKind, Mode, OrganisationKind},
    state::{Batch, Group, Organisation, Vacancy, total},
};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use kezek_calendar::Instant;

/// Places of a group in use in a mode: waiting for a bulletin, published and free, referred to (R3.34/13).
fn in_use(state: &State, group: &Group, mode: Mode) -> u32 {
    let vacancies = group.vacancies.iter().filter_map(|id| state.vacancy(*id).map(|vacancy| (*id, vacancy)));
    total(vacancies.filter(|(_, vacancy)| vacancy.mode() == mode).map(|(id, vacancy)| {
        vacancy.announced + vacancy.returned + published_free(state, id, vacancy) + vacancy.referred
    }))
}

pub(crate) fn published_free(state: &State, id: VacancyId, vacancy: &Vacancy) -> u32 {
    total(vacancy.batches.iter().filter_map(|batch| state.batch(*batch)).map(|batch| batch.free_of(id)))
}

/// How many children and places of a mode a group holds; early and temporary places count by themselves
/// (R3.34/12, R3.30).
pub(crate) fn occupied(state: &State, group: &Group, mode: Mode) -> u32 {
    let enrolled = if mode == Mode::General { group.enrolled() } else { 0 };
    enrolled.saturating_add(in_use(state, group, mode))
}

/// R3.30: no enrolment past the capacity; the referral to an early place waits for room (R4.6).
pub(super) fn check_room_to_enrol(state: &State, group: GroupId) -> Result<(), Refusal> {
    let group = state.group(group).ok_or(Refusal::NotFound)?;
    if group.enrolled() < group.capacity { Ok(()) } else { Err(Refusal::OverCapacity) }
}

pub(super) fn set_group(state: &State, set: &SetGroup) -> Result<Vec<Event>, Refusal> {
    state.organisation(set.organisation).ok_or(Refusal::NotFound)?;
    let (held, is_relief) = match set.group {
        None => (set.enrolled, false),
        Some(id) => {
            let known = state.group(id).filter(|group| group.organisation == set.organisation);
            let known = known.ok_or(Refusal::NotFound)?;
            let held = occupied(state, known, Mode::General).saturating_sub(known.enrolled_before);
            let held = held.saturating_add(set.enrolled);
            // R3.34/12: by themselves, no more of these either.
            let held =
                held.max(occupied(state, known, Mode::Early)).max(occupied(state, known, Mode::Temporary));
            // A group too full for its early places may say that children left, one by one (R4.6).
            (held, set.enrolled <= known.enrolled_before && set.capacity >= known.capacity)
        }
    };
    if held > set.capacity && !is_relief {
        return Err(Refusal::OverCapacity);
    }
    Ok(vec![Event::GroupSet {
        group: set.group.unwrap_or_else(|| state.next_group()),
        organisation: set.organisation,
        name: set.name.clone(),
        cohort: set.cohort,
        language: set.language,
        capacity: set.capacity,
        enrolled: set.enrolled,
    }])
}

pub(super) fn publish(state: &State, publish: &Publish, at: Instant) -> Result<Vec<Event>, Refusal> {
    let group = state.group(publish.group).ok_or(Refusal::NotFound)?;
    let organisation = state.organisation(group.organisation).ok_or(Refusal::NotFound)?;
    let settlement = state.settlement(organisation.settlement).ok_or(Refusal::NotFound)?;
    let care = care(organisation, group, publish)?;
    let is_over = match publish.mode {
        crate::command::ModeTerms::Temporary(until) => until < settlement.zone.date(at),
        _ => false,
    };
    if publish.count == 0 || is_over {
        return Err(Refusal::WrongState);
    }
    // R3.34/13: the whole act.
    let held = occupied(state, group, publish.mode.mode());
    if held.checked_add(publish.count).is_none_or(|held| held > group.capacity) {
        return Err(Refusal::OverCapacity);
    }
    Ok(vec![Event::Published {
        vacancy: state.next_vacancy(),
        group: publish.group,
        cohort: publish.cohort,
        kind: publish.kind,
        care,
        language: publish.language,
        regime: publish.regime,
        mode: publish.mode,
        count: publish.count,
        enrol_from: publish.enrol_from,
    }])
}

/// Special and sanatorium groups belong to organisations of that kind and one of their profiles (254/13).
fn care(organisation: &Organisation, group: &Group, publish: &Publish) -> Result<Option<Care>, Refusal> {
    let of_kind = match publish.kind {
        GroupKind::General => return Ok(None),
        GroupKind::Special => OrganisationKind::Special,
        GroupKind::Sanatorium => OrganisationKind::Sanatorium,
    };
    let known = organisation.profiles.iter().position(|profile| Some(profile) == publish.profile.as_ref());
    let profile = known.and_then(|profile| u8::try_from(profile).ok()).ok_or(Refusal::NotFound)?;
    if organisation.kind != of_kind {
        return Err(Refusal::WrongState);
    }
    Ok(Some(Care { organisation: group.organisation, profile }))
}

/// R3.20, R3.34/10: unclaimed places first, then the latest issued referrals.
pub(super) fn withdraw(state: &State, withdraw: &WithdrawPlaces, at: Instant) -> Result<Vec<Event>, Refusal> {
    let id = withdraw.vacancy;
    let vacancy = state.vacancy(id).ok_or(Refusal::NotFound)?;
    let settlement = state.settlement(vacancy.settlement).ok_or(Refusal::NotFound)?;
    let reason = withdraw.reason.ok_or(Refusal::ReasonRequired)?;
    let announced = withdraw.count.min(vacancy.announced);
    let returned = (withdraw.count - announced).min(vacancy.returned);
    let published = published_to_take(state, id, vacancy, withdraw.count - announced - returned);
    let taken = announced + returned + published.iter().map(|(_, count)| count).sum::<u32>();
    let claimed = withdraw.count - taken;
    if withdraw.count == 0 {
        return Err(Refusal::WrongState);
    }
    if claimed > 0 && (withdraw.referrals == OnReferrals::Keep || claimed > vacancy.referred) {
        return Err(Refusal::NotEnoughPlaces);
    }
    let cancelled = windows_to_cancel(state, &published);
    let mut events = vec![Event::Withdrawn { vacancy: id, reason, announced, returned, published, claimed }];
    events.extend(cancelled);
    for referral in vacancy.live.iter().rev().take(claimed as usize).copied() {
        let today = settlement.zone.date(at);
        events.extend(referral::end(state, referral, ReferralEnd::PlaceWithdrawn, &[], today, at));
    }
    Ok(events)
}

/// Published free places: first those beyond open windows, oldest batch first; then of the newest batch.
fn published_to_take(state: &State, id: VacancyId, vacancy: &Vacancy, count: u32) -> Vec<(BatchId, u32)> {
    let mut left = count;
    let mut taken: BTreeMap<BatchId, u32> = BTreeMap::new();
    let batches = || vacancy.batches.iter().filter_map(|batch| state.batch(*batch).map(|of| (*batch, of)));
    for (batch, of) in batches() {
        let take = left.min(of.free_of(id)).min(of.spare());
        if take > 0 {
            taken.insert(batch, take);
            left -= take;
        }
    }
    for (batch, of) in batches().collect::<Vec<_>>().into_iter().rev() {
        let already = taken.get(&batch).copied().unwrap_or(0);
        let take = left.min(of.free_of(id) - already);
        if take > 0 {
            taken.insert(batch, already + take);
            left -= take;
        }
    }
    taken.into_iter().collect()
}

/// R3.34/10: the latest granted open windows beyond the places that remain.
fn windows_to_cancel(state: &State, taken: &[(BatchId, u32)]) -> Vec<Event> {
    let mut events = Vec::new();
    for (id, count) in taken {
        let Some(batch) = state.batch(*id) else { continue };
        let places = batch.free().saturating_sub(*count) as usize;
        let excess = batch.open_windows.len().saturating_sub(places);
        events.extend(
            latest_windows(batch, excess)
                .map(|application| Event::WindowCancelled { application, batch: *id }),
        );
    }
    events
}

fn latest_windows(batch: &Batch, count: usize) -> impl Iterator<Item = crate::ids::ApplicationId> {
    batch.grants.iter().rev().filter(|holder| batch.open_windows.contains(holder)).copied().take(count)
}

pub(super) fn free_early(state: &State, id: VacancyId, at: Instant) -> Result<Vec<Event>, Refusal> {
    let vacancy = state.vacancy(id).ok_or(Refusal::NotFound)?;
    if vacancy.mode() != Mode::Early {
        return Err(Refusal::WrongState);
    }
    Ok(freed(state, id, vacancy, at))
}

/// R3.34/12: unbooked places beyond open windows wait for the next bulletin, referrals start.
pub(crate) fn freed(state: &State, id: VacancyId, vacancy: &Vacancy, at: Instant) -> Vec<Event> {
    let Some(settlement) = state.settlement(vacancy.settlement) else { return Vec::new() };
    let released = vacancy
        .batches
        .iter()
        .filter_map(|batch| state.batch(*batch).map(|of| (*batch, of.free_of(id).min(of.spare()))))
        .filter(|(_, count)| *count > 0)
        .collect();
    let mut events = vec![Event::EarlyFreed { vacancy: id, released }];
    let terms = referral::terms_from(settlement, settlement.zone.date(at));
    let waits = |id: &&ReferralId| state.referral(**id).is_some_and(|one| one.terms.is_none());
    let waiting = vacancy.live.iter().filter(waits);
    events.extend(waiting.map(|referral| Event::ReferralStarted { referral: *referral, terms }));
    events
}
