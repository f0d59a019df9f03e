//! An application at the provider's desk: the family, its papers, and what can be done.

use axum::extract::{Path, State};
use axum::response::Response;
use kezek_calendar::Instant;
use kezek_rules::Command;
use kezek_rules::ask;
use kezek_rules::benefit::{BenefitClaim, Standing};
use kezek_rules::ids::ApplicationId;
use kezek_rules::state::{Application, Status};

use super::draft::{self, Act};
use super::family::{self, Family};
use super::{clock, effect::Effect};
use crate::app::AppState;
use crate::components::SummaryRow;
use crate::ctx::Ctx;
use crate::doc::{Block, Button, Card, Doc, Link};
use crate::error_page::{PageError, Problem};
use crate::own;
use crate::pages::receipt;
use crate::rights::Action;
use crate::who::Who;
use crate::words;

/// What the page takes from the state, all at one moment.
struct Seen {
    title: String,
    lead: String,
    rows: Vec<SummaryRow>,
    cards: Vec<Card>,
    links: Vec<Link>,
    effects: Vec<String>,
}

/// `GET /{language}/desk/applications/{number}`
pub async fn show(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let (id, people, born) = app.read(|state| {
        let (id, one) = own::desk_application(state, &who, number)?;
        Ok::<_, Problem>((id, family::people_of(one), one.born))
    })?;
    let failed = |error: crate::act::ActError| error.page(&ctx, &words::number(id));
    let family = Family::look(&app, &who, id, people, Action::SeePerson).await.map_err(failed)?;
    let shown = clock::shown(&app, id).await.map_err(|error| failed(error.into()))?;
    let now = app.now();
    let mut seen = app.read(|state| seen(&ctx, state, &who, id, now)).ok_or(Problem::NotFound)?;
    let mut doc = Doc::new(&ctx, seen.title).back("/desk").with(Block::Lead(seen.lead));
    if let Some(shown) = shown {
        doc = doc.with(Block::Inset(clock::left(&ctx, shown, now)));
    }
    doc = doc.with(Block::Rows(seen.rows)).with(Block::Heading(ctx.t("desk-papers")));
    if seen.cards.is_empty() {
        doc = doc.with(Block::Text(ctx.t("desk-no-papers")));
    }
    doc = doc.with(Block::Cards(seen.cards));
    if !seen.effects.is_empty() {
        doc = doc.with(Block::Details(ctx.t("desk-buttons-do"), seen.effects));
    }
    if shown.is_none() && Action::ConfirmPapers.is_allowed(Some(&who.roles)) {
        let path = format!("/desk/applications/{number}/shown");
        let button = Button::to(&ctx, &path, ctx.t("desk-shown-button")).kind("secondary");
        doc = doc.with(Block::Buttons(vec![button]));
    }
    doc = doc.with(Block::Heading(ctx.t("desk-family"))).with(Block::Rows(family.rows(&ctx, born)));
    doc = doc.with(Block::Heading(ctx.t("desk-documents")));
    let documents = family.documents(&ctx, id);
    doc = match documents.is_empty() {
        true => doc.with(Block::Text(ctx.t("desk-no-documents"))),
        false => doc.with(Block::Links(documents)),
    };
    let page = format!("/desk/applications/{number}");
    seen.links.splice(0..0, app.read(|state| receipt_links(&ctx, &app, state, id, &page)));
    if !seen.links.is_empty() {
        doc = doc.with(Block::Heading(ctx.t("desk-other"))).with(Block::Links(seen.links));
    }
    Ok(doc.with(Block::Text(ctx.t("desk-look-noted"))).done().answer())
}

fn receipt_links(
    ctx: &Ctx,
    app: &AppState,
    state: &kezek_rules::State,
    id: ApplicationId,
    page: &str,
) -> Vec<Link> {
    state.application(id).map(|one| receipt::links(ctx, app, id, one, page)).unwrap_or_default()
}

