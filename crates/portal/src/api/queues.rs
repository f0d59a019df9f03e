//! The queue by birth year, and an application's state by a second fact. Public, so without personal data; the lists
//! leave out special and sanatorium queues, which would tell of health (R3.24).

use axum::Json;
use axum::extract::{Path, Query, State};
use kezek_rules::benefit::Class;
use kezek_rules::ids::SettlementId;
use kezek_rules::queue::{Queue, QueueKey};
use kezek_rules::ranking::Ranking;
use kezek_rules::state::Status;
use kezek_rules::{State as Law, ask as law};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::application::{NumberView, WhyView};
use super::bulletins::OfSettlement;
use super::codes;
use super::done::{Answer, ask};
use super::extract::Plain;
use super::problem::ApiError;
use super::values::{Day, Moment};
use crate::app::AppState;
use crate::error_page::Problem;
use crate::limits::DAY_S;
use crate::own;
use crate::rights::Action;
use crate::routes::Routes;
use crate::words;

/// The most rows of one answer.
const ROWS_MAX: u32 = 500;
const ROWS: u32 = 100;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::SeePublic, routes!(list_queues))
        .api(Action::SeePublic, routes!(show_queue))
        .api(Action::SeePublic, routes!(show_state))
}

/// A general queue (254/13).
#[derive(Serialize, ToSchema)]
pub struct QueueSummary {
    /// Calendar year of birth.
    birth_year: i16,
    /// How many stand in it.
    waiting: u32,
    /// Of these extraordinary.
    extraordinary: u32,
    /// Of these priority.
    priority: u32,
    /// Of these general.
    general: u32,
}

/// The general queues of a settlement.
#[utoipa::path(
    get, path = "/api/v1/queues", tag = "public", params(OfSettlement),
    responses((status = 200, body = [QueueSummary]))
)]
async fn list_queues(
    State(app): State<AppState>,
    Query(of): Query<OfSettlement>,
) -> Answer<Vec<QueueSummary>> {
    let found = ask(&app, |state| {
        let id = SettlementId(of.settlement);
        state.settlement(id).ok_or(Problem::NotFound)?;
        let general = state.queues(id).filter(|(key, _)| key.queue == Queue::General);
        let summaries = general.map(|(key, ranking)| QueueSummary {
            birth_year: key.birth_year,
            waiting: ranking.len(),
            extraordinary: ranking.len_of(Class::Extraordinary),
            priority: ranking.len_of(Class::Priority),
            general: ranking.len_of(Class::General),
        });
        Ok(summaries.collect())
    });
    found.map(Json)
}

/// Which part of a queue.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhichRows {
    /// Of this settlement.
    settlement: u32,
    /// From this number on; 1 unless given.
    #[param(minimum = 1)]
    from: Option<u32>,
    /// So many rows, 1 to 500; 100 unless given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// A part of a queue in order.
#[derive(Serialize, ToSchema)]
pub struct QueuePage {
    /// How many stand in it.
    of: u32,
    /// The rows.
    rows: Vec<QueueRow>,
}

/// An application in the queue.
#[derive(Serialize, ToSchema)]
pub struct QueueRow {
    /// Its number in the queue, from 1.
    number: u32,
    /// The application's number.
    application: u64,
    /// Its class.
    #[schema(schema_with = codes::class)]
    class: Class,
    /// Where it stands.
    #[schema(schema_with = codes::status)]
    status: &'static str,
    /// Whether it holds an open window.
    has_window: bool,
    /// Date and time that order.
    registered: Moment,
}

/// The general queue of a birth year, in order, without personal data.
#[utoipa::path(
    get, path = "/api/v1/queues/{birth_year}", tag = "public",
    params(("birth_year" = i16, Path, description = "Calendar year of birth"), WhichRows),
    responses((status = 200, body = QueuePage))
)]
async fn show_queue(
    State(app): State<AppState>,
    Path(birth_year): Path<i16>,
    Query(which): Query<WhichRows>,
) -> Answer<QueuePage> {
    let found = ask(&app, |state| {
        let settlement = SettlementId(which.settlement);
        state.settlement(settlement).ok_or(Problem::NotFound)?;
        let key = QueueKey { settlement, queue: Queue::General, birth_year };
        let first = which.from.unwrap_or(1).max(1);
        let limit = which.limit.unwrap_or(ROWS).clamp(1, ROWS_MAX);
        let part = (first..).zip(state.page_of_queue(key, first - 1, limit));
        let rows = part.filter_map(|(number, (class, key))| {
            let one = state.application(key.application)?;
            Some(QueueRow {
                number,
                application: key.application.number(),
                class,
                status: words::status_code(one),
                has_window: !one.windows.is_empty(),
                registered: Moment(key.registered),
            })
        });
        Ok(QueuePage { of: state.queue(key).map_or(0, Ranking::len), rows: rows.collect() })
    });
    found.map(Json)
}

/// The second fact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFact {
    /// The child's birth date.
    born: Day,
}

/// An application's state for whoever knows its number and the child's birth date.
#[derive(Serialize, ToSchema)]
pub struct StateView {
    /// Its number.
    application: u64,
    /// Where it stands.
    #[schema(schema_with = codes::status)]
    status: &'static str,
    /// Its class.
    #[schema(schema_with = codes::class)]
    class: Class,
    /// Date and time that order.
    registered: Moment,
    /// Its numbers; none while it is out of the order.
    number: Option<NumberView>,
    /// When and why the number last changed.
    why: Option<WhyView>,
    /// Whether it holds an open window.
    has_window: bool,
    /// The end of a live referral or of the stay on the stop-list, exclusive.
    until: Option<Moment>,
}

/// An application's state by its number and a second fact, without signing in.
///
/// Sent as a body, so that the birth date stands in no address and no log; nothing is changed by it. Of general queues
/// only: others would tell of health (R3.24). Not there, of another queue and another birth date are answered alike,
/// and five wrong dates a day are taken.
#[utoipa::path(
    post, path = "/api/v1/applications/{number}/state", tag = "public", request_body = SecondFact,
    params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = StateView))
)]
async fn show_state(
    State(app): State<AppState>,
    Path(number): Path<u64>,
    Plain(second): Plain<SecondFact>,
) -> Answer<StateView> {
    if !app.limits().guess(number) {
        return Err(ApiError::too_many(DAY_S));
    }
    let found = ask(&app, |state| state_of(state, number, second.born))?;
    app.limits().guessed_right(number);
    Ok(Json(found))
}

fn state_of(state: &Law, number: u64, born: Day) -> Result<StateView, Problem> {
    let (id, one) = own::by_number(state, number)?;
    if one.born != born.0 || one.queue != Queue::General {
        return Err(Problem::NotFound);
    }
    let referral = one.live_referral().and_then(|referral| state.referral(referral));
    let until = match &one.status {
        Status::StopListed(listing) => listing.until,
        _ => referral.and_then(|referral| referral.terms).map(|terms| terms.until),
    };
    Ok(StateView {
        application: number,
        status: words::status_code(one),
        class: one.class(),
        registered: Moment(one.registered),
        number: NumberView::of(state, id),
        why: law::why(state, id).map(WhyView::from),
        has_window: !one.windows.is_empty(),
        until: until.map(Moment),
    })
}
