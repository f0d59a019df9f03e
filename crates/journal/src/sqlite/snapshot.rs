//! Snapshots: the last three, each with its checksum.

use sha2::{Digest, Sha256};

use super::{Store, failure, given, small, stored};
use crate::{Snapshot, StoreError};

impl Store {
    pub async fn put_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let sha256 = Sha256::digest(&snapshot.state);
        let (seq, sha256) = (stored(snapshot.seq), sha256.as_slice());
        sqlx::query!(
            "INSERT INTO snapshot (seq, time_us, format_version, state, sha256) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (seq) DO UPDATE SET time_us = excluded.time_us, format_version = excluded.format_version,
                                             state = excluded.state, sha256 = excluded.sha256",
            seq,
            snapshot.time_us,
            snapshot.format_version,
            snapshot.state,
            sha256,
        )
        .execute(&self.writer)
        .await
        .map_err(failure)?;
        sqlx::query!(
            "DELETE FROM snapshot WHERE seq NOT IN (SELECT seq FROM snapshot ORDER BY seq DESC LIMIT 3)"
        )
        .execute(&self.writer)
        .await
        .map_err(failure)?;
        Ok(())
    }

    pub async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT seq AS "seq!", time_us, format_version, state, sha256 FROM snapshot ORDER BY seq DESC LIMIT 1"#
        )
        .fetch_optional(&self.readers)
        .await
        .map_err(failure)?;
        let Some(row) = row else { return Ok(None) };
        let seq = given(row.seq);
        if Sha256::digest(&row.state).as_slice() != row.sha256 {
            return Err(StoreError::SnapshotDamaged { seq });
        }
        let format_version = small(row.format_version, "a snapshot's format version")?;
        Ok(Some(Snapshot { seq, time_us: row.time_us, format_version, state: row.state }))
    }

    pub async fn drop_snapshot(&self, seq: u64) -> Result<(), StoreError> {
        let seq = stored(seq);
        sqlx::query!("DELETE FROM snapshot WHERE seq = ?", seq)
            .execute(&self.writer)
            .await
            .map_err(failure)?;
        Ok(())
    }
}
