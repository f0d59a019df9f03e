//! A kindergarten's groups and places (254/25, R3.30).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kezek_rules::Command;
use kezek_rules::command::{Publish, SetGroup, WithdrawPlaces, WithdrawReason};
use kezek_rules::ids::{GroupId, VacancyId};
use kezek_rules::place::{GroupKind, Language, Mode, Regime};
use kezek_rules::state::Group;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::codes;
use super::done::{Answer, Done, act, ask};
use super::extract::{Nothing, Sent};
use super::problem::ApiError;
use super::values::{Children, Day, Terms, optional, text};
use super::views::VacancyView;
use crate::app::AppState;
use crate::own;
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::SeeGarden, routes!(list_groups))
        .api(Action::SetGroup, routes!(open_group))
        .api(Action::SetGroup, routes!(change_group))
        .api(Action::SeeGarden, routes!(list_places))
        .api(Action::OfferPlaces, routes!(publish_places))
        .api(Action::OfferPlaces, routes!(withdraw_places))
        .api(Action::OfferPlaces, routes!(free_early_places))
}

/// A group and how full it is.
#[derive(Serialize, ToSchema)]
pub struct GroupView {
    /// Its number.
    group: u32,
    /// Its name.
    name: String,
    /// Which children.
    children: Children,
    /// Language of teaching.
    #[schema(schema_with = codes::language)]
    language: Language,
    /// Most children.
    capacity: u32,
    /// Children who are there.
    enrolled: u32,
    /// Of these, who did not come by a referral of this system.
    enrolled_before: u32,
    /// Permanent places that wait for a bulletin.
    announced: u32,
    /// Permanent places published and not taken.
    published: u32,
    /// Live referrals to permanent places.
    referred: u32,
    /// Places that are neither filled nor offered (R3.30).
    withheld: u32,
}

fn group_view(state: &kezek_rules::State, id: GroupId, group: &Group) -> GroupView {
    let vacancies = group.vacancies.iter().filter_map(|id| Some((*id, state.vacancy(*id)?)));
    let (mut announced, mut published, mut referred) = (0, 0, 0);
    for (id, vacancy) in vacancies.filter(|(_, vacancy)| vacancy.mode() == Mode::General) {
        announced += vacancy.announced + vacancy.returned;
        published += VacancyView::of(state, id, vacancy).free;
        referred += vacancy.referred;
    }
    let used = group.enrolled() + announced + published + referred;
    GroupView {
        group: id.0,
        name: group.name.clone(),
        children: group.cohort.into(),
        language: group.language,
        capacity: group.capacity,
        enrolled: group.enrolled(),
        enrolled_before: group.enrolled_before,
        announced,
        published,
        referred,
        withheld: group.capacity.saturating_sub(used),
    }
}

/// One's own kindergarten's groups.
#[utoipa::path(
    get, path = "/api/v1/kindergarten/groups", tag = "kindergarten",
    responses((status = 200, body = [GroupView]))
)]
async fn list_groups(State(app): State<AppState>, who: Who) -> Answer<Vec<GroupView>> {
    let found = ask(&app, |state| {
        let (_, organisation) = own::kindergarten(state, &who)?;
        let groups = organisation.groups.iter().filter_map(|id| Some((*id, state.group(*id)?)));
        Ok(groups.map(|(id, group)| group_view(state, id, group)).collect())
    });
    found.map(Json)
}

/// A group.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// Its name, up to 100 characters.
    name: String,
    /// Which children.
    children: Children,
    /// Language of teaching.
    #[schema(schema_with = codes::language)]
    language: Language,
    /// Most children.
    capacity: u32,
    /// Children who are there without a referral of this system.
    enrolled: u32,
}

fn set_group(app: &AppState, who: &Who, group: Option<GroupId>, new: &NewGroup) -> Result<Command, ApiError> {
    let organisation = ask(app, |state| own::kindergarten(state, who).map(|(id, _)| id))?;
    Ok(Command::SetGroup(SetGroup {
        group,
        organisation,
        name: text("name", &new.name, 100)?,
        cohort: new.children.cohort()?,
        language: new.language,
        capacity: new.capacity,
        enrolled: new.enrolled,
    }))
}

/// Open a group.
#[utoipa::path(
    post, path = "/api/v1/kindergarten/groups", tag = "kindergarten", request_body = NewGroup,
    responses((status = 201, body = Done))
)]
async fn open_group(
    State(app): State<AppState>,
    who: Who,
    sent: Sent<NewGroup>,
) -> Result<(StatusCode, Json<Done>), ApiError> {
    let command = set_group(&app, &who, None, &sent.body)?;
    Ok((StatusCode::CREATED, act(&app, &who, &sent.once, command).await?))
}

