//! The general queue of a year of birth, without personal data (254/13, 254/24.8, R3.24).

use axum::extract::State as Has;
use axum::response::Response;
use kezek_rules::State;
use kezek_rules::benefit::Class;
use kezek_rules::event::Seniority;
use kezek_rules::ids::SettlementId;
use kezek_rules::queue::{Queue, QueueKey};
use kezek_rules::ranking::Ranking;

use crate::app::AppState;
use crate::components::{Cell, Column, Pages, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Link};
use crate::error_page::PageError;
use crate::pages::public;
use crate::words;

const PAGE: u32 = 100;

/// `GET /{language}/queue`
pub async fn show(Has(app): Has<AppState>, ctx: Ctx) -> Result<Response, PageError> {
    let (id, choice) = public::settlement(&app, &ctx, "/queue")?;
    let year: Option<i16> = ctx.query("year").and_then(|year| year.parse().ok());
    let page: u32 = ctx.query("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let blocks = app.read(|state| match year {
        Some(year) => of_year(&ctx, state, id, year, page),
        None => years(&ctx, state, id),
    });
    let doc = Doc::new(&ctx, ctx.t("queue-title"));
    let doc = if year.is_some() { doc.back("/queue") } else { doc.and(choice) };
    Ok(doc.and(blocks).answer())
}

fn years(ctx: &Ctx, state: &State, id: SettlementId) -> Vec<Block> {
    let general =
        state.queues(id).filter(|(key, ranking)| key.queue == Queue::General && !ranking.is_empty());
    let links: Vec<Link> = general
        .map(|(key, ranking)| {
            let year = ctx.t_with("queue-year", &[("year", key.birth_year.to_string().into())]);
            let count = ctx.t_with("queue-count", &[("count", ranking.len().into())]);
            Link::to(
                ctx,
                &format!("/queue?settlement={}&year={}", id.0, key.birth_year),
                format!("{year}: {count}"),
            )
        })
        .collect();
    let list = if links.is_empty() { Block::Inset(ctx.t("queue-empty")) } else { Block::Links(links) };
    vec![
        Block::Lead(ctx.t("queue-lead")),
        list,
        Block::Text(ctx.t("queue-order")),
        Block::Text(ctx.t("queue-hidden")),
    ]
}

fn of_year(ctx: &Ctx, state: &State, id: SettlementId, year: i16, page: u32) -> Vec<Block> {
    let key = QueueKey { settlement: id, queue: Queue::General, birth_year: year };
    let waiting = state.queue(key).map_or(0, Ranking::len);
    if waiting == 0 {
        return vec![Block::Inset(ctx.t("queue-empty"))];
    }
    let last = waiting.div_ceil(PAGE);
    let page = page.clamp(1, last);
    let first = (page - 1) * PAGE;
    let on_page = state.page_of_queue(key, first, PAGE);
    let caption = ctx.t_with("queue-year", &[("year", year.to_string().into())]);
    let count = ctx.t_with("queue-count", &[("count", i64::from(waiting).into())]);
    let table = Table {
        caption: format!("{caption}: {count}"),
        columns: vec![
            Column::numbers(ctx.t("column-number")),
            Column::numbers(ctx.t("column-application")),
            Column::words(ctx.t("column-class")),
            Column::words(ctx.t("column-status")),
            Column::words(ctx.t("column-registered")),
        ],
        rows: (first + 1..)
            .zip(on_page)
            .filter_map(|(number, (class, key))| row(ctx, state, number, class, key))
            .collect(),
    };
    let href = ctx.link(&format!("/queue?settlement={}&year={year}&page=", id.0));
    vec![
        Block::Table(table),
        Block::Pages(Pages { current: page, last, href }),
        Block::Text(ctx.t("queue-order")),
    ]
}

fn row(ctx: &Ctx, state: &State, number: u32, class: Class, key: Seniority) -> Option<Vec<Cell>> {
    let one = state.application(key.application)?;
    let settlement = state.settlement_of(one)?;
    Some(vec![
        Cell::new(ctx.number(number)),
        Cell::new(words::number(key.application)),
        Cell::new(words::word(ctx, "class", &class)),
        Cell::new(words::status(ctx, one).0),
        Cell::new(words::moment(ctx, settlement, one.registered)),
    ])
}
