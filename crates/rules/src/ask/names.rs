//! Queues and pools by the names of scenario checks (R3.33).

use crate::{
    benefit::Class,
    event::Seniority,
    ids::{OrganisationId, SettlementId},
    place::{Care, Cohort, GroupKind, Mode, PoolKey},
    queue::{Queue, QueueKey},
    ranking::Ranking,
    state::State,
};
use alloc::vec::Vec;

/// The order of a queue or pool, for checks and for the public list.
pub type Order = Vec<(Class, Seniority)>;

/// Finds an organisation by its name in a settlement.
fn organisation_named(state: &State, settlement: SettlementId, name: &str) -> Option<OrganisationId> {
    let found = state.organisations().find(|(_, one)| one.settlement == settlement && one.name == name);
    found.map(|(id, _)| id)
}

fn care_named(state: &State, settlement: SettlementId, organisation: &str, profile: &str) -> Option<Care> {
    let organisation = organisation_named(state, settlement, organisation)?;
    let profiles = &state.organisation(organisation)?.profiles;
    let profile = profiles.iter().position(|known| known == profile)?;
    Some(Care { organisation, profile: u8::try_from(profile).ok()? })
}

/// The queue with this name; organisations go by their name.
pub fn queue_named(state: &State, settlement: SettlementId, name: &str) -> Option<QueueKey> {
    let parts: Vec<&str> = name.split('/').collect();
    let (queue, year) = match parts.as_slice() {
        ["general", year] => (Queue::General, year),
        ["special", organisation, year, profile] => {
            (Queue::Special(care_named(state, settlement, organisation, profile)?), year)
        }
        ["sanatorium", organisation, year, profile] => {
            (Queue::Sanatorium(care_named(state, settlement, organisation, profile)?), year)
        }
        _ => return None,
    };
    Some(QueueKey { settlement, queue, birth_year: year.parse().ok()? })
}

/// The pool with this name; organisations go by their name.
pub fn pool_named(state: &State, settlement: SettlementId, name: &str) -> Option<PoolKey> {
    let mut parts: Vec<&str> = name.split('/').collect();
    let mode = match *parts.last()? {
        "early" => Mode::Early,
        "temporary" => Mode::Temporary,
        _ => Mode::General,
    };
    if mode != Mode::General {
        parts.pop();
    }
    let (kind, care, cohort, year) = match parts.as_slice() {
        ["general", cohort, year] => (GroupKind::General, None, cohort, year),
        [kind @ ("special" | "sanatorium"), organisation, cohort, year, profile] => {
            let care = care_named(state, settlement, organisation, profile)?;
            let kind = if *kind == "special" { GroupKind::Special } else { GroupKind::Sanatorium };
            (kind, Some(care), cohort, year)
        }
        _ => return None,
    };
    let (cohort, academic_year) = (cohort_named(cohort)?, year.parse().ok()?);
    Some(PoolKey { settlement, mode, kind, care, academic_year, cohort })
}

fn cohort_named(name: &str) -> Option<Cohort> {
    if let Some(year) = name.strip_prefix("born") {
        return year.parse().ok().map(Cohort::Born);
    }
    if let Some((from, to)) = name.strip_prefix("ages").and_then(|band| band.split_once('-')) {
        return Some(Cohort::Ages(from.parse().ok()?, to.parse().ok()?));
    }
    name.strip_prefix("age")?.parse().ok().map(Cohort::age)
}

impl State {
    /// The order of a numbered queue; empty when nobody ever stood in it.
    pub fn order_of_queue(&self, key: QueueKey) -> Order {
        self.queue(key).map(Ranking::order).unwrap_or_default()
    }

    /// At most `limit` entries of a numbered queue from an index on, counted from 0.
    pub fn page_of_queue(&self, key: QueueKey, from: u32, limit: u32) -> Order {
        self.queue(key).map(|queue| queue.page(from, limit)).unwrap_or_default()
    }

    /// The order of a pool; of one in which nothing was published yet, as it would begin.
    pub fn order_of_pool(&self, key: PoolKey) -> Order {
        match self.pool(key) {
            Some(pool) => pool.ranking.order(),
            None => self.first_order_of_pool(key).order(),
        }
    }
}
