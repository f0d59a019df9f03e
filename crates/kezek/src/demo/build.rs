//! Building the demonstration: the city, its queue, three weeks of life, the campaign about to open.

use std::collections::{BTreeMap, HashSet, VecDeque};

use anyhow::{Context, Result};
use futures_util::future::join_all;
use indicatif::ProgressBar;
use kezek_calendar::{Instant, Zone};
use kezek_node::{
    Accepted, BatchError, BatchIntake, BatchItem, Intake, Node, Outcome, PrivateChanges, PrivateWrite,
};
use kezek_records::{ApplicationPrivate, Label};
use kezek_rules::Command;
use kezek_rules::benefit::Class;
use kezek_rules::command::{OpenSettlement, QueueChoice};
use kezek_rules::ids::{OrganisationId, SettlementId};
use kezek_rules::profile::{AgeMatch, Profile};
use tokio::task::JoinHandle;

use super::families::Maker;
use super::figures::{SEED, SETTLEMENT, Size, ZONE, day, moment};
use super::gardens::Gardens;
use super::queue::{Came, City, Wait, general_taken_over};

/// The only settlement.
pub const CITY: SettlementId = SettlementId(0);
/// Working days from the take-over to the campaign; on each some families apply.
const WORKING_DAYS: u32 = 18;
/// Applications taken over in one transaction.
const LOT: usize = 4_000;
/// Commands that wait at one time, below what the node lets wait.
const AT_ONCE: usize = 4_000;
/// The operator of the system, as the journal names who acts.
pub const OPERATOR: &str = "administrator:0000000000000000";

/// When the demonstration's history begins.
pub fn beginning() -> Result<Instant> {
    Ok(moment(&Zone::named(ZONE)?, 5, 17, 8, 0))
}

/// What is built, as far as it is built.
pub struct Builder {
    pub node: Node,
    pub city: City,
    pub gardens: Gardens,
    pub zone: Zone,
    pub size: Size,
    pub bar: ProgressBar,
    /// Registered applications so far.
    registered: u32,
    pub staff: Staff,
    /// People whose personal records are kept.
    kept: HashSet<u64>,
}

/// Person ids of officials.
pub struct Staff {
    pub clerk: u64,
    /// By organisation.
    pub heads: Vec<u64>,
}

impl Builder {
    pub fn new(node: Node, size: Size, bar: ProgressBar) -> Result<Self> {
        let mut maker = Maker::new(SEED);
        let gardens = Gardens::new(size, CITY, &mut maker.rng)?;
        let organisations =
            gardens.commands.iter().filter(|one| matches!(one, Command::AddOrganisation(_))).count();
        let staff = Staff { clerk: maker.id(), heads: (0..organisations).map(|_| maker.id()).collect() };
        let zone = Zone::named(ZONE)?;
        let city = City::new(maker, zone.clone(), CITY);
        Ok(Builder { node, city, gardens, zone, size, bar, staff, registered: 0, kept: HashSet::new() })
    }

    /// Enters settlement, organisations and groups, and takes the queue over.
    pub async fn take_over(&mut self) -> Result<()> {
        let profile = Profile { age_match: AgeMatch::BirthYear, ..Profile::default() };
        let open = OpenSettlement { name: SETTLEMENT.into(), zone: self.zone.clone(), profile };
        let mut commands = vec![Command::OpenSettlement(open)];
        commands.append(&mut self.gardens.commands);
        self.all(commands).await?;
        let general = general_taken_over(self.size, WORKING_DAYS);
        let waits = self.city.taken_over(general, self.size, &self.gardens.care, day(5, 16))?;
        let waits = in_final_order(waits, &self.city);
        self.bar.set_length(waits.len() as u64);
        // The writer keeps one lot while the next is sealed.
        let mut writing = None;
        for lot in waits.chunks(LOT) {
            let items = self.items(lot, Came::ByImport)?;
            finished(writing.take()).await?;
            let node = self.node.clone();
            let batch = BatchIntake { actor: OPERATOR.into(), items, planned_on: None };
            writing = Some(tokio::spawn(async move { node.submit_all(batch).await }));
            self.bar.inc(lot.len() as u64);
        }
        finished(writing).await
    }

    /// Registers applications that come now; gives back their facts' applications with the pending benefits.
    pub async fn register(&mut self, waits: &[Wait]) -> Result<Accepted> {
        let items = self.items(waits, Came::Now)?;
        let batch = BatchIntake { actor: OPERATOR.into(), items, planned_on: None };
        Ok(self.node.submit_all(batch).await?)
    }

