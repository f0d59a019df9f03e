//! Free places with filters (254/3.3, 254/24.8).

use axum::extract::State as Has;
use axum::response::Response;
use kezek_rules::State;
use kezek_rules::ids::{OrganisationId, SettlementId};
use kezek_rules::place::{Cohort, Language, Mode};
use kezek_rules::profile::AgeMatch;
use kezek_rules::queue::Queue;
use kezek_rules::state::Vacancy;

use crate::app::AppState;
use crate::components::{Cell, Column, Pages, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input};
use crate::error_page::PageError;
use crate::form::{Choice, Field};
use crate::pages::public;
use crate::words;

const PAGE: usize = 100;
const AGES: std::ops::RangeInclusive<u8> = 0..=6;

/// What a visitor looks for.
#[derive(Clone, Debug, Default)]
struct Filter {
    organisation: String,
    language: String,
    age: String,
    mode: String,
}

/// `GET /{language}/places`
pub async fn show(Has(app): Has<AppState>, ctx: Ctx) -> Result<Response, PageError> {
    let (id, choice) = public::settlement(&app, &ctx, "/places")?;
    let asked = |name: &str| ctx.query(name).unwrap_or_default();
    let filter = Filter {
        organisation: asked("organisation"),
        language: asked("language"),
        age: asked("age"),
        mode: asked("mode"),
    };
    let page: usize = asked("page").parse().unwrap_or(1);
    let blocks = app.read(|state| blocks(&ctx, state, id, &filter, page));
    let mut doc = Doc::new(&ctx, ctx.t("places-title")).and(choice).and(blocks);
    if ctx.visitor.label.is_some() {
        doc = doc.with(Block::Text(ctx.t("places-own")));
    }
    Ok(doc.answer())
}

fn blocks(ctx: &Ctx, state: &State, id: SettlementId, filter: &Filter, page: usize) -> Vec<Block> {
    let found: Vec<_> = state
        .vacancies()
        .filter(|(_, one)| one.settlement == id && fits(one, filter))
        .map(|(number, one)| (public::free(state, number, one), one))
        .filter(|(free, _)| *free > 0)
        .collect();
    let mut blocks = vec![Block::Form(form(ctx, state, id, filter))];
    if found.is_empty() {
        blocks.push(Block::Inset(ctx.t("places-none")));
        blocks.push(Block::Text(ctx.t("places-none-do")));
        return blocks;
    }
    let last = found.len().div_ceil(PAGE);
    let page = page.clamp(1, last);
    let total: u32 = found.iter().map(|(free, _)| free).sum();
    let rows = found.iter().skip((page - 1) * PAGE).take(PAGE).map(|(free, one)| row(ctx, state, *free, one));
    blocks.push(Block::Table(Table {
        caption: ctx.t_with("places-count", &[("count", total.into())]),
        columns: vec![
            Column::words(ctx.t("column-organisation")),
            Column::words(ctx.t("column-place")),
            Column::words(ctx.t("column-access")),
            Column::numbers(ctx.t("column-free")),
        ],
        rows: rows.collect(),
    }));
    let Filter { organisation, language, age, mode } = filter;
    let query =
        format!("settlement={}&organisation={organisation}&language={language}&age={age}&mode={mode}", id.0);
    blocks.push(Block::Pages(Pages {
        current: page as u32,
        last: last as u32,
        href: ctx.link(&format!("/places?{query}&page=")),
    }));
    blocks
}

fn row(ctx: &Ctx, state: &State, free: u32, one: &Vacancy) -> Vec<Cell> {
    let owner =
        state.organisation(one.organisation).map(|owner| words::word(ctx, "ownership", &owner.ownership));
    let name = words::organisation(state, one.organisation);
    vec![
        Cell::new(format!("{name} ({})", owner.unwrap_or_default())),
        Cell::new(words::vacancy(ctx, one)),
        Cell::new(public::access(ctx, state, one)),
        Cell::new(ctx.number(i64::from(free))),
    ]
}

fn fits(one: &Vacancy, filter: &Filter) -> bool {
    let organisation = filter.organisation.parse().map(OrganisationId).ok();
    let age: Option<i16> = filter.age.parse().ok();
    organisation.is_none_or(|wanted| wanted == one.organisation)
        && Language::from_code(&filter.language).is_none_or(|wanted| wanted == one.language)
        && (filter.mode.is_empty() || filter.mode == words::code(&one.mode()))
        && age.is_none_or(|age| is_for(one, age))
}

/// Whether a child of this year of birth, or of this age, could have the place.
fn is_for(one: &Vacancy, asked: i16) -> bool {
    match (u8::try_from(asked), one.cohort, one.academic_year) {
        (Ok(age), _, _) => is_for_age(one, age),
        (Err(_), Cohort::Born(year), _) => year == asked,
        (Err(_), cohort, Some(academic_year)) => {
            let (first, last) = cohort.birth_dates(academic_year);
            (first.year()..=last.year()).contains(&asked)
        }
        (Err(_), Cohort::Ages(..), None) => true,
    }
}

fn born(ctx: &Ctx, year: i16) -> Choice {
    Choice::new(year.to_string(), words::cohort(ctx, Cohort::Born(year)))
}

/// The years of birth that wait.
fn years(state: &State, id: SettlementId) -> impl Iterator<Item = i16> {
    let general =
        state.queues(id).filter(|(key, ranking)| key.queue == Queue::General && !ranking.is_empty());
    general.map(|(key, _)| key.birth_year)
}

/// Whether a child of this full age on 1 September could be of the cohort; a year of birth holds two such ages.
fn is_for_age(one: &Vacancy, age: u8) -> bool {
    match one.cohort {
        Cohort::Ages(from, to) => from <= age && age <= to,
        Cohort::Born(year) => {
            let years = one.academic_year.unwrap_or(year) - year;
            years == i16::from(age) || years == i16::from(age) + 1
        }
    }
}

fn form(ctx: &Ctx, state: &State, id: SettlementId, filter: &Filter) -> Form {
    let all = || vec![Choice::new("", ctx.t("public-all"))];
    let mut organisations = all();
    let here = state.organisations().filter(|(_, one)| one.settlement == id);
    organisations.extend(here.map(|(number, one)| Choice::new(number.0.to_string(), one.name.clone())));
    let mut languages = all();
    languages.extend(Language::ALL.map(|one| Choice::new(one.code(), words::word(ctx, "lang", &one))));
    let by_year = state.settlement(id).is_some_and(|one| one.profile.age_match == AgeMatch::BirthYear);
    let mut ages = all();
    ages.extend(match by_year {
        true => years(state, id).map(|year| born(ctx, year)).collect::<Vec<_>>(),
        false => AGES.map(|age| Choice::new(age.to_string(), words::cohort(ctx, Cohort::age(age)))).collect(),
    });
    let label = if by_year { ctx.t("column-year") } else { ctx.t("places-age") };
    let mut modes = all();
    let known = [Mode::General, Mode::Early, Mode::Temporary];
    modes.extend(known.map(|mode| Choice::new(words::code(&mode), words::word(ctx, "mode", &mode))));
    let select = |name: &str, value: &str, label: String, choices: Vec<Choice>| {
        Input::Select(Field::with(name, value), label, choices, String::new())
    };
    Form::ask(ctx, "/places", ctx.t("public-show"))
        .send("settlement", id.0.to_string())
        .with(select("organisation", &filter.organisation, ctx.t("column-organisation"), organisations))
        .with(select("language", &filter.language, ctx.t("places-language"), languages))
        .with(select("age", &filter.age, label, ages))
        .with(select("mode", &filter.mode, ctx.t("places-mode"), modes))
}
