//! The family's benefits: claiming new ones with papers, giving others up (254/20.3, R3.34/16).

use axum::extract::{Path, State as Has};
use axum::response::Response;
use kezek_node::{PrivateChanges, PrivateWrite};
use kezek_records::{Document, Label};
use kezek_rules::Command;
use kezek_rules::benefit::{Benefit, Standing};
use kezek_rules::ids::ApplicationId;
use kezek_rules::state::Application;

use super::papers::{PURPOSES, Papers};
use super::{page_of, see, title};
use crate::act::{ActError, stamp};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input};
use crate::error_page::PageError;
use crate::form::{Choice, Field, mistakes};
use crate::own;
use crate::posted::PostedPapers;
use crate::who::Who;
use crate::words;

/// `GET /{language}/my/{number}/benefits`
pub async fn show(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let (id, field, seen) = app.read(|state| {
        let (id, one) = own::application(state, &who, number)?;
        Ok::<_, PageError>((id, claimed(one), stamp(state, id)))
    })?;
    Ok(page(&ctx, id, field, &seen, &Papers::none()).answer())
}

/// `POST /{language}/my/{number}/benefits`
pub async fn submit(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
    PostedPapers(posted): PostedPapers,
) -> Result<Response, PageError> {
    let (id, child) =
        app.read(|state| own::application(state, &who, number).map(|(id, one)| (id, one.child.0)))?;
    let told = |error: ActError| error.page(&ctx, &words::number(id));
    let once = posted.once();
    app.check_fresh(&who, &once, id, posted.value("seen")).await.map_err(told)?;
    let now_us = app.now().as_micros();
    let papers = Papers::take(&app, &ctx, who.person, now_us, &posted).await.map_err(told)?;
    let field = posted.field("benefits");
    if !papers.is_right() {
        return Ok(page(&ctx, id, field, posted.value("seen"), &papers).unprocessable());
    }
    let chosen = chosen(&field);
    let rows = moved(&app, &papers, id, child, now_us).await.map_err(told)?;
    let command = Command::EditBenefits(id, chosen);
    app.act_with(&who, &once, command, PrivateChanges::rows(rows)).await.map_err(told)?;
    Ok(see(&ctx, &page_of(id, "?done=benefits")))
}

/// The benefits of a field of boxes.
pub fn chosen(field: &Field) -> Vec<Benefit> {
    Benefit::ALL.into_iter().filter(|benefit| field.has(benefit.code())).collect()
}

/// All benefits as boxes.
pub fn choices(ctx: &Ctx) -> Vec<Choice> {
    let hint = |benefit: Benefit| words::word(ctx, "class", &benefit.class());
    let choice = |benefit: Benefit| {
        Choice::new(benefit.code(), words::word(ctx, "benefit", &benefit)).hint(hint(benefit))
    };
    Benefit::ALL.map(choice).to_vec()
}

fn claimed(one: &Application) -> Field {
    let counts = one
        .claims
        .iter()
        .filter(|claim| matches!(claim.standing, Standing::Pending(_) | Standing::Confirmed));
    let values = counts.map(|claim| claim.benefit.code().to_string()).collect();
    Field { name: "benefits".to_string(), values, error: None }
}

fn page(ctx: &Ctx, id: ApplicationId, field: Field, seen: &str, papers: &Papers) -> Doc {
    let wrong = mistakes(&papers.fields.iter().collect::<Vec<_>>());
    let mut form = Form { files: true, ..Form::to(ctx, &page_of(id, "/benefits"), ctx.t("benefits-save")) };
    form = form.send("seen", seen).with(Input::Checkboxes(
        field,
        ctx.t("apply-benefits"),
        choices(ctx),
        String::new(),
    ));
    form = paper_inputs(ctx, form, papers);
    Doc::new(ctx, format!("{}: {}", title(ctx, id), ctx.t("benefits-title")))
        .back(&page_of(id, ""))
        .with(Block::Errors(wrong))
        .with(Block::Text(ctx.t("benefits-effect")))
        .with(Block::Form(form))
}

/// The questions for papers, with those that are kept already.
pub fn paper_inputs(ctx: &Ctx, mut form: Form, papers: &Papers) -> Form {
    if !papers.names.is_empty() {
        let names = papers.names.join(", ");
        form = form.with(Input::Text(ctx.t_with("apply-paper-kept", &[("names", names.into())])));
    }
    for id in &papers.ids {
        form = form.send("document", format!("{id:016x}"));
    }
    for ((_, purpose), field) in PURPOSES.iter().zip(&papers.fields) {
        let label = match *purpose {
            "benefit" => ctx.t("apply-paper-benefit"),
            _ => ctx.t("apply-paper-conclusion"),
        };
        form = form.with(Input::File(field.clone(), label, ctx.t("apply-paper-hint")));
    }
    form
}

/// The papers, as those of the child and of this application.
async fn moved(
    app: &AppState,
    papers: &Papers,
    application: ApplicationId,
    child: u64,
    now_us: i64,
) -> Result<Vec<PrivateWrite>, ActError> {
    let people = app.people();
    let mut rows = Vec::new();
    for id in &papers.ids {
        let Some((found, bytes)) = people.document(*id).await? else { continue };
        let document = Document { application: Some(u64::from(application.0)), ..found.record };
        let label = Label { id: *id, owner: Some(child), created_us: now_us, expires_us: None };
        rows.extend(people.delete_document(*id));
        rows.extend(people.put_document(label, &document, &bytes)?);
    }
    Ok(rows)
}
