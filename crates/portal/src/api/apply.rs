//! Applying (254/5, 254/13–18), by the family.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kezek_records::Person;
use kezek_rules::benefit::Benefit;
use kezek_rules::command::Entry;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::applying::{self, Applying, Parent};
use super::codes;
use super::done::Done;
use super::extract::Sent;
use super::problem::ApiError;
use super::values::{Day, Waiting, iin, optional, text};
use crate::app::AppState;
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

const PAPERS_MAX: usize = 5;

pub(super) fn routes() -> Routes {
    Routes::default().api(Action::Apply, routes!(apply))
}

/// An application to be registered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplication {
    /// What for.
    queue: Waiting,
    /// The child.
    child: NewChild,
    /// Home address, up to 300 characters.
    address: String,
    /// Claimed benefits; originals are shown within 5 working days (254/22).
    #[serde(default)]
    #[schema(schema_with = codes::benefits)]
    benefits: Vec<Benefit>,
    /// The grounds of the benefits in words, up to 500 characters.
    grounds: Option<String>,
    /// A note, up to 500 characters.
    note: Option<String>,
    /// Up to 5 documents that were uploaded before. One that is a conclusion opens special and sanatorium queues.
    #[serde(default)]
    documents: Vec<String>,
}

/// A child by the birth record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChild {
    /// Twelve digits.
    iin: String,
    /// Family name.
    surname: String,
    /// Given name.
    given: String,
    /// Patronymic, where there is one.
    patronymic: Option<String>,
    /// Birth date by the birth record, not by the IIN.
    born: Day,
    /// Number of the birth certificate.
    birth_certificate: Option<String>,
}

impl NewApplication {
    /// Everything checked that can be checked without the state.
    pub fn checked(self, parent: Parent, entry: Entry) -> Result<Applying, ApiError> {
        let child = Person {
            iin: iin(&self.child.iin)?,
            surname: text("child.surname", &self.child.surname, 100)?,
            given: text("child.given", &self.child.given, 100)?,
            patronymic: optional("child.patronymic", self.child.patronymic.as_ref(), 100)?,
            birth_date: Some(self.child.born.0),
        };
        if self.benefits.len() > Benefit::ALL.len() {
            return Err(ApiError::invalid("benefits", "api-list-too-long"));
        }
        Ok(Applying {
            queue: self.queue.into(),
            child,
            born: self.child.born.0,
            certificate: optional("child.birth_certificate", self.child.birth_certificate.as_ref(), 50)?,
            parent,
            address: text("address", &self.address, 300)?,
            benefits: self.benefits,
            grounds: optional("grounds", self.grounds.as_ref(), 500)?,
            note: optional("note", self.note.as_ref(), 500)?,
            papers: papers(&self.documents)?,
            entry,
        })
    }
}

fn papers(ids: &[String]) -> Result<Vec<u64>, ApiError> {
    if ids.len() > PAPERS_MAX {
        return Err(ApiError::invalid("documents", "api-list-too-long"));
    }
    let read = |id: &String| u64::from_str_radix(id, 16);
    let ids: Result<Vec<u64>, _> = ids.iter().map(read).collect();
    ids.map_err(|_| ApiError::invalid("documents", "api-documents-wrong"))
}

/// Apply for one's own child. The moment of sending is the time that orders (R3.17).
#[utoipa::path(
    post, path = "/api/v1/applications", tag = "family", request_body = NewApplication,
    responses((status = 201, body = Done))
)]
async fn apply(
    State(app): State<AppState>,
    who: Who,
    sent: Sent<NewApplication>,
) -> Result<(StatusCode, Json<Done>), ApiError> {
    let applying = sent.body.checked(Parent::Known(who.person), Entry::Sent)?;
    let accepted = applying::apply(&app, &who, &sent.once, applying).await?;
    Ok((StatusCode::CREATED, Json(accepted.into())))
}
