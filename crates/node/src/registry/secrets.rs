//! The secrets that commitments rest on: durable before anything that rests on them, and gone with the child.

use std::collections::{BTreeMap, BTreeSet};

use hkdf::Hkdf;
use kezek_disclosure::{Disclosed, Opening};
use kezek_journal::{AppendError, PrivateWrite};
use kezek_records::{ApplicationSecret, Erased, FactSecret, Label, Record};
use kezek_rules::ids::ApplicationId;
use sha2::Sha256;

use super::error::RegistryError;
use crate::clock::machine_now;
use crate::error::PeopleError;
use crate::people::People;

/// How long other nodes may take to make an entry of somebody erased.
const KEEP_OF_ERASED_US: i64 = 30 * 86_400_000_000;
/// Another node may draw the same secrets at the same time; then its are taken.
const TRIES: usize = 4;

/// 32 random bytes.
pub type Secret = [u8; 32];

/// The secrets of some entries.
#[derive(Default)]
pub struct Secrets {
    of_application: BTreeMap<ApplicationId, Secret>,
    of_fact: BTreeMap<u64, Secret>,
}

/// Whose secrets some entries need.
#[derive(Debug, Default)]
struct Needed {
    /// With the number of each entry to be committed to.
    commitments: Vec<(u64, Option<ApplicationId>)>,
    applications: BTreeSet<ApplicationId>,
}

/// The salt of one entry.
pub fn salt(secret: &Secret, seq: u64) -> [u8; 32] {
    let mut salt = [0; 32];
    // 32 bytes are a fitting key, and as many can be made of it.
    if let Ok(key) = Hkdf::<Sha256>::from_prk(secret) {
        let made = key.expand_multi_info(&[b"kezek registry salt", &seq.to_be_bytes()], &mut salt);
        debug_assert!(made.is_ok());
    }
    salt
}

impl Secrets {
    /// The salt of an entry with something hidden.
    pub fn salt_of(&self, seq: u64, subject: Option<ApplicationId>) -> Option<[u8; 32]> {
        let of_application = || self.of_application.get(&subject?);
        self.of_fact.get(&seq).or_else(of_application).map(|secret| salt(secret, seq))
    }

    /// The salt of an earlier entry that is opened; none once its application was erased.
    pub fn opening(&self, opening: &Opening) -> Option<[u8; 32]> {
        self.of_application.get(&opening.subject).map(|secret| salt(secret, opening.seq))
    }

    /// The secrets that are there for these entries.
    pub async fn found(people: &People, entries: &[Disclosed]) -> Result<Self, PeopleError> {
        Self::load(people, &Needed::of(entries)).await
    }

    /// The secrets for these entries, drawn and kept where there are none. `child` tells whose application it is.
    pub async fn for_new(
        people: &People,
        entries: &[Disclosed],
        child: impl Fn(ApplicationId) -> Option<u64>,
    ) -> Result<Self, RegistryError> {
        let needed = Needed::of(entries);
        let mut tried = 0;
        loop {
            let found = Self::load(people, &needed).await?;
            let missing = needed.missing(&found);
            if missing.is_empty() {
                return Ok(found);
            }
            tried += 1;
            match found.draw(people, &missing, &child).await {
                Err(RegistryError::People(PeopleError::Write(AppendError::PrivateTaken { .. })))
                    if tried < TRIES => {}
                drawn => return drawn,
            }
        }
    }

    async fn load(people: &People, needed: &Needed) -> Result<Self, PeopleError> {
        let mut secrets = Self::default();
        let ids: Vec<u64> = needed.applications.iter().map(|id| u64::from(id.0)).collect();
        for found in people.all::<ApplicationSecret>(&ids).await? {
            let id = u32::try_from(found.id).map(ApplicationId);
            secrets.of_application.extend(id.map(|id| (id, found.record.secret)));
        }
        let facts: Vec<u64> = needed.missing(&secrets).iter().map(|(seq, _)| *seq).collect();
        for found in people.all::<FactSecret>(&facts).await? {
            secrets.of_fact.insert(found.id, found.record.secret);
        }
        Ok(secrets)
    }

