//! A table of text: separators, headings, lines and cells.

use csv::{ReaderBuilder, StringRecord};

use crate::columns::{Column, Need};
use crate::decode::{Encoding, decode};
use crate::problem::{Problem, Reason};

/// The largest file that is taken: more than the queue of the country.
pub const BYTES_MAX: usize = 200_000_000;

const CELL_CHARACTERS_MAX: usize = 300;
const SEPARATORS: [char; 3] = [';', ',', '\t'];

/// A file that was read: its rows, and a problem for each line that could not be.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet<R> {
    /// The rows that can be understood, in the order of the file.
    pub rows: Vec<R>,
    /// Everything that cannot, by line.
    pub problems: Vec<Problem>,
    /// How the file was encoded.
    pub encoding: Encoding,
}

/// Reads a file by a template; `row` makes a row of a line, or notes problems and makes none.
pub fn read<R>(
    bytes: &[u8],
    template: &[(Column, Need)],
    row: impl Fn(&mut Line<'_>) -> Option<R>,
) -> Sheet<R> {
    let mut sheet = Sheet { rows: Vec::new(), problems: Vec::new(), encoding: Encoding::Utf8 };
    if bytes.len() > BYTES_MAX {
        sheet.problems.push(Problem::of_file(Reason::TooLarge));
        return sheet;
    }
    match decode(bytes) {
        Ok((text, encoding)) => {
            sheet.encoding = encoding;
            read_text(&text, template, row, &mut sheet);
        }
        Err(problem) => sheet.problems.push(problem),
    }
    sheet.problems.sort();
    sheet
}

fn read_text<R>(
    text: &str,
    template: &[(Column, Need)],
    row: impl Fn(&mut Line<'_>) -> Option<R>,
    sheet: &mut Sheet<R>,
) {
    let mut reader = ReaderBuilder::new()
        .delimiter(separator(text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records().map_while(Result::ok).filter(|record| !is_blank(record));
    let Some(heading) = records.next() else {
        sheet.problems.push(Problem::of_file(Reason::Empty));
        return;
    };
    let mut counter = LineCounter { bytes: text.as_bytes(), at: 0, line: 1 };
    let (places, problems) = places(&heading, counter.line_of(&heading), template);
    if !problems.is_empty() {
        sheet.problems.extend(problems);
        return;
    }
    let mut is_any = false;
    for record in records {
        is_any = true;
        let mut line = Line::new(&record, counter.line_of(&record), &places, heading.len());
        let made = if line.problems.is_empty() { row(&mut line) } else { None };
        // A row beside a problem would hide that its line is rejected.
        if line.problems.is_empty() {
            sheet.rows.extend(made);
        }
        sheet.problems.append(&mut line.problems);
    }
    if !is_any {
        sheet.problems.push(Problem::of_file(Reason::NoRows));
    }
}

/// What stands most often in the first line, outside quotation marks.
fn separator(text: &str) -> u8 {
    let mut counts = [0_usize; SEPARATORS.len()];
    let mut is_quoted = false;
    for letter in text.trim_start().chars().take_while(|letter| *letter != '\n') {
        is_quoted ^= letter == '"';
        if let Some(count) = SEPARATORS.iter().position(|one| *one == letter && !is_quoted) {
            counts[count] += 1;
        }
    }
    let [semicolons, commas, tabs] = counts;
    match semicolons.max(commas).max(tabs) {
        most if most == semicolons && most > 0 => b';',
        most if most == tabs && most > 0 => b'\t',
        _ => b',',
    }
}

/// Spreadsheets leave lines of separators behind where cells were emptied.
fn is_blank(record: &StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}

/// Which cell each column is in; a heading that is not understood keeps its data from being lost unnoticed.
fn places(
    heading: &StringRecord,
    line: u64,
    template: &[(Column, Need)],
) -> (Vec<(Column, usize)>, Vec<Problem>) {
    let (mut places, mut problems) = (Vec::new(), Vec::new());
    for (place, title) in heading.iter().enumerate() {
        match Column::named(title, template) {
            Some(column) if places.iter().any(|(known, _)| *known == column) => {
                problems.push(Problem { line, column: Some(column), reason: Reason::RepeatedColumn });
            }
            Some(column) => places.push((column, place)),
            None => {
                let title = title.trim().chars().take(60).collect();
                problems.push(Problem { line, column: None, reason: Reason::UnknownColumn(title) });
            }
        }
    }
    for (column, need) in template {
        if *need == Need::Required && !places.iter().any(|(known, _)| known == column) {
            problems.push(Problem { line, column: Some(*column), reason: Reason::MissingColumn });
        }
    }
    (places, problems)
}

/// Counts lines up to a record. The reader's own count stands before the line breaks and empty lines in front of it.
struct LineCounter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl LineCounter<'_> {
    /// The line a record begins in; records are asked for in their order.
    fn line_of(&mut self, record: &StringRecord) -> u64 {
        let begin = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        while let Some(byte) = self.bytes.get(self.at)
            && (self.at < begin || matches!(byte, b'\r' | b'\n'))
        {
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// One line being read.
pub struct Line<'a> {
    /// Its number in the file.
    pub number: u64,
    /// What was found wrong so far.
    pub problems: Vec<Problem>,
    cells: Vec<(Column, &'a str)>,
}

impl<'a> Line<'a> {
    fn new(record: &'a StringRecord, number: u64, places: &[(Column, usize)], expected: usize) -> Self {
        let mut line = Line { number, problems: Vec::new(), cells: Vec::new() };
        if record.len() != expected {
            let reason = Reason::CellCount { expected, found: record.len() };
            line.problems.push(Problem { line: number, column: None, reason });
            return line;
        }
        for (column, place) in places {
            let cell = record.get(*place).unwrap_or_default().trim();
            if cell.contains(['\n', '\r']) || cell.chars().count() > CELL_CHARACTERS_MAX {
                line.reject(*column, Reason::CellTooLong);
            } else if !cell.is_empty() {
                line.cells.push((*column, cell));
            }
        }
        line
    }

    /// Notes what is wrong with a column of this line.
    pub fn reject(&mut self, column: Column, reason: Reason) {
        self.problems.push(Problem { line: self.number, column: Some(column), reason });
    }

    /// The cell of a column, if it is filled.
    pub fn cell(&self, column: Column) -> Option<&'a str> {
        self.cells.iter().find(|(known, _)| *known == column).map(|(_, cell)| *cell)
    }

    /// What a cell says, if it is filled; a problem otherwise makes it none too.
    pub fn optional<T>(&mut self, column: Column, read: impl Fn(&str) -> Result<T, Reason>) -> Option<T> {
        match read(self.cell(column)?) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.reject(column, reason);
                None
            }
        }
    }

    /// What a cell says; a problem when it is empty.
    pub fn required<T>(&mut self, column: Column, read: impl Fn(&str) -> Result<T, Reason>) -> Option<T> {
        if self.cell(column).is_none() {
            self.reject(column, Reason::Missing);
        }
        self.optional(column, read)
    }

    /// A problem when a cell is filled that means nothing here.
    pub fn unwanted(&mut self, column: Column) {
        if self.cell(column).is_some() {
            self.reject(column, Reason::NotWanted);
        }
    }
}
