//! One application: what its state is, until when, what now; then both numbers and everything about it.

use axum::extract::{Path, State as Has};
use axum::response::Response;
use kezek_calendar::Instant;
use kezek_rules::command::Conclusion;
use kezek_rules::event::StopReason;
use kezek_rules::ids::ApplicationId;
use kezek_rules::queue::Queue;
use kezek_rules::state::{Application, Settlement, Status};
use kezek_rules::{Command, State, ask};

use super::{button, carry_out, page_of};
use crate::app::AppState;
use crate::components::SummaryRow;
use crate::ctx::Ctx;
use crate::doc::{Block, Button, Doc, Link};
use crate::error_page::PageError;
use crate::own;
use crate::pages::receipt;
use crate::posted::Posted;
use crate::standing;
use crate::who::Who;
use crate::words;

/// `GET /{language}/my/{number}`
pub async fn show(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let now = app.now();
    let (id, blocks) = app.read(|state| {
        let (id, one) = own::application(state, &who, number)?;
        let receipts = receipt::links(&ctx, &app, id, one, &page_of(id, ""));
        Ok::<_, PageError>((id, blocks(&ctx, state, id, one, now, receipts)))
    })?;
    Ok(Doc::new(&ctx, super::title(&ctx, id)).back("/my").and(blocks).done().answer())
}

/// `POST /{language}/my/{number}/interest`: one tap (R3.10).
pub async fn confirm_interest(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
    posted: Posted,
) -> Result<Response, PageError> {
    carry_out(&app, &ctx, &who, number, &posted, Command::ConfirmInterest, "interest").await
}

fn blocks(
    ctx: &Ctx,
    state: &State,
    id: ApplicationId,
    one: &Application,
    now: Instant,
    receipts: Vec<Link>,
) -> Vec<Block> {
    let Some(settlement) = state.settlement_of(one) else { return Vec::new() };
    let mut blocks: Vec<Block> = super::sentences(standing::sentences(ctx, state, id, now)).collect();
    let referral = one.live_referral().and_then(|referral| state.referral(referral));
    if let Some(place) = referral.and_then(|referral| state.vacancy(referral.vacancy)) {
        blocks.push(super::place_rows(ctx, state, place));
        blocks.push(super::papers_to_bring(ctx));
    }
    let claimable = ask::claimable(state, id).len();
    if claimable > 0 {
        let text = ctx.t_with("my-places", &[("count", claimable.into())]);
        blocks.push(Block::Go(Link::to(ctx, &page_of(id, "/places"), text)));
    }
    let links = links(ctx, state, id, one, now);
    let buttons = buttons(ctx, state, id, one);
    if !links.is_empty() || !buttons.is_empty() {
        blocks.push(Block::Heading(ctx.t("my-do")));
        blocks.push(Block::Links(links));
        blocks.push(Block::Buttons(buttons));
    }
    blocks.extend(standing::numbers(ctx, state, id));
    if !receipts.is_empty() {
        blocks.push(Block::Links(receipts));
    }
    blocks.push(Block::Heading(ctx.t("my-about")));
    blocks.push(Block::Rows(rows(ctx, state, settlement, one)));
    let when = words::moment(ctx, settlement, one.interest_confirmed);
    blocks.push(Block::Text(ctx.t_with("my-interest-last", &[("when", when.into())])));
    blocks.push(Block::Links(vec![Link::to(ctx, &page_of(id, "/history"), ctx.t("my-history"))]));
    blocks
}

fn links(ctx: &Ctx, state: &State, id: ApplicationId, one: &Application, now: Instant) -> Vec<Link> {
    let mut links = Vec::new();
    let mut add = |rest: &str, text: String| links.push(Link::to(ctx, &page_of(id, rest), text));
    if one.is_archived() {
        return Vec::new();
    }
    if let Some(referral) = one.live_referral().and_then(|referral| state.referral(referral)) {
        let terms = referral.terms;
        if terms.is_none_or(|terms| now < terms.annul_until) {
            add("/annul", ctx.t("my-annul"));
        }
        if terms.is_some_and(|terms| now < terms.until) && !referral.extended {
            add("/extend", ctx.t("my-extend"));
        }
    }
    if one.queue == Queue::General {
        let count = one.wishes.as_ref().map_or(0, |wishes| wishes.choices.len());
        add("/wishes", ctx.t_with("my-wishes", &[("count", count.into())]));
    }
    add("/benefits", ctx.t("my-change-benefits"));
    add("/withdraw", ctx.t("my-withdraw"));
    links
}

/// One tap confirms interest; it is the main button when something hangs on it.
fn buttons(ctx: &Ctx, state: &State, id: ApplicationId, one: &Application) -> Vec<Button> {
    let is_asked = one.interest_asked_until.is_some()
        || matches!(&one.status, Status::StopListed(listing) if listing.reason == StopReason::InterestNotConfirmed);
    let button = button(ctx, state, id, "/interest", ctx.t("my-interest"));
    match &one.status {
        Status::Archived(_) => Vec::new(),
        _ if is_asked => vec![button],
        _ => vec![button.kind("secondary")],
    }
}

fn rows(ctx: &Ctx, state: &State, settlement: &Settlement, one: &Application) -> Vec<SummaryRow> {
    let mut rows = vec![
        SummaryRow::new(ctx.t("my-queue"), words::queue(ctx, state, one)),
        SummaryRow::new(ctx.t("column-class"), words::word(ctx, "class", &one.class())),
        SummaryRow::new(ctx.t("column-registered"), words::moment(ctx, settlement, one.registered)),
        SummaryRow::new(ctx.t("my-born"), ctx.date_short(&one.born)),
    ];
    for claim in &one.claims {
        let name = words::word(ctx, "benefit", &claim.benefit);
        let standing = words::standing(ctx, settlement, claim);
        rows.push(SummaryRow::new(ctx.t("my-benefits"), format!("{name}: {standing}")));
    }
    if one.conclusion == Conclusion::OnFile {
        rows.push(SummaryRow::new(ctx.t("my-conclusion"), ctx.t("yes")));
    }
    if one.private_only {
        rows.push(SummaryRow::new(ctx.t("my-private-only"), ctx.t("yes")));
    }
    rows
}
