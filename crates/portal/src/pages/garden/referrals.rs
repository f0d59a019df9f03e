//! Incoming referrals: originals, enrolment, refusal with a lawful cause (254/22, 254/31–34).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::command::RefusalCause;
use kezek_rules::ids::{ApplicationId, OrganisationId};
use kezek_rules::state::ReferralStanding;

use super::super::desk::draft::{Act, Look};
use super::super::desk::family::{self, name, people_of};
use super::super::desk::originals;
use crate::act::ActError;
use crate::app::AppState;
use crate::components::{Cell, Column, Pages, SummaryRow, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Link};
use crate::error_page::{PageError, Problem};
use crate::own;
use crate::page::page_with;
use crate::posted::Posted;
use crate::rights::Action;
use crate::who::Who;
use crate::words;

const ON_PAGE: usize = 20;

/// The applications with a live referral to a kindergarten, the nearest deadline first, those booked early last.
pub fn incoming(state: &kezek_rules::State, here: OrganisationId) -> Vec<ApplicationId> {
    state.incoming_referrals(here).filter_map(|id| Some(state.referral(id)?.application)).collect()
}

/// `GET /{language}/garden/referrals`
pub async fn list(State(app): State<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let here = app.read(|state| own::kindergarten(state, &who).map(|(id, _)| id))?;
    let all = app.read(|state| incoming(state, here));
    let last = all.len().div_ceil(ON_PAGE).max(1);
    let page = ctx.query("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, last);
    let mut rows = Vec::new();
    for id in all.iter().skip((page - 1) * ON_PAGE).take(ON_PAGE) {
        rows.extend(row(&app, &ctx, &who, *id).await.map_err(|error| error.page(&ctx, "garden"))?);
    }
    let mut doc = Doc::new(&ctx, ctx.t("nav-incoming"))
        .back("/garden")
        .with(Block::Text(ctx.t("garden-incoming-lead")));
    if rows.is_empty() {
        return Ok(doc.with(Block::Inset(ctx.t("garden-incoming-none"))).done().answer());
    }
    doc = doc.with(Block::Table(Table {
        caption: ctx.t_with("garden-incoming-caption", &[("count", all.len().into())]),
        columns: vec![
            Column::words(ctx.t("garden-column-number")),
            Column::words(ctx.t("garden-column-child")),
            Column::words(ctx.t("garden-column-group")),
            Column::words(ctx.t("garden-column-until")),
            Column::words(ctx.t("garden-column-originals")),
        ],
        rows,
    }));
    let pages = Pages {
        current: u32::try_from(page).unwrap_or(1),
        last: u32::try_from(last).unwrap_or(1),
        href: format!("{}?page=", ctx.link("/garden/referrals")),
    };
    Ok(doc.with(Block::Pages(pages)).with(Block::Text(ctx.t("garden-look-noted"))).done().answer())
}

async fn row(app: &AppState, ctx: &Ctx, who: &Who, id: ApplicationId) -> Result<Option<Vec<Cell>>, ActError> {
    let found = app.read(|state| {
        let one = state.application(id)?;
        let referral = state.referral(one.live_referral()?)?;
        let settlement = state.settlement_of(one)?;
        let vacancy = state.vacancy(referral.vacancy)?;
        let until = match referral.terms {
            Some(terms) => words::until(ctx, settlement, terms.until),
            None => ctx.t("garden-booked"),
        };
        let group = state.group(vacancy.group).map(|group| group.name.clone()).unwrap_or_default();
        Some((one.child.0, group, until, referral.documents_confirmed))
    });
    let Some((child, group, until, confirmed)) = found else { return Ok(None) };
    let number = words::number(id);
    Ok(Some(vec![
        Cell::link(number.clone(), ctx.link(&format!("/garden/referrals/{number}"))),
        Cell::new(child_name(app, ctx, who, child).await?),
        Cell::new(group),
        Cell::new(until),
        Cell::new(if confirmed {
            ctx.t("desk-originals-confirmed")
        } else {
            ctx.t("desk-originals-awaited")
        }),
    ]))
}

/// A child's name; the look is noted first.
pub async fn child_name(app: &AppState, ctx: &Ctx, who: &Who, child: u64) -> Result<String, ActError> {
    app.note_look(who, &[child], Action::SeeGarden).await?;
    let found = app.people().person(child).await?;
    Ok(found.map_or_else(|| ctx.t("garden-unknown"), |found| name(&found.record)))
}

/// `GET /{language}/garden/referrals/{number}`
pub async fn show(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let (id, people, born) = match app.read(|state| here(state, &who, number))? {
        (id, ReferralStanding::Live) => app
            .read(|state| state.application(id).map(|one| (id, people_of(one), one.born)))
            .ok_or(Problem::NotFound)?,
        (id, over) => return Ok(told_over(&ctx, id, over)),
    };
    let looked = family::Family::look(&app, &who, id, people, Action::Enrol).await;
    let family = looked.map_err(|error| error.page(&ctx, &words::number(id)))?;
    let (lead, rows) = app.read(|state| facts(&ctx, state, id)).ok_or(Problem::NotFound)?;
    let mut doc =
        Doc::new(&ctx, ctx.t_with("garden-referral-title", &[("number", number.to_string().into())]))
            .back("/garden/referrals")
            .with(Block::Lead(lead))
            .with(Block::Rows(rows))
            .with(Block::Rows(family.people_rows(&ctx, born)))
            .with(Block::Heading(ctx.t("garden-what-now")));
    let links: Vec<Link> = Deed::ALL
        .into_iter()
        .filter(|deed| Look::of(&ctx, &app, &[deed.command(id)]).effect.is_some())
        .map(|deed| Link::to(&ctx, &deed.path(id), deed.title(&ctx)))
        .collect();
    doc = match links.is_empty() {
        true => doc.with(Block::Text(ctx.t("garden-nothing-now"))),
        false => doc.with(Block::Links(links)),
    };
    Ok(doc.with(Block::Text(ctx.t("garden-look-noted"))).done().answer())
}

fn facts(ctx: &Ctx, state: &kezek_rules::State, id: ApplicationId) -> Option<(String, Vec<SummaryRow>)> {
    let one = state.application(id)?;
    let referral = state.referral(one.live_referral()?)?;
    let settlement = state.settlement_of(one)?;
    let vacancy = state.vacancy(referral.vacancy)?;
    let group = state.group(vacancy.group).map(|group| group.name.clone()).unwrap_or_default();
    let originals = match referral.documents_confirmed {
        true => ctx.t("desk-originals-confirmed"),
        false => ctx.t("desk-originals-awaited"),
    };
    let lead = match referral.terms {
        Some(terms) => {
            let until = words::until(ctx, settlement, terms.until);
            ctx.t_with("garden-referral-lead", &[("until", until.into())])
        }
        None => ctx.t("garden-referral-booked"),
    };
    let rows = vec![
        SummaryRow::new(ctx.t("garden-group"), group),
        SummaryRow::new(ctx.t("garden-terms"), words::vacancy(ctx, vacancy)),
        SummaryRow::new(ctx.t("garden-column-originals"), originals),
    ];
    Some((lead, rows))
}

/// What a kindergarten does with a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Originals,
    Enrol,
    RefuseForDocuments,
    RefuseForHealth,
}

