//! Giving a referral back and extending it (254/30, R3.11, R3.12).

use axum::extract::{Path, State as Has};
use axum::response::Response;
use kezek_calendar::terms;
use kezek_rules::command::Ground;
use kezek_rules::{Command, State};

use super::{carry_out, form, page_of, title};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Input};
use crate::error_page::{PageError, Problem};
use crate::form::{Choice, Field, mistakes};
use crate::own;
use crate::posted::Posted;
use crate::who::Who;
use crate::words;

const GROUNDS: [Ground; 4] = [Ground::Illness, Ground::Hospital, Ground::BusinessTrip, Ground::Vacation];

/// `GET /{language}/my/{number}/annul`
pub async fn ask_annul(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let doc = app.read(|state| {
        let (id, _) = own::application(state, &who, number)?;
        let form = form(&ctx, state, id, "/annul", ctx.t("my-sure"));
        let doc =
            Doc::new(&ctx, format!("{}: {}", title(&ctx, id), ctx.t("my-annul"))).back(&page_of(id, ""));
        Ok::<_, PageError>(doc.with(Block::Lead(ctx.t("my-annul-effect"))).with(Block::Form(form)))
    })?;
    Ok(doc.answer())
}

/// `POST /{language}/my/{number}/annul`
pub async fn annul(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
    posted: Posted,
) -> Result<Response, PageError> {
    carry_out(&app, &ctx, &who, number, &posted, Command::Annul, "annulled").await
}

/// `GET /{language}/my/{number}/extend`
pub async fn ask_extend(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    Ok(app.read(|state| extend_page(&ctx, state, &who, number, Field::new("ground")))?.answer())
}

/// `POST /{language}/my/{number}/extend`
pub async fn extend(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
    posted: Posted,
) -> Result<Response, PageError> {
    let Some(ground) = GROUNDS.into_iter().find(|ground| words::code(ground) == posted.value("ground"))
    else {
        let mut field = posted.field("ground");
        field.refuse(ctx.t("my-extend-choose"));
        return Ok(app.read(|state| extend_page(&ctx, state, &who, number, field))?.unprocessable());
    };
    carry_out(&app, &ctx, &who, number, &posted, |id| Command::Extend(id, Some(ground)), "extended").await
}

fn extend_page(ctx: &Ctx, state: &State, who: &Who, number: u64, ground: Field) -> Result<Doc, Problem> {
    let (id, one) = own::application(state, who, number)?;
    let settlement = state.settlement_of(one).ok_or(Problem::NotFound)?;
    let referral = one.live_referral().and_then(|referral| state.referral(referral));
    let term = referral.and_then(|referral| referral.terms).ok_or(Problem::NotFound)?;
    let days = i32::from(settlement.profile.extension_calendar_days);
    let until = settlement.end_of(terms::add_days(term.start, days)).max(term.until);
    let until = words::until(ctx, settlement, until).into();
    let errors = mistakes(&[&ground]);
    let grounds =
        GROUNDS.map(|ground| Choice::new(words::code(&ground), words::word(ctx, "ground", &ground)));
    let input = Input::Radios(ground, ctx.t("my-extend-ground"), grounds.to_vec(), String::new());
    Ok(Doc::new(ctx, format!("{}: {}", title(ctx, id), ctx.t("my-extend")))
        .back(&page_of(id, ""))
        .with(Block::Errors(errors))
        .with(Block::Lead(ctx.t_with("my-extend-effect", &[("until", until)])))
        .with(Block::Form(form(ctx, state, id, "/extend", ctx.t("my-extend")).with(input))))
}
