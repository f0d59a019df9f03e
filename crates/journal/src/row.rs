//! Rows as both stores keep them: numbers are signed, ids the same bits.

use crate::{Fact, Head, NewOutbox, PrivateRow, RegistryHead, StoreError};

/// A row of `fact`.
#[derive(sqlx::FromRow)]
pub struct FactRow {
    pub seq: i64,
    pub time_us: i64,
    pub kind: String,
    pub settlement: Option<i64>,
    pub actor: String,
    pub payload: String,
    pub version: i64,
    pub draw: i64,
}

impl TryFrom<FactRow> for Fact {
    type Error = StoreError;

    fn try_from(row: FactRow) -> Result<Self, StoreError> {
        Ok(Self {
            seq: given(row.seq),
            time_us: row.time_us,
            kind: row.kind,
            settlement: row.settlement.map(given),
            actor: row.actor,
            payload: row.payload,
            version: small(row.version, "a fact's version")?,
            draw: given(row.draw),
        })
    }
}

/// A row of `private`.
#[derive(sqlx::FromRow)]
pub struct SealedRow {
    pub kind: String,
    pub id: i64,
    pub lookup: Option<Vec<u8>>,
    pub owner: Option<i64>,
    pub sealed: Vec<u8>,
    pub key_id: i64,
    pub created_us: i64,
    pub expires_us: Option<i64>,
}

impl TryFrom<SealedRow> for PrivateRow {
    type Error = StoreError;

    fn try_from(row: SealedRow) -> Result<Self, StoreError> {
        Ok(Self {
            kind: row.kind,
            id: given(row.id),
            lookup: row.lookup,
            owner: row.owner.map(given),
            sealed: row.sealed,
            key_id: small(row.key_id, "a private row's key id")?,
            created_us: row.created_us,
            expires_us: row.expires_us,
        })
    }
}

/// A row of `registry_head`.
#[derive(sqlx::FromRow)]
pub struct RegistryRow {
    pub log: String,
    pub size: i64,
    pub root: Vec<u8>,
    pub note: String,
    pub checkpoint: String,
}

impl TryFrom<RegistryRow> for RegistryHead {
    type Error = StoreError;

    fn try_from(row: RegistryRow) -> Result<Self, StoreError> {
        let RegistryRow { log, size, root, note, checkpoint } = row;
        let root =
            root.try_into().map_err(|_| StoreError::Damaged(format!("the root of the registry {log}")))?;
        Ok(Self { log, size: given(size), root, note, checkpoint })
    }
}

/// Rows as the caller gets them.
pub fn each<Row, Item: TryFrom<Row, Error = StoreError>>(rows: Vec<Row>) -> Result<Vec<Item>, StoreError> {
    rows.into_iter().map(Item::try_from).collect()
}

/// A 64-bit id as a store keeps it: the same bits, signed.
pub fn stored(id: u64) -> i64 {
    id.cast_signed()
}

/// A 64-bit id as it was before [`stored`].
pub fn given(id: i64) -> u64 {
    id.cast_unsigned()
}

/// A number that was stored from a `u32`.
pub fn small(number: i64, what: &str) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Damaged(format!("{what} is {number}")))
}

/// A message that waits, as it is written into another outbox.
pub fn waiting((id, created_us, kind, payload, due_us): (i64, i64, String, String, i64)) -> (u64, NewOutbox) {
    (given(id), NewOutbox { created_us, kind, payload, due_us })
}

/// What a store counted of its facts.
pub struct Continuity {
    pub head: Head,
    pub facts: i64,
    pub first: i64,
    pub last: i64,
    pub last_us: i64,
    /// Facts older than the one before them.
    pub backwards: i64,
}

impl Continuity {
    /// Facts run from 1 to the head without gaps and in order of time.
    pub fn prove(&self) -> Result<(), StoreError> {
        let Self { head, facts, first, last, last_us, backwards } = self;
        let damage = if *first != 1 || last != facts {
            format!("{facts} facts are numbered {first} to {last}")
        } else if given(*last) != head.seq || *last_us != head.time_us {
            format!("the head says {} but the last fact is {last}", head.seq)
        } else if *backwards > 0 {
            format!("{backwards} facts are older than the one before them")
        } else {
            return Ok(());
        };
        Err(StoreError::Damaged(damage))
    }
}
