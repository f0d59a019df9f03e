//! What a scenario may expect, and how it is compared.

use super::world::{HERE, World};
use crate::{
    ask,
    event::{ArchiveReason, StopReason},
    ids::{ApplicationId, VacancyId},
    notice::MessageKind,
    ranking::Cause,
    state::{Batch, Phase, Status},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt::Debug;
use kezek_calendar::Date;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IntoDeserializer, value::StrDeserializer},
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Checks {
    order: Option<OrderCheck>,
    position: BTreeMap<String, u32>,
    why: BTreeMap<String, Vec<Cause>>,
    state: BTreeMap<String, StateWord>,
    reason: BTreeMap<String, ReasonWord>,
    windows: Option<Vec<String>>,
    window_until: BTreeMap<String, String>,
    can_claim: BTreeMap<String, Vec<String>>,
    free: BTreeMap<String, u32>,
    referral_until: BTreeMap<String, String>,
    bulletin: Option<BulletinCheck>,
    notices: BTreeMap<String, Vec<MessageKind>>,
    enrolled: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderCheck {
    queue: Option<String>,
    pool: Option<String>,
    head: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BulletinCheck {
    #[serde(with = "kezek_calendar::date_serde")]
    date: Date,
    published: Option<BTreeMap<String, u32>>,
    withdrawn: Option<BTreeMap<String, u32>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateWord {
    Queued,
    Referred,
    StopList,
    Archived,
    Refused,
}

/// A reason of the stop-list or of the archive, or none.
#[derive(Clone, Copy, Debug, PartialEq)]
enum ReasonWord {
    Stop(StopReason),
    Archive(ArchiveReason),
}

impl<'de> Deserialize<'de> for ReasonWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let plain = || -> StrDeserializer<'_, D::Error> { word.as_str().into_deserializer() };
        let stop = StopReason::deserialize(plain()).map(ReasonWord::Stop);
        let reason = stop.or_else(|_| ArchiveReason::deserialize(plain()).map(ReasonWord::Archive));
        reason.map_err(|_| D::Error::custom(format!("unknown reason `{word}`")))
    }
}

/// Every expectation that does not hold.
pub(super) fn check(world: &World, checks: &Checks) -> Vec<String> {
    let mut found = Findings { world, failures: Vec::new() };
    found.order(checks.order.as_ref());
    found.each("position", &checks.position, |id| world.state().number_of(id));
    found.each("why", &checks.why, |id| ask::why(world.state(), id).map(|(_, causes)| causes));
    for (label, expected) in &checks.state {
        let came = found.state_of(label);
        found.compare(&format!("state of {label}"), Some(expected), came.as_ref());
    }
    found.each("reason", &checks.reason, |id| reason(world, id));
    found.windows(checks.windows.as_ref());
    found.each("window_until", &checks.window_until, |id| Some(window_until(world, id)));
    found.can_claim(&checks.can_claim);
    found.free(&checks.free);
    found.each("referral_until", &checks.referral_until, |id| Some(referral_until(world, id)));
    found.bulletin(checks.bulletin.as_ref());
    found.notices(&checks.notices);
    found.each("enrolled", &checks.enrolled, |id| Some(enrolled(world, id)));
    found.failures
}

struct Findings<'a> {
    world: &'a World,
    failures: Vec<String>,
}

