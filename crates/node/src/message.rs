//! Messages to families with the values their texts need, and the rows of the outbox that carry many of them.

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

/// The kind of the outbox rows that carry messages.
const KIND: &str = "messages";
/// Messages in one row. A row costs the store as much as a fact, so that a row for each would double a claim's cost.
const IN_A_ROW: usize = 100;
/// So many messages can come of one fact.
const OF_A_FACT_BITS: u32 = 24;

/// A message to a family, which is named by its application only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Which application.
    pub application: ApplicationId,
    /// What about.
    pub kind: MessageKind,
    /// The fact that caused it.
    pub seq: u64,
    /// Which of that fact's messages, from 0.
    pub number: u32,
    /// When, microseconds since 1970 UTC.
    pub at_us: i64,
    /// Values for the text's places: `until` (a moment), `reason` (a code), `organisation` (a name), `number`.
    pub parameters: BTreeMap<String, String>,
}

impl Message {
    /// The same for the same message, whenever and wherever it is delivered; later messages have greater ones.
    pub fn id(&self) -> u64 {
        (self.seq << OF_A_FACT_BITS) | u64::from(self.number)
    }
}

/// Rows that carry these messages, in order.
pub fn rows(messages: &[Message]) -> Result<Vec<NewOutbox>, SubmitError> {
    let mut rows = Vec::new();
    for together in messages.chunks(IN_A_ROW) {
        let time_us = together.last().map_or(0, |message| message.at_us);
        let payload = serde_json::to_string(together).map_err(|_| SubmitError::Fault)?;
        rows.push(NewOutbox { created_us: time_us, kind: KIND.into(), payload, due_us: time_us });
    }
    Ok(rows)
}

/// The messages of a fact; `state` is the one after it, `seq` its number.
pub fn of_fact(state: &State, fact: &Fact, seq: u64) -> Vec<Message> {
    let messages = notice::messages(state, fact);
    if messages.is_empty() {
        return Vec::new();
    }
    let common = parameters(state, &fact.event);
    let told = numbers_told(&fact.event);
    let at_us = fact.at.as_micros();
    let mut found = Vec::with_capacity(messages.len());
    for (number, notice::Message { application, kind }) in (0..).zip(messages) {
        let mut parameters = common.clone();
        if let Some(number) = told.get(&application) {
            parameters.insert("number".into(), number.to_string());
        }
        if let Some((name, value)) = of_application(state, application, kind) {
            parameters.entry(name.into()).or_insert(value);
        }
        found.push(Message { application, kind, seq, number, at_us, parameters });
    }
    found
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
