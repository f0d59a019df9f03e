//! 254/21: of the grants that move a pool's counter, while both kinds wait, every four in a row hold exactly one
//! priority application.

use kezek_rules::{
    Event, Fact, State,
    benefit::Class,
    calendar::terms,
    event::GrantedBy,
    ids::ApplicationId,
    place::{Mode, PoolKey},
    state::Pool,
};
use std::collections::BTreeMap;

/// The latest grants of each pool that moved its counter, while both kinds waited.
#[derive(Default)]
pub struct Ratio {
    runs: BTreeMap<PoolKey, Vec<Class>>,
    /// How many fours were looked at.
    pub seen: usize,
}

impl Ratio {
    /// Looks at a fact; `state` is the one before it.
    pub fn look(&mut self, state: &State, fact: &Fact) {
        match &fact.event {
            Event::WindowsOpened { batch, grants, .. } => {
                let key = state.batch(*batch).unwrap().pool;
                let pool = state.pool(key).unwrap();
                let mut granted = Vec::new();
                for grant in grants {
                    if grant.by == GrantedBy::Order {
                        self.count(state, key, pool, grant.application, &granted);
                    }
                    granted.push(grant.application);
                }
            }
            Event::PoolsClosed { pools } => pools.iter().for_each(|pool| {
                self.runs.remove(pool);
            }),
            _ => {}
        }
    }

    fn count(
        &mut self,
        state: &State,
        key: PoolKey,
        pool: &Pool,
        who: ApplicationId,
        granted: &[ApplicationId],
    ) {
        let class = state.application(who).unwrap().class();
        if class == Class::Extraordinary || pool.ranking.is_counted(who) {
            return;
        }
        let run = self.runs.entry(key).or_default();
        let waits = |wanted| {
            pool.ranking.order().into_iter().any(|(class, one)| {
                let id = one.application;
                class == wanted
                    && !granted.contains(&id)
                    && !pool.ranking.is_counted(id)
                    && is_candidate(state, key, id)
            })
        };
        if !(waits(Class::Priority) && waits(Class::General)) {
            run.clear();
            return;
        }
        run.push(class);
        if let Some(four) = run.last_chunk::<4>() {
            self.seen += 1;
            assert_eq!(four.iter().filter(|class| **class == Class::Priority).count(), 1, "{key:?}: {run:?}");
        }
    }
}

/// Who surely is not passed over (R3.34/2); those bound to private places may be.
fn is_candidate(state: &State, pool: PoolKey, id: ApplicationId) -> bool {
    let one = state.application(id).unwrap();
    let min_age = state.settlement(pool.settlement).unwrap().profile.min_age_years;
    let holds_window = one.windows.iter().any(|batch| state.batch(*batch).unwrap().pool == pool);
    let has_stay = one.temporary.is_some() || state.child(one.child).unwrap().stay.is_some();
    let is_away = pool.mode == Mode::Temporary && has_stay;
    let is_old_enough = one.born <= terms::first_of_september(pool.academic_year - min_age as i16);
    is_old_enough && !(holds_window || one.private_only || is_away)
}
