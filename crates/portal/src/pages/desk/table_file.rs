//! Tables that go out to and come in from other bodies as CSV.

use csv::{ReaderBuilder, StringRecord, Terminator, WriterBuilder};

/// Byte order mark: office programs take the file for UTF-8 by it.
const MARK: &str = "\u{feff}";

/// A table as CSV with semicolons, as office programs of this country open it.
pub fn write(heading: Vec<String>, rows: Vec<Vec<String>>) -> Vec<u8> {
    let mut writer =
        WriterBuilder::new().delimiter(b';').terminator(Terminator::CRLF).from_writer(Vec::new());
    for row in std::iter::once(heading).chain(rows) {
        // Writing into memory does not fail.
        let _ = writer.write_record(row.iter().map(|cell| harmless(cell)));
    }
    let mut bytes = MARK.as_bytes().to_vec();
    bytes.extend(writer.into_inner().unwrap_or_default());
    bytes
}

/// A cell that no office program takes for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_string() }
}

/// A line with its number in the file, from 1.
pub type Line = (u64, StringRecord);

/// The heading in small letters and the lines of a CSV file in UTF-8 or Windows-1251; none when it is no text.
pub fn read(bytes: &[u8]) -> Option<(Vec<String>, Vec<Line>)> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) => encoding_rs::WINDOWS_1251.decode_without_bom_handling(bytes).0.into_owned(),
    };
    if text.contains('\0') {
        return None;
    }
    // A line counts where it begins, so it must not begin with the half of a line's end.
    let text = text.strip_prefix(MARK).unwrap_or(&text).replace("\r\n", "\n");
    let first = text.lines().next().unwrap_or_default();
    let separator =
        [b';', b',', b'\t'].into_iter().max_by_key(|one| first.bytes().filter(|b| b == one).count());
    let mut reader = ReaderBuilder::new()
        .delimiter(separator.unwrap_or(b';'))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut records = reader.records().map_while(Result::ok);
    let heading: Vec<String> = records.next()?.iter().map(str::to_lowercase).collect();
    let lines = records
        .filter(|record| record.iter().any(|cell| !cell.is_empty()))
        .map(|record| (record.position().map_or(0, csv::Position::line), record));
    let lines: Vec<_> = lines.collect();
    Some((heading, lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_can_be_read() {
        let rows = vec![vec!["1".to_string(), "=СУММ(A1)".to_string(), "а;б".to_string()]];
        let bytes = write(vec!["Өтініш".into(), "Б".into(), "В".into()], rows);
        let (heading, lines) = read(&bytes).unwrap();
        assert_eq!(heading, ["өтініш", "б", "в"]);
        assert_eq!(lines[0].0, 2);
        assert_eq!(lines[0].1.iter().collect::<Vec<_>>(), ["1", "'=СУММ(A1)", "а;б"]);
    }

    #[test]
    fn the_old_code_page_is_read_too() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("Заявление,Ответ\n7,нет\n\n");
        let (heading, lines) = read(&bytes).unwrap();
        assert_eq!(heading, ["заявление", "ответ"]);
        assert_eq!(lines.len(), 1);
        assert!(read(b"PK\x03\x04\0\0").is_none());
    }
}
