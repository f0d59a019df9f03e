//! The marker: which logs a witness knows, and whether it has ever signed for each.
//!
//! It tells a log that is new from a log whose record was lost. Trusting the latter anew could sign a second history.

use std::collections::BTreeMap;

use kezek_registry::PublicKey;

const FIRST_LINE: &str = "kezek witness 1";
const NEW: &str = "new";
const SIGNED: &str = "signed";

/// How far a witness is with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Its operator has named the log; nothing was signed yet.
    New,
    /// A checkpoint was signed, so a record of it must be there.
    Signed,
}

/// What the marker file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Whose store it is.
    pub key: PublicKey,
    /// The logs by origin.
    pub logs: BTreeMap<String, Known>,
}

impl Marker {
    /// Reads the file; none unless it is exactly what [`Self::text`] writes.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let written = std::str::from_utf8(bytes).ok()?;
        let mut lines = written.lines();
        lines.next().filter(|&first| first == FIRST_LINE)?;
        let key = PublicKey::parse(lines.next()?).ok()?;
        let mut logs = BTreeMap::new();
        for line in lines {
            let (known, origin) = match line.split_once(' ')? {
                (NEW, origin) => (Known::New, origin),
                (SIGNED, origin) => (Known::Signed, origin),
                _ => return None,
            };
            logs.insert(origin.to_owned(), known);
        }
        let marker = Self { key, logs };
        (marker.text() == written).then_some(marker)
    }

    /// The file.
    pub fn text(&self) -> String {
        let line = |(origin, known): (&String, &Known)| match known {
            Known::New => format!("{NEW} {origin}\n"),
            Known::Signed => format!("{SIGNED} {origin}\n"),
        };
        let logs: String = self.logs.iter().map(line).collect();
        format!("{FIRST_LINE}\n{}\n{logs}", self.key)
    }
}
