//! Moving a journal from one store to another: facts, answers, waiting messages, private rows and the heads of the
//! registries, not snapshots.

use crate::{AnswersRow, AppendError, Batch, Journal, Moved, NewFact, PrivateRow, PrivateWrite, StoreError};

const PAGE: u32 = 5_000;
/// A row holds the answers of a batch.
const ANSWERS_PAGE: u32 = 100;
/// Papers have up to 10 MB.
const PRIVATE_PAGE: u32 = 20;
/// Stands in the new store as long as it does not hold everything.
const MARK: (&str, u64) = ("journal_copy", 1);

/// What was copied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copied {
    /// Facts.
    pub facts: u64,
    /// Answers under idempotency keys.
    pub answers: u64,
    /// Messages that wait.
    pub messages: u64,
    /// Sealed rows of personal data.
    pub private: u64,
}

/// The copy is not whole, and not usable. The journal copied from is as it was.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The new store holds something.
    #[error("the store to copy to is not empty; name an empty one")]
    NotEmpty,
    /// Somebody wrote to the old store meanwhile.
    #[error("the journal grew while it was copied; stop the service, empty the new store and copy again")]
    Moved,
    /// Reading or opening failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Writing failed.
    #[error("the new store did not take a part of the copy; empty it and copy again")]
    Append(#[from] AppendError),
}

/// Copies everything; `progress` is told facts done and facts in all. Nobody may write to either store meanwhile.
pub async fn copy(from: &Journal, to: &Journal, progress: impl Fn(u64, u64)) -> Result<Copied, CopyError> {
    let is_empty = to.head().await?.seq == 0 && to.private_after(None, 1).await?.is_empty();
    if !is_empty {
        return Err(CopyError::NotEmpty);
    }
    let (head, last_answers) = (from.head().await?, from.last_answers().await?);
    to.write_private(vec![PrivateWrite::Put(mark())]).await?;
    let mut copied = Copied { private: private(from, to).await?, ..Copied::default() };
    copied.answers = answers(from, to).await?;
    copied.messages = messages(from, to).await?;
    while copied.facts < head.seq {
        copied.facts = facts(from, to, copied.facts).await?;
        progress(copied.facts, head.seq);
    }
    let heads = from.registry_heads().await?;
    if !heads.is_empty() && to.move_registry_heads(&[], &heads).await? != Moved::Done {
        return Err(CopyError::NotEmpty);
    }
    let is_as_before = from.head().await? == head && from.last_answers().await? == last_answers;
    if !is_as_before || to.verify_continuity().await? != head {
        return Err(CopyError::Moved);
    }
    let (kind, id) = MARK;
    to.write_private(vec![PrivateWrite::Delete { kind: kind.to_owned(), id }]).await?;
    Ok(copied)
}

/// Whether a copy into this journal was broken off.
pub(crate) async fn is_half_done(journal: &Journal) -> Result<bool, StoreError> {
    Ok(journal.private(MARK.0, MARK.1).await?.is_some())
}

fn mark() -> PrivateRow {
    let (kind, id) = MARK;
    let kind = kind.to_owned();
    PrivateRow {
        kind,
        id,
        lookup: None,
        owner: None,
        sealed: Vec::new(),
        // No rotation of keys ever touches it.
        key_id: u32::MAX,
        created_us: 0,
        expires_us: None,
    }
}

async fn private(from: &Journal, to: &Journal) -> Result<u64, CopyError> {
    let (mut copied, mut last) = (0, None::<(String, u64)>);
    loop {
        let after = last.as_ref().map(|(kind, id)| (kind.as_str(), *id));
        let rows = from.private_after(after, PRIVATE_PAGE).await?;
        let Some(end) = rows.last() else { return Ok(copied) };
        last = Some((end.kind.clone(), end.id));
        copied += rows.len() as u64;
        to.write_private(rows.into_iter().map(PrivateWrite::Put).collect()).await?;
    }
}

async fn answers(from: &Journal, to: &Journal) -> Result<u64, CopyError> {
    let (mut copied, mut last) = (0, 0);
    loop {
        let rows = from.answers_after(last, ANSWERS_PAGE).await?;
        let Some(end) = rows.last() else { return Ok(copied) };
        last = end.number;
        for AnswersRow { answers, .. } in rows {
            copied += answers.len() as u64;
            to.append(Batch { answers, ..Batch::default() }).await?;
        }
    }
}

async fn messages(from: &Journal, to: &Journal) -> Result<u64, CopyError> {
    let (mut copied, mut last) = (0, 0);
    loop {
        let page = from.outbox_after(last, PAGE).await?;
        let Some((end, _)) = page.last() else { return Ok(copied) };
        last = *end;
        copied += page.len() as u64;
        let outbox = page.into_iter().map(|(_, message)| message).collect();
        to.append(Batch { outbox, ..Batch::default() }).await?;
    }
}

/// Copies the page of facts after number `done` and returns the last one's.
async fn facts(from: &Journal, to: &Journal, done: u64) -> Result<u64, CopyError> {
    let mut facts = Vec::new();
    for fact in from.facts(done + 1, PAGE).await? {
        facts.push(NewFact {
            time_us: fact.time_us,
            kind: fact.kind,
            settlement: fact.settlement,
            actor: fact.actor,
            payload: fact.payload,
            version: fact.version,
            draw: fact.draw,
        });
    }
    if facts.is_empty() {
        return Err(CopyError::Moved);
    }
    Ok(to.append(Batch { expected_head: done, facts, ..Batch::default() }).await?.head.seq)
}
