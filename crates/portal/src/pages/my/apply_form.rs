//! The questions of an application (254, Annex 1) and what is wrong with the answers.

use kezek_calendar::{Date, Iin};
use kezek_records::Person;
use kezek_rules::State;
use kezek_rules::command::QueueChoice;
use kezek_rules::ids::{OrganisationId, SettlementId};
use kezek_rules::place::OrganisationKind;

use super::benefits;
use super::contacts::ContactFields;
use super::papers::Papers;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Typed};
use crate::form::{Choice, Field, Mistake, mistakes};
use crate::pages::state::{date_fields, empty_date, read_date};
use crate::posted::Posted;
use crate::words;

const NAME_MAX: usize = 100;
const ADDRESS_MAX: usize = 300;
const TEXT_MAX: usize = 500;

/// All fields but the papers, as typed.
pub struct ApplyForm {
    queue: Field,
    iin: Field,
    surname: Field,
    given: Field,
    patronymic: Field,
    born: [Field; 4],
    certificate: Field,
    address: Field,
    benefits: Field,
    grounds: Field,
    /// How the parent is reached.
    pub contacts: ContactFields,
}

/// The answers.
pub struct Answers {
    /// What for.
    pub queue: QueueChoice,
    /// The child.
    pub child: Person,
    /// The child's birth date.
    pub born: Date,
    /// Number of the birth certificate.
    pub certificate: Option<String>,
    /// Home address.
    pub address: String,
    /// Claimed benefits.
    pub benefits: Vec<kezek_rules::benefit::Benefit>,
    /// Their grounds in words.
    pub grounds: Option<String>,
}

impl ApplyForm {
    /// Nothing typed yet but what is known.
    pub fn empty(contacts: ContactFields) -> Self {
        Self {
            queue: Field::with("queue", "general/0"),
            iin: Field::new("iin"),
            surname: Field::new("surname"),
            given: Field::new("given"),
            patronymic: Field::new("patronymic"),
            born: empty_date("born"),
            certificate: Field::new("certificate"),
            address: Field::new("address"),
            benefits: Field::new("benefits"),
            grounds: Field::new("grounds"),
            contacts,
        }
    }

    /// As typed.
    pub fn typed(posted: &Posted) -> Self {
        Self {
            queue: posted.field("queue"),
            iin: posted.field("iin"),
            surname: posted.field("surname"),
            given: posted.field("given"),
            patronymic: posted.field("patronymic"),
            born: date_fields(posted, "born"),
            certificate: posted.field("certificate"),
            address: posted.field("address"),
            benefits: posted.field("benefits"),
            grounds: posted.field("grounds"),
            contacts: ContactFields::typed(posted),
        }
    }

    /// The answers; notes everything that is wrong, not only the first.
    pub fn read(&mut self, ctx: &Ctx, state: &State, today: Date) -> Option<Answers> {
        let iin = Iin::parse(self.iin.value()).ok();
        refuse_unless(ctx, &mut self.iin, iin.is_some(), "apply-wrong-iin");
        for name in [&mut self.surname, &mut self.given] {
            let is_right = !name.value().is_empty() && short(name, NAME_MAX);
            refuse_unless(ctx, name, is_right, "apply-wrong-name");
        }
        let is_right = short(&self.patronymic, NAME_MAX);
        refuse_unless(ctx, &mut self.patronymic, is_right, "apply-wrong-name");
        let born = read_date(&self.born);
        match born {
            None => self.born[0].refuse(ctx.t("apply-wrong-born")),
            Some(born) if born > today => self.born[0].refuse(ctx.t("apply-born-future")),
            Some(_) => {}
        }
        let is_right = !self.address.value().is_empty() && short(&self.address, ADDRESS_MAX);
        refuse_unless(ctx, &mut self.address, is_right, "apply-wrong-address");
        let is_right = short(&self.grounds, TEXT_MAX);
        refuse_unless(ctx, &mut self.grounds, is_right, "apply-wrong-text");
        let queue = read_queue(state, self.queue.value());
        refuse_unless(ctx, &mut self.queue, queue.is_some(), "apply-wrong-queue");
        if !self.mistakes().is_empty() {
            return None;
        }
        let born = born?;
        let optional = |field: &Field| Some(field.value().to_string()).filter(|text| !text.is_empty());
        Some(Answers {
            queue: queue?,
            child: Person {
                iin: iin?,
                surname: self.surname.value().to_string(),
                given: self.given.value().to_string(),
                patronymic: optional(&self.patronymic),
                birth_date: Some(born),
            },
            born,
            certificate: optional(&self.certificate).filter(|text| text.chars().count() <= 50),
            address: self.address.value().to_string(),
            benefits: benefits::chosen(&self.benefits),
            grounds: optional(&self.grounds),
        })
    }

    fn fields(&self) -> Vec<&Field> {
        let own = [&self.queue, &self.iin, &self.surname, &self.given, &self.patronymic, &self.born[0]];
        let rest = [&self.address, &self.benefits, &self.grounds];
        own.into_iter().chain(rest).chain(self.contacts.fields()).collect()
    }

