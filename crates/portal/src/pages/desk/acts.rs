//! Recorded acts about the settlement as a whole: terms lengthened after an outage, bulletins and openings halted
//! (R3.31, R3.34/30).

use axum::extract::State;
use axum::response::Response;
use kezek_calendar::{Date, DateTime, Time};
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::command::Act;
use kezek_rules::ids::SettlementId;

use super::draft::{Look, Turn, done, turn};
use crate::app::AppState;
use crate::components::{Cell, Column, Table};
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Typed};
use crate::error_page::PageError;
use crate::form::{Field, mistakes};
use crate::own;
use crate::posted::Posted;
use crate::who::Who;

/// The longest number of an act.
const NUMBER_CHARACTERS_MAX: usize = 60;

/// The two fields that name an act: its number and its date.
pub struct ActFields {
    /// Number as written on it.
    pub number: Field,
    /// Its date.
    pub date: Field,
}

impl ActFields {
    /// Empty ones.
    pub fn empty() -> Self {
        Self { number: Field::new("act-number"), date: Field::new("act-date") }
    }

    /// As typed.
    pub fn posted(posted: &Posted) -> Self {
        Self { number: posted.field("act-number"), date: posted.field("act-date") }
    }

    /// The act, or what is wrong beside the fields.
    pub fn read(&mut self, ctx: &Ctx) -> Option<Act> {
        let letters = self.number.value().chars().count();
        if letters == 0 || letters > NUMBER_CHARACTERS_MAX {
            self.number.refuse(ctx.t("desk-act-number-wrong"));
        }
        let date = day(ctx, &mut self.date)?;
        let number = self.number.value();
        self.number.error.is_none().then(|| Act(format!("№ {number}, {}", ctx.date_short(&date))))
    }

    /// Their inputs.
    pub fn inputs(&self, ctx: &Ctx) -> [Input; 2] {
        [
            Input::Line(
                self.number.clone(),
                ctx.t("desk-act-number"),
                ctx.t("desk-act-hint"),
                Typed { width: "20", ..Typed::WORDS },
            ),
            Input::Line(self.date.clone(), ctx.t("desk-act-date"), ctx.t("desk-day-hint"), Typed::DAY),
        ]
    }
}

/// A day as browsers send it (`2021-06-01`) or as people write it (`01.06.2021`).
pub fn day(ctx: &Ctx, field: &mut Field) -> Option<Date> {
    let read = read_day(field.value());
    if read.is_none() {
        field.refuse(ctx.t("desk-day-wrong"));
    }
    read
}

/// As [`day`], without a field.
pub fn read_day(text: &str) -> Option<Date> {
    if let Ok(date) = text.parse() {
        return Some(date);
    }
    let mut parts = text.split('.');
    let day = parts.next()?.trim().parse().ok()?;
    let month = parts.next()?.trim().parse().ok()?;
    let year = parts.next()?.trim().parse().ok()?;
    Date::new(year, month, day).ok().filter(|_| parts.next().is_none())
}

/// `GET /{language}/desk/extend`
pub async fn ask_extend(State(app): State<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    let fields = Extension::empty();
    Ok(fields.page(&app, &ctx, here, &Look::default()).answer())
}

/// `POST /{language}/desk/extend`
pub async fn extend(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    posted: Posted,
) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    let mut fields = Extension {
        date: posted.field("until-date"),
        time: posted.field("until-time"),
        act: ActFields::posted(&posted),
    };
    let Some(command) = fields.read(&app, &ctx, here) else {
        return Ok(fields.page(&app, &ctx, here, &Look::default()).unprocessable());
    };
    Ok(match turn(&app, &ctx, &who, &posted, command, PrivateChanges::none()).await? {
        Turn::Done(_) => done(&ctx, "/desk/extend", "desk-extended"),
        Turn::Show(look) => look.answer(&fields.page(&app, &ctx, here, &look)),
    })
}

struct Extension {
    date: Field,
    time: Field,
    act: ActFields,
}

impl Extension {
    fn empty() -> Self {
        Self { date: Field::new("until-date"), time: Field::new("until-time"), act: ActFields::empty() }
    }

    fn read(&mut self, app: &AppState, ctx: &Ctx, here: SettlementId) -> Option<Command> {
        let date = day(ctx, &mut self.date);
        let time: Option<Time> = self.time.value().parse().ok();
        if time.is_none() {
            self.time.refuse(ctx.t("desk-time-wrong"));
        }
        let act = self.act.read(ctx);
        let local = DateTime::from_parts(date?, time?);
        let until = app.read(|state| state.settlement(here).map(|one| one.zone.instant(local)))?;
        Some(Command::ExtendWindows(here, until, act?))
    }

