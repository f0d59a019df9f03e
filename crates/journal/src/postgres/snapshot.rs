//! Snapshots: the last three, each with its checksum.

use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};

use super::failure::failure;
use super::{Store, connect};
use crate::row::{given, small, stored};
use crate::{Snapshot, StoreError};

type Row = (i64, i64, i64, Vec<u8>, Vec<u8>);

impl Store {
    pub async fn put_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let mut connection = self.long_work().await?;
        sqlx::query(
            "INSERT INTO snapshot (seq, time_us, format_version, state, sha256) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (seq) DO UPDATE SET time_us = excluded.time_us, format_version = excluded.format_version,
                                             state = excluded.state, sha256 = excluded.sha256",
        )
        .bind(stored(snapshot.seq))
        .bind(snapshot.time_us)
        .bind(i64::from(snapshot.format_version))
        .bind(snapshot.state.as_slice())
        .bind(Sha256::digest(&snapshot.state).as_slice())
        .execute(&mut connection)
        .await
        .map_err(failure)?;
        sqlx::query(
            "DELETE FROM snapshot WHERE seq NOT IN (SELECT seq FROM snapshot ORDER BY seq DESC LIMIT 3)",
        )
        .execute(&mut connection)
        .await
        .map_err(failure)?;
        connection.close().await.map_err(failure)
    }

    pub async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        let mut connection = self.long_work().await?;
        let found: Option<Row> = sqlx::query_as(
            "SELECT seq, time_us, format_version, state, sha256 FROM snapshot ORDER BY seq DESC LIMIT 1",
        )
        .fetch_optional(&mut connection)
        .await
        .map_err(failure)?;
        connection.close().await.map_err(failure)?;
        let Some((seq, time_us, format_version, state, sha256)) = found else { return Ok(None) };
        let seq = given(seq);
        if Sha256::digest(&state).as_slice() != sha256 {
            return Err(StoreError::SnapshotDamaged { seq });
        }
        let format_version = small(format_version, "a snapshot's format version")?;
        Ok(Some(Snapshot { seq, time_us, format_version, state }))
    }

    pub async fn drop_snapshot(&self, seq: u64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM snapshot WHERE seq = $1")
            .bind(stored(seq))
            .execute(&self.pool)
            .await
            .map_err(failure)?;
        Ok(())
    }

    /// A connection for work of hundreds of megabytes: its buffers go with it, and no time is set for it.
    async fn long_work(&self) -> Result<PgConnection, StoreError> {
        if self.is_closed() {
            return Err(StoreError::Unavailable("the journal is closed".into()));
        }
        let mut connection = connect(&self.pool.connect_options()).await?;
        sqlx::query("SET statement_timeout = 0").execute(&mut connection).await.map_err(failure)?;
        Ok(connection)
    }
}
