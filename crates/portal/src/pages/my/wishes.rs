//! The wish list (R3.29): an ordered list that works without scripts; each button sends one change.

use axum::extract::{Path, State as Has};
use axum::http::StatusCode;
use axum::response::Response;
use kezek_calendar::Instant;
use kezek_rules::command::Wish;
use kezek_rules::ids::{ApplicationId, OrganisationId};
use kezek_rules::place::{Language, OrganisationKind, Ownership};
use kezek_rules::profile::WishLists;
use kezek_rules::queue::Queue;
use kezek_rules::state::Application;
use kezek_rules::{Command, State};

use super::{form, page_of, see, title};
use crate::act::ActError;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Button, Card, Doc, Input};
use crate::error_page::PageError;
use crate::form::{Choice, Field, mistakes};
use crate::own;
use crate::page::page_with;
use crate::posted::Posted;
use crate::standing;
use crate::who::Who;
use crate::words;

/// Most wishes of a list.
const WISHES_MAX: usize = 20;

/// `GET /{language}/my/{number}/wishes`
pub async fn show(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let now = app.now();
    let doc = app.read(|state| {
        let (id, one) = own::application(state, &who, number)?;
        Ok::<_, PageError>(page(&ctx, state, id, one, now, Field::new("organisation")))
    })?;
    Ok(doc.done().answer())
}

/// `POST /{language}/my/{number}/wishes`
pub async fn submit(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
    posted: Posted,
) -> Result<Response, PageError> {
    let now = app.now();
    let once = posted.once();
    let (id, choices, siblings) = app.read(|state| {
        let (id, one) = own::application(state, &who, number)?;
        Ok::<_, PageError>((id, choices(one), siblings(state, &who, one)))
    })?;
    let told = |error: ActError| error.page(&ctx, &words::number(id));
    // Another tab may have changed the list; what this page shows would be undone.
    let is_current = posted.value("list") == written(&choices);
    if !is_current && !app.was_sent(&who, &once).await.map_err(told)? {
        return Err(told(ActError::Stale));
    }
    let changed = match changed(&posted, choices.clone()) {
        Ok(changed) => changed,
        // Sent again: the answer of the first time counts, not what it would do now.
        Err(_) if !is_current => choices,
        Err(text) => {
            let mut field = posted.field("organisation");
            field.refuse(ctx.t(text));
            let doc = app.read(|state| {
                let (id, one) = own::application(state, &who, number)?;
                Ok::<_, PageError>(page(&ctx, state, id, one, now, field))
            })?;
            return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &doc));
        }
    };
    let together = match posted.value("op") {
        "join" => siblings,
        "alone" => Vec::new(),
        _ => app.read(|state| {
            let wishes = state.application(id).and_then(|one| one.wishes.as_ref());
            wishes.map(|wishes| wishes.together.clone()).unwrap_or_default()
        }),
    };
    let command =
        if together.len() > 1 { Command::WishFamily(together, changed) } else { Command::Wish(id, changed) };
    app.act(&who, &once, command).await.map_err(told)?;
    Ok(see(&ctx, &page_of(id, "/wishes?done=wishes")))
}

fn choices(one: &Application) -> Vec<Wish> {
    one.wishes.as_ref().map(|wishes| wishes.choices.clone()).unwrap_or_default()
}

/// The list in a line, to see whether it is still the one that was shown.
fn written(choices: &[Wish]) -> String {
    let one = |wish: &Wish| {
        format!("{}:{}", wish.organisation.0, wish.language.map_or("", |language| language.code()))
    };
    choices.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The list after the change that was sent, or the text that says what is wrong with it.
fn changed(posted: &Posted, mut choices: Vec<Wish>) -> Result<Vec<Wish>, &'static str> {
    let at: Option<usize> = posted.number("at").filter(|at| *at < choices.len());
    match (posted.value("op"), at) {
        ("up", Some(at)) if at > 0 => choices.swap(at, at - 1),
        ("down", Some(at)) if at + 1 < choices.len() => choices.swap(at, at + 1),
        ("remove", Some(at)) => {
            choices.remove(at);
        }
        ("add", _) => {
            let organisation = posted.number("organisation").map(OrganisationId).ok_or("wishes-choose")?;
            let wish = Wish { organisation, language: Language::from_code(posted.value("language")) };
            if choices.contains(&wish) {
                return Err("wishes-twice");
            }
            if choices.len() >= WISHES_MAX {
                return Err("wishes-full");
            }
            choices.push(wish);
        }
        _ => {}
    }
    Ok(choices)
}

/// The parent's applications in the general queue of this settlement that are not in the archive.
fn siblings(state: &State, who: &Who, one: &Application) -> Vec<ApplicationId> {
    let all = state.applications_of(who.parent());
    all.filter(|id| {
        let other = state.application(*id);
        other.is_some_and(|other| {
            other.queue == Queue::General && other.settlement == one.settlement && !other.is_archived()
        })
    })
    .collect()
}

