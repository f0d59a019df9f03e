//! Policies and receipts: who vouches for what, and what cannot be carried from one place to another.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{COSIGNED_AT, TestLog, entry};
use kezek_registry::{
    Note, Policy, Receipt, Role, SecretKey, cosignature::cosign, grow::Head, hash, note::NoteError,
    policy::Problem, proof::ProofError, read::Reader, receipt::ReceiptError, witnessed::OpenError,
};

fn witness(number: u8) -> SecretKey {
    SecretKey::from_seed(&format!("witness.example/{number}"), Role::Witness, &[number; 32]).unwrap()
}

/// `{log}`, `{other}` and `{1}`–`{9}` stand for keys.
fn filled(text: &str) -> String {
    let mut filled = text.replace("{log}", &TestLog::new("q.example/apps").key.public().to_string());
    filled = filled.replace("{other}", &TestLog::new("q.example/referrals").key.public().to_string());
    for number in 1..=9 {
        filled = filled.replace(&format!("{{{number}}}"), &witness(number).public().to_string());
    }
    filled
}

fn parse(text: &str) -> Result<Policy, (usize, Problem)> {
    Policy::parse(filled(text).as_bytes()).map_err(|error| (error.line, error.problem))
}

/// Whether these witnesses are a quorum.
fn is_quorum(policy: &Policy, saw: &[u8]) -> bool {
    policy.is_quorum(|party| saw.iter().any(|&number| &party.key == witness(number).public()))
}

/// The example of the specification: two of three of one organisation, and any of three of another.
#[test]
fn groups_of_groups() {
    let policy = parse(
        "# two organisations\nlog {log} https://q.example/apps\nlog\t{other}\n\n \twitness X1 {1}\nwitness X2 {2}  \nwitness X3 {3} \
         https://x3.example\ngroup X 2 X1 X2 X3\nwitness Y1 {4}\nwitness Y2 {5}\ngroup Y any Y1 Y2\n  # both\n\
         group X-and-Y all X Y\nquorum X-and-Y\n",
    )
    .unwrap();
    assert_eq!(policy.logs().len(), 2);
    assert_eq!(policy.logs()[0].url.as_deref(), Some("https://q.example/apps"));
    let names: Vec<_> = policy.witnesses().map(|party| party.name.as_str()).collect();
    assert_eq!(names, ["X1", "X2", "X3", "Y1", "Y2"]);
    for (saw, enough) in [
        (&[][..], false),
        (&[1, 2], false),
        (&[4, 5], false),
        (&[1, 4, 5], false),
        (&[1, 2, 4], true),
        (&[2, 3, 5], true),
        (&[1, 2, 3, 4, 5], true),
        (&[1, 2, 9], false),
    ] {
        assert_eq!(is_quorum(&policy, saw), enough, "{saw:?}");
    }
}

#[test]
fn small_quorums() {
    assert!(is_quorum(&parse("quorum none\n").unwrap(), &[]));
    assert!(is_quorum(&parse("witness w {1}\nquorum none\nlog {log}\n").unwrap(), &[]));
    let one = parse("witness w {1}\nwitness v {2}\nquorum w\n").unwrap();
    assert!(is_quorum(&one, &[1]) && !is_quorum(&one, &[2]) && !is_quorum(&one, &[]));
}

