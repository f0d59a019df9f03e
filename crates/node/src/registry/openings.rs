//! Openings for those who are authorised to check what the public takes on trust (R3.34/32).

use kezek_disclosure::{Context, Disclosed, OpenedField};
use kezek_journal::{Head, Journal};

use super::derive::hex;
use super::error::RegistryError;
use super::secrets::Secrets;
use crate::error::OpenError;
use crate::load;
use crate::people::People;

/// What opens the commitment of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryOpening {
    /// The entry.
    pub seq: u64,
    /// Salt of its commitment, in hexadecimal.
    pub salt: String,
    /// What it does not say, in the order in which it is committed to.
    pub hidden: Vec<OpenedField>,
}

/// Gives the openings of all entries, page by page, in order. Those whose secret was erased are left out.
pub struct Openings {
    journal: Journal,
    people: People,
    context: Context,
}

impl Openings {
    pub(crate) fn new(journal: Journal, people: People) -> Self {
        Self { journal, people, context: Context::default() }
    }

    /// The next page; none after the last fact. A page may be empty.
    pub async fn next(&mut self) -> Result<Option<Vec<EntryOpening>>, OpenError> {
        let after = Head { seq: self.context.seq(), time_us: 0 };
        let Some((facts, _)) = load::next_facts(&self.journal, after, load::PAGE).await? else {
            return Ok(None);
        };
        let numbered = facts.iter().zip(after.seq + 1..);
        let disclosed: Vec<Disclosed> =
            numbered.map(|(fact, seq)| self.context.disclose(seq, fact)).collect();
        let secrets = Secrets::found(&self.people, &disclosed).await.map_err(RegistryError::from)?;
        Ok(Some(disclosed.into_iter().filter_map(|one| opening(one, &secrets)).collect()))
    }
}

fn opening(disclosed: Disclosed, secrets: &Secrets) -> Option<EntryOpening> {
    if disclosed.hidden.is_empty() {
        return None;
    }
    let seq = disclosed.entry.seq;
    let salt = hex(&secrets.salt_of(seq, disclosed.subject)?);
    let field = |hidden: kezek_disclosure::Hidden| OpenedField {
        field: hidden.field.to_owned(),
        value: String::from_utf8_lossy(&hidden.value).into_owned(),
    };
    Some(EntryOpening { seq, salt, hidden: disclosed.hidden.into_iter().map(field).collect() })
}
