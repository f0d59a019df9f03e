//! One line of a list of organisations: a group with its organisation.

use kezek_calendar::Zone;
use kezek_rules::place::{Cohort, Language, OrganisationKind, Ownership};

use crate::columns::{Column, ORGANISATIONS};
use crate::problem::Reason;
use crate::sheet::{Line, Sheet, read};
use crate::value;

/// One group of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupRow {
    /// Its line in the file.
    pub line: u64,
    /// The settlement's name.
    pub settlement: String,
    /// The settlement's clock, used when it is opened.
    pub zone: Option<Zone>,
    /// The organisation's name.
    pub organisation: String,
    /// What the organisation is for.
    pub kind: OrganisationKind,
    /// Whose it is.
    pub ownership: Ownership,
    /// Impairments or rehabilitation kinds of the organisation.
    pub profiles: Vec<String>,
    /// The group's name.
    pub group: String,
    /// Which children.
    pub cohort: Cohort,
    /// Language of teaching.
    pub language: Language,
    /// Most children.
    pub capacity: u32,
    /// Children there already.
    pub enrolled: u32,
}

/// Reads a list of organisations. What the service knows is not asked here.
pub fn read_organisations(bytes: &[u8]) -> Sheet<GroupRow> {
    read(bytes, ORGANISATIONS, row)
}

fn row(line: &mut Line<'_>) -> Option<GroupRow> {
    let settlement = line.required(Column::Settlement, value::text);
    let zone = line.optional(Column::Zone, value::zone);
    let organisation = line.required(Column::Organisation, value::text);
    let kind = match line.cell(Column::Kind) {
        None => Some(OrganisationKind::General),
        Some(_) => line.required(Column::Kind, value::kind),
    };
    let ownership = line.required(Column::Ownership, value::ownership);
    let profiles = profiles(line, kind);
    let group = line.required(Column::Group, value::text);
    let cohort = line.required(Column::Ages, value::ages);
    let language = line.required(Column::Teaching, value::teaching);
    let capacity = line.required(Column::Capacity, value::count);
    let enrolled = line.required(Column::Enrolled, value::count);
    if let (Some(capacity), Some(enrolled)) = (capacity, enrolled)
        && enrolled > capacity
    {
        line.reject(Column::Enrolled, Reason::OverCapacity);
    }
    Some(GroupRow {
        line: line.number,
        settlement: settlement?,
        zone,
        organisation: organisation?,
        kind: kind?,
        ownership: ownership?,
        profiles,
        group: group?,
        cohort: cohort?,
        language: language?,
        capacity: capacity?,
        enrolled: enrolled?,
    })
}

/// Special and sanatorium organisations have profiles (254/13), others have none.
fn profiles(line: &mut Line<'_>, kind: Option<OrganisationKind>) -> Vec<String> {
    if kind == Some(OrganisationKind::General) {
        line.unwanted(Column::Profile);
        return Vec::new();
    }
    let read = |cell: &str| value::parts(cell).map(value::text).collect::<Result<Vec<_>, _>>();
    line.required(Column::Profile, read).unwrap_or_default()
}
