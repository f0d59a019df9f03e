//! The general queue by itself: applications, vacancies, batches and referrals of special and sanatorium queues are
//! left out (R3.24), and the others are numbered on without them, as the rules want it.

use kezek_rules::Event;
use kezek_rules::event::{Frontier, NewBatch, Seniority, TakenBack};
use kezek_rules::ids::{ApplicationId, BatchId, ReferralId, VacancyId};

/// The replay's own numbers by the public ones, of one table.
#[derive(Clone, Debug, Default)]
struct Numbers {
    own: Vec<Option<u32>>,
    count: u32,
}

impl Numbers {
    /// Enters the next one; false unless its public number is past all before.
    fn enter(&mut self, public: u32) -> bool {
        let index = public as usize;
        if index < self.own.len() {
            return false;
        }
        self.own.resize(index, None);
        self.own.push(Some(self.count));
        self.count += 1;
        true
    }

    /// Enters one that is left out.
    fn leave_out(&mut self, public: u32) -> bool {
        let index = public as usize;
        if index < self.own.len() {
            return false;
        }
        self.own.resize(index + 1, None);
        true
    }

    fn own(&self, public: u32) -> Option<u32> {
        self.own.get(public as usize).copied().flatten()
    }
}

/// The numbers of all tables.
#[derive(Clone, Debug, Default)]
pub struct Renumber {
    applications: Numbers,
    vacancies: Numbers,
    batches: Numbers,
    referrals: Numbers,
}

/// A fact names something that is not there, or gives a number out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it names something that is not there")]
pub struct NotThere;

impl Renumber {
    /// The replay's number of an application.
    pub fn own_application(&self, public: ApplicationId) -> Result<ApplicationId, NotThere> {
        self.applications.own(public.0).map(ApplicationId).ok_or(NotThere)
    }

    fn own_applications(&self, public: &[ApplicationId]) -> Result<Vec<ApplicationId>, NotThere> {
        public.iter().map(|one| self.own_application(*one)).collect()
    }

    fn vacancy(&self, public: VacancyId) -> Result<VacancyId, NotThere> {
        self.vacancies.own(public.0).map(VacancyId).ok_or(NotThere)
    }

    fn batch(&self, public: BatchId) -> Result<BatchId, NotThere> {
        self.batches.own(public.0).map(BatchId).ok_or(NotThere)
    }

    fn referral(&self, public: ReferralId) -> Result<ReferralId, NotThere> {
        self.referrals.own(public.0).map(ReferralId).ok_or(NotThere)
    }

    /// Whether a vacancy is known and left out.
    fn is_left_out(&self, public: VacancyId) -> bool {
        matches!(self.vacancies.own.get(public.0 as usize), Some(None))
    }

