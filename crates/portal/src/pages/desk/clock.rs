//! The thirty minutes in which shown originals must be confirmed (254/22).

use kezek_calendar::Instant;
use kezek_node::{PeopleError, PrivateChanges, PrivateWrite};
use kezek_records::{Label, Record};
use kezek_rules::ids::ApplicationId;
use serde::{Deserialize, Serialize};

use crate::app::AppState;
use crate::ctx::Ctx;

/// 254/22: within 30 minutes of their being shown.
const MINUTES: i64 = 30;
const MINUTE_US: i64 = 60_000_000;

/// When a family showed its originals at the desk; kept until they are judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalsShown {
    /// Microseconds since 1970 UTC.
    pub at_us: i64,
}

impl Record for OriginalsShown {
    const KIND: &'static str = "originals_shown";
}

/// Notes that the originals of an application were shown now; an earlier note stays. Gives when they were shown.
pub async fn note(app: &AppState, id: ApplicationId, child: u64) -> Result<Instant, PeopleError> {
    if let Some(earlier) = shown(app, id).await? {
        return Ok(earlier);
    }
    let now = app.now();
    let at_us = now.as_micros();
    let label = Label { id: key(id), owner: Some(child), created_us: at_us, expires_us: None };
    app.people().write(vec![app.people().put(label, &OriginalsShown { at_us })?]).await?;
    Ok(now)
}

/// When the thirty minutes are over.
pub fn confirm_by(shown: Instant) -> Instant {
    Instant::from_micros(shown.as_micros() + MINUTES * MINUTE_US)
}

/// When the originals were shown, if that was noted and they are not judged yet.
pub async fn shown(app: &AppState, id: ApplicationId) -> Result<Option<Instant>, PeopleError> {
    let found = app.people().get::<OriginalsShown>(key(id)).await?;
    Ok(found.map(|found| Instant::from_micros(found.record.at_us)))
}

/// The clock stops: a change that goes with the judgement.
pub fn stop(id: ApplicationId) -> PrivateChanges {
    PrivateChanges::rows(vec![PrivateWrite::Delete { kind: OriginalsShown::KIND.into(), id: key(id) }])
}

/// How much of the thirty minutes is left, in words.
pub fn left(ctx: &Ctx, shown: Instant, now: Instant) -> String {
    let passed = (now.as_micros() - shown.as_micros()) / MINUTE_US;
    if passed >= MINUTES {
        return ctx.t_with("desk-clock-over", &[("minutes", (passed - MINUTES).into())]);
    }
    ctx.t_with("desk-clock-left", &[("minutes", (MINUTES - passed).into())])
}

fn key(id: ApplicationId) -> u64 {
    u64::from(id.0)
}
