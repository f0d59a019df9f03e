//! Personal data is never printed, not even by a mistake: `Debug` of these types names the type only.

use std::fmt::{Debug, Formatter, Result};

use crate::{
    AccessEntry, Account, ApplicationPrivate, ChildRecord, Contacts, Document, Notice, Person, Phone,
    Session, SessionToken,
};

impl Debug for Person {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("Person(hidden)")
    }
}

impl Debug for ChildRecord {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("ChildRecord(hidden)")
    }
}

impl Debug for Contacts {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("Contacts(hidden)")
    }
}

impl Debug for Phone {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("Phone(hidden)")
    }
}

impl Debug for ApplicationPrivate {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("ApplicationPrivate(hidden)")
    }
}

impl Debug for Document {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("Document(hidden)")
    }
}

impl Debug for Account {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("Account(hidden)")
    }
}

impl Debug for Session {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("Session(hidden)")
    }
}

impl Debug for SessionToken {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("SessionToken(hidden)")
    }
}

impl Debug for AccessEntry {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("AccessEntry(hidden)")
    }
}

impl Debug for Notice {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("Notice(hidden)")
    }
}