/// Change a group.
#[utoipa::path(
    put, path = "/api/v1/kindergarten/groups/{group}", tag = "kindergarten", request_body = NewGroup,
    params(("group" = u32, Path, description = "The group's number")),
    responses((status = 200, body = Done))
)]
async fn change_group(
    State(app): State<AppState>,
    who: Who,
    Path(group): Path<u32>,
    sent: Sent<NewGroup>,
) -> Answer<Done> {
    let group = ask(&app, |state| own::group(state, &who, group).map(|(id, _)| id))?;
    let command = set_group(&app, &who, Some(group), &sent.body)?;
    act(&app, &who, &sent.once, command).await
}

/// Every vacancy of one's own kindergarten, newest first.
#[utoipa::path(
    get, path = "/api/v1/kindergarten/vacancies", tag = "kindergarten",
    responses((status = 200, body = [VacancyView]))
)]
async fn list_places(State(app): State<AppState>, who: Who) -> Answer<Vec<VacancyView>> {
    let found = ask(&app, |state| {
        let (_, organisation) = own::kindergarten(state, &who)?;
        let vacancies = organisation.vacancies.iter().rev().filter_map(|id| Some((*id, state.vacancy(*id)?)));
        Ok(vacancies.map(|(id, vacancy)| VacancyView::of(state, id, vacancy)).collect())
    });
    found.map(Json)
}

/// Places to be published.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlaces {
    /// The group they are of.
    group: u32,
    /// Which children.
    children: Children,
    /// Kind of group.
    #[schema(schema_with = codes::group_kind)]
    kind: GroupKind,
    /// Impairment or rehabilitation of special and sanatorium places.
    profile: Option<String>,
    /// Language of teaching.
    #[schema(schema_with = codes::language)]
    language: Language,
    /// Hours.
    #[schema(schema_with = codes::regime)]
    regime: Regime,
    /// How they are given.
    terms: Terms,
    /// How many, at least 1.
    count: u32,
    /// First day of enrolment; the day of the opening unless given.
    enrol_from: Option<Day>,
}

/// Hand places over to the next bulletin (254/24.2, 254/25.3, 254/25.4).
#[utoipa::path(
    post, path = "/api/v1/kindergarten/vacancies", tag = "kindergarten", request_body = NewPlaces,
    responses((status = 201, body = Done))
)]
async fn publish_places(
    State(app): State<AppState>,
    who: Who,
    sent: Sent<NewPlaces>,
) -> Result<(StatusCode, Json<Done>), ApiError> {
    let new = &sent.body;
    let publish = Publish {
        group: ask(&app, |state| own::group(state, &who, new.group).map(|(id, _)| id))?,
        cohort: new.children.cohort()?,
        kind: new.kind,
        profile: optional("profile", new.profile.as_ref(), 100)?,
        language: new.language,
        regime: new.regime,
        mode: new.terms.into(),
        count: new.count,
        enrol_from: new.enrol_from.map(|day| day.0),
    };
    Ok((StatusCode::CREATED, act(&app, &who, &sent.once, Command::Publish(publish)).await?))
}

fn own_vacancy(app: &AppState, who: &Who, id: u32) -> Result<VacancyId, ApiError> {
    ask(app, |state| own::vacancy(state, who, id).map(|(id, _)| id))
}

/// Places to be taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// How many, at least 1.
    count: u32,
    /// Required by the law (254/25.1).
    #[schema(schema_with = codes::withdraw_reason)]
    reason: Option<WithdrawReason>,
    /// What happens to issued referrals when unclaimed places do not suffice; `keep` unless given.
    #[serde(default)]
    #[schema(schema_with = codes::referrals)]
    referrals: codes::Referrals,
}

/// Take places back with a reason (254/25.1, 254/25.2).
#[utoipa::path(
    post, path = "/api/v1/kindergarten/vacancies/{vacancy}/withdraw", tag = "kindergarten",
    request_body = Withdrawal, params(("vacancy" = u32, Path, description = "The vacancy's number")),
    responses((status = 200, body = Done))
)]
async fn withdraw_places(
    State(app): State<AppState>,
    who: Who,
    Path(vacancy): Path<u32>,
    sent: Sent<Withdrawal>,
) -> Answer<Done> {
    let vacancy = own_vacancy(&app, &who, vacancy)?;
    let Withdrawal { count, reason, referrals } = sent.body;
    let withdraw = WithdrawPlaces { vacancy, count, reason, referrals: referrals.into() };
    act(&app, &who, &sent.once, Command::WithdrawPlaces(withdraw)).await
}

/// Say that an early-booking place is free before its date (254/24.6).
#[utoipa::path(
    post, path = "/api/v1/kindergarten/vacancies/{vacancy}/free-early", tag = "kindergarten",
    request_body = Nothing, params(("vacancy" = u32, Path, description = "The vacancy's number")),
    responses((status = 200, body = Done))
)]
async fn free_early_places(
    State(app): State<AppState>,
    who: Who,
    Path(vacancy): Path<u32>,
    sent: Sent<Nothing>,
) -> Answer<Done> {
    let vacancy = own_vacancy(&app, &who, vacancy)?;
    act(&app, &who, &sent.once, Command::FreeEarly(vacancy)).await
}
