//! One line of a queue: a child, a parent, what is waited for since when.

use kezek_calendar::{Date, Iin};
use kezek_records::{Language, Phone};
use kezek_rules::benefit::Benefit;
use kezek_rules::command::Conclusion;
use kezek_rules::place::OrganisationKind;

use crate::columns::{Column, QUEUE};
use crate::problem::Reason;
use crate::sheet::{Line, Sheet, read};
use crate::value::{self, Answer, Registered, Status};

/// One application of the file.
#[derive(Clone, PartialEq)]
pub struct QueueRow {
    /// Its line in the file.
    pub line: u64,
    /// The settlement's name.
    pub settlement: String,
    /// The original date and time.
    pub registered: Registered,
    /// The child.
    pub child: NamedPerson,
    /// The child's birth date.
    pub born: Date,
    /// The parent or legal representative.
    pub parent: NamedPerson,
    /// How to tell the family.
    pub contacts: Reach,
    /// What is waited for.
    pub waits_for: WaitsFor,
    /// Benefits whose proof is still awaited.
    pub claimed: Vec<Benefit>,
    /// Benefits that were confirmed.
    pub confirmed: Vec<Benefit>,
    /// Whether a conclusion is on file.
    pub conclusion: Conclusion,
    /// In the queue, or in a kindergarten already.
    pub status: Status,
}

/// A person of the file.
#[derive(Clone, PartialEq, Eq)]
pub struct NamedPerson {
    /// IIN.
    pub iin: Iin,
    /// Family name.
    pub surname: String,
    /// Given name.
    pub given: String,
    /// Patronymic.
    pub patronymic: Option<String>,
}

/// Contacts of the file.
#[derive(Clone, PartialEq, Eq)]
pub struct Reach {
    /// The first phone.
    pub phone: Phone,
    /// The second phone.
    pub second_phone: Option<Phone>,
    /// E-mail address.
    pub email: Option<String>,
    /// Language of messages.
    pub language: Language,
}

/// The queue of a line, by names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WaitsFor {
    /// The general queue.
    General,
    /// An organisation's profile; the organisation is special or sanatorium.
    Care {
        /// Which kind was meant.
        kind: OrganisationKind,
        /// The organisation's name.
        organisation: String,
        /// The profile's name.
        profile: String,
    },
}

impl std::fmt::Debug for QueueRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "QueueRow(line {}, hidden)", self.line)
    }
}

/// Reads a queue. What the service knows is not asked here.
pub fn read_queue(bytes: &[u8]) -> Sheet<QueueRow> {
    read(bytes, QUEUE, row)
}

fn row(line: &mut Line<'_>) -> Option<QueueRow> {
    // Everything is read before the first question mark, so that each wrong cell is told.
    let settlement = line.required(Column::Settlement, value::text);
    let registered = line.required(Column::Registered, value::registered);
    let child =
        person(line, [Column::ChildIin, Column::ChildSurname, Column::ChildGiven, Column::ChildPatronymic]);
    let born = line.required(Column::ChildBorn, value::date);
    let parent = person(
        line,
        [Column::ParentIin, Column::ParentSurname, Column::ParentGiven, Column::ParentPatronymic],
    );
    let phone = line.required(Column::Phone, value::phone);
    let second_phone = line.optional(Column::SecondPhone, value::phone);
    let email = line.optional(Column::Email, value::email);
    let language = line.optional(Column::Messages, value::messages).unwrap_or_default();
    let waits_for = waits_for(line);
    let (claimed, confirmed) = benefits(line);
    let conclusion = match line.optional(Column::Conclusion, value::answer) {
        Some(Answer::Yes) => Conclusion::OnFile,
        _ => Conclusion::None,
    };
    let status = line.optional(Column::Status, value::status).unwrap_or(Status::Queued);
    let (child, parent) = (child?, parent?);
    if child.iin == parent.iin {
        line.reject(Column::ParentIin, Reason::IinOfBoth);
    }
    Some(QueueRow {
        line: line.number,
        settlement: settlement?,
        registered: registered?,
        child,
        born: born?,
        parent,
        contacts: Reach { phone: phone?, second_phone, email, language },
        waits_for: waits_for?,
        claimed,
        confirmed,
        conclusion,
        status,
    })
}

fn person(line: &mut Line<'_>, columns: [Column; 4]) -> Option<NamedPerson> {
    let [iin, surname, given, patronymic] = columns;
    let iin = line.required(iin, value::iin);
    let surname = line.required(surname, value::text);
    let given = line.required(given, value::text);
    let patronymic = line.optional(patronymic, value::text);
    Some(NamedPerson { iin: iin?, surname: surname?, given: given?, patronymic })
}

fn waits_for(line: &mut Line<'_>) -> Option<WaitsFor> {
    let kind = match line.cell(Column::Queue) {
        None => OrganisationKind::General,
        Some(_) => line.required(Column::Queue, value::kind)?,
    };
    if kind == OrganisationKind::General {
        line.unwanted(Column::Organisation);
        line.unwanted(Column::Profile);
        return Some(WaitsFor::General);
    }
    let organisation = line.required(Column::Organisation, value::text);
    let profile = line.required(Column::Profile, value::text);
    Some(WaitsFor::Care { kind, organisation: organisation?, profile: profile? })
}

/// Claimed and confirmed benefits: one confirmation for all, or one for each.
fn benefits(line: &mut Line<'_>) -> (Vec<Benefit>, Vec<Benefit>) {
    let benefits = line.optional(Column::Benefits, value::benefits).unwrap_or_default();
    let read = |cell: &str| value::parts_of_answers(cell).map(value::answer).collect::<Result<Vec<_>, _>>();
    let answers = line.optional(Column::BenefitsConfirmed, read).unwrap_or_default();
    let answers = match answers.as_slice() {
        [] => vec![Answer::No; benefits.len()],
        [Answer::Yes] if benefits.is_empty() => vec![Answer::Yes],
        [one] => vec![*one; benefits.len()],
        each => each.to_vec(),
    };
    if answers.len() != benefits.len() {
        line.reject(Column::BenefitsConfirmed, Reason::Confirmations);
    }
    let of = |wanted: Answer| {
        let pairs = benefits.iter().zip(&answers);
        pairs.filter(|(_, answer)| **answer == wanted).map(|(benefit, _)| *benefit).collect()
    };
    (of(Answer::No), of(Answer::Yes))
}
