//! Changes of the checkpoint: the table of parser differences, and signatures that should not count (attacks 17,
//! 37 to 40). What is signed is really signed.

use std::fs;

use kezek_registry::Checkpoint;

use crate::{
    Result,
    case::{Case, Keys, OTHER_ORIGIN, POLICY, RECEIPT, REMEMBERED},
    sign::{self, LOG, WITNESS},
};

const DAY: u64 = 24 * 60 * 60;

/// What log and witnesses sign in the place of the checkpoint's text.
const TEXTS: &[(&str, fn(&Checkpoint) -> String)] = &[
    ("extension-line", |state| format!("{}extension\n", state.text())),
    ("empty-extension-line", |state| format!("{}\n", state.text())),
    ("other-origin", |state| format!("{OTHER_ORIGIN}\n{}\n{}\n", state.size, state.root)),
    ("origin-with-space", |state| format!("{} \n{}\n{}\n", state.origin, state.size, state.root)),
    ("size-over-2-64", |state| size(state, &(u128::from(state.size) + (1 << 64)).to_string())),
    ("size-over-2-63", |state| size(state, &(u128::from(state.size) + (1 << 63)).to_string())),
    ("size-negative", |state| size(state, &format!("-{}", state.size))),
    ("size-with-zero", |state| size(state, &format!("0{}", state.size))),
    ("size-with-plus", |state| size(state, &format!("+{}", state.size))),
    ("size-with-underscore", |state| size(state, "7_00")),
    ("size-with-space", |state| size(state, &format!("{} ", state.size))),
    ("size-hexadecimal", |state| size(state, &format!("{:#x}", state.size))),
    ("size-in-other-digits", |state| size(state, "٧٠٠")),
    ("size-larger", |state| size(state, &(state.size + 1).to_string())),
    ("size-smaller", |state| size(state, &(state.size - 1).to_string())),
    ("lines-end-with-crlf", |state| state.text().replace('\n', "\r\n")),
    ("root-unpadded", |state| state.text().replace('=', "")),
    ("root-not-canonical", |state| root(state, |root| next_last(&root))),
    ("root-url-safe", |state| root(state, |root| root.replace('+', "-").replace('/', "_"))),
    ("root-of-31-bytes", |state| root(state, |_| sign::base64(&[7; 31]))),
    ("root-missing", |state| format!("{}\n{}\n", state.origin, state.size)),
    ("first-line-empty", |state| format!("\n{}", state.text())),
    ("empty-line-in-text", |state| state.text().replacen('\n', "\n\n", 1)),
];

