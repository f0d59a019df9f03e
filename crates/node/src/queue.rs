//! The way into the writer's queue: bounded, and no account takes it all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts what each account has waiting.
#[derive(Debug)]
pub struct Waiting {
    each_max: usize,
    counts: Mutex<HashMap<String, usize>>,
}

/// A command's place in the queue; it is free again when the command is answered.
#[derive(Debug)]
pub struct Place {
    waiting: Arc<Waiting>,
    actor: String,
}

impl Waiting {
    /// At most so many commands of one account wait.
    pub fn new(each_max: usize) -> Arc<Self> {
        Arc::new(Self { each_max: each_max.max(1), counts: Mutex::default() })
    }

    /// One more place for an account; none while it has all that it may have.
    pub fn enter(self: &Arc<Self>, actor: &str) -> Option<Place> {
        let mut counts = self.counts();
        let count = counts.entry(actor.to_owned()).or_default();
        if *count >= self.each_max {
            return None;
        }
        *count += 1;
        Some(Place { waiting: Arc::clone(self), actor: actor.to_owned() })
    }

    /// Whether anybody waits.
    pub fn is_empty(&self) -> bool {
        self.counts().is_empty()
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        // A count is changed in one step, so it is whole whoever panicked.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.waiting.counts();
        let is_last = counts.get_mut(&self.actor).is_none_or(|count| {
            *count = count.saturating_sub(1);
            *count == 0
        });
        if is_last {
            counts.remove(&self.actor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_that_asks_for_everything_leaves_room_for_others() {
        let waiting = Waiting::new(3);
        let mut places: Vec<Place> = (0..3).filter_map(|_| waiting.enter("parent:1")).collect();
        assert_eq!(places.len(), 3);
        assert!(waiting.enter("parent:1").is_none());
        assert!(waiting.enter("parent:2").is_some());
        places.pop();
        places.extend(waiting.enter("parent:1"));
        assert_eq!(places.len(), 3);
        places.clear();
        assert!(waiting.is_empty(), "nobody is kept in mind for nothing");
    }
}