    /// What is to be mended.
    pub fn mistakes(&self) -> Vec<Mistake> {
        mistakes(&self.fields())
    }

    /// Puts a refusal of the law beside the question it is about.
    pub fn refuse(&mut self, refusal: kezek_rules::Refusal, text: String) {
        use kezek_rules::Refusal::{AgeOverLimit, NotFound, QueueNeedsConclusion, WrongAge};
        match refusal {
            AgeOverLimit | WrongAge => self.born[0].refuse(text),
            QueueNeedsConclusion | NotFound => self.queue.refuse(text),
            _ => self.iin.refuse(text),
        }
    }

    /// The page.
    pub fn page(&self, ctx: &Ctx, state: &State, papers: &Papers) -> Doc {
        let mut wrong = self.mistakes();
        wrong.extend(mistakes(&papers.fields.iter().collect::<Vec<_>>()));
        Doc::new(ctx, ctx.t("apply-title"))
            .back("/my")
            .with(Block::Errors(wrong))
            .with(Block::Text(ctx.t("apply-lead")))
            .with(Block::Form(self.form(ctx, state, papers)))
    }

    fn form(&self, ctx: &Ctx, state: &State, papers: &Papers) -> Form {
        let line = |field: &Field, label: String, typed: Typed| {
            Input::Line(field.clone(), label, String::new(), typed)
        };
        let iin = Input::Line(self.iin.clone(), ctx.t("apply-iin"), ctx.t("sign-in-iin-hint"), Typed::IIN);
        let queue = Input::Select(
            self.queue.clone(),
            ctx.t("apply-queue"),
            queues(ctx, state),
            ctx.t("apply-queue-hint"),
        );
        let born = Input::Date(Box::new(self.born.clone()), ctx.t("apply-born"), ctx.t("apply-born-hint"));
        let boxes = Input::Checkboxes(
            self.benefits.clone(),
            ctx.t("apply-benefits"),
            benefits::choices(ctx),
            ctx.t("apply-benefits-hint"),
        );
        let address = Typed { autocomplete: "street-address", ..Typed::WORDS };
        let form = Form { files: true, ..Form::to(ctx, "/apply", ctx.t("apply-submit")) }
            .with(queue)
            .with(Input::Section(ctx.t("apply-child")))
            .with(iin)
            .with(line(&self.surname, ctx.t("apply-surname"), Typed::WORDS))
            .with(line(&self.given, ctx.t("apply-given"), Typed::WORDS))
            .with(line(&self.patronymic, ctx.t("apply-patronymic"), Typed::WORDS))
            .with(born)
            .with(line(&self.certificate, ctx.t("apply-certificate"), Typed { width: "20", ..Typed::WORDS }))
            .with(boxes)
            .with(Input::Area(self.grounds.clone(), ctx.t("apply-grounds"), String::new()));
        let mut form =
            benefits::paper_inputs(ctx, form, papers).with(Input::Section(ctx.t("apply-contacts")));
        form = form.with(line(&self.address, ctx.t("apply-address"), address));
        form.inputs.extend(self.contacts.inputs(ctx));
        form.with(Input::Text(ctx.t("apply-consent")))
    }
}

fn short(field: &Field, letters: usize) -> bool {
    field.value().chars().count() <= letters
}

fn refuse_unless(ctx: &Ctx, field: &mut Field, is_right: bool, id: &str) {
    if !is_right {
        field.refuse(ctx.t(id));
    }
}

/// The queues one can join: the general ones, then each special and sanatorium organisation by its profile (254/13).
fn queues(ctx: &Ctx, state: &State) -> Vec<Choice> {
    let general = state.settlements().map(|(id, one)| {
        let text = ctx.t_with("apply-queue-general", &[("settlement", one.name.clone().into())]);
        Choice::new(format!("general/{}", id.0), text)
    });
    let mut choices: Vec<Choice> = general.collect();
    for (id, one) in state.organisations().filter(|(_, one)| one.kind != OrganisationKind::General) {
        let kind = words::word(ctx, "queue", &one.kind);
        for (at, profile) in one.profiles.iter().enumerate() {
            let value = format!("{}/{}/{at}", words::code(&one.kind), id.0);
            choices.push(Choice::new(value, format!("{}, {profile}", one.name)).in_group(&kind));
        }
    }
    choices
}

fn read_queue(state: &State, value: &str) -> Option<QueueChoice> {
    let parts: Vec<&str> = value.split('/').collect();
    match parts.as_slice() {
        ["general", settlement] => {
            let id = SettlementId(settlement.parse().ok()?);
            state.settlement(id).map(|_| QueueChoice::General(id))
        }
        [kind, organisation, profile] => {
            let id = OrganisationId(organisation.parse().ok()?);
            let one = state.organisation(id).filter(|one| words::code(&one.kind) == *kind)?;
            let profile = one.profiles.get(profile.parse::<usize>().ok()?)?.clone();
            match one.kind {
                OrganisationKind::Special => Some(QueueChoice::Special(id, profile)),
                OrganisationKind::Sanatorium => Some(QueueChoice::Sanatorium(id, profile)),
                OrganisationKind::General => None,
            }
        }
        _ => None,
    }
}
