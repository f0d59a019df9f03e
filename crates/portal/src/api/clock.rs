//! The virtual clock of a demonstration.

use axum::Json;
use axum::extract::State;
use kezek_calendar::Instant;
use kezek_node::ClockError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::done::Answer;
use super::extract::Sent;
use super::once::{self, NOBODY};
use super::problem::ApiError;
use super::values::Moment;
use crate::app::AppState;
use crate::error_page::Problem;
use crate::pages::demo_clock::{self, Step};
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

pub(super) fn routes() -> Routes {
    Routes::default().api(Action::UseDemo, routes!(show_clock)).api(Action::UseDemo, routes!(move_clock))
}

/// The clock of a demonstration.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClockView {
    /// The service's time.
    now: Moment,
}

/// How far the clock is to go: one of both.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MoveClock {
    /// So far.
    Step(StepCode),
    /// To this moment, not before the clock's.
    To(Moment),
}

/// A step of the clock.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepCode {
    /// To the next bulletin.
    Bulletin,
    /// To the next opening.
    Opening,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl From<StepCode> for Step {
    fn from(step: StepCode) -> Self {
        match step {
            StepCode::Bulletin => Self::Bulletin,
            StepCode::Opening => Self::Opening,
            StepCode::Hour => Self::Hour,
            StepCode::Day => Self::Day,
        }
    }
}

/// The clock of a demonstration; 404 in service.
#[utoipa::path(
    get, path = "/api/v1/demo/clock", tag = "demonstration", responses((status = 200, body = ClockView))
)]
async fn show_clock(State(app): State<AppState>) -> Answer<ClockView> {
    check_demo(&app)?;
    Ok(Json(ClockView { now: Moment(app.now()) }))
}

/// Move the clock forward; the answer comes when everything due by then is done.
#[utoipa::path(
    post, path = "/api/v1/demo/clock", tag = "demonstration", request_body = MoveClock,
    responses((status = 200, body = ClockView))
)]
async fn move_clock(
    State(app): State<AppState>,
    who: Option<axum::Extension<Who>>,
    sent: Sent<MoveClock>,
) -> Answer<ClockView> {
    check_demo(&app)?;
    let account = who.map_or(NOBODY, |who| who.person);
    if let Some(earlier) = once::earlier(&app, account, &sent.once).await? {
        return Ok(Json(earlier));
    }
    let now = match sent.body {
        MoveClock::Step(step) => demo_clock::advance(&app, step.into()).await?,
        MoveClock::To(to) => set(&app, to.0).await?,
    };
    let moved = ClockView { now: Moment(now) };
    let row = once::row(&app, account, &sent.once, &moved)?;
    once::write(&app, account, &sent.once, vec![row], moved).await.map(Json)
}

fn check_demo(app: &AppState) -> Result<(), ApiError> {
    if app.settings().demo.is_some() { Ok(()) } else { Err(ApiError::not_found()) }
}

async fn set(app: &AppState, to: Instant) -> Result<Instant, ApiError> {
    match app.node().set_clock(to).await {
        Ok(()) => Ok(app.now()),
        Err(ClockError::Backward { .. }) => Err(ApiError::invalid("to", "api-clock-backward")),
        Err(error) => {
            tracing::error!(%error, "the clock was not moved");
            Err(Problem::Unavailable.into())
        }
    }
}