/// `GET /{language}/desk/applications/{number}/documents/{document}`
pub async fn document(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number, document)): Path<(String, u64, String)>,
) -> Result<Response, PageError> {
    let people =
        app.read(|state| own::desk_application(state, &who, number).map(|(_, one)| family::people_of(one)))?;
    let document = u64::from_str_radix(&document, 16).map_err(|_| Problem::NotFound)?;
    let failed = |error: crate::act::ActError| error.page(&ctx, &number.to_string());
    app.note_look(&who, &people, Action::SeePerson).await.map_err(failed)?;
    let found = family::document(&app, document, people).await.map_err(failed)?;
    found.ok_or_else(|| Problem::NotFound.into())
}

fn seen(ctx: &Ctx, state: &kezek_rules::State, who: &Who, id: ApplicationId, now: Instant) -> Option<Seen> {
    let one = state.application(id)?;
    let settlement = state.settlement_of(one)?;
    let number = words::number(id);
    let mut seen = Seen {
        title: ctx.t_with("desk-application", &[("number", number.clone().into())]),
        lead: lead(ctx, state, id, one)?,
        rows: vec![
            SummaryRow::new(ctx.t("desk-state"), words::status(ctx, one).0),
            SummaryRow::new(ctx.t("desk-queue"), words::queue(ctx, state, one)),
            SummaryRow::new(ctx.t("desk-class"), words::word(ctx, "class", &one.class())),
            SummaryRow::new(ctx.t("desk-registered"), words::moment(ctx, settlement, one.registered)),
        ],
        cards: Vec::new(),
        links: Vec::new(),
        effects: Vec::new(),
    };
    let may_confirm = Action::ConfirmPapers.is_allowed(Some(&who.roles));
    for claim in &one.claims {
        benefit(ctx, state, id, claim, now, may_confirm, &mut seen);
    }
    referral(ctx, state, id, one, now, may_confirm, &mut seen);
    if may_confirm {
        seen.links.extend(links(ctx, state, id, now));
    }
    seen.links.extend(super::access::link(ctx, who, id));
    Some(seen)
}

fn lead(ctx: &Ctx, state: &kezek_rules::State, id: ApplicationId, one: &Application) -> Option<String> {
    let settlement = state.settlement_of(one)?;
    Some(match &one.status {
        Status::Queued => {
            let place = ask::number(state, id)?;
            ctx.t_with(
                "desk-lead-queued",
                &[
                    ("number", i64::from(place.number).into()),
                    ("of", i64::from(place.of).into()),
                    ("year", place.queue.birth_year.to_string().into()),
                ],
            )
        }
        Status::Referred(referral) => {
            let referral = state.referral(*referral)?;
            let place = words::place(state, referral.vacancy);
            match referral.terms {
                Some(terms) => ctx.t_with(
                    "desk-lead-referred",
                    &[
                        ("organisation", place.into()),
                        ("until", words::until(ctx, settlement, terms.until).into()),
                    ],
                ),
                None => ctx.t_with("desk-lead-booked", &[("organisation", place.into())]),
            }
        }
        Status::StopListed(listing) => {
            let reason = words::word(ctx, "stop", &listing.reason);
            match listing.until {
                Some(until) => ctx.t_with(
                    "desk-lead-stopped",
                    &[("reason", reason.into()), ("until", words::until(ctx, settlement, until).into())],
                ),
                None => ctx.t_with("desk-lead-stopped-open", &[("reason", reason.into())]),
            }
        }
        Status::Archived(reason) => {
            ctx.t_with("desk-lead-archived", &[("reason", words::word(ctx, "archive", reason).into())])
        }
    })
}

/// A claimed benefit: confirm it here, reject it on a page that shows the effect.
fn benefit(
    ctx: &Ctx,
    state: &kezek_rules::State,
    id: ApplicationId,
    claim: &BenefitClaim,
    now: Instant,
    may_confirm: bool,
    seen: &mut Seen,
) {
    let Some(settlement) = state.application(id).and_then(|one| state.settlement_of(one)) else { return };
    let name = words::word(ctx, "benefit", &claim.benefit);
    let path = |finding: &str| {
        format!("/desk/applications/{}/benefits/{}/{finding}", words::number(id), claim.benefit.code())
    };
    let mut card = Card {
        title: name.clone(),
        tag: (words::standing(ctx, settlement, claim), colour(claim.standing)),
        lines: vec![words::word(ctx, "class", &claim.benefit.class())],
        ..Card::default()
    };
    if may_confirm {
        let confirm = Act::direct(ctx, state, now, &Command::ConfirmBenefit(id, claim.benefit));
        if let Some(effect) = confirm {
            card.buttons.push(told(ctx, &path("confirmed"), ctx.t("desk-confirm"), &effect, &name, seen));
        }
        let can_reject = matches!(claim.standing, Standing::Pending(_) | Standing::Confirmed);
        if can_reject && !state.application(id).is_some_and(Application::is_archived) {
            for (finding, words) in [("not_proved", ctx.t("desk-not-proved")), ("false", ctx.t("desk-false"))]
            {
                seen.links.push(Link::to(ctx, &path(finding), format!("{name}: {words}")));
            }
        }
    }
    seen.cards.push(card);
}

