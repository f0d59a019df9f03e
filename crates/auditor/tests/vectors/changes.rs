//! Everything that can be wrong with a receipt.

use kezek_disclosure::{Log, OpenedField};
use kezek_registry::note::Signature;
use kezek_registry::{Checkpoint, Hash, Note};

use super::{COSIGNED, Case, Made, NOW, SALT, cosigned, key, made, origin, record, text};

pub fn cases(registered: &Made, referral: &Made, seen: &Made) -> Vec<Case> {
    let mut all = entries(registered, referral);
    all.extend(openings(registered, referral));
    all.extend(proofs(registered));
    all.extend(signatures(registered, seen));
    all.extend(spellings(registered));
    let wrong = |(name, policy, receipt): (&str, &'static str, String)| Case {
        name: name.to_owned(),
        policy,
        receipt,
        holds: false,
        is_whole: false,
    };
    all.into_iter().map(wrong).collect()
}

type Wrong = (&'static str, &'static str, String);

fn but(made: &Made, change: impl FnOnce(&mut Made)) -> String {
    let mut made = made.clone();
    change(&mut made);
    text(&made)
}

fn entries(one: &Made, referral: &Made) -> Vec<Wrong> {
    let spaced = one.opened.entry.replacen(":", ": ", 1);
    let twice = one.opened.entry.replacen("{", "{\"seq\":1,", 1);
    let signed = |line: &str| {
        // Even if the log itself holds such a line.
        let opened = kezek_disclosure::Opened { entry: line.to_owned(), ..one.opened.clone() };
        text(&made(one.log, vec![line.as_bytes().to_vec()], opened, 0))
    };
    vec![
        (
            "another time in the entry",
            "none",
            but(one, |one| {
                one.opened.entry = one.opened.entry.replacen("\"draw\":", "\"draw\":1", 1);
            }),
        ),
        ("the entry of another receipt", "none", but(one, |one| one.opened = referral.opened.clone())),
        ("no entry", "none", but(one, |one| one.opened.entry = String::new())),
        ("an entry with a space", "none", signed(&spaced)),
        ("an entry with a member twice", "none", signed(&twice)),
        ("an entry that is no JSON", "none", signed("{\"seq\":1")),
        ("nothing carried", "none", one.receipt.to_text()),
    ]
}

fn openings(one: &Made, referral: &Made) -> Vec<Wrong> {
    let seq: u64 =
        serde_json::from_str::<serde_json::Value>(&one.opened.entry).unwrap()["seq"].as_u64().unwrap();
    let fields: Vec<(&str, &[u8])> =
        one.opened.hidden.iter().map(|one| (one.field.as_str(), one.value.as_bytes())).collect();
    let true_c = record(one.log, seq).commit(&SALT, &fields).unwrap().record.to_string();
    let hex = |hash: Hash| hash.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let true_hex = hex(record(one.log, seq).commit(&SALT, &fields).unwrap().record);
    assert!(!true_c.is_empty() && one.opened.entry.contains(&true_hex));
    // The log holds a commitment that was made for another place.
    let transplanted = |log: Log, seq: u64| {
        let other = hex(record(log, seq).commit(&SALT, &fields).unwrap().record);
        let mut opened = one.opened.clone();
        opened.entry = opened.entry.replace(&true_hex, &other);
        text(&made(one.log, vec![opened.entry.as_bytes().to_vec()], opened, 0))
    };
    vec![
        ("another salt", "none", but(one, |one| one.opened.salt = Some("08".repeat(32)))),
        ("no salt", "none", but(one, |one| one.opened.salt = None)),
        ("a salt in capitals", "none", but(one, |one| one.opened.salt = Some("0A".repeat(32)))),
        (
            "another value",
            "none",
            but(one, |one| {
                let born = one.opened.hidden.iter_mut().find(|field| field.field == "born").unwrap();
                born.value = "\"2017-10-24\"".into();
            }),
        ),
        ("another field", "none", but(one, |one| one.opened.hidden[0].field = "facts".into())),
        ("a field left out", "none", but(one, |one| one.opened.hidden.clear())),
        (
            "a field more",
            "none",
            but(one, |one| {
                one.opened.hidden.push(OpenedField { field: "more".into(), value: "1".into() });
            }),
        ),
        (
            "the opening of another entry",
            "none",
            but(one, |one| one.opened.salt = referral.opened.salt.clone()),
        ),
        (
            "an opening of an entry that hides nothing",
            "none",
            but(referral, |referral| {
                referral.opened.salt = one.opened.salt.clone();
                referral.opened.hidden = one.opened.hidden.clone();
            }),
        ),
        ("a commitment of another log", "none", transplanted(Log::Bulletins, seq)),
        ("a commitment of another entry", "none", transplanted(one.log, seq + 1)),
    ]
}

fn proofs(one: &Made) -> Vec<Wrong> {
    vec![
        ("the next place", "none", but(one, |one| one.receipt.index += 1)),
        ("the place before", "none", but(one, |one| one.receipt.index -= 1)),
        ("a place past the end", "none", but(one, |one| one.receipt.index = 1 << 40)),
        ("another hash", "none", but(one, |one| one.receipt.hashes[1].0[7] ^= 1)),
        ("two hashes exchanged", "none", but(one, |one| one.receipt.hashes.swap(0, 1))),
        (
            "a hash left out",
            "none",
            but(one, |one| {
                one.receipt.hashes.pop();
            }),
        ),
        ("a hash more", "none", but(one, |one| one.receipt.hashes.push(Hash([1; 32])))),
        ("64 hashes", "none", but(one, |one| one.receipt.hashes = vec![Hash([1; 32]); 64])),
    ]
}

