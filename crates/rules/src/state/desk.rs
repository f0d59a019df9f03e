//! What waits at the desks: an index of the state, kept fact by fact and built anew when a state is read.

use super::{Application, Referral, State, Status, StopListing};
use crate::{
    benefit::{Benefit, BenefitClaim, Class, Standing},
    event::Event,
    ids::{ApplicationId, OrganisationId, ReferralId, SettlementId},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec,
    vec::Vec,
};
use kezek_calendar::Instant;

/// Papers whose originals are awaited (254/22). In order: the nearest term first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AwaitedPaper {
    /// The end of the term, exclusive.
    pub until: Instant,
    /// Whose.
    pub application: ApplicationId,
    /// What for.
    pub proof: Proof,
}

/// What originals are to prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// A claimed benefit: the first time.
    Benefit(Benefit),
    /// After a referral: the second time.
    Referral(ReferralId),
}

/// The desk of a settlement.
#[derive(Clone, Debug, Default, PartialEq)]
struct Desk {
    papers: BTreeSet<AwaitedPaper>,
    /// By the day of return; [`Instant::MAX`] for those without one.
    stopped: BTreeSet<(Instant, ApplicationId)>,
    asked: BTreeSet<(ApplicationId, Benefit)>,
}

/// By the end of the term; [`Instant::MAX`] for places booked early.
type Expected = BTreeSet<(Instant, ApplicationId, ReferralId)>;

static NO_DESK: Desk = Desk { papers: BTreeSet::new(), stopped: BTreeSet::new(), asked: BTreeSet::new() };
static NOBODY: Expected = BTreeSet::new();

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Desks {
    settlements: BTreeMap<SettlementId, Desk>,
    organisations: BTreeMap<OrganisationId, Expected>,
}

/// One thing that waits.
enum Item {
    Paper(SettlementId, AwaitedPaper),
    Stopped(SettlementId, Instant, ApplicationId),
    Asked(SettlementId, ApplicationId, Benefit),
    Expected(OrganisationId, Instant, ApplicationId, ReferralId),
}

impl Desks {
    fn add(&mut self, item: Item) {
        match item {
            Item::Paper(here, paper) => self.settlements.entry(here).or_default().papers.insert(paper),
            Item::Stopped(here, until, id) => {
                self.settlements.entry(here).or_default().stopped.insert((until, id))
            }
            Item::Asked(here, id, benefit) => {
                self.settlements.entry(here).or_default().asked.insert((id, benefit))
            }
            Item::Expected(here, until, id, referral) => {
                self.organisations.entry(here).or_default().insert((until, id, referral))
            }
        };
    }

    /// Takes an item out; a desk where nothing waits is none.
    fn remove(&mut self, item: &Item) {
        match item {
            Item::Paper(here, paper) => self.take(*here, |desk| desk.papers.remove(paper)),
            Item::Stopped(here, until, id) => self.take(*here, |desk| desk.stopped.remove(&(*until, *id))),
            Item::Asked(here, id, benefit) => self.take(*here, |desk| desk.asked.remove(&(*id, *benefit))),
            Item::Expected(here, until, id, referral) => {
                if let Some(expected) = self.organisations.get_mut(here) {
                    expected.remove(&(*until, *id, *referral));
                    if expected.is_empty() {
                        self.organisations.remove(here);
                    }
                }
            }
        }
    }

    fn take(&mut self, here: SettlementId, take: impl FnOnce(&mut Desk) -> bool) {
        if let Some(desk) = self.settlements.get_mut(&here) {
            take(desk);
            if *desk == NO_DESK {
                self.settlements.remove(&here);
            }
        }
    }
}

impl State {
    /// Originals that a settlement waits for (254/22), the nearest term first.
    pub fn awaited_papers(
        &self,
        here: SettlementId,
    ) -> impl DoubleEndedIterator<Item = AwaitedPaper> + ExactSizeIterator {
        self.desk(here).papers.iter().copied()
    }

    /// The stop-list of a settlement (254/3.13): who comes back first; those without a term last.
    pub fn stop_list(
        &self,
        here: SettlementId,
    ) -> impl DoubleEndedIterator<Item = (ApplicationId, &StopListing)> {
        self.desk(here).stopped.iter().filter_map(|(_, id)| match &self.application(*id)?.status {
            Status::StopListed(listing) => Some((*id, &**listing)),
            _ => None,
        })
    }

    /// How many stand on the stop-list of a settlement.
    pub fn stop_list_len(&self, here: SettlementId) -> usize {
        self.desk(here).stopped.len()
    }

    /// Extraordinary claims that act or wait, for the monthly request (254/22), in order of application.
    pub fn extraordinary_claims(
        &self,
        here: SettlementId,
    ) -> impl DoubleEndedIterator<Item = (ApplicationId, BenefitClaim)> {
        self.desk(here).asked.iter().filter_map(|(id, benefit)| {
            let claims = &self.application(*id)?.claims;
            Some((*id, *claims.iter().find(|claim| claim.benefit == *benefit)?))
        })
    }

