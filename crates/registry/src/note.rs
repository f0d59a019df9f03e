//! Signed notes: text, an empty line, and a line per signature.
//!
//! Verifiers differ in what they let pass, so ours refuses what any of them refuses: a note has one spelling, no
//! control characters, at most one line per key, and no line of a known key that does not verify.

use thiserror::Error;

use crate::{
    cosignature,
    key::{PublicKey, Role, SecretKey},
    text,
};

/// The longest note, in bytes.
pub const LONGEST: usize = 64 * 1024;
/// The most signatures of a note.
pub const MOST_SIGNATURES: usize = 64;

const DASH: &str = "— ";

/// Why a note is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Longer than any checkpoint needs.
    #[error("the note is longer than 65536 bytes")]
    TooLong,
    /// Not UTF-8, or with characters that some reader takes for the end of a line.
    #[error("the note has characters that a note may not have")]
    Characters,
    /// No signatures after an empty line, or no newline at an end.
    #[error(
        "the note has no text and signatures, each ending with a newline, with an empty line between them"
    )]
    Form,
    /// A signature line is not written as it must be.
    #[error("signature line {0} is malformed")]
    Line(usize),
    /// Verifiers disagree about which of two lines counts.
    #[error("two signature lines of {0}; one key signs once")]
    Duplicate(String),
    /// More lines than verifiers must read.
    #[error("the note has more than 64 signatures")]
    TooMany,
    /// A known key did not make the signature it is said to have made.
    #[error("the signature of {0} does not fit the text; the note was changed or never signed")]
    Signature(String),
    /// Nobody known signed.
    #[error("no known key has signed the note")]
    Unsigned,
    /// Two of the given keys cannot be told apart in a note.
    #[error("two given keys have the name and the identifier of {0}")]
    AmbiguousKeys(String),
    /// A key of this role signs otherwise.
    #[error("only a log's key signs a note; a witness cosigns")]
    Role,
}

/// One signature line, whoever made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    name: String,
    id: u32,
    bytes: Vec<u8>,
}

impl Signature {
    /// A signature by the key with this name and identifier; none without a name or bytes.
    pub fn new(name: &str, id: u32, bytes: Vec<u8>) -> Option<Self> {
        let fine = text::is_key_name(name) && !bytes.is_empty();
        fine.then(|| Self { name: name.to_owned(), id, bytes })
    }

    /// Reads a line, without its newline.
    pub fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(DASH)?.split_once(' ')?;
        let bytes = text::from_base64(base64)?;
        let (id, bytes) = bytes.split_first_chunk::<4>()?;
        Self::new(name, u32::from_be_bytes(*id), bytes.to_vec())
    }

    /// The line, without its newline.
    pub fn line(&self) -> String {
        format!("{DASH}{} {}", self.name, text::to_base64(&[&self.id.to_be_bytes(), &*self.bytes].concat()))
    }

    /// The name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The identifier of the key.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// What follows the identifier.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A signature that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Whose it is.
    pub key: PublicKey,
    /// When a witness made it, in seconds since 1970; a log's signature has no time.
    pub time: Option<u64>,
}

/// A note with one or more signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// A note of its parts, refused if it could not be read back.
    pub fn new(text: &str, signatures: Vec<Signature>) -> Result<Self, NoteError> {
        if !text::is_clean(text) {
            return Err(NoteError::Characters);
        }
        if !text.ends_with('\n') || signatures.is_empty() {
            return Err(NoteError::Form);
        }
        if signatures.len() > MOST_SIGNATURES {
            return Err(NoteError::TooMany);
        }
        for (at, one) in signatures.iter().enumerate() {
            if signatures.iter().take(at).any(|other| (&other.name, other.id) == (&one.name, one.id)) {
                return Err(NoteError::Duplicate(one.name.clone()));
            }
        }
        let note = Self { text: text.to_owned(), signatures };
        if note.to_text().len() > LONGEST { Err(NoteError::TooLong) } else { Ok(note) }
    }

    /// Reads a note. Its signatures are well formed, but not verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > LONGEST {
            return Err(NoteError::TooLong);
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::Characters)?;
        if !text::is_clean(whole) {
            return Err(NoteError::Characters);
        }
        let (text, lines) = whole.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Form)?;
        let mut signatures = Vec::new();
        for (line, number) in lines.split('\n').zip(1..) {
            if signatures.len() == MOST_SIGNATURES {
                return Err(NoteError::TooMany);
            }
            signatures.push(Signature::parse(line).ok_or(NoteError::Line(number))?);
        }
        Self::new(&format!("{text}\n"), signatures)
    }

    /// A text signed by a log.
    pub fn sign(text: &str, key: &SecretKey) -> Result<Self, NoteError> {
        let public = key.public();
        if public.role() != Role::Log {
            return Err(NoteError::Role);
        }
        let bytes = key.sign(text.as_bytes()).to_vec();
        let signature = Signature { name: public.name().to_owned(), id: public.id(), bytes };
        Self::new(text, vec![signature])
    }

    /// The same note with one more signature.
    pub fn with(&self, signature: Signature) -> Result<Self, NoteError> {
        let mut signatures = self.signatures.clone();
        signatures.push(signature);
        Self::new(&self.text, signatures)
    }

    /// What is signed, with its last newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines in their order, verified or not.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// The whole note as it is stored and sent.
    pub fn to_text(&self) -> String {
        let lines: String = self.signatures.iter().map(|one| one.line() + "\n").collect();
        format!("{}\n{lines}", self.text)
    }

    /// Verifies every line that names one of these keys; lines of other keys are passed over.
    ///
    /// One line of a known key that fails refuses the note, and so does a note that no known key signed.
    pub fn verify(&self, keys: &[PublicKey]) -> Result<Vec<Signed>, NoteError> {
        let mut signed = Vec::new();
        for line in &self.signatures {
            let mut known = keys.iter().filter(|key| key.name() == line.name && key.id() == line.id);
            let Some(key) = known.next() else { continue };
            if known.any(|other| other != key) {
                return Err(NoteError::AmbiguousKeys(line.name.clone()));
            }
            let refused = || NoteError::Signature(line.name.clone());
            let time = match key.role() {
                Role::Log if key.signed(self.text.as_bytes(), &line.bytes) => None,
                Role::Log => return Err(refused()),
                Role::Witness => {
                    Some(cosignature::verify(key, &self.text, &line.bytes).map_err(|_| refused())?)
                }
            };
            signed.push(Signed { key: key.clone(), time });
        }
        if signed.is_empty() { Err(NoteError::Unsigned) } else { Ok(signed) }
    }
}
