//! Papers people hand in: PDF, JPEG or PNG, told by their content and not by their name.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::seal::{empty_row, expect_kind, open_bytes, seal_bytes};
use crate::{Keys, Label, OpenError, Record, SealError, SealedRow};

/// The largest document: 10 MiB.
pub const DOCUMENT_BYTES_MAX: usize = 10 * 1024 * 1024;

const NAME_CHARACTERS_MAX: usize = 120;
const BYTES_KIND: &str = "document_bytes";

/// What is known about a document; its bytes are a row of their own with the same id.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The file's name without its path.
    pub name: String,
    /// What it is by its content.
    pub media_type: MediaType,
    /// Its length in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// What it proves: a code of the list of documents.
    pub purpose: String,
    /// The application it was handed in for.
    pub application: Option<u64>,
}

impl Record for Document {
    const KIND: &'static str = "document";
}

/// A type of document that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaType {
    /// Portable Document Format.
    Pdf,
    /// JPEG picture.
    Jpeg,
    /// PNG picture.
    Png,
}

/// A document is not taken. Nothing was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// No bytes.
    #[error("the file is empty; choose the file again")]
    Empty,
    /// More than 10 MiB.
    #[error("the file is larger than 10 MB; scan it in a lower resolution")]
    TooLarge,
    /// Neither PDF nor JPEG nor PNG.
    #[error("the file is neither PDF nor JPEG nor PNG; send it as one of these")]
    Type,
    /// It calls itself something else than it is.
    #[error("the file calls itself something else but is {found:?}; save it anew under its true type")]
    Lies {
        /// What it is.
        found: MediaType,
    },
}

impl MediaType {
    /// For the `Content-Type` header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// What the bytes are, by their first ones.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let signatures: [(&[u8], Self); 3] =
            [(b"%PDF-", Self::Pdf), (b"\xff\xd8\xff", Self::Jpeg), (b"\x89PNG\r\n\x1a\n", Self::Png)];
        signatures.into_iter().find(|(signature, _)| bytes.starts_with(signature)).map(|(_, found)| found)
    }

    /// Whether a declared `Content-Type` agrees; browsers say nothing or "octet-stream" when they do not know.
    fn agrees_with_declared(self, declared: &str) -> bool {
        let declared = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match declared.as_str() {
            "" | "application/octet-stream" => true,
            "image/jpg" | "image/pjpeg" => self == Self::Jpeg,
            other => other == self.as_str(),
        }
    }

    /// Whether the name's ending agrees; a name without an ending says nothing.
    fn agrees_with_name(self, name: &str) -> bool {
        let Some((_, ending)) = name.rsplit_once('.') else { return true };
        let endings: &[&str] = match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png"],
        };
        endings.iter().any(|known| ending.eq_ignore_ascii_case(known))
    }
}

/// Looks at a file that was handed in: its size, its true type, and whether name and declared type agree with it.
pub fn accept_document(
    name: &str,
    declared_type: &str,
    bytes: &[u8],
    purpose: &str,
    application: Option<u64>,
) -> Result<Document, DocumentError> {
    if bytes.is_empty() {
        return Err(DocumentError::Empty);
    }
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(DocumentError::TooLarge);
    }
    let media_type = MediaType::of(bytes).ok_or(DocumentError::Type)?;
    let name = clean_name(name);
    if !media_type.agrees_with_declared(declared_type) || !media_type.agrees_with_name(&name) {
        return Err(DocumentError::Lies { found: media_type });
    }
    let size = bytes.len() as u64;
    let sha256 = Sha256::digest(bytes).into();
    Ok(Document { name, media_type, size, sha256, purpose: purpose.into(), application })
}

/// The last part of the path, without control characters; the end is kept, where the ending stands.
fn clean_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    // Format characters can turn the direction of text, so that "fdp.exe" looks like "exe.pdf".
    let turns =
        |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean: Vec<char> = name.trim().chars().filter(|c| !c.is_control() && !turns(c)).collect();
    clean.iter().skip(clean.len().saturating_sub(NAME_CHARACTERS_MAX)).collect()
}

/// Seals a document's bytes; the label has the document's id and owner.
pub fn seal_document_bytes(keys: &Keys, label: Label, bytes: &[u8]) -> Result<SealedRow, SealError> {
    seal_bytes(keys, empty_row(BYTES_KIND, label, None), bytes)
}

/// Opens a document's bytes.
pub fn open_document_bytes(keys: &Keys, row: &SealedRow) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    expect_kind(row, BYTES_KIND)?;
    open_bytes(keys, row)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &[u8] = b"%PDF-1.7 made up";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n made up";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0 made up";

    fn accept(name: &str, declared: &str, bytes: &[u8]) -> Result<Document, DocumentError> {
        accept_document(name, declared, bytes, "birth_certificate", Some(4))
    }

    #[test]
    fn honest_files_are_taken() {
        let taken = accept("C:\\scans\\анықтама.PDF", "application/pdf", PDF).unwrap();
        assert_eq!((taken.name.as_str(), taken.media_type, taken.size), ("анықтама.PDF", MediaType::Pdf, 16));
        assert_eq!(taken.sha256, <[u8; 32]>::from(Sha256::digest(PDF)));
        assert!(accept("photo.jpg", "image/jpg", JPEG).is_ok());
        assert!(accept("photo.jpeg", "application/octet-stream", JPEG).is_ok());
        assert!(accept("scan", "", PNG).is_ok());
        assert!(accept("scan.png", "image/png; charset=binary", PNG).is_ok());
    }

    #[test]
    fn files_that_lie_are_refused() {
        let lies = |found| Err(DocumentError::Lies { found });
        assert_eq!(accept("a.pdf", "application/pdf", PNG), lies(MediaType::Png));
        assert_eq!(accept("a.pdf", "", JPEG), lies(MediaType::Jpeg));
        assert_eq!(accept("a.pdf", "text/html", PDF), lies(MediaType::Pdf));
        assert_eq!(accept("a.pdf.exe", "application/pdf", PDF), lies(MediaType::Pdf));
        assert_eq!(accept("a.pdf", "application/pdf", b"<html>%PDF-</html>"), Err(DocumentError::Type));
        assert_eq!(accept("a.png", "image/png", b"MZ\x90"), Err(DocumentError::Type));
        assert_eq!(accept("a.pdf", "application/pdf", b""), Err(DocumentError::Empty));
    }

    #[test]
    fn ten_mebibytes_and_not_a_byte_more() {
        let mut bytes = PDF.to_vec();
        bytes.resize(DOCUMENT_BYTES_MAX, 0);
        assert!(accept("a.pdf", "application/pdf", &bytes).is_ok());
        bytes.push(0);
        assert_eq!(accept("a.pdf", "application/pdf", &bytes), Err(DocumentError::TooLarge));
    }

    #[test]
    fn names_are_made_harmless() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("a\r\nSet-Cookie: x.pdf"), "aSet-Cookie: x.pdf");
        assert_eq!(clean_name("a\u{202e}fdp.png"), "afdp.png");
        let long = format!("{}.pdf", "ұ".repeat(500));
        assert_eq!(clean_name(&long).chars().count(), NAME_CHARACTERS_MAX);
        assert!(clean_name(&long).ends_with(".pdf"));
    }
}