    /// The live referrals to an organisation, the nearest term first; those of places booked early last.
    pub fn incoming_referrals(
        &self,
        to: OrganisationId,
    ) -> impl DoubleEndedIterator<Item = ReferralId> + ExactSizeIterator {
        self.desks.organisations.get(&to).unwrap_or(&NOBODY).iter().map(|(_, _, referral)| *referral)
    }

    /// The live referrals of a settlement, organisation by organisation.
    pub fn live_referrals(&self, here: SettlementId) -> impl Iterator<Item = (ReferralId, &Referral)> {
        let organisations = self.settlement(here).map(|one| one.organisations.as_slice()).unwrap_or_default();
        let referrals = organisations.iter().flat_map(|organisation| self.incoming_referrals(*organisation));
        referrals.filter_map(|id| Some((id, self.referral(id)?)))
    }

    fn desk(&self, here: SettlementId) -> &Desk {
        self.desks.settlements.get(&here).unwrap_or(&NO_DESK)
    }

    /// Folds a fact by `fold` and brings the desks up to date with it.
    pub(super) fn keeping_desks(&mut self, event: &Event, fold: impl FnOnce(&mut Self)) {
        let touched = self.touched(event);
        let before: Vec<Item> = touched.iter().flat_map(|id| self.waiting(*id)).collect();
        fold(self);
        for item in &before {
            self.desks.remove(item);
        }
        for item in touched.iter().flat_map(|id| self.waiting(*id)).collect::<Vec<_>>() {
            self.desks.add(item);
        }
    }

    /// The desks, from the rest of the state.
    pub(super) fn desks_anew(&self) -> Desks {
        let mut desks = Desks::default();
        for item in self.applications().flat_map(|(id, _)| self.waiting(id)) {
            desks.add(item);
        }
        desks
    }

    /// The applications of which something may begin or cease to wait by a fact.
    fn touched(&self, event: &Event) -> Vec<ApplicationId> {
        match event {
            Event::Registered { application, .. }
            | Event::BenefitClaimed { application, .. }
            | Event::BenefitConfirmed { application, .. }
            | Event::BenefitRemoved { application, .. }
            | Event::StopListed { application, .. }
            | Event::Returned { application }
            | Event::Archived { application, .. }
            | Event::ReferralIssued { application, .. } => vec![*application],
            Event::ReferralStarted { referral, .. }
            | Event::ReferralExtended { referral, .. }
            | Event::DocumentsConfirmed { referral }
            | Event::ReferralEnded { referral, .. }
            | Event::Enrolled { referral, .. } => {
                self.referral(*referral).map(|one| one.application).into_iter().collect()
            }
            Event::TermsExtended { settlement, .. } => {
                self.live_referrals(*settlement).map(|(_, one)| one.application).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What waits of one application.
    fn waiting(&self, id: ApplicationId) -> Vec<Item> {
        let mut items = Vec::new();
        let Some(one) = self.application(id).filter(|one| !one.is_archived()) else { return items };
        for claim in &one.claims {
            items.extend(waiting_claim(one, id, claim));
        }
        if let Status::StopListed(listing) = &one.status {
            items.push(Item::Stopped(one.settlement, listing.until.unwrap_or(Instant::MAX), id));
        }
        let live = one.live_referral().and_then(|number| Some((number, self.referral(number)?)));
        if let Some((number, referral)) = live {
            let until = referral.terms.map_or(Instant::MAX, |terms| terms.until);
            let vacancy = self.vacancy(referral.vacancy);
            items.extend(vacancy.map(|to| Item::Expected(to.organisation, until, id, number)));
            if let (false, Some(terms)) = (referral.documents_confirmed, referral.terms) {
                let (until, proof) = (terms.documents_until, Proof::Referral(number));
                items.push(Item::Paper(one.settlement, AwaitedPaper { until, application: id, proof }));
            }
        }
        items
    }
}

fn waiting_claim(
    one: &Application,
    id: ApplicationId,
    claim: &BenefitClaim,
) -> impl Iterator<Item = Item> + use<> {
    let (here, benefit) = (one.settlement, claim.benefit);
    let paper = match claim.standing {
        Standing::Pending(until) => {
            Some(Item::Paper(here, AwaitedPaper { until, application: id, proof: Proof::Benefit(benefit) }))
        }
        _ => None,
    };
    let counts = matches!(claim.standing, Standing::Pending(_) | Standing::Confirmed);
    let is_asked = counts && benefit.class() == Class::Extraordinary;
    paper.into_iter().chain(is_asked.then_some(Item::Asked(here, id, benefit)))
}
