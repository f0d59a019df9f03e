//! The people of a file: one IIN is one person, and nobody is entered twice.

use std::collections::BTreeMap;

use kezek_calendar::{Date, Iin};
use kezek_records::{ChildRecord, Contacts, Person};

use crate::columns::Column;
use crate::problem::{Problem, Reason};
use crate::queue::{NamedPerson, QueueRow};

/// A person of the service, found by IIN.
#[derive(Clone, Copy, Debug)]
pub struct KnownPerson {
    /// The person's id.
    pub id: u64,
    /// The birth date on record.
    pub born: Option<Date>,
}

/// A person to enter. Someone who is known keeps the present record.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPerson {
    /// The person's id; for a child the key of its applications.
    pub id: u64,
    /// Names, IIN, birth date.
    pub person: Person,
    /// Of a parent.
    pub contacts: Option<Contacts>,
    /// Of a child.
    pub child: Option<ChildRecord>,
}

/// People of the file met so far.
pub struct People<'a> {
    known: &'a BTreeMap<Iin, KnownPerson>,
    new_id: &'a mut dyn FnMut() -> u64,
    met: BTreeMap<Iin, Met>,
    new: Vec<NewPerson>,
}

struct Met {
    id: u64,
    /// Where in `new`; none for someone who was known.
    place: Option<usize>,
    /// The birth date and the line that told it.
    born: Option<(Date, u64)>,
}

impl<'a> People<'a> {
    pub fn new(known: &'a BTreeMap<Iin, KnownPerson>, new_id: &'a mut dyn FnMut() -> u64) -> Self {
        People { known, new_id, met: BTreeMap::new(), new: Vec::new() }
    }

    /// The people to enter, in the order of the file.
    pub fn into_new(self) -> Vec<NewPerson> {
        self.new
    }

    /// Ids of child and parent of a line.
    pub fn enter(&mut self, row: &QueueRow, problems: &mut Vec<Problem>) -> (u64, u64) {
        let parent = self.parent(row);
        let child = self.child(row, parent, problems);
        (child, parent)
    }

    fn parent(&mut self, row: &QueueRow) -> u64 {
        let id = self.meet(&row.parent);
        let reach = &row.contacts;
        let contacts = Contacts {
            phone: Some(reach.phone.clone()),
            second_phone: reach.second_phone.clone(),
            email: reach.email.clone(),
            language: reach.language,
        };
        if let Some(new) = self.new_of(&row.parent.iin) {
            new.contacts.get_or_insert(contacts);
        }
        id
    }

    fn child(&mut self, row: &QueueRow, parent: u64, problems: &mut Vec<Problem>) -> u64 {
        let id = self.meet(&row.child);
        let in_service = self.known.get(&row.child.iin).and_then(|known| known.born);
        let in_file = self.met.get(&row.child.iin).and_then(|met| met.born);
        let reason = match (in_service, in_file) {
            (Some(born), _) if born != row.born => Some(Reason::DiffersFromService),
            (_, Some((born, line))) if born != row.born => Some(Reason::DiffersFromLine(line)),
            _ => None,
        };
        problems.extend(reason.map(|reason| Problem {
            line: row.line,
            column: Some(Column::ChildBorn),
            reason,
        }));
        if let Some(met) = self.met.get_mut(&row.child.iin) {
            met.born.get_or_insert((row.born, row.line));
        }
        if let Some(new) = self.new_of(&row.child.iin) {
            new.person.birth_date = Some(row.born);
            let child = new.child.get_or_insert_with(|| ChildRecord {
                representatives: Vec::new(),
                birth_certificate: None,
                conclusion: None,
            });
            if !child.representatives.contains(&parent) {
                child.representatives.push(parent);
            }
        }
        id
    }

    fn meet(&mut self, named: &NamedPerson) -> u64 {
        if let Some(met) = self.met.get(&named.iin) {
            return met.id;
        }
        let known = self.known.get(&named.iin).map(|known| known.id);
        let id = known.unwrap_or_else(|| (self.new_id)());
        let place = known.is_none().then_some(self.new.len());
        self.met.insert(named.iin, Met { id, place, born: None });
        if place.is_some() {
            let NamedPerson { iin, surname, given, patronymic } = named.clone();
            let person = Person { iin, surname, given, patronymic, birth_date: None };
            self.new.push(NewPerson { id, person, contacts: None, child: None });
        }
        id
    }

    fn new_of(&mut self, iin: &Iin) -> Option<&mut NewPerson> {
        let place = self.met.get(iin)?.place?;
        self.new.get_mut(place)
    }
}
