//! What goes into the journal and comes out of it.

/// A fact to be appended; its number is given by the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFact {
    /// When it happened, microseconds since 1970 UTC; never earlier than the fact before it.
    pub time_us: i64,
    /// The name of the event.
    pub kind: String,
    /// The settlement it belongs to, if one.
    pub settlement: Option<u64>,
    /// Who acted: a role and a random id, never a name or an IIN.
    pub actor: String,
    /// JSON; exactly these bytes are kept and given back.
    pub payload: String,
    /// The version of the payload's shape.
    pub version: u32,
    /// The draw value fixed at receipt.
    pub draw: u64,
}

/// A fact of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its place in the total order: 1, 2, 3, … without gaps.
    pub seq: u64,
    /// When it happened, microseconds since 1970 UTC.
    pub time_us: i64,
    /// The name of the event.
    pub kind: String,
    /// The settlement it belongs to, if one.
    pub settlement: Option<u64>,
    /// Who acted.
    pub actor: String,
    /// JSON, the exact bytes that were appended.
    pub payload: String,
    /// The version of the payload's shape.
    pub version: u32,
    /// The draw value fixed at receipt.
    pub draw: u64,
}

/// The end of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last fact's number; 0 in an empty journal.
    pub seq: u64,
    /// The last fact's time, microseconds since 1970 UTC; 0 in an empty journal.
    pub time_us: i64,
}

/// The one true answer to a command, found again by its idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// A digest of the idempotency key and the account, so that keys of two people never meet.
    pub key: [u8; 16],
    /// SHA-256 of the command's body: the same key with another body is an error of the client.
    pub fingerprint: [u8; 32],
    /// The answer as it was given.
    pub answer: Vec<u8>,
    /// When it was given, microseconds since 1970 UTC.
    pub time_us: i64,
}

/// The answers that became durable together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswersRow {
    /// The row's number: 1, 2, 3, … without gaps as long as none is forgotten.
    pub number: u64,
    /// Its answers, in order.
    pub answers: Vec<Answer>,
}

/// A message to another system, to be sent after the batch is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutbox {
    /// When it was asked for, microseconds since 1970 UTC.
    pub created_us: i64,
    /// What kind of work it is.
    pub kind: String,
    /// JSON; refers to people by id only.
    pub payload: String,
    /// Not to be tried before this time, microseconds since 1970 UTC.
    pub due_us: i64,
}

/// Work leased from the outbox: whoever holds the token may finish it until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// The message's number.
    pub id: u64,
    /// When it was asked for, microseconds since 1970 UTC.
    pub created_us: i64,
    /// What kind of work it is.
    pub kind: String,
    /// JSON as it was appended.
    pub payload: String,
    /// How many times it has been leased, this time included.
    pub attempts: u32,
    /// The fence: shown when the work is reported done or failed.
    pub lease_token: i64,
}

/// How much the outbox has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxBacklog {
    /// Messages not done yet.
    pub waiting: u64,
    /// The earliest time one of them is due, microseconds since 1970 UTC.
    pub oldest_due_us: Option<i64>,
}

/// The head of one public registry: how far it is signed. What it says is unknown here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryHead {
    /// The registry's name.
    pub log: String,
    /// How many entries it has.
    pub size: u64,
    /// The root of their tree.
    pub root: [u8; 32],
    /// The note that the registry's own key signed over both.
    pub note: String,
    /// The latest note that may be shown: with all signatures that it needs. Empty before the first.
    pub checkpoint: String,
}

/// What became of an attempt to move the registries' heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// They moved.
    Done,
    /// They are not the ones that were read: another node moved them. Nothing was written: read them again.
    ByAnother,
}

/// A sealed row of personal data. The journal sees neither what it holds nor whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateRow {
    /// The kind of record.
    pub kind: String,
    /// A random id, unique within its kind.
    pub id: u64,
    /// A keyed hash to find the record by.
    pub lookup: Option<Vec<u8>>,
    /// The id of the person whose data it is.
    pub owner: Option<u64>,
    /// The encrypted record.
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: u32,
    /// When it was written, microseconds since 1970 UTC.
    pub created_us: i64,
    /// When it may be deleted, microseconds since 1970 UTC.
    pub expires_us: Option<i64>,
}

/// One change of the private rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivateWrite {
    /// Write the row, in place of one with the same kind and id.
    Put(PrivateRow),
    /// Write a new row; refused if its id, or its `lookup` within its kind, is taken.
    Insert(PrivateRow),
    /// Delete the row; nothing happens if there is none.
    Delete {
        /// The kind of record.
        kind: String,
        /// Its id.
        id: u64,
    },
}

/// Everything that becomes durable together, or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// The head this batch was decided on; the append is refused if the journal has moved on.
    pub expected_head: u64,
    /// That head's time, where the writer knows it: a journal with another fact there, after a restore, has moved on
    /// too. Microseconds since 1970 UTC.
    pub expected_time_us: Option<i64>,
    /// The number of the last row of answers the writer has read, where it must be the last: another node may have
    /// answered one of the batch's keys since. The journal does not look for a key that has its answer.
    pub expected_answers: Option<u64>,
    /// Facts, in order.
    pub facts: Vec<NewFact>,
    /// Answers to the commands of the batch, refusals included.
    pub answers: Vec<Answer>,
    /// Messages to other systems.
    pub outbox: Vec<NewOutbox>,
    /// Changes of private rows, carried out in order.
    pub private: Vec<PrivateWrite>,
}

/// A batch that is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The head after the batch.
    pub head: Head,
    /// The number of the last row of answers then.
    pub answers: u64,
}

/// The state after a fact, to start from without reading all facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last fact it holds.
    pub seq: u64,
    /// That fact's time, microseconds since 1970 UTC.
    pub time_us: i64,
    /// The version of the state's encoding.
    pub format_version: u32,
    /// The encoded state, up to 900 MB.
    pub state: Vec<u8>,
}

/// What is heard of changed rows of sessions, accounts and people, whoever changed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleNews {
    /// Rows with this owner were changed or deleted.
    Of(u64),
    /// Any rows may have been: hearing begins here, or it is not known whose they were.
    Anybody,
    /// Everything that was durable by this moment has been told.
    HeardUntil(std::time::Instant),
    /// Nothing is heard at the moment.
    Unheard,
}
