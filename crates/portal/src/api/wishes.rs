//! Wish lists (R3.29), and siblings together (254/29, R3.16).

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use kezek_rules::Command;
use kezek_rules::command::Wish;
use kezek_rules::ids::{ApplicationId, OrganisationId};
use kezek_rules::place::Language;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::changes::{own_id, own_seen};
use super::codes;
use super::done::{Answer, Done, act};
use super::extract::Sent;
use super::problem::ApiError;
use crate::app::AppState;
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

const WISHES_MAX: usize = 50;
const SIBLINGS_MAX: usize = 10;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::EditOwn, routes!(put_wishes))
        .api(Action::EditOwn, routes!(put_family_wishes))
        .api(Action::UseReferral, routes!(claim_family))
}

fn own_siblings(app: &AppState, who: &Who, numbers: &[u64]) -> Result<Vec<ApplicationId>, ApiError> {
    if numbers.len() > SIBLINGS_MAX {
        return Err(ApiError::invalid("applications", "api-list-too-long"));
    }
    numbers.iter().map(|number| own_id(app, who, *number)).collect()
}

/// One wish.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWish {
    /// Where.
    organisation: u32,
    /// Only this language.
    #[schema(schema_with = codes::language)]
    language: Option<Language>,
}

fn wishes(sent: &[NewWish]) -> Result<Vec<Wish>, ApiError> {
    if sent.len() > WISHES_MAX {
        return Err(ApiError::invalid("choices", "api-list-too-long"));
    }
    let wish =
        |one: &NewWish| Wish { organisation: OrganisationId(one.organisation), language: one.language };
    Ok(sent.iter().map(wish).collect())
}

/// A ranked list of wishes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWishes {
    /// In order of wish; empty to withdraw the list; up to 50.
    choices: Vec<NewWish>,
}

/// Lodge, change or withdraw the wish list (R3.29). It is carried out at the opening, in queue order.
#[utoipa::path(
    put, path = "/api/v1/applications/{number}/wishes", tag = "family", request_body = NewWishes,
    params(
        ("number" = u64, Path, description = "The application's number"),
        ("If-Match" = Option<String>, Header, description = "The version that was seen; 412 when it has passed")
    ),
    responses((status = 200, body = Done))
)]
async fn put_wishes(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
    headers: HeaderMap,
    sent: Sent<NewWishes>,
) -> Answer<Done> {
    let id = own_seen(&app, &who, &sent.once, &headers, number).await?;
    act(&app, &who, &sent.once, Command::Wish(id, wishes(&sent.body.choices)?)).await
}

/// A joint list of siblings.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyWishes {
    /// The siblings' applications, two or more.
    applications: Vec<u64>,
    /// In order of wish; empty to withdraw the list; up to 50.
    choices: Vec<NewWish>,
}

/// Lodge a joint list of siblings, all or none (R3.29, R3.16).
#[utoipa::path(
    put, path = "/api/v1/family-wishes", tag = "family", request_body = FamilyWishes,
    responses((status = 200, body = Done))
)]
async fn put_family_wishes(State(app): State<AppState>, who: Who, sent: Sent<FamilyWishes>) -> Answer<Done> {
    let ids = own_siblings(&app, &who, &sent.body.applications)?;
    act(&app, &who, &sent.once, Command::WishFamily(ids, wishes(&sent.body.choices)?)).await
}

/// Places for siblings in one organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyClaim {
    /// The siblings' applications, two or more.
    applications: Vec<u64>,
    /// Where.
    organisation: u32,
}

/// Take places for siblings in one organisation, all or none (254/29).
#[utoipa::path(
    post, path = "/api/v1/family-claims", tag = "family", request_body = FamilyClaim,
    responses((status = 200, body = Done))
)]
async fn claim_family(State(app): State<AppState>, who: Who, sent: Sent<FamilyClaim>) -> Answer<Done> {
    let ids = own_siblings(&app, &who, &sent.body.applications)?;
    let organisation = OrganisationId(sent.body.organisation);
    act(&app, &who, &sent.once, Command::ClaimFamily(ids, organisation)).await
}
