//! The provider's work list: everything whose originals are awaited, the nearest deadline first (254/22).

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use kezek_calendar::Instant;
use kezek_records::Role;
use kezek_rules::benefit::{Benefit, Standing};
use kezek_rules::ids::{ApplicationId, SettlementId, VacancyId};

use super::clock;
use crate::act::ActError;
use crate::app::AppState;
use crate::components::{Cell, Column, Pages, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Link, Typed};
use crate::error_page::PageError;
use crate::form::{Choice, Field};
use crate::own;
use crate::rights::Action;
use crate::who::Who;
use crate::words;

const ON_PAGE: usize = 25;

/// Something that waits for the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Item {
    until: Instant,
    application: ApplicationId,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// Originals of a claimed benefit.
    Benefit(Benefit),
    /// Originals after a referral to this place.
    Referral(VacancyId),
}

/// Which part of the list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    All,
    Benefits,
    Referrals,
}

impl Filter {
    fn from_code(code: &str) -> Self {
        match code {
            "benefits" => Self::Benefits,
            "referrals" => Self::Referrals,
            _ => Self::All,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Benefits => "benefits",
            Self::Referrals => "referrals",
        }
    }
}

/// `GET /{language}/desk`
pub async fn show(State(app): State<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    if who.settlement.is_none() && who.is(Role::Administrator) {
        // There is no desk before there is a settlement, and the first one comes from a file.
        return Ok(Redirect::to(&ctx.link("/desk/import")).into_response());
    }
    let settlement = own::settlement(&who)?;
    let filter = Filter::from_code(&ctx.query("show").unwrap_or_default());
    let wanted = ctx.query("number").unwrap_or_default();
    if let Some(answer) = find(&ctx, &wanted) {
        return Ok(answer);
    }
    let items = app.read(|state| items(state, settlement, filter));
    let last = items.len().div_ceil(ON_PAGE).max(1);
    let page = ctx.query("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, last);
    let shown = items.get((page - 1) * ON_PAGE..).unwrap_or_default();
    let shown = shown.get(..ON_PAGE.min(shown.len())).unwrap_or_default();
    let table =
        table(&app, &ctx, &who, shown, items.len()).await.map_err(|error| error.page(&ctx, "desk"))?;
    let doc = Doc::new(&ctx, ctx.t("desk-title"))
        .with(Block::Lead(lead(&ctx, &app, &items)))
        .with(Block::Form(search(&ctx, &wanted)))
        .with(Block::Form(filters(&ctx, filter)))
        .with(Block::Table(table))
        .with(Block::Pages(Pages {
            current: u32::try_from(page).unwrap_or(1),
            last: u32::try_from(last).unwrap_or(1),
            href: format!("{}?show={}&page=", ctx.link("/desk"), filter.code()),
        }))
        .with(Block::Heading(ctx.t("desk-other")))
        .with(Block::Links(links(&ctx, &who)));
    Ok(doc.done().answer())
}

/// A number typed into the search leads to its page.
fn find(ctx: &Ctx, wanted: &str) -> Option<Response> {
    use axum::response::{IntoResponse, Redirect};
    let number: u64 = wanted.parse().ok()?;
    Some(Redirect::to(&ctx.link(&format!("/desk/applications/{number}"))).into_response())
}

fn lead(ctx: &Ctx, app: &AppState, items: &[Item]) -> String {
    let Some(first) = items.first() else { return ctx.t("desk-nothing") };
    let until = app.read(|state| {
        let settlement = state.application(first.application).and_then(|one| state.settlement_of(one));
        settlement.map(|settlement| words::until(ctx, settlement, first.until)).unwrap_or_default()
    });
    ctx.t_with("desk-lead", &[("count", items.len().into()), ("until", until.into())])
}

fn search(ctx: &Ctx, wanted: &str) -> Form {
    let mut field = Field::with("number", wanted);
    if !wanted.is_empty() {
        field.refuse(ctx.t("desk-find-wrong"));
    }
    Form::ask(ctx, "/desk", ctx.t("desk-find-button")).with(Input::Line(
        field,
        ctx.t("desk-find"),
        String::new(),
        Typed { width: "10", ..Typed::DIGITS },
    ))
}

fn filters(ctx: &Ctx, filter: Filter) -> Form {
    let choices = vec![
        Choice::new("all", ctx.t("desk-show-all")),
        Choice::new("benefits", ctx.t("desk-show-benefits")),
        Choice::new("referrals", ctx.t("desk-show-referrals")),
    ];
    let field = Field::with("show", filter.code());
    let input = Input::Select(field, ctx.t("desk-show"), choices, String::new());
    Form::ask(ctx, "/desk", ctx.t("desk-show-button")).with(input)
}

fn links(ctx: &Ctx, who: &Who) -> Vec<Link> {
    [
        (Action::Register, "/desk/apply", ctx.t("desk-apply-title")),
        (Action::SeeDesk, "/desk/stop-list", ctx.t("nav-stop-list")),
        (Action::AskAuthority, "/desk/monthly", ctx.t("nav-monthly")),
        (Action::SeeProfile, "/desk/profile", ctx.t("nav-profile")),
        (Action::ActOnSettlement, "/desk/extend", ctx.t("desk-extend-title")),
        (Action::ActOnSettlement, "/desk/freeze", ctx.t("desk-freeze-title")),
        (Action::Import, "/desk/import", ctx.t("desk-import-title")),
    ]
    .into_iter()
    .filter(|(action, _, _)| action.is_allowed(Some(&who.roles)))
    .map(|(_, path, text)| Link::to(ctx, path, text))
    .collect()
}

/// Everything that waits, the nearest deadline first.
fn items(state: &kezek_rules::State, settlement: SettlementId, filter: Filter) -> Vec<Item> {
    let mut items = Vec::new();
    let here = state.applications().filter(|(_, one)| one.settlement == settlement && !one.is_archived());
    for (application, one) in here {
        if filter != Filter::Referrals {
            items.extend(one.claims.iter().filter_map(|claim| match claim.standing {
                Standing::Pending(until) => {
                    Some(Item { until, application, what: What::Benefit(claim.benefit) })
                }
                _ => None,
            }));
        }
        if filter == Filter::Benefits {
            continue;
        }
        let referral = one.live_referral().and_then(|referral| state.referral(referral));
        let waiting = referral.filter(|referral| !referral.documents_confirmed);
        if let Some((referral, terms)) = waiting.and_then(|one| Some((one, one.terms?))) {
            let what = What::Referral(referral.vacancy);
            items.push(Item { until: terms.documents_until, application, what });
        }
    }
    items.sort_by_key(|item| (item.until, item.application));
    items
}

async fn table(app: &AppState, ctx: &Ctx, who: &Who, items: &[Item], all: usize) -> Result<Table, ActError> {
    let may_look = Action::SeePerson.is_allowed(Some(&who.roles));
    let mut rows = Vec::with_capacity(items.len());
    for item in items {
        let clock = match clock::shown(app, item.application).await? {
            Some(shown) => clock::left(ctx, shown, app.now()),
            None => String::new(),
        };
        let number = words::number(item.application);
        let href = ctx.link(&format!("/desk/applications/{number}"));
        let (what, until) = app.read(|state| {
            let settlement = state.application(item.application).and_then(|one| state.settlement_of(one));
            let until = settlement.map(|settlement| words::until(ctx, settlement, item.until));
            let what = match item.what {
                What::Benefit(benefit) => words::word(ctx, "benefit", &benefit),
                What::Referral(vacancy) => {
                    ctx.t_with("desk-item-referral", &[("organisation", words::place(state, vacancy).into())])
                }
            };
            (what, until.unwrap_or_default())
        });
        let number = if may_look { Cell::link(number, href) } else { Cell::new(number) };
        rows.push(vec![number, Cell::new(what), Cell::new(until), Cell::new(clock)]);
    }
    Ok(Table {
        caption: ctx.t_with("desk-caption", &[("count", all.into())]),
        columns: vec![
            Column::words(ctx.t("desk-column-number")),
            Column::words(ctx.t("desk-column-what")),
            Column::words(ctx.t("desk-column-until")),
            Column::words(ctx.t("desk-column-clock")),
        ],
        rows,
    })
}
