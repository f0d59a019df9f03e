//! Bulletins of vacant and of withdrawn places (254/3.4, 254/3.9). Public.

use axum::Json;
use axum::extract::{Path, Query, State};
use kezek_calendar::Date;
use kezek_rules::State as Queue;
use kezek_rules::command::WithdrawReason;
use kezek_rules::event::TakenBack;
use kezek_rules::ids::{SettlementId, VacancyId};
use kezek_rules::state::Bulletin;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::codes;
use super::done::{Answer, ask};
use super::values::Day;
use super::views::VacancyView;
use crate::app::AppState;
use crate::error_page::Problem;
use crate::rights::Action;
use crate::routes::Routes;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::SeePublic, routes!(list_bulletins))
        .api(Action::SeePublic, routes!(show_latest_bulletin))
        .api(Action::SeePublic, routes!(show_bulletin))
}

/// Which bulletins.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichBulletins {
    /// Of this settlement.
    settlement: u32,
    /// From this day on.
    from: Option<Day>,
    /// Up to this day.
    to: Option<Day>,
}

/// Whose.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfSettlement {
    /// Of this settlement.
    pub settlement: u32,
}

/// How many places a bulletin has.
#[derive(Serialize, ToSchema)]
pub struct BulletinSummary {
    /// Its day.
    date: Day,
    /// Places handed over.
    published: u32,
    /// Places taken back.
    withdrawn: u32,
}

/// The bulletin of a day.
#[derive(Serialize, ToSchema)]
pub struct BulletinView {
    /// Its day.
    date: Day,
    /// Places handed over.
    published: Vec<BulletinPlaces>,
    /// Places taken back since the bulletin before.
    withdrawn: Vec<WithdrawnPlaces>,
}

/// Places of a vacancy in a bulletin.
#[derive(Serialize, ToSchema)]
pub struct BulletinPlaces {
    /// How many.
    places: u32,
    /// Of which vacancy; `free` and `batches` are as of now.
    vacancy: VacancyView,
}

/// Places of a vacancy that were taken back.
#[derive(Serialize, ToSchema)]
pub struct WithdrawnPlaces {
    /// Which and how many.
    #[serde(flatten)]
    places: BulletinPlaces,
    /// Why (254/25.1).
    #[schema(schema_with = codes::withdraw_reason)]
    reason: WithdrawReason,
}

/// Bulletins with entries, newest first.
#[utoipa::path(
    get, path = "/api/v1/bulletins", tag = "public", params(WhichBulletins),
    responses((status = 200, body = [BulletinSummary]))
)]
async fn list_bulletins(
    State(app): State<AppState>,
    Query(which): Query<WhichBulletins>,
) -> Answer<Vec<BulletinSummary>> {
    let found = ask(&app, |state| {
        let one = state.settlement(SettlementId(which.settlement)).ok_or(Problem::NotFound)?;
        let after = |date: Date| which.from.is_none_or(|from| from.0 <= date);
        let before = |date: Date| which.to.is_none_or(|to| date <= to.0);
        let wanted = one.bulletins.iter().rev().filter(|one| after(one.date) && before(one.date));
        Ok(wanted.map(summary).collect())
    });
    found.map(Json)
}

fn summary(bulletin: &Bulletin) -> BulletinSummary {
    BulletinSummary {
        date: Day(bulletin.date),
        published: bulletin.published.iter().map(|(_, places)| places).sum(),
        withdrawn: bulletin.withdrawn.iter().map(|taken| taken.count).sum(),
    }
}

/// The latest bulletin with entries.
#[utoipa::path(
    get, path = "/api/v1/bulletins/latest", tag = "public", params(OfSettlement),
    responses((status = 200, body = BulletinView))
)]
async fn show_latest_bulletin(
    State(app): State<AppState>,
    Query(of): Query<OfSettlement>,
) -> Answer<BulletinView> {
    bulletin(&app, of.settlement, None)
}

/// The bulletin of a day; 404 when it had no entries.
#[utoipa::path(
    get, path = "/api/v1/bulletins/{date}", tag = "public",
    params(("date" = Day, Path, description = "Its day"), OfSettlement),
    responses((status = 200, body = BulletinView))
)]
async fn show_bulletin(
    State(app): State<AppState>,
    Path(date): Path<Day>,
    Query(of): Query<OfSettlement>,
) -> Answer<BulletinView> {
    bulletin(&app, of.settlement, Some(date.0))
}

fn bulletin(app: &AppState, settlement: u32, date: Option<Date>) -> Answer<BulletinView> {
    let found = ask(app, |state| {
        let one = state.settlement(SettlementId(settlement)).ok_or(Problem::NotFound)?;
        let of_day = |bulletin: &&Bulletin| date.is_none_or(|date| bulletin.date == date);
        let found = one.bulletins.iter().rev().find(of_day).ok_or(Problem::NotFound)?;
        Ok(BulletinView {
            date: Day(found.date),
            published: places(state, &found.published),
            withdrawn: taken_back(state, &found.withdrawn),
        })
    });
    found.map(Json)
}

fn places(state: &Queue, places: &[(VacancyId, u32)]) -> Vec<BulletinPlaces> {
    let found = places.iter().filter_map(|(id, places)| {
        let vacancy = state.vacancy(*id)?;
        Some(BulletinPlaces { places: *places, vacancy: VacancyView::of(state, *id, vacancy) })
    });
    found.collect()
}

fn taken_back(state: &Queue, all: &[TakenBack]) -> Vec<WithdrawnPlaces> {
    let view = |taken: &TakenBack| {
        let vacancy = state.vacancy(taken.vacancy)?;
        let vacancy = VacancyView::of(state, taken.vacancy, vacancy);
        Some(WithdrawnPlaces {
            places: BulletinPlaces { places: taken.count, vacancy },
            reason: taken.reason,
        })
    };
    all.iter().filter_map(view).collect()
}
