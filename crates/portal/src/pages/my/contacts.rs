//! How a parent is reached: up to two mobile phones and e-mail (254, Annex 1).

use axum::extract::State as Has;
use axum::response::Response;
use kezek_node::PrivateChanges;
use kezek_records::{Contacts, Label, Language, Phone};
use kezek_rules::Command;
use kezek_rules::ids::ApplicationId;

use super::see;
use crate::act::{ActError, Once};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Typed};
use crate::error_page::PageError;
use crate::form::{Choice, Field, mistakes};
use crate::posted::Posted;
use crate::who::Who;
use crate::words;

/// The questions about contacts, as typed.
pub struct ContactFields {
    phone: Field,
    second: Field,
    email: Field,
    language: Field,
}

/// `GET /{language}/my/contacts`
pub async fn show(Has(app): Has<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let told = |error: kezek_node::PeopleError| ActError::from(error).page(&ctx, "contacts");
    let known = app.people().contacts(who.person).await.map_err(told)?.map(|found| found.record);
    Ok(page(&ctx, ContactFields::of(known.as_ref())).done().answer())
}

/// `POST /{language}/my/contacts`
pub async fn submit(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    posted: Posted,
) -> Result<Response, PageError> {
    let mut fields = ContactFields::typed(&posted);
    let Some(contacts) = fields.read(&ctx) else { return Ok(page(&ctx, fields).unprocessable()) };
    let told = |error: ActError| error.page(&ctx, "contacts");
    keep(&app, &who, &posted.once(), &contacts).await.map_err(told)?;
    Ok(see(&ctx, "/my/contacts?done=contacts"))
}

/// Keeps contacts, with a fact in the history of each application that is not in the archive (R3.13).
pub async fn keep(app: &AppState, who: &Who, once: &Once, contacts: &Contacts) -> Result<(), ActError> {
    let created_us = app.now().as_micros();
    let label = Label { id: who.person, owner: Some(who.person), created_us, expires_us: None };
    let row = app.people().put(label, contacts)?;
    let living: Vec<ApplicationId> = app.read(|state| {
        let own = state.applications_of(who.parent());
        own.filter(|id| state.application(*id).is_some_and(|one| !one.is_archived())).collect()
    });
    if living.is_empty() {
        return Ok(app.people().write(vec![row]).await?);
    }
    for id in living {
        let once = Once { key: format!("{}-{}", once.key, id.0), body: once.body.clone() };
        let private = PrivateChanges::rows(vec![row.clone()]);
        app.act_with(who, &once, Command::EditContacts(id), private).await?;
    }
    Ok(())
}

fn page(ctx: &Ctx, fields: ContactFields) -> Doc {
    let wrong = mistakes(&[&fields.phone, &fields.second, &fields.email]);
    let mut form = Form::to(ctx, "/my/contacts", ctx.t("form-save"));
    form.inputs = fields.inputs(ctx);
    Doc::new(ctx, ctx.t("contacts-title")).back("/my").with(Block::Errors(wrong)).with(Block::Form(form))
}

impl ContactFields {
    /// Filled with what is known.
    pub fn of(known: Option<&Contacts>) -> Self {
        let phone = |phone: Option<&Phone>| phone.map(|phone| phone.as_str().to_string()).unwrap_or_default();
        let language = known.map(|one| one.language).unwrap_or_default();
        Self {
            phone: Field::with("phone", phone(known.and_then(|one| one.phone.as_ref()))),
            second: Field::with("second-phone", phone(known.and_then(|one| one.second_phone.as_ref()))),
            email: Field::with("email", known.and_then(|one| one.email.clone()).unwrap_or_default()),
            language: Field::with("notices", words::code(&language)),
        }
    }

    /// As typed.
    pub fn typed(posted: &Posted) -> Self {
        Self {
            phone: posted.field("phone"),
            second: posted.field("second-phone"),
            email: posted.field("email"),
            language: posted.field("notices"),
        }
    }

    /// The questions.
    pub fn inputs(&self, ctx: &Ctx) -> Vec<Input> {
        let hint = ctx.t("contacts-phone-hint");
        let languages = crate::language::Language::ALL.map(|one| Choice::new(one.code(), one.name()));
        let email = Typed { kind: "email", inputmode: "email", autocomplete: "email", width: "" };
        let second = Typed { autocomplete: "", ..Typed::PHONE };
        vec![
            Input::Line(self.phone.clone(), ctx.t("contacts-phone"), hint, Typed::PHONE),
            Input::Line(self.second.clone(), ctx.t("contacts-second"), String::new(), second),
            Input::Line(self.email.clone(), ctx.t("contacts-email"), String::new(), email),
            Input::Radios(
                self.language.clone(),
                ctx.t("contacts-language"),
                languages.to_vec(),
                String::new(),
            ),
        ]
    }

    /// The mistakes' fields.
    pub fn fields(&self) -> [&Field; 3] {
        [&self.phone, &self.second, &self.email]
    }

    /// The contacts; notes what is wrong.
    pub fn read(&mut self, ctx: &Ctx) -> Option<Contacts> {
        let phone = read_phone(ctx, &mut self.phone);
        let second_phone = read_phone(ctx, &mut self.second);
        let email = self.email.value().to_string();
        let is_address = email.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && email.len() <= 254 && !email.contains(char::is_whitespace)
        });
        if !email.is_empty() && !is_address {
            self.email.refuse(ctx.t("contacts-wrong-email"));
        }
        if self.phone.value().is_empty() && self.second.value().is_empty() && email.is_empty() {
            self.phone.refuse(ctx.t("contacts-none"));
        }
        let language = match self.language.value() {
            "ru" => Language::Ru,
            "en" => Language::En,
            _ => Language::Kk,
        };
        let is_right = self.fields().iter().all(|field| field.error.is_none());
        is_right.then(|| Contacts {
            phone,
            second_phone,
            email: Some(email).filter(|one| !one.is_empty()),
            language,
        })
    }
}

fn read_phone(ctx: &Ctx, field: &mut Field) -> Option<Phone> {
    if field.value().is_empty() {
        return None;
    }
    let phone = Phone::parse(field.value()).ok();
    if phone.is_none() {
        field.refuse(ctx.t("contacts-wrong-phone"));
    }
    phone
}
