//! Checkpoints really signed, yet wrong in one way: every way in which verifiers were found to differ, and more.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{COSIGNED_AT, TestLog, entry};
use kezek_registry::{
    Checkpoint, Note, Policy, PublicKey, Role, SecretKey,
    checkpoint::CheckpointError,
    cosignature::{self, CosignatureError},
    grow::Head,
    note::{NoteError, Signature},
    policy::Problem,
};
use signed_note::{Signer, StandardSigner, StandardVerifier, VerifierList};

const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

fn log() -> TestLog {
    TestLog::new("q.example/apps")
}

/// The signature line over any text, made by another implementation from our key.
fn line(key: &SecretKey, text: &str) -> String {
    let signer = StandardSigner::new(&key.to_secret_text()).unwrap();
    let bytes = signer.sign(text.as_bytes()).unwrap();
    Signature::new(signer.name(), signer.key_id(), bytes).unwrap().line()
}

fn signed(text: &str) -> String {
    format!("{text}\n{}\n", line(&log().key, text))
}

fn body(origin: &str, size: &str, root: &str) -> String {
    format!("{origin}\n{size}\n{root}\n")
}

fn good_body() -> String {
    body("q.example/apps", "15", ROOT)
}

fn ours(note: &str) -> Result<Checkpoint, CheckpointError> {
    Checkpoint::open(note.as_bytes(), log().key.public()).map(|(checkpoint, _)| checkpoint)
}

/// Whether the crates `signed_note` and `tlog_tiles` accept it.
fn theirs(note: &str) -> bool {
    let verifier = StandardVerifier::new(&log().key.public().to_string()).unwrap();
    let Ok(note) = signed_note::Note::from_bytes(note.as_bytes()) else { return false };
    note.verify(&VerifierList::new(vec![Box::new(verifier)])).is_ok()
        && tlog_tiles::Checkpoint::from_bytes(note.text()).is_ok()
}

