//! Everything the law has to remember, as tables by number. Facts change it, questions read it.

mod application;
mod apply;
mod desk;
mod order;
mod places;
mod reach;
mod settlement;
mod stored;
mod trust;

pub(crate) use application::is_sanatorium;
pub use application::{Application, Child, Place, Status, Stay, StopListing, WishList};
pub(crate) use apply::latest_birth;
pub use desk::{AwaitedPaper, Proof};
pub(crate) use places::total;
pub use places::{Batch, BatchPlaces, Group, Organisation, Phase, Referral, ReferralStanding, Vacancy};
pub use settlement::{Bulletin, ChangeByAct, Freeze, Pool, Settlement};

use crate::{
    ids::{
        ApplicationId, BatchId, ChildKey, GroupId, OrganisationId, ParentKey, ReferralId, SettlementId,
        VacancyId,
    },
    place::{Care, Cohort, GroupKind, Mode, PoolKey},
    queue::{Queue, QueueKey},
    ranking::Ranking,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use desk::Desks;
use kezek_calendar::Instant;
use reach::Reach;
use serde::{Deserialize, Serialize};

/// The state of all settlements. The same facts give the same state, byte for byte of its serialised form.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct State {
    now: Instant,
    settlements: Vec<Settlement>,
    organisations: Vec<Organisation>,
    groups: Vec<Group>,
    applications: Vec<Application>,
    vacancies: Vec<Vacancy>,
    batches: Vec<Batch>,
    referrals: Vec<Referral>,
    children: BTreeMap<ChildKey, Child>,
    queues: BTreeMap<QueueKey, Ranking>,
    pools: BTreeMap<PoolKey, Pool>,
    by_parent: BTreeSet<(ParentKey, ApplicationId)>,
    #[serde(skip)]
    desks: Desks,
    #[serde(skip)]
    reach: Reach,
}

impl State {
    /// The time of the latest fact; the journal never goes back in time (R3.32).
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Passes to a later time without a fact.
    pub(crate) fn pass_to(&mut self, at: Instant) {
        self.now = self.now.max(at);
    }

    /// All settlements with their numbers.
    pub fn settlements(&self) -> impl Iterator<Item = (SettlementId, &Settlement)> {
        (0..).map(SettlementId).zip(&self.settlements)
    }

    /// A settlement.
    pub fn settlement(&self, id: SettlementId) -> Option<&Settlement> {
        self.settlements.get(id.0 as usize)
    }

    /// All organisations with their numbers.
    pub fn organisations(&self) -> impl Iterator<Item = (OrganisationId, &Organisation)> {
        (0..).map(OrganisationId).zip(&self.organisations)
    }

    /// An organisation.
    pub fn organisation(&self, id: OrganisationId) -> Option<&Organisation> {
        self.organisations.get(id.0 as usize)
    }

