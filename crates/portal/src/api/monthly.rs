//! The answers of the authorised body to the monthly consolidated request (254/22).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, Uri};
use kezek_node::{BatchIntake, BatchItem, PrivateChanges};
use kezek_rules::benefit::Benefit;
use kezek_rules::ids::ApplicationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::UtoipaMethodRouterExt;
use utoipa_axum::routes;

use super::codes;
use super::done::Answer;
use super::imports::{HowFar, SentFile};
use super::once;
use super::problem::ApiError;
use crate::act::ActError;
use crate::app::AppState;
use crate::own;
use crate::pages::desk::answers::{self, Answered};
use crate::pages::desk::monthly::{ANSWERS_BYTES_MAX, commands};
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

pub(super) fn routes() -> Routes {
    let answers = routes!(enter_monthly_answers).layer(DefaultBodyLimit::max(ANSWERS_BYTES_MAX));
    Routes::default().api(Action::AskAuthority, answers)
}

/// What the answers do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AnswersReport {
    /// Whether it was carried out; `false` when it was only looked at.
    carried_out: bool,
    /// How many rights were confirmed: nothing changes for them.
    yes: usize,
    /// Rights that are annulled, with what was got by them.
    no: Vec<Annulled>,
    /// Lines without an answer.
    open: usize,
}

/// A right that is annulled.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Annulled {
    /// The application.
    application: u64,
    /// The benefit.
    #[schema(schema_with = codes::benefit)]
    benefit: Benefit,
}

impl AnswersReport {
    fn of(answered: &Answered, carried_out: bool) -> Self {
        let annulled = |(id, benefit): &(ApplicationId, Benefit)| Annulled {
            application: id.number(),
            benefit: *benefit,
        };
        let no = answered.no.iter().map(annulled).collect();
        Self { carried_out, yes: answered.yes, no, open: answered.open }
    }
}

/// Enter the answers of the authorised body from a CSV file, whole or not at all (254/22).
///
/// The columns are the application's number, the benefit and the answer, yes or no. A line that cannot be taken
/// refuses the file: 422 with `lines`.
#[utoipa::path(
    post, path = "/api/v1/desk/monthly-answers", tag = "provider", params(HowFar),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = AnswersReport))
)]
async fn enter_monthly_answers(
    State(app): State<AppState>,
    who: Who,
    Query(how): Query<HowFar>,
    uri: Uri,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer<AnswersReport> {
    let sent = SentFile::of(&headers, &uri, &bytes)?;
    let here = own::settlement(&who)?;
    if !how.dry_run
        && let Some(earlier) = once::earlier(&app, who.person, &sent.once).await?
    {
        return Ok(Json(earlier));
    }
    let answered = app.read(|state| answers::read(&sent.ctx, state, here, &bytes));
    let answered = match answered {
        Ok(answered) => answered,
        Err(lines) if how.dry_run => return Err(ApiError::rejected_file(lines)),
        Err(lines) => {
            let rejected = ApiError::rejected_file(lines);
            return once::earlier_or(&app, who.person, &sent.once, rejected).await.map(Json);
        }
    };
    let report = AnswersReport::of(&answered, !how.dry_run);
    if how.dry_run {
        return Ok(Json(report));
    }
    let row = once::row(&app, who.person, &sent.once, &report)?;
    let mut items: Vec<BatchItem> = commands(&answered).into_iter().map(BatchItem::of).collect();
    let Some(first) = items.first_mut() else {
        return once::write(&app, who.person, &sent.once, vec![row], report).await.map(Json);
    };
    first.private = PrivateChanges::rows(vec![row]);
    let batch = BatchIntake { actor: who.actor(), items, planned_on: None };
    match app.node().submit_all(batch).await {
        Ok(_) => Ok(Json(report)),
        Err(error) => once::earlier_or(&app, who.person, &sent.once, ActError::from(error)).await.map(Json),
    }
}