fn signatures(one: &Made, seen: &Made) -> Vec<Wrong> {
    let checkpoint = Checkpoint::parse(one.receipt.checkpoint.text()).unwrap();
    let log = key(one.log);
    let line = one.receipt.checkpoint.signatures()[0].clone();
    let with = |bytes: Vec<u8>| {
        let signature = Signature::new(line.name(), line.id(), bytes).unwrap();
        but(one, |one| {
            one.receipt.checkpoint = Note::new(one.receipt.checkpoint.text(), vec![signature]).unwrap()
        })
    };
    let signed_as = |origin: String, log: Log| {
        let text = Checkpoint { origin, ..checkpoint.clone() }.text();
        but(one, |one| one.receipt.checkpoint = Note::sign(&text, &key(log)).unwrap())
    };
    let mut point = [0; 64];
    point[0] = 1;
    let flipped: Vec<u8> =
        line.bytes().iter().enumerate().map(|(at, byte)| byte ^ u8::from(at == 40)).collect();
    let bare = |made: &Made| made.receipt.checkpoint.text().to_owned();
    let other = made(one.log, vec![b"{}".to_vec()], one.opened.clone(), 0);
    assert_eq!(log.public().name(), line.name());
    vec![
        ("another signature", "none", with(flipped)),
        ("a signature that says nothing", "none", with(point.to_vec())),
        ("a short signature", "none", with(vec![1; 63])),
        (
            "the checkpoint of another state",
            "none",
            but(one, |one| one.receipt.checkpoint = other.receipt.checkpoint.clone()),
        ),
        ("another log's key", "none", signed_as(origin(Log::Referrals), Log::Applications)),
        ("another log's checkpoint", "none", signed_as(origin(Log::Referrals), Log::Referrals)),
        ("a log that the policy does not name", "another log", text(one)),
        ("no witness", "all", text(one)),
        (
            "two witnesses of three that are asked for",
            "all",
            text(&cosigned(one, &[(1, COSIGNED), (2, COSIGNED)])),
        ),
        ("one witness of two", "two", text(&cosigned(one, &[(2, COSIGNED)]))),
        (
            "both of a group, but not the other",
            "one of a group",
            text(&cosigned(one, &[(1, COSIGNED), (2, COSIGNED)])),
        ),
        (
            "a cosignature of tomorrow",
            "all",
            text(&cosigned(one, &[(1, COSIGNED), (2, COSIGNED), (3, NOW + 1)])),
        ),
        (
            "a cosignature of another checkpoint",
            "all",
            but(seen, |seen| {
                let text = bare(&other);
                let line = kezek_registry::cosignature::cosign(&super::witness(3), &text, COSIGNED).unwrap();
                let mut lines = seen.receipt.checkpoint.signatures()[..3].to_vec();
                lines.push(line);
                seen.receipt.checkpoint = Note::new(&bare(seen), lines).unwrap();
            }),
        ),
        (
            "the witnesses without the log",
            "two",
            but(seen, |seen| {
                let lines = seen.receipt.checkpoint.signatures()[1..].to_vec();
                seen.receipt.checkpoint = Note::new(&bare(seen), lines).unwrap();
            }),
        ),
    ]
}

/// One thing is written one way only.
fn spellings(one: &Made) -> Vec<Wrong> {
    let sound = text(one);
    let index = format!("index {}\n", one.receipt.index);
    let size = Checkpoint::parse(one.receipt.checkpoint.text()).unwrap().size;
    let replaced = |from: &str, to: &str| {
        let changed = sound.replacen(from, to, 1);
        assert_ne!(changed, sound);
        changed
    };
    let last = sound.lines().last().unwrap().to_owned();
    vec![
        ("another first line", "none", replaced("@v1", "@v2")),
        ("lines that end otherwise", "none", sound.replace('\n', "\r\n")),
        ("no last newline", "none", sound.trim_end().to_owned()),
        ("a line more at the end", "none", format!("{sound}\n")),
        ("a space in front", "none", format!(" {sound}")),
        ("a mark of byte order in front", "none", format!("\u{feff}{sound}")),
        ("an index with a zero in front", "none", replaced("index ", "index 0")),
        ("an index with a sign", "none", replaced("index ", "index +")),
        ("an index twice", "none", replaced(&index, &index.repeat(2))),
        ("no index", "none", replaced(&index, "")),
        ("extra twice", "none", replaced("extra ", "extra AAAA\nextra ")),
        ("base64 without its end", "none", replaced("=\n", "\n")),
        ("a size with a zero in front", "none", replaced(&format!("\n{size}\n"), &format!("\n0{size}\n"))),
        ("a line more in the checkpoint", "none", replaced("=\n\n—", "=\nmore\n\n—")),
        ("a hyphen for a dash", "none", replaced("— ", "- ")),
        ("a signature twice", "none", format!("{sound}{last}\n")),
        ("words after the signatures", "none", format!("{sound}more\n")),
        ("nothing", "none", String::new()),
    ]
}
