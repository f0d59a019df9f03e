//! Locks by name, for changes of private rows that read first and write then.

use sqlx::{Postgres, Transaction};

use super::failure::failure;
use super::{Store, in_time};
use crate::StoreError;

/// A lock that all nodes respect; it ends when this is dropped, or with the process.
#[derive(Debug)]
pub struct NamedLock {
    _transaction: Transaction<'static, Postgres>,
}

impl Store {
    pub async fn lock(&self, name: &str) -> Result<NamedLock, StoreError> {
        in_time(async {
            let mut transaction = self.side.begin().await.map_err(failure)?;
            sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 1))")
                .bind(name)
                .execute(&mut *transaction)
                .await
                .map_err(failure)?;
            Ok(NamedLock { _transaction: transaction })
        })
        .await
    }
}
