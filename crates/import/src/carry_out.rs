//! Carrying a plan out: as one batch, all or nothing.

use std::collections::{BTreeMap, BTreeSet};

use kezek_calendar::Iin;
use kezek_node::{
    Accepted, BatchError, BatchIntake, BatchItem, Head, Node, People, PeopleError, PrivateChanges,
    PrivateWrite, SubmitError,
};
use kezek_records::{ApplicationPrivate, Label, SealError, random_id};
use kezek_rules::{Command, Event};

use crate::organisation_plan::OrganisationPlan;
use crate::people::{KnownPerson, NewPerson};
use crate::plan::{NewApplication, QueuePlan};
use crate::queue::QueueRow;
use crate::sheet::Sheet;

/// How often an import is planned, at most, when others write between planning and carrying out.
pub const PLANS_MAX: usize = 6;

/// Who carries a plan out.
#[derive(Clone, Debug)]
pub struct By {
    /// For the journal: a role and a random id.
    pub actor: String,
    /// Private rows that become durable with the import, such as a mark that this very file was taken.
    pub rows: Vec<PrivateWrite>,
}

/// A plan was not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CarryOutError {
    /// Personal data could not be read or sealed.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// The batch was refused.
    #[error(transparent)]
    Batch(#[from] BatchError),
}

impl CarryOutError {
    /// Whether the service has changed since the plan was made, so that it must be planned anew. A refusal by the law
    /// tells of it too, since a plan is rehearsed.
    pub fn is_outdated(&self) -> bool {
        match self {
            Self::Batch(BatchError::NotDone(error)) => matches!(error, SubmitError::PrivateTaken { .. }),
            Self::Batch(BatchError::Moved | BatchError::Refused { .. }) => true,
            Self::People(_) => false,
        }
    }
}

impl From<SealError> for CarryOutError {
    fn from(error: SealError) -> Self {
        Self::People(error.into())
    }
}

/// The people of the file whom the service knows, by IIN; `looked` is told after each.
pub async fn known(
    people: &People,
    sheet: &Sheet<QueueRow>,
    looked: impl Fn(),
) -> Result<BTreeMap<Iin, KnownPerson>, PeopleError> {
    let iins: BTreeSet<Iin> = sheet.rows.iter().flat_map(|row| [row.child.iin, row.parent.iin]).collect();
    let mut known = BTreeMap::new();
    for iin in iins {
        if let Some(found) = people.find(&iin).await? {
            known.insert(iin, KnownPerson { id: found.id, born: found.record.birth_date });
        }
        looked();
    }
    Ok(known)
}

/// An id for each child and each parent of the file.
pub fn new_ids(sheet: &Sheet<QueueRow>) -> Result<Vec<u64>, SealError> {
    (0..sheet.rows.len() * 2).map(|_| random_id()).collect()
}

/// Enters settlements, organisations and groups. They were numbered when they were planned, so facts of others since
/// then refuse the batch.
pub async fn enter(
    node: &Node,
    by: By,
    plan: &OrganisationPlan,
    planned_on: Head,
) -> Result<Accepted, CarryOutError> {
    let By { actor, mut rows } = by;
    let item = |command: &Command| {
        let private = PrivateChanges::rows(std::mem::take(&mut rows));
        BatchItem { command: command.clone(), private, then: None }
    };
    let items = plan.commands.iter().map(item).collect();
    Ok(node.submit_all(BatchIntake { actor, items, planned_on: Some(planned_on) }).await?)
}

/// Registers all applications and marks those whose child goes to a kindergarten already.
///
/// Facts of others since the planning do not matter: the law refuses a second application of a child, and a person who
/// was entered meanwhile refuses the batch. A service where families apply all day could take no long queue otherwise.
pub async fn register(node: &Node, by: By, plan: &QueuePlan) -> Result<Accepted, CarryOutError> {
    let By { actor, mut rows } = by;
    rows.extend(people_rows(node, plan).await?);
    let item = |one: &NewApplication| {
        let private = records(node, one, std::mem::take(&mut rows));
        BatchItem { command: Command::Submit(one.submit.clone()), private, then: one.then() }
    };
    let items = plan.applications.iter().map(item).collect();
    Ok(node.submit_all(BatchIntake { actor, items, planned_on: None }).await?)
}

/// The private side of an application, after these rows.
fn records(node: &Node, one: &NewApplication, rows: Vec<PrivateWrite>) -> PrivateChanges {
    let record = ApplicationPrivate {
        child: one.submit.child.0,
        parent: one.submit.parent.0,
        address: String::new(),
        grounds: None,
        note: None,
    };
    let (people, created_us) = (node.people().clone(), node.now().as_micros());
    PrivateChanges::from_facts(move |facts| {
        let mut rows = rows.clone();
        for fact in facts {
            if let Event::Registered { application, child, .. } = &fact.event {
                let id = u64::from(application.0);
                let label = Label { id, owner: Some(child.0), created_us, expires_us: None };
                rows.push(people.put(label, &record)?);
            }
        }
        Ok(rows)
    })
}

/// The new people, and new parents of children known already.
async fn people_rows(node: &Node, plan: &QueuePlan) -> Result<Vec<PrivateWrite>, CarryOutError> {
    let (people, created_us) = (node.people(), node.now().as_micros());
    let mut rows = people.represent(&plan.parents_of_known()).await?;
    for NewPerson { id, person, contacts, child } in &plan.people {
        let label = Label { id: *id, owner: Some(*id), created_us, expires_us: None };
        rows.push(people.insert(label, person)?);
        if let Some(contacts) = contacts {
            rows.push(people.put(label, contacts)?);
        }
        if let Some(child) = child {
            rows.push(people.put(label, child)?);
        }
    }
    Ok(rows)
}
