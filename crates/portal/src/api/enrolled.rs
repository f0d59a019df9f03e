//! Children who go to one's own kindergarten by a referral of this system.

use axum::Json;
use axum::extract::{Path, State};
use kezek_rules::State as Law;
use kezek_rules::ids::{ApplicationId, ChildKey};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::desk::{PersonView, person};
use super::done::{Answer, ask};
use super::values::{Day, Moment};
use crate::app::AppState;
use crate::error_page::Problem;
use crate::own;
use crate::pages::garden::children::enrolled;
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::SeeGarden, routes!(list_children))
        .api(Action::SeeGarden, routes!(show_child))
}

/// A child who goes to one's own kindergarten.
#[derive(Serialize, ToSchema)]
pub struct EnrolledChild {
    /// The child's latest application; by it the child is named in other calls.
    application: u64,
    /// The group; none of a temporary stay.
    group: Option<u32>,
    /// Since when; none of a temporary stay.
    since: Option<Moment>,
    /// The end of a temporary stay, exclusive.
    until: Option<Moment>,
}

fn view(state: &Law, id: ApplicationId, key: ChildKey) -> EnrolledChild {
    let child = state.child(key);
    let place = child.and_then(|child| child.place.as_ref().or(child.sanatorium.as_ref()));
    let stay = child.and_then(|child| child.stay.as_ref()).filter(|_| place.is_none());
    EnrolledChild {
        application: id.number(),
        group: place.map(|place| place.group.0),
        since: place.map(|place| Moment(place.since)),
        until: stay.map(|stay| Moment(stay.until)),
    }
}

/// Children who go to one's own kindergarten, the latest application first. Names come one by one, since each look is
/// noted.
#[utoipa::path(
    get, path = "/api/v1/kindergarten/children", tag = "kindergarten",
    responses((status = 200, body = [EnrolledChild]))
)]
async fn list_children(State(app): State<AppState>, who: Who) -> Answer<Vec<EnrolledChild>> {
    let found = ask(&app, |state| {
        let (here, _) = own::kindergarten(state, &who)?;
        Ok(enrolled(state, here).into_iter().map(|(id, key)| view(state, id, key)).collect())
    });
    found.map(Json)
}

/// A child who goes to one's own kindergarten, with the name.
#[derive(Serialize, ToSchema)]
pub struct NamedChild {
    /// The place.
    #[serde(flatten)]
    place: EnrolledChild,
    /// Birth date.
    born: Day,
    /// The child.
    child: Option<PersonView>,
}

/// A child who goes to one's own kindergarten. The look is noted where the family sees it.
#[utoipa::path(
    get, path = "/api/v1/kindergarten/children/{number}", tag = "kindergarten",
    params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = NamedChild))
)]
async fn show_child(State(app): State<AppState>, who: Who, Path(number): Path<u64>) -> Answer<NamedChild> {
    let (place, born, key) = ask(&app, |state| {
        let (id, one) = own::by_number(state, number)?;
        let child = state.child(one.child).ok_or(Problem::NotFound)?;
        let is_here = who.kindergarten.is_some() && child.organisation() == who.kindergarten;
        if !is_here {
            return Err(Problem::NotFound);
        }
        Ok((view(state, id, one.child), Day(one.born), one.child))
    })?;
    app.note_look(&who, &[key.0], Action::SeeGarden).await?;
    Ok(Json(NamedChild { place, born, child: person(&app, key.0).await? }))
}
