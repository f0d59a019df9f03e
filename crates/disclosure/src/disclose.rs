//! What is disclosed of a fact.

use kezek_rules::ids::ApplicationId;

use crate::{Entry, Log, OpenedWishes, Part, Said};

/// What becomes public of a fact, and what does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosed {
    /// Into which log.
    pub log: Log,
    /// The entry, still without its commitment and without the salts of what it opens.
    pub entry: Entry,
    /// What is not said, in the order in which it is committed to; empty when everything is said.
    pub hidden: Vec<Hidden>,
    /// Under whose secret it is committed to; none: under a secret of this fact alone.
    pub subject: Option<ApplicationId>,
    /// Commitments of earlier entries that this one opens, in the order of [`Part::OpeningHeld`].
    pub opens: Vec<Opening>,
}

/// One field that is not said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// Its name.
    pub field: &'static str,
    /// Its value as JSON.
    pub value: Vec<u8>,
}

/// A commitment that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Under whose secret it was made.
    pub subject: ApplicationId,
    /// The entry.
    pub seq: u64,
}

impl Disclosed {
    /// Fills in the salts, in hexadecimal, of the commitments that the entry opens, in their order.
    pub fn open_with(&mut self, salts: impl IntoIterator<Item = String>) {
        if let Said::Part(Part::OpeningHeld { wishes, .. }) = &mut self.entry.said {
            for (list, salt) in wishes.iter_mut().zip(salts) {
                let opened: &mut OpenedWishes = list;
                opened.salt = salt;
            }
        }
    }
}
