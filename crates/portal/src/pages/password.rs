//! Changing one's own password; every other session of the person ends with it.

use axum::extract::State as Has;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};

use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Typed};
use crate::error_page::{PageError, Problem};
use crate::form::{Field, mistakes};
use crate::posted::Posted;
use crate::sign_in::{self, SignInError};
use crate::who::{self, Who};

/// Letters of a new password.
pub const LETTERS_MIN: usize = 10;

/// `GET /{language}/password`
pub async fn show(ctx: Ctx) -> Response {
    page(&ctx, Field::new("present"), Field::new("new")).done().answer()
}

/// `POST /{language}/password`
pub async fn submit(
    Has(app): Has<AppState>,
    ctx: Ctx,
    who: Who,
    posted: Posted,
) -> Result<Response, PageError> {
    let (mut present, mut new) = (Field::new("present"), Field::new("new"));
    if posted.form.raw("new").chars().count() < LETTERS_MIN {
        new.refuse(ctx.t("password-short"));
        return Ok(page(&ctx, present, new).unprocessable());
    }
    if posted.form.raw("new") == posted.form.raw("present") {
        new.refuse(ctx.t("password-same"));
        return Ok(page(&ctx, present, new).unprocessable());
    }
    match sign_in::change_password(&app, who.person, posted.form.raw("present"), posted.form.raw("new")).await
    {
        Ok(token) => {
            let to = Redirect::to(&ctx.link("/password?done=password"));
            Ok(([(header::SET_COOKIE, who::cookie(&app, token.as_str()))], to).into_response())
        }
        Err(SignInError::Busy) => {
            Err(PageError::from(Problem::Unavailable).retry_after(sign_in::RETRY_AFTER_S))
        }
        Err(SignInError::Fault) => Err(Problem::Unavailable.into()),
        Err(error) => {
            present.refuse(match error {
                SignInError::Locked => ctx.t("sign-in-locked"),
                _ => ctx.t("password-wrong"),
            });
            Ok(page(&ctx, present, new).unprocessable())
        }
    }
}

fn page(ctx: &Ctx, present: Field, new: Field) -> Doc {
    let typed = |autocomplete| Typed { kind: "password", inputmode: "", autocomplete, width: "20" };
    let wrong = mistakes(&[&present, &new]);
    let (known, fresh) = (typed("current-password"), typed("new-password"));
    let form = Form::to(ctx, "/password", ctx.t("form-save"))
        .with(Input::Line(present, ctx.t("password-present"), String::new(), known))
        .with(Input::Line(new, ctx.t("password-new"), ctx.t("password-hint"), fresh));
    Doc::new(ctx, ctx.t("password-title"))
        .with(Block::Errors(wrong))
        .with(Block::Text(ctx.t("password-lead")))
        .with(Block::Form(form))
}
