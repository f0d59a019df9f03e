//! What a family or the provider does with an application that stands.

use super::{family::SIBLINGS_MAX, living, referral, submit::is_over_age};
use crate::{
    Refusal, State,
    command::{CloseReason, Wish},
    event::{Afterwards, ArchiveReason, Event, ReferralEnd, StopReason},
    ids::ApplicationId,
    profile::WishLists,
    queue::Queue,
    state::{Application, Status},
};
use alloc::{vec, vec::Vec};
use kezek_calendar::{Date, Instant};

/// R3.13, for all living applications of the child (R4.35); the age limit is looked at anew.
pub(super) fn correct_birth(
    state: &State,
    id: ApplicationId,
    born: Date,
    at: Instant,
) -> Result<Vec<Event>, Refusal> {
    let (application, settlement) = living(state, id)?;
    if born > settlement.zone.date(at) {
        return Err(Refusal::WrongAge);
    }
    let child = state.child(application.child).ok_or(Refusal::NotFound)?;
    let mut events = Vec::new();
    for other in &child.applications {
        let Ok((one, settlement)) = living(state, *other) else { continue };
        if *other != id && one.born == born {
            continue;
        }
        events.push(Event::BirthCorrected { application: *other, born });
        let is_waiting = one.live_referral().is_none();
        if is_waiting && is_over_age(&settlement.profile, born, one.conclusion, settlement.zone.date(at)) {
            events.push(Event::Archived { application: *other, reason: ArchiveReason::MaxAge });
        }
    }
    Ok(events)
}

pub(super) fn edit_contacts(state: &State, id: ApplicationId) -> Result<Vec<Event>, Refusal> {
    living(state, id)?;
    Ok(vec![Event::ContactsChanged { application: id }])
}

pub(super) fn file_conclusion(state: &State, id: ApplicationId) -> Result<Vec<Event>, Refusal> {
    living(state, id)?;
    Ok(vec![Event::ConclusionFiled { application: id }])
}

/// 254/20.4, 254/23.1.
pub(super) fn withdraw(state: &State, id: ApplicationId) -> Result<Vec<Event>, Refusal> {
    let (application, _) = living(state, id)?;
    Ok(archive(application, id, ReferralEnd::Withdrawn, ArchiveReason::Withdrawn))
}

pub(super) fn close(state: &State, id: ApplicationId, reason: CloseReason) -> Result<Vec<Event>, Refusal> {
    let (application, _) = living(state, id)?;
    let reason = match reason {
        CloseReason::Moved => ArchiveReason::Moved,
        CloseReason::Duplicate => ArchiveReason::Duplicate,
    };
    Ok(archive(application, id, ReferralEnd::Archived, reason))
}

/// Archives, ending a live referral first.
pub(super) fn archive(
    application: &Application,
    id: ApplicationId,
    end: ReferralEnd,
    reason: ArchiveReason,
) -> Vec<Event> {
    let ended = application.live_referral().map(|referral| Event::ReferralEnded {
        referral,
        cause: end,
        then: Afterwards::Archive,
        restored: Vec::new(),
    });
    ended.into_iter().chain([Event::Archived { application: id, reason }]).collect()
}

/// R3.10, R3.34/18: one tap brings it back at once; listed for another reason it stays there (R4.21).
pub(super) fn confirm_interest(state: &State, id: ApplicationId) -> Result<Vec<Event>, Refusal> {
    let (application, _) = living(state, id)?;
    let mut events = vec![Event::InterestConfirmed { application: id }];
    if is_stopped_for(application, StopReason::InterestNotConfirmed) {
        events.push(Event::Returned { application: id });
    }
    Ok(events)
}

/// R3.9 `already_enrolled`, set by import or reconciliation (R3.34/24).
pub(super) fn found_enrolled(state: &State, id: ApplicationId) -> Result<Vec<Event>, Refusal> {
    let (application, settlement) = living(state, id)?;
    if !application.is_queued() || application.temporary.is_some() {
        return Err(Refusal::WrongState);
    }
    let today = settlement.zone.date(state.now());
    Ok(vec![referral::stop_list(settlement, id, StopReason::AlreadyEnrolled, today)])
}

pub(super) fn is_stopped_for(application: &Application, reason: StopReason) -> bool {
    matches!(&application.status, Status::StopListed(listing) if listing.reason == reason)
}

/// R3.29: for the general queue, also while referred or on the stop-list (R4.4); siblings' lists are of one
/// applicant (254/29).
pub(super) fn wish(state: &State, ids: &[ApplicationId], choices: &[Wish]) -> Result<Vec<Event>, Refusal> {
    if ids.is_empty() {
        return Err(Refusal::NotFound);
    }
    if ids.len() > SIBLINGS_MAX {
        return Err(Refusal::WrongState);
    }
    let mut parent = None;
    for (index, id) in ids.iter().enumerate() {
        let (application, settlement) = living(state, *id)?;
        let switched_off = settlement.profile.wish_lists == WishLists::Off;
        if application.queue != Queue::General || switched_off || ids[..index].contains(id) {
            return Err(Refusal::WrongState);
        }
        if *parent.get_or_insert(application.parent) != application.parent {
            return Err(Refusal::NotFound);
        }
        for wish in choices {
            let organisation = state.organisation(wish.organisation).ok_or(Refusal::NotFound)?;
            if organisation.settlement != application.settlement {
                return Err(Refusal::NotFound);
            }
        }
    }
    Ok(vec![Event::WishesLodged { applications: ids.to_vec(), choices: choices.to_vec() }])
}
