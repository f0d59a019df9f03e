use super::*;
use alloc::{collections::BTreeSet, vec};
use proptest::prelude::*;

fn key(time: i64) -> Seniority {
    Seniority { registered: Instant::from_micros(time), draw: 0, application: ApplicationId(time as u32) }
}

fn order(ranking: &Ranking) -> Vec<u32> {
    ranking.walk(|_, _| true).map(|(_, key)| key.application.0).collect()
}

fn filled(counter: u8, classes: &[(Class, i64)]) -> Ranking {
    let mut ranking = Ranking::new(PriorityPattern::PriorityFirst);
    ranking.counter = counter;
    for (class, time) in classes {
        ranking.join_quietly(*class, key(*time));
    }
    ranking
}

/// R3.7: the two vectors of the reading.
#[test]
fn the_vectors_of_the_reading() {
    use Class::{Extraordinary as E, General as G, Priority as P};
    let all = [(E, 1), (E, 2), (P, 11), (P, 12), (P, 13), (G, 21), (G, 22), (G, 23), (G, 24), (G, 25)];
    assert_eq!(order(&filled(3, &all)), [1, 2, 11, 21, 22, 23, 12, 24, 25, 13]);
    assert_eq!(order(&filled(1, &all)), [1, 2, 21, 22, 11, 23, 24, 25, 12, 13]);
}

/// R3.34/4: of two counted heads the one counted first goes first.
#[test]
fn an_unused_window_leaves_the_number_unchanged() {
    use Class::{General as G, Priority as P};
    let mut ranking = filled(3, &[(P, 1), (P, 2), (G, 11), (G, 12), (G, 13), (G, 14)]);
    let before = order(&ranking);
    for _ in 0..5 {
        let next = ranking.walk(|_, key| !ranking.is_counted(key.application)).next();
        let (class, key) = next.expect("somebody is left");
        ranking.grant(class, key);
        assert_eq!(order(&ranking), before);
    }
}

#[derive(Clone, Debug)]
enum Act {
    Join(Class, i64),
    Leave(usize),
    Grant(usize),
    GrantNext,
    Change(usize, Class),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let class =
        prop_oneof![1 => Just(Class::Extraordinary), 4 => Just(Class::Priority), 6 => Just(Class::General)];
    let another = class.clone();
    let act = prop_oneof![
        6 => (class, 0i64..60).prop_map(|(class, time)| Act::Join(class, time)),
        3 => any::<prop::sample::Index>().prop_map(|index| Act::Leave(index.index(1000))),
        2 => any::<prop::sample::Index>().prop_map(|index| Act::Grant(index.index(1000))),
        3 => Just(Act::GrantNext),
        3 => (any::<prop::sample::Index>(), another)
            .prop_map(|(index, class)| Act::Change(index.index(1000), class)),
    ];
    prop::collection::vec(act, 1..80)
}

/// Those of `after` whose number was another one before.
fn really_moved(before: &[u32], after: &[u32]) -> BTreeSet<u32> {
    let number = |order: &[u32], who: u32| order.iter().position(|other| *other == who);
    after
        .iter()
        .copied()
        .filter(|who| number(before, *who).is_some() && number(before, *who) != number(after, *who))
        .collect()
}