    /// Commands that must all be accepted.
    pub async fn all(&self, commands: Vec<Command>) -> Result<Accepted> {
        let batch = BatchIntake {
            actor: OPERATOR.into(),
            items: commands.into_iter().map(BatchItem::of).collect(),
            planned_on: None,
        };
        Ok(self.node.submit_all(batch).await?)
    }

    /// Commands of many people; gives back how many were accepted. A refusal is part of life.
    pub async fn each(&self, commands: Vec<(String, Command)>) -> Result<usize> {
        let mut accepted = 0;
        let mut commands = commands.into_iter();
        loop {
            let lot: Vec<_> = commands.by_ref().take(AT_ONCE).collect();
            if lot.is_empty() {
                return Ok(accepted);
            }
            let submitted = lot.into_iter().map(|(actor, command)| {
                self.node.submit(Intake { actor, command, key: None, private: PrivateChanges::none() })
            });
            for outcome in join_all(submitted).await {
                accepted += usize::from(matches!(outcome?, Outcome::Accepted(_)));
            }
        }
    }

    /// Moves the clock to a time of a day of 2021.
    pub async fn clock(&self, month: i8, of_month: i8, hour: i8, minute: i8) -> Result<()> {
        let at = moment(&self.zone, month, of_month, hour, minute);
        Ok(self.node.set_clock(at).await?)
    }

    /// How the journal names the clerk of the provider.
    pub fn clerk(&self) -> String {
        format!("provider:{:016x}", self.staff.clerk)
    }

    /// How the journal names the head of a kindergarten.
    pub fn head(&self, organisation: OrganisationId) -> String {
        let head = self.staff.heads.get(organisation.0 as usize).copied().unwrap_or_default();
        format!("kindergarten:{head:016x}")
    }

    fn items(&mut self, waits: &[Wait], came: Came) -> Result<Vec<BatchItem>> {
        let mut items = Vec::with_capacity(waits.len());
        for wait in waits {
            let draw = self.city.maker().rng.u32(..);
            let submit =
                wait.submit(&self.city.families, draw, came).context("an application without a child")?;
            let rows = self.rows(wait)?;
            items.push(BatchItem {
                command: Command::Submit(submit),
                private: PrivateChanges::rows(rows),
                then: None,
            });
        }
        Ok(items)
    }

    /// The personal records of an application: those of parent and child when they are met first, and its own.
    fn rows(&mut self, wait: &Wait) -> Result<Vec<PrivateWrite>> {
        let family = self.city.families.get(wait.family).context("an application without a family")?;
        let child = family.children.get(wait.child).context("an application without a child")?;
        let people = self.node.people();
        let created_us = wait.registered.as_micros();
        let label = |id, owner| Label { id, owner: Some(owner), created_us, expires_us: None };
        let mut rows = Vec::with_capacity(5);
        if self.kept.insert(family.id) {
            rows.push(people.put(label(family.id, family.id), &family.parent)?);
            rows.push(people.put(label(family.id, family.id), &family.contacts)?);
        }
        if self.kept.insert(child.id) {
            rows.push(people.put(label(child.id, child.id), &child.person)?);
            rows.push(people.put(label(child.id, child.id), &child.record(family))?);
        }
        let record = ApplicationPrivate {
            child: child.id,
            parent: family.id,
            address: family.address.clone(),
            grounds: None,
            note: None,
        };
        rows.push(people.put(label(u64::from(self.registered), child.id), &record)?);
        self.registered += 1;
        Ok(rows)
    }
}

async fn finished(writing: Option<JoinHandle<Result<Accepted, BatchError>>>) -> Result<()> {
    if let Some(writing) = writing {
        writing.await??;
    }
    Ok(())
}

/// In the order of the queues (254/21), so that each family's number at the take-over is its number afterwards and
/// nobody is told of a move that nobody made.
fn in_final_order(waits: Vec<Wait>, city: &City) -> Vec<Wait> {
    let mut queues: BTreeMap<(u8, i16), [VecDeque<Wait>; 3]> = BTreeMap::new();
    for wait in waits {
        let Some(year) = city.born(&wait).map(|born| born.year()) else { continue };
        let kind = u8::from(!matches!(wait.queue, QueueChoice::General(_)));
        let class = match wait.benefits.iter().map(|benefit| benefit.class()).min() {
            Some(Class::Extraordinary) => 0,
            Some(Class::Priority) => 1,
            _ => 2,
        };
        queues.entry((kind, year)).or_default()[class].push_back(wait);
    }
    let mut ordered = Vec::new();
    for [extraordinary, mut priority, mut general] in queues.into_values() {
        ordered.extend(extraordinary);
        while !priority.is_empty() || !general.is_empty() {
            ordered.extend(priority.pop_front());
            ordered.extend(general.drain(..general.len().min(3)));
        }
    }
    ordered
}