    /// A fact in the replay's own numbers; none for one that the general queue does not know of.
    pub fn own(&mut self, event: &Event) -> Result<Option<Event>, NotThere> {
        let mut event = event.clone();
        match &mut event {
            Event::Published { vacancy, care, .. } => {
                let entered = match care {
                    Some(_) => self.vacancies.leave_out(vacancy.0),
                    None => self.vacancies.enter(vacancy.0),
                };
                if !entered {
                    return Err(NotThere);
                }
                if care.is_some() {
                    return Ok(None);
                }
                *vacancy = self.vacancy(*vacancy)?;
            }
            Event::Withdrawn { vacancy, .. } | Event::EarlyFreed { vacancy, .. } if self.is_left_out(*vacancy) => {
                return Ok(None);
            }
            Event::Withdrawn { vacancy, published: taken, .. }
            | Event::EarlyFreed { vacancy, released: taken, .. } => {
                *vacancy = self.vacancy(*vacancy)?;
                for (batch, _) in taken {
                    *batch = self.batch(*batch)?;
                }
            }
            Event::BulletinIssued { batches, withdrawn, .. } => {
                *batches = self.own_batches(batches)?;
                *withdrawn = self.own_taken_back(withdrawn)?;
            }
            Event::PoolsClosed { pools } => {
                pools.retain(|pool| pool.care.is_none());
                if pools.is_empty() {
                    return Ok(None);
                }
            }
            Event::Registered { application, .. } => {
                if !self.applications.enter(application.0) {
                    return Err(NotThere);
                }
                *application = self.own_application(*application)?;
            }
            Event::ReferralIssued { referral, application, vacancy, batch, .. } => {
                if !self.referrals.enter(referral.0) {
                    return Err(NotThere);
                }
                *referral = self.referral(*referral)?;
                *application = self.own_application(*application)?;
                *vacancy = self.vacancy(*vacancy)?;
                *batch = self.batch(*batch)?;
            }
            Event::TermsExtended { windows, referrals, originals, .. } => {
                for batch in windows {
                    *batch = self.batch(*batch)?;
                }
                for referral in referrals.iter_mut().chain(originals) {
                    *referral = self.referral(*referral)?;
                }
            }
            Event::WindowsOpened { batch, grants, .. } => {
                *batch = self.batch(*batch)?;
                for grant in grants {
                    grant.application = self.own_application(grant.application)?;
                }
            }
            Event::FrontierMoved { batch, frontier, let_in } => {
                *batch = self.batch(*batch)?;
                *let_in = self.own_applications(let_in)?;
                *frontier = self.own_frontier(*frontier)?;
            }
            Event::WindowsEnded { batch } => *batch = self.batch(*batch)?,
            Event::WindowCancelled { application, batch } => {
                *application = self.own_application(*application)?;
                *batch = self.batch(*batch)?;
            }
            Event::BenefitClaimed { application, .. }
            | Event::BenefitConfirmed { application, .. }
            | Event::BenefitRemoved { application, .. }
            | Event::BirthCorrected { application, .. }
            | Event::ContactsChanged { application }
            | Event::ConclusionFiled { application }
            | Event::InterestConfirmed { application }
            | Event::InterestAsked { application, .. }
            | Event::StopListed { application, .. }
            | Event::Returned { application }
            | Event::Archived { application, .. } => *application = self.own_application(*application)?,
            Event::WishesLodged { applications, .. } | Event::Reminded { applications, .. } => {
                *applications = self.own_applications(applications)?;
            }
            Event::ReferralStarted { referral, .. }
            | Event::ReferralExtended { referral, .. }
            | Event::DocumentsConfirmed { referral }
            | Event::Enrolled { referral, .. } => *referral = self.referral(*referral)?,
            Event::ReferralEnded { referral, restored, .. } => {
                *referral = self.referral(*referral)?;
                for batch in restored {
                    *batch = self.batch(*batch)?;
                }
            }
            Event::StayEnded { .. }
            | Event::Left { .. }
            | Event::NumbersTold { .. }
            | Event::SettlementOpened { .. }
            | Event::OrganisationAdded { .. }
            | Event::GroupSet { .. }
            | Event::ProfileSet { .. }
            | Event::ProfileApplied { .. }
            | Event::Frozen { .. }
            | Event::OpeningHeld { .. } => {}
        }
        Ok(Some(event))
    }

    fn own_batches(&mut self, public: &[NewBatch]) -> Result<Vec<NewBatch>, NotThere> {
        let mut own = Vec::new();
        for batch in public {
            if batch.pool.care.is_some() {
                if !self.batches.leave_out(batch.batch.0) {
                    return Err(NotThere);
                }
                continue;
            }
            if !self.batches.enter(batch.batch.0) {
                return Err(NotThere);
            }
            let mut batch = batch.clone();
            batch.batch = self.batch(batch.batch)?;
            for places in &mut batch.places {
                places.vacancy = self.vacancy(places.vacancy)?;
            }
            own.push(batch);
        }
        Ok(own)
    }

    fn own_taken_back(&self, public: &[TakenBack]) -> Result<Vec<TakenBack>, NotThere> {
        let known = public.iter().filter(|taken| !self.is_left_out(taken.vacancy));
        known.map(|taken| Ok(TakenBack { vacancy: self.vacancy(taken.vacancy)?, ..*taken })).collect()
    }

    fn own_frontier(&self, public: Frontier) -> Result<Frontier, NotThere> {
        let own = |key: Option<Seniority>| {
            let own = |key: Seniority| Ok(Seniority { application: self.own_application(key.application)?, ..key });
            key.map(own).transpose()
        };
        Ok(Frontier {
            everyone: public.everyone,
            extraordinary: own(public.extraordinary)?,
            priority: own(public.priority)?,
            general: own(public.general)?,
        })
    }
}