#[test]
fn wrong_policies_are_refused_with_their_line() {
    let key = |kind: kezek_registry::key::KeyError| Problem::Key(kind);
    for (text, line, problem) in [
        ("", 1, Problem::Text),
        ("quorum none", 1, Problem::Text),
        ("quorum none\r\n", 1, Problem::Text),
        ("quorum\u{7f} none\n", 1, Problem::Text),
        ("\n", 1, Problem::Quorum),
        ("log {log}\n", 1, Problem::Quorum),
        ("quorum none\nquorum none\n", 2, Problem::Quorum),
        ("quorum\n", 1, Problem::Form),
        ("quorum a b\n", 1, Problem::Form),
        ("quorum none # no\n", 1, Problem::Form),
        ("Log {log}\nquorum none\n", 1, Problem::Form),
        ("log\nquorum none\n", 1, Problem::Form),
        ("log {log} u v\nquorum none\n", 1, Problem::Form),
        ("log q\nquorum none\n", 1, key(kezek_registry::key::KeyError::Form)),
        ("log {1}\nquorum none\n", 1, Problem::Role),
        ("witness w {log}\nquorum w\n", 1, Problem::Role),
        ("witness {1}\nquorum none\n", 1, Problem::Form),
        ("witness none {1}\nquorum none\n", 1, Problem::SameName("none".into())),
        ("witness w {1}\nwitness w {2}\nquorum w\n", 2, Problem::SameName("w".into())),
        ("witness w {1}\ngroup w any w\nquorum w\n", 2, Problem::SameName("w".into())),
        ("log {log}\nlog {log}\nquorum none\n", 2, Problem::SameKey),
        ("quorum w\nwitness w {1}\n", 1, Problem::Unknown("w".into())),
        ("group g any w\nwitness w {1}\nquorum g\n", 1, Problem::Unknown("w".into())),
        ("group g any g\nquorum g\n", 1, Problem::Unknown("g".into())),
        ("witness w {1}\ngroup g any none\nquorum g\n", 2, Problem::Unknown("none".into())),
        ("witness w {1}\ngroup g any w w\nquorum g\n", 2, Problem::SecondGroup("w".into())),
        ("witness w {1}\ngroup g any w\ngroup h any w\nquorum g\n", 3, Problem::SecondGroup("w".into())),
        ("group g any\nquorum g\n", 1, Problem::Threshold),
        ("group g all\nquorum g\n", 1, Problem::Threshold),
        ("witness w {1}\ngroup g 0 w\nquorum g\n", 2, Problem::Threshold),
        ("witness w {1}\ngroup g 2 w\nquorum g\n", 2, Problem::Threshold),
        ("witness w {1}\ngroup g 01 w\nquorum g\n", 2, Problem::Form),
        ("witness w {1}\ngroup g +1 w\nquorum g\n", 2, Problem::Form),
        ("witness w {1}\ngroup g some w\nquorum g\n", 2, Problem::Form),
    ] {
        assert_eq!(parse(text).map(|_| ()), Err((line, problem)), "{text:?}");
    }
    assert!(Policy::parse(b"\xffquorum none\n").is_err());
    assert!(Policy::parse(format!("quorum none\n#{}\n", " ".repeat(65_536)).as_bytes()).is_err());
}

/// Attack 39: one key under two names would count twice; one key in two roles could be confused.
#[test]
fn one_key_is_one_party() {
    let renamed = SecretKey::from_seed("another.example", Role::Witness, &[1; 32]).unwrap();
    let text = format!("witness a {{1}}\nwitness b {}\ngroup g all a b\nquorum g\n", renamed.public());
    assert_eq!(parse(&text).map(|_| ()), Err((2, Problem::SameKey)));
    let as_log = SecretKey::from_seed("q.example/apps", Role::Log, &[1; 32]).unwrap();
    let text = format!("witness a {{1}}\nlog {}\nquorum a\n", as_log.public());
    assert_eq!(parse(&text).map(|_| ()), Err((2, Problem::SameKey)));
}

/// The specification asks for at least 32 of each.
#[test]
fn large_policies() {
    let mut text = String::new();
    for number in 1..=64_u8 {
        let log =
            SecretKey::from_seed(&format!("q.example/{number}"), Role::Log, &[number + 100; 32]).unwrap();
        text += &format!("log {}\nwitness w{number} {}\n", log.public(), witness(number).public());
        let inner = if number == 1 { String::new() } else { format!(" g{}", number - 1) };
        text += &format!("group g{number} all w{number}{inner}\n");
    }
    let policy = parse(&(text + "quorum g64\n")).unwrap();
    assert!(policy.is_quorum(|_| true));
    assert!(!policy.is_quorum(|party| party.name != "w1"));
}

fn log_with(size: u64) -> (TestLog, Head, Note) {
    let log = TestLog::new("q.example/apps");
    let head = Head::empty().grow(&(0..size).map(entry).collect::<Vec<_>>()).unwrap().head;
    let note = log.checkpoint(&head);
    (log, head, note)
}

