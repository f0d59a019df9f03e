//! The steps that made a store's tables, against those that this program knows.

use sqlx::migrate::{AppliedMigration, Migrator};

use crate::StoreError;

/// Refuses tables that are older or newer; `when_older` is what to do then.
pub fn compare(known: &Migrator, applied: &[AppliedMigration], when_older: &str) -> Result<(), StoreError> {
    let other = |text: String| Err(StoreError::OtherVersion(text.into()));
    for step in known.iter() {
        match applied.iter().find(|one| one.version == step.version) {
            None => {
                let missing =
                    format!("the tables are older than this program (step {} is missing)", step.version);
                return other(format!("{missing}; {when_older}"));
            }
            Some(one) if one.checksum != step.checksum => {
                return other(format!("step {} of the tables is another one here", step.version));
            }
            Some(_) => {}
        }
    }
    match applied.iter().find(|one| !known.version_exists(one.version)) {
        Some(newer) => other(format!("the tables are newer than this program (step {})", newer.version)),
        None => Ok(()),
    }
}