fn colour(standing: Standing) -> String {
    let colour = match standing {
        Standing::Pending(_) => "yellow",
        Standing::Confirmed => "green",
        Standing::False => "red",
        Standing::Lapsed | Standing::Rejected | Standing::GivenUp => "grey",
    };
    colour.to_string()
}

/// A live referral and its originals.
fn referral(
    ctx: &Ctx,
    state: &kezek_rules::State,
    id: ApplicationId,
    one: &Application,
    now: Instant,
    may_confirm: bool,
    seen: &mut Seen,
) {
    let Some(referral) = one.live_referral().and_then(|referral| state.referral(referral)) else { return };
    let Some(settlement) = state.settlement_of(one) else { return };
    let place = words::place(state, referral.vacancy);
    let (tag, colour) = match referral.documents_confirmed {
        true => (ctx.t("desk-originals-confirmed"), "green"),
        false => (ctx.t("desk-originals-awaited"), "yellow"),
    };
    let mut card = Card {
        title: ctx.t_with("desk-item-referral", &[("organisation", place.clone().into())]),
        tag: (tag, colour.to_string()),
        ..Card::default()
    };
    if let Some(terms) = referral.terms {
        let until = words::until(ctx, settlement, terms.until);
        card.lines.push(ctx.t_with("desk-referral-until", &[("until", until.into())]));
        let until = words::until(ctx, settlement, terms.documents_until);
        card.lines.push(ctx.t_with("desk-originals-until", &[("until", until.into())]));
    }
    if may_confirm && let Some(effect) = Act::direct(ctx, state, now, &Command::ConfirmDocuments(id)) {
        let path = format!("/desk/applications/{}/originals", words::number(id));
        card.buttons.push(told(ctx, &path, ctx.t("desk-confirm-originals"), &effect, &place, seen));
    }
    seen.cards.push(card);
}

/// A button whose effect is told beside the cards.
fn told(ctx: &Ctx, path: &str, text: String, effect: &Effect, about: &str, seen: &mut Seen) -> Button {
    seen.effects.push(format!("{text}: {}", effect.sentences.join(" ")));
    draft::button(ctx, path, text, effect).about(about)
}

fn links(ctx: &Ctx, state: &kezek_rules::State, id: ApplicationId, now: Instant) -> Vec<Link> {
    super::closing::Closing::ALL
        .into_iter()
        .filter(|closing| {
            let command = closing.command(state, id);
            command.is_some_and(|command| Act::direct(ctx, state, now, &command).is_some())
        })
        .map(|closing| (closing.code(), closing.title(ctx)))
        .map(|(code, title)| {
            Link::to(ctx, &format!("/desk/applications/{}/close/{code}", words::number(id)), title)
        })
        .chain(conclusion(ctx, state, id, now))
        .chain(birth(ctx, state, id))
        .collect()
}

fn conclusion(ctx: &Ctx, state: &kezek_rules::State, id: ApplicationId, now: Instant) -> Option<Link> {
    Act::direct(ctx, state, now, &Command::FileConclusion(id))?;
    let path = format!("/desk/applications/{}/conclusion", words::number(id));
    Some(Link::to(ctx, &path, ctx.t("desk-conclusion-title")))
}

fn birth(ctx: &Ctx, state: &kezek_rules::State, id: ApplicationId) -> Option<Link> {
    state.application(id).filter(|one| !one.is_archived())?;
    let path = format!("/desk/applications/{}/birth-date", words::number(id));
    Some(Link::to(ctx, &path, ctx.t("desk-born-title")))
}