/// What becomes of the finished note.
const NOTES: &[(&str, fn(&Case, &Parts) -> Vec<u8>)] = &[
    ("duplicate-line", |_, note| note.with(&note.lines[0])),
    ("duplicate-witness-line", |_, note| note.with(&note.lines[1])),
    ("duplicate-unknown-line", |_, note| note.with(&format!("{0}{0}", unknown()))),
    ("good-line-then-bad", |case, note| note.with(&case.keys.log.line("something else\n"))),
    ("bad-line-then-good", |case, note| note.without(0, &[&case.keys.log.line("else\n"), &note.lines[0]])),
    ("no-final-newline", |_, note| note.bytes().trim_ascii_end().to_vec()),
    ("hyphen-for-dash", |_, note| String::from_utf8_lossy(&note.bytes()).replace('—', "-").into_bytes()),
    ("text-after-signatures", |_, note| note.with("the end\n")),
    ("empty-line-after-signatures", |_, note| note.with("\n")),
    ("no-signatures", |_, note| format!("{}\n", note.text).into_bytes()),
    ("empty-file", |_, _| Vec::new()),
    ("byte-order-mark", |_, note| [b"\xef\xbb\xbf", note.bytes().as_slice()].concat()),
    ("not-utf-8", |_, note| [&note.bytes(), "— x".as_bytes(), b"\xff AAAAAAAA\n"].concat()),
    ("control-character", |_, note| note.with("— x\u{7} AAAAAAAA\n")),
    ("two-spaces-in-line", |_, note| note.without(0, &[&note.lines[0].replacen(' ', "  ", 2)])),
    ("signature-unpadded", |_, note| note.without(1, &[&note.lines[1].replace('=', "")])),
    ("signature-not-canonical", |_, note| {
        note.without(1, &[&format!("{}\n", next_last(note.lines[1].trim_end()))])
    }),
    ("size-edited-after-signing", |_, note| {
        String::from_utf8_lossy(&note.bytes()).replacen("\n700\n", "\n701\n", 1).into_bytes()
    }),
    ("sound-unknown-line-first", |_, note| note.without(0, &[&unknown(), &note.lines[0]])),
    ("sound-line-of-other-name-with-our-id", |case, note| {
        note.with(&sign::line("queue.example/x", case.keys.log.id(), &[7; 64]))
    }),
    ("sound-many-unknown-lines", |_, note| {
        note.with(&(0..12_u8).map(|n| sign::line(&format!("x/{n}"), [n; 4], &[7; 64])).collect::<String>())
    }),
    ("log-line-missing", |_, note| note.without(0, &[])),
    ("log-line-of-other-id", |case, note| {
        note.without(0, &[&sign::line(&case.keys.log.name, [7; 4], &case.keys.log.sign(&note.text))])
    }),
    ("log-line-of-other-name", |case, note| {
        let log = &case.keys.log;
        note.without(0, &[&sign::line("queue.example/x", log.id(), &log.sign(&note.text))])
    }),
    ("log-line-short", |case, note| {
        let log = &case.keys.log;
        note.without(0, &[&sign::line(&log.name, log.id(), &log.sign(&note.text)[..63])])
    }),
    ("log-line-malleable", |case, note| {
        let (log, mut signature) = (&case.keys.log, case.keys.log.sign(&note.text));
        sign::malleate(&mut signature);
        note.without(0, &[&sign::line(&log.name, log.id(), &signature)])
    }),
    ("quorum-lost", |_, note| note.without(2, &[])),
    ("witness-line-of-other-key", |case, note| {
        let (witness, other) = (&case.keys.witnesses[1], &case.keys.witnesses[2]);
        note.without(2, &[&sign::line(&witness.name, witness.id(), &other.sign(&note.text))])
    }),
    ("witness-time-edited", |case, note| {
        note.without(
            2,
            &[&crafted(case, case.now - 60, |text| format!("cosignature/v1\ntime {}\n{text}", case.now))],
        )
    }),
    ("witness-time-0", |case, note| note.without(2, &[&case.keys.witnesses[1].cosign(&note.text, 0)])),
    ("witness-time-over-2-63", |case, note| {
        note.without(2, &[&case.keys.witnesses[1].cosign(&note.text, (1 << 63) + case.now)])
    }),
    ("witness-time-tomorrow", |case, note| {
        note.without(2, &[&case.keys.witnesses[1].cosign(&note.text, case.now + DAY)])
    }),
    // B17: nothing new since the day before yesterday.
    ("frozen", |case, note| {
        note.without(2, &[&case.keys.witnesses[1].cosign(&note.text, case.now - 2 * DAY)])
    }),
    ("witness-signs-as-a-log-does", |case, note| note.without(2, &[&crafted(case, case.now, str::to_owned)])),
    ("log-signs-for-a-witness", |case, note| {
        let signature = case.keys.log.sign(&format!("cosignature/v1\ntime {}\n{}", case.now, note.text));
        let witness = &case.keys.witnesses[1];
        let bytes = [case.now.to_be_bytes().as_slice(), &signature].concat();
        note.without(2, &[&sign::line(&witness.name, witness.id(), &bytes)])
    }),
    // D40: the witness's word for another log.
    ("witness-line-of-other-log", |case, note| {
        let text = note.text.replacen(&case.keys.log.name, OTHER_ORIGIN, 1);
        note.without(2, &[&case.keys.witnesses[1].cosign(&text, case.now)])
    }),
    ("checkpoint-of-other-log", |case, note| {
        let other = Keys::new(OTHER_ORIGIN);
        other.note(&note.text.replacen(&case.keys.log.name, OTHER_ORIGIN, 1), case.now).into_bytes()
    }),
];

/// Attacks that need more than another checkpoint.
const KEYS: [&str; 3] = ["key-of-small-order", "witness-under-two-names", "empty-log-other-root"];

pub fn names() -> impl Iterator<Item = &'static str> {
    TEXTS.iter().map(|(name, _)| *name).chain(NOTES.iter().map(|(name, _)| *name)).chain(KEYS)
}

