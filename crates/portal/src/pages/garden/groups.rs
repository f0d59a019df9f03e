//! Opening a group and changing it (R3.30).

use axum::extract::{Path, State};
use axum::response::Response;
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::command::SetGroup;
use kezek_rules::ids::GroupId;
use kezek_rules::place::{Cohort, Language};

use super::super::desk::draft::{Look, Turn, done, turn};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Typed};
use crate::error_page::{PageError, Problem};
use crate::form::{Choice, Field, mistakes};
use crate::own;
use crate::posted::Posted;
use crate::who::Who;
use crate::words;

/// The longest name of a group.
const NAME_CHARACTERS_MAX: usize = 60;
/// More children than any group holds.
const CHILDREN_MAX: u32 = 1_000;

/// What is typed about a group.
struct Typing {
    name: Field,
    cohort: Field,
    language: Field,
    capacity: Field,
    enrolled: Field,
}

/// `GET /{language}/garden/groups/{group}`; `new` opens one.
pub async fn ask(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, group)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let id = wanted(&app, &who, &group)?;
    let typing = app.read(|state| match id.and_then(|id| state.group(id)) {
        None => Typing::empty(),
        Some(group) => Typing {
            name: Field::with("name", group.name.clone()),
            cohort: Field::with("cohort", cohort_code(group.cohort)),
            language: Field::with("teaching", group.language.code()),
            capacity: Field::with("capacity", group.capacity.to_string()),
            enrolled: Field::with("enrolled", group.enrolled_before.to_string()),
        },
    });
    Ok(typing.page(&ctx, &group, id, &Look::default()).answer())
}

/// `POST /{language}/garden/groups/{group}`
pub async fn submit(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, group)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, PageError> {
    let id = wanted(&app, &who, &group)?;
    let organisation = who.kindergarten.ok_or(Problem::Forbidden)?;
    let mut typing = Typing {
        name: posted.field("name"),
        cohort: posted.field("cohort"),
        language: posted.field("teaching"),
        capacity: posted.field("capacity"),
        enrolled: posted.field("enrolled"),
    };
    let Some(read) = typing.read(&ctx) else {
        return Ok(typing.page(&ctx, &group, id, &Look::default()).unprocessable());
    };
    let command = Command::SetGroup(SetGroup { group: id, organisation, ..read });
    Ok(match turn(&app, &ctx, &who, &posted, command, PrivateChanges::none()).await? {
        Turn::Done(_) => done(&ctx, "/garden", "garden-group"),
        Turn::Show(look) => look.answer(&typing.page(&ctx, &group, id, &look)),
    })
}

fn wanted(app: &AppState, who: &Who, group: &str) -> Result<Option<GroupId>, Problem> {
    if group == "new" {
        return app.read(|state| own::kindergarten(state, who).map(|_| None));
    }
    let id: u32 = group.parse().map_err(|_| Problem::NotFound)?;
    app.read(|state| own::group(state, who, id).map(|(id, _)| Some(id)))
}

impl Typing {
    fn empty() -> Self {
        Self {
            name: Field::new("name"),
            cohort: Field::new("cohort"),
            language: Field::with("teaching", Language::Kk.code()),
            capacity: Field::new("capacity"),
            enrolled: Field::with("enrolled", "0"),
        }
    }

    fn read(&mut self, ctx: &Ctx) -> Option<SetGroup> {
        let letters = self.name.value().chars().count();
        if letters == 0 || letters > NAME_CHARACTERS_MAX {
            self.name.refuse(ctx.t("garden-name-wrong"));
        }
        let cohort = read_cohort(self.cohort.value());
        if cohort.is_none() {
            self.cohort.refuse(ctx.t("garden-cohort-wrong"));
        }
        let language = Language::from_code(self.language.value());
        if language.is_none() {
            self.language.refuse(ctx.t("garden-language-wrong"));
        }
        let capacity = count(ctx, &mut self.capacity);
        let enrolled = count(ctx, &mut self.enrolled);
        let name = self.name.error.is_none().then(|| self.name.value().to_string());
        Some(SetGroup {
            group: None,
            organisation: kezek_rules::ids::OrganisationId(0),
            name: name?,
            cohort: cohort?,
            language: language?,
            capacity: capacity?,
            enrolled: enrolled?,
        })
    }

