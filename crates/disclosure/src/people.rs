//! What earlier facts tell about applications, children and referrals, as far as disclosure needs it.

use std::collections::{BTreeMap, BTreeSet};

use kezek_calendar::Date;
use kezek_rules::are_twins;
use kezek_rules::benefit::Benefit;
use kezek_rules::command::Wish;
use kezek_rules::ids::{ApplicationId, ChildKey, ReferralId, VacancyId};
use serde::{Deserialize, Serialize};

use crate::part::Ground;
use crate::places::Care;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct People {
    applications: Vec<Application>,
    grounds: BTreeMap<ApplicationId, Vec<Benefit>>,
    referrals: BTreeMap<ReferralId, Referral>,
    children: BTreeMap<ChildKey, Child>,
    lists: BTreeMap<u64, WishList>,
    list_of: BTreeMap<ApplicationId, u64>,
    /// Carried out since the latest opening ended.
    pub(crate) wishes_met: BTreeSet<ApplicationId>,
}

/// What is known of an application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) child: ChildKey,
    pub(crate) care: Care,
    #[serde(with = "kezek_calendar::date_serde")]
    pub(crate) born: Date,
}

/// A live referral.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Referral {
    pub(crate) application: ApplicationId,
    pub(crate) vacancy: VacancyId,
    pub(crate) by_benefit: bool,
}

/// Which applications a child's places came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Child {
    pub(crate) place: Option<ApplicationId>,
    pub(crate) sanatorium: Option<ApplicationId>,
    pub(crate) stay: Option<ApplicationId>,
    /// After a benefit referral to a state organisation, until the next enrolment (254/16).
    pub(crate) is_bound_to_private: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct WishList {
    pub(crate) applications: Vec<ApplicationId>,
    pub(crate) choices: Vec<Wish>,
    pub(crate) is_opened: bool,
}

impl People {
    pub(crate) fn register(&mut self, application: Application) {
        self.applications.push(application);
    }

    pub(crate) fn correct_birth(&mut self, id: ApplicationId, born: Date) {
        if let Some(one) = self.applications.get_mut(id.0 as usize) {
            one.born = born;
        }
        // Who are twins may be others now: the list is opened again when it is used next.
        let list = self.list_of.get(&id).and_then(|list| self.lists.get_mut(list));
        if let Some(list) = list.filter(|list| list.applications.len() > 1) {
            list.is_opened = false;
        }
    }

    /// Which of these are twins or triplets (R3.16), pair by pair.
    pub(crate) fn twins(&self, ids: &[ApplicationId]) -> Vec<(ApplicationId, ApplicationId)> {
        let born = |id: &ApplicationId| Some((*id, self.applications.get(id.0 as usize)?.born));
        let known: Vec<(ApplicationId, Date)> = ids.iter().filter_map(born).collect();
        let mut twins = Vec::new();
        for (index, (one, born)) in known.iter().enumerate() {
            let younger = known.iter().skip(index + 1).filter(|(_, other)| are_twins(*born, *other));
            twins.extend(younger.map(|(other, _)| (*one, *other)));
        }
        twins
    }

    /// Whether the public follows what becomes of an application.
    pub(crate) fn is_followed(&self, id: ApplicationId) -> bool {
        self.applications.get(id.0 as usize).is_some_and(|one| one.care == Care::None)
    }

    pub(crate) fn child_of(&self, id: ApplicationId) -> Option<ChildKey> {
        self.applications.get(id.0 as usize).map(|one| one.child)
    }

    pub(crate) fn child(&self, key: ChildKey) -> Option<&Child> {
        self.children.get(&key)
    }

    pub(crate) fn child_mut(&mut self, key: ChildKey) -> &mut Child {
        self.children.entry(key).or_default()
    }

    /// A ground by its place among those that the application ever claimed in that class.
    pub(crate) fn ground(&mut self, id: ApplicationId, benefit: Benefit) -> Ground {
        let claimed = self.grounds.entry(id).or_default();
        if !claimed.contains(&benefit) {
            claimed.push(benefit);
        }
        let class = benefit.class();
        let before = claimed.iter().take_while(|known| **known != benefit);
        let nth = before.filter(|known| known.class() == class).count();
        Ground { class, nth: u8::try_from(nth).unwrap_or(u8::MAX) }
    }

    pub(crate) fn refer(&mut self, id: ReferralId, referral: Referral) {
        self.referrals.insert(id, referral);
    }

    pub(crate) fn referral(&self, id: ReferralId) -> Option<Referral> {
        self.referrals.get(&id).copied()
    }

    pub(crate) fn forget_referral(&mut self, id: ReferralId) {
        self.referrals.remove(&id);
    }

    /// Lodges a list, or takes the applications out of theirs when it is empty.
    pub(crate) fn lodge(&mut self, seq: u64, applications: &[ApplicationId], choices: &[Wish]) {
        for id in applications {
            if let Some(left) = self.list_of.remove(id)
                && !self.is_anybodys(left)
            {
                self.lists.remove(&left);
            }
        }
        if !choices.is_empty() {
            self.list_of.extend(applications.iter().map(|id| (*id, seq)));
            let (applications, choices) = (applications.to_vec(), choices.to_vec());
            self.lists.insert(seq, WishList { applications, choices, is_opened: false });
        }
    }

    fn is_anybodys(&self, list: u64) -> bool {
        let members = self.lists.get(&list).map(|list| list.applications.as_slice()).unwrap_or_default();
        members.iter().any(|id| self.list_of.get(id) == Some(&list))
    }

    /// The list of an application with the number of its entry, unless it is opened already.
    pub(crate) fn open_list(&mut self, id: ApplicationId) -> Option<(u64, WishList)> {
        let seq = *self.list_of.get(&id)?;
        let list = self.lists.get_mut(&seq).filter(|list| !list.is_opened)?;
        list.is_opened = true;
        Some((seq, list.clone()))
    }
}