    fn page(&self, app: &AppState, ctx: &Ctx, here: SettlementId, look: &Look) -> Doc {
        let minutes = app.read(|state| state.settlement(here).map_or(0, |one| one.profile.outage_minutes));
        let fields = [&self.date, &self.time, &self.act.number, &self.act.date];
        let mut form = Form::to(ctx, "/desk/extend", button(ctx, look))
            .with(Input::Line(
                self.date.clone(),
                ctx.t("desk-extend-date"),
                ctx.t("desk-day-hint"),
                Typed::DAY,
            ))
            .with(Input::Line(
                self.time.clone(),
                ctx.t("desk-extend-time"),
                ctx.t("desk-time-hint"),
                Typed { kind: "time", width: "5", ..Typed::WORDS },
            ));
        form.inputs.extend(self.act.inputs(ctx));
        Doc::new(ctx, ctx.t("desk-extend-title"))
            .back("/desk")
            .with(Block::Errors(mistakes(&fields)))
            .with(Block::Text(ctx.t_with("desk-extend-lead", &[("minutes", i64::from(minutes).into())])))
            .and(look.blocks(ctx))
            .with(Block::Form(look.sealing(form)))
            .done()
    }
}

/// `GET /{language}/desk/freeze`
pub async fn ask_freeze(State(app): State<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    Ok(Halt::empty().page(&app, &ctx, here, &Look::default()).answer())
}

/// `POST /{language}/desk/freeze`
pub async fn freeze(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    posted: Posted,
) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    let mut fields =
        Halt { from: posted.field("from"), to: posted.field("to"), act: ActFields::posted(&posted) };
    let Some(command) = fields.read(&ctx, here) else {
        return Ok(fields.page(&app, &ctx, here, &Look::default()).unprocessable());
    };
    Ok(match turn(&app, &ctx, &who, &posted, command, PrivateChanges::none()).await? {
        Turn::Done(_) => done(&ctx, "/desk/freeze", "desk-frozen"),
        Turn::Show(look) => look.answer(&fields.page(&app, &ctx, here, &look)),
    })
}

struct Halt {
    from: Field,
    to: Field,
    act: ActFields,
}

impl Halt {
    fn empty() -> Self {
        Self { from: Field::new("from"), to: Field::new("to"), act: ActFields::empty() }
    }

    fn read(&mut self, ctx: &Ctx, here: SettlementId) -> Option<Command> {
        let from = day(ctx, &mut self.from);
        let to = day(ctx, &mut self.to);
        let act = self.act.read(ctx);
        let (from, to) = (from?, to?);
        if to < from {
            self.to.refuse(ctx.t("desk-freeze-order"));
            return None;
        }
        Some(Command::Freeze(here, from, to, act?))
    }

    fn page(&self, app: &AppState, ctx: &Ctx, here: SettlementId, look: &Look) -> Doc {
        let fields = [&self.from, &self.to, &self.act.number, &self.act.date];
        let line = |field: &Field, words: String| {
            Input::Line(field.clone(), words, ctx.t("desk-day-hint"), Typed::DAY)
        };
        let mut form = Form::to(ctx, "/desk/freeze", button(ctx, look))
            .with(line(&self.from, ctx.t("desk-freeze-from")))
            .with(line(&self.to, ctx.t("desk-freeze-to")));
        form.inputs.extend(self.act.inputs(ctx));
        let rows = app.read(|state| {
            let freezes = state.settlement(here).map(|one| one.freezes.as_slice()).unwrap_or_default();
            let row = |from: &Date, to: &Date, act: &Act| {
                vec![Cell::new(ctx.date_short(from)), Cell::new(ctx.date_short(to)), Cell::new(act.0.clone())]
            };
            freezes.iter().rev().map(|one| row(&one.from, &one.to, &one.act)).collect::<Vec<_>>()
        });
        let mut doc = Doc::new(ctx, ctx.t("desk-freeze-title"))
            .back("/desk")
            .with(Block::Errors(mistakes(&fields)))
            .with(Block::Text(ctx.t("desk-freeze-lead")))
            .and(look.blocks(ctx))
            .with(Block::Form(look.sealing(form)));
        if !rows.is_empty() {
            doc = doc.with(Block::Table(Table {
                caption: ctx.t("desk-freeze-list"),
                columns: vec![
                    Column::words(ctx.t("desk-freeze-from")),
                    Column::words(ctx.t("desk-freeze-to")),
                    Column::words(ctx.t("desk-act")),
                ],
                rows,
            }));
        }
        doc.done()
    }
}

/// The words of the button: first it shows what will happen, then it does it.
pub fn button(ctx: &Ctx, look: &Look) -> String {
    if look.effect.is_some() { ctx.t("desk-do") } else { ctx.t("desk-check") }
}
