//! What a family reads: its applications, their history, its account.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use kezek_calendar::Instant;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::application::ApplicationView;
use super::codes;
use super::done::{Answer, ask};
use super::values::Moment;
use crate::act::ActError;
use crate::app::AppState;
use crate::own;
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;
use crate::words;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::SeeOwn, routes!(list_my_applications))
        .api(Action::SeeOwn, routes!(show_my_application))
        .api(Action::SeeOwn, routes!(show_history))
        .api(Action::SeeOwn, routes!(list_notices))
        .api(Action::SeeOwn, routes!(list_looks))
        .api(Action::SeeOwn, routes!(show_contacts))
}

/// One's own application with the child's name.
#[derive(Serialize, ToSchema)]
pub struct MyApplication {
    /// The child's given name.
    child_given: String,
    /// The child's family name.
    child_surname: String,
    /// The application.
    #[serde(flatten)]
    application: ApplicationView,
}

async fn named(
    app: &AppState,
    (child, application): (u64, ApplicationView),
) -> Result<MyApplication, super::problem::ApiError> {
    let name = app.people().name(child).await?;
    let (child_given, child_surname) =
        name.map_or_else(Default::default, |name| (name.given.clone(), name.surname.clone()));
    Ok(MyApplication { child_given, child_surname, application })
}

/// One's own applications.
#[utoipa::path(
    get, path = "/api/v1/applications", tag = "family", responses((status = 200, body = [MyApplication]))
)]
async fn list_my_applications(State(app): State<AppState>, who: Who) -> Answer<Vec<MyApplication>> {
    let found: Vec<(u64, ApplicationView)> = app.read(|state| {
        let ids = state.applications_of(who.parent());
        let all = ids.filter_map(|id| state.application(id).map(|one| (id, one)));
        all.map(|(id, one)| (one.child.0, ApplicationView::of(state, id, one))).collect()
    });
    let mut all = Vec::with_capacity(found.len());
    for one in found {
        all.push(named(&app, one).await?);
    }
    Ok(Json(all))
}

/// One's own application: its state, numbers and why they moved, windows, referral, what may be claimed, wishes.
#[utoipa::path(
    get, path = "/api/v1/applications/{number}", tag = "family",
    params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = MyApplication))
)]
async fn show_my_application(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
) -> Answer<MyApplication> {
    let found = ask(&app, |state| {
        let (id, one) = own::application(state, &who, number)?;
        Ok((one.child.0, ApplicationView::of(state, id, one)))
    })?;
    Ok(Json(named(&app, found).await?))
}

/// A fact of an application's history.
#[derive(Serialize, ToSchema)]
pub struct HistoryEntry {
    /// The fact's number in the journal.
    fact: u64,
    /// When.
    at: Moment,
    /// As what somebody acted; `system` for what fell due.
    actor: String,
    /// What happened.
    kind: String,
}

impl From<kezek_node::Entry> for HistoryEntry {
    fn from(entry: kezek_node::Entry) -> Self {
        // The role only: who acted as what is the office's to know.
        let actor = entry.actor.split(':').next().unwrap_or_default().to_string();
        Self { fact: entry.seq, at: Moment(entry.at), actor, kind: words::code(&entry.event) }
    }
}

/// Every fact that concerns one's own application, oldest first.
#[utoipa::path(
    get, path = "/api/v1/applications/{number}/history", tag = "family",
    params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = [HistoryEntry]))
)]
async fn show_history(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
) -> Answer<Vec<HistoryEntry>> {
    let id = ask(&app, |state| own::application(state, &who, number).map(|(id, _)| id))?;
    let entries = app.node().history(id).await.map_err(|error| {
        tracing::error!(%error, "a history could not be read");
        ActError::People
    })?;
    Ok(Json(entries.into_iter().map(HistoryEntry::from).collect()))
}

/// A message to the family (R3.26).
#[derive(Serialize, ToSchema)]
pub struct NoticeView {
    /// Which message.
    kind: String,
    /// When it was written.
    at: Moment,
    /// Its values: `application`, and those of the cause, as `until`, `reason`, `organisation`, `number`.
    parameters: BTreeMap<String, String>,
    /// Whether it was read.
    read: bool,
}

/// One's own notices, newest first.
#[utoipa::path(
    get, path = "/api/v1/notices", tag = "family", responses((status = 200, body = [NoticeView]))
)]
async fn list_notices(State(app): State<AppState>, who: Who) -> Answer<Vec<NoticeView>> {
    let found = app.people().notices(who.person).await?;
    let views = found.into_iter().rev().map(|found| NoticeView {
        kind: found.record.kind,
        at: Moment(Instant::from_micros(found.record.created_us)),
        parameters: found.record.parameters,
        read: found.record.read_us.is_some(),
    });
    Ok(Json(views.collect()))
}

/// A look at one's data by an official.
#[derive(Serialize, ToSchema)]
pub struct Look {
    /// When.
    at: Moment,
    /// The action it was needed for.
    why: String,
}

/// Who looked at one's own data, newest first.
#[utoipa::path(get, path = "/api/v1/looks", tag = "family", responses((status = 200, body = [Look])))]
async fn list_looks(State(app): State<AppState>, who: Who) -> Answer<Vec<Look>> {
    let found = app.people().accesses(who.person).await?;
    let looks = found
        .into_iter()
        .rev()
        .map(|found| Look { at: Moment(Instant::from_micros(found.record.when_us)), why: found.record.why });
    Ok(Json(looks.collect()))
}

/// How a family is reached (254, Annex 1).
#[derive(Serialize, ToSchema)]
pub struct ContactsView {
    /// The first mobile phone.
    phone: Option<String>,
    /// The second.
    second_phone: Option<String>,
    /// E-mail address.
    email: Option<String>,
    /// The language of notices.
    #[schema(schema_with = codes::person_language)]
    language: kezek_records::Language,
}

/// One's own contacts.
#[utoipa::path(get, path = "/api/v1/contacts", tag = "family", responses((status = 200, body = ContactsView)))]
async fn show_contacts(State(app): State<AppState>, who: Who) -> Answer<ContactsView> {
    let found = app.people().contacts(who.person).await?.map(|found| found.record);
    Ok(Json(ContactsView {
        phone: found.as_ref().and_then(|one| one.phone.as_ref()).map(|phone| phone.as_str().to_string()),
        second_phone: found
            .as_ref()
            .and_then(|one| one.second_phone.as_ref())
            .map(|phone| phone.as_str().to_string()),
        email: found.as_ref().and_then(|one| one.email.clone()),
        language: found.map(|one| one.language).unwrap_or_default(),
    }))
}
