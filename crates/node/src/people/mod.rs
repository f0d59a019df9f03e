//! Personal data: sealed rows of the journal, opened for whoever may see them. Rights are the portal's.
//!
//! A person's id is the `ChildKey` or `ParentKey` of the facts, and the id of the account. Times of sessions, locks and
//! terms of keeping are the machine's, also under a virtual clock: moving that clock signs nobody out.

mod access;
mod accounts;
mod children;
mod halves;
mod keys;
mod known;
mod notices;
mod papers;

use std::sync::Arc;

use kezek_calendar::Iin;
use kezek_journal::{AppendError, Journal, PrivateRow, PrivateWrite};
use kezek_records::{
    ApplicationPrivate, ChildRecord, Contacts, ErasureGround, Keys, Label, Person, Record, SealError,
    SealedRow,
};
use kezek_rules::ids::ApplicationId;
use tokio::sync::Mutex;

pub use access::{Access, RoleAdded};
pub use accounts::{NewAccount, Tried};
pub(crate) use known::{Known, concerned};
pub use known::{Name, SignedIn};

use crate::clock::machine_now;
use crate::error::PeopleError;

/// How often an erasure asks for the store's files to be cleaned while a reader keeps them busy.
const SCRUB_TRIES: usize = 5;

/// The people of the service. Clones are the same.
#[derive(Clone)]
pub struct People {
    journal: Journal,
    keys: Keys,
    /// Held from reading an account to writing it, so that nobody writes over what another has just changed.
    accounts: Arc<Mutex<()>>,
    known: Arc<Known>,
}

/// An opened record with its label.
#[derive(Debug, Clone)]
pub struct Found<R> {
    /// Its id; for a person, an account and contacts the person's id.
    pub id: u64,
    /// The person whose data it is.
    pub owner: Option<u64>,
    /// When it was written, microseconds since 1970 UTC.
    pub created_us: i64,
    /// The record.
    pub record: R,
}

impl People {
    /// Must be called inside a runtime, where other nodes' changes are heard of.
    pub(crate) fn new(journal: Journal, keys: Keys) -> Self {
        let known = Known::of(&journal);
        Self { journal, keys, accounts: Arc::default(), known }
    }

    /// Who is signed in, as far as it is in memory: whoever writes private rows past [`People::write`] makes it forget.
    pub(crate) fn cache(&self) -> &Arc<Known> {
        &self.known
    }

    /// A record as a change that replaces the one with its id; for [`crate::PrivateChanges`] or [`People::write`].
    pub fn put<R: Record>(&self, label: Label, record: &R) -> Result<PrivateWrite, SealError> {
        Ok(PrivateWrite::Put(row(kezek_records::seal(&self.keys, label, record)?)))
    }

    /// A record as a change that is refused if its id or what it is found by is taken. For new people.
    pub fn insert<R: Record>(&self, label: Label, record: &R) -> Result<PrivateWrite, SealError> {
        Ok(PrivateWrite::Insert(row(kezek_records::seal(&self.keys, label, record)?)))
    }

    /// Makes changes durable that no fact speaks of, as a whole.
    pub async fn write(&self, changes: Vec<PrivateWrite>) -> Result<(), PeopleError> {
        self.write_held(changes, ()).await
    }

    /// As [`People::write`]; what is held is let go afterwards.
    async fn write_held(
        &self,
        changes: Vec<PrivateWrite>,
        held: impl Send + 'static,
    ) -> Result<(), PeopleError> {
        let concerned = concerned(&changes);
        if concerned.is_empty() {
            return Ok(self.journal.write_private(changes).await?);
        }
        let (journal, known) = (self.journal.clone(), Arc::clone(&self.known));
        // A task of its own: a caller that goes away in the middle leaves nobody in mind who was signed out.
        let writing = tokio::spawn(async move {
            let _held = held;
            let result = journal.write_private(changes).await;
            known.forget(&concerned);
            result
        });
        let written = writing.await.unwrap_or_else(|error| {
            self.known.forget_all();
            Err(AppendError::CommitUnknown(error.into()))
        });
        Ok(written?)
    }

    /// A record by its id. Rows past their term are not given.
    pub async fn get<R: Record>(&self, id: u64) -> Result<Option<Found<R>>, PeopleError> {
        let row = self.journal.private(R::KIND, id).await?;
        row.filter(is_kept).map(|row| self.open(row)).transpose()
    }

