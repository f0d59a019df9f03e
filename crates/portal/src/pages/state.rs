//! An application's state by its number and a second fact, without signing in (R3.24, R3.26).

use axum::extract::State as Has;
use axum::http::StatusCode;
use axum::response::Response;
use kezek_calendar::Date;
use kezek_rules::ids::ApplicationId;
use kezek_rules::queue::Queue;

use crate::app::AppState;
use crate::components::SummaryRow;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Typed};
use crate::error_page::{PageError, Problem};
use crate::form::{Field, mistakes};
use crate::limits::DAY_S;
use crate::page::page_with;
use crate::posted::Posted;
use crate::standing;
use crate::words;

/// `GET /{language}/state`
pub async fn show(ctx: Ctx) -> Response {
    form(&ctx, Field::new("number"), empty_date("born")).answer()
}

/// `POST /{language}/state`: by POST, so that a birth date stands in no address and no log.
pub async fn submit(Has(app): Has<AppState>, ctx: Ctx, posted: Posted) -> Result<Response, PageError> {
    let mut number = posted.field("number");
    let mut born = date_fields(&posted, "born");
    let id = posted.number("number").and_then(ApplicationId::from_number);
    let date = read_date(&born);
    if id.is_none() {
        number.refuse(ctx.t("state-number-wrong"));
    }
    if date.is_none() {
        born[0].refuse(ctx.t("state-born-wrong"));
    }
    let (Some(id), Some(date)) = (id, date) else { return Ok(form(&ctx, number, born).unprocessable()) };
    if !app.limits().guess(id.number()) {
        return Err(PageError::because(Problem::TooMany, ctx.t("state-too-many")).retry_after(DAY_S));
    }
    let now = app.now();
    let found = app.read(|state| {
        let one = state.application(id).filter(|one| one.born == date && one.queue == Queue::General)?;
        let settlement = state.settlement_of(one)?;
        let rows = vec![
            SummaryRow::new(ctx.t("column-status"), words::status(&ctx, one).0),
            SummaryRow::new(ctx.t("column-class"), words::word(&ctx, "class", &one.class())),
            SummaryRow::new(ctx.t("column-registered"), words::moment(&ctx, settlement, one.registered)),
        ];
        let mut sentences = standing::sentences(&ctx, state, id, now).into_iter();
        let lead = Block::Lead(sentences.next().unwrap_or_default());
        let mut blocks = vec![lead];
        blocks.extend(sentences.map(Block::Text));
        blocks.push(Block::Rows(rows));
        blocks.extend(standing::numbers(&ctx, state, id));
        Some(blocks)
    });
    match found {
        Some(blocks) => {
            app.limits().guessed_right(id.number());
            let title = ctx.t_with("my-application", &[("number", words::number(id).into())]);
            Ok(Doc::new(&ctx, title).back("/state").and(blocks).answer())
        }
        None => {
            number.refuse(ctx.t("state-not-found"));
            Ok(page_with(StatusCode::NOT_FOUND, &form(&ctx, number, born)))
        }
    }
}

fn form(ctx: &Ctx, number: Field, born: [Field; 4]) -> Doc {
    let wrong = mistakes(&[&number, &born[0]]);
    let form = Form::to(ctx, "/state", ctx.t("public-show"))
        .with(Input::Line(number, ctx.t("state-number"), ctx.t("state-number-hint"), Typed::DIGITS))
        .with(Input::Date(Box::new(born), ctx.t("state-born"), ctx.t("state-born-hint")));
    Doc::new(ctx, ctx.t("state-title"))
        .with(Block::Errors(wrong))
        .with(Block::Text(ctx.t("state-lead")))
        .with(Block::Form(form))
}

/// The fields of an empty date.
pub fn empty_date(name: &str) -> [Field; 4] {
    let part = |part: &str| Field::new(&format!("{name}-{part}"));
    [Field::new(name), part("day"), part("month"), part("year")]
}

/// The fields of a date as typed.
pub fn date_fields(posted: &Posted, name: &str) -> [Field; 4] {
    let part = |part: &str| posted.field(&format!("{name}-{part}"));
    [Field::new(name), part("day"), part("month"), part("year")]
}

/// The date that was typed; nothing when there is no such day.
pub fn read_date(fields: &[Field; 4]) -> Option<Date> {
    let [_, day, month, year] = fields;
    Date::new(year.value().parse().ok()?, month.value().parse().ok()?, day.value().parse().ok()?).ok()
}
