//! The bulletin of a day: places handed over and places taken back (254/24.3, 254/3.4, 254/3.9).

use axum::extract::State as Has;
use axum::response::Response;
use kezek_rules::State;
use kezek_rules::ids::VacancyId;
use kezek_rules::state::Settlement;

use crate::app::AppState;
use crate::components::{Cell, Column, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Link};
use crate::error_page::PageError;
use crate::pages::public;
use crate::words;

/// How many past bulletins are offered.
const PAST: usize = 60;

/// `GET /{language}/bulletin`
pub async fn show(Has(app): Has<AppState>, ctx: Ctx) -> Result<Response, PageError> {
    let (id, choice) = public::settlement(&app, &ctx, "/bulletin")?;
    let now = app.now();
    let blocks = app.read(|state| -> Result<Vec<Block>, PageError> {
        let settlement = public::found(state, id)?;
        let mut blocks = vec![Block::Text(next(&ctx, settlement, now))];
        blocks.extend(of_day(&ctx, state, settlement));
        let past = settlement.bulletins.iter().rev().take(PAST).map(|one| {
            let path = format!("/bulletin?settlement={}&date={}", id.0, one.date);
            Link::to(&ctx, &path, ctx.date_long(&one.date))
        });
        let past: Vec<Link> = past.collect();
        if !past.is_empty() {
            blocks.push(Block::Heading(ctx.t("bulletin-past")));
            blocks.push(Block::Links(past));
        }
        Ok(blocks)
    })?;
    Ok(Doc::new(&ctx, ctx.t("bulletin-title")).and(choice).and(blocks).answer())
}

fn next(ctx: &Ctx, settlement: &Settlement, now: kezek_calendar::Instant) -> String {
    let next = settlement.next_at(settlement.profile.bulletin_time, now);
    let day = settlement.zone.date(next);
    match settlement.freezes.iter().find(|freeze| freeze.from <= day && day <= freeze.to) {
        Some(freeze) => ctx.t_with("bulletin-frozen", &[("until", ctx.date_long(&freeze.to).into())]),
        None => ctx.t_with("bulletin-next", &[("when", ctx.deadline(&settlement.zone.local(next)).into())]),
    }
}

fn of_day(ctx: &Ctx, state: &State, settlement: &Settlement) -> Vec<Block> {
    let asked = public::date(ctx);
    let found = match asked {
        Some(day) => settlement.bulletins.iter().find(|one| one.date == day),
        None => settlement.bulletins.last(),
    };
    let Some(bulletin) = found else {
        return match asked {
            Some(day) => vec![
                Block::Heading(ctx.t_with("bulletin-of-day", &[("date", ctx.date_long(&day).into())])),
                Block::Text(ctx.t("bulletin-empty-day")),
            ],
            None => vec![Block::Inset(ctx.t("bulletin-none"))],
        };
    };
    let day = ctx.date_long(&bulletin.date).into();
    let mut blocks = vec![Block::Heading(ctx.t_with("bulletin-of-day", &[("date", day)]))];
    if !bulletin.published.is_empty() {
        let count: u32 = bulletin.published.iter().map(|(_, count)| count).sum();
        blocks.push(Block::Lead(ctx.t_with("bulletin-total", &[("count", count.into())])));
        blocks.push(Block::Table(table(ctx, state, ctx.t("bulletin-published"), &bulletin.published)));
    }
    if !bulletin.withdrawn.is_empty() {
        blocks.push(Block::Table(table(ctx, state, ctx.t("bulletin-withdrawn"), &bulletin.withdrawn)));
    }
    blocks.push(Block::Text(ctx.t("bulletin-opening")));
    blocks
}

fn table(ctx: &Ctx, state: &State, caption: String, entries: &[(VacancyId, u32)]) -> Table {
    let rows = entries.iter().filter_map(|(id, count)| {
        let vacancy = state.vacancy(*id)?;
        Some(vec![
            Cell::new(words::organisation(state, vacancy.organisation)),
            Cell::new(words::vacancy(ctx, vacancy)),
            Cell::new(vacancy.enrol_from.map(|date| ctx.date_short(&date)).unwrap_or_default()),
            Cell::new(ctx.number(i64::from(*count))),
        ])
    });
    Table {
        caption,
        columns: vec![
            Column::words(ctx.t("column-organisation")),
            Column::words(ctx.t("column-place")),
            Column::words(ctx.t("column-enrol-from")),
            Column::numbers(ctx.t("column-places")),
        ],
        rows: rows.collect(),
    }
}
