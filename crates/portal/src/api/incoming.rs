//! Referrals to a kindergarten: originals, enrolment, refusal, leaving (254/22, 254/31–34).

use axum::Json;
use axum::extract::{Path, State};
use kezek_rules::command::RefusalCause;
use kezek_rules::event::StopReason;
use kezek_rules::ids::{ApplicationId, OrganisationId};
use kezek_rules::state::{Application, Referral, Status};
use kezek_rules::{Command, State as Law};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::codes;
use super::desk::{PersonView, person};
use super::done::{Answer, Done, act, act_with, ask};
use super::extract::{Nothing, Sent};
use super::problem::ApiError;
use super::values::Day;
use super::views::ReferralView;
use crate::app::AppState;
use crate::error_page::Problem;
use crate::own;
use crate::pages::desk::clock;
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::SeeGarden, routes!(list_incoming))
        .api(Action::Enrol, routes!(show_incoming))
        .api(Action::Enrol, routes!(confirm_documents))
        .api(Action::Enrol, routes!(enrol))
        .api(Action::Enrol, routes!(refuse_enrolment))
        .api(Action::Enrol, routes!(note_leaving))
}

/// An application that was or is referred to this official's kindergarten.
///
/// A live referral must be to this kindergarten. Without one an earlier referral suffices: the act is then refused
/// by the law, and an act that was done before and is sent again gets its answer again.
fn here<'a>(state: &'a Law, who: &Who, number: u64) -> Result<(ApplicationId, &'a Application), Problem> {
    let (id, one) = own::by_number(state, number)?;
    if one.live_referral().is_some() {
        return own::incoming(state, who, number);
    }
    let (kindergarten, _) = own::kindergarten(state, who)?;
    let was_here = |referral: &Referral| {
        referral.application == id && organisation(state, referral) == Some(kindergarten)
    };
    let found = state.referrals().rev().any(|(_, referral)| was_here(referral));
    if found { Ok((id, one)) } else { Err(Problem::NotFound) }
}

fn organisation(state: &Law, referral: &Referral) -> Option<OrganisationId> {
    state.vacancy(referral.vacancy).map(|vacancy| vacancy.organisation)
}

fn here_id(app: &AppState, who: &Who, number: u64) -> Result<ApplicationId, ApiError> {
    ask(app, |state| here(state, who, number).map(|(id, _)| id))
}

/// Live referrals to one's own kindergarten, the nearest term first. Names come one by one, since each look is noted.
#[utoipa::path(
    get, path = "/api/v1/kindergarten/referrals", tag = "kindergarten",
    responses((status = 200, body = [ReferralView]))
)]
async fn list_incoming(State(app): State<AppState>, who: Who) -> Answer<Vec<ReferralView>> {
    let found = ask(&app, |state| {
        let (kindergarten, _) = own::kindergarten(state, &who)?;
        let view = |id| Some(ReferralView::of(state, id, state.referral(id)?));
        Ok(state.incoming_referrals(kindergarten).filter_map(view).collect())
    });
    found.map(Json)
}

/// A child with a live referral to one's own kindergarten.
#[derive(Serialize, ToSchema)]
pub struct IncomingChild {
    /// The referral.
    referral: ReferralView,
    /// Birth date.
    born: Day,
    /// The child.
    child: Option<PersonView>,
    /// The parent.
    parent: Option<PersonView>,
}

/// A child with a live referral to one's own kindergarten. The look is noted where the family sees it.
#[utoipa::path(
    get, path = "/api/v1/kindergarten/applications/{number}", tag = "kindergarten",
    params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = IncomingChild))
)]
async fn show_incoming(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
) -> Answer<IncomingChild> {
    let (referral, born, child, parent) = ask(&app, |state| {
        let (_, one) = own::incoming(state, &who, number)?;
        let live = one.live_referral().and_then(|id| state.referral(id).map(|found| (id, found)));
        let (id, referral) = live.ok_or(Problem::NotFound)?;
        Ok((ReferralView::of(state, id, referral), Day(one.born), one.child.0, one.parent.0))
    })?;
    app.note_look(&who, &[child, parent], Action::Enrol).await?;
    let (child, parent) = (person(&app, child).await?, person(&app, parent).await?);
    Ok(Json(IncomingChild { referral, born, child, parent }))
}

/// Confirm originals that were shown after the referral (254/22, R3.34/15).
#[utoipa::path(
    post, path = "/api/v1/kindergarten/applications/{number}/documents/confirm", tag = "kindergarten",
    request_body = Nothing, params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = Done))
)]
async fn confirm_documents(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<Nothing>,
) -> Answer<Done> {
    let id = here_id(&app, &who, number)?;
    act_with(&app, &who, &sent.once, Command::ConfirmDocuments(id), clock::stop(id)).await
}

/// Enrol on the live referral, documents confirmed (254/32, R3.30).
#[utoipa::path(
    post, path = "/api/v1/kindergarten/applications/{number}/enrol", tag = "kindergarten",
    request_body = Nothing, params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = Done))
)]
async fn enrol(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<Nothing>,
) -> Answer<Done> {
    let id = here_id(&app, &who, number)?;
    act(&app, &who, &sent.once, Command::Enrol(id)).await
}

/// Why an enrolment is annulled.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentRefusal {
    /// Required by the law (254/34).
    #[schema(schema_with = codes::refusal_cause)]
    cause: Option<RefusalCause>,
}

/// Refuse the enrolment with a lawful cause (254/34).
#[utoipa::path(
    post, path = "/api/v1/kindergarten/applications/{number}/refuse", tag = "kindergarten",
    request_body = EnrolmentRefusal, params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = Done))
)]
async fn refuse_enrolment(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<EnrolmentRefusal>,
) -> Answer<Done> {
    let id = here_id(&app, &who, number)?;
    act(&app, &who, &sent.once, Command::RefuseEnrolment(id, sent.body.cause)).await
}

/// Note that a child who was enrolled here left (254/19).
#[utoipa::path(
    post, path = "/api/v1/kindergarten/applications/{number}/leave", tag = "kindergarten",
    request_body = Nothing, params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = Done))
)]
async fn note_leaving(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    sent: Sent<Nothing>,
) -> Answer<Done> {
    let child = ask(&app, |state| {
        let (kindergarten, _) = own::kindergarten(state, &who)?;
        let (_, one) = own::by_number(state, number)?;
        match state.child(one.child).and_then(|child| child.organisation()) {
            Some(organisation) if organisation == kindergarten => Ok(one.child),
            Some(_) => Err(Problem::NotFound),
            // Who was found in another place is the provider's matter (R3.34/24).
            None if is_found_elsewhere(state, one) => Err(Problem::NotFound),
            None => here(state, &who, number).map(|(_, one)| one.child),
        }
    })?;
    act(&app, &who, &sent.once, Command::Leave(child)).await
}

fn is_found_elsewhere(state: &Law, one: &Application) -> bool {
    let all = state.child(one.child).into_iter().flat_map(|child| &child.applications);
    let mut found = all.filter_map(|id| state.application(*id));
    found.any(|one| match &one.status {
        Status::StopListed(listing) => listing.reason == StopReason::AlreadyEnrolled,
        _ => false,
    })
}