/// Attacks 3, 17, 38: how fresh a checkpoint is, only cosignatures tell, and none from the future.
#[test]
fn freshness_is_that_of_the_quorum() {
    let (log, _, _) = log_with(5);
    let plain = log.checkpoint(&Head::empty().grow(&[entry(0)]).unwrap().head);
    let signed = Note::new(plain.text(), plain.signatures()[..1].to_vec()).unwrap();
    let cosigned = |times: &[(u8, u64)]| {
        times.iter().fold(signed.clone(), |note, &(number, time)| {
            note.with(cosign(&witness(number), note.text(), time).unwrap()).unwrap()
        })
    };
    let policy =
        parse("log {log}\nwitness a {1}\nwitness b {2}\nwitness c {3}\ngroup g 2 a b c\nquorum g\n").unwrap();
    let open = |times: &[(u8, u64)], now| policy.accept(cosigned(times), now);
    assert_eq!(open(&[(1, 10), (2, 30), (3, 20)], 100).unwrap().fresh_at, Some(20));
    assert_eq!(open(&[(1, 10), (2, 30)], 100).unwrap().fresh_at, Some(10));
    assert_eq!(open(&[(3, 7), (2, 7)], 7).unwrap().fresh_at, Some(7));
    let names: Vec<_> =
        open(&[(3, 7), (2, 7)], 7).unwrap().witnesses.into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["b", "c"]);
    assert_eq!(open(&[(1, 10)], 100), Err(OpenError::Quorum(vec!["a".into()])));
    assert_eq!(open(&[(1, 10), (2, 30)], 29), Err(OpenError::Quorum(vec!["a".into()])));
    assert_eq!(open(&[(1, 10), (9, 30)], 100), Err(OpenError::Quorum(vec!["a".into()])));
    assert_eq!(open(&[], 100), Err(OpenError::Quorum(vec![])));
    let without = parse("log {log}\nquorum none\n").unwrap();
    assert_eq!(without.accept(signed.clone(), 0).unwrap().fresh_at, None);

    // Cosignatures alone do not make a checkpoint.
    let only_cosigned = Note::new(
        signed.text(),
        vec![cosign(&witness(1), signed.text(), 5).unwrap(), cosign(&witness(2), signed.text(), 5).unwrap()],
    );
    assert_eq!(policy.accept(only_cosigned.unwrap(), 100), Err(NoteError::Unsigned.into()));
    let unknown = parse("log {other}\nquorum none\n").unwrap();
    assert_eq!(unknown.accept(signed, 100), Err(OpenError::UnknownLog("q.example/apps".into())));
}

/// Attack 40: a cosignature of one log's checkpoint does not fit another's, though all else is equal.
#[test]
fn cosignatures_stay_with_their_log() {
    let (apps, head, note) = log_with(5);
    let referrals = TestLog::new("q.example/referrals");
    let other = referrals.checkpoint(&head);
    let policy =
        parse("log {log}\nlog {other}\nwitness a {1}\nwitness b {2}\ngroup g all a b\nquorum g\n").unwrap();
    policy.accept(note.clone(), COSIGNED_AT).unwrap();
    policy.accept(other.clone(), COSIGNED_AT).unwrap();
    let [own, ..] = note.signatures() else { panic!() };
    let [_, cosignatures @ ..] = other.signatures() else { panic!() };
    let transplanted = Note::new(note.text(), [std::slice::from_ref(own), cosignatures].concat()).unwrap();
    let refused = Err(NoteError::Signature("witness.example/1".into()).into());
    assert_eq!(policy.accept(transplanted, COSIGNED_AT), refused);
    // The key of one log does not sign for another, though the policy knows both.
    let foreign = Note::sign(note.text(), &referrals.key).unwrap();
    assert_eq!(policy.accept(foreign, COSIGNED_AT), Err(NoteError::Unsigned.into()));
    assert_eq!(apps.origin, "q.example/apps");
}

fn receipt(log: &TestLog, size: u64, index: u64) -> Receipt {
    let growth = Head::empty().grow(&(0..size).map(entry).collect::<Vec<_>>()).unwrap();
    let checkpoint = log.checkpoint(&growth.head);
    let opened = log.policy().accept(checkpoint.clone(), COSIGNED_AT).unwrap().checkpoint;
    let read = |path: &str| {
        let file = growth.files.iter().find(|file| file.tile.path() == path);
        file.map(|file| file.bytes.clone()).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    };
    let hashes = Reader::open(&opened, read).unwrap().prove_inclusion(index, size).unwrap();
    Receipt { extra: b"the opening".to_vec(), index, hashes, checkpoint }
}

