//! Moving the clock of a demonstration.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use kezek_calendar::Instant;
use kezek_node::ClockError;

use crate::app::AppState;
use crate::ctx::Ctx;
use crate::error_page::{PageError, Problem};
use crate::posted::Posted;

const HOUR_US: i64 = 3_600_000_000;

/// How far the clock goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the next bulletin.
    Bulletin,
    /// To the next opening.
    Opening,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl Step {
    /// The step with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "bulletin" => Self::Bulletin,
            "opening" => Self::Opening,
            "hour" => Self::Hour,
            "day" => Self::Day,
            _ => return None,
        })
    }
}

/// `POST /{language}/demo/clock`
pub async fn submit(State(app): State<AppState>, ctx: Ctx, posted: Posted) -> Result<Response, PageError> {
    let step = Step::from_code(posted.value("step")).ok_or(Problem::BadRequest)?;
    advance(&app, step).await?;
    let back = posted.value("back");
    let back = if back.starts_with('/') && !back.starts_with("//") { back } else { "/" };
    Ok(Redirect::to(&ctx.link(back)).into_response())
}

/// Moves the clock and waits until everything due by then is done.
pub async fn advance(app: &AppState, step: Step) -> Result<Instant, Problem> {
    if app.settings().demo.is_none() {
        return Err(Problem::NotFound);
    }
    let now = app.now();
    let to = app.read(|state| {
        let (_, settlement) = state.settlements().next()?;
        Some(match step {
            Step::Bulletin => settlement.next_at(settlement.profile.bulletin_time, now),
            Step::Opening => settlement.next_at(settlement.profile.opening_time, now),
            Step::Hour => now.plus_micros(HOUR_US),
            Step::Day => now.plus_micros(24 * HOUR_US),
        })
    });
    let to = to.unwrap_or_else(|| now.plus_micros(HOUR_US));
    match app.node().set_clock(to).await {
        // Two pressed at once: the other was quicker, and the time has come all the same.
        Ok(()) | Err(ClockError::Backward { .. }) => Ok(app.now()),
        Err(error) => {
            tracing::error!(%error, "the clock was not moved");
            Err(Problem::Unavailable)
        }
    }
}