#[test]
fn sound_checkpoints_are_accepted_by_all() {
    for size in ["1", "15", "9223372036854775807"] {
        let note = signed(&body("q.example/apps", size, ROOT));
        assert_eq!(ours(&note).unwrap().size, size.parse::<u64>().unwrap());
        assert!(theirs(&note));
    }
    let empty = body("q.example/apps", "0", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    ours(&signed(&empty)).unwrap();
    let head = Head::empty().grow(&[entry(0), entry(1)]).unwrap().head;
    let made = log().checkpoint(&head);
    ours(&made.to_text()).unwrap();
    assert!(theirs(&made.to_text()));
    assert_eq!(made.text(), body("q.example/apps", "2", &head.root().to_string()));
}

/// The cases in which verifiers differ: an extension line, two lines of one key, no last newline, sizes beyond
/// 2^63, another origin. Ours refuses whatever one of them refuses (attack 37).
#[test]
fn what_some_verifiers_let_pass() {
    let good = good_body();
    let good_line = line(&log().key, &good);
    let bad_line = line(&log().key, "something else\n");
    let cases = [
        ("extension line", signed(&format!("{good}time 1\n"))),
        ("two lines of one key", format!("{good}\n{good_line}\n{good_line}\n")),
        ("good, then bad line of one key", format!("{good}\n{good_line}\n{bad_line}\n")),
        ("bad, then good line of one key", format!("{good}\n{bad_line}\n{good_line}\n")),
        ("bad line", format!("{good}\n{bad_line}\n")),
        ("no final newline", signed(&good).trim_end().to_owned()),
        ("size 2^63", signed(&body("q.example/apps", "9223372036854775808", ROOT))),
        ("size 2^64", signed(&body("q.example/apps", "18446744073709551616", ROOT))),
        ("size 2^64+15", signed(&body("q.example/apps", "18446744073709551631", ROOT))),
        ("wrong origin, right key", signed(&body("q.example/referrals", "15", ROOT))),
        ("size 0 with a root", signed(&body("q.example/apps", "0", ROOT))),
    ];
    for (what, note) in cases {
        assert!(ours(&note).is_err(), "{what}: {note}");
    }
}

/// What every verifier refuses, we refuse as well (attack 37).
#[test]
fn what_all_verifiers_refuse() {
    let good = good_body();
    let note = signed(&good);
    let of_size = |size| signed(&body("q.example/apps", size, ROOT));
    let of_root = |root| signed(&body("q.example/apps", "15", root));
    let line = line(&log().key, &good);
    let (address, base64) = line.split_at(line.rfind(' ').unwrap() + 1);
    assert!(base64.contains('/') && base64.ends_with('='));
    // The letter before the padding carries two bits that say nothing.
    let last = line.trim_end_matches('=').chars().last().unwrap();
    let next = char::from_u32(u32::from(last) + 1).unwrap();
    let other_bits = line.replace(&format!("{last}="), &format!("{next}="));
    let of_line = |line: &str| {
        assert_ne!(line, note.lines().last().unwrap());
        format!("{good}\n{line}\n")
    };
    let cases = [
        ("leading zero", of_size("015")),
        ("plus", of_size("+15")),
        ("underscore", of_size("1_5")),
        ("space after", of_size("15 ")),
        ("space before", of_size(" 15")),
        ("no size", of_size("")),
        ("minus", of_size("-15")),
        ("hexadecimal", of_size("0xf")),
        ("lines end with CR LF", signed(&good.replace('\n', "\r\n"))),
        ("all lines end with CR LF", note.replace('\n', "\r\n")),
        ("root without padding", of_root(ROOT.trim_end_matches('='))),
        ("root with other last bits", of_root(&ROOT.replace("2I=", "2J="))),
        ("root in the alphabet of addresses", of_root(&ROOT.replace('/', "_"))),
        ("root too short", of_root("AAAA")),
        ("root too long", of_root(&format!("{}A", ROOT.replace('=', "A")))),
        ("no root", signed("q.example/apps\n15\n")),
        ("signature without padding", of_line(line.trim_end_matches('='))),
        ("signature with other last bits", of_line(&other_bits)),
        (
            "signature in the alphabet of addresses",
            of_line(&format!("{address}{}", base64.replace('/', "_"))),
        ),
        ("hyphen for dash", of_line(&line.replace('—', "-"))),
        ("two spaces", of_line(&line.replace("— ", "—  "))),
        ("space at the end", of_line(&format!("{line} "))),
        ("text after signatures", format!("{note}more\n")),
        ("note after note", format!("{note}\n{note}")),
        ("empty line at the end", format!("{note}\n")),
        ("empty line in the body", signed(&good.replace("15\n", "15\n\n"))),
        ("no signature", format!("{good}\n")),
        ("no empty line", format!("{good}{line}\n")),
        ("only the body", good.clone()),
        ("nothing", String::new()),
        ("tab", signed(&good.replace("apps", "ap\tps"))),
        ("empty origin", signed(&body("", "15", ROOT))),
        ("byte order mark", format!("\u{feff}{note}")),
    ];
    for (what, note) in cases {
        assert!(ours(&note).is_err(), "{what}: {note}");
        assert!(!theirs(&note), "{what}: {note}");
    }
    let unusual = [0x7f, 0x85, 0x2028, 0x2029].map(|c| char::from_u32(c).unwrap());
    for c in unusual {
        assert!(ours(&signed(&good.replace("apps", &format!("ap{c}ps")))).is_err(), "{c:?}");
    }
    for c in ['\u{a0}', '\u{2003}', '+', ' '] {
        let origin = format!("q{c}");
        assert_eq!(Checkpoint::parse(&body(&origin, "15", ROOT)), Err(CheckpointError::Origin));
    }
}

#[test]
fn unknown_lines_are_passed_over_but_well_formed() {
    let good = good_body();
    let other = SecretKey::from_seed("unknown.example", Role::Log, &[99; 32]).unwrap();
    let (mine, unknown) = (line(&log().key, &good), line(&other, "whatever\n"));
    for lines in [format!("{unknown}\n{mine}\n"), format!("{mine}\n{unknown}\n")] {
        let note = format!("{good}\n{lines}");
        ours(&note).unwrap();
        assert!(theirs(&note));
    }
    assert_eq!(ours(&format!("{good}\n{unknown}\n")), Err(NoteError::Unsigned.into()));
    for wrong in
        ["", "— ", "— x", "— x ", "— x AAAA", "— x AAAAAA==", "— x+y AAAAAAA=", "—  AAAAAAA=", "more"]
    {
        ours(&format!("{good}\n{mine}\n{wrong}\n")).unwrap_err();
    }
    ours(&format!("{good}\n{mine}\n— x AAAAAAA=\n")).unwrap();
    let twice = format!("{good}\n{mine}\n{unknown}\n{unknown}\n");
    assert_eq!(ours(&twice), Err(NoteError::Duplicate("unknown.example".into()).into()));
    // As many as 64 lines, each up to the size of a post-quantum signature, up to 64 KiB.
    let many = |count: u32, length| -> String {
        let line = |id| Signature::new("x", id, vec![0; length]).unwrap().line() + "\n";
        (1..count).map(line).collect()
    };
    ours(&format!("{good}\n{mine}\n{}", many(64, 64))).unwrap();
    ours(&format!("{good}\n{mine}\n{}", many(16, 2_420))).unwrap();
    assert_eq!(ours(&format!("{good}\n{mine}\n{}", many(65, 64))), Err(NoteError::TooMany.into()));
    assert_eq!(ours(&format!("{good}\n{mine}\n{}", many(30, 2_420))), Err(NoteError::TooLong.into()));
}

/// The example of the specification has an empty line in its text: a note, though no checkpoint.
#[test]
fn the_example_of_the_specification_is_read() {
    let example = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
    let note = Note::parse(example.as_bytes()).unwrap();
    assert_eq!(note.signatures()[0].name(), "quasimodo.example/salvatore");
    assert!(note.text().ends_with("\n\ned è subito sera.\n"));
    assert_eq!(note.to_text(), example);
    assert_eq!(Checkpoint::parse(note.text()), Err(CheckpointError::Lines));
}

/// Attack 38: the four bytes of an identifier prove nothing, and neither does a name.
#[test]
fn names_and_identifiers_only_go_together() {
    let good = good_body();
    let public = log().key.public().clone();
    let mine = Signature::parse(&line(&log().key, &good)).unwrap();
    let of = |name: &str, id| Signature::new(name, id, mine.bytes().to_vec()).unwrap().line();
    let other_name = of("other.example", public.id());
    let other_id = of(public.name(), public.id() ^ 1);
    assert_eq!(ours(&format!("{good}\n{other_name}\n{other_id}\n")), Err(NoteError::Unsigned.into()));
    ours(&format!("{good}\n{other_name}\n{}\n{other_id}\n", mine.line())).unwrap();
}

/// Attack 38: a signature with a second spelling of its number S, or cut, or longer.
#[test]
fn signatures_have_one_spelling() {
    let good = good_body();
    let public = log().key.public().clone();
    let mine = Signature::parse(&line(&log().key, &good)).unwrap();
    // The order of the group, 2^252 + 27742317777372353535851937790883648493, little-endian.
    let order = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10_u8,
    ];
    let mut larger = mine.bytes().to_vec();
    let mut carry = 0;
    for (byte, more) in larger[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(more) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    let longer = [mine.bytes(), &[0]].concat();
    for bytes in [larger, longer, mine.bytes()[..63].to_vec(), vec![0; 64]] {
        let line = Signature::new(public.name(), public.id(), bytes).unwrap().line();
        let refused = Err(NoteError::Signature(public.name().into()).into());
        assert_eq!(ours(&format!("{good}\n{line}\n")), refused);
    }
}

fn witness() -> SecretKey {
    log().witnesses[0].clone()
}

fn with_cosignature(bytes: Vec<u8>) -> Result<Option<u64>, NoteError> {
    let key = witness().public().clone();
    let signature = Signature::new(key.name(), key.id(), bytes).unwrap();
    let note = Note::parse(format!("{}\n{}\n", good_body(), signature.line()).as_bytes()).unwrap();
    note.verify(&[key]).map(|signed| signed[0].time)
}

/// Attack 38: a cosignature counts for one time, one text and one witness.
#[test]
fn cosignatures_are_bound_to_their_time() {
    let good = good_body();
    let cosigned = cosignature::cosign(&witness(), &good, COSIGNED_AT).unwrap().bytes().to_vec();
    assert_eq!(cosigned.len(), 72);
    assert_eq!(with_cosignature(cosigned.clone()), Ok(Some(COSIGNED_AT)));
    for byte in 0..72 {
        let mut changed = cosigned.clone();
        changed[byte] ^= 1;
        with_cosignature(changed).unwrap_err();
    }
    for length in [1, 7, 8, 71] {
        with_cosignature(cosigned[..length].to_vec()).unwrap_err();
    }
    with_cosignature([&cosigned[..], &[0]].concat()).unwrap_err();

    for time in [0, i64::MAX as u64 + 1, u64::MAX] {
        assert_eq!(cosignature::cosign(&witness(), &good, time), Err(CosignatureError::Time));
        // Really signed by the witness's key, for a time that no witness may state.
        let same_key = SecretKey::from_seed("witness.example/1", Role::Log, &[1; 32]).unwrap();
        let message = format!("cosignature/v1\ntime {time}\n{good}");
        let signer = StandardSigner::new(&same_key.to_secret_text()).unwrap();
        let bytes = [&time.to_be_bytes()[..], &signer.sign(message.as_bytes()).unwrap()].concat();
        with_cosignature(bytes).unwrap_err();
    }
    let latest = cosignature::cosign(&witness(), &good, i64::MAX as u64).unwrap();
    assert_eq!(with_cosignature(latest.bytes().to_vec()), Ok(Some(i64::MAX as u64)));
}

/// Attack 38: the signature of a log is no cosignature, even with one key in both roles.
#[test]
fn roles_do_not_mix() {
    let good = good_body();
    let as_log = SecretKey::from_seed("witness.example/1", Role::Log, &[1; 32]).unwrap();
    let signature = Signature::parse(&line(&as_log, &good)).unwrap();
    with_cosignature(signature.bytes().to_vec()).unwrap_err();
    with_cosignature([&COSIGNED_AT.to_be_bytes()[..], signature.bytes()].concat()).unwrap_err();

    let log = log();
    let checkpoint = Checkpoint::parse(&good).unwrap();
    assert_eq!(checkpoint.sign(&witness()), Err(CheckpointError::Role));
    assert_eq!(Note::sign(&good, &witness()), Err(NoteError::Role));
    assert_eq!(cosignature::cosign(&log.key, &good, 1), Err(CosignatureError::Role));
    let other = SecretKey::from_seed("q.example/referrals", Role::Log, &[5; 32]).unwrap();
    assert!(matches!(checkpoint.sign(&other), Err(CheckpointError::OtherLog { .. })));
    let not_a_checkpoint = cosignature::cosign(&witness(), "pay 5\n", 1);
    assert!(matches!(not_a_checkpoint, Err(CosignatureError::Checkpoint(_))));
    let opened = Checkpoint::open(signed(&good).as_bytes(), witness().public());
    assert_eq!(opened.unwrap_err(), CheckpointError::Role);
}

/// Attack 38: two keys of one name whose identifiers are equal, found by trying a hundred thousand.
#[test]
fn keys_that_cannot_be_told_apart_are_refused() {
    let [one, other] = [39_728_u32, 101_306].map(|number| {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&number.to_be_bytes());
        SecretKey::from_seed("q.example/apps", Role::Log, &seed).unwrap()
    });
    let [one_public, other_public] = [one.public(), other.public()].map(PublicKey::clone);
    assert_eq!((one_public.id(), other_public.id()), (0x1461_2b68, 0x1461_2b68));
    let note = Checkpoint::parse(&good_body()).unwrap().sign(&one).unwrap();
    assert_eq!(note.verify(&[one_public.clone(), one_public.clone()]).unwrap().len(), 1);
    let name = || "q.example/apps".to_owned();
    assert_eq!(note.verify(std::slice::from_ref(&other_public)), Err(NoteError::Signature(name())));
    for keys in [[&one_public, &other_public], [&other_public, &one_public]] {
        assert_eq!(note.verify(&keys.map(PublicKey::clone)), Err(NoteError::AmbiguousKeys(name())));
    }
    let policy = format!("log {one_public}\nlog {other_public}\nquorum none\n");
    let refused = Policy::parse(policy.as_bytes()).unwrap_err();
    assert_eq!((refused.line, refused.problem), (2, Problem::SameKey));
    assert_eq!(note.verify(&[]), Err(NoteError::Unsigned));
}