#[test]
fn receipts_prove_their_entry_and_no_other() {
    let log = TestLog::new("q.example/apps");
    let policy = log.policy();
    for (size, index) in [(1, 0), (5, 4), (300, 0), (300, 299), (700, 256)] {
        let made = receipt(&log, size, index);
        let text = made.to_text();
        let read = Receipt::parse(text.as_bytes()).unwrap();
        assert_eq!(read, made);
        let witnessed = read.verify(&entry(index), &policy, COSIGNED_AT).unwrap();
        assert_eq!((witnessed.checkpoint.size, witnessed.fresh_at), (size, Some(COSIGNED_AT)));

        let refused =
            |receipt: &Receipt, index| receipt.verify(&entry(index), &policy, COSIGNED_AT).unwrap_err();
        assert_eq!(refused(&read, index + 1), ReceiptError::Proof(ProofError::Root));
        let early = read.verify(&entry(index), &policy, COSIGNED_AT - 1);
        assert_eq!(early, Err(ReceiptError::Checkpoint(OpenError::Quorum(vec![]))));
        let mut moved = read.clone();
        moved.index = (index + 1) % size;
        if size > 1 {
            assert!(matches!(refused(&moved, index), ReceiptError::Proof(_)));
        }
        moved.index = size;
        let out = ProofError::OutOfTree { index: size, size };
        assert_eq!(refused(&moved, index), ReceiptError::Proof(out));
        let mut longer = read.clone();
        longer.hashes.push(hash::empty());
        assert_eq!(refused(&longer, index), ReceiptError::Proof(ProofError::Length));
        // What is in `extra` proves nothing by itself.
        let mut other = read.clone();
        other.extra.clear();
        other.verify(&entry(index), &policy, COSIGNED_AT).unwrap();
        assert_eq!(Receipt::parse(other.to_text().as_bytes()).unwrap(), other);
    }
}

/// Attack 40: a receipt of one log says nothing in another, even for the same entries.
#[test]
fn receipts_stay_with_their_log() {
    let (apps, referrals) = (TestLog::new("q.example/apps"), TestLog::new("q.example/referrals"));
    let made = receipt(&apps, 5, 2);
    let refused = made.verify(&entry(2), &referrals.policy(), COSIGNED_AT);
    let unknown = OpenError::UnknownLog("q.example/apps".into());
    assert_eq!(refused, Err(ReceiptError::Checkpoint(unknown)));
    let mut transplanted = receipt(&referrals, 300, 2);
    transplanted.hashes = made.hashes;
    let refused = transplanted.verify(&entry(2), &referrals.policy(), COSIGNED_AT);
    assert_eq!(refused, Err(ReceiptError::Proof(ProofError::Length)));
}

#[test]
fn receipts_have_one_spelling() {
    let text = receipt(&TestLog::new("q.example/apps"), 5, 2).to_text();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[..3], ["c2sp.org/tlog-proof@v1", "extra dGhlIG9wZW5pbmc=", "index 2"]);
    assert_eq!(lines[6], "");
    for (from, to) in [
        ("c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\n"),
        ("c2sp.org/tlog-proof@v1\n", "\n"),
        ("c2sp.org/tlog-proof@v1\n", ""),
        ("extra dGhlIG9wZW5pbmc=\n", "extra \n"),
        ("extra dGhlIG9wZW5pbmc=\n", "extra\n"),
        ("extra dGhlIG9wZW5pbmc=\n", "extra dGhlIG9wZW5pbmc\n"),
        ("extra dGhlIG9wZW5pbmc=\n", "extra dGhlIG9wZW5pbmc=\nextra dGhlIG9wZW5pbmc=\n"),
        ("index 2\n", ""),
        ("index 2\n", "index 02\n"),
        ("index 2\n", "index  2\n"),
        ("index 2\n", "index 2 \n"),
        ("index 2\n", "index 2\r\n"),
        ("index 2\n", "index 2\nindex 2\n"),
        ("index 2\n", "index 9223372036854775808\n"),
        ("index 2\n", "index 2\n\n"),
        ("\n\n", "\n"),
        ("\n\n", "\n\n\n"),
        ("\n\n", "\nAAAA\n\n"),
    ] {
        assert!(text.contains(from));
        let changed = text.replacen(from, to, 1);
        assert!(
            Receipt::parse(changed.as_bytes())
                .and_then(|read| read.verify(
                    &entry(2),
                    &TestLog::new("q.example/apps").policy(),
                    COSIGNED_AT
                ))
                .is_err(),
            "{from:?} to {to:?}"
        );
    }
    let hash = format!("{}\n", hash::empty());
    let with = |count: usize| text.replacen("index 2\n", &format!("index 2\n{}", hash.repeat(count)), 1);
    Receipt::parse(with(60).as_bytes()).unwrap();
    assert_eq!(Receipt::parse(with(61).as_bytes()), Err(ReceiptError::Line(67)));
    let long = text.replacen("extra ", &format!("extra {}", "AAAA".repeat(300_000)), 1);
    assert_eq!(Receipt::parse(long.as_bytes()), Err(ReceiptError::TooLong));
    Receipt::parse(text.trim_end().as_bytes()).unwrap_err();
}
