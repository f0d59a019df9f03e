//! An application's history: facts in sentences.

use axum::extract::{Path, State as Has};
use axum::response::Response;
use kezek_calendar::Instant;
use kezek_node::Entry;
use kezek_rules::ids::VacancyId;
use kezek_rules::state::Settlement;
use kezek_rules::{Event, State};

use super::{page_of, title};
use crate::app::AppState;
use crate::components::{Cell, Column, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc};
use crate::error_page::{PageError, Problem};
use crate::own;
use crate::who::Who;
use crate::words;

/// `GET /{language}/my/{number}/history`
pub async fn show(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let id = app.read(|state| own::application(state, &who, number).map(|(id, _)| id))?;
    let entries = app.node().history(id).await.map_err(|error| {
        tracing::error!(%error, "a history could not be read");
        Problem::Unavailable
    })?;
    let rows = app.read(|state| {
        let settlement = state.application(id).and_then(|one| state.settlement_of(one));
        let row = |entry: &Entry| settlement.map(|settlement| row(&ctx, state, settlement, entry));
        entries.iter().rev().filter_map(row).collect()
    });
    let table = Table {
        caption: title(&ctx, id),
        columns: vec![
            Column::words(ctx.t("column-when")),
            Column::words(ctx.t("history-what")),
            Column::words(ctx.t("history-who")),
        ],
        rows,
    };
    let doc = Doc::new(&ctx, ctx.t("history-title")).back(&page_of(id, ""));
    Ok(doc.with(Block::Text(ctx.t("history-lead"))).with(Block::Table(table)).answer())
}

fn row(ctx: &Ctx, state: &State, settlement: &Settlement, entry: &Entry) -> Vec<Cell> {
    vec![
        Cell::new(words::moment(ctx, settlement, entry.at)),
        Cell::new(sentence(ctx, state, settlement, &entry.event)),
        Cell::new(actor(ctx, &entry.actor)),
    ]
}

/// The role of who acted; ids are for the journal only.
fn actor(ctx: &Ctx, actor: &str) -> String {
    let role = actor.split(':').next().unwrap_or_default().replace('_', "-");
    let id = format!("actor-{role}");
    if ctx.texts().has(&id) { ctx.t(&id) } else { ctx.t("actor-other") }
}

/// A fact as a sentence with its particulars.
pub fn sentence(ctx: &Ctx, state: &State, settlement: &Settlement, event: &Event) -> String {
    let mut parts = vec![ctx.t(words::event(event))];
    if let Some(name) = vacancy(state, event).map(|vacancy| words::place(state, vacancy)) {
        parts.push(ctx.t_with("detail-organisation", &[("organisation", name.into())]));
    }
    if let Some(benefit) = benefit(ctx, event) {
        parts.push(ctx.t_with("detail-benefit", &[("benefit", benefit.into())]));
    }
    if let Some(reason) = reason(ctx, event) {
        parts.push(ctx.t_with("detail-reason", &[("reason", reason.into())]));
    }
    if let Some(end) = until(event) {
        parts.push(ctx.t_with("detail-until", &[("until", words::until(ctx, settlement, end).into())]));
    }
    parts.join(" ")
}

fn vacancy(state: &State, event: &Event) -> Option<VacancyId> {
    match event {
        Event::ReferralIssued { vacancy, .. } => Some(*vacancy),
        Event::ReferralStarted { referral, .. }
        | Event::ReferralExtended { referral, .. }
        | Event::ReferralEnded { referral, .. }
        | Event::Enrolled { referral, .. } => state.referral(*referral).map(|one| one.vacancy),
        _ => None,
    }
}

fn benefit(ctx: &Ctx, event: &Event) -> Option<String> {
    match event {
        Event::BenefitClaimed { benefit, .. }
        | Event::BenefitConfirmed { benefit, .. }
        | Event::BenefitRemoved { benefit, .. } => Some(words::word(ctx, "benefit", benefit)),
        _ => None,
    }
}

fn reason(ctx: &Ctx, event: &Event) -> Option<String> {
    match event {
        Event::StopListed { reason, .. } => Some(words::word(ctx, "stop", reason)),
        Event::Archived { reason, .. } => Some(words::word(ctx, "archive", reason)),
        Event::BenefitRemoved { cause, .. } => Some(words::word(ctx, "loss", cause)),
        Event::ReferralEnded { cause, .. } => Some(words::word(ctx, "end", cause)),
        Event::ReferralExtended { ground, .. } => Some(words::word(ctx, "ground", ground)),
        Event::ReferralIssued { how, .. } => Some(words::word(ctx, "how", how)),
        _ => None,
    }
}

fn until(event: &Event) -> Option<Instant> {
    match event {
        Event::BenefitClaimed { until, .. }
        | Event::InterestAsked { until, .. }
        | Event::WindowsOpened { until, .. }
        | Event::ReferralExtended { until, .. } => Some(*until),
        Event::StopListed { until, .. } => *until,
        Event::ReferralIssued { terms, .. } => terms.map(|terms| terms.until),
        Event::ReferralStarted { terms, .. } => Some(terms.until),
        Event::Enrolled { stay_until, .. } => *stay_until,
        _ => None,
    }
}