    fn page(&self, ctx: &Ctx, group: &str, id: Option<GroupId>, look: &Look) -> Doc {
        let title = if id.is_some() { ctx.t("garden-group-change") } else { ctx.t("garden-group-new") };
        let fields = [&self.name, &self.cohort, &self.language, &self.capacity, &self.enrolled];
        let button = if look.effect.is_some() { ctx.t("desk-do") } else { ctx.t("desk-check") };
        let form = Form::to(ctx, &format!("/garden/groups/{group}"), button)
            .with(Input::Line(
                self.name.clone(),
                ctx.t("garden-name"),
                String::new(),
                Typed { width: "20", ..Typed::WORDS },
            ))
            .with(cohort_input(ctx, &self.cohort, ctx.t("garden-cohort-hint")))
            .with(Input::Select(
                self.language.clone(),
                ctx.t("garden-language"),
                languages(ctx),
                String::new(),
            ))
            .with(Input::Line(
                self.capacity.clone(),
                ctx.t("garden-capacity"),
                ctx.t("garden-capacity-hint"),
                Typed::DIGITS,
            ))
            .with(Input::Line(
                self.enrolled.clone(),
                ctx.t("garden-enrolled-before"),
                ctx.t("garden-enrolled-before-hint"),
                Typed::DIGITS,
            ));
        Doc::new(ctx, title)
            .back("/garden")
            .with(Block::Errors(mistakes(&fields)))
            .and(look.blocks(ctx))
            .with(Block::Form(look.sealing(form)))
    }
}

/// A number of children or places, or what is wrong beside the field.
pub fn count(ctx: &Ctx, field: &mut Field) -> Option<u32> {
    let read = field.value().parse().ok().filter(|count| *count <= CHILDREN_MAX);
    if read.is_none() {
        field.refuse(ctx.t("garden-count-wrong"));
    }
    read
}

/// The question which children.
pub fn cohort_input(ctx: &Ctx, field: &Field, hint: String) -> Input {
    let typed = Typed { width: "10", ..Typed::WORDS };
    Input::Line(field.clone(), ctx.t("garden-cohort"), hint, typed)
}

/// The languages of teaching.
pub fn languages(ctx: &Ctx) -> Vec<Choice> {
    Language::ALL.iter().map(|one| Choice::new(one.code(), words::word(ctx, "lang", one))).collect()
}

/// How a cohort is typed: `3`, `3-4`, `2018`.
pub fn cohort_code(cohort: Cohort) -> String {
    match cohort {
        Cohort::Born(year) => year.to_string(),
        Cohort::Ages(from, to) if from == to => from.to_string(),
        Cohort::Ages(from, to) => format!("{from}-{to}"),
    }
}

/// A cohort as people type it: an age, a band of ages, a year of birth.
pub fn read_cohort(text: &str) -> Option<Cohort> {
    const OLDEST: u8 = 10;
    let years = |text: &str| text.trim().parse().ok().filter(|years: &u8| *years <= OLDEST);
    if let Some((from, to)) = text.split_once(['-', '–']) {
        let (from, to) = (years(from)?, years(to)?);
        return (from <= to).then_some(Cohort::Ages(from, to));
    }
    if let Some(age) = years(text) {
        return Some(Cohort::age(age));
    }
    text.trim().parse().ok().filter(|year| (2000..2100).contains(year)).map(Cohort::Born)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cohorts_as_people_type_them() {
        for (text, cohort) in [
            ("3", Cohort::age(3)),
            ("3-4", Cohort::Ages(3, 4)),
            ("3 – 4", Cohort::Ages(3, 4)),
            ("2018", Cohort::Born(2018)),
        ] {
            assert_eq!(read_cohort(text), Some(cohort), "{text}");
            assert_eq!(read_cohort(&cohort_code(cohort)), Some(cohort));
        }
        for text in ["", "4-3", "99", "-1", "1999", "three", "3-"] {
            assert_eq!(read_cohort(text), None, "{text}");
        }
    }
}
