//! A wrong birth date of an application is put right by the birth certificate (R3.13).

use axum::extract::{Path, State};
use axum::response::Response;
use kezek_calendar::Date;
use kezek_node::PrivateChanges;
use kezek_records::{Label, Person};
use kezek_rules::Command;
use kezek_rules::ids::ApplicationId;

use super::draft::{Look, Turn, done, turn};
use super::papers::page_of;
use crate::act::ActError;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input};
use crate::error_page::PageError;
use crate::form::{Field, mistakes};
use crate::own;
use crate::pages::state::{date_fields, empty_date, read_date};
use crate::posted::Posted;
use crate::who::Who;
use crate::words;

/// `GET /{language}/desk/applications/{number}/birth-date`
pub async fn ask(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let id = app.read(|state| own::desk_application(state, &who, number).map(|(id, _)| id))?;
    Ok(page(&ctx, id, &Look::default(), empty_date("born")).answer())
}

/// `POST /{language}/desk/applications/{number}/birth-date`
pub async fn submit(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
    posted: Posted,
) -> Result<Response, PageError> {
    let (id, child) =
        app.read(|state| own::desk_application(state, &who, number).map(|(id, one)| (id, one.child.0)))?;
    let mut fields = date_fields(&posted, "born");
    let Some(born) = read_date(&fields) else {
        fields[0].refuse(ctx.t("apply-wrong-born"));
        return Ok(page(&ctx, id, &Look::default(), fields).unprocessable());
    };
    let person = person(&app, child, born).await.map_err(|error| error.page(&ctx, &words::number(id)))?;
    let command = Command::CorrectBirth(id, born);
    Ok(match turn(&app, &ctx, &who, &posted, command, person).await? {
        Turn::Done(_) => done(&ctx, &page_of(id), "desk-born"),
        Turn::Show(look) => look.answer(&page(&ctx, id, &look, fields)),
    })
}

/// The child's sealed record with the right date, to become durable with the fact.
pub async fn person(app: &AppState, child: u64, born: Date) -> Result<PrivateChanges, ActError> {
    let Some(found) = app.people().person(child).await? else { return Ok(PrivateChanges::none()) };
    let label = Label { id: found.id, owner: found.owner, created_us: found.created_us, expires_us: None };
    let right = Person { birth_date: Some(born), ..found.record };
    Ok(PrivateChanges::rows(vec![app.people().put(label, &right)?]))
}

fn page(ctx: &Ctx, id: ApplicationId, look: &Look, born: [Field; 4]) -> Doc {
    let button = if look.effect.is_some() { ctx.t("desk-do") } else { ctx.t("desk-check") };
    let wrong = mistakes(&[&born[0]]);
    let input = Input::Date(Box::new(born), ctx.t("apply-born"), ctx.t("apply-born-hint"));
    let form = Form::to(ctx, &format!("{}/birth-date", page_of(id)), button).with(input);
    Doc::new(ctx, ctx.t("desk-born-title"))
        .back(&page_of(id))
        .with(Block::Errors(wrong))
        .with(Block::Text(ctx.t("desk-born-lead")))
        .and(look.blocks(ctx))
        .with(Block::Form(look.sealing(form)))
}
