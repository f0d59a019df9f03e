//! A vacancy: where its places stand, taking them back, freeing early ones (254/25.1, 254/25.2, 254/24.6).

use axum::extract::{Path, State};
use axum::response::Response;
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::command::{OnReferrals, WithdrawPlaces, WithdrawReason};
use kezek_rules::ids::VacancyId;
use kezek_rules::place::Mode;

use super::super::desk::draft::{Act, Look, Turn, done, turn};
use super::groups::count;
use super::overview::{phases, referred};
use crate::app::AppState;
use crate::components::SummaryRow;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Link, Typed};
use crate::error_page::{PageError, Problem};
use crate::form::{Choice, Field, mistakes};
use crate::own;
use crate::pages::public::free as free_places;
use crate::posted::Posted;
use crate::who::Who;
use crate::words;

const REASONS: [WithdrawReason; 5] = [
    WithdrawReason::Repair,
    WithdrawReason::Quarantine,
    WithdrawReason::OrderRemoved,
    WithdrawReason::Closure,
    WithdrawReason::PublicationError,
];

/// What is typed to take places back.
struct Typing {
    count: Field,
    reason: Field,
    referrals: Field,
}

/// `GET /{language}/garden/vacancies/{vacancy}`
pub async fn show(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, vacancy)): Path<(String, u32)>,
) -> Result<Response, PageError> {
    let typing = Typing {
        count: Field::with("count", "1"),
        reason: Field::new("reason"),
        referrals: Field::with("referrals", "keep"),
    };
    Ok(typing.page(&app, &ctx, &who, vacancy, &Look::default())?.done().answer())
}

/// `POST /{language}/garden/vacancies/{vacancy}`: takes places back.
pub async fn withdraw(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, vacancy)): Path<(String, u32)>,
    posted: Posted,
) -> Result<Response, PageError> {
    let id = app.read(|state| own::vacancy(state, &who, vacancy).map(|(id, _)| id))?;
    let mut typing = Typing {
        count: posted.field("count"),
        reason: posted.field("reason"),
        referrals: posted.field("referrals"),
    };
    let Some(withdraw) = typing.read(&ctx, id) else {
        return Ok(typing.page(&app, &ctx, &who, vacancy, &Look::default())?.unprocessable());
    };
    let command = Command::WithdrawPlaces(withdraw);
    Ok(match turn(&app, &ctx, &who, &posted, command, PrivateChanges::none()).await? {
        Turn::Done(_) => done(&ctx, &format!("/garden/vacancies/{vacancy}"), "garden-withdrawn"),
        Turn::Show(look) => look.answer(&typing.page(&app, &ctx, &who, vacancy, &look)?),
    })
}

/// `GET /{language}/garden/vacancies/{vacancy}/free`
pub async fn ask_free(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, vacancy)): Path<(String, u32)>,
) -> Result<Response, PageError> {
    Ok(freeing(&app, &ctx, &who, vacancy)?.show(&ctx, &app))
}

/// `POST /{language}/garden/vacancies/{vacancy}/free`
pub async fn free(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, vacancy)): Path<(String, u32)>,
    posted: Posted,
) -> Result<Response, PageError> {
    freeing(&app, &ctx, &who, vacancy)?.submit(&app, &ctx, &who, &posted).await
}

fn freeing(app: &AppState, ctx: &Ctx, who: &Who, vacancy: u32) -> Result<Act, Problem> {
    let id = app.read(|state| own::vacancy(state, who, vacancy).map(|(id, _)| id))?;
    Ok(Act {
        title: ctx.t("garden-free-title"),
        lead: vec![ctx.t("garden-free-lead")],
        command: Command::FreeEarly(id),
        path: format!("/garden/vacancies/{vacancy}/free"),
        back: format!("/garden/vacancies/{vacancy}"),
        button: ctx.t("garden-free-button"),
        done: "garden-freed",
        private: PrivateChanges::none(),
    })
}

