//! A file on its way in: kept sealed between being looked at and being carried out, an hour at most.

use std::time::{SystemTime, UNIX_EPOCH};

use kezek_node::PrivateWrite;
use kezek_records::{Label, Record, random_id};
use serde::{Deserialize, Serialize};

use crate::act::ActError;
use crate::app::AppState;
use crate::who::Who;

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;

/// The machine's time, by which rows expire also under a virtual clock; microseconds since 1970 UTC.
pub fn machine_now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    since.and_then(|since| i64::try_from(since.as_micros()).ok()).unwrap_or_default()
}

/// An uploaded file.
#[derive(Clone, Serialize, Deserialize)]
pub struct Upload {
    /// What it holds, by a code.
    pub what: String,
    /// Its name.
    pub name: String,
    /// Each byte as the character of its number: a record is text, a file need not be.
    content: String,
}

impl Record for Upload {
    const KIND: &'static str = "upload";
}

impl Upload {
    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        self.content.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect()
    }
}

/// Keeps a file for its sender, instead of any earlier one, and returns its id.
pub async fn keep(app: &AppState, who: &Who, what: &str, name: &str, bytes: &[u8]) -> Result<u64, ActError> {
    let now_us = machine_now_us();
    let id = random_id()?;
    let label = Label { id, owner: Some(who.person), created_us: now_us, expires_us: Some(now_us + HOUR_US) };
    let content = bytes.iter().map(|byte| char::from(*byte)).collect();
    let upload = Upload { what: what.to_string(), name: name.to_string(), content };
    let mut changes = earlier(app, who).await?;
    changes.push(app.people().put(label, &upload)?);
    app.people().write(changes).await?;
    Ok(id)
}

/// A file that this person sent and that is still kept.
pub async fn find(app: &AppState, who: &Who, id: u64) -> Result<Option<Upload>, ActError> {
    let found = app.people().get::<Upload>(id).await?;
    Ok(found.filter(|found| found.owner == Some(who.person)).map(|found| found.record))
}

/// A mark that a file was carried out; kept as long as a page that shows it might be open.
#[derive(Serialize, Deserialize)]
struct Taken {}

impl Record for Taken {
    const KIND: &'static str = "upload_taken";
}

/// Takes a file: changes that go with what it does, and that refuse to be made twice.
pub fn take(app: &AppState, who: &Who, id: u64) -> Result<Vec<PrivateWrite>, ActError> {
    let now_us = machine_now_us();
    let label = Label { id, owner: Some(who.person), created_us: now_us, expires_us: Some(now_us + DAY_US) };
    let delete = PrivateWrite::Delete { kind: Upload::KIND.into(), id };
    Ok(vec![app.people().insert(label, &Taken {})?, delete])
}

/// Whether a file of this person was carried out.
pub async fn is_taken(app: &AppState, who: &Who, id: u64) -> Result<bool, ActError> {
    let found = app.people().get::<Taken>(id).await?;
    Ok(found.is_some_and(|found| found.owner == Some(who.person)))
}

async fn earlier(app: &AppState, who: &Who) -> Result<Vec<PrivateWrite>, ActError> {
    let found = app.people().owned::<Upload>(who.person).await?;
    Ok(found.iter().map(|one| PrivateWrite::Delete { kind: Upload::KIND.into(), id: one.id }).collect())
}
