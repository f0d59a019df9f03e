//! Settlements with their rules, and organisations. Public.

use axum::Json;
use axum::extract::{Path, Query, State};
use kezek_calendar::Instant;
use kezek_rules::ids::{OrganisationId, SettlementId};
use kezek_rules::place::{Language, OrganisationKind, Ownership};
use kezek_rules::state::{Organisation, Settlement};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::codes;
use super::done::{Answer, ask};
use super::profile::ProfileValues;
use super::values::{Day, Moment};
use crate::app::AppState;
use crate::error_page::Problem;
use crate::rights::Action;
use crate::routes::Routes;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::SeePublic, routes!(list_settlements))
        .api(Action::SeePublic, routes!(show_settlement))
        .api(Action::SeePublic, routes!(list_organisations))
}

/// A settlement with its own queues (254/13).
#[derive(Serialize, ToSchema)]
pub struct SettlementView {
    /// Its number.
    settlement: u32,
    /// Its name.
    name: String,
    /// Its clock, by the IANA name.
    zone: String,
    /// The service's time.
    now: Moment,
    /// The day of the latest bulletin with entries.
    last_bulletin: Option<Day>,
    /// When the next bulletin is due, freezes left out.
    next_bulletin: Moment,
    /// When the next opening is due, freezes left out.
    next_opening: Moment,
}

/// A settlement with the rules in force, their changes by act, and freezes.
#[derive(Serialize, ToSchema)]
pub struct SettlementRules {
    /// The settlement.
    settlement: SettlementView,
    /// The rules in force; all values are there.
    profile: ProfileValues,
    /// Every change by act, in order of entry.
    acts: Vec<ActView>,
    /// Days without bulletin and opening (R3.34/30).
    freezes: Vec<FreezeView>,
}

/// A change of the rules by a recorded act (R3.21).
#[derive(Serialize, ToSchema)]
pub struct ActView {
    /// Number and date as written on it.
    act: String,
    /// From 00:00 of this day.
    valid_from: Day,
    /// Whether it is in force.
    applied: bool,
    /// The values it changes.
    change: ProfileValues,
}

/// Days without bulletin and opening, both included.
#[derive(Serialize, ToSchema)]
pub struct FreezeView {
    /// The first day.
    from: Day,
    /// The last day.
    to: Day,
    /// By which act.
    act: String,
}

fn view(now: Instant, id: SettlementId, one: &Settlement) -> SettlementView {
    SettlementView {
        settlement: id.0,
        name: one.name.clone(),
        zone: one.zone.name().to_string(),
        now: Moment(now),
        last_bulletin: one.last_bulletin.map(Day),
        next_bulletin: Moment(one.next_free_at(one.profile.bulletin_time, now)),
        next_opening: Moment(one.next_free_at(one.profile.opening_time, now)),
    }
}

/// All settlements.
#[utoipa::path(
    get, path = "/api/v1/settlements", tag = "public", responses((status = 200, body = [SettlementView]))
)]
async fn list_settlements(State(app): State<AppState>) -> Answer<Vec<SettlementView>> {
    let now = app.now();
    Ok(Json(app.read(|state| state.settlements().map(|(id, one)| view(now, id, one)).collect())))
}

/// A settlement with its rule profile and the acts that changed it.
#[utoipa::path(
    get, path = "/api/v1/settlements/{settlement}", tag = "public",
    params(("settlement" = u32, Path, description = "The settlement's number")),
    responses((status = 200, body = SettlementRules))
)]
async fn show_settlement(State(app): State<AppState>, Path(id): Path<u32>) -> Answer<SettlementRules> {
    let now = app.now();
    let found = ask(&app, |state| {
        let one = state.settlement(SettlementId(id)).ok_or(Problem::NotFound)?;
        Ok(SettlementRules {
            settlement: view(now, SettlementId(id), one),
            profile: ProfileValues::of(&one.profile),
            acts: one.changes.iter().map(act).collect(),
            freezes: one.freezes.iter().map(freeze).collect(),
        })
    });
    found.map(Json)
}

fn act(change: &kezek_rules::state::ChangeByAct) -> ActView {
    ActView {
        act: change.act.0.clone(),
        valid_from: Day(change.valid_from),
        applied: change.applied,
        change: ProfileValues::of(&change.change),
    }
}

fn freeze(freeze: &kezek_rules::state::Freeze) -> FreezeView {
    FreezeView { from: Day(freeze.from), to: Day(freeze.to), act: freeze.act.0.clone() }
}

/// Which organisations.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichOrganisations {
    /// Only of this settlement.
    settlement: Option<u32>,
    /// Only of this kind.
    #[param(schema_with = codes::organisation_kind)]
    kind: Option<OrganisationKind>,
    /// Only of this ownership.
    #[param(schema_with = codes::ownership)]
    ownership: Option<Ownership>,
    /// Only with groups of this language.
    #[param(schema_with = codes::language)]
    language: Option<Language>,
}

/// An organisation with a state order (254/2).
#[derive(Serialize, ToSchema)]
pub struct OrganisationView {
    /// Its number.
    organisation: u32,
    /// Where.
    settlement: u32,
    /// Its name.
    name: String,
    /// What for.
    #[schema(schema_with = codes::organisation_kind)]
    kind: OrganisationKind,
    /// Whose.
    #[schema(schema_with = codes::ownership)]
    ownership: Ownership,
    /// Languages of its groups.
    #[schema(schema_with = codes::languages)]
    languages: Vec<Language>,
    /// Impairments or rehabilitation kinds.
    profiles: Vec<String>,
}

impl WhichOrganisations {
    fn admit(&self, one: &Organisation) -> bool {
        self.settlement.is_none_or(|settlement| one.settlement.0 == settlement)
            && self.kind.is_none_or(|kind| one.kind == kind)
            && self.ownership.is_none_or(|ownership| one.ownership == ownership)
            && self.language.is_none_or(|language| one.languages.contains(&language))
    }
}

/// Organisations with a state order.
#[utoipa::path(
    get, path = "/api/v1/organisations", tag = "public", params(WhichOrganisations),
    responses((status = 200, body = [OrganisationView]))
)]
async fn list_organisations(
    State(app): State<AppState>,
    Query(which): Query<WhichOrganisations>,
) -> Answer<Vec<OrganisationView>> {
    let found = app.read(|state| {
        let all = state.organisations().filter(|(_, one)| which.admit(one));
        all.map(|(id, one)| organisation(id, one)).collect()
    });
    Ok(Json(found))
}

fn organisation(id: OrganisationId, one: &Organisation) -> OrganisationView {
    OrganisationView {
        organisation: id.0,
        settlement: one.settlement.0,
        name: one.name.clone(),
        kind: one.kind,
        ownership: one.ownership,
        languages: one.languages.clone(),
        profiles: one.profiles.clone(),
    }
}
