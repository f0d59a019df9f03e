//! The protocol of issued referrals of the general queue, without personal data (254/24.7, R3.24).

use axum::extract::State as Has;
use axum::response::Response;
use kezek_rules::State;
use kezek_rules::ids::{ReferralId, SettlementId};
use kezek_rules::queue::Queue;
use kezek_rules::state::{Referral, ReferralStanding};

use crate::app::AppState;
use crate::components::{Cell, Column, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Typed};
use crate::error_page::PageError;
use crate::form::Field;
use crate::pages::public;
use crate::words;

/// Most lines of a page.
const LINES_MAX: usize = 300;

/// `GET /{language}/referrals`
pub async fn show(Has(app): Has<AppState>, ctx: Ctx) -> Result<Response, PageError> {
    let (id, choice) = public::settlement(&app, &ctx, "/referrals")?;
    let rows = app.read(|state| rows(&ctx, state, id));
    let asked = public::date(&ctx).map(|date| date.to_string()).unwrap_or_default();
    let day = Input::Line(Field::with("date", asked), ctx.t("referrals-day"), String::new(), Typed::DAY);
    let form =
        Form::ask(&ctx, "/referrals", ctx.t("public-show")).send("settlement", id.0.to_string()).with(day);
    let list = if rows.is_empty() {
        Block::Inset(ctx.t("referrals-none"))
    } else {
        Block::Table(Table {
            caption: ctx.t("referrals-title"),
            columns: vec![
                Column::words(ctx.t("column-when")),
                Column::numbers(ctx.t("column-application")),
                Column::words(ctx.t("column-class")),
                Column::words(ctx.t("column-organisation")),
                Column::words(ctx.t("column-how")),
                Column::words(ctx.t("column-status")),
            ],
            rows,
        })
    };
    let doc = Doc::new(&ctx, ctx.t("referrals-title")).and(choice);
    Ok(doc.with(Block::Text(ctx.t("referrals-lead"))).with(Block::Form(form)).with(list).answer())
}

fn rows(ctx: &Ctx, state: &State, id: SettlementId) -> Vec<Vec<Cell>> {
    let day = public::date(ctx);
    let of_day = |referral: &Referral| {
        let zone = state.settlement(id).map(|settlement| &settlement.zone);
        day.is_none_or(|day| zone.is_some_and(|zone| zone.date(referral.issued) == day))
    };
    let lines = state.referrals().rev().filter(|(_, one)| of_day(one));
    lines.filter_map(|line| row(ctx, state, id, line)).take(LINES_MAX).collect()
}

fn row(ctx: &Ctx, state: &State, id: SettlementId, line: (ReferralId, &Referral)) -> Option<Vec<Cell>> {
    let (_, referral) = line;
    let one = state.application(referral.application)?;
    // Who waits for a special or sanatorium organisation is health data.
    if one.settlement != id || one.queue != Queue::General {
        return None;
    }
    let settlement = state.settlement(id)?;
    Some(vec![
        Cell::new(words::moment(ctx, settlement, referral.issued)),
        Cell::new(words::number(referral.application)),
        Cell::new(words::word(ctx, "class", &referral.class)),
        Cell::new(words::place(state, referral.vacancy)),
        Cell::new(words::word(ctx, "how", &referral.how)),
        Cell::new(match referral.standing {
            ReferralStanding::Live => ctx.t("referral-live"),
            ReferralStanding::Enrolled => ctx.t("referral-enrolled"),
            ReferralStanding::Ended(end) => words::word(ctx, "end", &end),
        }),
    ])
}
