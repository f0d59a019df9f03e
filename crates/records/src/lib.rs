//! Personal data: sealed before it is stored, found by keyed index, erasable.
//!
//! Every record becomes a [`SealedRow`] whose columns say nothing about a person; the rows are stored elsewhere,
//! beside the facts they commit with. Opening needs the [`Keys`]. Nothing here reads a clock or keeps a row.
//!
//! Whose a row is (`owner`, what an erasure goes by):
//!
//! | kind | id | owner | found by |
//! | --- | --- | --- | --- |
//! | `person` | the person | the person | IIN, [`Keys::iin_index`] |
//! | `child` | the child | the child | id |
//! | `contacts` | the person | the person | first phone, [`Keys::phone_index`] |
//! | `application` | the application | the child | id |
//! | `document`, `document_bytes` | the document | the child or parent it is about | owner |
//! | `account` | the person | the person | owner |
//! | `session` | random | the person | [`SessionToken::hash`] |
//! | `access` | random | the person looked at | owner |
//! | `notice` | random | the addressee | owner |
//! | `registry_secret` | the application | the child | id |
//! | `registry_fact_secret` | the fact's number | nobody | id |
//! | `erased` | the person | nobody | id |
//!
//! Write a new `person` so that a taken lookup is refused: then one IIN is one person.

mod account;
mod application;
mod document;
mod erasure;
mod hidden;
mod key_file;
mod keys;
mod password;
mod person;
mod registry;
mod seal;

pub use account::{Account, Role, Session, SessionToken};
pub use application::{AccessEntry, ApplicationPrivate, Notice};
pub use document::{
    DOCUMENT_BYTES_MAX, Document, DocumentError, MediaType, accept_document, open_document_bytes,
    seal_document_bytes,
};
pub use erasure::{Erased, Erasure, ErasureGround, erase};
pub use keys::{KeyCheck, KeyError, Keys};
pub use password::{PasswordError, Strength, hash_password, one_time_password, verify_password};
pub use person::{ChildRecord, Contacts, Language, Person, Phone, PhoneError};
pub use registry::{ApplicationSecret, FactSecret};
pub use seal::{Label, OpenError, Record, SealError, SealedRow, open, reseal, seal};

/// A random id, never 0. The journal's facts refer to people and papers by such ids only.
pub fn random_id() -> Result<u64, SealError> {
    loop {
        let id = getrandom::u64().map_err(SealError::Random)?;
        if id != 0 {
            return Ok(id);
        }
    }
}
