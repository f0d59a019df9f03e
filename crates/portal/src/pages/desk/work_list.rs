//! The provider's work list: everything whose originals are awaited, the nearest deadline first (254/22).

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use kezek_records::Role;
use kezek_rules::ids::SettlementId;
use kezek_rules::state::{AwaitedPaper, Proof};

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
    let papers = app.read(|state| papers(state, settlement, filter));
    let href = format!("{}?show={}&page=", ctx.link("/desk"), filter.code());
    let (shown, pages) = Pages::cut(&papers, ctx.query("page"), ON_PAGE, href);
    let table =
        table(&app, &ctx, &who, shown, papers.len()).await.map_err(|error| error.page(&ctx, "desk"))?;
    let doc = Doc::new(&ctx, ctx.t("desk-title"))
        .with(Block::Lead(lead(&ctx, &app, &papers)))
        .with(Block::Form(search(&ctx, &wanted)))
        .with(Block::Form(filters(&ctx, filter)))
        .with(Block::Table(table))
        .with(Block::Pages(pages))
        .with(Block::Heading(ctx.t("desk-other")))
        .with(Block::Links(links(&ctx, &who)));
    Ok(doc.done().answer())
}

/// A number typed into the search leads to its page.
fn find(ctx: &Ctx, wanted: &str) -> Option<Response> {
    let number: u64 = wanted.parse().ok()?;
    Some(Redirect::to(&ctx.link(&format!("/desk/applications/{number}"))).into_response())
}

fn lead(ctx: &Ctx, app: &AppState, papers: &[AwaitedPaper]) -> String {
    let Some(first) = papers.first() else { return ctx.t("desk-nothing") };
    let until = app.read(|state| {
        let settlement = state.application(first.application).and_then(|one| state.settlement_of(one));
        settlement.map(|settlement| words::until(ctx, settlement, first.until)).unwrap_or_default()
    });
    ctx.t_with("desk-lead", &[("count", papers.len().into()), ("until", until.into())])
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
        (Action::Register, "/desk/access", ctx.t("access-title")),
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
fn papers(state: &kezek_rules::State, settlement: SettlementId, filter: Filter) -> Vec<AwaitedPaper> {
    let wanted = |paper: &AwaitedPaper| match paper.proof {
        Proof::Benefit(_) => filter != Filter::Referrals,
        Proof::Referral(_) => filter != Filter::Benefits,
    };
    state.awaited_papers(settlement).filter(wanted).collect()
}

async fn table(
    app: &AppState,
    ctx: &Ctx,
    who: &Who,
    papers: &[AwaitedPaper],
    all: usize,
) -> Result<Table, ActError> {
    let may_look = Action::SeePerson.is_allowed(Some(&who.roles));
    let mut rows = Vec::with_capacity(papers.len());
    for paper in papers {
        let clock = match clock::shown(app, paper.application).await? {
            Some(shown) => clock::left(ctx, shown, app.now()),
            None => String::new(),
        };
        let number = words::number(paper.application);
        let href = ctx.link(&format!("/desk/applications/{number}"));
        let (what, until) = app.read(|state| {
            let settlement = state.application(paper.application).and_then(|one| state.settlement_of(one));
            let until = settlement.map(|settlement| words::until(ctx, settlement, paper.until));
            let what = match paper.proof {
                Proof::Benefit(benefit) => words::word(ctx, "benefit", &benefit),
                Proof::Referral(referral) => {
                    let place = state.referral(referral).map(|one| words::place(state, one.vacancy));
                    ctx.t_with("desk-item-referral", &[("organisation", place.unwrap_or_default().into())])
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
