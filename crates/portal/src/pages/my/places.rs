//! What an application can take now, and nothing else (254/24.5, 254/26).

use axum::extract::{Path, State as Has};
use axum::response::Response;
use kezek_rules::ids::{ApplicationId, VacancyId};
use kezek_rules::{State, ask};

use super::{page_of, title};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Card, Doc, Link};
use crate::error_page::PageError;
use crate::own;
use crate::pages::public;
use crate::standing;
use crate::who::Who;
use crate::words;

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
        let cards: Vec<Card> =
            ask::claimable(state, id).into_iter().filter_map(|one| card(&ctx, state, id, one)).collect();
        let doc = Doc::new(&ctx, format!("{}: {}", title(&ctx, id), ctx.t("places-mine-title")));
        let doc = doc.back(&page_of(id, ""));
        if cards.is_empty() {
            let wishes = Link::to(&ctx, &page_of(id, "/wishes"), ctx.t("wishes-title"));
            let state = standing::sentences(&ctx, state, id, now).into_iter().map(Block::Text);
            let doc = doc.with(Block::Lead(ctx.t("places-mine-none"))).and(state);
            return Ok::<_, PageError>(doc.with(Block::Links(vec![wishes])));
        }
        let now = standing::sentences(&ctx, state, id, now).into_iter().take(1).map(Block::Lead);
        Ok(doc.and(now).with(Block::Text(ctx.t("places-mine-lead"))).with(Block::Cards(cards)))
    })?;
    Ok(doc.answer())
}

/// A place that can be taken; its name leads to the page that says what taking it will do.
fn card(ctx: &Ctx, state: &State, id: ApplicationId, vacancy: VacancyId) -> Option<Card> {
    let one = state.vacancy(vacancy)?;
    let owner = state.organisation(one.organisation)?;
    let free = public::free(state, vacancy, one);
    Some(Card {
        title: owner.name.clone(),
        href: ctx.link(&page_of(id, &format!("/places/{}", vacancy.0))),
        lines: vec![
            format!("{}; {}", words::word(ctx, "ownership", &owner.ownership), words::vacancy(ctx, one)),
            ctx.t_with("places-left", &[("count", free.into())]),
        ],
        ..Card::default()
    })
}
