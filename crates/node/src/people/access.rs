//! Access that somebody else gives: parents' accounts made at an office, roles, passwords for one sign-in.

use kezek_journal::PrivateWrite;
use kezek_records::{
    Account, Contacts, Label, Person, Record, Role, Session, Strength, hash_password, one_time_password,
    random_id,
};

use super::accounts::{OneAtATime, end};
use super::{Found, People};
use crate::error::PeopleError;

/// How a parent signs in now.
#[derive(Clone, PartialEq, Eq)]
pub enum Access {
    /// Once with this password, then with one of the parent's own. It is kept nowhere: show it once.
    OneTimePassword(String),
    /// With the password the person has: a staff account's password is nobody else's to change. The account may act as
    /// a parent too.
    OwnPassword,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Access(hidden)")
    }
}

/// What became of a role for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleAdded {
    /// The account has it now.
    Added,
    /// The account had it already; nothing was changed.
    There,
}

impl People {
    /// The id of the person with this IIN, written newly where nobody is known; somebody who is known keeps the
    /// present record. Contacts are written only where none are known.
    pub async fn enter_person(&self, person: &Person, contacts: &Contacts) -> Result<u64, PeopleError> {
        let known = self.find(&person.iin).await?;
        let id = known.as_ref().map_or_else(random_id, |known| Ok(known.id))?;
        let mut changes = Vec::new();
        if known.is_none() {
            changes.push(self.insert(self.label(id, id), person)?);
        }
        if self.contacts(id).await?.is_none() {
            changes.push(self.put(self.label(id, id), contacts)?);
        }
        self.write(changes).await?;
        Ok(id)
    }

    /// Lets a parent sign in: makes an account, or gives a parent's account a new password, ends its sessions and
    /// forgets its wrong passwords. A staff account keeps its password and gains the role of a parent.
    ///
    /// [`PeopleError::NoPerson`] if nobody is kept under this id.
    pub async fn give_access(&self, person: u64) -> Result<Access, PeopleError> {
        self.person(person).await?.ok_or(PeopleError::NoPerson)?;
        let password = one_time_password()?;
        let hash = hash_off_thread(password.clone()).await?;
        let held = self.one_at_a_time(person).await?;
        let Some(found) = self.account(person).await? else {
            let account = Account {
                person,
                roles: vec![Role::Parent],
                password_hash: hash,
                kindergarten: None,
                settlement: None,
                failed_count: 0,
                locked_until_us: None,
                must_change_password: true,
            };
            self.write_held(vec![self.insert(self.label(person, person), &account)?], held).await?;
            return Ok(Access::OneTimePassword(password));
        };
        let mut account = found.record.clone();
        if !account.is_parent_only() {
            if !account.roles.contains(&Role::Parent) {
                account.roles.push(Role::Parent);
                self.write_held(vec![self.replace(&found, &account)?], held).await?;
            }
            return Ok(Access::OwnPassword);
        }
        self.write_new_password(&found, hash, held).await?;
        Ok(Access::OneTimePassword(password))
    }

    /// Gives any account a password for one sign-in, ends its sessions and forgets its wrong passwords. For whoever
    /// runs the installation.
    pub async fn reset_password(&self, person: u64) -> Result<String, PeopleError> {
        let password = one_time_password()?;
        let hash = hash_off_thread(password.clone()).await?;
        let held = self.one_at_a_time(person).await?;
        let found = self.account(person).await?.ok_or(PeopleError::NoPerson)?;
        self.write_new_password(&found, hash, held).await?;
        Ok(password)
    }

    /// Adds a role to an account, with the place it acts in where it has none yet. The password stays.
    ///
    /// [`PeopleError::NoPerson`] without an account, [`PeopleError::OtherPlace`] if it acts in another place.
    pub async fn add_role(
        &self,
        person: u64,
        role: Role,
        settlement: Option<u64>,
        kindergarten: Option<u64>,
    ) -> Result<RoleAdded, PeopleError> {
        let held = self.one_at_a_time(person).await?;
        let found = self.account(person).await?.ok_or(PeopleError::NoPerson)?;
        let mut account = found.record.clone();
        for (present, new) in
            [(&mut account.settlement, settlement), (&mut account.kindergarten, kindergarten)]
        {
            if new.is_some() && present.is_some() && *present != new {
                return Err(PeopleError::OtherPlace);
            }
            *present = present.or(new);
        }
        if account.roles.contains(&role) {
            return Ok(RoleAdded::There);
        }
        account.roles.push(role);
        self.write_held(vec![self.replace(&found, &account)?], held).await?;
        Ok(RoleAdded::Added)
    }

    async fn write_new_password(
        &self,
        found: &Found<Account>,
        hash: String,
        held: OneAtATime,
    ) -> Result<(), PeopleError> {
        let mut account = found.record.clone();
        account.password_hash = hash;
        account.must_change_password = true;
        account.note_success();
        let mut changes = vec![self.replace(found, &account)?];
        let sessions = self.journal.private_by_owner(Session::KIND, account.person).await?;
        changes.extend(sessions.into_iter().map(|session| end(session.id)));
        self.write_held(changes, held).await
    }

    /// The account in place of the one that was found; under the lock of accounts only.
    pub(super) fn replace(
        &self,
        found: &Found<Account>,
        account: &Account,
    ) -> Result<PrivateWrite, PeopleError> {
        let Found { id, owner, created_us, .. } = *found;
        Ok(self.put(Label { id, owner, created_us, expires_us: None }, account)?)
    }
}

/// Argon2 takes a core for a while: off the async threads.
async fn hash_off_thread(password: String) -> Result<String, PeopleError> {
    let hashed = tokio::task::spawn_blocking(move || hash_password(&password, Strength::Full)).await;
    Ok(hashed.unwrap_or(Err(kezek_records::PasswordError::Failed))?)
}
