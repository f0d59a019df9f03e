//! Acts of the authorised body about a settlement as a whole.

use crate::{
    Refusal, State,
    command::{Act, AddOrganisation, OpenSettlement},
    event::Event,
    ids::{BatchId, ReferralId, SettlementId},
    profile::ProfileChange,
    state::Phase,
};
use alloc::{vec, vec::Vec};
use kezek_calendar::{Date, Instant, terms};

pub(super) fn open(open: &OpenSettlement) -> Vec<Event> {
    let OpenSettlement { name, zone, profile } = open.clone();
    // Terms of working days are at least one day.
    let profile = profile.changed(&ProfileChange::default());
    vec![Event::SettlementOpened { name, zone, profile }]
}

pub(super) fn add_organisation(state: &State, add: &AddOrganisation) -> Result<Vec<Event>, Refusal> {
    state.settlement(add.settlement).ok_or(Refusal::NotFound)?;
    if add.profiles.len() > usize::from(u8::MAX) {
        return Err(Refusal::WrongState);
    }
    let AddOrganisation { settlement, name, kind, ownership, languages, profiles } = add.clone();
    Ok(vec![Event::OrganisationAdded { settlement, name, kind, ownership, languages, profiles }])
}

/// How long a freeze may last, and how far ahead an extension may reach: a mistyped year goes no further (R4.30).
const LONGEST_ACT_DAYS: i32 = 366;

/// R3.31: nothing is extended silently, and nothing into the past.
pub(super) fn extend(
    state: &State,
    settlement: SettlementId,
    until: Instant,
    act: &Act,
    at: Instant,
) -> Result<Vec<Event>, Refusal> {
    let place = state.settlement(settlement).ok_or(Refusal::NotFound)?;
    if until <= at {
        return Err(Refusal::TooLate);
    }
    if terms::days_between(place.zone.date(at), place.zone.date(until)) > LONGEST_ACT_DAYS {
        return Err(Refusal::WrongState);
    }
    let ends_earlier = |batch: &&BatchId| {
        let phase = state.batch(**batch).map(|batch| batch.phase);
        matches!(phase, Some(Phase::Windows(end)) if end < until)
    };
    let windows = place.live_batches.iter().filter(ends_earlier).copied().collect();
    let with_terms = state.live_referrals(settlement).filter_map(|(id, one)| Some((id, one, one.terms?)));
    let (mut referrals, mut originals): (Vec<ReferralId>, Vec<ReferralId>) = (Vec::new(), Vec::new());
    for (id, one, terms) in with_terms {
        if terms.until < until {
            referrals.push(id);
        }
        // R4.29.
        if terms.documents_until < until && !one.documents_confirmed {
            originals.push(id);
        }
    }
    referrals.sort_unstable();
    originals.sort_unstable();
    Ok(vec![Event::TermsExtended { settlement, until, act: act.clone(), windows, referrals, originals }])
}

/// R3.34/30, R4.30.
pub(super) fn freeze(
    state: &State,
    settlement: SettlementId,
    (from, to): (Date, Date),
    act: &Act,
) -> Result<Vec<Event>, Refusal> {
    state.settlement(settlement).ok_or(Refusal::NotFound)?;
    if to < from || terms::days_between(from, to) >= LONGEST_ACT_DAYS {
        return Err(Refusal::WrongState);
    }
    Ok(vec![Event::Frozen { settlement, from, to, act: act.clone() }])
}

/// R3.21: by a recorded act, from a date; a date that has come acts at once (R4.20).
pub(super) fn set_profile(
    state: &State,
    settlement: SettlementId,
    change: &ProfileChange,
    act: &Act,
    valid_from: Date,
    at: Instant,
) -> Result<Vec<Event>, Refusal> {
    let place = state.settlement(settlement).ok_or(Refusal::NotFound)?;
    let mut events =
        vec![Event::ProfileSet { settlement, change: change.clone(), act: act.clone(), valid_from }];
    if valid_from <= place.zone.date(at) {
        events.push(Event::ProfileApplied { settlement });
    }
    Ok(events)
}