    /// The records with these ids that are there, in any order.
    pub(crate) async fn all<R: Record>(&self, ids: &[u64]) -> Result<Vec<Found<R>>, PeopleError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.journal.private_all(R::KIND, ids).await?;
        rows.into_iter().filter(is_kept).map(|row| self.open(row)).collect()
    }

    /// All records of a kind whose owner is this person, oldest first.
    pub async fn owned<R: Record>(&self, owner: u64) -> Result<Vec<Found<R>>, PeopleError> {
        let rows = self.journal.private_by_owner(R::KIND, owner).await?;
        rows.into_iter().filter(is_kept).map(|row| self.open(row)).collect()
    }

    /// The person with an IIN.
    pub async fn find(&self, iin: &Iin) -> Result<Option<Found<Person>>, PeopleError> {
        self.first_by_lookup(&self.keys.iin_index(iin)).await
    }

    /// A person by id.
    pub async fn person(&self, id: u64) -> Result<Option<Found<Person>>, PeopleError> {
        self.get(id).await
    }

    /// How a person is called, from memory where it is known: a number is shown with the child's name.
    pub async fn name(&self, person: u64) -> Result<Option<Arc<Name>>, PeopleError> {
        if let Some(name) = self.known.name(person) {
            return Ok(name);
        }
        let reading = self.known.reading();
        let found = match self.person(person).await {
            // While the store is out of reach a name of a moment ago is good enough.
            Err(PeopleError::Store(error)) => {
                return self.known.remember_name(person).ok_or(PeopleError::Store(error));
            }
            found => found?.map(|found| found.record),
        };
        let name = found.map(|Person { given, surname, .. }| Arc::new(Name { given, surname }));
        self.known.keep_name(person, name.as_ref(), reading);
        Ok(name)
    }

    /// What belongs to a child besides the person.
    pub async fn child(&self, id: u64) -> Result<Option<Found<ChildRecord>>, PeopleError> {
        self.get(id).await
    }

    /// How to reach a person.
    pub async fn contacts(&self, person: u64) -> Result<Option<Found<Contacts>>, PeopleError> {
        self.get(person).await
    }

    /// The private side of an application.
    pub async fn application(
        &self,
        application: ApplicationId,
    ) -> Result<Option<Found<ApplicationPrivate>>, PeopleError> {
        self.get(u64::from(application.0)).await
    }

    /// Erases everything a person owns and cleans the store's files of it; facts stay. A child is erased for itself.
    pub async fn erase(&self, person: u64, ground: ErasureGround) -> Result<(), PeopleError> {
        let owned = self.journal.private_ids_owned(person).await?;
        let erasure = kezek_records::erase(&self.keys, person, owned, ground, machine_now().as_micros())?;
        let deletions = erasure.delete.into_iter().map(|(kind, id)| PrivateWrite::Delete { kind, id });
        let mut changes: Vec<PrivateWrite> = deletions.collect();
        changes.push(PrivateWrite::Put(row(erasure.tombstone)));
        self.write(changes).await?;
        // What was written between the look and the erasure. Whoever writes later finds the stone.
        let late = self.journal.private_ids_owned(person).await?;
        let late = late.into_iter().map(|(kind, id)| PrivateWrite::Delete { kind, id }).collect::<Vec<_>>();
        if !late.is_empty() {
            self.write(late).await?;
        }
        self.scrub().await
    }

    async fn scrub(&self) -> Result<(), PeopleError> {
        let mut result = self.journal.scrub().await;
        for _ in 1..SCRUB_TRIES {
            if result.is_ok() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            result = self.journal.scrub().await;
        }
        Ok(result?)
    }

    async fn first_by_lookup<R: Record>(&self, lookup: &[u8]) -> Result<Option<Found<R>>, PeopleError> {
        let rows = self.journal.private_by_lookup(R::KIND, lookup).await?;
        rows.into_iter().find(is_kept).map(|row| self.open(row)).transpose()
    }

    fn open<R: Record>(&self, row: PrivateRow) -> Result<Found<R>, PeopleError> {
        let (id, owner, created_us) = (row.id, row.owner, row.created_us);
        Ok(Found { id, owner, created_us, record: kezek_records::open(&self.keys, &sealed(row))? })
    }
}

fn is_kept(row: &PrivateRow) -> bool {
    row.expires_us.is_none_or(|expires_us| machine_now().as_micros() < expires_us)
}

fn row(sealed: SealedRow) -> PrivateRow {
    let SealedRow { kind, id, lookup, owner, sealed, key_id, created_us, expires_us } = sealed;
    PrivateRow { kind, id, lookup, owner, sealed, key_id, created_us, expires_us }
}

fn sealed(row: PrivateRow) -> SealedRow {
    let PrivateRow { kind, id, lookup, owner, sealed, key_id, created_us, expires_us } = row;
    SealedRow { kind, id, lookup, owner, sealed, key_id, created_us, expires_us }
}