fn noted(ranking: &Ranking, at: Instant) -> BTreeSet<u32> {
    ranking
        .walk(|_, _| true)
        .filter(|(class, key)| ranking.moved(*class, *key).is_some_and(|(when, _)| when == at))
        .map(|(_, key)| key.application.0)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// The number is the place in the walk; moves are noted for exactly those whose number changed; a snapshot
    /// gives the same ranking.
    #[test]
    fn numbers_and_moves_agree_with_the_walk(acts in acts(), counter in 0u8..=3) {
        let mut ranking = filled(counter, &[]);
        let mut standing: Vec<(Class, i64)> = vec![];
        for (step, act) in acts.into_iter().enumerate() {
            let at = Instant::from_micros(1_000 + step as i64);
            let before = order(&ranking);
            match act {
                Act::Join(class, time) => {
                    if standing.iter().any(|(_, known)| *known == time) { continue; }
                    ranking.join(class, key(time), at, Cause::Returned, None);
                    standing.push((class, time));
                    prop_assert_eq!(noted(&ranking, at), really_moved(&before, &order(&ranking)));
                }
                Act::Leave(index) => {
                    if standing.is_empty() { continue; }
                    let (class, time) = standing.swap_remove(index % standing.len());
                    prop_assert!(ranking.leave(class, key(time), at, Cause::Left));
                    prop_assert_eq!(noted(&ranking, at), really_moved(&before, &order(&ranking)));
                }
                Act::Grant(index) => {
                    if standing.is_empty() { continue; }
                    let (class, time) = standing[index % standing.len()];
                    let walk: Vec<_> = ranking.walk(|_, _| true).collect();
                    ranking.grant(class, key(time));
                    ranking.note_differences(&walk, at, Cause::Reordered);
                    prop_assert_eq!(noted(&ranking, at), really_moved(&before, &order(&ranking)));
                }
                Act::Change(index, new) => {
                    if standing.is_empty() { continue; }
                    let index = index % standing.len();
                    let (old, time) = standing[index];
                    if old == new { continue; }
                    // As plainly as can be: out and in again, and the two orders compared.
                    let mut plain = ranking.clone();
                    let moved = plain.list(old).get(key(time)).map_or(Moved::NEVER, |entry| entry.moved);
                    let walk = plain.order();
                    plain.drop_mark(ApplicationId(time as u32));
                    plain.leave_quietly(old, key(time));
                    plain.list_mut(new).insert(Entry { key: key(time), mark: UNMARKED, moved });
                    plain.note_differences(&walk, at, Cause::BenefitChanged);
                    ranking.change_class(old, new, key(time), at, Cause::BenefitChanged);
                    standing[index].0 = new;
                    prop_assert_eq!(noted(&ranking, at), really_moved(&before, &order(&ranking)));
                    let bytes = |ranking: &Ranking| postcard::to_allocvec(ranking).unwrap();
                    prop_assert_eq!(bytes(&ranking), bytes(&plain));
                }
                Act::GrantNext => {
                    let next = ranking.walk(|_, key| !ranking.is_counted(key.application)).next();
                    if let Some((class, key)) = next { ranking.grant(class, key); }
                }
            }
            let walk: Vec<_> = ranking.walk(|_, _| true).collect();
            prop_assert_eq!(walk.len(), standing.len());
            for ((class, key), number) in walk.into_iter().zip(1..) {
                prop_assert_eq!(ranking.number(class, key), Some(number));
            }
            let whole = ranking.order();
            for (from, limit) in [(0, 3), (step as u32 % 11, 5), (whole.len() as u32, 1), (7, u32::MAX)] {
                let plain: Vec<_> = whole.iter().skip(from as usize).take(limit as usize).copied().collect();
                prop_assert_eq!(ranking.page(from, limit), plain);
            }
        }
        let bytes = postcard::to_allocvec(&ranking).unwrap();
        let again: Ranking = postcard::from_bytes(&bytes).unwrap();
        prop_assert_eq!(order(&again), order(&ranking));
        prop_assert_eq!(postcard::to_allocvec(&again).unwrap(), bytes);
    }

    /// 254/21: of the grants that move the counter, while both kinds wait, every four in a row hold exactly one
    /// priority application, whatever joins in between.
    #[test]
    fn every_four_grants_hold_one_priority(joins in prop::collection::vec(any::<bool>(), 8..60), counter in 0u8..=3) {
        let mut ranking = filled(counter, &[]);
        let mut granted = vec![];
        for (time, is_priority) in joins.into_iter().enumerate() {
            ranking.join_quietly(if is_priority { Class::Priority } else { Class::General }, key(time as i64));
            let waiting = |class| ranking.walk(|_, key| !ranking.is_counted(key.application)).any(|(c, _)| c == class);
            if waiting(Class::Priority) && waiting(Class::General) {
                let next = ranking.walk(|_, key| !ranking.is_counted(key.application)).next();
                let (class, key) = next.expect("both kinds wait");
                ranking.grant(class, key);
                granted.push(class);
            }
        }
        for four in granted.windows(4) {
            prop_assert_eq!(four.iter().filter(|class| **class == Class::Priority).count(), 1);
        }
    }
}
