//! What the public pages share: which settlement, places in a table.

use kezek_calendar::Date;
use kezek_rules::State;
use kezek_rules::ids::{SettlementId, VacancyId};
use kezek_rules::state::{Phase, Settlement, Vacancy};

use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Form, Input};
use crate::error_page::Problem;
use crate::form::{Choice, Field};
use crate::words;

/// The settlement of the address (`?settlement=1`), by default the first; and the question, where there are several.
pub fn settlement(app: &AppState, ctx: &Ctx, path: &str) -> Result<(SettlementId, Vec<Block>), Problem> {
    let asked = ctx.query("settlement").unwrap_or_default();
    let chosen = SettlementId(asked.parse().unwrap_or(0));
    let all: Vec<Choice> = app.read(|state| {
        state.settlements().map(|(id, one)| Choice::new(id.0.to_string(), one.name.clone())).collect()
    });
    if all.get(chosen.0 as usize).is_none() {
        return Err(Problem::NotFound);
    }
    if all.len() < 2 {
        return Ok((chosen, Vec::new()));
    }
    let field = Field::with("settlement", chosen.0.to_string());
    let input = Input::Select(field, ctx.t("public-settlement"), all, String::new());
    Ok((chosen, vec![Block::Form(Form::ask(ctx, path, ctx.t("public-show")).with(input))]))
}

/// The settlement itself.
pub fn found(state: &State, id: SettlementId) -> Result<&Settlement, Problem> {
    state.settlement(id).ok_or(Problem::NotFound)
}

/// Published places left of a vacancy.
pub fn free(state: &State, id: VacancyId, vacancy: &Vacancy) -> u32 {
    vacancy.batches.iter().filter_map(|batch| state.batch(*batch)).map(|batch| batch.free_of(id)).sum()
}

/// Who may take a vacancy's places now.
pub fn access(ctx: &Ctx, state: &State, vacancy: &Vacancy) -> String {
    let batches = vacancy.batches.iter().rev().filter_map(|batch| state.batch(*batch));
    let phase = batches.map(|batch| batch.phase).next();
    match (phase, state.settlement(vacancy.settlement)) {
        (Some(Phase::Windows(until)), Some(settlement)) => {
            ctx.t_with("phase-windows", &[("until", words::until(ctx, settlement, until).into())])
        }
        (Some(Phase::Ended), _) => ctx.t("phase-ended"),
        (Some(Phase::Open), _) => ctx.t("phase-open"),
        _ => ctx.t("phase-published"),
    }
}

/// The date of the address: `?date=2021-06-01`.
pub fn date(ctx: &Ctx) -> Option<Date> {
    ctx.query("date")?.parse().ok()
}