impl Deed {
    const ALL: [Self; 4] = [Self::Originals, Self::Enrol, Self::RefuseForDocuments, Self::RefuseForHealth];

    fn code(self) -> &'static str {
        match self {
            Self::Originals => "originals",
            Self::Enrol => "enrol",
            Self::RefuseForDocuments => "refuse-documents",
            Self::RefuseForHealth => "refuse-medical",
        }
    }

    fn command(self, id: ApplicationId) -> Command {
        match self {
            Self::Originals => Command::ConfirmDocuments(id),
            Self::Enrol => Command::Enrol(id),
            Self::RefuseForDocuments => Command::RefuseEnrolment(id, Some(RefusalCause::Documents)),
            Self::RefuseForHealth => Command::RefuseEnrolment(id, Some(RefusalCause::Medical)),
        }
    }

    fn path(self, id: ApplicationId) -> String {
        format!("/garden/referrals/{}/{}", words::number(id), self.code())
    }

    fn title(self, ctx: &Ctx) -> String {
        match self {
            Self::Originals => ctx.t("desk-confirm-originals"),
            Self::Enrol => ctx.t("garden-enrol-title"),
            Self::RefuseForDocuments => ctx.t("garden-refuse-documents"),
            Self::RefuseForHealth => ctx.t("garden-refuse-medical"),
        }
    }

    fn act(self, ctx: &Ctx, id: ApplicationId) -> Act {
        if self == Self::Originals {
            let back = format!("/garden/referrals/{}", words::number(id));
            return originals(ctx, id, back, self.path(id));
        }
        let (lead, button, done) = match self {
            Self::Enrol => (ctx.t("garden-enrol-lead"), ctx.t("garden-enrol-button"), "garden-enrolled"),
            _ => (ctx.t("garden-refuse-lead"), ctx.t("garden-refuse-button"), "garden-refused"),
        };
        Act {
            title: format!("{}: № {}", self.title(ctx), words::number(id)),
            lead: vec![lead],
            command: self.command(id),
            path: self.path(id),
            back: "/garden/referrals".to_string(),
            button,
            done,
            private: PrivateChanges::none(),
        }
    }
}

