//! Notices in the personal account (254/3.15, R3.26); opening the page reads them.

use axum::extract::State as Has;
use axum::response::Response;
use kezek_calendar::Instant;
use kezek_node::Found;
use kezek_records::Notice;
use kezek_rules::State;
use kezek_rules::ids::ApplicationId;
use kezek_rules::notice::MessageKind;

use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Card, Doc};
use crate::error_page::PageError;
use crate::who::Who;
use crate::words;

/// How many are shown.
const SHOWN: usize = 200;

/// `GET /{language}/my/notices`
pub async fn show(Has(app): Has<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let told = |error: kezek_node::PeopleError| crate::act::ActError::from(error).page(&ctx, "notices");
    let mut found = app.people().notices(who.person).await.map_err(told)?;
    found.sort_by_key(|one| std::cmp::Reverse(one.created_us));
    found.truncate(SHOWN);
    let cards: Vec<Card> = app.read(|state| found.iter().map(|one| card(&ctx, state, one)).collect());
    let now = app.now();
    for one in found.into_iter().filter(|one| one.record.read_us.is_none()) {
        app.people().mark_read(one, now).await.map_err(told)?;
    }
    let list = if cards.is_empty() { Block::Inset(ctx.t("notices-none")) } else { Block::Cards(cards) };
    Ok(Doc::new(&ctx, ctx.t("notices-title")).back("/my").with(list).answer())
}

fn card(ctx: &Ctx, state: &State, found: &Found<Notice>) -> Card {
    let notice = &found.record;
    let number = notice.parameters.get("application").and_then(|number| number.parse().ok());
    let id = number.and_then(ApplicationId::from_number);
    let settlement = id.and_then(|id| state.settlement_of(state.application(id)?));
    let settlement = settlement.or_else(|| state.settlements().next().map(|(_, one)| one));
    let when = settlement.map(|one| words::moment(ctx, one, Instant::from_micros(notice.created_us)));
    let is_new = notice.read_us.is_none();
    Card {
        title: when.unwrap_or_default(),
        href: id.map(|id| ctx.link(&super::page_of(id, ""))).unwrap_or_default(),
        tag: if is_new { (ctx.t("notices-new"), "yellow".to_string()) } else { Default::default() },
        lines: vec![text(ctx, state, notice)],
        ..Card::default()
    }
}

/// A notice in words: the sentence of its kind and its particulars.
pub fn text(ctx: &Ctx, state: &State, notice: &Notice) -> String {
    let given = |name: &str| notice.parameters.get(name).cloned();
    let number = given("application").unwrap_or_default();
    let id = format!("message-{}", notice.kind.replace('_', "-"));
    let mut parts = vec![ctx.t_with(&id, &[("application", number.clone().into())]).trim().to_string()];
    if let Some(name) = given("organisation") {
        parts.push(ctx.t_with("detail-organisation", &[("organisation", name.into())]));
    }
    if let Some(reason) = given("reason").and_then(|code| reason(ctx, &notice.kind, &code)) {
        parts.push(ctx.t_with("detail-reason", &[("reason", reason.into())]));
    }
    if let Some(told) = given("number") {
        parts.push(ctx.t_with("detail-number", &[("number", told.into())]));
    }
    let id = number.parse().ok().and_then(ApplicationId::from_number);
    let settlement = id.and_then(|id| state.settlement_of(state.application(id)?));
    let until = given("until").and_then(|until| Instant::parse(&until).ok());
    if let (Some(settlement), Some(until)) = (settlement, until) {
        parts.push(ctx.t_with("detail-until", &[("until", words::until(ctx, settlement, until).into())]));
    }
    parts.join(" ")
}

/// The reason's words: of a refusal, the stop-list, the archive, a lost benefit or an ended referral.
fn reason(ctx: &Ctx, kind: &str, code: &str) -> Option<String> {
    if kind == MessageKind::Refused.code() {
        let id = format!("refusal-{}-happened", code.replace('_', "-"));
        return ctx.texts().has(&id).then(|| ctx.t(&id).trim_end_matches('.').to_string());
    }
    let family = match kind {
        kind if kind == MessageKind::StopListed.code() => "stop",
        kind if kind == MessageKind::Archived.code() => "archive",
        kind if kind == MessageKind::BenefitRemoved.code() => "loss",
        _ => "end",
    };
    let is_known = ctx.texts().has(&format!("{family}-{}", code.replace('_', "-")));
    is_known.then(|| words::named(ctx, family, code))
}
