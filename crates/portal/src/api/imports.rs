//! An earlier queue, or kindergartens with their groups, and the monthly answers: files that are looked at whole and
//! carried out whole.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, Uri};
use kezek_import::{PLANS_MAX, QueuePlan};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::UtoipaMethodRouterExt;
use utoipa_axum::routes;

use super::done::Answer;
use super::extract::key;
use super::once;
use super::problem::ApiError;
use crate::act::{ActError, Once};
use crate::app::AppState;
use crate::ctx::{self, Ctx};
use crate::pages::desk::import_plan::{self, FILE_BYTES_MAX, Plan, Rejected, What};
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

pub(super) fn routes() -> Routes {
    let organisations = routes!(import_organisations).layer(DefaultBodyLimit::max(FILE_BYTES_MAX));
    let queue = routes!(import_queue).layer(DefaultBodyLimit::max(FILE_BYTES_MAX));
    Routes::default().api(Action::Import, organisations).api(Action::Import, queue)
}

/// Whether to look only.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HowFar {
    /// `true`: tell what would happen and change nothing. The same key serves for carrying it out afterwards.
    #[serde(default)]
    pub dry_run: bool,
}

/// A file as it was sent, and what a second sending of it is known by.
pub struct SentFile {
    /// What makes sending it twice harmless.
    pub once: Once,
    /// For problems of lines, in the caller's language.
    pub ctx: Ctx,
}

impl SentFile {
    /// By its headers, address and content.
    pub fn of(headers: &HeaderMap, uri: &Uri, bytes: &[u8]) -> Result<Self, ApiError> {
        let once = Once { key: key(headers)?, body: [format!("POST {uri}\n").as_bytes(), bytes].concat() };
        Ok(Self { once, ctx: Ctx::sample(ctx::accepted(headers), "/") })
    }
}

impl SentFile {
    fn taken(&self, planned: Result<Plan, Rejected>) -> Result<Plan, ApiError> {
        planned.map_err(|rejected| ApiError::rejected_file(rejected.texts(&self.ctx)))
    }
}

/// What an import does.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// Whether it was carried out; `false` when it was only looked at.
    carried_out: bool,
    /// New settlements.
    settlements: usize,
    /// New kindergartens.
    organisations: usize,
    /// New groups.
    groups: usize,
    /// New applications.
    applications: usize,
    /// New people.
    people: usize,
    /// Lines that are there already and change nothing.
    there_already: Vec<u64>,
    /// Lines that call a child enrolled who waits here: for a person to judge.
    enrolled_there: Vec<u64>,
    /// Applications by queue.
    queues: Vec<QueueCount>,
}

/// Applications of a queue.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueueCount {
    /// The settlement.
    settlement: u32,
    /// The queue's name.
    queue: String,
    /// In it before.
    before: usize,
    /// To come.
    new: usize,
}

impl ImportReport {
    fn of(plan: &Plan, carried_out: bool) -> Self {
        let nothing = Self {
            carried_out,
            settlements: 0,
            organisations: 0,
            groups: 0,
            applications: 0,
            people: 0,
            there_already: Vec::new(),
            enrolled_there: Vec::new(),
            queues: Vec::new(),
        };
        match plan {
            Plan::Organisations(plan, _) => Self {
                settlements: plan.settlements,
                organisations: plan.organisations,
                groups: plan.groups,
                there_already: plan.there_already.clone(),
                ..nothing
            },
            Plan::Queue(plan) => Self {
                applications: plan.applications.len(),
                people: plan.people.len(),
                there_already: plan.there_already.clone(),
                enrolled_there: plan.enrolled_there.clone(),
                queues: counts(plan),
                ..nothing
            },
        }
    }
}

fn counts(plan: &QueuePlan) -> Vec<QueueCount> {
    let count = |one: &kezek_import::Count| QueueCount {
        settlement: one.settlement.0,
        queue: one.queue.clone(),
        before: one.before,
        new: one.new,
    };
    plan.counts.iter().map(count).collect()
}

/// Enter settlements, kindergartens and groups from a CSV file, whole or not at all.
///
/// A line that cannot be taken refuses the file: 422 with `lines`. What is there already is left out.
#[utoipa::path(
    post, path = "/api/v1/desk/import/organisations", tag = "provider", params(HowFar),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ImportReport))
)]
async fn import_organisations(
    State(app): State<AppState>,
    who: Who,
    Query(how): Query<HowFar>,
    uri: Uri,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer<ImportReport> {
    let sent = SentFile::of(&headers, &uri, &bytes)?;
    import(&app, &who, how, &sent, What::Organisations, &bytes).await
}

/// Enter an earlier queue from a CSV file with its original times, whole or not at all.
///
/// A line that cannot be taken refuses the file: 422 with `lines`. What is there already is left out. Kindergartens
/// must be there before.
#[utoipa::path(
    post, path = "/api/v1/desk/import/queue", tag = "provider", params(HowFar),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ImportReport))
)]
async fn import_queue(
    State(app): State<AppState>,
    who: Who,
    Query(how): Query<HowFar>,
    uri: Uri,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer<ImportReport> {
    let sent = SentFile::of(&headers, &uri, &bytes)?;
    import(&app, &who, how, &sent, What::Queue, &bytes).await
}

/// Carries a plan out once, with its answer; planned anew when others wrote meanwhile.
async fn import(
    app: &AppState,
    who: &Who,
    how: HowFar,
    sent: &SentFile,
    what: What,
    bytes: &[u8],
) -> Answer<ImportReport> {
    let reach = import_plan::reach(who)?;
    if how.dry_run {
        let plan = sent.taken(import_plan::plan(app, what, reach, bytes).await?)?;
        return Ok(Json(ImportReport::of(&plan, false)));
    }
    let mut plans = 1;
    loop {
        if let Some(earlier) = once::earlier(app, who.person, &sent.once).await? {
            return Ok(Json(earlier));
        }
        let plan = match sent.taken(import_plan::plan(app, what, reach, bytes).await?) {
            Ok(plan) => plan,
            Err(rejected) => {
                return once::earlier_or(app, who.person, &sent.once, rejected).await.map(Json);
            }
        };
        let report = ImportReport::of(&plan, true);
        let row = once::row(app, who.person, &sent.once, &report)?;
        if plan.is_empty() {
            return once::write(app, who.person, &sent.once, vec![row], report).await.map(Json);
        }
        match import_plan::carry_out(app, who, &plan, vec![row]).await {
            Ok(_) => return Ok(Json(report)),
            Err(error) if error.is_outdated() && plans < PLANS_MAX => plans += 1,
            Err(error) => {
                let error = ActError::from(error);
                return once::earlier_or(app, who.person, &sent.once, error).await.map(Json);
            }
        }
    }
}
