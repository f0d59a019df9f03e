//! Proving that the journal gives the state: all facts replayed, the snapshot compared byte for byte.

use std::path::Path;

use kezek_calendar::Instant;
use kezek_journal::{Head, Journal, Snapshot, StoreError};
use sha2::{Digest, Sha256};

use crate::error::OpenError;
use crate::load;
use crate::published::View;
use crate::storage::Storage;

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Facts in the journal; the last one's number.
    pub facts: u64,
    /// The time of the last fact.
    pub time: Instant,
    /// SHA-256 of the state after the last fact; equal journals give equal ones under the same rules.
    pub state_sha256: [u8; 32],
    /// The newest snapshot against the replay.
    pub snapshot: SnapshotCheck,
}

/// The newest snapshot against the state replayed up to its fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotCheck {
    /// There is none.
    None,
    /// The same bytes.
    Same {
        /// The snapshot's last fact.
        seq: u64,
    },
    /// Other bytes: the snapshot or the journal was tampered with.
    Differs {
        /// The snapshot's last fact.
        seq: u64,
    },
    /// It does not match its own checksum.
    Damaged {
        /// The snapshot's last fact.
        seq: u64,
    },
    /// Another version of the rules made it, so there is nothing to compare.
    OtherVersion {
        /// The snapshot's last fact.
        seq: u64,
    },
}

impl SnapshotCheck {
    /// Whether nothing speaks against the snapshot.
    pub fn is_good(self) -> bool {
        matches!(self, Self::None | Self::Same { .. } | Self::OtherVersion { .. })
    }
}

/// Replays a journal from its first fact; `progress` is told facts done and facts in all.
/// The service may run meanwhile. Changes nothing; tables of another version are refused.
pub async fn verify(
    storage: &Storage,
    data_dir: &Path,
    progress: impl Fn(u64, u64),
) -> Result<Report, OpenError> {
    let journal = storage.open_to_read(data_dir).await?;
    let result = replay(&journal, progress).await;
    journal.close().await;
    result
}

async fn replay(journal: &Journal, progress: impl Fn(u64, u64)) -> Result<Report, OpenError> {
    // First the snapshot: one that is kept meanwhile would be newer than the head.
    let snapshot = journal.latest_snapshot().await;
    let head = journal.verify_continuity().await?;
    let mut view = View::empty();
    let told = |done| progress(done, head.seq);
    let check = match snapshot {
        Ok(None) => SnapshotCheck::None,
        Ok(Some(snapshot)) => compare(journal, &mut view, snapshot, head, &told).await?,
        Err(StoreError::SnapshotDamaged { seq }) => SnapshotCheck::Damaged { seq },
        Err(error) => return Err(error.into()),
    };
    load::catch_up(journal, &mut view, head.seq, told).await?;
    Ok(Report {
        facts: view.head.seq,
        time: Instant::from_micros(view.head.time_us),
        state_sha256: Sha256::digest(load::encode_view(&view)?).into(),
        snapshot: check,
    })
}

async fn compare(
    journal: &Journal,
    view: &mut View,
    snapshot: Snapshot,
    head: Head,
    told: impl Fn(u64),
) -> Result<SnapshotCheck, OpenError> {
    let seq = snapshot.seq;
    if snapshot.format_version != load::format_version() {
        return Ok(SnapshotCheck::OtherVersion { seq });
    }
    load::catch_up(journal, view, seq.min(head.seq), told).await?;
    let is_same = view.head.seq == seq && load::encode_view(view)? == snapshot.state;
    Ok(if is_same { SnapshotCheck::Same { seq } } else { SnapshotCheck::Differs { seq } })
}