fn page(ctx: &Ctx, state: &State, id: ApplicationId, one: &Application, now: Instant, wrong: Field) -> Doc {
    let doc = Doc::new(ctx, format!("{}: {}", title(ctx, id), ctx.t("wishes-title"))).back(&page_of(id, ""));
    let Some(settlement) = state.settlement_of(one) else { return doc };
    if one.queue != Queue::General {
        return doc.with(Block::Lead(ctx.t("wishes-not-general")));
    }
    if settlement.profile.wish_lists == WishLists::Off {
        return doc.with(Block::Lead(ctx.t("wishes-off")));
    }
    let list = choices(one);
    let when = ctx.deadline(&settlement.zone.local(standing::next_opening(settlement, now)));
    let doc = doc
        .with(Block::Errors(mistakes(&[&wrong])))
        .with(Block::Text(ctx.t("wishes-lead")))
        .with(Block::Lead(ctx.t_with("wishes-when", &[("when", when.into())])));
    let doc = match list.is_empty() {
        true => doc.with(Block::Inset(ctx.t("wishes-empty"))),
        false => doc.with(Block::Cards(cards(ctx, state, id, &list))),
    };
    let doc = doc.and(together(ctx, state, id, one, &list));
    let choose = Input::Select(wrong, ctx.t("wishes-choose"), organisations(ctx, state, one), String::new());
    let mut languages = vec![Choice::new("", ctx.t("wishes-any"))];
    languages.extend(Language::ALL.map(|one| Choice::new(one.code(), words::word(ctx, "lang", &one))));
    let language = Input::Select(Field::new("language"), ctx.t("places-language"), languages, String::new());
    let add = form(ctx, state, id, "/wishes", ctx.t("wishes-add"));
    let add = add.send("op", "add").send("list", written(&list)).with(choose).with(language);
    doc.with(Block::Heading(ctx.t("wishes-add-title"))).with(Block::Form(add))
}

fn cards(ctx: &Ctx, state: &State, id: ApplicationId, list: &[Wish]) -> Vec<Card> {
    let card = |(at, wish): (usize, &Wish)| {
        let name = words::organisation(state, wish.organisation);
        let button = |op: &str, text: String| {
            let button = Button::to(ctx, &page_of(id, "/wishes"), text).about(name.clone()).kind("secondary");
            button.send("op", op).send("at", at.to_string()).send("list", written(list))
        };
        let mut buttons = Vec::new();
        if at > 0 {
            buttons.push(button("up", ctx.t("wishes-up")));
        }
        if at + 1 < list.len() {
            buttons.push(button("down", ctx.t("wishes-down")));
        }
        buttons.push(button("remove", ctx.t("wishes-remove")));
        let language =
            wish.language.map_or_else(|| ctx.t("wishes-any"), |one| words::word(ctx, "lang", &one));
        Card { title: format!("{}. {name}", at + 1), lines: vec![language], buttons, ..Card::default() }
    };
    list.iter().enumerate().map(card).collect()
}

/// Whether the list is joint, and the button that makes it so or not so.
fn together(ctx: &Ctx, state: &State, id: ApplicationId, one: &Application, list: &[Wish]) -> Vec<Block> {
    let joint = one.wishes.as_ref().map(|wishes| wishes.together.clone()).unwrap_or_default();
    let button = |op: &str, text: String| {
        let button = Button::to(ctx, &page_of(id, "/wishes"), text).kind("secondary");
        Block::Buttons(vec![button.send("op", op).send("list", written(list))])
    };
    if joint.len() > 1 {
        let numbers: Vec<String> = joint.iter().map(|id| words::number(*id)).collect();
        let text = ctx.t_with("wishes-together", &[("numbers", numbers.join(", ").into())]);
        return vec![Block::Inset(text), button("alone", ctx.t("wishes-alone"))];
    }
    let has_siblings = state
        .applications_of(one.parent)
        .filter_map(|id| state.application(id))
        .filter(|other| other.queue == Queue::General && !other.is_archived())
        .count()
        > 1;
    if has_siblings && !list.is_empty() { vec![button("join", ctx.t("wishes-join"))] } else { Vec::new() }
}

/// Organisations that this application could get a referral to (254/13, 254/16).
fn organisations(ctx: &Ctx, state: &State, one: &Application) -> Vec<Choice> {
    let fits = |organisation: &kezek_rules::state::Organisation| {
        organisation.settlement == one.settlement
            && organisation.kind == OrganisationKind::General
            && (!one.private_only || organisation.ownership == Ownership::Private)
    };
    let all = state.organisations().filter(|(_, organisation)| fits(organisation));
    let mut choices = vec![Choice::new("", "")];
    choices.extend(all.map(|(id, organisation)| {
        let owner = words::word(ctx, "ownership", &organisation.ownership);
        Choice::new(id.0.to_string(), format!("{} ({owner})", organisation.name))
    }));
    choices
}
