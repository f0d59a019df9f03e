//! The protocol of issued referrals of the general queue, without personal data (254/24.7, R3.24).

use axum::extract::State as Has;
use axum::response::Response;
use kezek_calendar::Date;
use kezek_calendar::terms::add_days;
use kezek_rules::State;
use kezek_rules::ids::{ReferralId, SettlementId};
use kezek_rules::queue::Queue;
use kezek_rules::state::{Referral, ReferralStanding};

use crate::app::AppState;
use crate::components::{Cell, Column, Pages, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Typed};
use crate::error_page::PageError;
use crate::form::Field;
use crate::pages::public;
use crate::words;

const LINES: usize = 100;

/// `GET /{language}/referrals`; without a day, the last one on which there were any.
pub async fn show(Has(app): Has<AppState>, ctx: Ctx) -> Result<Response, PageError> {
    let (id, choice) = public::settlement(&app, &ctx, "/referrals")?;
    let (day, blocks) = app.read(|state| -> Result<(String, Vec<Block>), PageError> {
        let zone = &public::found(state, id)?.zone;
        let shown = |(_, one): &(ReferralId, &Referral)| is_public(state, id, one);
        let last = || state.referrals().rev().find(shown).map(|(_, one)| zone.date(one.issued));
        let Some(day) = public::date(&ctx).or_else(last) else { return Ok((String::new(), Vec::new())) };
        let (from, to) = (zone.start_of(day), zone.start_of(add_days(day, 1)));
        let lines: Vec<_> = state.referrals_between(from, to).rev().filter(shown).collect();
        let href = ctx.link(&format!("/referrals?settlement={}&date={day}&page=", id.0));
        let (lines, pages) = Pages::cut(&lines, ctx.query("page"), LINES, href);
        let blocks = match lines.is_empty() {
            true => Vec::new(),
            false => vec![Block::Table(table(&ctx, state, lines, day)), Block::Pages(pages)],
        };
        Ok((day.to_string(), blocks))
    })?;
    let blocks = if blocks.is_empty() { vec![Block::Inset(ctx.t("referrals-none"))] } else { blocks };
    let input = Input::Line(Field::with("date", day), ctx.t("referrals-day"), String::new(), Typed::DAY);
    let form = Form::ask(&ctx, "/referrals", ctx.t("public-show")).send("settlement", id.0.to_string());
    let doc = Doc::new(&ctx, ctx.t("referrals-title")).and(choice).with(Block::Text(ctx.t("referrals-lead")));
    Ok(doc.with(Block::Form(form.with(input))).and(blocks).answer())
}

/// Who waits for a special or sanatorium organisation is health data.
fn is_public(state: &State, id: SettlementId, referral: &Referral) -> bool {
    let one = state.application(referral.application);
    one.is_some_and(|one| one.settlement == id && one.queue == Queue::General)
}

fn table(ctx: &Ctx, state: &State, lines: &[(ReferralId, &Referral)], day: Date) -> Table {
    Table {
        caption: ctx.date_long(&day),
        columns: vec![
            Column::words(ctx.t("column-when")),
            Column::numbers(ctx.t("column-application")),
            Column::words(ctx.t("column-class")),
            Column::words(ctx.t("column-organisation")),
            Column::words(ctx.t("column-how")),
            Column::words(ctx.t("column-status")),
        ],
        rows: lines.iter().filter_map(|(_, referral)| row(ctx, state, referral)).collect(),
    }
}

fn row(ctx: &Ctx, state: &State, referral: &Referral) -> Option<Vec<Cell>> {
    let settlement = state.settlement_of(state.application(referral.application)?)?;
    Some(vec![
        Cell::new(words::moment(ctx, settlement, referral.issued)),
        Cell::new(words::number(referral.application)),
        Cell::new(words::word(ctx, "class", &referral.class)),
        Cell::new(words::place(state, referral.vacancy)),
        Cell::new(words::word(ctx, "how", &referral.how)),
        Cell::new(match referral.standing {
            ReferralStanding::Live => ctx.t("referral-live"),
            ReferralStanding::Enrolled => ctx.t("referral-enrolled"),
            // Why it ended may tell of a false benefit or of health.
            ReferralStanding::Ended(_) => ctx.t("referral-ended"),
        }),
    ])
}
