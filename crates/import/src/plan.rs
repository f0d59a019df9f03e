//! From rows to commands, judged against what the service holds.

use std::collections::{BTreeMap, BTreeSet};

use kezek_calendar::{Iin, Instant};
use kezek_rules::command::{Entry, IinCheck, QueueChoice, Submit};
use kezek_rules::ids::{ApplicationId, ChildKey, OrganisationId, ParentKey, SettlementId};
use kezek_rules::queue::{Queue, QueueKey};
use kezek_rules::state::Settlement;
use kezek_rules::{Command, Event, Fact, State};

use crate::columns::Column;
use crate::names::Names;
use crate::people::{KnownPerson, NewPerson, People};
use crate::problem::{Problem, Reason};
use crate::queue::{QueueRow, WaitsFor};
use crate::rehearsal::rehearse;
use crate::sheet::Sheet;
use crate::value::Status;

/// What an import of a queue will do.
#[derive(Debug)]
pub struct QueuePlan {
    /// Applications to register, in the order of the file.
    pub applications: Vec<NewApplication>,
    /// People to enter.
    pub people: Vec<NewPerson>,
    /// Lines whose application is there already.
    pub there_already: Vec<u64>,
    /// Lines that call a child enrolled whose application, there already, stands in the queue: for a person to judge.
    pub enrolled_there: Vec<u64>,
    /// Applications by queue, before and new.
    pub counts: Vec<Count>,
}

impl QueuePlan {
    /// Child and parent of each application whose child the service knows: the parent may be new to the child.
    pub fn parents_of_known(&self) -> Vec<(u64, u64)> {
        let new: BTreeSet<u64> = self.people.iter().map(|person| person.id).collect();
        let pairs = self.applications.iter().map(|one| (one.submit.child.0, one.submit.parent.0));
        pairs.filter(|(child, _)| !new.contains(child)).collect()
    }
}

/// An application to register.
#[derive(Debug)]
pub struct NewApplication {
    /// Its line in the file.
    pub line: u64,
    /// The command.
    pub submit: Submit,
    /// The child goes to a kindergarten: to the stop-list until that is resolved (R3.34/24).
    pub status: Status,
}

/// A command made from the facts of another; none if nothing follows.
pub type Then = fn(&[Fact]) -> Option<Command>;

impl NewApplication {
    /// What follows from the facts of the registration and belongs to the same batch: the mark of a child that goes to
    /// a kindergarten.
    pub fn then(&self) -> Option<Then> {
        match self.status {
            Status::Enrolled => Some(mark_enrolled),
            Status::Queued => None,
        }
    }
}

fn mark_enrolled(facts: &[Fact]) -> Option<Command> {
    facts.iter().find_map(|fact| match fact.event {
        Event::Registered { application, .. } => Some(Command::FoundEnrolled(application)),
        _ => None,
    })
}

/// Applications of one queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The settlement.
    pub settlement: SettlementId,
    /// The queue's name, as in R3.33.
    pub queue: String,
    /// Not in the archive before.
    pub before: usize,
    /// To be registered.
    pub new: usize,
}

/// Plans the import of a queue, or tells every line that cannot be taken. `known` are people of the service by IIN;
/// `new_id` gives ids for others.
pub fn plan_queue(
    sheet: Sheet<QueueRow>,
    state: &State,
    now: Instant,
    known: &BTreeMap<Iin, KnownPerson>,
    new_id: &mut dyn FnMut() -> u64,
) -> Result<QueuePlan, Vec<Problem>> {
    let mut planner = Planner {
        state,
        now,
        names: Names::of(state),
        people: People::new(known, new_id),
        lines: BTreeMap::new(),
        problems: sheet.problems,
        plan: QueuePlan {
            applications: Vec::new(),
            people: Vec::new(),
            there_already: Vec::new(),
            enrolled_there: Vec::new(),
            counts: Vec::new(),
        },
    };
    for row in sheet.rows {
        planner.row(&row);
    }
    let Planner { people, mut problems, mut plan, .. } = planner;
    let commands = plan.applications.iter().map(|one| (one.line, Command::Submit(one.submit.clone())));
    problems.extend(rehearse(state, now, commands));
    if !problems.is_empty() {
        problems.sort();
        problems.dedup();
        return Err(problems);
    }
    plan.people = people.into_new();
    plan.counts = counts(state, &plan.applications);
    Ok(plan)
}

