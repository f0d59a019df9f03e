//! Papers at the provider's desk: benefits, originals after the referral, conclusions (254/17, 254/22).

use axum::extract::{Path, State};
use axum::response::Response;
use kezek_node::PrivateChanges;
use kezek_records::{ChildRecord, Label};
use kezek_rules::Command;
use kezek_rules::benefit::{Benefit, Finding};
use kezek_rules::ids::ApplicationId;

use super::clock;
use super::draft::{Act, Look, Turn, done, turn};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Typed};
use crate::error_page::{PageError, Problem};
use crate::form::{Field, mistakes};
use crate::own;
use crate::posted::Posted;
use crate::who::Who;
use crate::words;

/// The longest words of a conclusion.
const CONCLUSION_CHARACTERS_MAX: usize = 300;

/// `POST /{language}/desk/applications/{number}/shown`: the thirty minutes begin.
pub async fn shown(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
    _posted: Posted,
) -> Result<Response, PageError> {
    let (id, child) =
        app.read(|state| own::desk_application(state, &who, number).map(|(id, one)| (id, one.child.0)))?;
    let noted = clock::note(&app, id, child).await;
    noted.map_err(|error| crate::act::ActError::from(error).page(&ctx, &words::number(id)))?;
    Ok(done(&ctx, &page_of(id), "desk-shown"))
}

/// `GET /{language}/desk/applications/{number}/benefits/{benefit}/{finding}`
pub async fn ask_benefit(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number, benefit, finding)): Path<(String, u64, String, String)>,
) -> Result<Response, PageError> {
    Ok(judging(&app, &ctx, &who, number, &benefit, &finding)?.show(&ctx, &app))
}

/// `POST /{language}/desk/applications/{number}/benefits/{benefit}/{finding}`
pub async fn judge_benefit(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number, benefit, finding)): Path<(String, u64, String, String)>,
    posted: Posted,
) -> Result<Response, PageError> {
    judging(&app, &ctx, &who, number, &benefit, &finding)?.submit(&app, &ctx, &who, &posted).await
}

fn judging(
    app: &AppState,
    ctx: &Ctx,
    who: &Who,
    number: u64,
    benefit: &str,
    finding: &str,
) -> Result<Act, Problem> {
    let id = app.read(|state| own::desk_application(state, who, number).map(|(id, _)| id))?;
    let benefit = Benefit::ALL.into_iter().find(|one| one.code() == benefit).ok_or(Problem::NotFound)?;
    let name = words::word(ctx, "benefit", &benefit);
    let (command, title, button) = match finding {
        "confirmed" => {
            (Command::ConfirmBenefit(id, benefit), ctx.t("desk-confirm-title"), ctx.t("desk-confirm"))
        }
        "not_proved" => (
            Command::RejectBenefit(id, benefit, Finding::NotProved),
            ctx.t("desk-not-proved-title"),
            ctx.t("desk-reject-button"),
        ),
        "false" => (
            Command::RejectBenefit(id, benefit, Finding::False),
            ctx.t("desk-false-title"),
            ctx.t("desk-false-button"),
        ),
        _ => return Err(Problem::NotFound),
    };
    Ok(Act {
        title: format!("{title}: № {number}"),
        lead: vec![name],
        command,
        path: format!("{}/benefits/{}/{finding}", page_of(id), benefit.code()),
        back: page_of(id),
        button,
        done: if finding == "confirmed" { "desk-confirmed" } else { "desk-rejected" },
        private: clock::stop(id),
    })
}

/// `GET /{language}/desk/applications/{number}/originals`
pub async fn ask_originals(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let id = app.read(|state| own::desk_application(state, &who, number).map(|(id, _)| id))?;
    Ok(originals(&ctx, id, page_of(id), format!("{}/originals", page_of(id))).show(&ctx, &app))
}

