//! The stop-list of the settlement: who, why, since when, until when (R3.9).

use axum::extract::State;
use axum::response::Response;
use kezek_rules::event::StopReason;
use kezek_rules::ids::ApplicationId;
use kezek_rules::state::StopListing;

use crate::app::AppState;
use crate::components::{Cell, Column, Pages, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input};
use crate::error_page::PageError;
use crate::form::{Choice, Field};
use crate::own;
use crate::rights::Action;
use crate::who::Who;
use crate::words;

const ON_PAGE: usize = 50;

const REASONS: [StopReason; 6] = [
    StopReason::ReferralExpired,
    StopReason::BenefitUnconfirmed,
    StopReason::BenefitFalse,
    StopReason::EnrolmentDocs,
    StopReason::InterestNotConfirmed,
    StopReason::AlreadyEnrolled,
];

/// `GET /{language}/desk/stop-list`
pub async fn show(State(app): State<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    let reason = ctx.query("reason").unwrap_or_default();
    let wanted = REASONS.into_iter().find(|one| words::code(one) == reason);
    let code = wanted.map_or_else(String::new, |one| words::code(&one));
    let (rows, all, pages) = app.read(|state| {
        let on_list = state.stop_list(here);
        let listed: Vec<(ApplicationId, &StopListing)> =
            on_list.filter(|(_, listing)| wanted.is_none_or(|wanted| listing.reason == wanted)).collect();
        let href = format!("{}?reason={code}&page=", ctx.link("/desk/stop-list"));
        let (shown, pages) = Pages::cut(&listed, ctx.query("page"), ON_PAGE, href);
        let rows = shown.iter().filter_map(|(id, listing)| row(&ctx, &who, state, *id, listing));
        (rows.collect::<Vec<Vec<Cell>>>(), listed.len(), pages)
    });
    let table = Table {
        caption: ctx.t_with("desk-stop-caption", &[("count", all.into())]),
        columns: vec![
            Column::words(ctx.t("desk-column-number")),
            Column::words(ctx.t("desk-column-reason")),
            Column::words(ctx.t("desk-column-since")),
            Column::words(ctx.t("desk-column-back")),
        ],
        rows,
    };
    let doc = Doc::new(&ctx, ctx.t("nav-stop-list"))
        .back("/desk")
        .with(Block::Text(ctx.t("desk-stop-lead")))
        .with(Block::Form(filter(&ctx, &reason)))
        .with(Block::Table(table))
        .with(Block::Pages(pages));
    Ok(doc.answer())
}

fn filter(ctx: &Ctx, reason: &str) -> Form {
    let mut choices = vec![Choice::new("", ctx.t("desk-show-all"))];
    choices.extend(REASONS.iter().map(|one| Choice::new(words::code(one), words::word(ctx, "stop", one))));
    let input =
        Input::Select(Field::with("reason", reason), ctx.t("desk-column-reason"), choices, String::new());
    Form::ask(ctx, "/desk/stop-list", ctx.t("desk-show-button")).with(input)
}

fn row(
    ctx: &Ctx,
    who: &Who,
    state: &kezek_rules::State,
    id: ApplicationId,
    listing: &StopListing,
) -> Option<Vec<Cell>> {
    let settlement = state.settlement_of(state.application(id)?)?;
    let number = words::number(id);
    let link = ctx.link(&format!("/desk/applications/{number}"));
    let number = match Action::SeePerson.is_allowed(Some(&who.roles)) {
        true => Cell::link(number, link),
        false => Cell::new(number),
    };
    let back = match listing.until {
        Some(until) => ctx.deadline(&settlement.zone.local(until)),
        None => ctx.t("desk-stop-open"),
    };
    Some(vec![
        number,
        Cell::new(words::word(ctx, "stop", &listing.reason)),
        Cell::new(words::moment(ctx, settlement, listing.since)),
        Cell::new(back),
    ])
}
