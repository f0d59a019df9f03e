//! The monthly consolidated request about papers of servicemen and staff of special bodies (254/22).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kezek_node::{BatchError, BatchIntake, BatchItem};
use kezek_records::{AccessEntry, Label, random_id};
use kezek_rules::Command;
use kezek_rules::benefit::{Benefit, BenefitClaim, Finding, Standing};
use kezek_rules::ids::{ApplicationId, SettlementId};

use super::answers::{self, Answered};
use super::draft::{Look, done};
use super::family;
use super::table_file;
use crate::act::ActError;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Link};
use crate::error_page::{PageError, Problem};
use crate::form::{Field, Mistake, mistakes};
use crate::own;
use crate::posted::{Posted, PostedPapers};
use crate::rights::Action;
use crate::who::Who;
use crate::words;

/// The largest file with answers.
pub const ANSWERS_BYTES_MAX: usize = 2 * 1024 * 1024;
/// So many problems of a file are shown at once.
const PROBLEMS_MAX: usize = 100;

/// One claim to ask about.
struct Asked {
    application: ApplicationId,
    benefit: Benefit,
    standing: Standing,
    child: u64,
    parent: u64,
}

/// `GET /{language}/desk/monthly`
pub async fn show(State(app): State<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    Ok(page(&app, &ctx, here, Field::new("answers"), Vec::new()).done().answer())
}

fn page(app: &AppState, ctx: &Ctx, here: SettlementId, file: Field, problems: Vec<String>) -> Doc {
    let count = app.read(|state| asked(state, here).len());
    let mut doc = Doc::new(ctx, ctx.t("nav-monthly")).back("/desk");
    if problems.is_empty() {
        doc = doc.with(Block::Errors(mistakes(&[&file])));
    } else {
        let of = |text: String| Mistake { href: "#answers".to_string(), text };
        doc = doc.with(Block::Errors(problems.into_iter().map(of).collect()));
    }
    let form = Form { files: true, ..Form::to(ctx, "/desk/monthly", ctx.t("monthly-answers-button")) };
    let form = form.with(Input::Csv(file, ctx.t("monthly-answers"), ctx.t("monthly-answers-hint")));
    doc.with(Block::Lead(ctx.t_with("monthly-lead", &[("count", count.into())])))
        .with(Block::Text(ctx.t("monthly-law")))
        .with(Block::Heading(ctx.t("monthly-request-title")))
        .with(Block::Text(ctx.t("monthly-request-hint")))
        .with(Block::Links(vec![Link::to(ctx, "/desk/monthly/request.csv", ctx.t("monthly-request"))]))
        .with(Block::Heading(ctx.t("monthly-answers-title")))
        .with(Block::Form(form))
}

/// `GET /{language}/desk/monthly/request.csv`
pub async fn request(State(app): State<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    let all = app.read(|state| asked(state, here));
    let made = table(&app, &ctx, &who, &all).await.map_err(|error| error.page(&ctx, "monthly"))?;
    let today = app.read(|state| state.settlement(here).map(|one| one.zone.date(app.now())));
    let name = format!("{}-{}.csv", ctx.t("monthly-file"), today.ok_or(Problem::NotFound)?);
    Ok(family::file("text/csv; charset=utf-8", &name, made).into_response())
}

/// Extraordinary claims that act or wait, of applications that are not in the archive.
fn asked(state: &kezek_rules::State, here: SettlementId) -> Vec<Asked> {
    let of = |(application, claim): (ApplicationId, BenefitClaim)| {
        let one = state.application(application)?;
        let (benefit, standing) = (claim.benefit, claim.standing);
        Some(Asked { application, benefit, standing, child: one.child.0, parent: one.parent.0 })
    };
    state.extraordinary_claims(here).filter_map(of).collect()
}

async fn table(app: &AppState, ctx: &Ctx, who: &Who, all: &[Asked]) -> Result<Vec<u8>, ActError> {
    note_looks(app, who, all).await?;
    let mut rows = Vec::with_capacity(all.len());
    for one in all {
        let mut row = vec![words::number(one.application), words::word(ctx, "benefit", &one.benefit)];
        for person in [one.child, one.parent] {
            let found = app.people().person(person).await?.map(|found| found.record);
            row.push(found.as_ref().map(|found| found.iin.as_str().to_string()).unwrap_or_default());
            row.push(found.as_ref().map(family::name).unwrap_or_default());
        }
        row.push(match one.standing {
            Standing::Confirmed => ctx.t("standing-confirmed"),
            _ => ctx.t("monthly-pending"),
        });
        row.push(String::new());
        rows.push(row);
    }
    let heading = vec![
        ctx.t("monthly-column-number"),
        ctx.t("monthly-column-benefit"),
        ctx.t("desk-child-iin"),
        ctx.t("desk-child"),
        ctx.t("desk-parent-iin"),
        ctx.t("desk-parent"),
        ctx.t("desk-state"),
        ctx.t("monthly-column-answer"),
    ];
    Ok(table_file::write(heading, rows))
}