impl Typing {
    fn read(&mut self, ctx: &Ctx, vacancy: VacancyId) -> Option<WithdrawPlaces> {
        let count = count(ctx, &mut self.count).filter(|count| *count > 0);
        if count.is_none() {
            self.count.refuse(ctx.t("garden-count-wrong"));
        }
        let reason = REASONS.into_iter().find(|one| words::code(one) == self.reason.value());
        if reason.is_none() {
            self.reason.refuse(ctx.t("garden-reason-wrong"));
        }
        let referrals = match self.referrals.value() {
            "annul" => OnReferrals::Annul,
            _ => OnReferrals::Keep,
        };
        Some(WithdrawPlaces { vacancy, count: count?, reason: Some(reason?), referrals })
    }

    fn page(&self, app: &AppState, ctx: &Ctx, who: &Who, number: u32, look: &Look) -> Result<Doc, Problem> {
        let mut doc =
            Doc::new(ctx, ctx.t_with("garden-vacancy-title", &[("number", (number + 1).to_string().into())]))
                .back("/garden")
                .with(Block::Errors(mistakes(&[&self.count, &self.reason, &self.referrals])));
        let (rows, is_early, all) = app.read(|state| {
            let (id, one) = own::vacancy(state, who, number)?;
            let free = free_places(state, id, one);
            let group = state.group(one.group).map(|group| group.name.clone()).unwrap_or_default();
            let mut rows = vec![
                SummaryRow::new(ctx.t("garden-group"), group),
                SummaryRow::new(ctx.t("garden-terms"), words::vacancy(ctx, one)),
                SummaryRow::new(ctx.t("garden-announced"), ctx.number(one.announced + one.returned)),
                SummaryRow::new(ctx.t("garden-free"), ctx.number(free)),
                SummaryRow::new(ctx.t("garden-referred"), ctx.number(referred(one))),
            ];
            if let kezek_rules::command::ModeTerms::Early(from) = one.terms {
                rows.push(SummaryRow::new(ctx.t("garden-free-from"), ctx.date_long(&from)));
            }
            if let Some(from) = one.enrol_from {
                rows.push(SummaryRow::new(ctx.t("garden-enrol-from"), ctx.date_long(&from)));
            }
            let phase = phases(ctx, state, one);
            if !phase.is_empty() {
                rows.push(SummaryRow::new(ctx.t("garden-phase"), phase));
            }
            let all = one.announced + one.returned + referred(one) + free;
            Ok::<_, Problem>((rows, one.mode() == Mode::Early, all))
        })?;
        doc = doc.with(Block::Rows(rows));
        if is_early {
            let path = format!("/garden/vacancies/{number}/free");
            doc = doc.with(Block::Links(vec![Link::to(ctx, &path, ctx.t("garden-free-title"))]));
        }
        if all == 0 {
            return Ok(doc.with(Block::Text(ctx.t("garden-vacancy-over"))));
        }
        doc = doc.with(Block::Heading(ctx.t("garden-withdraw-title"))).and(look.blocks(ctx));
        Ok(doc.with(Block::Form(look.sealing(self.form(ctx, number, look)))))
    }

    fn form(&self, ctx: &Ctx, number: u32, look: &Look) -> Form {
        let button = if look.effect.is_some() { ctx.t("desk-do") } else { ctx.t("desk-check") };
        let reasons =
            REASONS.iter().map(|one| Choice::new(words::code(one), words::word(ctx, "withdraw", one)));
        let referrals = vec![
            Choice::new("keep", ctx.t("garden-referrals-keep")),
            Choice::new("annul", ctx.t("garden-referrals-annul")).hint(ctx.t("garden-referrals-annul-hint")),
        ];
        Form::to(ctx, &format!("/garden/vacancies/{number}"), button)
            .with(Input::Line(
                self.count.clone(),
                ctx.t("garden-withdraw-count"),
                String::new(),
                Typed::DIGITS,
            ))
            .with(Input::Radios(
                self.reason.clone(),
                ctx.t("garden-reason"),
                reasons.collect(),
                ctx.t("garden-reason-hint"),
            ))
            .with(Input::Radios(self.referrals.clone(), ctx.t("garden-referrals"), referrals, String::new()))
    }
}
