//! What an application can take now, and nothing else (254/24.5, 254/26).

use std::collections::BTreeSet;

use axum::extract::{Path, State as Has};
use axum::response::Response;
use kezek_rules::ids::{ApplicationId, OrganisationId, VacancyId};
use kezek_rules::{State, ask};

use super::{page_of, title};
use crate::app::AppState;
use crate::components::Pages;
use crate::ctx::Ctx;
use crate::doc::{Block, Card, Doc, Form, Input, Link};
use crate::error_page::PageError;
use crate::form::{Choice, Field};
use crate::own;
use crate::pages::public;
use crate::standing;
use crate::who::Who;
use crate::words;

const ON_PAGE: usize = 30;

/// `GET /{language}/my/{number}/places`
pub async fn show(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let now = app.now();
    let doc = app.read(|state| {
        let (id, _) = own::application(state, &who, number)?;
        let claimable = ask::claimable(state, id);
        let doc = Doc::new(&ctx, format!("{}: {}", title(&ctx, id), ctx.t("places-mine-title")));
        let doc = doc.back(&page_of(id, ""));
        if claimable.is_empty() {
            let wishes = Link::to(&ctx, &page_of(id, "/wishes"), ctx.t("wishes-title"));
            let state = standing::sentences(&ctx, state, id, now).into_iter().map(Block::Text);
            let doc = doc.with(Block::Lead(ctx.t("places-mine-none"))).and(state);
            return Ok::<_, PageError>(doc.with(Block::Links(vec![wishes])));
        }
        let now = standing::sentences(&ctx, state, id, now).into_iter().take(1).map(Block::Lead);
        let doc = doc.and(now).with(Block::Text(ctx.t("places-mine-lead")));
        let wanted = ctx.query("organisation").unwrap_or_default();
        let doc = match claimable.len() > ON_PAGE {
            true => doc.with(Block::Form(filter(&ctx, state, id, &claimable, &wanted))),
            false => doc,
        };
        let organisation = wanted.parse().map(OrganisationId).ok();
        let fits = |one: &VacancyId| {
            let of = state.vacancy(*one).map(|one| one.organisation);
            organisation.is_none() || of == organisation
        };
        let shown: Vec<VacancyId> = claimable.into_iter().filter(fits).collect();
        let href = ctx.link(&page_of(id, &format!("/places?organisation={wanted}&page=")));
        let (shown, pages) = Pages::cut(&shown, ctx.query("page"), ON_PAGE, href);
        let cards = shown.iter().filter_map(|one| card(&ctx, state, id, *one)).collect();
        Ok(doc.with(Block::Cards(cards)).with(Block::Pages(pages)))
    })?;
    Ok(doc.answer())
}

/// Which kindergarten; only those that have something for this application are offered.
fn filter(ctx: &Ctx, state: &State, id: ApplicationId, claimable: &[VacancyId], wanted: &str) -> Form {
    let of = |one: &VacancyId| state.vacancy(*one).map(|one| one.organisation);
    let all: BTreeSet<OrganisationId> = claimable.iter().filter_map(of).collect();
    let mut choices = vec![Choice::new("", ctx.t("public-all"))];
    choices.extend(all.into_iter().map(|id| Choice::new(id.0.to_string(), words::organisation(state, id))));
    let field = Field::with("organisation", wanted);
    Form::ask(ctx, &page_of(id, "/places"), ctx.t("public-show")).with(Input::Select(
        field,
        ctx.t("column-organisation"),
        choices,
        String::new(),
    ))
}

/// A place that can be taken; its name leads to the page that says what taking it will do.
fn card(ctx: &Ctx, state: &State, id: ApplicationId, vacancy: VacancyId) -> Option<Card> {
    let one = state.vacancy(vacancy)?;
    let owner = state.organisation(one.organisation)?;
    let free = public::free(state, vacancy, one);
    Some(Card {
        title: owner.name.clone(),
        href: ctx.link(&page_of(id, &format!("/places/{}", vacancy.0))),
        lines: [
            format!("{}; {}", words::word(ctx, "ownership", &owner.ownership), words::vacancy(ctx, one)),
            ctx.t_with("places-left", &[("count", free.into())]),
        ]
        .into_iter()
        .chain(
            one.enrol_from.map(|date| format!("{}: {}", ctx.t("column-enrol-from"), ctx.date_short(&date))),
        )
        .collect(),
        ..Card::default()
    })
}
