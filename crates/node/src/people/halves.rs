//! A bounded memory: things by a key, forgotten by the ids of the people and sessions they are about.

use std::collections::HashMap;
use std::hash::Hash;

/// What was new or asked for lately, and what was before: when the one half is full, the other is dropped.
pub(super) struct Halves<K, V> {
    young: Half<K, V>,
    old: Half<K, V>,
    each: usize,
}

struct Half<K, V> {
    by_key: HashMap<K, Entry<V>>,
    by_id: HashMap<u64, Vec<K>>,
    added: usize,
}

#[derive(Clone)]
struct Entry<V> {
    ids: [u64; 2],
    value: V,
}

impl<K: Eq + Hash + Copy, V: Clone> Halves<K, V> {
    /// Two halves of so many things each.
    pub fn new(each: usize) -> Self {
        Self { young: Half::new(), old: Half::new(), each }
    }

    pub fn find(&mut self, key: &K) -> Option<V> {
        if let Some(found) = self.young.by_key.get(key) {
            return Some(found.value.clone());
        }
        let found = self.old.by_key.get(key)?.clone();
        self.add(*key, found.ids, found.value.clone());
        Some(found.value)
    }

    /// Adds a thing that is about these ids.
    pub fn add(&mut self, key: K, ids: [u64; 2], value: V) {
        if self.young.added >= self.each {
            self.old = std::mem::replace(&mut self.young, Half::new());
        }
        self.young.add(key, Entry { ids, value });
    }

    /// Forgets whatever is about this id.
    pub fn forget(&mut self, id: u64) {
        self.young.forget(id);
        self.old.forget(id);
    }

    pub fn clear(&mut self) {
        (self.young, self.old) = (Half::new(), Half::new());
    }
}

impl<K: Eq + Hash + Copy, V> Half<K, V> {
    fn new() -> Self {
        Self { by_key: HashMap::new(), by_id: HashMap::new(), added: 0 }
    }

    fn add(&mut self, key: K, entry: Entry<V>) {
        for id in entry.ids {
            let keys = self.by_id.entry(id).or_default();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        self.by_key.insert(key, entry);
        self.added += 1;
    }

    fn forget(&mut self, id: u64) {
        for key in self.by_id.remove(&id).unwrap_or_default() {
            self.by_key.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_what_is_asked_for_stays() {
        let mut halves: Halves<u64, u64> = Halves::new(10);
        for number in 0..100 {
            halves.add(number, [number, 1_000 + number], number);
            assert_eq!(halves.find(&0), Some(0), "asked for all the time, after {number}");
        }
        let kept = (0..100).filter(|number| halves.find(number).is_some()).count();
        assert!(kept <= 20 && halves.find(&50).is_none(), "{kept}");
        // One id again and again, as by somebody who signs in and out.
        for number in 1_000..2_000 {
            halves.add(number, [number, 7], number);
            halves.forget(number);
        }
        for half in [&halves.young, &halves.old] {
            assert!(half.by_id.len() <= 20 && half.by_id.values().all(|keys| keys.len() <= 10));
        }
    }

    #[test]
    fn what_has_become_old_is_forgotten_too() {
        let mut halves: Halves<u64, u64> = Halves::new(2);
        for number in 1..=4 {
            halves.add(number, [number, 7], number);
        }
        assert_eq!(halves.find(&1), Some(1), "and so it is in both halves");
        halves.forget(7);
        assert!((1..=4).all(|number| halves.find(&number).is_none()));
    }
}
