//! A kindergarten's groups with what they hold, and its places (R3.30).

use axum::extract::State;
use axum::response::Response;
use kezek_rules::ids::{GroupId, OrganisationId, VacancyId};
use kezek_rules::place::Mode;
use kezek_rules::state::{Group, Organisation, Phase, Vacancy};

use crate::app::AppState;
use crate::components::{Cell, Column, Pages, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Link};
use crate::error_page::{PageError, Problem};
use crate::own;
use crate::pages::public::free;
use crate::who::Who;
use crate::words;

const ON_PAGE: usize = 25;

/// What a group holds; the four add up to its capacity (R3.30).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Children there.
    pub enrolled: u32,
    /// Live referrals to places of the general mode.
    pub referred: u32,
    /// Places announced or published and free.
    pub offered: u32,
    /// Capacity less these.
    pub withheld: u32,
}

impl Load {
    /// What a group holds; early and temporary places do not count (R3.34/12).
    pub fn of(state: &kezek_rules::State, group: &Group) -> Self {
        let vacancies = group.vacancies.iter().filter_map(|id| Some((*id, state.vacancy(*id)?)));
        let general = vacancies.filter(|(_, vacancy)| vacancy.mode() == Mode::General);
        let mut load = Self { enrolled: group.enrolled(), ..Self::default() };
        for (id, vacancy) in general {
            load.referred += referred(vacancy);
            load.offered += vacancy.announced + vacancy.returned + free(state, id, vacancy);
        }
        load.withheld = group.capacity.saturating_sub(load.enrolled + load.referred + load.offered);
        load
    }
}

/// Live referrals to a vacancy.
pub fn referred(vacancy: &Vacancy) -> u32 {
    vacancy.referred
}

/// `GET /{language}/garden`
pub async fn show(State(app): State<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let doc = app.read(|state| {
        let (id, organisation) = own::kindergarten(state, &who)?;
        Ok::<_, Problem>(page(&ctx, state, id, organisation))
    })?;
    Ok(doc.done().answer())
}

fn page(ctx: &Ctx, state: &kezek_rules::State, id: OrganisationId, organisation: &Organisation) -> Doc {
    let groups: Vec<(GroupId, &Group)> =
        organisation.groups.iter().filter_map(|id| Some((*id, state.group(*id)?))).collect();
    let loads: Vec<Load> = groups.iter().map(|(_, group)| Load::of(state, group)).collect();
    let withheld: u32 = loads.iter().map(|load| load.withheld).sum();
    let waiting = state.incoming_referrals(id).len();
    let mut doc = Doc::new(ctx, organisation.name.clone()).with(Block::Lead(
        ctx.t_with("garden-lead", &[("waiting", waiting.into()), ("withheld", withheld.into())]),
    ));
    doc = doc.with(Block::Go(Link::to(ctx, "/garden/publish", ctx.t("garden-publish-title"))));
    doc = doc.with(Block::Links(vec![
        Link::to(ctx, "/garden/referrals", ctx.t("nav-incoming")),
        Link::to(ctx, "/garden/children", ctx.t("garden-children-title")),
        Link::to(ctx, "/garden/groups/new", ctx.t("garden-group-new")),
    ]));
    let rows = groups.iter().zip(&loads).map(|((id, group), load)| group_row(ctx, *id, group, *load));
    let rows: Vec<Vec<Cell>> = rows.collect();
    doc = match rows.is_empty() {
        true => doc.with(Block::Text(ctx.t("garden-no-groups"))),
        false => doc.with(Block::Table(Table {
            caption: ctx.t("garden-groups-caption"),
            columns: vec![
                Column::words(ctx.t("garden-group")),
                Column::words(ctx.t("garden-cohort")),
                Column::numbers(ctx.t("garden-capacity")),
                Column::numbers(ctx.t("garden-enrolled")),
                Column::numbers(ctx.t("garden-referred")),
                Column::numbers(ctx.t("garden-offered")),
                Column::numbers(ctx.t("garden-withheld")),
                Column::words(ctx.t("garden-offer")),
            ],
            rows,
        })),
    };
    vacancies(ctx, state, organisation, doc)
}

