//! The receipts of one's own application and its referrals.

use axum::extract::{Path, State as Has};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::app::AppState;
use crate::ctx::Ctx;
use crate::error_page::{PageError, Problem};
use crate::own;
use crate::pages::receipt::{self, What};
use crate::who::Who;

/// `GET /{language}/my/{number}/receipt`
pub async fn show(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    headers: HeaderMap,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let what = application(&app, &who, number)?;
    receipt::show(&app, &ctx, &headers, what, &format!("/my/{number}")).await
}

/// `GET /{language}/my/{number}/receipt/file`
pub async fn file(
    Has(app): Has<AppState>,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    receipt::file(&app, application(&app, &who, number)?).await
}

/// `GET /{language}/my/{number}/referrals/{referral}/receipt`
pub async fn show_referral(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    headers: HeaderMap,
    Path((_, number, of)): Path<(String, u64, u32)>,
) -> Result<Response, PageError> {
    let what = referral(&app, &who, number, of)?;
    receipt::show(&app, &ctx, &headers, what, &format!("/my/{number}")).await
}

/// `GET /{language}/my/{number}/referrals/{referral}/receipt/file`
pub async fn referral_file(
    Has(app): Has<AppState>,
    who: Who,
    Path((_, number, of)): Path<(String, u64, u32)>,
) -> Result<Response, PageError> {
    receipt::file(&app, referral(&app, &who, number, of)?).await
}

fn application(app: &AppState, who: &Who, number: u64) -> Result<What, Problem> {
    app.read(|state| own::application(state, who, number).map(|(id, _)| What::Application(id)))
}

fn referral(app: &AppState, who: &Who, number: u64, referral: u32) -> Result<What, Problem> {
    app.read(|state| {
        let (id, _) = own::application(state, who, number)?;
        What::referral(state, id, referral)
    })
}
