//! Terms of the law in the visitor's words. The ids of the texts follow from the codes of the rules.

use kezek_calendar::{Date, Instant};
use kezek_records::Role;
use kezek_rules::benefit::{BenefitClaim, Standing};
use kezek_rules::ids::{ApplicationId, OrganisationId, VacancyId};
use kezek_rules::place::Cohort;
use kezek_rules::state::{Application, Settlement, Status, Vacancy};
use kezek_rules::{Event, State};
use serde::Serialize;

use crate::ctx::Ctx;
use crate::texts::text_id;

/// The code of a plain value: the name it is serialised by.
pub fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(serde_json::Value::Object(map)) => map.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// A term: `word(ctx, "benefit", &benefit)` is the text `benefit-large-family`.
pub fn word(ctx: &Ctx, family: &str, value: &impl Serialize) -> String {
    named(ctx, family, &code(value))
}

/// A term by its code.
pub fn named(ctx: &Ctx, family: &str, code: &str) -> String {
    let id = format!("{family}-{}", code.replace('_', "-"));
    ctx.t(&id)
}

/// A role.
pub fn role(ctx: &Ctx, role: Role) -> String {
    named(ctx, "role", role_code(role))
}

/// The code of a role in the journal, in the API and in texts.
pub fn role_code(role: Role) -> &'static str {
    match role {
        Role::Parent => "parent",
        Role::Provider => "provider",
        Role::Kindergarten => "kindergarten",
        Role::Akimat => "akimat",
        Role::StateCorporation => "state_corporation",
        Role::Auditor => "auditor",
        Role::Administrator => "administrator",
    }
}

/// Which children.
pub fn cohort(ctx: &Ctx, cohort: Cohort) -> String {
    match cohort {
        Cohort::Born(year) => ctx.t_with("cohort-born", &[("year", year.to_string().into())]),
        Cohort::Ages(from, to) if from == to => ctx.t_with("cohort-age", &[("age", i64::from(from).into())]),
        Cohort::Ages(from, to) => {
            ctx.t_with("cohort-ages", &[("from", i64::from(from).into()), ("to", i64::from(to).into())])
        }
    }
}

/// The last moment of a term that ends before `until`: weekday, date and hour.
pub fn until(ctx: &Ctx, settlement: &Settlement, until: Instant) -> String {
    ctx.deadline(&settlement.zone.local(until.plus_micros(-1)))
}

/// A moment in figures.
pub fn moment(ctx: &Ctx, settlement: &Settlement, at: Instant) -> String {
    ctx.moment_short(&settlement.zone.local(at))
}

/// How far the proof of a benefit has come.
pub fn standing(ctx: &Ctx, settlement: &Settlement, claim: &BenefitClaim) -> String {
    match claim.standing {
        Standing::Pending(end) => {
            ctx.t_with("standing-pending", &[("until", until(ctx, settlement, end).into())])
        }
        Standing::Confirmed => ctx.t("standing-confirmed"),
        Standing::Lapsed => ctx.t("standing-lapsed"),
        Standing::Rejected => ctx.t("standing-rejected"),
        Standing::False => ctx.t("standing-false"),
        Standing::GivenUp => ctx.t("standing-given-up"),
    }
}

/// The state of an application in a word, and the colour of its tag.
pub fn status(ctx: &Ctx, application: &Application) -> (String, String) {
    let (id, colour) = match &application.status {
        Status::Queued if !application.windows.is_empty() => ("status-window", "green"),
        Status::Queued => ("status-queued", "turquoise"),
        Status::Referred(_) => ("status-referred", "green"),
        Status::StopListed(_) => ("status-stop-list", "orange"),
        Status::Archived(_) => ("status-archived", "grey"),
    };
    (ctx.t(id), colour.to_string())
}

/// The code of an application's state, as in scenarios.
pub fn status_code(application: &Application) -> &'static str {
    match &application.status {
        Status::Queued => "queued",
        Status::Referred(_) => "referred",
        Status::StopListed(_) => "stop_list",
        Status::Archived(_) => "archived",
    }
}

/// The name of an organisation.
pub fn organisation(state: &State, id: OrganisationId) -> String {
    state.organisation(id).map(|one| one.name.clone()).unwrap_or_default()
}

/// The name of a vacancy's organisation.
pub fn place(state: &State, id: VacancyId) -> String {
    state.vacancy(id).map(|one| organisation(state, one.organisation)).unwrap_or_default()
}