fn group_row(ctx: &Ctx, id: GroupId, group: &Group, load: Load) -> Vec<Cell> {
    vec![
        Cell::link(group.name.clone(), ctx.link(&format!("/garden/groups/{}", id.0))),
        Cell::new(format!(
            "{}, {}",
            words::cohort(ctx, group.cohort),
            words::word(ctx, "lang", &group.language)
        )),
        Cell::new(ctx.number(group.capacity)),
        Cell::new(ctx.number(load.enrolled)),
        Cell::new(ctx.number(load.referred)),
        Cell::new(ctx.number(load.offered)),
        Cell::new(ctx.number(load.withheld)),
        Cell::link(ctx.t("garden-publish"), ctx.link(&format!("/garden/publish?group={}", id.0))),
    ]
}

/// Vacancies with something left, the latest first; behind them those that are over.
fn vacancies(ctx: &Ctx, state: &kezek_rules::State, organisation: &Organisation, doc: Doc) -> Doc {
    let mut all: Vec<(VacancyId, &Vacancy)> =
        organisation.vacancies.iter().filter_map(|id| Some((*id, state.vacancy(*id)?))).collect();
    if all.is_empty() {
        return doc.with(Block::Text(ctx.t("garden-no-vacancies")));
    }
    let left =
        |id: VacancyId, one: &Vacancy| one.announced + one.returned + referred(one) + free(state, id, one);
    all.sort_by_key(|(id, one)| (left(*id, one) == 0, std::cmp::Reverse(*id)));
    let last = all.len().div_ceil(ON_PAGE).max(1);
    let page = ctx.query("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, last);
    let shown = all.iter().skip((page - 1) * ON_PAGE).take(ON_PAGE);
    let rows = shown.map(|(id, one)| {
        let group = state.group(one.group).map(|group| group.name.clone()).unwrap_or_default();
        vec![
            Cell::link(format!("№ {}", id.0 + 1), ctx.link(&format!("/garden/vacancies/{}", id.0))),
            Cell::new(group),
            Cell::new(words::vacancy(ctx, one)),
            Cell::new(ctx.number(one.announced + one.returned)),
            Cell::new(ctx.number(free(state, *id, one))),
            Cell::new(ctx.number(referred(one))),
            Cell::new(phases(ctx, state, one)),
        ]
    });
    let table = Table {
        caption: ctx.t("garden-vacancies-caption"),
        columns: vec![
            Column::words(ctx.t("garden-vacancy")),
            Column::words(ctx.t("garden-group")),
            Column::words(ctx.t("garden-terms")),
            Column::numbers(ctx.t("garden-announced")),
            Column::numbers(ctx.t("garden-free")),
            Column::numbers(ctx.t("garden-referred")),
            Column::words(ctx.t("garden-phase")),
        ],
        rows: rows.collect(),
    };
    doc.with(Block::Table(table)).with(Block::Pages(Pages {
        current: u32::try_from(page).unwrap_or(1),
        last: u32::try_from(last).unwrap_or(1),
        href: format!("{}?page=", ctx.link("/garden")),
    }))
}

/// How far the batches with free places of a vacancy have come.
pub fn phases(ctx: &Ctx, state: &kezek_rules::State, vacancy: &Vacancy) -> String {
    let settlement = state.settlement(vacancy.settlement);
    let mut told: Vec<String> = Vec::new();
    if vacancy.announced + vacancy.returned > 0 {
        told.push(ctx.t("garden-phase-waiting"));
    }
    let live = settlement.into_iter().flat_map(|one| vacancy.batches.iter().map(move |batch| (one, batch)));
    for (settlement, batch) in live {
        let Some(batch) = state.batch(*batch).filter(|batch| batch.free() > 0) else { continue };
        told.push(match batch.phase {
            Phase::Published => ctx.t("garden-phase-published"),
            Phase::Windows(until) => {
                let until = words::until(ctx, settlement, until);
                ctx.t_with("garden-phase-windows", &[("until", until.into())])
            }
            Phase::Ended => ctx.t("garden-phase-ended"),
            Phase::Open => ctx.t("garden-phase-open"),
        });
    }
    told.dedup();
    told.join("; ")
}
