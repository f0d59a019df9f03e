//! The general queue by itself: applications, vacancies, batches and referrals of special and sanatorium queues are
//! left out (R3.24), and the others are numbered on without them, as the rules want it.

use kezek_rules::Event;
use kezek_rules::ids::{ApplicationId, BatchId, GroupId, OrganisationId, ReferralId, VacancyId};
use kezek_rules::place::{Care, GroupKind, OrganisationKind};

/// Public numbers and the replay's own, of one table.
#[derive(Clone, Debug, Default)]
struct Numbers {
    own: Vec<Option<u32>>,
    public: Vec<u32>,
}

/// Into which numbers.
#[derive(Clone, Copy)]
enum Into {
    Own,
    Public,
}

impl Numbers {
    /// Enters the next one; refused unless its public number is past all before.
    fn enter(&mut self, public: u32) -> Result<(), NotThere> {
        let index = public as usize;
        if index < self.own.len() || index - self.own.len() > MOST_LEFT_OUT {
            return Err(NotThere);
        }
        self.own.resize(index, None);
        self.own.push(Some(self.public.len() as u32));
        self.public.push(public);
        Ok(())
    }

    /// Enters one that is left out.
    fn leave_out(&mut self, public: u32) -> Result<(), NotThere> {
        if public as usize != self.own.len() {
            return Err(NotThere);
        }
        self.own.push(None);
        Ok(())
    }

    fn number(&self, number: u32, into: Into) -> Result<u32, NotThere> {
        match into {
            Into::Own => self.own.get(number as usize).copied().flatten(),
            Into::Public => self.public.get(number as usize).copied(),
        }
        .ok_or(NotThere)
    }
}

/// No queue has more applications between two of the general queue: a number beyond is a made-up one.
const MOST_LEFT_OUT: usize = 10_000_000;