/// What a vacancy offers, in one line: children, language, hours, mode.
pub fn vacancy(ctx: &Ctx, vacancy: &Vacancy) -> String {
    let mut parts = vec![
        cohort(ctx, vacancy.cohort),
        word(ctx, "lang", &vacancy.language),
        word(ctx, "regime", &vacancy.regime),
        word(ctx, "mode", &vacancy.mode()),
    ];
    if let Some(date) = end_of_stay(vacancy) {
        parts.push(ctx.t_with("until-day", &[("date", ctx.date_short(&date).into())]));
    }
    parts.join(", ")
}

/// The last day of a temporary stay.
pub fn end_of_stay(vacancy: &Vacancy) -> Option<Date> {
    match vacancy.terms {
        kezek_rules::command::ModeTerms::Temporary(until) => Some(until),
        _ => None,
    }
}

/// What an application waits for.
pub fn queue(ctx: &Ctx, state: &State, application: &Application) -> String {
    let kind = word(ctx, "queue", &application.queue.kind());
    match application.queue.care().and_then(|care| state.care_names(care)) {
        Some((organisation, profile)) => format!("{kind}: {organisation}, {profile}"),
        None => kind,
    }
}

/// The number people see.
pub fn number(id: ApplicationId) -> String {
    id.number().to_string()
}

/// The id of the sentence that tells of a fact. A new kind of fact does not compile without its sentence.
pub fn event(event: &Event) -> &'static str {
    match event {
        Event::SettlementOpened { .. } => text_id("event-settlement-opened"),
        Event::OrganisationAdded { .. } => text_id("event-organisation-added"),
        Event::GroupSet { .. } => text_id("event-group-set"),
        Event::ProfileSet { .. } => text_id("event-profile-set"),
        Event::ProfileApplied { .. } => text_id("event-profile-applied"),
        Event::Frozen { .. } => text_id("event-frozen"),
        Event::TermsExtended { .. } => text_id("event-terms-extended"),
        Event::Registered { .. } => text_id("event-registered"),
        Event::BenefitClaimed { .. } => text_id("event-benefit-claimed"),
        Event::BenefitConfirmed { .. } => text_id("event-benefit-confirmed"),
        Event::BenefitRemoved { .. } => text_id("event-benefit-removed"),
        Event::BirthCorrected { .. } => text_id("event-birth-corrected"),
        Event::ContactsChanged { .. } => text_id("event-contacts-changed"),
        Event::ConclusionFiled { .. } => text_id("event-conclusion-filed"),
        Event::InterestConfirmed { .. } => text_id("event-interest-confirmed"),
        Event::InterestAsked { .. } => text_id("event-interest-asked"),
        Event::StopListed { .. } => text_id("event-stop-listed"),
        Event::Returned { .. } => text_id("event-returned"),
        Event::Archived { .. } => text_id("event-archived"),
        Event::WishesLodged { .. } => text_id("event-wishes-lodged"),
        Event::Published { .. } => text_id("event-published"),
        Event::Withdrawn { .. } => text_id("event-withdrawn"),
        Event::WindowCancelled { .. } => text_id("event-window-cancelled"),
        Event::BulletinIssued { .. } => text_id("event-bulletin-issued"),
        Event::WindowsOpened { .. } => text_id("event-windows-opened"),
        Event::WindowsEnded { .. } => text_id("event-windows-ended"),
        Event::FrontierMoved { .. } => text_id("event-frontier-moved"),
        Event::OpeningHeld { .. } => text_id("event-opening-held"),
        Event::ReferralIssued { .. } => text_id("event-referral-issued"),
        Event::ReferralStarted { .. } => text_id("event-referral-started"),
        Event::ReferralExtended { .. } => text_id("event-referral-extended"),
        Event::DocumentsConfirmed { .. } => text_id("event-documents-confirmed"),
        Event::ReferralEnded { .. } => text_id("event-referral-ended"),
        Event::Enrolled { .. } => text_id("event-enrolled"),
        Event::StayEnded { .. } => text_id("event-stay-ended"),
        Event::Left { .. } => text_id("event-left"),
        Event::EarlyFreed { .. } => text_id("event-early-freed"),
        Event::Reminded { .. } => text_id("event-reminded"),
        Event::NumbersTold { .. } => text_id("event-numbers-told"),
        Event::PoolsClosed { .. } => text_id("event-pools-closed"),
    }
}
