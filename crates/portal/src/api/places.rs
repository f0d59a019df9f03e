//! Free places with filters. Public.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Query, State};
use kezek_rules::ids::{SettlementId, VacancyId};
use kezek_rules::place::{Cohort, GroupKind, Language, Mode, Regime};
use kezek_rules::state::Vacancy;
use serde::Deserialize;
use utoipa::IntoParams;
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
    Routes::default().api(Action::SeePublic, routes!(list_free_places))
}

/// Which places.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichPlaces {
    /// Of this settlement.
    settlement: u32,
    /// Only of this organisation.
    organisation: Option<u32>,
    /// Only of this language of teaching.
    #[param(schema_with = codes::language)]
    language: Option<Language>,
    /// Only for children of this full age on 1 September.
    age: Option<u8>,
    /// Only for a child born on this day.
    born: Option<Day>,
    /// Only given so.
    #[param(schema_with = codes::mode)]
    mode: Option<Mode>,
    /// Only of these hours.
    #[param(schema_with = codes::regime)]
    regime: Option<Regime>,
    /// Only of this kind of group.
    #[param(schema_with = codes::group_kind)]
    kind: Option<GroupKind>,
}

impl WhichPlaces {
    fn admit(&self, one: &Vacancy) -> bool {
        self.organisation.is_none_or(|organisation| one.organisation.0 == organisation)
            && self.language.is_none_or(|language| one.language == language)
            && self.age.is_none_or(|age| is_for_age(one, age))
            && self.born.is_none_or(|born| is_for_born(one, born))
            && self.mode.is_none_or(|mode| one.mode() == mode)
            && self.regime.is_none_or(|regime| one.regime == regime)
            && self.kind.is_none_or(|kind| one.kind == kind)
    }
}

fn is_for_age(vacancy: &Vacancy, age: u8) -> bool {
    match vacancy.cohort {
        Cohort::Ages(from, to) => from <= age && age <= to,
        Cohort::Born(year) => vacancy
            .academic_year
            .is_some_and(|academic_year| [0, 1].contains(&(academic_year - i16::from(age) - year))),
    }
}

fn is_for_born(vacancy: &Vacancy, born: Day) -> bool {
    vacancy.academic_year.is_none_or(|year| vacancy.cohort.admits(born.0, year))
}

/// Published places that nobody has taken yet, the earliest published first.
#[utoipa::path(
    get, path = "/api/v1/vacancies", tag = "public", params(WhichPlaces),
    responses((status = 200, body = [VacancyView]))
)]
async fn list_free_places(
    State(app): State<AppState>,
    Query(which): Query<WhichPlaces>,
) -> Answer<Vec<VacancyView>> {
    let found = ask(&app, |state| {
        let one = state.settlement(SettlementId(which.settlement)).ok_or(Problem::NotFound)?;
        let batches = one.live_batches.iter().filter_map(|id| state.batch(*id));
        let free = batches.flat_map(|batch| batch.places.iter().filter(|places| places.free > 0));
        let ids: BTreeSet<VacancyId> = free.map(|places| places.vacancy).collect();
        let vacancies = ids.into_iter().filter_map(|id| Some((id, state.vacancy(id)?)));
        let wanted = vacancies.filter(|(_, vacancy)| which.admit(vacancy));
        Ok(wanted.map(|(id, vacancy)| VacancyView::of(state, id, vacancy)).collect())
    });
    found.map(Json)
}
