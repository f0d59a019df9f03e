//! Commands judged by the law: facts, or a refusal and nothing changed. One file per kind of act.

mod application;
mod benefits;
mod claim;
mod enrolment;
pub(crate) mod family;
pub(crate) mod places;
pub(crate) mod referral;
mod seats;
mod settlement;
mod submit;

pub(crate) use submit::is_over_age;

use crate::{
    Command, Refusal, State,
    event::Event,
    ids::ApplicationId,
    state::{Application, Settlement},
};
use alloc::vec::Vec;
use kezek_calendar::Instant;

/// Judges a command at a time not before the latest fact, everything due until then being carried out.
pub fn decide(state: &State, command: &Command, at: Instant) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::OpenSettlement(open) => Ok(settlement::open(open)),
        Command::AddOrganisation(add) => settlement::add_organisation(state, add),
        Command::ExtendWindows(settlement, until, act) => {
            settlement::extend(state, *settlement, *until, act, at)
        }
        Command::Freeze(settlement, from, to, act) => {
            settlement::freeze(state, *settlement, (*from, *to), act)
        }
        Command::SetProfile(settlement, change, act, from) => {
            settlement::set_profile(state, *settlement, change, act, *from, at)
        }
        Command::SetGroup(group) => places::set_group(state, group),
        Command::Publish(publish) => places::publish(state, publish, at),
        Command::WithdrawPlaces(withdraw) => places::withdraw(state, withdraw, at),
        Command::FreeEarly(vacancy) => places::free_early(state, *vacancy, at),
        Command::Submit(submit) => submit::submit(state, submit, at),
        Command::ConfirmBenefit(id, benefit) => benefits::confirm(state, *id, *benefit),
        Command::RejectBenefit(id, benefit, finding) => benefits::reject(state, *id, *benefit, *finding, at),
        Command::EditBenefits(id, benefits) => benefits::edit(state, *id, benefits, at),
        Command::CorrectBirth(id, born) => application::correct_birth(state, *id, *born, at),
        Command::EditContacts(id) => application::edit_contacts(state, *id),
        Command::FileConclusion(id) => application::file_conclusion(state, *id),
        Command::WithdrawApplication(id) => application::withdraw(state, *id),
        Command::ConfirmInterest(id) => application::confirm_interest(state, *id),
        Command::FoundEnrolled(id) => application::found_enrolled(state, *id),
        Command::Close(id, reason) => application::close(state, *id, *reason),
        Command::Wish(id, choices) => application::wish(state, core::slice::from_ref(id), choices),
        Command::WishFamily(ids, choices) => application::wish(state, ids, choices),
        Command::Claim(id, vacancy) => claim::claim(state, *id, *vacancy, at),
        Command::ClaimFamily(ids, organisation) => family::claim(state, ids, *organisation, at),
        Command::Annul(id) => enrolment::annul(state, *id, at),
        Command::Extend(id, ground) => enrolment::extend(state, *id, *ground, at),
        Command::ConfirmDocuments(id) => enrolment::confirm_documents(state, *id, at),
        Command::Enrol(id) => enrolment::enrol(state, *id, at),
        Command::RefuseEnrolment(id, cause) => enrolment::refuse(state, *id, *cause, at),
        Command::Leave(child) => enrolment::leave(state, *child),
    }
}

/// An application that is not in the archive, with its settlement.
fn living(state: &State, id: ApplicationId) -> Result<(&Application, &Settlement), Refusal> {
    let application = state.application(id).ok_or(Refusal::NotFound)?;
    if application.is_archived() {
        return Err(Refusal::WrongState);
    }
    Ok((application, state.settlement_of(application).ok_or(Refusal::NotFound)?))
}
