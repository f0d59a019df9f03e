//! A family's receipt, verified: the entry stands in the log, and the opening is that of its commitment.

use kezek_disclosure::{COMMITMENT_KIND, Entry, EntryError, Opened, OpenedField, Part, Said, from_hex};
use kezek_registry::commit::{CommitError, Record};
use kezek_registry::receipt::ReceiptError;
use kezek_registry::{Hash, Policy, Receipt, Witnessed};
use kezek_rules::Event;
use kezek_rules::ids::ApplicationId;

/// A receipt that holds.
#[derive(Clone, Debug)]
pub struct Proved {
    /// The entry.
    pub entry: Entry,
    /// Its place in the log, from 0.
    pub index: u64,
    /// The checkpoint that proves it, and who vouches for it.
    pub witnessed: Witnessed,
    /// What the entry does not say, opened; empty when the receipt does not open it.
    pub opened: Vec<OpenedField>,
}

/// A receipt that does not hold.
#[derive(Debug, thiserror::Error)]
pub enum NotProved {
    /// The proof.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// What it carries is not what a receipt of Kezek carries.
    #[error("it carries no entry: {0}")]
    Extra(#[from] serde_json::Error),
    /// The entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// What it shows is not what the entry commits to.
    #[error("what it shows is not what the entry commits to")]
    Opening,
}

impl From<CommitError> for NotProved {
    fn from(_: CommitError) -> Self {
        NotProved::Opening
    }
}

/// Verifies a receipt. Cosignatures later than `now` (seconds since 1970) do not count.
pub fn verify(bytes: &[u8], policy: &Policy, now: u64) -> Result<Proved, NotProved> {
    let receipt = Receipt::parse(bytes)?;
    let carried: Opened = serde_json::from_slice(&receipt.extra)?;
    let line = carried.entry.as_bytes();
    let witnessed = receipt.verify(line, policy, now)?;
    let entry = Entry::parse(line)?;
    if let Some(salt) = &carried.salt {
        let salt = from_hex(salt).ok_or(NotProved::Opening)?;
        let commitment = entry.commitment.ok_or(NotProved::Opening)?;
        let origin = witnessed.checkpoint.origin.clone();
        let record = Record { origin, kind: COMMITMENT_KIND.to_owned(), seq: entry.seq };
        let fields: Vec<(&str, &[u8])> =
            carried.hidden.iter().map(|field| (field.field.as_str(), field.value.as_bytes())).collect();
        record.open(&Hash(commitment), &salt, &fields)?;
    } else if !carried.hidden.is_empty() {
        return Err(NotProved::Opening);
    }
    Ok(Proved { entry, index: receipt.index, witnessed, opened: carried.hidden })
}

impl Proved {
    /// The application it is about, as far as the entry or what it opens tells.
    pub fn application(&self) -> Option<ApplicationId> {
        match &self.entry.said {
            Said::Part(Part::Registered { application, .. }) => Some(*application),
            Said::Fact(event) => of_event(event),
            _ => {
                let fact = self.opened.iter().find(|field| field.field == "fact")?;
                of_event(&serde_json::from_str(&fact.value).ok()?)
            }
        }
    }
}

fn of_event(event: &Event) -> Option<ApplicationId> {
    match event {
        Event::Registered { application, .. } | Event::ReferralIssued { application, .. } => {
            Some(*application)
        }
        _ => None,
    }
}