    async fn draw(
        mut self,
        people: &People,
        missing: &[(u64, Option<ApplicationId>)],
        child: &impl Fn(ApplicationId) -> Option<u64>,
    ) -> Result<Self, RegistryError> {
        let mut owners: BTreeMap<ApplicationId, u64> = BTreeMap::new();
        for subject in missing.iter().filter_map(|(_, subject)| *subject) {
            owners.extend(child(subject).map(|child| (subject, child)));
        }
        let erased = erased(people, &owners).await?;
        let created_us = machine_now().as_micros();
        let mut writes = Vec::new();
        for (seq, of) in missing {
            let owned = of.and_then(|subject| Some((subject, *owners.get(&subject)?)));
            let owned = owned.filter(|(_, owner)| !erased.contains(owner));
            let (subject, owner) = match owned {
                Some((subject, _)) if self.of_application.contains_key(&subject) => continue,
                Some((subject, owner)) => (Some(subject), Some(owner)),
                None => (None, None),
            };
            let mut secret = Secret::default();
            getrandom::fill(&mut secret).map_err(|_| RegistryError::Random)?;
            let written = match subject {
                Some(subject) => {
                    self.of_application.insert(subject, secret);
                    let label = Label { id: u64::from(subject.0), owner, created_us, expires_us: None };
                    people.insert(label, &ApplicationSecret { secret })
                }
                None => {
                    self.of_fact.insert(*seq, secret);
                    // Of somebody erased it is kept only until all nodes have the entry.
                    let expires_us = of.map(|_| created_us + KEEP_OF_ERASED_US);
                    let label = Label { id: *seq, owner: None, created_us, expires_us };
                    people.insert(label, &FactSecret { secret })
                }
            };
            writes.push(written.map_err(PeopleError::from)?);
        }
        people.write(writes).await?;
        self.without_erased(people, owners, &erased).await
    }

    /// Deletes again what was drawn for somebody who was erased meanwhile: an erasure that does not see the new secrets
    /// has set its stone before they were written.
    async fn without_erased(
        self,
        people: &People,
        owners: BTreeMap<ApplicationId, u64>,
        known: &BTreeSet<u64>,
    ) -> Result<Self, RegistryError> {
        let now = erased(people, &owners).await?;
        let late = owners.into_iter().filter(|(_, owner)| now.contains(owner) && !known.contains(owner));
        let deleted = late.map(|(application, _)| PrivateWrite::Delete {
            kind: ApplicationSecret::KIND.to_owned(),
            id: u64::from(application.0),
        });
        let deleted: Vec<PrivateWrite> = deleted.collect();
        if !deleted.is_empty() {
            people.write(deleted).await?;
        }
        Ok(self)
    }
}

impl Needed {
    fn of(entries: &[Disclosed]) -> Self {
        let mut needed = Self::default();
        for one in entries {
            if !one.hidden.is_empty() {
                needed.commitments.push((one.entry.seq, one.subject));
                needed.applications.extend(one.subject);
            }
            needed.applications.extend(one.opens.iter().map(|opening| opening.subject));
        }
        needed
    }

    /// The entries that cannot be committed to with these.
    fn missing(&self, found: &Secrets) -> Vec<(u64, Option<ApplicationId>)> {
        let has = |(seq, subject): &(u64, Option<ApplicationId>)| {
            found.of_fact.contains_key(seq)
                || subject.is_some_and(|subject| found.of_application.contains_key(&subject))
        };
        self.commitments.iter().filter(|one| !has(one)).copied().collect()
    }
}

/// Which of the owners were erased.
async fn erased(
    people: &People,
    owners: &BTreeMap<ApplicationId, u64>,
) -> Result<BTreeSet<u64>, PeopleError> {
    let ids: BTreeSet<u64> = owners.values().copied().collect();
    let ids: Vec<u64> = ids.into_iter().collect();
    Ok(people.all::<Erased>(&ids).await?.into_iter().map(|found| found.id).collect())
}
