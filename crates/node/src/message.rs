//! Messages to families as rows of the outbox, with the values their texts need.

use std::collections::BTreeMap;

use kezek_calendar::Instant;
use kezek_journal::NewOutbox;
use kezek_rules::benefit::Standing;
use kezek_rules::ids::{ApplicationId, VacancyId};
use kezek_rules::notice::MessageKind;
use kezek_rules::state::Phase;
use kezek_rules::{Event, Fact, State, notice};
use serde::{Deserialize, Serialize};

use crate::error::SubmitError;

/// What an outbox row holds. Refers to a family by its application only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Which application.
    pub application: ApplicationId,
    /// The fact that caused it.
    pub seq: u64,
    /// Values for the text's places: `until` (a moment), `reason` (a code), `organisation` (a name), `number`.
    pub parameters: BTreeMap<String, String>,
}

/// The outbox rows of a fact; `state` is the one after it, `seq` its number.
pub fn rows(state: &State, fact: &Fact, seq: u64) -> Result<Vec<NewOutbox>, SubmitError> {
    let messages = notice::messages(state, fact);
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let common = parameters(state, &fact.event);
    let told = numbers_told(&fact.event);
    let time_us = fact.at.as_micros();
    let mut rows = Vec::with_capacity(messages.len());
    for notice::Message { application, kind } in messages {
        let mut parameters = common.clone();
        if let Some(number) = told.get(&application) {
            parameters.insert("number".into(), number.to_string());
        }
        if let Some((name, value)) = of_application(state, application, kind) {
            parameters.entry(name.into()).or_insert(value);
        }
        let payload = serde_json::to_string(&Message { application, seq, parameters })
            .map_err(|_| SubmitError::Fault)?;
        rows.push(NewOutbox { created_us: time_us, kind: kind.code().into(), payload, due_us: time_us });
    }
    Ok(rows)
}

/// What a message tells of its application beyond the fact: the number it stands at, the term that is meant (R3.26).
fn of_application(state: &State, id: ApplicationId, kind: MessageKind) -> Option<(&'static str, String)> {
    let one = state.application(id)?;
    let referral = one.live_referral().and_then(|referral| state.referral(referral));
    let terms = referral.and_then(|referral| referral.terms);
    let until = match kind {
        MessageKind::Registered => return Some(("number", state.number_of(id)?.to_string())),
        MessageKind::BringOriginals => {
            let claimed = one.claims.iter().filter_map(|claim| match claim.standing {
                Standing::Pending(until) => Some(until),
                _ => None,
            });
            claimed.min().or(terms.map(|terms| terms.documents_until))
        }
        MessageKind::WindowEndsTomorrow => {
            let batches = one.windows.iter().filter_map(|batch| state.batch(*batch));
            let ends = batches.filter_map(|batch| match batch.phase {
                Phase::Windows(until) => Some(until),
                _ => None,
            });
            ends.min()
        }
        MessageKind::ReferralEndsTomorrow => terms.map(|terms| terms.until),
        MessageKind::StayEnds => state.child(one.child)?.stay.as_ref().map(|stay| stay.until),
        _ => None,
    };
    Some(("until", until?.to_string()))
}

fn numbers_told(event: &Event) -> BTreeMap<ApplicationId, u32> {
    match event {
        Event::NumbersTold { numbers } => numbers.iter().copied().collect(),
        _ => BTreeMap::new(),
    }
}

fn parameters(state: &State, event: &Event) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Some(until) = until(event) {
        found.insert("until".into(), until.to_string());
    }
    if let Some(reason) = reason(event) {
        found.insert("reason".into(), reason);
    }
    if let Some(name) = vacancy(state, event).and_then(|vacancy| organisation(state, vacancy)) {
        found.insert("organisation".into(), name);
    }
    found
}

fn until(event: &Event) -> Option<Instant> {
    match event {
        Event::BenefitClaimed { until, .. }
        | Event::InterestAsked { until, .. }
        | Event::WindowsOpened { until, .. }
        | Event::ReferralExtended { until, .. }
        | Event::TermsExtended { until, .. } => Some(*until),
        Event::StopListed { until, .. } => *until,
        Event::ReferralIssued { terms, .. } => terms.map(|terms| terms.until),
        Event::ReferralStarted { terms, .. } => Some(terms.until),
        Event::Enrolled { stay_until, .. } => *stay_until,
        _ => None,
    }
}

fn reason(event: &Event) -> Option<String> {
    match event {
        Event::StopListed { reason, .. } => code(reason),
        Event::Archived { reason, .. } => code(reason),
        Event::BenefitRemoved { cause, .. } => code(cause),
        Event::ReferralEnded { cause, .. } => code(cause),
        _ => None,
    }
}

/// The name of a plain value as it is serialised.
fn code(value: &impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

fn vacancy(state: &State, event: &Event) -> Option<VacancyId> {
    match event {
        Event::ReferralIssued { vacancy, .. } => Some(*vacancy),
        Event::ReferralStarted { referral, .. }
        | Event::ReferralExtended { referral, .. }
        | Event::ReferralEnded { referral, .. }
        | Event::Enrolled { referral, .. } => state.referral(*referral).map(|referral| referral.vacancy),
        _ => None,
    }
}

fn organisation(state: &State, vacancy: VacancyId) -> Option<String> {
    let vacancy = state.vacancy(vacancy)?;
    state.organisation(vacancy.organisation).map(|organisation| organisation.name.clone())
}
