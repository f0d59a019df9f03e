//! Applying (254/5, 254/13–18): one page, nothing typed is ever lost.

use axum::extract::State as Has;
use axum::response::Response;
use kezek_calendar::Date;
use kezek_records::Contacts;
use kezek_rules::Event;
use kezek_rules::command::Entry;

use super::apply_form::ApplyForm;
use super::contacts::ContactFields;
use super::papers::Papers;
use super::{page_of, see};
use crate::act::ActError;
use crate::api::applying::{self, Applying, Parent};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::error_page::{PageError, Problem};
use crate::posted::PostedPapers;
use crate::refused;
use crate::who::Who;

/// `GET /{language}/apply`
pub async fn show(Has(app): Has<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let told = |error: kezek_node::PeopleError| ActError::from(error).page(&ctx, "apply");
    let known = app.people().contacts(who.person).await.map_err(told)?.map(|found| found.record);
    let form = ApplyForm::empty(ContactFields::of(known.as_ref()));
    Ok(app.read(|state| form.page(&ctx, state, &Papers::none())).answer())
}

/// `POST /{language}/apply`
pub async fn submit(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    PostedPapers(posted): PostedPapers,
) -> Result<Response, PageError> {
    let told = |error: ActError| error.page(&ctx, "apply");
    let mut form = ApplyForm::typed(&posted);
    let now_us = app.now().as_micros();
    let papers = Papers::take(&app, &ctx, who.person, now_us, &posted).await.map_err(told)?;
    let today = today(&app);
    let contacts = form.contacts.read(&ctx);
    let answers = app.read(|state| form.read(&ctx, state, today));
    let (Some(answers), Some(contacts), true) = (answers, contacts, papers.is_right()) else {
        return Ok(app.read(|state| form.page(&ctx, state, &papers)).unprocessable());
    };
    let once = posted.once();
    // A mismatch is a warning and never a refusal: the birth record decides.
    let differs = answers.child.iin.birth_date_inside().is_some_and(|inside| inside != answers.born);
    let applying = Applying {
        queue: answers.queue,
        child: answers.child,
        born: answers.born,
        certificate: answers.certificate,
        parent: Parent::Known(who.person),
        address: answers.address,
        benefits: answers.benefits,
        grounds: answers.grounds,
        note: None,
        papers: papers.ids.clone(),
        entry: Entry::Sent,
    };
    match applying::apply(&app, &who, &once, applying).await {
        Ok(accepted) => {
            let id = accepted.facts.iter().find_map(|fact| match fact.event {
                Event::Registered { application, .. } => Some(application),
                _ => None,
            });
            keep_contacts(&app, &who, &contacts).await.map_err(told)?;
            let id = id.ok_or(Problem::Internal)?;
            let done = if differs { "?done=applied-other-date" } else { "?done=applied" };
            Ok(see(&ctx, &page_of(id, done)))
        }
        Err(ActError::Refused(refusal)) => {
            // The law refuses: the form comes back with everything that was typed.
            let law = refused::law(&ctx, refusal).unwrap_or_default();
            let text =
                format!("{} {} {law}", refused::happened(&ctx, refusal), refused::what_to_do(&ctx, refusal));
            form.refuse(refusal, text.trim().to_string());
            let mut response = app.read(|state| form.page(&ctx, state, &papers)).unprocessable();
            *response.status_mut() = refused::status(refusal);
            Ok(response)
        }
        Err(ActError::Invalid { field: "child.iin", code }) => {
            form.refuse(kezek_rules::Refusal::IinInvalid, ctx.t(code));
            Ok(app.read(|state| form.page(&ctx, state, &papers)).unprocessable())
        }
        Err(error) => Err(told(error)),
    }
}

/// Contacts that were changed with the application; its registration tells of them already.
async fn keep_contacts(app: &AppState, who: &Who, contacts: &Contacts) -> Result<(), ActError> {
    let known = app.people().contacts(who.person).await?.map(|found| found.record);
    if known.as_ref() == Some(contacts) {
        return Ok(());
    }
    let created_us = app.now().as_micros();
    let label =
        kezek_records::Label { id: who.person, owner: Some(who.person), created_us, expires_us: None };
    let row = app.people().put(label, contacts)?;
    Ok(app.people().write(vec![row]).await?)
}

fn today(app: &AppState) -> Date {
    let now = app.now();
    app.read(|state| state.settlements().next().map_or(Date::MAX, |(_, one)| one.zone.date(now)))
}
