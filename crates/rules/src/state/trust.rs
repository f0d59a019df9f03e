//! What a replay of public facts takes on trust, since it rests on hidden data (R3.34/32). Whoever has the facts
//! themselves never needs it.

use super::State;
use crate::ids::{ApplicationId, ParentKey};
use kezek_calendar::Instant;

impl State {
    /// Takes it on trust that only private organisations may be chosen (254/16).
    pub(crate) fn trust_private_only(&mut self, id: ApplicationId, at: Instant) {
        self.change_class(id, at, |application| application.private_only = true);
    }

    /// Takes it on trust that these are one applicant's (254/29).
    pub(crate) fn trust_one_parent(&mut self, ids: &[ApplicationId]) {
        let parent = ids.first().and_then(|id| self.application(*id)).map(|one| one.parent);
        for id in ids {
            self.set_parent(*id, parent);
        }
    }

    fn set_parent(&mut self, id: ApplicationId, parent: Option<ParentKey>) {
        let Some(parent) = parent else { return };
        if let Some(one) = self.applications.get_mut(id.0 as usize) {
            self.by_parent.remove(&(one.parent, id));
            one.parent = parent;
            self.by_parent.insert((parent, id));
        }
    }
}
