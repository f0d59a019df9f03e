//! Siblings together: all referrals to one kindergarten, or none (254/29, R3.16).

use std::collections::BTreeSet;

use axum::extract::State as Has;
use axum::response::Response;
use kezek_calendar::Instant;
use kezek_rules::ids::{ApplicationId, OrganisationId};
use kezek_rules::queue::Queue;
use kezek_rules::{Command, State, ask, decide};

use super::{see, title};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input};
use crate::error_page::PageError;
use crate::form::{Choice, Field, mistakes};
use crate::own;
use crate::posted::Posted;
use crate::who::Who;
use crate::words;

/// `GET /{language}/my/family`
pub async fn show(Has(app): Has<AppState>, ctx: Ctx, who: Who) -> Response {
    page(&app, &ctx, &who, Field::new("applications"), Field::new("organisation")).done().answer()
}

/// `POST /{language}/my/family`
pub async fn submit(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    posted: Posted,
) -> Result<Response, PageError> {
    let mut chosen = posted.field("applications");
    let organisation = posted.number("organisation").map(OrganisationId);
    let ids = app.read(|state| {
        let own =
            |number: &String| own::application(state, &who, number.parse().unwrap_or(0)).map(|(id, _)| id);
        chosen.values.iter().map(own).collect::<Result<Vec<ApplicationId>, _>>()
    })?;
    let (Some(organisation), true) = (organisation, ids.len() > 1) else {
        chosen.refuse(ctx.t("family-choose"));
        return Ok(page(&app, &ctx, &who, chosen, posted.field("organisation")).unprocessable());
    };
    let numbers: Vec<String> = ids.iter().map(|id| words::number(*id)).collect();
    let told = |error: crate::act::ActError| error.page(&ctx, &numbers.join("+"));
    app.act(&who, &posted.once(), Command::ClaimFamily(ids, organisation)).await.map_err(told)?;
    Ok(see(&ctx, "/my?done=family"))
}

fn page(app: &AppState, ctx: &Ctx, who: &Who, chosen: Field, organisation: Field) -> Doc {
    let doc = Doc::new(ctx, ctx.t("family-title")).back("/my").with(Block::Errors(mistakes(&[&chosen])));
    let doc = doc.with(Block::Text(ctx.t("family-lead")));
    let (children, organisations) =
        app.read(|state| (children(ctx, state, who), organisations(state, who, app.now())));
    if children.len() < 2 {
        return doc.with(Block::Lead(ctx.t("family-few")));
    }
    if organisations.is_empty() {
        return doc.with(Block::Lead(ctx.t("family-no-places")));
    }
    let form = Form::to(ctx, "/my/family", ctx.t("family-button"))
        .with(Input::Checkboxes(chosen, ctx.t("family-children"), children, String::new()))
        .with(Input::Select(organisation, ctx.t("family-organisation"), organisations, String::new()));
    doc.with(Block::Form(form))
}

fn waiting(state: &State, who: &Who) -> Vec<ApplicationId> {
    let own = state.applications_of(who.parent());
    own.filter(|id| state.application(*id).is_some_and(|one| one.queue == Queue::General && one.is_queued()))
        .collect()
}

fn children(ctx: &Ctx, state: &State, who: &Who) -> Vec<Choice> {
    let choice = |id: ApplicationId| {
        let born = ctx.date_short(&state.application(id)?.born);
        Some(Choice::new(words::number(id), format!("{} ({born})", title(ctx, id))))
    };
    waiting(state, who).into_iter().filter_map(choice).collect()
}

/// Kindergartens that have a place for each of the waiting children; without one, those with a place for any of them.
fn organisations(state: &State, who: &Who, now: Instant) -> Vec<Choice> {
    let waiting = waiting(state, who);
    let places = waiting.iter().flat_map(|id| ask::claimable(state, *id));
    let any: BTreeSet<OrganisationId> =
        places.filter_map(|vacancy| state.vacancy(vacancy)).map(|one| one.organisation).collect();
    let takes_all =
        |id: &OrganisationId| decide(state, &Command::ClaimFamily(waiting.clone(), *id), now).is_ok();
    let all: BTreeSet<OrganisationId> = any.iter().copied().filter(takes_all).collect();
    let shown = if all.is_empty() { any } else { all };
    shown.into_iter().map(|id| Choice::new(id.0.to_string(), words::organisation(state, id))).collect()
}