impl Findings<'_> {
    fn compare<T: PartialEq + Debug>(&mut self, what: &str, expected: Option<&T>, came: Option<&T>) {
        if expected != came {
            let shown = |value: Option<&T>| value.map_or("nothing".to_string(), |value| format!("{value:?}"));
            self.failures.push(format!("{what}: expected {}, came {}", shown(expected), shown(came)));
        }
    }

    fn unknown(&mut self, kind: &str, label: &str) {
        self.failures.push(format!("unknown {kind} `{label}`"));
    }

    /// Compares a table keyed by application.
    fn each<T: PartialEq + Debug>(
        &mut self,
        what: &str,
        expected: &BTreeMap<String, T>,
        came: impl Fn(ApplicationId) -> Option<T>,
    ) {
        for (label, expected) in expected {
            match self.world.applications.get(label) {
                None => self.unknown("application", label),
                Some(id) => self.compare(&format!("{what} of {label}"), Some(expected), came(*id).as_ref()),
            }
        }
    }

    fn order(&mut self, check: Option<&OrderCheck>) {
        let Some(check) = check else { return };
        let (world, state) = (self.world, self.world.state());
        let (name, order) = match (&check.queue, &check.pool) {
            (Some(name), None) => {
                (name, ask::queue_named(state, HERE, name).map(|key| state.order_of_queue(key)))
            }
            (None, Some(name)) => {
                (name, ask::pool_named(state, HERE, name).map(|key| state.order_of_pool(key)))
            }
            _ => return self.failures.push("order: one of `queue`, `pool`".to_string()),
        };
        let Some(order) = order else { return self.unknown("queue or pool", name) };
        let labels = order.iter().map(|(_, key)| label(world, key.application));
        let head: Vec<String> = labels.take(check.head.len()).collect();
        self.compare(&format!("order of {name}"), Some(&check.head), Some(&head));
    }

    fn state_of(&mut self, label: &str) -> Option<StateWord> {
        if let Some(id) = self.world.applications.get(label) {
            return self.world.state().application(*id).map(|one| match one.status {
                Status::Queued => StateWord::Queued,
                Status::Referred(_) => StateWord::Referred,
                Status::StopListed(_) => StateWord::StopList,
                Status::Archived(_) => StateWord::Archived,
            });
        }
        if self.world.refused.contains_key(label) {
            return Some(StateWord::Refused);
        }
        self.unknown("application", label);
        None
    }

    fn windows(&mut self, expected: Option<&Vec<String>>) {
        let Some(expected) = expected else { return };
        let state = self.world.state();
        let holders = state.applications().filter(|(_, one)| !one.windows.is_empty());
        let came: BTreeSet<String> = holders.map(|(id, _)| label(self.world, id)).collect();
        for label in expected.iter().filter(|label| !self.world.applications.contains_key(*label)) {
            self.failures.push(format!("unknown application `{label}`"));
        }
        self.compare("windows", Some(&expected.iter().cloned().collect()), Some(&came));
    }

    fn can_claim(&mut self, expected: &BTreeMap<String, Vec<String>>) {
        let world = self.world;
        for label in expected.values().flatten().filter(|label| !world.vacancies.contains_key(*label)) {
            self.failures.push(format!("unknown vacancy `{label}`"));
        }
        let expected: BTreeMap<String, BTreeSet<String>> = expected
            .iter()
            .map(|(label, vacancies)| (label.clone(), vacancies.iter().cloned().collect()))
            .collect();
        self.each("can_claim", &expected, |id| {
            let vacancies = ask::claimable(world.state(), id);
            Some(vacancies.into_iter().map(|vacancy| vacancy_label(world, vacancy)).collect())
        });
    }

    fn free(&mut self, expected: &BTreeMap<String, u32>) {
        for (label, expected) in expected {
            let Some(id) = self.world.vacancies.get(label) else {
                self.unknown("vacancy", label);
                continue;
            };
            let state = self.world.state();
            let vacancy = state.vacancy(*id);
            let batches = vacancy.iter().flat_map(|vacancy| vacancy.batches.iter());
            let free: u32 =
                batches.filter_map(|batch| state.batch(*batch)).map(|batch| batch.free_of(*id)).sum();
            self.compare(&format!("free of {label}"), Some(expected), Some(&free));
        }
    }

    fn bulletin(&mut self, check: Option<&BulletinCheck>) {
        let Some(check) = check else { return };
        let bulletins = self.world.settlement().map(|one| one.bulletins.as_slice()).unwrap_or_default();
        let found = bulletins.iter().find(|bulletin| bulletin.date == check.date);
        let published = found.map(|bulletin| bulletin.published.as_slice()).unwrap_or_default();
        let withdrawn = found.map(|bulletin| bulletin.withdrawn.as_slice()).unwrap_or_default();
        let withdrawn: Vec<(VacancyId, u32)> =
            withdrawn.iter().map(|taken| (taken.vacancy, taken.count)).collect();
        self.places("published", check.published.as_ref(), published);
        self.places("withdrawn", check.withdrawn.as_ref(), &withdrawn);
    }

    /// Only the keys given are compared; an empty table means no entries.
    fn places(&mut self, what: &str, expected: Option<&BTreeMap<String, u32>>, came: &[(VacancyId, u32)]) {
        let Some(expected) = expected else { return };
        let came: BTreeMap<String, u32> = came.iter().fold(BTreeMap::new(), |mut all, (vacancy, count)| {
            *all.entry(vacancy_label(self.world, *vacancy)).or_default() += *count;
            all
        });
        if expected.is_empty() {
            self.compare(&format!("bulletin, {what}"), Some(expected), Some(&came));
        }
        for (label, count) in expected {
            if !self.world.vacancies.contains_key(label) {
                self.unknown("vacancy", label);
            }
            let here = came.get(label).copied().unwrap_or(0);
            self.compare(&format!("bulletin, {what} {label}"), Some(count), Some(&here));
        }
    }

    /// The expected kinds in this order, others between them allowed.
    fn notices(&mut self, expected: &BTreeMap<String, Vec<MessageKind>>) {
        for (label, expected) in expected {
            let sent = match self.world.applications.get(label) {
                Some(id) => self.world.notices.get(id).cloned().or(Some(Vec::new())),
                None => self.world.refused.get(label).cloned(),
            };
            let Some(sent) = sent else {
                self.unknown("application", label);
                continue;
            };
            let mut rest = sent.iter();
            if !expected.iter().all(|kind| rest.any(|sent| sent == kind)) {
                self.compare(&format!("notices of {label}"), Some(expected), Some(&sent));
            }
        }
    }
}

