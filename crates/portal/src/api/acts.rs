//! Recorded acts about a settlement as a whole (R3.21, R3.31, R3.34/30).

use axum::extract::State;
use kezek_rules::Command;
use kezek_rules::command::Act;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::done::{Answer, Done, act};
use super::extract::Sent;
use super::problem::ApiError;
use super::profile::ProfileValues;
use super::values::{Day, Moment, text};
use crate::app::AppState;
use crate::own;
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::SetProfile, routes!(set_profile))
        .api(Action::ActOnSettlement, routes!(extend_windows))
        .api(Action::ActOnSettlement, routes!(freeze))
}

fn number(act: &str) -> Result<Act, ApiError> {
    text("act", act, 200).map(Act)
}

/// A change of the rule profile.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileAct {
    /// Number and date as written on the act, up to 200 characters.
    act: String,
    /// From 00:00 of this day.
    valid_from: Day,
    /// The values it changes.
    change: ProfileValues,
}

/// Change the rule profile by a recorded act from a day on (R3.21).
#[utoipa::path(
    post, path = "/api/v1/desk/profile", tag = "provider", request_body = ProfileAct,
    responses((status = 200, body = Done))
)]
async fn set_profile(State(app): State<AppState>, who: Who, sent: Sent<ProfileAct>) -> Answer<Done> {
    let settlement = own::settlement(&who)?;
    let ProfileAct { act: by, valid_from, change } = sent.body;
    let command = Command::SetProfile(settlement, change.change()?, number(&by)?, valid_from.0);
    act(&app, &who, &sent.once, command).await
}

/// A lengthening of terms after an outage.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lengthening {
    /// Number and date as written on the act, up to 200 characters.
    act: String,
    /// The new end of open windows and live referrals, exclusive.
    until: Moment,
}

/// Lengthen open windows and live referrals after an outage (R3.31).
#[utoipa::path(
    post, path = "/api/v1/desk/extensions", tag = "provider", request_body = Lengthening,
    responses((status = 200, body = Done))
)]
async fn extend_windows(State(app): State<AppState>, who: Who, sent: Sent<Lengthening>) -> Answer<Done> {
    let settlement = own::settlement(&who)?;
    let command = Command::ExtendWindows(settlement, sent.body.until.0, number(&sent.body.act)?);
    act(&app, &who, &sent.once, command).await
}

/// Days without bulletin and opening.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFreeze {
    /// Number and date as written on the act, up to 200 characters.
    act: String,
    /// The first day.
    from: Day,
    /// The last day, included.
    to: Day,
}

/// Halt bulletins and openings between two days (R3.34/30).
#[utoipa::path(
    post, path = "/api/v1/desk/freezes", tag = "provider", request_body = NewFreeze,
    responses((status = 200, body = Done))
)]
async fn freeze(State(app): State<AppState>, who: Who, sent: Sent<NewFreeze>) -> Answer<Done> {
    let settlement = own::settlement(&who)?;
    let NewFreeze { act: by, from, to } = sent.body;
    act(&app, &who, &sent.once, Command::Freeze(settlement, from.0, to.0, number(&by)?)).await
}
