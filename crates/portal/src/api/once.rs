//! Idempotency of changes that are no commands of the rules, such as a document: the answer is kept beside the
//! change, in one transaction with it. The node does the same for commands.

use kezek_node::PrivateWrite;
use kezek_records::{Label, Record};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::problem::ApiError;
use crate::act::{ActError, Once};
use crate::app::AppState;
use crate::pages::desk::upload::machine_now_us;

/// How long an answer is kept.
const WEEK_US: i64 = 7 * 24 * 3_600_000_000;
/// The account of who is not signed in.
pub const NOBODY: u64 = 0;

/// The answer to a change, as it was given.
#[derive(Serialize, Deserialize)]
struct KeptAnswer {
    key: String,
    fingerprint: [u8; 32],
    answer: serde_json::Value,
}

impl Record for KeptAnswer {
    const KIND: &'static str = "api_answer";
}

/// The answer that was given under this key; refused when the key was used for something else.
pub async fn earlier<T: DeserializeOwned>(
    app: &AppState,
    account: u64,
    once: &Once,
) -> Result<Option<T>, ApiError> {
    let Some(found) = app.people().get::<KeptAnswer>(id(account, once)).await? else { return Ok(None) };
    if found.record.key != once.key || found.record.fingerprint != fingerprint(once) {
        return Err(ActError::Node(kezek_node::SubmitError::KeyReused).into());
    }
    serde_json::from_value(found.record.answer).map(Some).map_err(|_| ActError::People.into())
}

/// The answer of the same change sent at the same time, which made this one impossible; or why it was not made.
pub async fn earlier_or<T: DeserializeOwned>(
    app: &AppState,
    account: u64,
    once: &Once,
    error: impl Into<ApiError>,
) -> Result<T, ApiError> {
    let error = error.into();
    earlier(app, account, once).await?.ok_or(error)
}

/// The row that keeps an answer.
pub fn row<T: Serialize>(
    app: &AppState,
    account: u64,
    once: &Once,
    answer: &T,
) -> Result<PrivateWrite, ApiError> {
    let answer = serde_json::to_value(answer).map_err(|_| ActError::People)?;
    let kept = KeptAnswer { key: once.key.clone(), fingerprint: fingerprint(once), answer };
    let owner = (account != NOBODY).then_some(account);
    let (created_us, expires_us) = (app.now().as_micros(), Some(machine_now_us() + WEEK_US));
    let label = Label { id: id(account, once), owner, created_us, expires_us };
    app.people().insert(label, &kept).map_err(|error| ActError::from(error).into())
}

/// Makes a change durable with its kept answer, which must be the first row. Of two that are sent at once the
/// second gets the answer of the first.
pub async fn write<T: DeserializeOwned>(
    app: &AppState,
    account: u64,
    once: &Once,
    rows: Vec<PrivateWrite>,
    answer: T,
) -> Result<T, ApiError> {
    match app.people().write(rows).await {
        Ok(()) => Ok(answer),
        Err(error) => earlier_or(app, account, once, error).await,
    }
}

fn id(account: u64, once: &Once) -> u64 {
    let digest: [u8; 32] = Sha256::digest(format!("{account:016x} {}", once.key)).into();
    digest.iter().take(8).fold(0, |id, byte| (id << 8) | u64::from(*byte))
}

fn fingerprint(once: &Once) -> [u8; 32] {
    Sha256::digest(&once.body).into()
}
