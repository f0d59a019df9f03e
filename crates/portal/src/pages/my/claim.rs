//! Taking a place (254/24.5, 254/26): what follows is said before it is done.

use axum::extract::{Path, State as Has};
use axum::response::Response;
use kezek_calendar::{Instant, nth_working_day_after, terms};
use kezek_rules::ids::{ApplicationId, VacancyId};
use kezek_rules::place::Mode;
use kezek_rules::{Command, State, ask};

use super::{carry_out, form, page_of, title};
use crate::act::ActError;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc};
use crate::error_page::{PageError, Problem};
use crate::own;
use crate::posted::Posted;
use crate::who::Who;
use crate::words;

/// `GET /{language}/my/{number}/places/{vacancy}`
pub async fn ask(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number, vacancy)): Path<(String, u64, u32)>,
) -> Result<Response, PageError> {
    let (now, vacancy) = (app.now(), VacancyId(vacancy));
    let doc = app.read(|state| {
        let (id, _) = own::application(state, &who, number)?;
        let refused = |refusal| ActError::Refused(refusal).page(&ctx, &words::number(id));
        ask::may_claim(state, id, vacancy).map_err(refused)?;
        let form = form(&ctx, state, id, &format!("/places/{}", vacancy.0), ctx.t("claim-button"));
        let effect = effect(&ctx, state, id, vacancy, now).ok_or(Problem::NotFound)?;
        let doc = Doc::new(&ctx, format!("{}: {}", title(&ctx, id), ctx.t("claim-title")));
        Ok::<_, PageError>(doc.back(&page_of(id, "/places")).and(effect).with(Block::Form(form)))
    })?;
    Ok(doc.answer())
}

/// `POST /{language}/my/{number}/places/{vacancy}`
pub async fn submit(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number, vacancy)): Path<(String, u64, u32)>,
    posted: Posted,
) -> Result<Response, PageError> {
    let vacancy = VacancyId(vacancy);
    carry_out(&app, &ctx, &who, number, &posted, |id| Command::Claim(id, vacancy), "claimed").await
}

fn effect(
    ctx: &Ctx,
    state: &State,
    id: ApplicationId,
    vacancy: VacancyId,
    now: Instant,
) -> Option<Vec<Block>> {
    let (one, place) = (state.application(id)?, state.vacancy(vacancy)?);
    let settlement = state.settlement(place.settlement)?;
    let today = settlement.zone.date(now);
    let profile = &settlement.profile;
    let until = settlement.end_of(nth_working_day_after(today, u32::from(profile.referral_working_days)));
    let until = words::until(ctx, settlement, until);
    let mut blocks = vec![match place.mode() {
        Mode::Early => Block::Lead(ctx.t("claim-effect-early")),
        _ => Block::Lead(ctx.t_with("claim-effect", &[("until", until.into())])),
    }];
    if let Some(date) = words::end_of_stay(place) {
        let date = ctx.date_long(&date).into();
        blocks.push(Block::Text(ctx.t_with("claim-effect-temporary", &[("date", date)])));
    } else {
        let annul = settlement.end_of(terms::add_days(today, i32::from(profile.annul_calendar_days)));
        let annul = words::until(ctx, settlement, annul);
        blocks.push(Block::Text(ctx.t_with("claim-effect-annul", &[("until", annul.into())])));
        if one.windows.len() > 1 {
            blocks.push(Block::Text(ctx.t("claim-effect-windows")));
        }
    }
    blocks.push(super::place_rows(ctx, state, place));
    blocks.push(super::papers_to_bring(ctx));
    Some(blocks)
}
