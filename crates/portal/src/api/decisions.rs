//! What the provider decides about an application (254/22, R3.9, R3.13, R3.14).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kezek_records::Person;
use kezek_rules::benefit::{Benefit, Finding};
use kezek_rules::command::{Act, CloseReason, Conclusion, Entry};
use kezek_rules::ids::ApplicationId;
use kezek_rules::{Command, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::apply::NewApplication;
use super::applying::{self, Parent};
use super::codes;
use super::contacts::NewContacts;
use super::done::{Answer, Done, act, act_with, ask};
use super::extract::{Nothing, Sent};
use super::once;
use super::problem::ApiError;
use super::values::{Day, Moment, iin, optional, text};
use crate::app::AppState;
use crate::own;
use crate::pages::desk::clock;
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::Register, routes!(register))
        .api(Action::ConfirmPapers, routes!(note_originals_shown))
        .api(Action::ConfirmPapers, routes!(confirm_benefit))
        .api(Action::ConfirmPapers, routes!(reject_benefit))
        .api(Action::ConfirmPapers, routes!(confirm_originals))
        .api(Action::ConfirmPapers, routes!(file_conclusion))
        .api(Action::ConfirmPapers, routes!(correct_birth))
        .api(Action::CloseApplication, routes!(close_application))
        .api(Action::CloseApplication, routes!(note_enrolled_elsewhere))
        .api(Action::CloseApplication, routes!(note_left_elsewhere))
}

fn desk_id(app: &AppState, who: &Who, number: u64) -> Result<ApplicationId, ApiError> {
    ask(app, |state| own::desk_application(state, who, number).map(|(id, _)| id))
}

/// An application taken in at the office.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeApplication {
    /// The parent, by an identity document.
    parent: NewParent,
    /// The application.
    application: NewApplication,
    /// Whether originals of a conclusion were shown.
    #[serde(default = "no_conclusion")]
    #[schema(schema_with = codes::conclusion)]
    conclusion: Conclusion,
    /// The act that lets a fourth registration through, up to 200 characters (R3.14).
    act: Option<String>,
}

fn no_conclusion() -> Conclusion {
    Conclusion::None
}

/// A parent by an identity document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParent {
    /// Twelve digits.
    iin: String,
    /// Family name.
    surname: String,
    /// Given name.
    given: String,
    /// Patronymic, where there is one.
    patronymic: Option<String>,
    /// How to be reached; kept for a parent who is not known yet.
    #[serde(default)]
    contacts: NewContacts,
}

impl NewParent {
    fn checked(&self, conclusion: Conclusion) -> Result<Parent, ApiError> {
        let person = Person {
            iin: iin(&self.iin)?,
            surname: text("parent.surname", &self.surname, 100)?,
            given: text("parent.given", &self.given, 100)?,
            patronymic: optional("parent.patronymic", self.patronymic.as_ref(), 100)?,
            birth_date: None,
        };
        Ok(Parent::AtOffice(Box::new(person), Box::new(self.contacts.checked()?), conclusion))
    }
}

/// Apply at the office for a family (254/5); by an act also past the third registration (R3.14).
#[utoipa::path(
    post, path = "/api/v1/desk/applications", tag = "provider", request_body = OfficeApplication,
    responses((status = 201, body = Done))
)]
async fn register(
    State(app): State<AppState>,
    who: Who,
    sent: Sent<OfficeApplication>,
) -> Result<(StatusCode, Json<Done>), ApiError> {
    let OfficeApplication { parent, application, conclusion, act } = sent.body;
    let entry = match optional("act", act.as_ref(), 200)? {
        Some(act) => Entry::Override(Act(act)),
        None => Entry::Sent,
    };
    let applying = application.checked(parent.checked(conclusion)?, entry)?;
    let here = app.read(|state| match &applying.queue {
        kezek_rules::command::QueueChoice::General(settlement) => Some(*settlement),
        kezek_rules::command::QueueChoice::Special(id, _)
        | kezek_rules::command::QueueChoice::Sanatorium(id, _) => {
            state.organisation(*id).map(|one| one.settlement)
        }
    });
    if here != Some(own::settlement(&who)?) {
        return Err(ApiError::not_found());
    }
    let accepted = applying::apply(&app, &who, &sent.once, applying).await?;
    Ok((StatusCode::CREATED, Json(accepted.into())))
}

fn benefit(code: &str) -> Result<Benefit, ApiError> {
    Benefit::ALL.into_iter().find(|benefit| benefit.code() == code).ok_or_else(ApiError::not_found)
}

/// Originals on the desk.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OriginalsShown {
    /// When they were shown; an earlier note stays until they are judged.
    shown: Moment,
    /// They are to be confirmed by then (254/22).
    confirm_by: Moment,
}

/// Note that originals are shown now: they are to be confirmed within thirty minutes (254/22).
#[utoipa::path(
    post, path = "/api/v1/desk/applications/{number}/originals-shown", tag = "provider",
    request_body = Nothing, params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = OriginalsShown))
)]
async fn note_originals_shown(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<Nothing>,
) -> Answer<OriginalsShown> {
    let (id, child) =
        ask(&app, |state| own::desk_application(state, &who, number).map(|(id, one)| (id, one.child.0)))?;
    if let Some(earlier) = once::earlier(&app, who.person, &sent.once).await? {
        return Ok(Json(earlier));
    }
    let shown = clock::note(&app, id, child).await?;
    let view = OriginalsShown { shown: Moment(shown), confirm_by: Moment(clock::confirm_by(shown)) };
    let row = once::row(&app, who.person, &sent.once, &view)?;
    once::write(&app, who.person, &sent.once, vec![row], view).await.map(Json)
}

