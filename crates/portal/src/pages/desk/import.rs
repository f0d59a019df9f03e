//! An earlier queue, or kindergartens with their groups, from a spreadsheet: looked at whole, then carried out whole.

use axum::extract::State;
use axum::response::Response;
use kezek_import::{PLANS_MAX, QueuePlan};

use super::draft::done;
use super::import_plan::{self, Plan, Rejected, What};
use super::upload;
use crate::act::ActError;
use crate::app::AppState;
use crate::components::{Cell, Column, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input};
use crate::error_page::{PageError, Problem};
use crate::form::{Choice, Field, Mistake, mistakes};
use crate::posted::{Posted, PostedPapers};
use crate::refused;
use crate::rights::Action;
use crate::who::Who;

/// So many rejected lines are shown at once.
const PROBLEMS_MAX: usize = 200;

/// `GET /{language}/desk/import`
pub async fn show(ctx: Ctx, who: Who) -> Response {
    page(&ctx, &who, Field::with("what", "queue"), Field::new("file")).done().answer()
}

fn page(ctx: &Ctx, who: &Who, what: Field, file: Field) -> Doc {
    let choices = vec![
        Choice::new("queue", ctx.t("import-queue")).hint(ctx.t("import-queue-hint")),
        Choice::new("organisations", ctx.t("import-organisations")),
    ];
    let errors = Block::Errors(mistakes(&[&what, &file]));
    let form = Form { files: true, ..Form::to(ctx, "/desk/import", ctx.t("import-look")) }
        .with(Input::Radios(what, ctx.t("import-what"), choices, String::new()))
        .with(Input::Csv(file, ctx.t("import-file"), ctx.t("import-file-hint")));
    Doc::new(ctx, ctx.t("desk-import-title"))
        .back(if Action::SeeDesk.is_allowed(Some(&who.roles)) { "/desk" } else { "/" })
        .with(errors)
        .with(Block::Text(ctx.t("import-lead")))
        .with(Block::Form(form))
}

/// `POST /{language}/desk/import`: shows every rejected line, or what will be imported.
pub async fn look(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    PostedPapers(posted): PostedPapers,
) -> Result<Response, PageError> {
    let what = posted.field("what");
    let mut file = Field::new("file");
    let Some(paper) = posted.papers.iter().find(|paper| paper.field == "file") else {
        file.refuse(ctx.t("monthly-no-file"));
        return Ok(page(&ctx, &who, what, file).unprocessable());
    };
    let failed = |error: ActError| error.page(&ctx, "import");
    match plan(&app, &ctx, &who, what.value(), &paper.bytes).await? {
        Err(wrong) => Ok(rejected(&ctx, &who, what, wrong.texts(&ctx))),
        Ok(plan) => {
            let kept = upload::keep(&app, &who, what.value(), &paper.name, &paper.bytes).await;
            Ok(planned(&ctx, &plan, kept.map_err(failed)?).answer())
        }
    }
}

/// `POST /{language}/desk/import/carry-out`: the file is taken once, however often the button is pressed.
pub async fn carry_out(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    posted: Posted,
) -> Result<Response, PageError> {
    let failed = |error: ActError| error.page(&ctx, "import");
    let id = u64::from_str_radix(posted.value("upload"), 16).map_err(|_| Problem::BadRequest)?;
    for tries in 1.. {
        if upload::is_taken(&app, &who, id).await.map_err(failed)? {
            break;
        }
        let Some(kept) = upload::find(&app, &who, id).await.map_err(failed)? else {
            let mut file = Field::new("file");
            file.refuse(ctx.t("import-gone"));
            return Ok(page(&ctx, &who, Field::with("what", "queue"), file).unprocessable());
        };
        let plan = match plan(&app, &ctx, &who, &kept.what, &kept.bytes()).await? {
            Ok(plan) => plan,
            // Another press may have been faster, and changed what the file speaks of.
            Err(_) if upload::is_taken(&app, &who, id).await.map_err(failed)? => break,
            Err(wrong) => return Ok(rejected(&ctx, &who, Field::with("what", kept.what), wrong.texts(&ctx))),
        };
        let rows = upload::take(&app, &who, id).map_err(failed)?;
        if plan.is_empty() {
            // Whoever was faster has taken the file with all that is in it.
            break;
        }
        match import_plan::carry_out(&app, &who, &plan, rows).await {
            Ok(_) => break,
            Err(error) if error.is_outdated() && tries < PLANS_MAX => {}
            Err(_) if upload::is_taken(&app, &who, id).await.map_err(failed)? => break,
            Err(error) => match ActError::from(error) {
                ActError::Refused(refusal) => {
                    let text = format!("{} {}", refused::happened(&ctx, refusal), ctx.t("import-refused"));
                    return Ok(rejected(&ctx, &who, Field::with("what", kept.what), vec![text]));
                }
                error => return Err(failed(error)),
            },
        }
    }
    Ok(done(&ctx, "/desk/import", "import"))
}

