//! Receipts for a family that comes to the office: the look is noted like any other at its data.

use axum::extract::{Path, State as Has};
use axum::http::HeaderMap;
use axum::response::Response;

use super::family;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::error_page::PageError;
use crate::own;
use crate::pages::receipt::{self, What};
use crate::rights::Action;
use crate::who::Who;

/// `GET /{language}/desk/applications/{number}/receipt`
pub async fn show(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    headers: HeaderMap,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let what = look(&app, &who, number, None).await?;
    receipt::show(&app, &ctx, &headers, what, &page(number)).await
}

/// `GET /{language}/desk/applications/{number}/receipt/file`
pub async fn file(
    Has(app): Has<AppState>,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    receipt::file(&app, look(&app, &who, number, None).await?).await
}

/// `GET /{language}/desk/applications/{number}/referrals/{referral}/receipt`
pub async fn show_referral(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    headers: HeaderMap,
    Path((_, number, referral)): Path<(String, u64, u32)>,
) -> Result<Response, PageError> {
    let what = look(&app, &who, number, Some(referral)).await?;
    receipt::show(&app, &ctx, &headers, what, &page(number)).await
}

/// `GET /{language}/desk/applications/{number}/referrals/{referral}/receipt/file`
pub async fn referral_file(
    Has(app): Has<AppState>,
    who: Who,
    Path((_, number, referral)): Path<(String, u64, u32)>,
) -> Result<Response, PageError> {
    receipt::file(&app, look(&app, &who, number, Some(referral)).await?).await
}

fn page(number: u64) -> String {
    format!("/desk/applications/{number}")
}

/// What the receipt is for, once the look is noted.
async fn look(app: &AppState, who: &Who, number: u64, referral: Option<u32>) -> Result<What, PageError> {
    let (what, people) = app.read(|state| {
        let (id, one) = own::desk_application(state, who, number)?;
        let what = match referral {
            Some(referral) => What::referral(state, id, referral)?,
            None => What::Application(id),
        };
        Ok::<_, PageError>((what, family::people_of(one)))
    })?;
    app.note_look(who, &people, Action::SeePerson).await?;
    Ok(what)
}
