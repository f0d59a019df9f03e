//! From bytes to text: UTF-8 with or without a mark at the front, else Windows-1251.

use encoding_rs::WINDOWS_1251;

use crate::problem::{Problem, Reason};

/// How a file was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// Windows-1251, which has no letters of its own for Kazakh.
    Windows1251,
}

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
const UTF16_MARKS: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// The text of a file, or what is wrong with it.
pub fn decode(bytes: &[u8]) -> Result<(String, Encoding), Problem> {
    if UTF16_MARKS.iter().any(|mark| bytes.starts_with(mark)) {
        return Err(Problem::of_file(Reason::NotText));
    }
    let is_marked = bytes.starts_with(UTF8_MARK);
    let bytes = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes);
    if bytes.iter().any(|byte| is_never_in_text(*byte)) {
        return Err(Problem::of_file(Reason::NotText));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), Encoding::Utf8)),
        Err(error) if is_marked || is_mostly_utf8(bytes) => {
            let line = 1 + bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count();
            Err(Problem { line: line as u64, column: None, reason: Reason::BrokenText })
        }
        Err(_) => Ok((WINDOWS_1251.decode_without_bom_handling(bytes).0.into_owned(), Encoding::Windows1251)),
    }
}

fn is_never_in_text(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')
}

/// Whether bytes that are not UTF-8 were meant to be: more letters of several bytes are whole than broken. In
/// Windows-1251 a letter followed by a sign of the upper table, which would look whole, is rare.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        broken += chunk.invalid().len();
    }
    whole > broken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(bytes: &[u8]) -> (u64, Reason) {
        let problem = decode(bytes).unwrap_err();
        (problem.line, problem.reason)
    }

    #[test]
    fn both_encodings_are_told_apart() {
        assert_eq!(decode("Қала".as_bytes()).unwrap(), ("Қала".into(), Encoding::Utf8));
        assert_eq!(decode("\u{feff}Қала".as_bytes()).unwrap().0, "Қала");
        let (bytes, _, _) = WINDOWS_1251.encode("Сәуле; Съезд; Единица");
        let (bytes_plain, _, _) = WINDOWS_1251.encode("Серик; Съезд; Единица");
        assert_eq!(decode(&bytes_plain).unwrap(), ("Серик; Съезд; Единица".into(), Encoding::Windows1251));
        assert!(decode(&bytes).is_ok());
    }

    #[test]
    fn a_broken_letter_is_told_by_its_line() {
        let mut bytes = "Бірінші\nекінші\nүшінші\n".as_bytes().to_vec();
        let at = "Бірінші\nекінші\n".len() + 2;
        bytes[at] = 0xff;
        assert_eq!(reason(&bytes), (3, Reason::BrokenText));
        assert_eq!(reason(b"\xef\xbb\xbfa\nb\xff"), (2, Reason::BrokenText));
    }

    #[test]
    fn other_files_are_not_text() {
        assert_eq!(reason(b"PK\x03\x04 a workbook"), (0, Reason::NotText));
        assert_eq!(reason(b"\xff\xfea\0b\0"), (0, Reason::NotText));
    }
}