async fn plan(
    app: &AppState,
    ctx: &Ctx,
    who: &Who,
    what: &str,
    bytes: &[u8],
) -> Result<Result<Plan, Rejected>, PageError> {
    let reach = import_plan::reach(who)?;
    let what = if what == "organisations" { What::Organisations } else { What::Queue };
    import_plan::plan(app, what, reach, bytes).await.map_err(|error| error.page(ctx, "import"))
}

fn rejected(ctx: &Ctx, who: &Who, what: Field, problems: Vec<String>) -> Response {
    let all = problems.len();
    let of = |text: String| Mistake { href: "#file".to_string(), text };
    let mut lines: Vec<Mistake> = problems.into_iter().take(PROBLEMS_MAX).map(of).collect();
    if all > PROBLEMS_MAX {
        lines.push(of(ctx.t_with("monthly-more", &[("count", (all - PROBLEMS_MAX).into())])));
    }
    let mut doc = page(ctx, who, what, Field::new("file"));
    doc.blocks.insert(0, Block::Warning(ctx.t_with("import-rejected", &[("count", all.into())])));
    doc.blocks.insert(0, Block::Errors(lines));
    doc.unprocessable()
}

/// What will be imported, and the button that does it.
fn planned(ctx: &Ctx, plan: &Plan, upload: u64) -> Doc {
    let mut doc = Doc::new(ctx, ctx.t("import-plan")).back("/desk/import");
    match plan {
        Plan::Queue(plan) => {
            doc = doc.with(Block::Lead(ctx.t_with(
                "import-plan-queue",
                &[
                    ("new", plan.applications.len().into()),
                    ("people", plan.people.len().into()),
                    ("known", plan.there_already.len().into()),
                ],
            )));
            doc = doc.with(Block::Table(counts(ctx, plan)));
            if !plan.enrolled_there.is_empty() {
                let lines: Vec<String> = plan.enrolled_there.iter().map(u64::to_string).collect();
                let lines = lines.join(", ");
                doc = doc.with(Block::Inset(ctx.t_with("import-enrolled-there", &[("lines", lines.into())])));
            }
        }
        Plan::Organisations(plan, _) => {
            doc = doc.with(Block::Lead(ctx.t_with(
                "import-plan-organisations",
                &[
                    ("organisations", plan.organisations.into()),
                    ("groups", plan.groups.into()),
                    ("known", plan.there_already.len().into()),
                ],
            )));
        }
    }
    if plan.is_empty() {
        return doc.with(Block::Text(ctx.t("import-nothing")));
    }
    let form =
        Form::to(ctx, "/desk/import/carry-out", ctx.t("import-do")).send("upload", format!("{upload:016x}"));
    doc.with(Block::Text(ctx.t("import-whole"))).with(Block::Form(form))
}

fn counts(ctx: &Ctx, plan: &QueuePlan) -> Table {
    let row = |count: &kezek_import::Count| {
        vec![
            Cell::new(count.queue.clone()),
            Cell::new(ctx.number(i64::try_from(count.before).unwrap_or(i64::MAX))),
            Cell::new(ctx.number(i64::try_from(count.new).unwrap_or(i64::MAX))),
            Cell::new(ctx.number(i64::try_from(count.before + count.new).unwrap_or(i64::MAX))),
        ]
    };
    Table {
        caption: ctx.t("import-counts"),
        columns: vec![
            Column::words(ctx.t("desk-queue")),
            Column::numbers(ctx.t("import-before")),
            Column::numbers(ctx.t("import-new")),
            Column::numbers(ctx.t("import-after")),
        ],
        rows: plan.counts.iter().map(row).collect(),
    }
}
