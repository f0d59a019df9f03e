//! Entering the order and leaving it: the numbered queue, and every pool whose cohort the child is of.

use super::{Application, Pool, State, first_pool};
use crate::{
    ids::{ApplicationId, SettlementId},
    place::PoolKey,
    queue::{Queue, QueueKey},
    ranking::{Cause, Ranking},
};
use kezek_calendar::Instant;

impl State {
    /// Enters a queued application; `others` is the cause for those it moves, `own` for itself.
    pub(super) fn join_order(&mut self, id: ApplicationId, at: Instant, others: Cause, own: Option<Cause>) {
        let Some(application) = self.applications.get(id.0 as usize) else { return };
        let (class, key, queue) = (application.class(), application.seniority(id), application.queue_key());
        let (born, kind) = (application.born, application.queue);
        let pattern = self.settlements[queue.settlement.0 as usize].profile.priority_pattern;
        self.queues.entry(queue).or_insert_with(|| Ranking::new(pattern)).join(class, key, at, others, own);
        for (_, pool) in pools_of(&mut self.pools, queue, kind).filter(|(pool, _)| pool.admits(born)) {
            pool.ranking.join_quietly(class, key);
        }
    }

    /// Takes an application out of the order; nothing happens when it is not in it.
    pub(super) fn leave_order(&mut self, id: ApplicationId, at: Instant, cause: Cause) {
        let Some(application) = self.applications.get(id.0 as usize) else { return };
        let (class, key, queue) = (application.class(), application.seniority(id), application.queue_key());
        let (born, kind) = (application.born, application.queue);
        let was_there =
            self.queues.get_mut(&queue).is_some_and(|ranking| ranking.leave(class, key, at, cause));
        if was_there {
            for (_, pool) in pools_of(&mut self.pools, queue, kind).filter(|(pool, _)| pool.admits(born)) {
                pool.ranking.leave_quietly(class, key);
            }
        }
    }

    /// Forgets the marks of an application: its class changed, or it is gone for good (R3.34/4).
    pub(super) fn drop_marks(&mut self, id: ApplicationId) {
        let Some(application) = self.applications.get(id.0 as usize) else { return };
        let (queue, kind) = (application.queue_key(), application.queue);
        if let Some(ranking) = self.queues.get_mut(&queue) {
            ranking.drop_mark(id);
        }
        for (_, pool) in pools_of(&mut self.pools, queue, kind) {
            pool.ranking.drop_mark(id);
        }
    }

    /// Changes an application so that its class may change, and moves it in the order if it does (R3.13).
    pub(super) fn change_class(
        &mut self,
        id: ApplicationId,
        at: Instant,
        change: impl FnOnce(&mut Application),
    ) {
        let Some(application) = self.applications.get_mut(id.0 as usize) else { return };
        let mut changed = application.clone();
        change(&mut changed);
        let (old, new) = (application.class(), changed.class());
        *application = changed;
        if old == new {
            return;
        }
        let (is_queued, key, queue) =
            (application.is_queued(), application.seniority(id), application.queue_key());
        let (born, kind) = (application.born, application.queue);
        if let Some(ranking) = self.queues.get_mut(&queue) {
            ranking.change_class(old, new, key, at, Cause::BenefitChanged);
        }
        for (_, pool) in pools_of(&mut self.pools, queue, kind).filter(|(pool, _)| pool.admits(born)) {
            pool.ranking.drop_mark(id);
            if is_queued {
                pool.ranking.leave_quietly(old, key);
                pool.ranking.join_quietly(new, key);
            }
        }
    }

    /// R4.32: a new pattern, for the queues and pools in which nobody has been counted.
    pub(super) fn start_counters_anew(&mut self, id: SettlementId, at: Instant) {
        let Some(pattern) = self.settlement(id).map(|one| one.profile.priority_pattern) else { return };
        let queues = self.queues.iter_mut().filter(|(queue, _)| queue.settlement == id);
        for (_, ranking) in queues.filter(|(_, ranking)| ranking.is_uncounted()) {
            let before = ranking.order();
            ranking.start_anew(pattern);
            ranking.note_differences(&before, at, Cause::Reordered);
        }
        let pools = self.pools.iter_mut().filter(|(pool, _)| pool.settlement == id);
        for (_, pool) in pools.filter(|(_, pool)| pool.ranking.is_uncounted()) {
            pool.ranking.start_anew(pattern);
        }
    }

    /// Opens a pool, with everyone of its cohort who stands in the order.
    pub(super) fn open_pool(&mut self, pool: PoolKey) {
        if !self.pools.contains_key(&pool) {
            let ranking = self.first_order_of_pool(pool);
            self.pools.insert(pool, Pool { ranking, first_right: Default::default() });
        }
    }

    /// A pool as it begins: everyone of its cohort who stands in the order, nobody counted.
    pub(crate) fn first_order_of_pool(&self, pool: PoolKey) -> Ranking {
        let profile = self.settlement(pool.settlement).map(|settlement| settlement.profile.clone());
        let mut ranking = Ranking::new(profile.unwrap_or_default().priority_pattern);
        let (first, last) = pool.cohort.birth_dates(pool.academic_year);
        for (key, queue) in self.queues(pool.settlement) {
            let belongs = key.queue.kind() == pool.kind && key.queue.care() == pool.care;
            if !belongs || key.birth_year < first.year() || last.year() < key.birth_year {
                continue;
            }
            for (class, key) in queue.order() {
                if self.application(key.application).is_some_and(|one| pool.admits(one.born)) {
                    ranking.join_quietly(class, key);
                }
            }
        }
        ranking
    }
}

fn pools_of(
    pools: &mut alloc::collections::BTreeMap<PoolKey, Pool>,
    queue: QueueKey,
    kind: Queue,
) -> impl Iterator<Item = (&PoolKey, &mut Pool)> {
    pools
        .range_mut(first_pool(queue.settlement)..)
        .take_while(move |(pool, _)| pool.settlement == queue.settlement)
        .filter(move |(pool, _)| pool.kind == kind.kind() && pool.care == kind.care())
}
