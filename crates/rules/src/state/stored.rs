//! A state in a snapshot: the tables alone. Its indexes are built anew when it is read, so they are no part of its
//! bytes.

use super::State;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The tables, as derived.
        State::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut state = State::deserialize(deserializer)?;
        state.build_indexes();
        Ok(state)
    }
}

impl State {
    /// Builds the indexes from the tables.
    fn build_indexes(&mut self) {
        self.desks = self.desks_anew();
        self.enter_all_in_reach();
    }

    /// Whether the indexes, kept fact by fact, are those of the tables; for tests.
    #[doc(hidden)]
    pub fn has_right_indexes(&self) -> bool {
        let mut anew = self.clone();
        anew.build_indexes();
        anew.desks == self.desks && anew.reach == self.reach
    }
}