/// Notes all looks of a request as one change, before anything is read.
async fn note_looks(app: &AppState, who: &Who, all: &[Asked]) -> Result<(), ActError> {
    let when_us = app.now().as_micros();
    let why = Action::AskAuthority.code();
    let mut changes = Vec::with_capacity(all.len() * 2);
    for whose in all.iter().flat_map(|one| [one.child, one.parent]) {
        let entry = AccessEntry { who: who.person, whose, when_us, why: why.to_string() };
        let label = Label { id: random_id()?, owner: Some(whose), created_us: when_us, expires_us: None };
        changes.push(app.people().put(label, &entry)?);
    }
    Ok(app.people().write(changes).await?)
}

/// `POST /{language}/desk/monthly`: answers come in; what they will do is shown.
pub async fn upload(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    posted: PostedPapers,
) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    let PostedPapers(posted) = posted;
    let mut field = Field::new("answers");
    let Some(paper) = posted.papers.iter().find(|paper| paper.field == "answers") else {
        field.refuse(ctx.t("monthly-no-file"));
        return Ok(page(&app, &ctx, here, field, Vec::new()).unprocessable());
    };
    match app.read(|state| answers::read(&ctx, state, here, &paper.bytes)) {
        Ok(answered) => {
            let look = Look::of(&ctx, &app, &commands(&answered));
            Ok(draft(&ctx, &answered, &look))
        }
        Err(mut problems) => {
            let all = problems.len();
            problems.truncate(PROBLEMS_MAX);
            if all > PROBLEMS_MAX {
                problems.push(ctx.t_with("monthly-more", &[("count", (all - PROBLEMS_MAX).into())]));
            }
            Ok(page(&app, &ctx, here, field, problems).unprocessable())
        }
    }
}

/// `POST /{language}/desk/monthly/carry-out`
pub async fn carry_out(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    posted: Posted,
) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    let read = app.read(|state| answers::again(state, here, posted.value("answered")));
    let answered = read.ok_or(Problem::Conflict)?;
    let mut look = Look::of(&ctx, &app, &commands(&answered));
    let is_as_shown = look.effect.as_ref().is_some_and(|effect| effect.mark == posted.value("seen"));
    if !is_as_shown {
        look.changed = look.effect.is_some();
        return Ok(draft(&ctx, &answered, &look));
    }
    let items: Vec<BatchItem> = commands(&answered).into_iter().map(BatchItem::of).collect();
    if items.is_empty() {
        return Ok(done(&ctx, "/desk/monthly", "monthly-nothing"));
    }
    match app.node().submit_all(BatchIntake { actor: who.actor(), items, planned_on: None }).await {
        Ok(_) => Ok(done(&ctx, "/desk/monthly", "monthly")),
        Err(BatchError::Refused { refusal, .. }) => {
            Ok(draft(&ctx, &answered, &Look { refusal: Some(refusal), ..Look::default() }))
        }
        Err(error) => Err(ActError::from(error).page(&ctx, "monthly")),
    }
}

/// A negative answer annuls the right and what was got by it; a positive one changes nothing.
pub fn commands(answered: &Answered) -> Vec<Command> {
    let no = answered.no.iter();
    no.map(|(id, benefit)| Command::RejectBenefit(*id, *benefit, Finding::False)).collect()
}

fn draft(ctx: &Ctx, answered: &Answered, look: &Look) -> Response {
    let mut doc = Doc::new(ctx, ctx.t("monthly-draft"))
        .back("/desk/monthly")
        .with(Block::Lead(ctx.t_with(
            "monthly-draft-lead",
            &[("yes", answered.yes.into()), ("no", answered.no.len().into()), ("open", answered.open.into())],
        )))
        .and(look.blocks(ctx));
    if answered.no.is_empty() {
        doc = doc.with(Block::Text(ctx.t("monthly-all-yes")));
    } else if look.effect.is_some() {
        let form = Form::to(ctx, "/desk/monthly/carry-out", ctx.t("desk-do"));
        let form = look.sealing(form).send("answered", answered.as_text());
        doc = doc.with(Block::Form(form));
    }
    look.answer(&doc)
}
