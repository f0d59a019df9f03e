//! A parent's way into the personal account: the office sees the identity document and hands over a password for
//! one sign-in.

use axum::extract::{Path, State};
use axum::response::Response;
use kezek_calendar::Iin;
use kezek_node::Access;
use kezek_records::{Contacts, Language, Person};

use crate::act::ActError;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Typed};
use crate::error_page::PageError;
use crate::form::{Field, mistakes};
use crate::own;
use crate::posted::Posted;
use crate::rights::Action;
use crate::who::Who;
use crate::words;

const NAME_CHARACTERS_MAX: usize = 100;

/// The parent types contacts in the personal account.
const NO_CONTACTS: Contacts =
    Contacts { phone: None, second_phone: None, email: None, language: Language::Kk };

/// `GET /{language}/desk/access`: for a parent who has not applied yet.
pub async fn ask(ctx: Ctx) -> Response {
    page(&ctx, Field::new("iin"), Field::new("surname"), Field::new("given")).answer()
}

/// `POST /{language}/desk/access`
pub async fn submit(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    posted: Posted,
) -> Result<Response, PageError> {
    let (mut iin, mut surname, mut given) =
        (posted.field("iin"), posted.field("surname"), posted.field("given"));
    let right_iin = Iin::parse(iin.value()).ok();
    if right_iin.is_none() {
        iin.refuse(ctx.t("office-wrong-iin"));
    }
    for field in [&mut surname, &mut given] {
        let letters = field.value().chars().count();
        if letters == 0 || letters > NAME_CHARACTERS_MAX {
            field.refuse(ctx.t("office-wrong-name"));
        }
    }
    let is_right = [&surname, &given].iter().all(|field| field.error.is_none());
    let (Some(right_iin), true) = (right_iin, is_right) else {
        return Ok(page(&ctx, iin, surname, given).unprocessable());
    };
    let person = Person {
        iin: right_iin,
        surname: surname.value().to_string(),
        given: given.value().to_string(),
        patronymic: None,
        birth_date: None,
    };
    let failed = |error: kezek_node::PeopleError| ActError::from(error).page(&ctx, "access");
    let known = app.people().find(&person.iin).await.map_err(failed)?;
    let is_other = known.is_some_and(|known| !known.record.has_name_of(&person));
    if is_other {
        iin.refuse(ctx.t("apply-iin-known-otherwise"));
        return Ok(page(&ctx, iin, surname, given).unprocessable());
    }
    let id = app.people().enter_person(&person, &NO_CONTACTS).await.map_err(failed)?;
    give(&app, &ctx, &who, id, "/desk").await
}

/// `GET /{language}/desk/applications/{number}/access`
pub async fn ask_applicant(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let id = app.read(|state| own::desk_application(state, &who, number).map(|(id, _)| id))?;
    let back = super::papers::page_of(id);
    let form = Form::to(&ctx, &format!("{back}/access"), ctx.t("access-button"));
    let doc = Doc::new(&ctx, ctx.t("access-title")).back(&back);
    Ok(doc.with(Block::Text(ctx.t("access-lead"))).with(Block::Form(form)).answer())
}

/// `POST /{language}/desk/applications/{number}/access`
pub async fn submit_applicant(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
    _posted: Posted,
) -> Result<Response, PageError> {
    let (id, parent) =
        app.read(|state| own::desk_application(state, &who, number).map(|(id, one)| (id, one.parent.0)))?;
    give(&app, &ctx, &who, parent, &super::papers::page_of(id)).await
}

/// Shows the password; it is kept nowhere, and the parent sees in the list of looks who asked for it.
async fn give(app: &AppState, ctx: &Ctx, who: &Who, parent: u64, back: &str) -> Result<Response, PageError> {
    let failed = |error: ActError| error.page(ctx, "access");
    app.note_look(who, &[parent], Action::Register).await.map_err(failed)?;
    let access = app.people().give_access(parent).await.map_err(|error| failed(error.into()))?;
    let doc = Doc::new(ctx, ctx.t("access-title")).back(back);
    Ok(match access {
        Access::OneTimePassword(password) => doc
            .with(Block::Lead(ctx.t("access-given")))
            .with(Block::Rows(vec![crate::components::SummaryRow::new(ctx.t("access-password"), password)]))
            .with(Block::Text(ctx.t("access-once"))),
        Access::OwnPassword => doc.with(Block::Lead(ctx.t("access-own"))),
    }
    .answer())
}

fn page(ctx: &Ctx, iin: Field, surname: Field, given: Field) -> Doc {
    let wrong = mistakes(&[&iin, &surname, &given]);
    let line = |field: Field, words: String| Input::Line(field, words, String::new(), Typed::WORDS);
    let form = Form::to(ctx, "/desk/access", ctx.t("access-button"))
        .with(Input::Line(iin, ctx.t("desk-parent-iin"), ctx.t("office-iin-hint"), Typed::IIN))
        .with(line(surname, ctx.t("office-surname")))
        .with(line(given, ctx.t("office-given")));
    Doc::new(ctx, ctx.t("access-title"))
        .back("/desk")
        .with(Block::Errors(wrong))
        .with(Block::Text(ctx.t("access-lead")))
        .with(Block::Form(form))
}

/// The link to it from an application, by the table of rights.
pub fn link(ctx: &Ctx, who: &Who, id: kezek_rules::ids::ApplicationId) -> Option<crate::doc::Link> {
    let path = format!("/desk/applications/{}/access", words::number(id));
    let may = Action::Register.is_allowed(Some(&who.roles));
    may.then(|| crate::doc::Link::to(ctx, &path, ctx.t("access-title")))
}