/// `GET /{language}/garden/referrals/{number}/{act}`
pub async fn ask(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number, deed)): Path<(String, u64, String)>,
) -> Result<Response, PageError> {
    let deed = Deed::ALL.into_iter().find(|one| one.code() == deed).ok_or(Problem::NotFound)?;
    match app.read(|state| here(state, &who, number))? {
        (id, ReferralStanding::Live) => Ok(deed.act(&ctx, id).show(&ctx, &app)),
        (id, over) => Ok(told_over(&ctx, id, over)),
    }
}

/// `POST /{language}/garden/referrals/{number}/{act}`
pub async fn submit(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number, deed)): Path<(String, u64, String)>,
    posted: Posted,
) -> Result<Response, PageError> {
    let deed = Deed::ALL.into_iter().find(|one| one.code() == deed).ok_or(Problem::NotFound)?;
    let (id, standing) = app.read(|state| here(state, &who, number))?;
    // A form sent twice gets the answer of the first time, though the referral is over by then.
    let answer = deed.act(&ctx, id).submit(&app, &ctx, &who, &posted).await?;
    let is_over = standing != ReferralStanding::Live && !answer.status().is_redirection();
    Ok(if is_over { told_over(&ctx, id, standing) } else { answer })
}

/// An application with a referral to this kindergarten: the live one, or the latest if it is over.
fn here(
    state: &kezek_rules::State,
    who: &Who,
    number: u64,
) -> Result<(ApplicationId, ReferralStanding), Problem> {
    let (id, one) = own::by_number(state, number)?;
    if one.live_referral().is_some() {
        return own::incoming(state, who, number).map(|(id, _)| (id, ReferralStanding::Live));
    }
    let (kindergarten, _) = own::kindergarten(state, who)?;
    let is_here = |vacancy| state.vacancy(vacancy).is_some_and(|one| one.organisation == kindergarten);
    let mut latest = state.referrals().rev().filter(|(_, one)| one.application == id);
    let found = latest.find(|(_, one)| is_here(one.vacancy)).ok_or(Problem::NotFound)?;
    Ok((id, found.1.standing))
}

/// What a page of a referral that is over says; it names nobody.
fn told_over(ctx: &Ctx, id: ApplicationId, standing: ReferralStanding) -> Response {
    let lead = match standing {
        ReferralStanding::Enrolled => ctx.t("garden-referral-enrolled"),
        _ => ctx.t("garden-referral-over"),
    };
    let doc = Doc::new(ctx, ctx.t_with("garden-referral-title", &[("number", words::number(id).into())]))
        .back("/garden/referrals")
        .with(Block::Lead(lead))
        .with(Block::Links(vec![Link::to(ctx, "/garden/children", ctx.t("garden-children-title"))]));
    page_with(StatusCode::CONFLICT, &doc)
}
