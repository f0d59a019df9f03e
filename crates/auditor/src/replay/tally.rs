//! How much there is, and on what clause each referral rests.

use std::collections::{BTreeMap, HashSet};

use kezek_rules::Event;
use kezek_rules::event::{IssuedHow, ReferralEnd};
use kezek_rules::ids::{ApplicationId, BatchId};
use serde::Serialize;

use super::source::Logged;
use super::trust::Trust;

/// Counts of a replay.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    /// Entries of all three logs.
    pub entries: u64,
    /// Applications registered in general queues.
    pub applications: u64,
    /// Bulletins of free places.
    pub bulletins: u64,
    /// Places in them.
    pub places: u64,
    /// Windows granted.
    pub windows: u64,
    /// Referrals of general queues.
    pub referrals: u64,
    /// Children enrolled on them.
    pub enrolled: u64,
    /// Referrals by the clause that allowed them.
    pub by_clause: BTreeMap<&'static str, u64>,
    /// What was taken on trust.
    pub on_trust: BTreeMap<Trust, u64>,
    /// Who got a window in which batch.
    #[serde(skip)]
    holders: HashSet<(BatchId, ApplicationId)>,
}

impl Tally {
    pub(super) fn trust(&mut self, trust: Trust) {
        *self.on_trust.entry(trust).or_default() += 1;
    }

    /// Counts an entry.
    pub(super) fn add(&mut self, logged: &Logged) {
        self.entries += 1;
        match &logged.event {
            None => self.trust(Trust::Kept),
            Some(Event::Registered { .. }) => self.applications += 1,
            Some(Event::BulletinIssued { batches, .. }) => {
                self.bulletins += 1;
                let places = batches.iter().flat_map(|batch| &batch.places);
                self.places +=
                    places.map(|one| u64::from(one.announced) + u64::from(one.returned)).sum::<u64>();
            }
            Some(Event::WindowsOpened { batch, grants, .. }) => {
                self.windows += grants.len() as u64;
                self.holders.extend(grants.iter().map(|grant| (*batch, grant.application)));
            }
            Some(Event::ReferralIssued { application, batch, how, .. }) => {
                self.referrals += 1;
                let held_window = self.holders.remove(&(*batch, *application));
                *self.by_clause.entry(clause(*how, held_window)).or_default() += 1;
            }
            Some(Event::Enrolled { .. }) => self.enrolled += 1,
            Some(Event::BenefitConfirmed { .. }) => self.trust(Trust::Benefit),
            Some(Event::ReferralEnded { cause: ReferralEnd::Medical | ReferralEnd::Documents, .. }) => {
                self.trust(Trust::Refusal);
            }
            Some(_) => {}
        }
    }
}

/// The clause that allowed a referral.
fn clause(how: IssuedHow, held_window: bool) -> &'static str {
    match (how, held_window) {
        (IssuedHow::Claim, true) => "254/24.4",
        (IssuedHow::Claim, false) => "254/24.10",
        (IssuedHow::Wish, _) => "R3.29",
        (IssuedHow::Family, _) => "254/29",
        (IssuedHow::Push, _) => "254/27",
    }
}
