//! An earlier queue, or kindergartens with their groups, from a spreadsheet: looked at whole, then carried out whole.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::response::Response;
use kezek_calendar::Iin;
use kezek_import::{
    KnownPerson, OrganisationPlan, Problem as Wrong, QueuePlan, QueueRow, Sheet, plan_organisations,
    plan_queue, read_organisations, read_queue,
};
use kezek_node::{BatchError, BatchIntake, BatchItem, PrivateChanges, PrivateWrite};
use kezek_records::{ApplicationPrivate, Label, Role, random_id};
use kezek_rules::Command;
use kezek_rules::command::QueueChoice;
use kezek_rules::event::Event;
use kezek_rules::ids::SettlementId;

use super::draft::done;
use super::upload;
use crate::act::ActError;
use crate::app::AppState;
use crate::components::{Cell, Column, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input};
use crate::error_page::{PageError, Problem};
use crate::form::{Choice, Field, Mistake, mistakes};
use crate::language::Language;
use crate::own;
use crate::posted::{Posted, PostedPapers};
use crate::refused;
use crate::rights::Action;
use crate::who::Who;

/// The largest file: a city's queue of a hundred thousand. A larger one goes by the command line.
pub const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// So many rejected lines are shown at once.
const PROBLEMS_MAX: usize = 200;

/// What an import will do.
enum Plan {
    Queue(Box<QueuePlan>),
    Organisations(OrganisationPlan),
}

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
        Err(problems) => Ok(rejected(&ctx, &who, what, problems)),
        Ok(plan) => {
            let kept = upload::keep(&app, &who, what.value(), &paper.name, &paper.bytes).await;
            Ok(planned(&ctx, &plan, kept.map_err(failed)?).answer())
        }
    }
}

/// `POST /{language}/desk/import/carry-out`
pub async fn carry_out(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    posted: Posted,
) -> Result<Response, PageError> {
    let failed = |error: ActError| error.page(&ctx, "import");
    let id = u64::from_str_radix(posted.value("upload"), 16).map_err(|_| Problem::BadRequest)?;
    let Some(kept) = upload::find(&app, &who, id).await.map_err(failed)? else {
        // Carried out already, or the hour is over.
        let mut file = Field::new("file");
        file.refuse(ctx.t("import-gone"));
        return Ok(page(&ctx, &who, Field::with("what", "queue"), file).unprocessable());
    };
    let plan = match plan(&app, &ctx, &who, &kept.what, &kept.bytes()).await? {
        Ok(plan) => plan,
        Err(problems) => return Ok(rejected(&ctx, &who, Field::with("what", kept.what), problems)),
    };
    let result = match &plan {
        Plan::Queue(plan) => register(&app, &who, plan).await,
        Plan::Organisations(plan) => {
            submit(&app, &who, plan.commands.iter().cloned().map(BatchItem::of).collect()).await
        }
    };
    match result {
        Ok(()) => {
            upload::forget(&app, &who).await.map_err(failed)?;
            Ok(done(&ctx, "/desk/import", "import"))
        }
        Err(ActError::Refused(refusal)) => {
            let text = format!("{} {}", refused::happened(&ctx, refusal), ctx.t("import-refused"));
            Ok(rejected(&ctx, &who, Field::with("what", kept.what), vec![text]))
        }
        Err(error) => Err(failed(error)),
    }
}

/// The plan, or the rejected lines in words.
async fn plan(
    app: &AppState,
    ctx: &Ctx,
    who: &Who,
    what: &str,
    bytes: &[u8],
) -> Result<Result<Plan, Vec<String>>, PageError> {
    // An administrator fills the whole service, officials their own settlement.
    let here = match who.is(Role::Administrator) {
        true => None,
        false => Some(own::settlement(who)?),
    };
    let (state, now) = (app.read(Clone::clone), app.now());
    let busy = |_| PageError::from(Problem::Internal);
    let bytes = bytes.to_vec();
    let planned = if what == "organisations" {
        let made = move || plan_organisations(read_organisations(&bytes), &state, now);
        let made = tokio::task::spawn_blocking(made).await.map_err(busy)?;
        made.map(Plan::Organisations)
    } else {
        let sheet = tokio::task::spawn_blocking(move || read_queue(&bytes)).await.map_err(busy)?;
        let failed = |error: ActError| error.page(ctx, "import");
        let known = known(app, &sheet).await.map_err(failed)?;
        let mut ids = Vec::new();
        for _ in 0..sheet.rows.len() * 2 {
            ids.push(random_id().map_err(|error| failed(error.into()))?);
        }
        let made = move || {
            // One id for each child and each parent is enough.
            let mut new_id = || ids.pop().unwrap_or_default();
            plan_queue(sheet, &state, now, &known, &mut new_id)
        };
        let made = tokio::task::spawn_blocking(made).await.map_err(busy)?;
        made.map(|plan| Plan::Queue(Box::new(plan)))
    };
    Ok(match planned {
        Ok(plan) if here.is_none_or(|here| app.read(|state| is_of(state, &plan, here))) => Ok(plan),
        Ok(_) => Err(vec![ctx.t("import-other-settlement")]),
        Err(problems) => Err(problems.iter().map(|problem: &Wrong| problem.text(spoken(ctx))).collect()),
    })
}

