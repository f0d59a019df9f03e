//! The people of an application: shown to an official only after the look is noted, where the family can read it.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use kezek_calendar::Date;
use kezek_node::Found;
use kezek_records::{ApplicationPrivate, ChildRecord, Contacts, Document, Person};
use kezek_rules::ids::ApplicationId;
use kezek_rules::state::Application;

use crate::act::ActError;
use crate::app::AppState;
use crate::components::SummaryRow;
use crate::ctx::Ctx;
use crate::doc::Link;
use crate::rights::Action;
use crate::who::Who;
use crate::words;

/// What is known of the people of an application.
pub struct Family {
    /// The child.
    pub child: Option<Person>,
    /// The applicant.
    pub parent: Option<Person>,
    /// What belongs to the child.
    pub record: Option<ChildRecord>,
    contacts: Option<Contacts>,
    private: Option<ApplicationPrivate>,
    documents: Vec<Found<Document>>,
}

/// Whose data an application leads to: the child's and the applicant's.
pub fn people_of(application: &Application) -> [u64; 2] {
    [application.child.0, application.parent.0]
}

impl Family {
    /// Notes the look, then reads.
    pub async fn look(
        app: &AppState,
        who: &Who,
        id: ApplicationId,
        [child, parent]: [u64; 2],
        why: Action,
    ) -> Result<Self, ActError> {
        app.note_look(who, &[child, parent], why).await?;
        let people = app.people();
        let mut documents = people.documents(child).await?;
        documents.extend(people.documents(parent).await?);
        documents.retain(|found| found.record.application.is_none_or(|of| of == u64::from(id.0)));
        Ok(Self {
            child: people.person(child).await?.map(|found| found.record),
            parent: people.person(parent).await?.map(|found| found.record),
            record: people.child(child).await?.map(|found| found.record),
            contacts: people.contacts(parent).await?.map(|found| found.record),
            private: people.application(id).await?.map(|found| found.record),
            documents,
        })
    }

    /// The data as rows; `born` is the birth date the queue goes by.
    pub fn rows(&self, ctx: &Ctx, born: Date) -> Vec<SummaryRow> {
        let mut rows = self.people_rows(ctx, born);
        let mut row = |id: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                rows.push(SummaryRow::new(ctx.t(id), value));
            }
        };
        let private = self.private.as_ref();
        row(crate::texts::text_id("desk-address"), private.map(|of| of.address.clone()));
        row(crate::texts::text_id("desk-grounds"), private.and_then(|of| of.grounds.clone()));
        row(crate::texts::text_id("desk-note"), private.and_then(|of| of.note.clone()));
        let record = self.record.as_ref();
        row(crate::texts::text_id("desk-conclusion"), record.and_then(|of| of.conclusion.clone()));
        row(crate::texts::text_id("desk-certificate"), record.and_then(|of| of.birth_certificate.clone()));
        rows
    }

    /// Who they are and how they are reached: all that a kindergarten needs to enrol (254/32).
    pub fn people_rows(&self, ctx: &Ctx, born: Date) -> Vec<SummaryRow> {
        let mut rows = Vec::new();
        let mut row = |id: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                rows.push(SummaryRow::new(ctx.t(id), value));
            }
        };
        row(crate::texts::text_id("desk-child"), self.child.as_ref().map(name));
        row(crate::texts::text_id("desk-child-iin"), self.child.as_ref().map(iin));
        row(crate::texts::text_id("desk-born"), Some(ctx.date_short(&born)));
        row(crate::texts::text_id("desk-parent"), self.parent.as_ref().map(name));
        row(crate::texts::text_id("desk-parent-iin"), self.parent.as_ref().map(iin));
        row(crate::texts::text_id("desk-phones"), self.contacts.as_ref().map(phones));
        row(crate::texts::text_id("desk-email"), self.contacts.as_ref().and_then(|of| of.email.clone()));
        rows
    }

    /// Links to the documents.
    pub fn documents(&self, ctx: &Ctx, id: ApplicationId) -> Vec<Link> {
        let link = |found: &Found<Document>| {
            let path = format!("/desk/applications/{}/documents/{:016x}", words::number(id), found.id);
            let purpose = format!("paper-{}", found.record.purpose.replace('_', "-"));
            let what = if ctx.texts().has(&purpose) { ctx.t(&purpose) } else { ctx.t("paper-other") };
            Link::to(ctx, &path, format!("{what}: {}", found.record.name))
        };
        self.documents.iter().map(link).collect()
    }
}

/// Family name, given name, patronymic.
pub fn name(person: &Person) -> String {
    let parts = [Some(&person.surname), Some(&person.given), person.patronymic.as_ref()];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join(" ")
}

fn iin(person: &Person) -> String {
    person.iin.as_str().to_string()
}

fn phones(contacts: &Contacts) -> String {
    let phones = [&contacts.phone, &contacts.second_phone];
    let phones: Vec<&str> = phones.into_iter().flatten().map(|phone| phone.as_str()).collect();
    phones.join(", ")
}

/// A document of one of these people as a file to keep.
pub async fn document(app: &AppState, id: u64, owners: [u64; 2]) -> Result<Option<Response>, ActError> {
    let Some((found, bytes)) = app.people().document(id).await? else { return Ok(None) };
    if !found.owner.is_some_and(|owner| owners.contains(&owner)) {
        return Ok(None);
    }
    Ok(Some(file(found.record.media_type.as_str(), &found.record.name, bytes)))
}

/// Bytes as a file to keep.
pub fn file(media_type: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let disposition = format!("attachment; filename*=UTF-8''{name}");
    let headers =
        [(header::CONTENT_TYPE, media_type.to_string()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, bytes).into_response()
}
