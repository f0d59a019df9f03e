//! The protocol of issued referrals. Public, so without personal data, and without special and sanatorium queues,
//! which would tell of health (R3.24).

use axum::Json;
use axum::extract::{Query, State};
use kezek_rules::benefit::Class;
use kezek_rules::event::IssuedHow;
use kezek_rules::ids::SettlementId;
use kezek_rules::place::GroupKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::codes;
use super::done::{Answer, ask};
use super::values::Moment;
use super::views::standing;
use crate::app::AppState;
use crate::error_page::Problem;
use crate::rights::Action;
use crate::routes::Routes;
use crate::words;

/// The most lines of one answer.
const LINES_MAX: u32 = 500;
const LINES: u32 = 100;

pub(super) fn routes() -> Routes {
    Routes::default().api(Action::SeePublic, routes!(list_referrals))
}

/// A line of the protocol of issued referrals.
#[derive(Serialize, ToSchema)]
pub struct ProtocolLine {
    /// The referral's number.
    referral: u32,
    /// The application's number.
    application: u64,
    /// Calendar year of birth.
    birth_year: i16,
    /// The class it was got by.
    #[schema(schema_with = codes::class)]
    class: Class,
    /// The organisation.
    organisation: u32,
    /// Its name.
    organisation_name: String,
    /// When.
    issued: Moment,
    /// How.
    #[schema(schema_with = codes::issued_how)]
    how: IssuedHow,
    /// `live`, `enrolled`, or `ended`.
    standing: &'static str,
}

/// Which lines.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichLines {
    /// Of this settlement.
    settlement: u32,
    /// Only referrals with a smaller number: the last one of the page before.
    before: Option<u32>,
    /// So many lines, 1 to 500; 100 unless given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// The protocol of issued referrals of the general queue, newest first.
#[utoipa::path(
    get, path = "/api/v1/referrals", tag = "public", params(WhichLines),
    responses((status = 200, body = [ProtocolLine]))
)]
async fn list_referrals(
    State(app): State<AppState>,
    Query(which): Query<WhichLines>,
) -> Answer<Vec<ProtocolLine>> {
    let found = ask(&app, |state| {
        let settlement = SettlementId(which.settlement);
        state.settlement(settlement).ok_or(Problem::NotFound)?;
        let limit = which.limit.unwrap_or(LINES).clamp(1, LINES_MAX) as usize;
        let newest = state.referrals().rev();
        let wanted = newest.filter(|(id, _)| which.before.is_none_or(|before| id.0 < before));
        let lines = wanted.filter_map(|(id, one)| {
            let vacancy = state.vacancy(one.vacancy)?;
            let application = state.application(one.application)?;
            // How a referral ended may tell of a false benefit or of health; the public learns that it ended.
            let standing = match standing(one.standing).as_str() {
                "live" => "live",
                "enrolled" => "enrolled",
                _ => "ended",
            };
            (vacancy.settlement == settlement && vacancy.kind == GroupKind::General).then(|| ProtocolLine {
                referral: id.0,
                application: one.application.number(),
                birth_year: application.born.year(),
                class: one.class,
                organisation: vacancy.organisation.0,
                organisation_name: words::organisation(state, vacancy.organisation),
                issued: Moment(one.issued),
                how: one.how,
                standing,
            })
        });
        Ok(lines.take(limit).collect())
    });
    found.map(Json)
}