fn spoken(ctx: &Ctx) -> kezek_records::Language {
    match ctx.language {
        Language::Kk => kezek_records::Language::Kk,
        Language::Ru => kezek_records::Language::Ru,
        Language::En => kezek_records::Language::En,
    }
}

/// Whether everything of a plan belongs to this settlement.
fn is_of(state: &kezek_rules::State, plan: &Plan, here: SettlementId) -> bool {
    let of = |organisation| state.organisation(organisation).map(|one| one.settlement);
    match plan {
        Plan::Queue(plan) => plan.applications.iter().all(|one| match &one.submit.queue {
            QueueChoice::General(settlement) => *settlement == here,
            QueueChoice::Special(id, _) | QueueChoice::Sanatorium(id, _) => of(*id) == Some(here),
        }),
        Plan::Organisations(plan) => plan.commands.iter().all(|command| match command {
            Command::OpenSettlement(_) => false,
            Command::AddOrganisation(add) => add.settlement == here,
            // A group of an organisation that the same file enters follows that one.
            Command::SetGroup(set) => of(set.organisation).is_none_or(|settlement| settlement == here),
            _ => true,
        }),
    }
}

/// The people of the file whom the service knows, by IIN.
async fn known(app: &AppState, sheet: &Sheet<QueueRow>) -> Result<BTreeMap<Iin, KnownPerson>, ActError> {
    let iins: BTreeSet<Iin> = sheet.rows.iter().flat_map(|row| [row.child.iin, row.parent.iin]).collect();
    let mut known = BTreeMap::new();
    for iin in iins {
        if let Some(found) = app.people().find(&iin).await? {
            known.insert(iin, KnownPerson { id: found.id, born: found.record.birth_date });
        }
    }
    Ok(known)
}

/// Registers all applications and marks those whose child goes to a kindergarten already, as one.
async fn register(app: &AppState, who: &Who, plan: &QueuePlan) -> Result<(), ActError> {
    let mut people = people_rows(app, plan).await?;
    let mut items = Vec::with_capacity(plan.applications.len());
    for application in &plan.applications {
        let private = ApplicationPrivate {
            child: application.submit.child.0,
            parent: application.submit.parent.0,
            address: String::new(),
            grounds: None,
            note: None,
        };
        let (rows, keeper) = (std::mem::take(&mut people), app.people().clone());
        let created_us = app.now().as_micros();
        let private = PrivateChanges::from_facts(move |facts| {
            let mut rows = rows.clone();
            for fact in facts {
                if let Event::Registered { application, child, .. } = &fact.event {
                    let id = u64::from(application.0);
                    let label = Label { id, owner: Some(child.0), created_us, expires_us: None };
                    rows.push(keeper.put(label, &private)?);
                }
            }
            Ok(rows)
        });
        let command = Command::Submit(application.submit.clone());
        items.push(BatchItem { command, private, then: application.then() });
    }
    submit(app, who, items).await
}

/// The new people, and new parents of children known already.
async fn people_rows(app: &AppState, plan: &QueuePlan) -> Result<Vec<PrivateWrite>, ActError> {
    let created_us = app.now().as_micros();
    let mut rows = app.people().represent(&plan.parents_of_known()).await?;
    for new in &plan.people {
        let label = Label { id: new.id, owner: Some(new.id), created_us, expires_us: None };
        rows.push(app.people().insert(label, &new.person)?);
        if let Some(contacts) = &new.contacts {
            rows.push(app.people().put(label, contacts)?);
        }
        if let Some(child) = &new.child {
            rows.push(app.people().put(label, child)?);
        }
    }
    Ok(rows)
}

/// Carries out all or nothing.
async fn submit(app: &AppState, who: &Who, items: Vec<BatchItem>) -> Result<(), ActError> {
    if items.is_empty() {
        return Ok(());
    }
    let done = app.node().submit_all(BatchIntake { actor: who.actor(), items }).await;
    done.map(|_| ()).map_err(|error| match error {
        BatchError::Refused { refusal, .. } => ActError::Refused(refusal),
        BatchError::NotDone(error) => error.into(),
    })
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
    let is_empty = match plan {
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
            plan.applications.is_empty()
        }
        Plan::Organisations(plan) => {
            doc = doc.with(Block::Lead(ctx.t_with(
                "import-plan-organisations",
                &[
                    ("organisations", plan.organisations.into()),
                    ("groups", plan.groups.into()),
                    ("known", plan.there_already.len().into()),
                ],
            )));
            plan.commands.is_empty()
        }
    };
    if is_empty {
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
