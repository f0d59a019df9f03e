//! Withdrawing an application (254/23.1): what it will do is said first.

use axum::extract::{Path, State as Has};
use axum::response::Response;
use kezek_rules::Command;

use super::{carry_out, form, page_of, title};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc};
use crate::error_page::PageError;
use crate::own;
use crate::posted::Posted;
use crate::who::Who;

/// `GET /{language}/my/{number}/withdraw`
pub async fn ask(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
) -> Result<Response, PageError> {
    let doc = app.read(|state| {
        let (id, _) = own::application(state, &who, number)?;
        let mut form = form(&ctx, state, id, "/withdraw", ctx.t("my-sure"));
        for button in &mut form.buttons {
            button.3 = "warning";
        }
        let doc = Doc::new(&ctx, format!("{}: {}", title(&ctx, id), ctx.t("my-withdraw")));
        Ok::<_, PageError>(
            doc.back(&page_of(id, "")).with(Block::Lead(ctx.t("my-withdraw-effect"))).with(Block::Form(form)),
        )
    })?;
    Ok(doc.answer())
}

/// `POST /{language}/my/{number}/withdraw`
pub async fn submit(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number)): Path<(String, u64)>,
    posted: Posted,
) -> Result<Response, PageError> {
    carry_out(&app, &ctx, &who, number, &posted, Command::WithdrawApplication, "withdrawn").await
}
