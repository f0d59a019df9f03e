//! The people one can be: one or several of each role, parents in states worth seeing.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use kezek_node::PrivateWrite;
use kezek_records::{Account, Contacts, Label, Person, Role, Strength, hash_password};
use kezek_rules::ids::OrganisationId;
use kezek_rules::place::{OrganisationKind, Ownership};
use serde::{Deserialize, Serialize};

use super::build::{Builder, CITY};
use super::families::Family;
use super::figures::day;
use super::look::{Look, PARENTS};
use super::words::{self, About};

/// The password of everyone in the cast, for those who would rather type.
pub const PASSWORD: &str = "kezek-demo";

/// A person to pick at sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picked {
    /// The person's id, which is the account's.
    pub account: u64,
    pub role: Role,
    pub name: String,
    /// In Kazakh, Russian and English.
    pub about: [String; 3],
}

impl Builder {
    /// Chooses the cast and gives everyone in it an account.
    pub async fn cast(&mut self) -> Result<Vec<Picked>> {
        let mut cast = Vec::new();
        let mut rows = Vec::new();
        for (family, about) in self.parents() {
            let name = full_name(&family.parent);
            cast.push(Picked { account: family.id, role: Role::Parent, name, about: owned(about) });
            rows.push(self.account(family.id, Role::Parent, None)?);
        }
        cast.push(self.newcomer(&mut rows)?);
        for (id, role, kindergarten, about) in self.officials() {
            let (person, contacts) = self.city.maker().official()?;
            rows.extend(self.person(id, &person, &contacts)?);
            rows.push(self.account(id, role, kindergarten)?);
            let mut about = owned(about);
            if let Some(name) = kindergarten.and_then(|id| self.name_of(id)) {
                about = about.map(|text| format!("{name}: {text}"));
            }
            cast.push(Picked { account: id, role, name: full_name(&person), about });
        }
        self.node.people().write(rows).await?;
        Ok(cast)
    }

    /// A family for each thing worth seeing; a family is picked once.
    fn parents(&self) -> Vec<(Family, About)> {
        let families: HashMap<u64, &Family> = self.city.families.iter().map(|one| (one.id, one)).collect();
        self.node.read(|state| {
            let look = Look { state, families: &families, size: self.size };
            let mut taken = HashSet::new();
            let mut found = Vec::new();
            for (wanted, about) in PARENTS {
                let mut candidates = state.applications().filter(|(id, one)| wanted(&look, *id, one));
                if let Some((_, one)) = candidates.find(|(_, one)| !taken.contains(&one.parent.0)) {
                    taken.insert(one.parent.0);
                    found.extend(families.get(&one.parent.0).map(|family| ((*family).clone(), *about)));
                }
            }
            found
        })
    }

    /// A parent whose child does not wait yet.
    fn newcomer(&mut self, rows: &mut Vec<PrivateWrite>) -> Result<Picked> {
        let family = self.city.maker().family(day(5, 25))?;
        rows.extend(self.person(family.id, &family.parent, &family.contacts)?);
        rows.push(self.account(family.id, Role::Parent, None)?);
        let name = full_name(&family.parent);
        Ok(Picked { account: family.id, role: Role::Parent, name, about: owned(words::NEWCOMER) })
    }

    fn officials(&mut self) -> Vec<(u64, Role, Option<OrganisationId>, About)> {
        let (state_garden, private, special, sanatorium) = self.node.read(|state| {
            let busy = state.referrals().find(|(_, one)| one.is_live()).and_then(|(_, one)| {
                let organisation = state.vacancy(one.vacancy)?.organisation;
                let is_state = state.organisation(organisation)?.kind == OrganisationKind::General;
                is_state.then_some(organisation)
            });
            let first = |kind, ownership| {
                let mut all = state.organisations();
                all.find(|(_, one)| one.kind == kind && one.ownership == ownership).map(|(id, _)| id)
            };
            (
                busy.or_else(|| first(OrganisationKind::General, Ownership::State)),
                first(OrganisationKind::General, Ownership::Private),
                first(OrganisationKind::Special, Ownership::State),
                first(OrganisationKind::Sanatorium, Ownership::State),
            )
        });
        let heads = [
            (state_garden, words::STATE_HEAD),
            (private, words::PRIVATE_HEAD),
            (special, words::SPECIAL_HEAD),
            (sanatorium, words::SANATORIUM_HEAD),
        ];
        let mut officials = vec![(self.staff.clerk, Role::Provider, None, words::CLERK)];
        for (organisation, about) in heads {
            let head = organisation.and_then(|id| Some((id, *self.staff.heads.get(id.0 as usize)?)));
            officials.extend(head.map(|(id, head)| (head, Role::Kindergarten, Some(id), about)));
        }
        for (role, about) in [
            (Role::Akimat, words::AKIMAT),
            (Role::StateCorporation, words::STATE_CORPORATION),
            (Role::Auditor, words::AUDITOR),
            (Role::Administrator, words::ADMINISTRATOR),
        ] {
            officials.push((self.city.maker().id(), role, None, about));
        }
        officials
    }

    fn name_of(&self, id: OrganisationId) -> Option<String> {
        self.node.read(|state| state.organisation(id).map(|one| one.name.clone()))
    }

    fn person(&self, id: u64, person: &Person, contacts: &Contacts) -> Result<[PrivateWrite; 2]> {
        let people = self.node.people();
        let label = self.label(id);
        Ok([people.put(label, person)?, people.put(label, contacts)?])
    }

    fn account(&self, id: u64, role: Role, kindergarten: Option<OrganisationId>) -> Result<PrivateWrite> {
        let account = Account {
            person: id,
            roles: vec![role],
            password_hash: hash_password(PASSWORD, Strength::DemonstrationOnly)
                .context("hashing a password")?,
            kindergarten: kindergarten.map(|id| u64::from(id.0)),
            settlement: (role != Role::Parent).then_some(u64::from(CITY.0)),
            failed_count: 0,
            locked_until_us: None,
            must_change_password: false,
        };
        Ok(self.node.people().put(self.label(id), &account)?)
    }

    fn label(&self, id: u64) -> Label {
        Label { id, owner: Some(id), created_us: self.node.now().as_micros(), expires_us: None }
    }
}

fn full_name(person: &Person) -> String {
    format!("{} {}", person.given, person.surname)
}

fn owned(about: About) -> [String; 3] {
    about.map(str::to_owned)
}
