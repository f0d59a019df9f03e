//! Folding facts into the state. A fact that names a number nobody gave changes nothing: the journal is checked
//! where it is read, and a reader must not fall over.

mod applications;
mod daily;
mod places;
mod referrals;

pub(crate) use daily::latest_birth;

use super::State;
use crate::event::{Event, Fact};

impl State {
    /// Folds one fact.
    pub fn apply(&mut self, fact: &Fact) {
        self.now = self.now.max(fact.at);
        self.keeping_desks(&fact.event, |state| state.fold(fact));
    }

    fn fold(&mut self, fact: &Fact) {
        let at = fact.at;
        match &fact.event {
            Event::SettlementOpened { .. }
            | Event::OrganisationAdded { .. }
            | Event::GroupSet { .. }
            | Event::ProfileSet { .. }
            | Event::ProfileApplied { .. }
            | Event::Frozen { .. }
            | Event::TermsExtended { .. }
            | Event::Published { .. }
            | Event::Withdrawn { .. }
            | Event::EarlyFreed { .. } => self.apply_to_places(at, &fact.event),
            Event::Registered { .. }
            | Event::BenefitClaimed { .. }
            | Event::BenefitConfirmed { .. }
            | Event::BenefitRemoved { .. }
            | Event::BirthCorrected { .. }
            | Event::ContactsChanged { .. }
            | Event::ConclusionFiled { .. }
            | Event::InterestConfirmed { .. }
            | Event::InterestAsked { .. }
            | Event::StopListed { .. }
            | Event::Returned { .. }
            | Event::Archived { .. }
            | Event::WishesLodged { .. } => self.apply_to_applications(at, &fact.event),
            Event::ReferralIssued { .. }
            | Event::ReferralStarted { .. }
            | Event::ReferralExtended { .. }
            | Event::DocumentsConfirmed { .. }
            | Event::ReferralEnded { .. }
            | Event::Enrolled { .. }
            | Event::StayEnded { .. }
            | Event::Left { .. } => self.apply_to_referrals(at, &fact.event),
            Event::BulletinIssued { .. }
            | Event::WindowsOpened { .. }
            | Event::WindowsEnded { .. }
            | Event::WindowCancelled { .. }
            | Event::FrontierMoved { .. }
            | Event::OpeningHeld { .. }
            | Event::Reminded { .. }
            | Event::NumbersTold { .. }
            | Event::PoolsClosed { .. } => self.apply_daily(at, &fact.event),
        }
    }
}
