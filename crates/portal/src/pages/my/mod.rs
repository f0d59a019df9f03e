//! The parent's pages (254/23): applying, what the state is and until when, wishes, places, referrals.

mod application;
mod apply;
pub(super) mod apply_form;
mod benefits;
mod claim;
pub(super) mod contacts;
mod family;
mod history;
mod list;
mod looks;
mod notices;
pub(super) mod papers;
mod places;
mod receipt;
mod referral;
mod wishes;
mod withdraw;

use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kezek_rules::Command;
use kezek_rules::ids::ApplicationId;

use crate::act::stamp;
use crate::app::AppState;
use crate::components::SummaryRow;
use crate::ctx::Ctx;
use crate::doc::{Block, Button, Form};
use crate::error_page::PageError;
use crate::own;
use crate::posted::{PAPERS_BYTES_MAX, Posted};
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;
use crate::words;

/// All addresses of the parent's pages.
pub fn routes() -> Routes {
    person().and(applications()).and(places_and_referral())
}

fn person() -> Routes {
    let (ask, send) = (Method::GET, Method::POST);
    let big = DefaultBodyLimit::max(PAPERS_BYTES_MAX);
    Routes::default()
        .page(Action::SeeOwn, ask.clone(), "/{language}/my", list::show)
        .page(Action::SeeOwn, ask.clone(), "/{language}/my/notices", notices::show)
        .page(Action::SeeOwn, ask.clone(), "/{language}/my/looks", looks::show)
        .page(Action::EditOwn, ask.clone(), "/{language}/my/contacts", contacts::show)
        .page(Action::EditOwn, send, "/{language}/my/contacts", contacts::submit)
        .page(Action::Apply, ask, "/{language}/apply", apply::show)
        .page_methods(Action::Apply, Method::POST, "/{language}/apply", post(apply::submit).layer(big))
}

fn applications() -> Routes {
    const ONE: &str = "/{language}/my/{number}";
    let path = |rest: &str| format!("{ONE}{rest}");
    let (ask, send) = (Method::GET, Method::POST);
    let save_benefits = post(benefits::submit).layer(DefaultBodyLimit::max(PAPERS_BYTES_MAX));
    Routes::default()
        .page(Action::SeeOwn, ask.clone(), ONE, application::show)
        .page(Action::SeeOwn, ask.clone(), &path("/history"), history::show)
        .page(Action::SeeOwn, ask.clone(), &path("/receipt"), receipt::show)
        .page(Action::SeeOwn, ask.clone(), &path("/receipt/file"), receipt::file)
        .page(Action::SeeOwn, ask.clone(), &path("/referrals/{referral}/receipt"), receipt::show_referral)
        .page(
            Action::SeeOwn,
            ask.clone(),
            &path("/referrals/{referral}/receipt/file"),
            receipt::referral_file,
        )
        .page_methods(Action::EditOwn, ask.clone(), &path("/benefits"), get(benefits::show))
        .page_methods(Action::EditOwn, send.clone(), &path("/benefits"), save_benefits)
        .page(Action::EditOwn, send.clone(), &path("/interest"), application::confirm_interest)
        .page(Action::WithdrawOwn, ask, &path("/withdraw"), withdraw::ask)
        .page(Action::WithdrawOwn, send, &path("/withdraw"), withdraw::submit)
}

fn places_and_referral() -> Routes {
    const ONE: &str = "/{language}/my/{number}";
    let path = |rest: &str| format!("{ONE}{rest}");
    let (ask, send) = (Method::GET, Method::POST);
    Routes::default()
        .page(Action::EditOwn, ask.clone(), &path("/wishes"), wishes::show)
        .page(Action::EditOwn, send.clone(), &path("/wishes"), wishes::submit)
        .page(Action::SeeOwn, ask.clone(), &path("/places"), places::show)
        .page(Action::UseReferral, ask.clone(), &path("/places/{vacancy}"), claim::ask)
        .page(Action::UseReferral, send.clone(), &path("/places/{vacancy}"), claim::submit)
        .page(Action::UseReferral, ask.clone(), &path("/annul"), referral::ask_annul)
        .page(Action::UseReferral, send.clone(), &path("/annul"), referral::annul)
        .page(Action::UseReferral, ask.clone(), &path("/extend"), referral::ask_extend)
        .page(Action::UseReferral, send.clone(), &path("/extend"), referral::extend)
        .page(Action::UseReferral, ask, "/{language}/my/family", family::show)
        .page(Action::UseReferral, send, "/{language}/my/family", family::submit)
}

/// Hands a command about one's own application to the node; then back to its page, which says what was done.
async fn carry_out(
    app: &AppState,
    ctx: &Ctx,
    who: &Who,
    number: u64,
    posted: &Posted,
    command: impl FnOnce(ApplicationId) -> Command,
    done: &str,
) -> Result<Response, PageError> {
    let id = app.read(|state| own::application(state, who, number).map(|(id, _)| id))?;
    let once = posted.once();
    let told = |error: crate::act::ActError| error.page(ctx, &words::number(id));
    app.check_fresh(who, &once, id, posted.value("seen")).await.map_err(told)?;
    app.act(who, &once, command(id)).await.map_err(told)?;
    Ok(see(ctx, &format!("/my/{number}?done={done}")))
}

/// To another page after an act, so that going back or reloading does not send it again.
fn see(ctx: &Ctx, path: &str) -> Response {
    Redirect::to(&ctx.link(path)).into_response()
}

/// The address of a page of an application.
fn page_of(id: ApplicationId, rest: &str) -> String {
    format!("/my/{}{rest}", id.number())
}

/// A button of an application's page, with what the page showed.
fn button(ctx: &Ctx, state: &kezek_rules::State, id: ApplicationId, rest: &str, text: String) -> Button {
    Button::to(ctx, &page_of(id, rest), text).send("seen", stamp(state, id))
}

/// A form of an application's page, with what the page showed.
fn form(ctx: &Ctx, state: &kezek_rules::State, id: ApplicationId, rest: &str, text: String) -> Form {
    Form::to(ctx, &page_of(id, rest), text).send("seen", stamp(state, id))
}

/// A place: where, for whom, from when.
fn place_rows(ctx: &Ctx, state: &kezek_rules::State, place: &kezek_rules::state::Vacancy) -> Block {
    let mut rows = vec![
        SummaryRow::new(ctx.t("column-organisation"), words::organisation(state, place.organisation)),
        SummaryRow::new(ctx.t("column-place"), words::vacancy(ctx, place)),
    ];
    let starts = place.enrol_from.map(|date| ctx.date_long(&date));
    rows.extend(starts.map(|date| SummaryRow::new(ctx.t("column-enrol-from"), date)));
    Block::Rows(rows)
}

/// What the kindergarten asks for (254 Annex 4, item 8).
fn papers_to_bring(ctx: &Ctx) -> Block {
    let papers = ["bring-identity", "bring-birth", "bring-passport", "bring-certificate", "bring-conclusion"];
    Block::Details(ctx.t("bring-title"), papers.map(|id| ctx.t(id)).to_vec())
}

/// The title of an application's pages: never the child's name.
fn title(ctx: &Ctx, id: ApplicationId) -> String {
    ctx.t_with("my-application", &[("number", words::number(id).into())])
}

/// The first sentence large, the others below.
fn sentences(all: Vec<String>) -> impl Iterator<Item = Block> {
    all.into_iter().enumerate().map(|(at, text)| if at == 0 { Block::Lead(text) } else { Block::Text(text) })
}
