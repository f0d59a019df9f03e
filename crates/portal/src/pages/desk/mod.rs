//! The provider's desk (254/4, 254/22): papers to check, the stop-list, the monthly request, the rule profile.

mod access;
mod act_effect;
mod acts;
pub mod answers;
mod application;
mod birth;
pub mod clock;
mod closing;
pub mod draft;
pub mod effect;
pub mod family;
mod import;
pub mod import_plan;
pub mod monthly;
mod office;
mod papers;
mod profile;
mod receipt;
mod set_profile;
mod stop_list;
mod table_file;
pub mod upload;
mod work_list;

pub use acts::{day, read_day};
pub use papers::originals;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;

use crate::posted::PAPERS_BYTES_MAX;
use crate::rights::Action;
use crate::routes::Routes;

/// All addresses of the provider's desk.
pub fn routes() -> Routes {
    lists().and(applications()).and(settlement()).and(monthly()).and(intake())
}

fn lists() -> Routes {
    Routes::default().page(Action::SeeDesk, Method::GET, "/{language}/desk", work_list::show).page(
        Action::SeeDesk,
        Method::GET,
        "/{language}/desk/stop-list",
        stop_list::show,
    )
}

fn applications() -> Routes {
    const ONE: &str = "/{language}/desk/applications/{number}";
    let path = |rest: &str| format!("{ONE}{rest}");
    let (get, post) = (Method::GET, Method::POST);
    let benefit = path("/benefits/{benefit}/{finding}");
    Routes::default()
        .page(Action::SeePerson, get.clone(), ONE, application::show)
        .page(Action::SeePerson, get.clone(), &path("/documents/{document}"), application::document)
        .page(Action::SeePerson, get.clone(), &path("/receipt"), receipt::show)
        .page(Action::SeePerson, get.clone(), &path("/receipt/file"), receipt::file)
        .page(Action::SeePerson, get.clone(), &path("/referrals/{referral}/receipt"), receipt::show_referral)
        .page(
            Action::SeePerson,
            get.clone(),
            &path("/referrals/{referral}/receipt/file"),
            receipt::referral_file,
        )
        .page(Action::ConfirmPapers, post.clone(), &path("/shown"), papers::shown)
        .page(Action::ConfirmPapers, get.clone(), &benefit, papers::ask_benefit)
        .page(Action::ConfirmPapers, post.clone(), &benefit, papers::judge_benefit)
        .page(Action::ConfirmPapers, get.clone(), &path("/originals"), papers::ask_originals)
        .page(Action::ConfirmPapers, post.clone(), &path("/originals"), papers::confirm_originals)
        .page(Action::ConfirmPapers, get.clone(), &path("/conclusion"), papers::ask_conclusion)
        .page(Action::ConfirmPapers, post.clone(), &path("/conclusion"), papers::file_conclusion)
        .page(Action::ConfirmPapers, get.clone(), &path("/birth-date"), birth::ask)
        .page(Action::ConfirmPapers, post.clone(), &path("/birth-date"), birth::submit)
        .page(Action::CloseApplication, get, &path("/close/{reason}"), closing::ask)
        .page(Action::CloseApplication, post, &path("/close/{reason}"), closing::submit)
}

fn settlement() -> Routes {
    let (get, post) = (Method::GET, Method::POST);
    Routes::default()
        .page(Action::SeeProfile, get.clone(), "/{language}/desk/profile", profile::show)
        .page(Action::SetProfile, get.clone(), "/{language}/desk/profile/change", set_profile::ask)
        .page(Action::SetProfile, post.clone(), "/{language}/desk/profile/change", set_profile::submit)
        .page(Action::ActOnSettlement, get.clone(), "/{language}/desk/extend", acts::ask_extend)
        .page(Action::ActOnSettlement, post.clone(), "/{language}/desk/extend", acts::extend)
        .page(Action::ActOnSettlement, get, "/{language}/desk/freeze", acts::ask_freeze)
        .page(Action::ActOnSettlement, post, "/{language}/desk/freeze", acts::freeze)
}

fn monthly() -> Routes {
    let (get, post) = (Method::GET, Method::POST);
    let upload = monthly::upload.layer(DefaultBodyLimit::max(monthly::ANSWERS_BYTES_MAX));
    Routes::default()
        .page(Action::AskAuthority, get.clone(), "/{language}/desk/monthly", monthly::show)
        .page(Action::AskAuthority, get, "/{language}/desk/monthly/request.csv", monthly::request)
        .page(Action::AskAuthority, post.clone(), "/{language}/desk/monthly", upload)
        .page(Action::AskAuthority, post, "/{language}/desk/monthly/carry-out", monthly::carry_out)
}

fn intake() -> Routes {
    let (get, post) = (Method::GET, Method::POST);
    let office = office::submit.layer(DefaultBodyLimit::max(PAPERS_BYTES_MAX));
    let look = import::look.layer(DefaultBodyLimit::max(import_plan::FILE_BYTES_MAX));
    let applicant = "/{language}/desk/applications/{number}/access";
    Routes::default()
        .page(Action::Register, get.clone(), "/{language}/desk/access", access::ask)
        .page(Action::Register, post.clone(), "/{language}/desk/access", access::submit)
        .page(Action::Register, get.clone(), applicant, access::ask_applicant)
        .page(Action::Register, post.clone(), applicant, access::submit_applicant)
        .page(Action::Register, get.clone(), "/{language}/desk/apply", office::show)
        .page(Action::Register, post.clone(), "/{language}/desk/apply", office)
        .page(Action::Import, get, "/{language}/desk/import", import::show)
        .page(Action::Import, post.clone(), "/{language}/desk/import", look)
        .page(Action::Import, post, "/{language}/desk/import/carry-out", import::carry_out)
}