fn label(world: &World, id: ApplicationId) -> String {
    let found = world.applications.iter().find(|(_, known)| **known == id);
    found.map(|(label, _)| label.clone()).unwrap_or_default()
}

fn vacancy_label(world: &World, id: VacancyId) -> String {
    let found = world.vacancies.iter().find(|(_, known)| **known == id);
    found.map(|(label, _)| label.clone()).unwrap_or_default()
}

fn reason(world: &World, id: ApplicationId) -> Option<ReasonWord> {
    match &world.state().application(id)?.status {
        Status::StopListed(listing) => Some(ReasonWord::Stop(listing.reason)),
        Status::Archived(reason) => Some(ReasonWord::Archive(*reason)),
        _ => None,
    }
}

/// The end of the window that ends first, empty without one.
fn window_until(world: &World, id: ApplicationId) -> String {
    let windows = world.state().application(id).map(|one| one.windows.as_slice()).unwrap_or_default();
    let ends = windows.iter().filter_map(|batch| world.state().batch(*batch)).filter_map(end);
    ends.min().map(|end| world.last_second(end)).unwrap_or_default()
}

fn end(batch: &Batch) -> Option<kezek_calendar::Instant> {
    match batch.phase {
        Phase::Windows(until) => Some(until),
        _ => None,
    }
}

fn referral_until(world: &World, id: ApplicationId) -> String {
    let referral = world.state().application(id).and_then(|one| one.live_referral());
    let terms = referral.and_then(|referral| world.state().referral(referral)).and_then(|one| one.terms);
    terms.map(|terms| world.last_second(terms.until)).unwrap_or_default()
}

fn enrolled(world: &World, id: ApplicationId) -> String {
    let child = world.state().application(id).and_then(|one| world.state().child(one.child));
    child.and_then(|child| child.organisation()).map(|place| world.label_of(place)).unwrap_or_default()
}
