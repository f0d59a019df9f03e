//! The bulletin of a day: places handed over and places taken back (254/24.3, 254/3.4, 254/3.9).

use std::collections::BTreeMap;

use axum::extract::State as Has;
use axum::response::Response;
use kezek_rules::State;
use kezek_rules::event::TakenBack;
use kezek_rules::ids::{SettlementId, VacancyId};
use kezek_rules::place::Cohort;
use kezek_rules::state::{Settlement, Vacancy};

use crate::app::AppState;
use crate::components::{Cell, Column, Pages, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Link};
use crate::error_page::PageError;
use crate::pages::public;
use crate::words;

/// How many past bulletins are offered.
const PAST: usize = 60;
/// How many lines of a bulletin are on a page: a campaign's has thousands.
const LINES: usize = 100;

/// Places of a bulletin: of which vacancy, and how many.
type Line<'a> = (&'a Vacancy, u32);

/// `GET /{language}/bulletin`
pub async fn show(Has(app): Has<AppState>, ctx: Ctx) -> Result<Response, PageError> {
    let (id, choice) = public::settlement(&app, &ctx, "/bulletin")?;
    let now = app.now();
    let blocks = app.read(|state| -> Result<Vec<Block>, PageError> {
        let settlement = public::found(state, id)?;
        let mut blocks = vec![Block::Text(next(&ctx, settlement, now))];
        blocks.extend(of_day(&ctx, state, id, settlement));
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

fn of_day(ctx: &Ctx, state: &State, id: SettlementId, settlement: &Settlement) -> Vec<Block> {
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
    let cohort = ctx.query("cohort").unwrap_or_default();
    let address = format!("/bulletin?settlement={}&date={}&cohort=", id.0, bulletin.date);
    if !bulletin.published.is_empty() {
        let count = places(&bulletin.published);
        blocks.push(Block::Lead(ctx.t_with("bulletin-total", &[("count", count.into())])));
        let counts = cohorts(ctx, state, &bulletin.published, &address);
        if counts.rows.len() > 1 {
            blocks.push(Block::Table(counts));
        }
        let lines = of_cohort(state, &bulletin.published, &cohort);
        let href = ctx.link(&format!("{address}{cohort}&page="));
        let (shown, pages) = Pages::cut(&lines, ctx.query("page"), LINES, href);
        let caption = ctx.t("bulletin-published");
        let caption = match lines.first().filter(|_| !cohort.is_empty()) {
            Some((vacancy, _)) => format!("{caption}: {}", words::cohort(ctx, vacancy.cohort)),
            None => caption,
        };
        blocks.push(Block::Table(table(ctx, state, caption, shown)));
        blocks.push(Block::Pages(pages));
    }
    let withdrawn = taken_back(ctx, state, &bulletin.withdrawn, &cohort);
    if !withdrawn.rows.is_empty() {
        blocks.push(Block::Table(withdrawn));
    }
    blocks.push(Block::Text(ctx.t("bulletin-opening")));
    blocks
}

fn places(entries: &[(VacancyId, u32)]) -> u32 {
    entries.iter().map(|(_, count)| count).sum()
}

/// The lines of a bulletin for the children asked for; all of them when nothing is asked.
fn of_cohort<'a>(state: &'a State, entries: &[(VacancyId, u32)], cohort: &str) -> Vec<Line<'a>> {
    let all = entries.iter().filter_map(|(id, count)| Some((state.vacancy(*id)?, *count)));
    all.filter(|(vacancy, _)| cohort.is_empty() || vacancy.cohort.to_string() == cohort).collect()
}

/// How many places there are for whom; each leads to its lines.
fn cohorts(ctx: &Ctx, state: &State, entries: &[(VacancyId, u32)], address: &str) -> Table {
    let mut counts: BTreeMap<Cohort, u32> = BTreeMap::new();
    for (vacancy, count) in of_cohort(state, entries, "") {
        *counts.entry(vacancy.cohort).or_default() += count;
    }
    let row = |(cohort, count): (Cohort, u32)| {
        let href = ctx.link(&format!("{address}{cohort}"));
        vec![Cell::link(words::cohort(ctx, cohort), href), Cell::new(ctx.number(i64::from(count)))]
    };
    Table {
        caption: ctx.t("bulletin-by-age"),
        columns: vec![Column::words(ctx.t("column-children")), Column::numbers(ctx.t("column-places"))],
        rows: counts.into_iter().map(row).collect(),
    }
}

/// Places taken back, each with its reason (254/25.1).
fn taken_back(ctx: &Ctx, state: &State, entries: &[TakenBack], cohort: &str) -> Table {
    let row = |taken: &TakenBack| {
        let vacancy = state.vacancy(taken.vacancy)?;
        let is_wanted = cohort.is_empty() || vacancy.cohort.to_string() == cohort;
        is_wanted.then(|| {
            vec![
                Cell::new(words::organisation(state, vacancy.organisation)),
                Cell::new(words::vacancy(ctx, vacancy)),
                Cell::new(words::word(ctx, "withdraw", &taken.reason)),
                Cell::new(ctx.number(i64::from(taken.count))),
            ]
        })
    };
    Table {
        caption: ctx.t("bulletin-withdrawn"),
        columns: vec![
            Column::words(ctx.t("column-organisation")),
            Column::words(ctx.t("column-place")),
            Column::words(ctx.t("column-reason")),
            Column::numbers(ctx.t("column-places")),
        ],
        rows: entries.iter().filter_map(row).collect(),
    }
}

fn table(ctx: &Ctx, state: &State, caption: String, lines: &[Line<'_>]) -> Table {
    let row = |(vacancy, count): &Line<'_>| {
        vec![
            Cell::new(words::organisation(state, vacancy.organisation)),
            Cell::new(words::vacancy(ctx, vacancy)),
            Cell::new(vacancy.enrol_from.map(|date| ctx.date_short(&date)).unwrap_or_default()),
            Cell::new(ctx.number(i64::from(*count))),
        ]
    };
    Table {
        caption,
        columns: vec![
            Column::words(ctx.t("column-organisation")),
            Column::words(ctx.t("column-place")),
            Column::words(ctx.t("column-enrol-from")),
            Column::numbers(ctx.t("column-places")),
        ],
        rows: lines.iter().map(row).collect(),
    }
}
