//! Signing in and out.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use kezek_records::SessionToken;

use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Button, Card, Doc, Form, Input, Link, Typed};
use crate::error_page::{PageError, Problem};
use crate::form::{Field, mistakes};
use crate::posted::Posted;
use crate::sign_in::{self, SignInError};
use crate::who::{self, Who};
use crate::words;

/// Where somebody goes who signed in without wanting a certain page.
const START: &str = "/start";

/// `GET /{language}/start`: the first page of whoever is signed in, by the table of rights.
pub async fn start(ctx: Ctx) -> Response {
    let first = ctx.visitor.navigation.first().map_or("/", |item| item.path.as_str());
    Redirect::to(&ctx.link(first)).into_response()
}

/// `GET /{language}/sign-in`
pub async fn show(State(app): State<AppState>, ctx: Ctx) -> Response {
    let next = ctx.query("next").unwrap_or_default();
    form(&app, &ctx, Field::new("iin"), Field::new("password"), &next).done().answer()
}

/// `POST /{language}/sign-in`
pub async fn submit(
    State(app): State<AppState>,
    ctx: Ctx,
    before: Option<axum::Extension<Who>>,
    posted: Posted,
) -> Result<Response, PageError> {
    let begun = sign_in::sign_in(&app, posted.value("iin"), posted.form.raw("password")).await;
    match begun {
        Ok((_, token)) => {
            end(&app, before.map(|who| who.0)).await?;
            Ok(enter(&app, &ctx, &token, posted.value("next")))
        }
        Err(SignInError::Busy) => {
            Err(PageError::from(Problem::Unavailable).retry_after(sign_in::RETRY_AFTER_S))
        }
        Err(SignInError::Fault) => Err(Problem::Unavailable.into()),
        Err(error) => {
            let mut iin = posted.field("iin");
            iin.refuse(match error {
                SignInError::Locked => ctx.t("sign-in-locked"),
                _ => ctx.t("sign-in-wrong"),
            });
            Ok(form(&app, &ctx, iin, Field::new("password"), posted.value("next")).unprocessable())
        }
    }
}

/// `POST /{language}/sign-out`
pub async fn leave(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    _posted: Posted,
) -> Result<Response, PageError> {
    end(&app, Some(who)).await?;
    let to = Redirect::to(&ctx.link("/sign-in?done=signed-out"));
    Ok(([(header::SET_COOKIE, who::no_cookie(&app))], to).into_response())
}

/// `POST /{language}/demo/sign-in`: one click instead of a password, for made-up people only.
pub async fn pick(
    State(app): State<AppState>,
    ctx: Ctx,
    before: Option<axum::Extension<Who>>,
    posted: Posted,
) -> Result<Response, PageError> {
    let demo = app.settings().demo.as_ref().ok_or(Problem::NotFound)?;
    let account: u64 = posted.number("account").ok_or(Problem::BadRequest)?;
    if !demo.people.iter().any(|person| person.account == account) {
        return Err(Problem::NotFound.into());
    }
    let found = app.people().account(account).await.map_err(|_| Problem::Unavailable)?;
    let account = found.ok_or(Problem::NotFound)?.record;
    let (_, token) = sign_in::begin(&app, account).await.map_err(|_| Problem::Unavailable)?;
    end(&app, before.map(|who| who.0)).await?;
    Ok(enter(&app, &ctx, &token, posted.value("next")))
}

/// The session before a sign-in ends with it: no session outlives a change of person.
async fn end(app: &AppState, who: Option<Who>) -> Result<(), PageError> {
    let Some(who) = who else { return Ok(()) };
    app.people().sign_out(who.session).await.map_err(|_| Problem::Unavailable.into())
}

fn enter(app: &AppState, ctx: &Ctx, token: &SessionToken, next: &str) -> Response {
    // Only a page of this site: a path of ours, and not `//another.site`.
    let is_ours = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    let to = if is_ours { ctx.link(next) } else { ctx.link(START) };
    ([(header::SET_COOKIE, who::cookie(app, token.as_str()))], Redirect::to(&to)).into_response()
}

fn form(app: &AppState, ctx: &Ctx, iin: Field, password: Field, next: &str) -> Doc {
    let mut doc = Doc::new(ctx, ctx.t("sign-in-title")).with(Block::Errors(mistakes(&[&iin, &password])));
    if let Some(demo) = &app.settings().demo {
        let cards = demo.people.iter().map(|person| {
            let button = Button::to(ctx, "/demo/sign-in", ctx.t("demo-enter"))
                .send("account", person.account.to_string())
                .send("next", next)
                .about(person.name.clone())
                .kind("secondary");
            let about = person.about.get(ctx.language as usize).cloned().unwrap_or_default();
            Card {
                title: person.name.clone(),
                tag: (words::role(ctx, person.role), "turquoise".to_string()),
                lines: if about.is_empty() { Vec::new() } else { vec![about] },
                buttons: vec![button],
                ..Card::default()
            }
        });
        let cards = cards.collect();
        doc = doc
            .with(Block::Heading(ctx.t("demo-title")))
            .with(Block::Text(ctx.t("demo-lead")))
            .with(Block::Cards(cards))
            .with(Block::Heading(ctx.t("sign-in-title")));
    }
    let line = Typed { autocomplete: "username", ..Typed::IIN };
    let secret = Typed { kind: "password", inputmode: "", autocomplete: "current-password", width: "20" };
    let form = Form::to(ctx, "/sign-in", ctx.t("sign-in-submit"))
        .send("next", next)
        .with(Input::Line(iin, ctx.t("sign-in-iin"), ctx.t("sign-in-iin-hint"), line))
        .with(Input::Line(password, ctx.t("sign-in-password"), String::new(), secret));
    let doc = doc.with(Block::Text(ctx.t("sign-in-lead"))).with(Block::Form(form));
    doc.with(Block::Text(ctx.t("sign-in-no-account"))).with(Block::Links(vec![Link::to(
        ctx,
        "/state",
        ctx.t("sign-in-without"),
    )]))
}
