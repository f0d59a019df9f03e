//! From the referral to the place: annulment, extension, originals, enrolment (254/22, 254/30–34).

use super::{application, living, places, referral, submit::is_over_age};
use crate::{
    Refusal, State,
    ask::is_over,
    command::{Ground, ModeTerms, RefusalCause},
    event::{ArchiveReason, Event, ReferralEnd, StopReason},
    ids::{ApplicationId, ChildKey, ReferralId},
    place::Mode,
    state::{Referral, Settlement, Status, is_sanatorium},
};
use alloc::{vec, vec::Vec};
use kezek_calendar::{Instant, terms};

/// The live referral of an application.
fn live(state: &State, id: ApplicationId) -> Result<(ReferralId, &Referral, &Settlement), Refusal> {
    let (application, settlement) = living(state, id)?;
    match (application.live_referral(), &application.status) {
        (Some(referral), _) => Ok((referral, state.referral(referral).ok_or(Refusal::NotFound)?, settlement)),
        (None, Status::StopListed(_)) => Err(Refusal::StopListed),
        (None, _) => Err(Refusal::WrongState),
    }
}

/// R3.12; a place booked early until the end of the day after its start (R3.34/12).
pub(super) fn annul(state: &State, id: ApplicationId, at: Instant) -> Result<Vec<Event>, Refusal> {
    let (referral, one, settlement) = live(state, id)?;
    if one.terms.is_some_and(|terms| at >= terms.annul_until) {
        return Err(Refusal::TooLate);
    }
    let today = settlement.zone.date(at);
    Ok(referral::end(state, referral, ReferralEnd::AnnulledByApplicant, &[], today, at))
}

/// R3.11: once, with a ground, counted from the same start day.
pub(super) fn extend(
    state: &State,
    id: ApplicationId,
    ground: Option<Ground>,
    at: Instant,
) -> Result<Vec<Event>, Refusal> {
    let (referral, one, settlement) = live(state, id)?;
    let terms = one.terms.ok_or(Refusal::WrongState)?;
    if one.extended {
        return Err(Refusal::AlreadyExtended);
    }
    if at >= terms.until {
        return Err(Refusal::TooLate);
    }
    let ground = ground.ok_or(Refusal::GroundRequired)?;
    let days = i32::from(settlement.profile.extension_calendar_days);
    let until = settlement.end_of(terms::add_days(terms.start, days)).max(terms.until);
    Ok(vec![Event::ReferralExtended { referral, ground, until }])
}

/// 254/22: twice, the second time after the referral (R3.34/15).
pub(super) fn confirm_documents(
    state: &State,
    id: ApplicationId,
    at: Instant,
) -> Result<Vec<Event>, Refusal> {
    let (referral, one, _) = live(state, id)?;
    let terms = one.terms.ok_or(Refusal::WrongState)?;
    if one.documents_confirmed {
        return Err(Refusal::WrongState);
    }
    if at >= terms.documents_until {
        return Err(Refusal::TooLate);
    }
    Ok(vec![Event::DocumentsConfirmed { referral }])
}

/// R3.30: only against a live referral with documents confirmed, and not past the capacity; on any day of the
/// year (254/35).
pub(super) fn enrol(state: &State, id: ApplicationId, at: Instant) -> Result<Vec<Event>, Refusal> {
    let (referral, one, settlement) = live(state, id)?;
    if one.terms.is_none() {
        return Err(Refusal::WrongState);
    }
    if !one.documents_confirmed {
        return Err(Refusal::DocumentsMissing);
    }
    let vacancy = state.vacancy(one.vacancy).ok_or(Refusal::NotFound)?;
    if let (ModeTerms::Temporary(until), Mode::Temporary) = (vacancy.terms, vacancy.mode()) {
        if is_over(state, vacancy, at) {
            return Err(Refusal::TooLate);
        }
        let mut events = vec![Event::Enrolled { referral, stay_until: Some(settlement.end_of(until)) }];
        let (application, today) = (living(state, id)?.0, settlement.zone.date(at));
        if is_over_age(&settlement.profile, application.born, application.conclusion, today) {
            // R3.34/19: the limit waited for the referral; the stay goes on.
            events.push(Event::Archived { application: id, reason: ArchiveReason::MaxAge });
        }
        return Ok(events);
    }
    places::check_room_to_enrol(state, vacancy.group)?;
    let mut events = vec![Event::Enrolled { referral, stay_until: None }];
    let own = Event::Archived { application: id, reason: ArchiveReason::Enrolled };
    let child_key = state.application(id).ok_or(Refusal::NotFound)?.child;
    let child = state.child(child_key).ok_or(Refusal::NotFound)?;
    if is_sanatorium(vacancy.kind) {
        // 254/19: one sanatorium place at a time.
        if child.sanatorium.is_some() {
            return Err(Refusal::StillEnrolled);
        }
        events.push(own);
        return Ok(events);
    }
    // R3.34/24.
    events.push(own);
    for other in child.applications.iter().filter(|other| **other != id) {
        if let Some(one) = state.application(*other).filter(|one| !one.is_archived()) {
            let (end, reason) = (ReferralEnd::EnrolledElsewhere, ArchiveReason::Enrolled);
            events.extend(application::archive(one, *other, end, reason));
        }
    }
    if child.stay.is_some() {
        events.push(Event::StayEnded { child: child_key });
    }
    Ok(events)
}

/// 254/34.
pub(super) fn refuse(
    state: &State,
    id: ApplicationId,
    cause: Option<RefusalCause>,
    at: Instant,
) -> Result<Vec<Event>, Refusal> {
    let (referral, one, settlement) = live(state, id)?;
    if one.terms.is_none() {
        return Err(Refusal::WrongState);
    }
    let end = match cause.ok_or(Refusal::ReasonRequired)? {
        RefusalCause::Documents => ReferralEnd::Documents,
        RefusalCause::Medical => ReferralEnd::Medical,
    };
    Ok(referral::end(state, referral, end, &[], settlement.zone.date(at), at))
}

/// 254/19; also clears what an import or a reconciliation found (R3.34/24).
pub(super) fn leave(state: &State, key: ChildKey) -> Result<Vec<Event>, Refusal> {
    let child = state.child(key).ok_or(Refusal::NotFound)?;
    let mut events = Vec::new();
    if child.organisation().is_some() {
        events.push(Event::Left { child: key });
    }
    for id in &child.applications {
        let found = state
            .application(*id)
            .is_some_and(|one| application::is_stopped_for(one, StopReason::AlreadyEnrolled));
        if found {
            events.push(Event::Returned { application: *id });
        }
    }
    if events.is_empty() { Err(Refusal::WrongState) } else { Ok(events) }
}
