//! A parent's applications: each with its state in a sentence.

use axum::extract::State as Has;
use axum::response::Response;
use kezek_node::PeopleError;
use kezek_rules::ids::{ApplicationId, ChildKey};

use super::page_of;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Card, Doc, Link};
use crate::error_page::PageError;
use crate::standing;
use crate::who::Who;
use crate::words;

/// `GET /{language}/my`
pub async fn show(Has(app): Has<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let told = |error: PeopleError| crate::act::ActError::from(error).page(&ctx, "my");
    let now = app.now();
    let mut cards: Vec<(ChildKey, Card)> = app.read(|state| {
        // The newest first, those in the archive last.
        let mut all: Vec<ApplicationId> = state.applications_of(who.parent()).collect();
        all.sort_by_key(|id| (state.application(*id).is_some_and(|one| one.is_archived()), u32::MAX - id.0));
        let card = |id: ApplicationId| {
            let one = state.application(id)?;
            let card = Card {
                title: super::title(&ctx, id),
                href: ctx.link(&page_of(id, "")),
                tag: words::status(&ctx, one),
                lines: standing::sentences(&ctx, state, id, now).into_iter().take(2).collect(),
                ..Card::default()
            };
            Some((one.child, card))
        };
        all.into_iter().filter_map(card).collect()
    });
    for (child, card) in &mut cards {
        if let Some(name) = app.people().name(child.0).await.map_err(told)? {
            card.lines.insert(0, name.given.clone());
        }
    }
    let notices = match app.people().notices(who.person).await {
        Ok(found) => {
            let unread = found.iter().filter(|found| found.record.read_us.is_none()).count();
            Some(Link::to(&ctx, "/my/notices", ctx.t_with("my-notices", &[("count", unread.into())])))
        }
        // Without them the family still sees its applications.
        Err(PeopleError::Store(_)) => None,
        Err(error) => return Err(told(error)),
    };
    let apply = Link::to(&ctx, "/apply", ctx.t("my-apply"));
    let mut links = if cards.is_empty() { Vec::new() } else { vec![apply.clone()] };
    let mut doc = Doc::new(&ctx, ctx.t("my-title"));
    doc = match cards.is_empty() {
        true => doc.with(Block::Lead(ctx.t("my-none"))).with(Block::Go(apply)),
        false => doc.with(Block::Cards(cards.into_iter().map(|(_, card)| card).collect())),
    };
    links.push(Link::to(&ctx, "/my/family", ctx.t("my-family")));
    links.extend(notices);
    links.extend([
        Link::to(&ctx, "/my/looks", ctx.t("my-looks")),
        Link::to(&ctx, "/my/contacts", ctx.t("my-contacts")),
    ]);
    Ok(doc.with(Block::Links(links)).done().answer())
}
