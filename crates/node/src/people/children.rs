//! Children and who stands for them.

use std::collections::BTreeMap;

use kezek_journal::PrivateWrite;
use kezek_records::{ChildRecord, Label};

use super::{People, machine_now};
use crate::error::PeopleError;

impl People {
    /// Changes that enter parents, given as pairs of child and parent, beside the present representatives of the
    /// children; nothing for those who stand there already. For children whose records are kept already.
    pub async fn represent(&self, pairs: &[(u64, u64)]) -> Result<Vec<PrivateWrite>, PeopleError> {
        let mut parents: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for (child, parent) in pairs {
            parents.entry(*child).or_default().push(*parent);
        }
        let mut changes = Vec::new();
        for (child, parents) in parents {
            let found = self.child(child).await?;
            let created_us =
                found.as_ref().map_or_else(|| machine_now().as_micros(), |found| found.created_us);
            let known = found.map(|found| found.record);
            let mut record = known.clone().unwrap_or(ChildRecord {
                representatives: Vec::new(),
                birth_certificate: None,
                conclusion: None,
            });
            for parent in parents {
                if !record.representatives.contains(&parent) {
                    record.representatives.push(parent);
                }
            }
            if known.as_ref() != Some(&record) {
                let label = Label { id: child, owner: Some(child), created_us, expires_us: None };
                changes.push(self.put(label, &record)?);
            }
        }
        Ok(changes)
    }
}
