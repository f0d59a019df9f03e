//! The state from the journal: the newest good snapshot and the facts after it.

use kezek_journal::{Head, Journal, Snapshot, StoreError};
use kezek_rules::{Fact, State};
use serde::{Deserialize, Serialize};

use crate::encode;
use crate::error::OpenError;
use crate::history::History;
use crate::published::View;

/// How many facts are read at once.
pub const PAGE: u32 = 5_000;

/// Snapshots of another build of the rules are not read; see `build.rs`.
const FORMAT: &str = env!("KEZEK_SNAPSHOT_FORMAT");

#[derive(Serialize)]
struct Encoded<'a> {
    state: &'a State,
    history: &'a History,
}

#[derive(Deserialize)]
struct Decoded {
    state: State,
    history: History,
}

/// The number of the snapshot format of this build.
pub fn format_version() -> u32 {
    FORMAT.parse().unwrap_or_default()
}

/// The view's bytes as a snapshot holds them: equal facts give equal bytes.
pub fn encode_view(view: &View) -> Result<Vec<u8>, OpenError> {
    postcard::to_allocvec(&Encoded { state: &view.state, history: &view.history }).map_err(OpenError::Encode)
}

/// The view as a snapshot.
pub fn snapshot_of(view: &View) -> Result<Snapshot, OpenError> {
    Ok(Snapshot {
        seq: view.head.seq,
        time_us: view.head.time_us,
        format_version: format_version(),
        state: encode_view(view)?,
    })
}

/// The state after the last fact of the journal, and the last fact of the snapshot it was made from (0 without one).
/// Damaged snapshots and those of another build are dropped.
pub async fn load(journal: &Journal, progress: impl Fn(u64, u64)) -> Result<(View, u64), OpenError> {
    let mut view = newest_good(journal).await?;
    let snapshot_seq = view.head.seq;
    let all = journal.head().await?.seq;
    catch_up(journal, &mut view, u64::MAX, |done| progress(done, all)).await?;
    Ok((view, snapshot_seq))
}

/// Reads and folds the facts after the view up to number `until` or the journal's end.
pub async fn catch_up(
    journal: &Journal,
    view: &mut View,
    until: u64,
    progress: impl Fn(u64),
) -> Result<(), OpenError> {
    while view.head.seq < until {
        let room = u32::try_from(until - view.head.seq).unwrap_or(PAGE).min(PAGE);
        let Some((facts, head)) = next_facts(journal, view.head, room).await? else { break };
        view.apply(&facts, head);
        progress(head.seq);
    }
    Ok(())
}

/// Up to a page of the facts after a head, with the new head; none if there are none.
pub async fn next_facts(
    journal: &Journal,
    after: Head,
    room: u32,
) -> Result<Option<(Vec<Fact>, Head)>, OpenError> {
    let rows = journal.facts(after.seq + 1, room).await?;
    let Some(last) = rows.last() else { return Ok(None) };
    let head = Head { seq: last.seq, time_us: last.time_us };
    let facts = rows.iter().map(encode::from_row).collect::<Result<Vec<_>, _>>()?;
    Ok(Some((facts, head)))
}

/// The fact at this head is still the one that was read, and no row of answers has gone: nothing is ever lost, unless a
/// database that acknowledged too early failed over, or a backup was put in its place.
pub async fn check_history(journal: &Journal, head: Head, answers: u64) -> Result<(), OpenError> {
    if journal.last_answers().await? < answers {
        return Err(OpenError::OtherHistory);
    }
    if head.seq == 0 {
        return Ok(());
    }
    let found = journal.facts(head.seq, 1).await?;
    let is_same = found.first().is_some_and(|fact| fact.seq == head.seq && fact.time_us == head.time_us);
    if is_same { Ok(()) } else { Err(OpenError::OtherHistory) }
}

async fn newest_good(journal: &Journal) -> Result<View, OpenError> {
    loop {
        let (seq, reason) = match journal.latest_snapshot().await {
            Ok(None) => return Ok(View::empty()),
            Ok(Some(snapshot)) => match decode(&snapshot) {
                Ok(view) => return Ok(view),
                Err(reason) => (snapshot.seq, reason),
            },
            Err(StoreError::SnapshotDamaged { seq }) => (seq, "it does not match its checksum"),
            Err(error) => return Err(error.into()),
        };
        tracing::warn!(seq, reason, "a snapshot is dropped; an older one or all facts are read instead");
        journal.drop_snapshot(seq).await?;
    }
}

fn decode(snapshot: &Snapshot) -> Result<View, &'static str> {
    if snapshot.format_version != format_version() {
        return Err("another version of the rules made it");
    }
    let Decoded { state, history } =
        postcard::from_bytes(&snapshot.state).map_err(|_| "its state cannot be decoded")?;
    Ok(View { state, history, head: Head { seq: snapshot.seq, time_us: snapshot.time_us } })
}