/// Confirm a benefit whose originals were shown (254/22). The class changes, the time stays.
#[utoipa::path(
    post, path = "/api/v1/desk/applications/{number}/benefits/{benefit}/confirm", tag = "provider",
    request_body = Nothing,
    params(
        ("number" = u64, Path, description = "The application's number"),
        ("benefit" = String, Path, description = "The benefit's code")
    ),
    responses((status = 200, body = Done))
)]
async fn confirm_benefit(
    State(app): State<AppState>,
    who: Who,
    Path((number, code)): Path<(u64, String)>,
    sent: Sent<Nothing>,
) -> Answer<Done> {
    let id = desk_id(&app, &who, number)?;
    let command = Command::ConfirmBenefit(id, benefit(&code)?);
    act_with(&app, &who, &sent.once, command, clock::stop(id)).await
}

/// What was found about a benefit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// `false` for a negative answer of the authorised body or a forged paper.
    #[schema(schema_with = codes::finding)]
    finding: Finding,
}

/// Reject a benefit, or enter a negative answer of the authorised body (254/22, R3.34/16, R3.34/17).
#[utoipa::path(
    post, path = "/api/v1/desk/applications/{number}/benefits/{benefit}/reject", tag = "provider",
    request_body = Rejection,
    params(
        ("number" = u64, Path, description = "The application's number"),
        ("benefit" = String, Path, description = "The benefit's code")
    ),
    responses((status = 200, body = Done))
)]
async fn reject_benefit(
    State(app): State<AppState>,
    who: Who,
    Path((number, code)): Path<(u64, String)>,
    sent: Sent<Rejection>,
) -> Answer<Done> {
    let id = desk_id(&app, &who, number)?;
    let command = Command::RejectBenefit(id, benefit(&code)?, sent.body.finding);
    act_with(&app, &who, &sent.once, command, clock::stop(id)).await
}

/// Confirm originals that were shown after the referral (254/22, R3.34/15).
#[utoipa::path(
    post, path = "/api/v1/desk/applications/{number}/documents/confirm", tag = "provider",
    request_body = Nothing, params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = Done))
)]
async fn confirm_originals(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<Nothing>,
) -> Answer<Done> {
    let id = desk_id(&app, &who, number)?;
    act_with(&app, &who, &sent.once, Command::ConfirmDocuments(id), clock::stop(id)).await
}

/// Put a conclusion on file (254/17).
#[utoipa::path(
    post, path = "/api/v1/desk/applications/{number}/conclusion", tag = "provider", request_body = Nothing,
    params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = Done))
)]
async fn file_conclusion(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<Nothing>,
) -> Answer<Done> {
    let id = desk_id(&app, &who, number)?;
    act(&app, &who, &sent.once, Command::FileConclusion(id)).await
}

/// The right birth date.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightBirth {
    /// By the birth record.
    born: Day,
}

/// Correct a birth date: the application moves to the right queue with its original time (R3.13).
#[utoipa::path(
    post, path = "/api/v1/desk/applications/{number}/birth-date", tag = "provider",
    request_body = RightBirth, params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = Done))
)]
async fn correct_birth(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<RightBirth>,
) -> Answer<Done> {
    let id = desk_id(&app, &who, number)?;
    act(&app, &who, &sent.once, Command::CorrectBirth(id, sent.body.born.0)).await
}

/// Why an application is closed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// Moved away, or stands twice.
    #[schema(schema_with = codes::close_reason)]
    reason: CloseReason,
}

/// Close an application that moved away or stands twice.
#[utoipa::path(
    post, path = "/api/v1/desk/applications/{number}/close", tag = "provider", request_body = Closing,
    params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = Done))
)]
async fn close_application(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<Closing>,
) -> Answer<Done> {
    let id = desk_id(&app, &who, number)?;
    act(&app, &who, &sent.once, Command::Close(id, sent.body.reason)).await
}

/// Note that the child was found in another place with a state order (R3.9 `already_enrolled`).
#[utoipa::path(
    post, path = "/api/v1/desk/applications/{number}/found-enrolled", tag = "provider",
    request_body = Nothing, params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = Done))
)]
async fn note_enrolled_elsewhere(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<Nothing>,
) -> Answer<Done> {
    let id = desk_id(&app, &who, number)?;
    act(&app, &who, &sent.once, Command::FoundEnrolled(id)).await
}

/// Note that a child who was found in another place has left it: the application comes back (R3.34/24).
#[utoipa::path(
    post, path = "/api/v1/desk/applications/{number}/left-elsewhere", tag = "provider",
    request_body = Nothing, params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = Done))
)]
async fn note_left_elsewhere(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<Nothing>,
) -> Answer<Done> {
    let (child, has_place) = ask(&app, |state| {
        let (_, one) = own::desk_application(state, &who, number)?;
        let place = state.child(one.child).and_then(|child| child.organisation());
        Ok((one.child, place.is_some()))
    })?;
    // Leaving a kindergarten of this system is that kindergarten's to note.
    if has_place {
        return Err(Refusal::WrongState.into());
    }
    act(&app, &who, &sent.once, Command::Leave(child)).await
}
