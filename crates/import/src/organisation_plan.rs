//! From groups of a file to commands: settlements, organisations and groups the service does not have yet.

use std::collections::BTreeMap;

use kezek_calendar::{Instant, Zone};
use kezek_rules::command::{AddOrganisation, OpenSettlement, SetGroup};
use kezek_rules::ids::{OrganisationId, SettlementId};
use kezek_rules::place::Language;
use kezek_rules::profile::Profile;
use kezek_rules::{Command, State};

use crate::columns::Column;
use crate::names::Names;
use crate::organisations::GroupRow;
use crate::problem::{Problem, Reason};
use crate::rehearsal::rehearse;
use crate::sheet::Sheet;

/// Where the clock of a new settlement stands unless the file says otherwise.
const USUAL_ZONE: &str = "Asia/Almaty";

/// What an import of organisations will do.
#[derive(Debug, Default)]
pub struct OrganisationPlan {
    /// Commands to carry out in this order, together.
    pub commands: Vec<Command>,
    /// How many settlements are opened.
    pub settlements: usize,
    /// How many organisations are entered.
    pub organisations: usize,
    /// How many groups are opened.
    pub groups: usize,
    /// Lines whose group is there already.
    pub there_already: Vec<u64>,
}

/// Plans the import of organisations, or tells every line that cannot be taken. New settlements and organisations
/// get the next free numbers, so nobody else may enter some between planning and carrying out.
pub fn plan_organisations(
    sheet: Sheet<GroupRow>,
    state: &State,
    now: Instant,
) -> Result<OrganisationPlan, Vec<Problem>> {
    let mut planner = Planner {
        state,
        names: Names::of(state),
        settlements: BTreeMap::new(),
        organisations: BTreeMap::new(),
        groups: BTreeMap::new(),
        languages: languages(&sheet.rows),
        problems: sheet.problems,
        commands: Vec::new(),
        plan: OrganisationPlan::default(),
    };
    for row in &sheet.rows {
        planner.row(row);
    }
    let Planner { mut problems, commands, mut plan, .. } = planner;
    problems.extend(rehearse(state, now, commands.iter().cloned()));
    if !problems.is_empty() {
        problems.sort();
        return Err(problems);
    }
    plan.commands = commands.into_iter().map(|(_, command)| command).collect();
    Ok(plan)
}

/// The languages of each organisation's groups.
fn languages(rows: &[GroupRow]) -> BTreeMap<(String, String), Vec<Language>> {
    let mut languages: BTreeMap<(String, String), Vec<Language>> = BTreeMap::new();
    for row in rows {
        let of = languages.entry((row.settlement.clone(), row.organisation.clone())).or_default();
        if !of.contains(&row.language) {
            of.push(row.language);
        }
    }
    languages
}

struct Planner<'a> {
    state: &'a State,
    names: Names<'a>,
    settlements: BTreeMap<String, SettlementId>,
    /// Organisations met, with the first line that told of them.
    organisations: BTreeMap<(SettlementId, String), (OrganisationId, GroupRow)>,
    groups: BTreeMap<(OrganisationId, String), u64>,
    languages: BTreeMap<(String, String), Vec<Language>>,
    problems: Vec<Problem>,
    commands: Vec<(u64, Command)>,
    plan: OrganisationPlan,
}

impl Planner<'_> {
    fn reject(&mut self, line: u64, column: Column, reason: Reason) {
        self.problems.push(Problem { line, column: Some(column), reason });
    }

    fn row(&mut self, row: &GroupRow) {
        let Some(settlement) = self.settlement(row) else { return };
        let Some(organisation) = self.organisation(row, settlement) else { return };
        if let Some(first) = self.groups.insert((organisation, row.group.clone()), row.line) {
            return self.reject(row.line, Column::Group, Reason::RepeatedLine(first));
        }
        if self.has_group(organisation, &row.group) {
            self.plan.there_already.push(row.line);
            return;
        }
        self.plan.groups += 1;
        let group = SetGroup {
            group: None,
            organisation,
            name: row.group.clone(),
            cohort: row.cohort,
            language: row.language,
            capacity: row.capacity,
            enrolled: row.enrolled,
        };
        self.commands.push((row.line, Command::SetGroup(group)));
    }

    fn settlement(&mut self, row: &GroupRow) -> Option<SettlementId> {
        if let Some((id, known)) = self.names.settlement(&row.settlement) {
            if row.zone.as_ref().is_some_and(|zone| *zone != known.zone) {
                self.reject(row.line, Column::Zone, Reason::DiffersFromService);
                return None;
            }
            return Some(id);
        }
        if let Some(id) = self.settlements.get(&row.settlement) {
            return Some(*id);
        }
        let zone = match row.zone.clone().map_or_else(|| Zone::named(USUAL_ZONE), Ok) {
            Ok(zone) => zone,
            Err(_) => {
                self.reject(row.line, Column::Zone, Reason::Zone);
                return None;
            }
        };
        let id = SettlementId(next(self.state.settlements().count(), self.plan.settlements));
        self.plan.settlements += 1;
        self.settlements.insert(row.settlement.clone(), id);
        let open = OpenSettlement { name: row.settlement.clone(), zone, profile: Profile::default() };
        self.commands.push((row.line, Command::OpenSettlement(open)));
        Some(id)
    }

    fn organisation(&mut self, row: &GroupRow, settlement: SettlementId) -> Option<OrganisationId> {
        if let Some((id, known)) = self.names.organisation(settlement, &row.organisation) {
            let is_same =
                known.kind == row.kind && known.ownership == row.ownership && known.profiles == row.profiles;
            if !is_same {
                self.reject(row.line, Column::Organisation, Reason::DiffersFromService);
            }
            return is_same.then_some(id);
        }
        let key = (settlement, row.organisation.clone());
        if let Some((id, first)) = self.organisations.get(&key) {
            let (id, line) = (*id, first.line);
            let is_same =
                first.kind == row.kind && first.ownership == row.ownership && first.profiles == row.profiles;
            if !is_same {
                self.reject(row.line, Column::Organisation, Reason::DiffersFromLine(line));
            }
            return is_same.then_some(id);
        }
        let id = OrganisationId(next(self.state.organisations().count(), self.plan.organisations));
        self.plan.organisations += 1;
        self.organisations.insert(key, (id, row.clone()));
        let languages = self.languages.get(&(row.settlement.clone(), row.organisation.clone()));
        let add = AddOrganisation {
            settlement,
            name: row.organisation.clone(),
            kind: row.kind,
            ownership: row.ownership,
            languages: languages.cloned().unwrap_or_default(),
            profiles: row.profiles.clone(),
        };
        self.commands.push((row.line, Command::AddOrganisation(add)));
        Some(id)
    }

    fn has_group(&self, organisation: OrganisationId, name: &str) -> bool {
        let groups =
            self.state.organisation(organisation).map(|known| known.groups.as_slice()).unwrap_or_default();
        groups.iter().filter_map(|id| self.state.group(*id)).any(|group| group.name == name)
    }
}

fn next(known: usize, planned: usize) -> u32 {
    u32::try_from(known + planned).unwrap_or(u32::MAX)
}
