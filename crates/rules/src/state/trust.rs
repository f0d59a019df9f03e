//! What a replay of public facts takes on trust, since it rests on hidden data (R3.34/32). Whoever has the facts
//! themselves never needs it.

use super::State;
use crate::ids::{ApplicationId, ParentKey};
use alloc::vec::Vec;
use kezek_calendar::{Date, Instant};

impl State {
    /// Takes it on trust that only private organisations may be chosen (254/16).
    pub(crate) fn trust_private_only(&mut self, id: ApplicationId, at: Instant) {
        self.change_class(id, at, |application| application.private_only = true);
    }

    /// Takes a birth date of the same cohorts on trust, which says who are twins (R3.16).
    pub(crate) fn trust_born(&mut self, id: ApplicationId, born: Date) {
        if let Some(one) = self.applications.get_mut(id.0 as usize) {
            debug_assert_eq!(one.born.year(), born.year());
            one.born = born;
        }
    }

    /// Takes it on trust that these are one applicant's (254/29), with all that were taken for theirs before.
    pub(crate) fn trust_one_parent(&mut self, ids: &[ApplicationId]) {
        let parents: Vec<ParentKey> =
            ids.iter().filter_map(|id| Some(self.application(*id)?.parent)).collect();
        let Some((parent, others)) = parents.split_first() else { return };
        for other in others.iter().filter(|other| *other != parent) {
            let theirs: Vec<ApplicationId> = self.applications_of(*other).collect();
            for id in theirs {
                self.by_parent.remove(&(*other, id));
                self.by_parent.insert((*parent, id));
                if let Some(one) = self.applications.get_mut(id.0 as usize) {
                    one.parent = *parent;
                }
            }
        }
    }
}
