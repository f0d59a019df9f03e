//! What an event is about: applications for the history, the settlement for the journal's column.

use kezek_rules::ids::{ApplicationId, ChildKey, ReferralId, SettlementId, VacancyId};
use kezek_rules::{Event, State};

/// The applications an event concerns; `state` is the one after it. Numbers told are left out: they concern nearly
/// everybody nearly every day, and the causes of each number are kept by the rules.
pub fn applications(state: &State, event: &Event) -> Vec<ApplicationId> {
    match event {
        Event::Registered { application, .. }
        | Event::BenefitClaimed { application, .. }
        | Event::BenefitConfirmed { application, .. }
        | Event::BenefitRemoved { application, .. }
        | Event::BirthCorrected { application, .. }
        | Event::ContactsChanged { application }
        | Event::ConclusionFiled { application }
        | Event::InterestConfirmed { application }
        | Event::InterestAsked { application, .. }
        | Event::StopListed { application, .. }
        | Event::Returned { application }
        | Event::Archived { application, .. }
        | Event::WindowCancelled { application, .. }
        | Event::ReferralIssued { application, .. } => vec![*application],
        Event::WishesLodged { applications, .. } | Event::Reminded { applications, .. } => {
            applications.clone()
        }
        Event::WindowsOpened { grants, .. } => grants.iter().map(|grant| grant.application).collect(),
        Event::FrontierMoved { let_in, .. } => let_in.clone(),
        Event::ReferralStarted { referral, .. }
        | Event::ReferralExtended { referral, .. }
        | Event::DocumentsConfirmed { referral }
        | Event::ReferralEnded { referral, .. }
        | Event::Enrolled { referral, .. } => of_referral(state, *referral).into_iter().collect(),
        Event::StayEnded { child } | Event::Left { child } => of_child(state, *child),
        _ => Vec::new(),
    }
}

/// The settlement an event belongs to; `state` is the one after it.
pub fn settlement(state: &State, event: &Event) -> Option<SettlementId> {
    match event {
        Event::SettlementOpened { .. } => state.settlements().last().map(|(id, _)| id),
        Event::OrganisationAdded { settlement, .. }
        | Event::ProfileSet { settlement, .. }
        | Event::ProfileApplied { settlement }
        | Event::Frozen { settlement, .. }
        | Event::TermsExtended { settlement, .. }
        | Event::BulletinIssued { settlement, .. }
        | Event::OpeningHeld { settlement, .. }
        | Event::Registered { settlement, .. } => Some(*settlement),
        Event::GroupSet { organisation, .. } => state.organisation(*organisation).map(|one| one.settlement),
        Event::Published { vacancy, .. }
        | Event::Withdrawn { vacancy, .. }
        | Event::EarlyFreed { vacancy, .. } => of_vacancy(state, *vacancy),
        Event::WindowsOpened { batch, .. }
        | Event::WindowsEnded { batch }
        | Event::FrontierMoved { batch, .. } => state.batch(*batch).map(|batch| batch.pool.settlement),
        Event::NumbersTold { numbers } => of_application(state, numbers.first()?.0),
        Event::PoolsClosed { pools } => pools.first().map(|pool| pool.settlement),
        _ => of_application(state, *applications(state, event).first()?),
    }
}

fn of_referral(state: &State, referral: ReferralId) -> Option<ApplicationId> {
    state.referral(referral).map(|referral| referral.application)
}

fn of_child(state: &State, child: ChildKey) -> Vec<ApplicationId> {
    state.child(child).map(|child| child.applications.clone()).unwrap_or_default()
}

fn of_vacancy(state: &State, vacancy: VacancyId) -> Option<SettlementId> {
    state.vacancy(vacancy).map(|vacancy| vacancy.settlement)
}

fn of_application(state: &State, application: ApplicationId) -> Option<SettlementId> {
    state.application(application).map(|application| application.settlement)
}
