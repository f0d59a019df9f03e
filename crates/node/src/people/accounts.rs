//! Accounts and sessions.

use std::sync::Arc;

use kezek_calendar::Iin;
use kezek_journal::{AppendError, NamedLock, PrivateWrite};
use kezek_records::{Account, Contacts, Label, Person, Record, Role, Session, SessionToken, random_id};

use tokio::sync::OwnedMutexGuard;

use super::{Found, Name, People, SignedIn, is_kept, machine_now};
use crate::error::PeopleError;

/// A new account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Whose. A person with this IIN who is known already keeps the present record and contacts.
    pub person: Person,
    /// How to reach the person.
    pub contacts: Contacts,
    /// What the person may be.
    pub roles: Vec<Role>,
    /// From [`kezek_records::hash_password`].
    pub password_hash: String,
    /// The kindergarten an official acts for.
    pub kindergarten: Option<u64>,
    /// The settlement an official acts in.
    pub settlement: Option<u64>,
}

/// What came of a password that was tried.
#[derive(Debug, Clone)]
pub enum Tried {
    /// It is right; the account as it is now.
    Right(Account),
    /// It is wrong.
    Wrong,
    /// Too many were wrong; this one tells nothing.
    Locked,
}

/// See [`People::one_at_a_time`].
pub(super) struct OneAtATime {
    _everywhere: NamedLock,
    _here: OwnedMutexGuard<()>,
}

impl People {
    /// Makes an account and returns the person's id, which is the account's too. Two at once make one account: the
    /// other call is told [`PeopleError::AccountExists`].
    pub async fn create_account(&self, new: NewAccount) -> Result<u64, PeopleError> {
        let known = self.find(&new.person.iin).await?;
        let id = known.as_ref().map_or_else(random_id, |known| Ok(known.id))?;
        let label = self.label(id, id);
        let account = Account {
            person: id,
            roles: new.roles,
            password_hash: new.password_hash,
            kindergarten: new.kindergarten,
            settlement: new.settlement,
            failed_count: 0,
            locked_until_us: None,
            must_change_password: false,
        };
        let mut changes = vec![self.insert(label, &account)?];
        if self.contacts(id).await?.is_none() {
            changes.push(self.put(label, &new.contacts)?);
        }
        if known.is_none() {
            changes.push(self.insert(label, &new.person)?);
        }
        match self.write(changes).await {
            Err(PeopleError::Write(AppendError::PrivateTaken { .. })) => Err(PeopleError::AccountExists),
            result => result.map(|()| id),
        }
    }

    /// Whether anybody has an account.
    pub async fn has_accounts(&self) -> Result<bool, PeopleError> {
        Ok(!self.journal.private_of_kind(Account::KIND, None, 1).await?.is_empty())
    }

    /// The account of the person with an IIN.
    pub async fn account_by_iin(&self, iin: &Iin) -> Result<Option<Found<Account>>, PeopleError> {
        let Some(person) = self.find(iin).await? else { return Ok(None) };
        self.account(person.id).await
    }

    /// A person's account.
    pub async fn account(&self, person: u64) -> Result<Option<Found<Account>>, PeopleError> {
        self.get(person).await
    }

    /// Notes that the password tried on `checked` was wrong. What is settled first counts: a password settled after the
    /// account was locked is [`Tried::Locked`], right or wrong.
    pub async fn note_failure(&self, checked: &Account) -> Result<Tried, PeopleError> {
        let held = self.one_at_a_time(checked.person).await?;
        let Some(found) = self.account(checked.person).await? else { return Ok(Tried::Wrong) };
        if self.is_locked(&found.record) {
            return Ok(Tried::Locked);
        }
        if found.record.password_hash == checked.password_hash {
            let mut account = found.record.clone();
            account.note_failure(machine_now().as_micros());
            self.write_held(vec![self.replace(&found, &account)?], held).await?;
        }
        Ok(Tried::Wrong)
    }

    /// Notes that the password tried on `checked` was right, and forgets the wrong ones. Wrong after all if the
    /// password was changed meanwhile, and locked if others were wrong meanwhile.
    pub async fn note_success(&self, checked: &Account) -> Result<Tried, PeopleError> {
        let held = self.one_at_a_time(checked.person).await?;
        let Some(found) = self.account(checked.person).await? else { return Ok(Tried::Wrong) };
        if self.is_locked(&found.record) {
            return Ok(Tried::Locked);
        }
        if found.record.password_hash != checked.password_hash {
            return Ok(Tried::Wrong);
        }
        let mut account = found.record.clone();
        if account.failed_count > 0 {
            account.note_success();
            self.write_held(vec![self.replace(&found, &account)?], held).await?;
        }
        Ok(Tried::Right(account))
    }

    /// Gives an account the password its person chose, and ends all its sessions. Returns the account as it is now.
    ///
    /// [`PeopleError::AccountChanged`] if the password is no longer the one of `checked`.
    pub async fn change_password(&self, checked: &Account, hash: String) -> Result<Account, PeopleError> {
        let held = self.one_at_a_time(checked.person).await?;
        let found = self.as_checked(checked).await?;
        let mut account = found.record.clone();
        account.password_hash = hash;
        account.must_change_password = false;
        account.note_success();
        let mut changes = vec![self.replace(&found, &account)?];
        let sessions = self.journal.private_by_owner(Session::KIND, account.person).await?;
        changes.extend(sessions.into_iter().map(|session| end(session.id)));
        self.write_held(changes, held).await?;
        Ok(account)
    }