    /// A group.
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(id.0 as usize)
    }

    /// All applications with their numbers.
    pub fn applications(&self) -> impl Iterator<Item = (ApplicationId, &Application)> {
        (0..).map(ApplicationId).zip(&self.applications)
    }

    /// An application.
    pub fn application(&self, id: ApplicationId) -> Option<&Application> {
        self.applications.get(id.0 as usize)
    }

    /// A vacancy.
    pub fn vacancy(&self, id: VacancyId) -> Option<&Vacancy> {
        self.vacancies.get(id.0 as usize)
    }

    /// All vacancies with their numbers.
    pub fn vacancies(&self) -> impl Iterator<Item = (VacancyId, &Vacancy)> {
        (0..).map(VacancyId).zip(&self.vacancies)
    }

    /// A batch.
    pub fn batch(&self, id: BatchId) -> Option<&Batch> {
        self.batches.get(id.0 as usize)
    }

    /// A referral.
    pub fn referral(&self, id: ReferralId) -> Option<&Referral> {
        self.referrals.get(id.0 as usize)
    }

    /// All referrals with their numbers.
    pub fn referrals(&self) -> impl DoubleEndedIterator<Item = (ReferralId, &Referral)> + ExactSizeIterator {
        self.referrals.iter().enumerate().map(|(number, referral)| (ReferralId(number as u32), referral))
    }

    /// The referrals issued from an instant on and before another, in order of issue, which is that of numbers.
    pub fn referrals_between(
        &self,
        from: Instant,
        to: Instant,
    ) -> impl DoubleEndedIterator<Item = (ReferralId, &Referral)> + ExactSizeIterator {
        let first = self.referrals.partition_point(|one| one.issued < from);
        let end = self.referrals.partition_point(|one| one.issued < to).max(first);
        self.referrals().skip(first).take(end - first)
    }

    /// A child.
    pub fn child(&self, key: ChildKey) -> Option<&Child> {
        self.children.get(&key)
    }

    /// All children with their pseudonyms.
    pub fn children(&self) -> impl Iterator<Item = (ChildKey, &Child)> {
        self.children.iter().map(|(key, child)| (*key, child))
    }

    /// The applications of a parent.
    pub fn applications_of(&self, parent: ParentKey) -> impl Iterator<Item = ApplicationId> {
        let range = (parent, ApplicationId(0))..=(parent, ApplicationId(u32::MAX));
        self.by_parent.range(range).map(|(_, application)| *application)
    }

    /// A numbered queue, if anybody ever stood in it.
    pub fn queue(&self, key: QueueKey) -> Option<&Ranking> {
        self.queues.get(&key)
    }

    /// The numbered queues of a settlement.
    pub fn queues(&self, settlement: SettlementId) -> impl Iterator<Item = (QueueKey, &Ranking)> {
        let first = QueueKey { settlement, queue: Queue::General, birth_year: i16::MIN };
        self.queues
            .range(first..)
            .take_while(move |(key, _)| key.settlement == settlement)
            .map(|(key, ranking)| (*key, ranking))
    }

    /// A pool, if places were ever published in it.
    pub fn pool(&self, key: PoolKey) -> Option<&Pool> {
        self.pools.get(&key)
    }

    /// The pools of a settlement.
    pub fn pools(&self, settlement: SettlementId) -> impl Iterator<Item = (PoolKey, &Pool)> {
        self.pools
            .range(first_pool(settlement)..)
            .take_while(move |(key, _)| key.settlement == settlement)
            .map(|(key, pool)| (*key, pool))
    }

    /// The settlement of an application.
    pub fn settlement_of(&self, application: &Application) -> Option<&Settlement> {
        self.settlement(application.settlement)
    }

    /// Names of an organisation and a profile of care.
    pub fn care_names(&self, care: Care) -> Option<(&str, &str)> {
        let organisation = self.organisation(care.organisation)?;
        Some((&organisation.name, organisation.profiles.get(usize::from(care.profile))?))
    }

    /// The number of the next application.
    pub(crate) fn next_application(&self) -> ApplicationId {
        ApplicationId(self.applications.len() as u32)
    }

    /// The number of the next group.
    pub(crate) fn next_group(&self) -> GroupId {
        GroupId(self.groups.len() as u32)
    }

    /// The number of the next vacancy.
    pub(crate) fn next_vacancy(&self) -> VacancyId {
        VacancyId(self.vacancies.len() as u32)
    }

    /// The number of the next batch.
    pub(crate) fn next_batch(&self) -> BatchId {
        BatchId(self.batches.len() as u32)
    }

    /// The number of the next referral.
    pub(crate) fn next_referral(&self) -> ReferralId {
        ReferralId(self.referrals.len() as u32)
    }
}

/// Not after any pool of the settlement in their order.
fn first_pool(settlement: SettlementId) -> PoolKey {
    PoolKey {
        settlement,
        mode: Mode::General,
        kind: GroupKind::General,
        care: None,
        academic_year: i16::MIN,
        cohort: Cohort::Ages(0, 0),
    }
}