struct Planner<'a> {
    state: &'a State,
    now: Instant,
    names: Names<'a>,
    people: People<'a>,
    /// The line in which each child's application to a queue stands.
    lines: BTreeMap<(Iin, SettlementId, WaitsFor), u64>,
    problems: Vec<Problem>,
    plan: QueuePlan,
}

impl Planner<'_> {
    fn reject(&mut self, line: u64, column: Option<Column>, reason: Reason) {
        self.problems.push(Problem { line, column, reason });
    }

    fn row(&mut self, row: &QueueRow) {
        let line = row.line;
        let Some((settlement_id, settlement)) = self.names.settlement(&row.settlement) else {
            return self.reject(line, Some(Column::Settlement), Reason::UnknownSettlement);
        };
        let key = (row.child.iin, settlement_id, row.waits_for.clone());
        if let Some(first) = self.lines.get(&key) {
            let first = *first;
            return self.reject(line, None, Reason::RepeatedLine(first));
        }
        self.lines.insert(key, line);
        let before = self.problems.len();
        let registered = self.times(row, settlement);
        let queue = self.queue(row, settlement_id);
        let (child, parent) = self.people.enter(row, &mut self.problems);
        let Some(queue) = queue.filter(|_| self.problems.len() == before) else { return };
        match self.standing(&queue, ChildKey(child), registered) {
            Standing::New => {}
            Standing::There(id) => {
                self.plan.there_already.push(line);
                if row.status == Status::Enrolled
                    && self.state.application(id).is_some_and(|one| one.is_queued())
                {
                    self.plan.enrolled_there.push(line);
                }
                return;
            }
            Standing::OtherTime => return self.reject(line, Some(Column::Registered), Reason::OtherTime),
        }
        let submit = Submit {
            queue,
            child: ChildKey(child),
            parent: ParentKey(parent),
            born: row.born,
            iin: IinCheck::Valid,
            benefits: row.claimed.clone(),
            conclusion: row.conclusion,
            // Equal times keep the order of the file.
            draw: u32::try_from(line).unwrap_or(u32::MAX),
            entry: Entry::Imported { registered, confirmed: row.confirmed.clone() },
        };
        self.plan.applications.push(NewApplication { line, submit, status: row.status });
    }

    /// The time of registration by the settlement's clock; neither it nor the birth lies in the future.
    fn times(&mut self, row: &QueueRow, settlement: &Settlement) -> Instant {
        let registered = row.registered.moment(&settlement.zone);
        if row.born > settlement.zone.date(self.now) {
            self.reject(row.line, Some(Column::ChildBorn), Reason::BornInFuture);
        }
        if registered > self.now {
            self.reject(row.line, Some(Column::Registered), Reason::RegisteredInFuture);
        } else if settlement.zone.date(registered) < row.born {
            self.reject(row.line, Some(Column::Registered), Reason::RegisteredBeforeBirth);
        }
        registered
    }

    fn queue(&mut self, row: &QueueRow, settlement: SettlementId) -> Option<QueueChoice> {
        let WaitsFor::Care { kind, organisation, profile } = &row.waits_for else {
            return Some(QueueChoice::General(settlement));
        };
        let Some((id, known)) = self.names.organisation(settlement, organisation) else {
            self.reject(row.line, Some(Column::Organisation), Reason::UnknownOrganisation);
            return None;
        };
        if known.kind != *kind || !known.profiles.contains(profile) {
            self.reject(row.line, Some(Column::Profile), Reason::UnknownProfile);
            return None;
        }
        Some(care_choice(id, known.kind, profile))
    }

    /// Whether the service has the application: the same child, queue and time, whatever became of it since.
    fn standing(&self, queue: &QueueChoice, child: ChildKey, registered: Instant) -> Standing {
        let ids = self.state.child(child).map(|child| child.applications.as_slice()).unwrap_or_default();
        let all = ids.iter().filter_map(|id| self.state.application(*id).map(|one| (*id, one)));
        let here: Vec<_> =
            all.filter(|(_, one)| is_queue(self.state, one.settlement, one.queue, queue)).collect();
        if let Some((id, _)) = here.iter().find(|(_, one)| one.registered == registered) {
            return Standing::There(*id);
        }
        if here.iter().any(|(_, one)| !one.is_archived()) { Standing::OtherTime } else { Standing::New }
    }
}

