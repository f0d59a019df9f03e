//! Siblings together: all referrals in one organisation or none (254/29, R3.16, R3.34/20).

use super::{living, referral};
use crate::{
    Refusal, State,
    ask::{can_take, fitting, is_inside},
    event::{Event, IssuedHow},
    ids::{ApplicationId, BatchId, OrganisationId, ReferralId, VacancyId},
    place::Language,
    queue::Queue,
    state::{Application, Batch, Phase},
};
use alloc::{collections::BTreeMap, vec::Vec};
use kezek_calendar::{Date, Instant, terms};

/// Twins and triplets: born at most 31 days apart (R3.16).
pub(crate) fn are_twins(one: Date, other: Date) -> bool {
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

/// Two or more different applications of one applicant in the general queue.
fn members<'a>(state: &'a State, ids: &[ApplicationId]) -> Result<Vec<Member<'a>>, Refusal> {
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

/// A place for each, the earliest published that lets all of them in.
fn choose(
    state: &State,
    members: &[Member<'_>],
    organisation: OrganisationId,
    language: Option<Language>,
) -> Result<Vec<Choice>, Refusal> {
    let mut options = Vec::new();
    for (id, application) in members {
        options.push(options_of(state, members, *id, application, organisation, language)?);
    }
    let mut chosen = Vec::new();
    if assign(state, members, &options, &mut chosen) { Ok(chosen) } else { Err(Refusal::NotEnoughPlaces) }
}

/// What one sibling may take, or the refusal of its first obstacle.
fn options_of(
    state: &State,
    members: &[Member<'_>],
    id: ApplicationId,
    application: &Application,
    organisation: OrganisationId,
    language: Option<Language>,
) -> Result<Vec<Choice>, Refusal> {
    let (mut options, mut refusal, mut seen) = (Vec::new(), Refusal::NotEnoughPlaces, false);
    for (vacancy, place) in fitting(state, organisation) {
        if language.is_some_and(|language| language != place.language) {
            continue;
        }
        match can_take(state, application, place) {
            Err(Refusal::WrongAge | Refusal::NoAccess) => continue,
            Err(other) => return Err(other),
            Ok(()) => {}
        }
        seen = true;
        for batch_id in &place.batches {
            let Some(batch) = state.batch(*batch_id) else { continue };
            if let Some(by) = access(members, id, application, *batch_id, batch) {
                options.push(Choice { vacancy, batch: *batch_id, by });
            }
        }
    }
    if seen && options.is_empty() {
        refusal = Refusal::NoAccess;
    }
    if !seen {
        // The state of the application goes before the lack of a place.
        check_standing(application)?;
    }
    options.sort_by_key(|option| match option.by {
        Access::OwnWindow => 0,
        Access::Open => 1,
        Access::TwinWindow => 2,
    });
    if options.is_empty() { Err(refusal) } else { Ok(options) }
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

/// The group of twins has the access of its best-placed member.
fn access(
    members: &[Member<'_>],
    id: ApplicationId,
    application: &Application,
    batch_id: BatchId,
    batch: &Batch,
) -> Option<Access> {
    let open_to = |id: ApplicationId, one: &Application| {
        batch.phase == Phase::Open && is_inside(&batch.frontier, one.class(), one.seniority(id))
    };
    if application.windows.contains(&batch_id) {
        return Some(Access::OwnWindow);
    }
    if open_to(id, application) {
        return Some(Access::Open);
    }
    let mut twins =
        members.iter().filter(|(other, one)| *other != id && are_twins(one.born, application.born));
    let shared = twins.clone().any(|(_, one)| one.windows.contains(&batch_id));
    if shared {
        return Some(Access::TwinWindow);
    }
    twins.any(|(other, one)| open_to(*other, one)).then_some(Access::Open)
}

/// Gives each a place in turn, going back when the next finds none.
fn assign(state: &State, members: &[Member<'_>], options: &[Vec<Choice>], chosen: &mut Vec<Choice>) -> bool {
    let Some(next) = options.get(chosen.len()) else { return true };
    for option in next {
        chosen.push(*option);
        if is_possible(state, members, chosen) && assign(state, members, options, chosen) {
            return true;
        }
        chosen.pop();
    }
    false
}

/// No place twice, and none that another family's open window stands for.
fn is_possible(state: &State, members: &[Member<'_>], chosen: &[Choice]) -> bool {
    let mut by_place: BTreeMap<(BatchId, VacancyId), u32> = BTreeMap::new();
    let mut by_batch: BTreeMap<BatchId, u32> = BTreeMap::new();
    for option in chosen {
        *by_place.entry((option.batch, option.vacancy)).or_default() += 1;
        *by_batch.entry(option.batch).or_default() += 1;
    }
    let has_places = by_place.iter().all(|((batch, vacancy), count)| {
        state.batch(*batch).is_some_and(|batch| batch.free_of(*vacancy) >= *count)
    });
    let keeps_others = chosen.iter().filter(|option| option.by == Access::TwinWindow).all(|option| {
        state.batch(option.batch).is_some_and(|batch| {
            let own = members.iter().filter(|(id, _)| batch.open_windows.contains(id)).count();
            let others = (batch.open_windows.len() - own) as u32;
            batch.free() >= others + by_batch.get(&option.batch).copied().unwrap_or(0)
        })
    });
    has_places && keeps_others
}

fn issue_all(
    state: &State,
    members: &[Member<'_>],
    chosen: &[Choice],
    how: IssuedHow,
    at: Instant,
) -> Vec<Event> {
    let first = state.next_referral().0;
    let mut events = Vec::new();
    for (((id, _), option), number) in members.iter().zip(chosen).zip(first..) {
        events.extend(referral::issue(state, *id, option.vacancy, option.batch, how, ReferralId(number), at));
    }
    events
}
