//! An application taken at the office for a family that came with its papers (254/5), also a fourth one by an act
//! (R3.14).

use axum::extract::State;
use axum::response::Response;
use kezek_calendar::{Date, Iin};
use kezek_records::{Contacts, Label, Person, random_id};
use kezek_rules::Refusal;
use kezek_rules::command::{Conclusion, Entry, QueueChoice};
use kezek_rules::event::Event;
use kezek_rules::ids::SettlementId;

use super::super::my::apply_form::ApplyForm;
use super::super::my::contacts::ContactFields;
use super::super::my::papers::Papers;
use super::acts::ActFields;
use super::draft::done;
use super::papers::page_of;
use crate::act::ActError;
use crate::api::applying::{self, Applying, Parent};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Input, Typed};
use crate::error_page::{PageError, Problem};
use crate::form::{Choice, Field, mistakes};
use crate::own;
use crate::posted::{Posted, PostedPapers};
use crate::refused;
use crate::rights::Action;
use crate::who::Who;

const NAME_CHARACTERS_MAX: usize = 100;

/// What the office asks besides the family's own form.
struct Office {
    iin: Field,
    surname: Field,
    given: Field,
    patronymic: Field,
    conclusion: Field,
    act: ActFields,
}

/// `GET /{language}/desk/apply`
pub async fn show(State(app): State<AppState>, ctx: Ctx, who: Who) -> Response {
    let form = ApplyForm::empty(ContactFields::of(None));
    Office::empty().page(&app, &ctx, &who, &form, &Papers::none()).done().answer()
}

