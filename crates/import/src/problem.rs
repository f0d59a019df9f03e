//! Why a line is not taken, in words that say what to do. No text quotes an IIN, a name or a phone.

use kezek_calendar::NumberError;
use kezek_records::Language;
use kezek_rules::Refusal;

use crate::columns::Column;

/// One thing that keeps a file from being imported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line of the file, counted from 1; 0 for the file as a whole.
    pub line: u64,
    /// The column, where it is about one.
    pub column: Option<Column>,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong with a file, a line or a cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// No line at all.
    Empty,
    /// A heading line and nothing else.
    NoRows,
    /// More bytes than are taken at once.
    TooLarge,
    /// Not a text: a workbook, a picture, UTF-16.
    NotText,
    /// A letter of UTF-8 is broken.
    BrokenText,
    /// A required column has no heading.
    MissingColumn,
    /// A heading that no column has; its text.
    UnknownColumn(String),
    /// A column that comes twice.
    RepeatedColumn,
    /// Another number of cells than headings.
    CellCount {
        /// Cells of the heading line.
        expected: usize,
        /// Cells of this line.
        found: usize,
    },
    /// A cell that is too long or runs over lines: most often a lost quotation mark.
    CellTooLong,
    /// A required cell is empty.
    Missing,
    /// A cell that has no meaning beside the others.
    NotWanted,
    /// Not an IIN: how many characters were found.
    IinLength(usize),
    /// Not an IIN: something besides digits.
    IinDigits,
    /// Not an IIN: the control digit.
    IinControlDigit,
    /// Child and parent have one IIN.
    IinOfBoth,
    /// Not a date.
    Date,
    /// Not a date with a time.
    DateTime,
    /// A word that is not on the list; the list.
    Word(&'static str),
    /// Not a phone number.
    Phone,
    /// Not an e-mail address.
    Email,
    /// Not a whole number.
    Number,
    /// Not an age, a range of ages or a year of birth.
    Ages,
    /// Not a time zone.
    Zone,
    /// As many confirmations as benefits, or one for all.
    Confirmations,
    /// The same application stands in another line.
    RepeatedLine(u64),
    /// Another line says otherwise of the same person or organisation.
    DiffersFromLine(u64),
    /// The service says otherwise of the same person or organisation.
    DiffersFromService,
    /// A settlement the service does not have.
    UnknownSettlement,
    /// An organisation the settlement does not have.
    UnknownOrganisation,
    /// An organisation without this profile, or not of this kind.
    UnknownProfile,
    /// A birth date to come.
    BornInFuture,
    /// A registration to come.
    RegisteredInFuture,
    /// A registration before the birth.
    RegisteredBeforeBirth,
    /// The child stands in this queue with another time of registration.
    OtherTime,
    /// More children than places.
    OverCapacity,
    /// The law refuses.
    Refused(Refusal),
}

impl From<NumberError> for Reason {
    fn from(error: NumberError) -> Self {
        match error {
            NumberError::Length { found } => Reason::IinLength(found),
            NumberError::NotDigits => Reason::IinDigits,
            NumberError::ControlDigit => Reason::IinControlDigit,
        }
    }
}

impl Problem {
    /// A problem of the file as a whole.
    pub fn of_file(reason: Reason) -> Self {
        Problem { line: 0, column: None, reason }
    }

    /// The sentence for a person: line, column, what is wrong and what to do.
    pub fn text(&self, language: Language) -> String {
        let reason = self.reason.text(language);
        let (line, column) = match language {
            Language::Kk => ("жол", "баған"),
            Language::Ru => ("строка", "столбец"),
            Language::En => ("line", "column"),
        };
        match (self.line, self.column.map(|column| column.title(language))) {
            (0, None) => reason,
            (0, Some(title)) => format!("{column} «{title}»: {reason}"),
            (number, None) => format!("{line} {number}: {reason}"),
            (number, Some(title)) => format!("{line} {number}, {column} «{title}»: {reason}"),
        }
    }
}
