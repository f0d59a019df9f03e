//! What a family does with its application (254/23, 254/26, 254/30).

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use kezek_node::PrivateChanges;
use kezek_records::Contacts;
use kezek_rules::Command;
use kezek_rules::benefit::Benefit;
use kezek_rules::command::Ground;
use kezek_rules::ids::{ApplicationId, VacancyId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::codes;
use super::contacts::NewContacts;
use super::done::{Answer, Done, act, ask, check_seen};
use super::extract::{Nothing, Sent};
use super::problem::ApiError;
use crate::act::Once;
use crate::app::AppState;
use crate::own;
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::EditOwn, routes!(put_benefits))
        .api(Action::EditOwn, routes!(put_contacts))
        .api(Action::EditOwn, routes!(confirm_interest))
        .api(Action::UseReferral, routes!(claim))
        .api(Action::UseReferral, routes!(annul))
        .api(Action::UseReferral, routes!(extend))
        .api(Action::WithdrawOwn, routes!(withdraw_application))
}

/// One's own application, as it was seen.
pub(super) async fn own_seen(
    app: &AppState,
    who: &Who,
    once: &Once,
    headers: &HeaderMap,
    number: u64,
) -> Result<ApplicationId, ApiError> {
    let id = own_id(app, who, number)?;
    check_seen(app, who, once, headers, id).await?;
    Ok(id)
}

/// One's own application.
pub(super) fn own_id(app: &AppState, who: &Who, number: u64) -> Result<ApplicationId, ApiError> {
    ask(app, |state| own::application(state, who, number).map(|(id, _)| id))
}

/// The benefits a family claims from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBenefits {
    /// All of them; those left out are given up.
    #[schema(schema_with = codes::benefits)]
    benefits: Vec<Benefit>,
}

/// Claim benefits or give them up (254/20.3). The time of registration is kept.
#[utoipa::path(
    put, path = "/api/v1/applications/{number}/benefits", tag = "family", request_body = NewBenefits,
    params(
        ("number" = u64, Path, description = "The application's number"),
        ("If-Match" = Option<String>, Header, description = "The version that was seen; 412 when it has passed")
    ),
    responses((status = 200, body = Done))
)]
async fn put_benefits(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    headers: HeaderMap,
    sent: Sent<NewBenefits>,
) -> Answer<Done> {
    let id = own_seen(&app, &who, &sent.once, &headers, number).await?;
    let benefits = sent.body.benefits;
    if benefits.len() > Benefit::ALL.len() {
        return Err(ApiError::invalid("benefits", "api-list-too-long"));
    }
    act(&app, &who, &sent.once, Command::EditBenefits(id, benefits)).await
}

/// Change how the family is reached. It has no effect on the queue (R3.13).
#[utoipa::path(
    put, path = "/api/v1/applications/{number}/contacts", tag = "family", request_body = NewContacts,
    params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = Done))
)]
async fn put_contacts(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<NewContacts>,
) -> Answer<Done> {
    let id = own_id(&app, &who, number)?;
    let contacts: Contacts = sent.body.checked()?;
    let row = super::contacts::row(&app, who.person, &contacts)?;
    let private = PrivateChanges::rows(vec![row]);
    let accepted = app.act_with(&who, &sent.once, Command::EditContacts(id), private).await?;
    Ok(axum::Json(accepted.into()))
}

/// Confirm interest in a place (R3.10). One call brings the application back from the stop-list for silence.
#[utoipa::path(
    post, path = "/api/v1/applications/{number}/interest", tag = "family", request_body = Nothing,
    params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = Done))
)]
async fn confirm_interest(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<Nothing>,
) -> Answer<Done> {
    let id = own_id(&app, &who, number)?;
    act(&app, &who, &sent.once, Command::ConfirmInterest(id)).await
}

/// A place to take.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClaim {
    /// Of which vacancy.
    vacancy: u32,
}

/// Take a place (254/24.5, 254/26): a referral is issued, or nothing is changed.
#[utoipa::path(
    post, path = "/api/v1/applications/{number}/claim", tag = "family", request_body = NewClaim,
    params(
        ("number" = u64, Path, description = "The application's number"),
        ("If-Match" = Option<String>, Header, description = "The version that was seen; 412 when it has passed")
    ),
    responses((status = 200, body = Done))
)]
async fn claim(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    headers: HeaderMap,
    sent: Sent<NewClaim>,
) -> Answer<Done> {
    let id = own_seen(&app, &who, &sent.once, &headers, number).await?;
    act(&app, &who, &sent.once, Command::Claim(id, VacancyId(sent.body.vacancy))).await
}

/// Give the referral back, not later than one day from its issue (254/30).
#[utoipa::path(
    post, path = "/api/v1/applications/{number}/annul", tag = "family", request_body = Nothing,
    params(
        ("number" = u64, Path, description = "The application's number"),
        ("If-Match" = Option<String>, Header, description = "The version that was seen; 412 when it has passed")
    ),
    responses((status = 200, body = Done))
)]
async fn annul(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    headers: HeaderMap,
    sent: Sent<Nothing>,
) -> Answer<Done> {
    let id = own_seen(&app, &who, &sent.once, &headers, number).await?;
    act(&app, &who, &sent.once, Command::Annul(id)).await
}

/// Why the family cannot come in time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Required by the law.
    #[schema(schema_with = codes::ground)]
    ground: Option<Ground>,
}

/// Extend the referral to 30 calendar days, once (254/30).
#[utoipa::path(
    post, path = "/api/v1/applications/{number}/extend", tag = "family", request_body = Extension,
    params(
        ("number" = u64, Path, description = "The application's number"),
        ("If-Match" = Option<String>, Header, description = "The version that was seen; 412 when it has passed")
    ),
    responses((status = 200, body = Done))
)]
async fn extend(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    headers: HeaderMap,
    sent: Sent<Extension>,
) -> Answer<Done> {
    let id = own_seen(&app, &who, &sent.once, &headers, number).await?;
    act(&app, &who, &sent.once, Command::Extend(id, sent.body.ground)).await
}

/// Withdraw the application (254/23.1). It goes into the archive; a new one gets a new time.
#[utoipa::path(
    post, path = "/api/v1/applications/{number}/withdraw", tag = "family", request_body = Nothing,
    params(
        ("number" = u64, Path, description = "The application's number"),
        ("If-Match" = Option<String>, Header, description = "The version that was seen; 412 when it has passed")
    ),
    responses((status = 200, body = Done))
)]
async fn withdraw_application(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    headers: HeaderMap,
    sent: Sent<Nothing>,
) -> Answer<Done> {
    let id = own_seen(&app, &who, &sent.once, &headers, number).await?;
    act(&app, &who, &sent.once, Command::WithdrawApplication(id)).await
}