/// The numbers of all tables.
#[derive(Clone, Debug, Default)]
pub struct Renumber {
    settlements: u32,
    organisations: Vec<OrganisationKind>,
    groups: Vec<OrganisationId>,
    /// Entries so far that say nothing: numbers that are left out are theirs.
    kept: usize,
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
        self.application(public, Into::Own)
    }

    fn application(&self, id: ApplicationId, into: Into) -> Result<ApplicationId, NotThere> {
        self.applications.number(id.0, into).map(ApplicationId)
    }

    fn vacancy(&self, id: VacancyId, into: Into) -> Result<VacancyId, NotThere> {
        self.vacancies.number(id.0, into).map(VacancyId)
    }

    fn batch(&self, id: BatchId, into: Into) -> Result<BatchId, NotThere> {
        self.batches.number(id.0, into).map(BatchId)
    }

    fn referral(&self, id: ReferralId, into: Into) -> Result<ReferralId, NotThere> {
        self.referrals.number(id.0, into).map(ReferralId)
    }

    /// Whether a vacancy is known and left out.
    fn is_left_out(&self, public: VacancyId) -> bool {
        matches!(self.vacancies.own.get(public.0 as usize), Some(None))
    }

    /// A public fact in the replay's own numbers; none for one that the general queue does not know of.
    pub fn own(&mut self, public: &Event) -> Result<Option<Event>, NotThere> {
        self.check_places(public)?;
        let mut event = public.clone();
        match &mut event {
            Event::SettlementOpened { .. } => self.settlements += 1,
            Event::OrganisationAdded { kind, .. } => self.organisations.push(*kind),
            Event::GroupSet { group, organisation, .. } if group.0 as usize == self.groups.len() => {
                self.groups.push(*organisation);
            }
            Event::Published { vacancy, care: Some(_), .. } => {
                self.vacancies.leave_out(vacancy.0)?;
                return Ok(None);
            }
            Event::Published { vacancy, .. } => self.vacancies.enter(vacancy.0)?,
            Event::Withdrawn { vacancy, .. } | Event::EarlyFreed { vacancy, .. }
                if self.is_left_out(*vacancy) =>
            {
                return Ok(None);
            }
            Event::BulletinIssued { batches, withdrawn, .. } => {
                for batch in batches.iter() {
                    match batch.pool.care {
                        Some(_) => self.batches.leave_out(batch.batch.0)?,
                        None => self.batches.enter(batch.batch.0)?,
                    }
                }
                batches.retain(|batch| batch.pool.care.is_none());
                withdrawn.retain(|taken| !self.is_left_out(taken.vacancy));
            }
            Event::PoolsClosed { pools } => {
                pools.retain(|pool| pool.care.is_none());
                if pools.is_empty() {
                    return Ok(None);
                }
            }
            Event::Registered { application, .. } => self.applications.enter(application.0)?,
            Event::ReferralIssued { referral, .. } => self.referrals.enter(referral.0)?,
            _ => {}
        }
        self.translate(&mut event, Into::Own)?;
        Ok(Some(event))
    }

    /// A fact of the replay in public numbers.
    pub fn public(&self, own: &Event) -> Event {
        let mut event = own.clone();
        // The number that would come next has no public one yet; it stays as it is.
        let _ = self.translate(&mut event, Into::Public);
        event
    }

    /// Settlements, organisations and groups keep their numbers; they must be there.
    fn check_places(&self, event: &Event) -> Result<(), NotThere> {
        let is_there = match event {
            Event::OrganisationAdded { settlement, .. }
            | Event::ProfileSet { settlement, .. }
            | Event::ProfileApplied { settlement }
            | Event::Frozen { settlement, .. }
            | Event::TermsExtended { settlement, .. }
            | Event::OpeningHeld { settlement, .. }
            | Event::Registered { settlement, .. } => settlement.0 < self.settlements,
            Event::BulletinIssued { settlement, batches, .. } => {
                let pools = batches.iter().map(|batch| batch.pool.settlement);
                pools.chain([*settlement]).all(|settlement| settlement.0 < self.settlements)
            }
            Event::PoolsClosed { pools } => pools.iter().all(|pool| pool.settlement.0 < self.settlements),
            Event::GroupSet { organisation, group, .. } => {
                (organisation.0 as usize) < self.organisations.len() && group.0 as usize <= self.groups.len()
            }
            Event::Published { group, kind, care, .. } => self.is_rightly_published(*group, *kind, *care),
            _ => true,
        };
        if is_there { Ok(()) } else { Err(NotThere) }
    }

    /// Places are left out of the general queue only in special and sanatorium organisations, and as theirs (254/13).
    fn is_rightly_published(&self, group: GroupId, kind: GroupKind, care: Option<Care>) -> bool {
        let Some(organisation) = self.groups.get(group.0 as usize) else { return false };
        let of_kind = self.organisations.get(organisation.0 as usize);
        match (kind, care) {
            (GroupKind::General, None) => true,
            (GroupKind::Special, Some(care)) => {
                of_kind == Some(&OrganisationKind::Special) && care.organisation == *organisation
            }
            (GroupKind::Sanatorium, Some(care)) => {
                of_kind == Some(&OrganisationKind::Sanatorium) && care.organisation == *organisation
            }
            _ => false,
        }
    }

    /// Counts an entry that says nothing.
    pub fn keep(&mut self) {
        self.kept += 1;
    }

    /// More numbers are left out than there are entries that could be theirs.
    pub fn has_gaps(&self) -> bool {
        let gaps = |numbers: &Numbers| numbers.own.len() - numbers.public.len();
        gaps(&self.applications) + gaps(&self.referrals) > self.kept
    }

    fn translate(&self, event: &mut Event, into: Into) -> Result<(), NotThere> {
        match event {
            Event::Published { vacancy, .. } => *vacancy = self.vacancy(*vacancy, into)?,
            Event::Withdrawn { vacancy, published: taken, .. }
            | Event::EarlyFreed { vacancy, released: taken, .. } => {
                *vacancy = self.vacancy(*vacancy, into)?;
                for (batch, _) in taken {
                    *batch = self.batch(*batch, into)?;
                }
            }
            Event::BulletinIssued { batches, withdrawn, .. } => {
                for batch in batches {
                    batch.batch = self.batch(batch.batch, into)?;
                    for places in &mut batch.places {
                        places.vacancy = self.vacancy(places.vacancy, into)?;
                    }
                }
                for taken in withdrawn {
                    taken.vacancy = self.vacancy(taken.vacancy, into)?;
                }
            }
            Event::ReferralIssued { referral, application, vacancy, batch, .. } => {
                *application = self.application(*application, into)?;
                *vacancy = self.vacancy(*vacancy, into)?;
                *batch = self.batch(*batch, into)?;
                *referral = self.referral(*referral, into)?;
            }
            Event::TermsExtended { windows, referrals, originals, .. } => {
                for batch in windows {
                    *batch = self.batch(*batch, into)?;
                }
                for referral in referrals.iter_mut().chain(originals) {
                    *referral = self.referral(*referral, into)?;
                }
            }
            Event::WindowsOpened { batch, grants, .. } => {
                *batch = self.batch(*batch, into)?;
                for grant in grants {
                    grant.application = self.application(grant.application, into)?;
                }
            }
            Event::FrontierMoved { batch, frontier, let_in } => {
                *batch = self.batch(*batch, into)?;
                self.translate_all(let_in, into)?;
                for key in [&mut frontier.extraordinary, &mut frontier.priority, &mut frontier.general]
                    .into_iter()
                    .flatten()
                {
                    key.application = self.application(key.application, into)?;
                }
            }
            Event::WindowsEnded { batch } => *batch = self.batch(*batch, into)?,
            Event::WindowCancelled { application, batch } => {
                *application = self.application(*application, into)?;
                *batch = self.batch(*batch, into)?;
            }
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
            | Event::Archived { application, .. } => *application = self.application(*application, into)?,
            Event::WishesLodged { applications, .. } | Event::Reminded { applications, .. } => {
                self.translate_all(applications, into)?;
            }
            Event::ReferralStarted { referral, .. }
            | Event::ReferralExtended { referral, .. }
            | Event::DocumentsConfirmed { referral }
            | Event::Enrolled { referral, .. } => *referral = self.referral(*referral, into)?,
            Event::ReferralEnded { referral, restored, .. } => {
                *referral = self.referral(*referral, into)?;
                for batch in restored {
                    *batch = self.batch(*batch, into)?;
                }
            }
            Event::StayEnded { .. }
            | Event::Left { .. }
            | Event::NumbersTold { .. }
            | Event::PoolsClosed { .. }
            | Event::SettlementOpened { .. }
            | Event::OrganisationAdded { .. }
            | Event::GroupSet { .. }
            | Event::ProfileSet { .. }
            | Event::ProfileApplied { .. }
            | Event::Frozen { .. }
            | Event::OpeningHeld { .. } => {}
        }
        Ok(())
    }

    fn translate_all(&self, ids: &mut [ApplicationId], into: Into) -> Result<(), NotThere> {
        for id in ids {
            *id = self.application(*id, into)?;
        }
        Ok(())
    }
}
