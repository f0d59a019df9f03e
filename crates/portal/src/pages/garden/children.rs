//! Children enrolled on referrals, and noting that one left (254/19).

use axum::extract::{Path, State};
use axum::response::Response;
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::ids::{ApplicationId, ChildKey, OrganisationId};
use kezek_rules::state::Child;

use super::super::desk::draft::Act;
use super::referrals::child_name;
use crate::app::AppState;
use crate::components::{Cell, Column, Pages, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc};
use crate::error_page::{PageError, Problem};
use crate::own;
use crate::posted::Posted;
use crate::who::Who;
use crate::words;

const ON_PAGE: usize = 20;

/// `GET /{language}/garden/children`
pub async fn list(State(app): State<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let here = app.read(|state| own::kindergarten(state, &who).map(|(id, _)| id))?;
    let all = app.read(|state| enrolled(state, here));
    let last = all.len().div_ceil(ON_PAGE).max(1);
    let page = ctx.query("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, last);
    let mut rows = Vec::new();
    for (id, child) in all.iter().skip((page - 1) * ON_PAGE).take(ON_PAGE) {
        let name = child_name(&app, &ctx, &who, child.0).await;
        let name = name.map_err(|error| error.page(&ctx, "garden"))?;
        let since = app.read(|state| since(&ctx, state, *child));
        let number = words::number(*id);
        let leave = ctx.link(&format!("/garden/children/{number}/leave"));
        rows.push(vec![
            Cell::new(number),
            Cell::new(name),
            Cell::new(since),
            Cell::link(ctx.t("garden-leave-title"), leave),
        ]);
    }
    let mut doc = Doc::new(&ctx, ctx.t("garden-children-title"))
        .back("/garden")
        .with(Block::Text(ctx.t("garden-children-before")));
    if rows.is_empty() {
        return Ok(doc.with(Block::Inset(ctx.t("garden-children-none"))).done().answer());
    }
    doc = doc.with(Block::Table(Table {
        caption: ctx.t_with("garden-children-caption", &[("count", all.len().into())]),
        columns: vec![
            Column::words(ctx.t("garden-column-number")),
            Column::words(ctx.t("garden-column-child")),
            Column::words(ctx.t("garden-column-since")),
            Column::words(ctx.t("garden-column-leave")),
        ],
        rows,
    }));
    let pages = Pages {
        current: u32::try_from(page).unwrap_or(1),
        last: u32::try_from(last).unwrap_or(1),
        href: format!("{}?page=", ctx.link("/garden/children")),
    };
    Ok(doc.with(Block::Pages(pages)).with(Block::Text(ctx.t("garden-look-noted"))).done().answer())
}

/// `GET /{language}/garden/children/{number}/leave`
pub async fn ask(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    Ok(leaving(&app, &ctx, &who, number)?.show(&ctx, &app))
}

/// `POST /{language}/garden/children/{number}/leave`
pub async fn submit(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
    posted: Posted,
) -> Result<Response, PageError> {
    leaving(&app, &ctx, &who, number)?.submit(&app, &ctx, &who, &posted).await
}

/// A child that goes here leaves; one that goes elsewhere is nobody to this kindergarten.
fn leaving(app: &AppState, ctx: &Ctx, who: &Who, number: u64) -> Result<Act, Problem> {
    let child = app.read(|state| {
        let (_, one) = own::by_number(state, number)?;
        let child = state.child(one.child).ok_or(Problem::NotFound)?;
        match child.organisation() {
            Some(organisation) if Some(organisation) == who.kindergarten => Ok(one.child),
            Some(_) => Err(Problem::NotFound),
            None => Err(Problem::Conflict),
        }
    })?;
    Ok(Act {
        title: format!("{}: № {number}", ctx.t("garden-leave-title")),
        lead: vec![ctx.t("garden-leave-lead")],
        command: Command::Leave(child),
        path: format!("/garden/children/{number}/leave"),
        back: "/garden/children".to_string(),
        button: ctx.t("garden-leave-button"),
        done: "garden-left",
        private: PrivateChanges::none(),
    })
}

/// The children who go to a kindergarten, each with the latest application; the latest first.
pub fn enrolled(state: &kezek_rules::State, here: OrganisationId) -> Vec<(ApplicationId, ChildKey)> {
    let there = state.children().filter(|(_, child)| child.organisation() == Some(here));
    let mut all: Vec<_> = there.filter_map(|(key, child)| Some((*child.applications.last()?, key))).collect();
    all.sort();
    all.reverse();
    all
}

fn since(ctx: &Ctx, state: &kezek_rules::State, key: ChildKey) -> String {
    let told = |child: &Child| {
        let place = child.place.as_ref().or(child.sanatorium.as_ref());
        if let Some(place) = place {
            let settlement = state.settlement(state.organisation(place.organisation)?.settlement)?;
            return Some(words::moment(ctx, settlement, place.since));
        }
        let stay = child.stay.as_ref()?;
        let settlement = state.settlement(state.organisation(stay.organisation)?.settlement)?;
        Some(format!("– {}", words::until(ctx, settlement, stay.until)))
    };
    state.child(key).and_then(told).unwrap_or_default()
}
