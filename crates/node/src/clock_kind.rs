//! Which clock the data of a database goes by: nodes of the real and of a virtual clock never meet in one journal.

use std::path::PathBuf;

use kezek_journal::{AppendError, Journal, PrivateRow, PrivateWrite, StoreError};

use crate::config::ClockChoice;
use crate::error::OpenError;

const KIND: &str = "clock";
const ID: u64 = 1;

/// Notes the clock of the first node, and refuses nodes of the other clock.
pub async fn check(journal: &Journal, choice: ClockChoice) -> Result<(), OpenError> {
    let name: &[u8] = match choice {
        ClockChoice::Real => b"real",
        ClockChoice::Virtual(_) => b"virtual",
    };
    if journal.private(KIND, ID).await?.is_none() {
        let row = PrivateRow {
            kind: KIND.to_owned(),
            id: ID,
            lookup: None,
            owner: None,
            sealed: name.to_vec(),
            // Nothing is sealed here, so no rotation of keys touches it.
            key_id: u32::MAX,
            created_us: 0,
            expires_us: None,
        };
        match journal.write_private(vec![PrivateWrite::Insert(row)]).await {
            Ok(()) | Err(AppendError::PrivateTaken { .. }) => {}
            Err(AppendError::Store(error)) => return Err(error.into()),
            Err(error) => return Err(StoreError::Unavailable(error.into()).into()),
        }
    }
    let found = journal.private(KIND, ID).await?;
    let path = PathBuf::from("the database");
    match (found, choice) {
        (Some(row), _) if row.sealed == name => Ok(()),
        (_, ClockChoice::Real) => Err(OpenError::VirtualData { path }),
        (_, ClockChoice::Virtual(_)) => Err(OpenError::RealData { path }),
    }
}