/// `POST /{language}/desk/applications/{number}/originals`
pub async fn confirm_originals(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
    posted: Posted,
) -> Result<Response, PageError> {
    let id = app.read(|state| own::desk_application(state, &who, number).map(|(id, _)| id))?;
    let act = originals(&ctx, id, page_of(id), format!("{}/originals", page_of(id)));
    act.submit(&app, &ctx, &who, &posted).await
}

/// Originals after the referral (254/22), shown at the provider's or at the kindergarten's desk.
pub fn originals(ctx: &Ctx, id: ApplicationId, back: String, path: String) -> Act {
    Act {
        title: ctx.t_with("desk-originals-title", &[("number", words::number(id).into())]),
        lead: vec![ctx.t("desk-originals-lead")],
        command: Command::ConfirmDocuments(id),
        path,
        back,
        button: ctx.t("desk-confirm-originals"),
        done: "desk-originals",
        private: clock::stop(id),
    }
}

/// `GET /{language}/desk/applications/{number}/conclusion`
pub async fn ask_conclusion(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let id = app.read(|state| own::desk_application(state, &who, number).map(|(id, _)| id))?;
    let look = Look::of(&ctx, &app, &[Command::FileConclusion(id)]);
    Ok(look.answer(&conclusion_page(&ctx, id, &look, Field::new("conclusion"))))
}

/// `POST /{language}/desk/applications/{number}/conclusion`
pub async fn file_conclusion(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
    posted: Posted,
) -> Result<Response, PageError> {
    let (id, child) =
        app.read(|state| own::desk_application(state, &who, number).map(|(id, one)| (id, one.child.0)))?;
    let mut field = posted.field("conclusion");
    let letters = field.value().chars().count();
    if letters == 0 || letters > CONCLUSION_CHARACTERS_MAX {
        field.refuse(ctx.t("desk-conclusion-wrong"));
        let look = Look::of(&ctx, &app, &[Command::FileConclusion(id)]);
        return Ok(conclusion_page(&ctx, id, &look, field).unprocessable());
    }
    let private = record(&app, child, field.value()).await;
    let private = private.map_err(|error| error.page(&ctx, &words::number(id)))?;
    match turn(&app, &ctx, &who, &posted, Command::FileConclusion(id), private).await? {
        Turn::Done(_) => Ok(done(&ctx, &page_of(id), "desk-conclusion")),
        Turn::Show(look) => Ok(look.answer(&conclusion_page(&ctx, id, &look, field))),
    }
}

/// The child's record with the words of the conclusion.
async fn record(app: &AppState, child: u64, words: &str) -> Result<PrivateChanges, crate::act::ActError> {
    let found = app.people().child(child).await?;
    let created_us = app.now().as_micros();
    let (label, mut record) = match found {
        Some(found) => (
            Label { id: found.id, owner: found.owner, created_us: found.created_us, expires_us: None },
            found.record,
        ),
        None => (
            Label { id: child, owner: Some(child), created_us, expires_us: None },
            ChildRecord { representatives: Vec::new(), birth_certificate: None, conclusion: None },
        ),
    };
    record.conclusion = Some(words.to_string());
    Ok(PrivateChanges::rows(vec![app.people().put(label, &record)?]))
}

fn conclusion_page(ctx: &Ctx, id: ApplicationId, look: &Look, field: Field) -> Doc {
    let doc = Doc::new(ctx, ctx.t("desk-conclusion-title"))
        .back(&page_of(id))
        .with(Block::Errors(mistakes(&[&field])))
        .and(look.blocks(ctx));
    if look.effect.is_none() {
        return doc;
    }
    let path = format!("{}/conclusion", page_of(id));
    let form = Form::to(ctx, &path, ctx.t("desk-conclusion-button")).with(Input::Line(
        field,
        ctx.t("desk-conclusion-words"),
        ctx.t("desk-conclusion-hint"),
        Typed::WORDS,
    ));
    doc.with(Block::Form(look.sealing(form)))
}

/// The page of an application at the desk, without language.
pub fn page_of(id: ApplicationId) -> String {
    format!("/desk/applications/{}", words::number(id))
}
