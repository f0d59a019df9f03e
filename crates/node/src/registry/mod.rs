//! The public registries: what becomes of each fact in three logs that nobody can rewrite (254/24.7).
//!
//! The logs are made from the journal, in its order, by a task of its own beside the writer:
//! * `derive`, `secrets`: facts become entries; what they do not say is committed to;
//! * `cycle`: entries are staged, signed, committed to the database, put into public files, shown;
//! * `recover`, `disk`: what disk and database say at a start, and when nothing must be signed any more;
//! * `witness`, `show`: whose word a checkpoint needs before it is shown;
//! * `receipt`: proof for one entry.
//!
//! The directory `registry` in the data directory holds `<log>/public`, which can be copied and checked by anybody,
//! `<log>/private/signed` with every note ever signed, and what a cycle needs.

mod cycle;
mod derive;
mod disk;
mod error;
mod feed;
mod keys;
mod ledger;
mod openings;
mod publisher;
mod receipt;
mod recover;
mod secrets;
mod show;
mod signed;
mod staging;
#[cfg(test)]
mod tests;
mod tidy;
mod witness;

use std::path::{Path, PathBuf};

use kezek_disclosure::Log;
use kezek_journal::Journal;
use kezek_registry::PublicKey;
use kezek_registry::dir::Dir;
use kezek_rules::ids::ApplicationId;

use crate::people::People;
use derive::Origins;
use receipt::Receipts;

pub use error::RegistryError;
pub use keys::{host_of as registry_host, origin as registry_origin};
pub use ledger::public_dir as registry_public_dir;
pub use openings::{EntryOpening, Openings};
pub use receipt::Receipt;
pub use witness::{Due, Gathering, NoQuorum, Witnesses};

pub(crate) use feed::Feed;
pub(crate) use publisher::{Nodes, Publisher};

/// The public side of the registries of a node.
pub struct Registry {
    data_dir: PathBuf,
    keys: Vec<PublicKey>,
    origins: Origins,
}

impl Registry {
    pub(crate) fn of(data_dir: &Path, publisher: &Publisher) -> Self {
        let keys = publisher.ledger.logs().iter().map(|one| one.key.public().clone()).collect();
        Self { data_dir: data_dir.to_owned(), keys, origins: publisher.origins.clone() }
    }

    /// The public files of a log.
    pub fn public_dir(&self, log: Log) -> Dir {
        ledger::public_dir(&self.data_dir, log)
    }

    /// The keys that the logs are verified with, in the order of [`Log::ALL`].
    pub fn public_keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// The receipt for a fact; `subjects` are the applications that it may concern.
    pub(crate) async fn receipt(
        &self,
        journal: &Journal,
        people: &People,
        seq: u64,
        subjects: &[ApplicationId],
    ) -> Result<Option<Receipt>, RegistryError> {
        let receipts = Receipts { journal, people, origins: &self.origins };
        for (log, key) in Log::ALL.into_iter().zip(&self.keys) {
            let place = (log, self.public_dir(log), key.clone());
            if let Some(receipt) = receipts.of(seq, place, subjects).await? {
                return Ok(Some(receipt));
            }
        }
        Ok(None)
    }
}
