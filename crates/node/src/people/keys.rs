//! Whether the keys are the ones the data is sealed with, and sealing everything with a new one.

use kezek_journal::{AppendError, PrivateRow};
use kezek_records::{Account, KeyCheck, Label, OpenError as UnsealError, Person, Record};

use super::{People, row, sealed};
use crate::clock::machine_now;
use crate::error::{OpenError, PeopleError};

/// The one row of its kind.
const CHECK: u64 = 1;
/// Rows sealed anew together; papers are large.
const LOT: u32 = 20;

impl People {
    /// Opens the row that tells the right keys; writes it where there is none yet and what is kept opens.
    pub(crate) async fn check_keys(&self) -> Result<(), OpenError> {
        if let Some(found) = self.journal.private(KeyCheck::KIND, CHECK).await? {
            let same_index = found.lookup == KeyCheck {}.lookup(&self.keys).map(Vec::from);
            self.try_open::<KeyCheck>(found)?;
            return if same_index { Ok(()) } else { Err(OpenError::WrongKey { source: None }) };
        }
        for found in self.journal.private_of_kind(Person::KIND, None, 1).await? {
            self.try_open::<Person>(found)?;
        }
        for found in self.journal.private_of_kind(Account::KIND, None, 1).await? {
            self.try_open::<Account>(found)?;
        }
        let label = Label { id: CHECK, owner: None, created_us: machine_now().as_micros(), expires_us: None };
        let written = match self.insert(label, &KeyCheck {}) {
            Ok(change) => self.write(vec![change]).await,
            Err(error) => Err(error.into()),
        };
        if matches!(written, Err(PeopleError::Write(AppendError::PrivateTaken { .. }))) {
            // Another node was first, perhaps with other keys.
            return Box::pin(self.check_keys()).await;
        }
        if let Err(error) = written {
            tracing::warn!(%error, "the check of the keys could not be kept; it is tried at the next start");
        }
        Ok(())
    }

    /// Seals every row anew that an older key sealed, and cleans the store's files of the old ones; returns how many.
    /// For a service that is stopped: one that runs knows no newer key. Broken off, it goes on where it stood.
    pub async fn reseal(&self) -> Result<u64, PeopleError> {
        let mut count = 0;
        loop {
            let rows = self.journal.private_below_key(self.keys.current(), LOT).await?;
            if rows.is_empty() {
                break;
            }
            let mut changes = Vec::with_capacity(rows.len());
            for old in rows {
                if let Some(new) = kezek_records::reseal(&self.keys, &sealed(old))? {
                    changes.push(kezek_journal::PrivateWrite::Put(row(new)));
                    count += 1;
                }
            }
            self.write(changes).await?;
        }
        self.scrub().await?;
        Ok(count)
    }

    fn try_open<R: Record>(&self, found: PrivateRow) -> Result<(), OpenError> {
        match kezek_records::open::<R>(&self.keys, &sealed(found)) {
            Err(source @ (UnsealError::UnknownKey { .. } | UnsealError::Altered { .. })) => {
                Err(OpenError::WrongKey { source: Some(source) })
            }
            _ => Ok(()),
        }
    }
}
