//! The rule profile: the values in force and the acts that set them (R3, head; R3.21).

use axum::extract::State;
use axum::response::Response;
use kezek_calendar::Date;
use kezek_rules::ids::SettlementId;
use kezek_rules::profile::{Profile, ProfileChange};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::app::AppState;
use crate::components::{Cell, Column, SummaryRow, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Link};
use crate::error_page::{PageError, Problem};
use crate::own;
use crate::rights::Action;
use crate::who::Who;

/// The values of the profile in the order of the day: bulletin, opening, referral, papers, child.
pub const KEYS: [&str; 20] = [
    "bulletin_time",
    "opening_time",
    "window_working_days",
    "open_step",
    "wish_lists",
    "priority_pattern",
    "age_match",
    "special_offer",
    "referral_working_days",
    "annul_calendar_days",
    "extension_calendar_days",
    "document_working_days",
    "stop_list_days",
    "max_registrations",
    "max_age_years",
    "min_age_years",
    "transfer_wait_months",
    "confirm_interest_by",
    "interest_months",
    "outage_minutes",
];

/// `GET /{language}/desk/profile`
pub async fn show(State(app): State<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    let may_set = Action::SetProfile.is_allowed(Some(&who.roles));
    let doc = app.read(|state| page(&ctx, state, here, may_set)).ok_or(Problem::NotFound)?;
    Ok(doc.done().answer())
}

fn page(ctx: &Ctx, state: &kezek_rules::State, here: SettlementId, may_set: bool) -> Option<Doc> {
    let settlement = state.settlement(here)?;
    let in_force = fields(&settlement.profile);
    let rows = KEYS.iter().map(|key| {
        SummaryRow::new(
            title(ctx, key),
            in_force.get(*key).map(|one| value(ctx, key, one)).unwrap_or_default(),
        )
    });
    let mut doc = Doc::new(ctx, ctx.t("nav-profile")).back("/desk").with(Block::Lead(
        ctx.t_with("desk-profile-lead", &[("settlement", settlement.name.clone().into())]),
    ));
    if may_set {
        doc = doc.with(Block::Links(vec![
            Link::to(ctx, "/desk/profile/change", ctx.t("desk-profile-change")),
            Link::to(ctx, "/desk/extend", ctx.t("desk-extend-title")),
            Link::to(ctx, "/desk/freeze", ctx.t("desk-freeze-title")),
        ]));
    }
    doc = doc.with(Block::Rows(rows.collect()));
    let history = settlement.changes.iter().rev().map(|one| {
        let state = if one.applied { ctx.t("desk-profile-applied") } else { ctx.t("desk-profile-ahead") };
        let changes = changes(ctx, &one.change);
        [one.act.0.clone(), ctx.date_short(&one.valid_from), changes.join("; "), state].map(Cell::new).into()
    });
    let rows: Vec<Vec<Cell>> = history.collect();
    doc = doc.with(Block::Heading(ctx.t("desk-profile-history")));
    Some(match rows.is_empty() {
        true => doc.with(Block::Text(ctx.t("desk-profile-no-acts"))),
        false => doc.with(Block::Table(Table {
            caption: ctx.t("desk-profile-history"),
            columns: vec![
                Column::words(ctx.t("desk-act")),
                Column::words(ctx.t("desk-profile-from")),
                Column::words(ctx.t("desk-profile-values")),
                Column::words(ctx.t("desk-state")),
            ],
            rows,
        })),
    })
}

/// What a change of the profile will do, in a sentence.
pub fn sentence(ctx: &Ctx, before: &Profile, change: &ProfileChange, from: Date) -> Option<String> {
    let (before, change) = (fields(before), fields(change));
    let set = KEYS.iter().filter_map(|key| {
        let new = change.get(*key).filter(|new| !new.is_null())?;
        let old = before.get(*key).map(|old| value(ctx, key, old)).unwrap_or_default();
        Some(format!("{}: {old} → {}", title(ctx, key), value(ctx, key, new)))
    });
    let set: Vec<String> = set.collect();
    Some(ctx.t_with(
        "effect-profile-set",
        &[("from", ctx.date_long(&from).into()), ("changes", set.join("; ").into())],
    ))
}

fn changes(ctx: &Ctx, change: &ProfileChange) -> Vec<String> {
    let change = fields(change);
    let set = KEYS.iter().filter_map(|key| {
        let new = change.get(*key).filter(|new| !new.is_null())?;
        Some(format!("{}: {}", title(ctx, key), value(ctx, key, new)))
    });
    set.collect()
}

/// The values by key, as the rules write them.
pub fn fields(profile: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(profile) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// What a value is called.
pub fn title(ctx: &Ctx, key: &str) -> String {
    let id = format!("profile-{}", key.replace('_', "-"));
    ctx.t(&id)
}

/// A value in words: terms with their unit, names by their meaning.
pub fn value(ctx: &Ctx, key: &str, value: &Value) -> String {
    match value {
        Value::Bool(true) => ctx.t("yes"),
        Value::Bool(false) => ctx.t("no"),
        Value::Number(number) => number.to_string(),
        Value::String(text) if key == "confirm_interest_by" => {
            text.split_once('-').map(|(month, day)| format!("{day}.{month}")).unwrap_or_default()
        }
        Value::String(text) => {
            let id = format!("profile-{}-{}", key.replace('_', "-"), text.to_lowercase().replace('_', "-"));
            if ctx.texts().has(&id) { ctx.t(&id) } else { text.clone() }
        }
        _ => String::new(),
    }
}