enum Standing {
    New,
    There(ApplicationId),
    OtherTime,
}

fn care_choice(id: OrganisationId, kind: kezek_rules::place::OrganisationKind, profile: &str) -> QueueChoice {
    match kind {
        kezek_rules::place::OrganisationKind::Sanatorium => QueueChoice::Sanatorium(id, profile.to_owned()),
        _ => QueueChoice::Special(id, profile.to_owned()),
    }
}

/// Whether a queue of the state is the one meant.
fn is_queue(state: &State, settlement: SettlementId, queue: Queue, choice: &QueueChoice) -> bool {
    match (queue, choice) {
        (Queue::General, QueueChoice::General(meant)) => settlement == *meant,
        (Queue::Special(care), QueueChoice::Special(organisation, profile))
        | (Queue::Sanatorium(care), QueueChoice::Sanatorium(organisation, profile)) => {
            let name = state.care_names(care).map(|(_, profile)| profile);
            care.organisation == *organisation && name == Some(profile.as_str())
        }
        _ => false,
    }
}

/// Applications that are not in the archive, by settlement and queue name (R3.33).
pub fn count_by_queue(state: &State) -> BTreeMap<(SettlementId, String), usize> {
    let mut counts: BTreeMap<(SettlementId, String), usize> = BTreeMap::new();
    for (_, one) in state.applications().filter(|(_, one)| !one.is_archived()) {
        *counts.entry((one.settlement, name(state, one.queue_key()))).or_default() += 1;
    }
    counts
}

/// How many stand in each queue of the settlements the file touches, and how many it adds.
fn counts(state: &State, applications: &[NewApplication]) -> Vec<Count> {
    let mut new: BTreeMap<(SettlementId, String), usize> = BTreeMap::new();
    for application in applications {
        *new.entry(place_of(state, &application.submit)).or_default() += 1;
    }
    let settlements: BTreeSet<SettlementId> = new.keys().map(|(settlement, _)| *settlement).collect();
    let mut before = count_by_queue(state);
    before.retain(|(settlement, _), _| settlements.contains(settlement));
    let all: BTreeSet<_> = new.keys().chain(before.keys()).cloned().collect();
    let count = |key: (SettlementId, String)| Count {
        before: before.get(&key).copied().unwrap_or(0),
        new: new.get(&key).copied().unwrap_or(0),
        settlement: key.0,
        queue: key.1,
    };
    all.into_iter().map(count).collect()
}

fn name(state: &State, key: QueueKey) -> String {
    key.name(key.queue.care().and_then(|care| state.care_names(care)))
}

/// Settlement and queue name of a command.
fn place_of(state: &State, submit: &Submit) -> (SettlementId, String) {
    let year = submit.born.year();
    match &submit.queue {
        QueueChoice::General(settlement) => (*settlement, format!("general/{year}")),
        QueueChoice::Special(id, profile) => {
            (settlement_of(state, *id), care_name(state, "special", *id, year, profile))
        }
        QueueChoice::Sanatorium(id, profile) => {
            (settlement_of(state, *id), care_name(state, "sanatorium", *id, year, profile))
        }
    }
}

fn settlement_of(state: &State, id: OrganisationId) -> SettlementId {
    state.organisation(id).map(|one| one.settlement).unwrap_or_default()
}

fn care_name(state: &State, kind: &str, id: OrganisationId, year: i16, profile: &str) -> String {
    let organisation = state.organisation(id).map(|one| one.name.as_str()).unwrap_or_default();
    format!("{kind}/{organisation}/{year}/{profile}")
}