/// `POST /{language}/desk/apply`
pub async fn submit(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    PostedPapers(posted): PostedPapers,
) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    let failed = |error: ActError| error.page(&ctx, "office");
    let (mut form, mut office) = (ApplyForm::typed(&posted), Office::posted(&posted));
    let now = app.now();
    let today = app.read(|state| state.settlement(here).map_or(Date::MAX, |one| one.zone.date(now)));
    let answers = app.read(|state| form.read(&ctx, state, today));
    let contacts = form.contacts.read(&ctx);
    let parent = office.read(&ctx);
    let entry = office.entry(&ctx);
    let papers = match (&parent, &contacts) {
        (Some(person), Some(contacts)) => {
            take_papers(&app, &ctx, person, contacts, &posted).await.map_err(failed)?
        }
        _ => Papers::none(),
    };
    let read = (|| Some((answers?, contacts?, parent?, entry?)))();
    let Some((answers, contacts, person, entry)) = read.filter(|_| papers.is_right()) else {
        return Ok(office.page(&app, &ctx, &who, &form, &papers).unprocessable());
    };
    if settlement_of(&app, &answers.queue) != Some(here) {
        form.refuse(Refusal::NotFound, ctx.t("office-other-settlement"));
        return Ok(office.page(&app, &ctx, &who, &form, &papers).unprocessable());
    }
    let applying = Applying {
        queue: answers.queue,
        child: answers.child,
        born: answers.born,
        certificate: answers.certificate,
        parent: Parent::AtOffice(Box::new(person), Box::new(contacts), office.conclusion()),
        address: answers.address,
        benefits: answers.benefits,
        grounds: answers.grounds,
        note: None,
        papers: papers.ids.clone(),
        entry,
    };
    match applying::apply(&app, &who, &posted.once(), applying).await {
        Ok(accepted) => {
            let registered = accepted.facts.iter().find_map(|fact| match fact.event {
                Event::Registered { application, .. } => Some(application),
                _ => None,
            });
            Ok(done(&ctx, &page_of(registered.ok_or(Problem::Internal)?), "office"))
        }
        Err(ActError::Refused(refusal)) => {
            office.refuse(&ctx, &mut form, refusal);
            let mut response = office.page(&app, &ctx, &who, &form, &papers).unprocessable();
            *response.status_mut() = refused::status(refusal);
            Ok(response)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Scans belong to the applicant until they go with the application, so who brings some is entered first.
async fn take_papers(
    app: &AppState,
    ctx: &Ctx,
    person: &Person,
    contacts: &Contacts,
    posted: &Posted,
) -> Result<Papers, ActError> {
    let people = app.people();
    let known = people.find(&person.iin).await?.map(|found| found.id);
    let has_papers = !posted.papers.is_empty() || !posted.value("document").is_empty();
    let now_us = app.now().as_micros();
    let owner = match known {
        Some(known) => known,
        None if !has_papers => return Ok(Papers::none()),
        None => {
            let id = random_id()?;
            let label = Label { id, owner: Some(id), created_us: now_us, expires_us: None };
            people.write(vec![people.insert(label, person)?, people.put(label, contacts)?]).await?;
            id
        }
    };
    Papers::take(app, ctx, owner, now_us, posted).await
}

fn settlement_of(app: &AppState, queue: &QueueChoice) -> Option<SettlementId> {
    match queue {
        QueueChoice::General(settlement) => Some(*settlement),
        QueueChoice::Special(organisation, _) | QueueChoice::Sanatorium(organisation, _) => {
            app.read(|state| state.organisation(*organisation).map(|one| one.settlement))
        }
    }
}

impl Office {
    fn empty() -> Self {
        Self {
            iin: Field::new("parent-iin"),
            surname: Field::new("parent-surname"),
            given: Field::new("parent-given"),
            patronymic: Field::new("parent-patronymic"),
            conclusion: Field::new("conclusion"),
            act: ActFields::empty(),
        }
    }

    fn posted(posted: &Posted) -> Self {
        Self {
            iin: posted.field("parent-iin"),
            surname: posted.field("parent-surname"),
            given: posted.field("parent-given"),
            patronymic: posted.field("parent-patronymic"),
            conclusion: posted.field("conclusion"),
            act: ActFields::posted(posted),
        }
    }

    /// The applicant by the identity document.
    fn read(&mut self, ctx: &Ctx) -> Option<Person> {
        let iin = Iin::parse(self.iin.value()).ok();
        if iin.is_none() {
            self.iin.refuse(ctx.t("office-wrong-iin"));
        }
        for field in [&mut self.surname, &mut self.given] {
            let letters = field.value().chars().count();
            if letters == 0 || letters > NAME_CHARACTERS_MAX {
                field.refuse(ctx.t("office-wrong-name"));
            }
        }
        let patronymic = self.patronymic.value().to_string();
        if patronymic.chars().count() > NAME_CHARACTERS_MAX {
            self.patronymic.refuse(ctx.t("office-wrong-name"));
        }
        let is_right =
            [&self.surname, &self.given, &self.patronymic].iter().all(|field| field.error.is_none());
        is_right.then_some(())?;
        Some(Person {
            iin: iin?,
            surname: self.surname.value().to_string(),
            given: self.given.value().to_string(),
            patronymic: Some(patronymic).filter(|text| !text.is_empty()),
            birth_date: None,
        })
    }

    /// Whether the original of a conclusion was shown (254/17).
    fn conclusion(&self) -> Conclusion {
        if self.conclusion.has("shown") { Conclusion::OnFile } else { Conclusion::None }
    }

    /// Sent now, or let through by the act if one is named.
    fn entry(&mut self, ctx: &Ctx) -> Option<Entry> {
        if self.act.number.value().is_empty() && self.act.date.value().is_empty() {
            return Some(Entry::Sent);
        }
        self.act.read(ctx).map(Entry::Override)
    }

    fn refuse(&mut self, ctx: &Ctx, form: &mut ApplyForm, refusal: Refusal) {
        let law = refused::law(ctx, refusal).unwrap_or_default();
        let happened = refused::happened(ctx, refusal);
        if refusal == Refusal::TooManyRegistrations {
            self.act.number.refuse(format!("{happened} {} {law}", ctx.t("office-name-the-act")));
            return;
        }
        form.refuse(
            refusal,
            format!("{happened} {} {law}", refused::what_to_do(ctx, refusal)).trim().to_string(),
        );
    }

    /// The family's form with the office's questions around it.
    fn page(&self, app: &AppState, ctx: &Ctx, who: &Who, form: &ApplyForm, papers: &Papers) -> Doc {
        let mut doc = app.read(|state| form.page(ctx, state, papers));
        doc.title = ctx.t("desk-apply-title");
        let own = [&self.iin, &self.surname, &self.given, &self.patronymic, &self.act.number, &self.act.date];
        for block in &mut doc.blocks {
            match block {
                Block::Errors(list) => {
                    let family = std::mem::take(list);
                    *list = mistakes(&own).into_iter().chain(family).collect();
                }
                Block::Text(text) => *text = ctx.t("office-lead"),
                Block::Form(form) => {
                    form.action = ctx.link("/desk/apply");
                    let family = std::mem::take(&mut form.inputs);
                    form.inputs = self.inputs(ctx).into_iter().chain(family).collect();
                    // R3.14, 254/17: these two are the provider's.
                    if !Action::ConfirmPapers.is_allowed(Some(&who.roles)) {
                        continue;
                    }
                    form.inputs.push(Input::Checkboxes(
                        self.conclusion.clone(),
                        ctx.t("desk-conclusion"),
                        vec![Choice::new("shown", ctx.t("office-conclusion"))],
                        String::new(),
                    ));
                    form.inputs.push(Input::Section(ctx.t("office-act")));
                    form.inputs.extend(self.act.inputs(ctx));
                }
                _ => {}
            }
        }
        doc.back("/desk")
    }

    fn inputs(&self, ctx: &Ctx) -> Vec<Input> {
        let line =
            |field: &Field, words: String| Input::Line(field.clone(), words, String::new(), Typed::WORDS);
        vec![
            Input::Section(ctx.t("desk-parent")),
            Input::Line(self.iin.clone(), ctx.t("desk-parent-iin"), ctx.t("office-iin-hint"), Typed::IIN),
            line(&self.surname, ctx.t("office-surname")),
            line(&self.given, ctx.t("office-given")),
            line(&self.patronymic, ctx.t("office-patronymic")),
        ]
    }
}
