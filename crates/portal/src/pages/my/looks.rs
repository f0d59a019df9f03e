//! Who looked at a parent's and the children's data.

use std::collections::BTreeSet;

use axum::extract::State as Has;
use axum::response::Response;
use kezek_calendar::Instant;
use kezek_node::Found;
use kezek_records::AccessEntry;

use crate::app::AppState;
use crate::components::{Cell, Column, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc};
use crate::error_page::PageError;
use crate::who::Who;
use crate::words;

/// `GET /{language}/my/looks`
pub async fn show(Has(app): Has<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let told = |error: kezek_node::PeopleError| crate::act::ActError::from(error).page(&ctx, "looks");
    let children: BTreeSet<u64> = app.read(|state| {
        let own = state.applications_of(who.parent()).filter_map(|id| state.application(id));
        own.map(|one| one.child.0).collect()
    });
    let mut looks: Vec<Found<AccessEntry>> = app.people().accesses(who.person).await.map_err(told)?;
    for child in children {
        looks.extend(app.people().accesses(child).await.map_err(told)?);
    }
    looks.sort_by_key(|look| std::cmp::Reverse(look.record.when_us));
    let mut rows = Vec::new();
    for look in looks {
        let looker = app.people().account(look.record.who).await.map_err(told)?;
        let role = looker.and_then(|found| found.record.roles.first().copied());
        rows.push(row(&app, &ctx, &who, &look.record, role.map(|role| words::role(&ctx, role))));
    }
    let table = Table {
        caption: ctx.t("looks-title"),
        columns: vec![
            Column::words(ctx.t("column-when")),
            Column::words(ctx.t("looks-whose")),
            Column::words(ctx.t("history-who")),
            Column::words(ctx.t("looks-why")),
        ],
        rows,
    };
    let list = if table.rows.is_empty() { Block::Inset(ctx.t("looks-none")) } else { Block::Table(table) };
    let doc = Doc::new(&ctx, ctx.t("looks-title")).back("/my");
    Ok(doc.with(Block::Text(ctx.t("looks-lead"))).with(list).answer())
}

fn row(app: &AppState, ctx: &Ctx, who: &Who, look: &AccessEntry, role: Option<String>) -> Vec<Cell> {
    let when = Instant::from_micros(look.when_us);
    let when = app.read(|state| {
        let settlement = state.settlements().next().map(|(_, one)| words::moment(ctx, one, when));
        settlement.unwrap_or_default()
    });
    let why = format!("why-{}", look.why.replace('_', "-"));
    vec![
        Cell::new(when),
        Cell::new(if look.whose == who.person { ctx.t("looks-you") } else { ctx.t("looks-child") }),
        Cell::new(role.unwrap_or_else(|| ctx.t("actor-other"))),
        Cell::new(if ctx.texts().has(&why) { ctx.t(&why) } else { look.why.clone() }),
    ]
}