pub fn mutate(name: &str, case: &Case) -> Result<()> {
    let state = case.checkpoint()?;
    let written = if let Some((_, text)) = TEXTS.iter().find(|(known, _)| *known == name) {
        case.keys.note(&text(&state), case.now).into_bytes()
    } else if let Some((_, change)) = NOTES.iter().find(|(known, _)| *known == name) {
        change(case, &Parts::read(&case.text("log/checkpoint")?)?)
    } else {
        other(name, case, &Parts::read(&case.text("log/checkpoint")?)?)?
    };
    if written == case.read("log/checkpoint")? {
        return Err(format!("{name} changes nothing").into());
    }
    case.write("log/checkpoint", written)
}

fn other(name: &str, case: &Case, note: &Parts) -> Result<Vec<u8>> {
    match name {
        // Every message has a signature of this key, made without a secret.
        "key-of-small-order" => {
            let mut identity = [0; 32];
            identity[0] = 1;
            let policy = case.text(POLICY)?;
            let weak = sign::vkey(&case.keys.log.name, LOG, &identity);
            case.write(POLICY, policy.replacen(&case.keys.log.vkey(), &weak, 1))?;
            forget(case)?;
            let id = sign::id(&case.keys.log.name, LOG, &identity);
            let signature = [identity, [0; 32]].concat();
            Ok(note.without(0, &[&sign::line(&case.keys.log.name, id, &signature)]))
        }
        // D39: one key is two witnesses.
        "witness-under-two-names" => {
            let again = sign::Key::new("witness.example/again", WITNESS, 1);
            let policy = case.text(POLICY)?;
            case.write(POLICY, policy.replacen(&case.keys.witnesses[1].vkey(), &again.vkey(), 1))?;
            Ok(note.without(2, &[&again.cosign(&note.text, case.now)]))
        }
        "empty-log-other-root" => {
            fs::remove_dir_all(case.path("log/tile"))?;
            forget(case)?;
            Ok(case.keys.state(0, kezek_registry::hash::leaf(b""), case.now).into_bytes())
        }
        _ => Err(format!("no mutation is called {name}").into()),
    }
}

/// Nothing is known of the log but what it shows now.
fn forget(case: &Case) -> Result<()> {
    [REMEMBERED, RECEIPT].iter().try_for_each(|name| Ok(fs::remove_file(case.path(name))?))
}

/// A note as its text and its signature lines, each with its newline.
struct Parts {
    text: String,
    lines: Vec<String>,
}

impl Parts {
    fn read(note: &str) -> Result<Self> {
        let (text, lines) = note.rsplit_once("\n\n").ok_or("no note")?;
        let lines = lines.split_inclusive('\n').map(str::to_owned).collect();
        Ok(Self { text: format!("{text}\n"), lines })
    }

    fn bytes(&self) -> Vec<u8> {
        self.with("")
    }

    /// The note with more after it.
    fn with(&self, more: &str) -> Vec<u8> {
        format!("{}\n{}{more}", self.text, self.lines.concat()).into_bytes()
    }

    /// The note with other lines in the place of one.
    fn without(&self, at: usize, others: &[&str]) -> Vec<u8> {
        let (before, after) = (&self.lines[..at], &self.lines[at + 1..]);
        format!("{}\n{}{}{}", self.text, before.concat(), others.concat(), after.concat()).into_bytes()
    }
}

fn size(state: &Checkpoint, written: &str) -> String {
    format!("{}\n{written}\n{}\n", state.origin, state.root)
}

fn root(state: &Checkpoint, change: impl FnOnce(String) -> String) -> String {
    format!("{}\n{}\n{}\n", state.origin, state.size, change(state.root.to_string()))
}

/// The line of a key that nobody knows.
fn unknown() -> String {
    sign::line("unknown.example", [7; 4], &[7; 64])
}

/// A line in the name of the second witness, over whatever text.
fn crafted(case: &Case, time: u64, message: impl FnOnce(&str) -> String) -> String {
    let witness = &case.keys.witnesses[1];
    let text = case.checkpoint().map(|state| state.text()).unwrap_or_default();
    let bytes = [time.to_be_bytes().as_slice(), &witness.sign(&message(&text))].concat();
    sign::line(&witness.name, witness.id(), &bytes)
}

/// Base64 of the same bytes with other spare bits: the last digit before the padding becomes the next one.
fn next_last(base64: &str) -> String {
    let digits = base64.trim_end_matches('=');
    let next = |digit: char| char::from_u32(u32::from(digit) + 1).unwrap_or(digit);
    let mut changed: String = digits.chars().take(digits.chars().count() - 1).collect();
    changed.extend(digits.chars().last().map(next));
    changed + &"=".repeat(base64.len() - digits.len())
}