    /// Keeps other changes of an account waiting, on all nodes, so that none of them is lost.
    pub(super) async fn one_at_a_time(&self, person: u64) -> Result<OneAtATime, PeopleError> {
        let here = Arc::clone(&self.accounts).lock_owned().await;
        let everywhere = self.journal.lock(&format!("account {person}")).await?;
        Ok(OneAtATime { _here: here, _everywhere: everywhere })
    }

    async fn as_checked(&self, checked: &Account) -> Result<Found<Account>, PeopleError> {
        let found = self.account(checked.person).await?;
        let same = found.filter(|found| found.record.password_hash == checked.password_hash);
        same.ok_or(PeopleError::AccountChanged)
    }

    /// Whether a password may not even be tried now.
    pub fn is_locked(&self, account: &Account) -> bool {
        account.is_locked(machine_now().as_micros())
    }

    /// Begins a session after a right password and forgets the wrong ones; the token goes into the cookie.
    ///
    /// [`PeopleError::AccountChanged`] if the password was changed since the account was read.
    pub async fn sign_in(
        &self,
        account: Account,
        lifetime_us: i64,
    ) -> Result<(Session, SessionToken), PeopleError> {
        let held = self.one_at_a_time(account.person).await?;
        let found = self.as_checked(&account).await?;
        let mut account = found.record.clone();
        let now_us = machine_now().as_micros();
        let (session, token) = Session::begin(account.person, now_us, lifetime_us)?;
        let label = Label {
            id: random_id()?,
            owner: Some(account.person),
            created_us: now_us,
            expires_us: Some(session.expires_us),
        };
        let mut changes = vec![self.insert(label, &session)?];
        if account.failed_count > 0 {
            account.note_success();
            changes.push(self.replace(&found, &account)?);
        }
        self.write_held(changes, held).await?;
        Ok((session, token))
    }

    /// Who is signed in with a cookie's token, if it is known without asking the store.
    pub fn known(&self, token: &str) -> Option<Arc<SignedIn>> {
        self.known.find(&SessionToken::hash(token))
    }

    /// Who was signed in with a cookie's token when this node last heard of changes, in the last ten minutes: for
    /// looking only, while the store is out of reach.
    pub fn remembered(&self, token: &str) -> Option<Arc<SignedIn>> {
        self.known.remember(&SessionToken::hash(token))
    }

    /// Who is signed in with a cookie's token.
    pub async fn signed_in(&self, token: &str) -> Result<Option<Arc<SignedIn>>, PeopleError> {
        let hash = SessionToken::hash(token);
        if let Some(found) = self.known.find(&hash) {
            return Ok(Some(found));
        }
        let reading = self.known.reading();
        let found = self.read_session(&hash).await?.map(Arc::new);
        if let Some(found) = &found {
            self.known.keep(hash, found, reading);
        }
        Ok(found)
    }

    /// A session with its account and person, in one exchange with the store.
    async fn read_session(&self, hash: &[u8; 32]) -> Result<Option<SignedIn>, PeopleError> {
        let kinds = [Account::KIND, Person::KIND];
        let rows = self.journal.private_with_owners(Session::KIND, hash, kinds).await?;
        let (mut sessions, mut accounts, mut people) = (None, None, None);
        for row in rows.into_iter().filter(is_kept) {
            match row.kind.as_str() {
                Session::KIND => sessions = sessions.or(Some(row)),
                Account::KIND => accounts = accounts.or(Some(row)),
                _ => people = people.or(Some(row)),
            }
        }
        let (Some(session), Some(account)) = (sessions, accounts) else { return Ok(None) };
        let Found { id, record: session, .. } = self.open::<Session>(session)?;
        let Found { id: person, record: account, .. } = self.open::<Account>(account)?;
        if session.account != person {
            return Ok(None);
        }
        let name = people.and_then(|row| self.open::<Person>(row).ok()).map(|found| found.record);
        let name = name.map(|Person { given, surname, .. }| Arc::new(Name { given, surname }));
        Ok(Some(SignedIn {
            session: id,
            csrf_token: session.csrf_token,
            expires_us: session.expires_us,
            person,
            roles: account.roles,
            kindergarten: account.kindergarten,
            settlement: account.settlement,
            must_change_password: account.must_change_password,
            name,
        }))
    }

    /// Ends a session.
    pub async fn sign_out(&self, session_id: u64) -> Result<(), PeopleError> {
        self.write(vec![end(session_id)]).await
    }

    /// Ends all sessions of a person: after a change of the password, or at the person's wish.
    pub async fn sign_out_everywhere(&self, person: u64) -> Result<(), PeopleError> {
        let sessions = self.journal.private_by_owner(Session::KIND, person).await?;
        self.write(sessions.into_iter().map(|session| end(session.id)).collect()).await
    }

    /// The label of something kept without term.
    pub(super) fn label(&self, id: u64, owner: u64) -> Label {
        Label { id, owner: Some(owner), created_us: machine_now().as_micros(), expires_us: None }
    }
}

pub(super) fn end(session_id: u64) -> PrivateWrite {
    PrivateWrite::Delete { kind: Session::KIND.into(), id: session_id }
}
