//! What earlier facts tell about organisations and places, as far as disclosure needs it.

use kezek_rules::event::NewBatch;
use kezek_rules::ids::{BatchId, GroupId, OrganisationId, VacancyId};
use kezek_rules::place::{GroupKind, Ownership};
use serde::{Deserialize, Serialize};

/// Tables by number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Places {
    owners: Vec<Ownership>,
    groups: Vec<OrganisationId>,
    vacancies: Vec<Vacancy>,
    batches: Vec<Care>,
}

/// Whether places are of a special or sanatorium organisation, whose queues are not public (R3.24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Care {
    /// They are.
    Special,
    /// The general queue.
    None,
}

/// What is known of a vacancy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Vacancy {
    pub(crate) group: GroupId,
    pub(crate) kind: GroupKind,
    pub(crate) care: Care,
}

impl Places {
    pub(crate) fn add_organisation(&mut self, ownership: Ownership) {
        self.owners.push(ownership);
    }

    pub(crate) fn set_group(&mut self, group: GroupId, organisation: OrganisationId) {
        if group.0 as usize == self.groups.len() {
            self.groups.push(organisation);
        }
    }

    pub(crate) fn publish(&mut self, vacancy: Vacancy) {
        self.vacancies.push(vacancy);
    }

    pub(crate) fn issue(&mut self, batches: &[NewBatch]) {
        let care = |batch: &NewBatch| if batch.pool.care.is_some() { Care::Special } else { Care::None };
        self.batches.extend(batches.iter().map(care));
    }

    pub(crate) fn vacancy(&self, id: VacancyId) -> Option<Vacancy> {
        self.vacancies.get(id.0 as usize).copied()
    }

    /// Whether the public follows what becomes of a batch.
    pub(crate) fn is_followed(&self, id: BatchId) -> bool {
        self.batches.get(id.0 as usize) == Some(&Care::None)
    }

    /// Who owns the organisation of a vacancy.
    pub(crate) fn owner(&self, vacancy: Vacancy) -> Option<Ownership> {
        let organisation = self.groups.get(vacancy.group.0 as usize)?;
        self.owners.get(organisation.0 as usize).copied()
    }
}
