//! Signing in and out. These change nothing in the journal and need no idempotency key.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kezek_calendar::Instant;
use kezek_node::SubmitError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::done::Answer;
use super::extract::Plain;
use super::problem::ApiError;
use super::values::Moment;
use crate::act::ActError;
use crate::app::AppState;
use crate::pages::password::LETTERS_MIN;
use crate::rights::Action;
use crate::routes::Routes;
use crate::sign_in::{self, SignInError};
use crate::who::Who;
use crate::words::role_code;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::SignIn, routes!(begin_session))
        .api(Action::SignOut, routes!(show_session))
        .api(Action::SignOut, routes!(end_session))
        .api(Action::ChangePassword, routes!(change_password))
}

/// IIN and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Twelve digits.
    iin: String,
    /// The password.
    password: String,
}

/// A session that began.
#[derive(Serialize, ToSchema)]
pub struct SessionBegun {
    /// Send it as `Authorization: Bearer …`.
    token: String,
    /// When the session ends, by the machine's clock.
    expires: Moment,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The present password.
    present: String,
    /// The new one, at least 10 characters.
    new: String,
}

/// The session that goes on after a change of password.
#[derive(Serialize, ToSchema)]
pub struct SessionRenewed {
    /// Send it from now on; the token used so far is no longer valid.
    token: String,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    /// The roles.
    roles: Vec<&'static str>,
    /// The settlement an official acts in.
    settlement: Option<u32>,
    /// The kindergarten an official acts for.
    kindergarten: Option<u32>,
}

/// Sign in with IIN and password.
#[utoipa::path(
    post, path = "/api/v1/sessions", tag = "sessions", request_body = Credentials,
    responses((status = 201, body = SessionBegun))
)]
async fn begin_session(
    State(app): State<AppState>,
    Plain(sent): Plain<Credentials>,
) -> Result<(StatusCode, Json<SessionBegun>), ApiError> {
    match sign_in::sign_in(&app, sent.iin.trim(), &sent.password).await {
        Ok((session, token)) => {
            let expires = Moment(Instant::from_micros(session.expires_us));
            let begun = SessionBegun { token: token.as_str().to_string(), expires };
            Ok((StatusCode::CREATED, Json(begun)))
        }
        Err(SignInError::Wrong) => Err(ApiError::wrong_password()),
        Err(other) => Err(not_now(other)),
    }
}

fn not_now(error: SignInError) -> ApiError {
    match error {
        SignInError::Locked => ApiError::too_many(60),
        SignInError::Busy => {
            ActError::Node(SubmitError::Busy { retry_after_s: sign_in::RETRY_AFTER_S }).into()
        }
        SignInError::Wrong | SignInError::Fault => ApiError::from(crate::error_page::Problem::Unavailable),
    }
}

/// Who is signed in.
#[utoipa::path(
    get, path = "/api/v1/sessions/current", tag = "sessions", responses((status = 200, body = SignedIn))
)]
async fn show_session(who: Who) -> Answer<SignedIn> {
    Ok(Json(SignedIn {
        roles: who.roles.iter().map(|role| role_code(*role)).collect(),
        settlement: who.settlement.map(|id| id.0),
        kindergarten: who.kindergarten.map(|id| id.0),
    }))
}

/// Sign out.
#[utoipa::path(delete, path = "/api/v1/sessions/current", tag = "sessions", responses((status = 204)))]
async fn end_session(State(app): State<AppState>, who: Who) -> Result<StatusCode, ApiError> {
    app.people().sign_out(who.session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change one's own password; every session of the person ends and a new one begins.
///
/// Needs no key: sent again, it finds its session ended and changes nothing.
#[utoipa::path(
    post, path = "/api/v1/sessions/password", tag = "sessions", request_body = NewPassword,
    responses((status = 200, body = SessionRenewed))
)]
async fn change_password(
    State(app): State<AppState>,
    who: Who,
    Plain(sent): Plain<NewPassword>,
) -> Answer<SessionRenewed> {
    if sent.new.chars().count() < LETTERS_MIN {
        return Err(ApiError::invalid("new", "password-short"));
    }
    match sign_in::change_password(&app, who.person, &sent.present, &sent.new).await {
        Ok(token) => Ok(Json(SessionRenewed { token: token.as_str().to_string() })),
        Err(SignInError::Wrong) => Err(ApiError::invalid("present", "password-wrong")),
        Err(other) => Err(not_now(other)),
    }
}
