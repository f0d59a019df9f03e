//! The cases of tlog-witness, one after the other against one witness, with what it must answer.

use kezek_registry::{Note, PublicKey, Role, SecretKey, cosignature, hash, note::Signature};
use kezek_witness::request::{self, SIZE_TYPE};

use super::{Got, Log, get, now, post};

const TEXT_TYPE: &str = "text/plain; charset=utf-8";

pub struct Case {
    pub name: &'static str,
    body: Vec<u8>,
    status: u16,
    /// The size that a 409 tells, or the one that a 200 cosigns.
    size: u64,
}

/// What a witness answered, without what differs between witnesses: words, times and signatures.
#[derive(Debug, PartialEq, Eq)]
pub struct Answered {
    pub name: &'static str,
    pub status: u16,
    pub content_type: String,
    pub told: Option<String>,
}

fn cases(log: &Log) -> Vec<Case> {
    let other_root = Log::forked(15, 8);
    let with = |old: u64, proof: Vec<kezek_registry::Hash>, new: u64| {
        request::write(old, &proof, &log.note(new)).unwrap()
    };
    let case = |name, body, status, size| Case { name, body, status, size };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let mut wrong = log.prove(9, 15);
    wrong[0] = hash::leaf(b"wrong");
    let mut short = log.prove(9, 15);
    short.pop();
    let stranger = SecretKey::from_seed("stranger.example", Role::Log, &[9; 32]).unwrap();
    let mut unknown = log.checkpoint(9);
    unknown.origin = "stranger.example".to_owned();
    let unknown = unknown.sign(&stranger).unwrap();
    let signed_badly = {
        let line = log.note(9).signatures()[0].clone();
        let mut bytes = line.bytes().to_vec();
        bytes[40] ^= 1;
        let line = Signature::new(line.name(), line.id(), bytes).unwrap();
        Note::new(log.note(15).text(), vec![line]).unwrap()
    };
    let unsigned = {
        let line = Signature::new("someone.example", 7, vec![1; 64]).unwrap();
        Note::new(log.note(15).text(), vec![line]).unwrap()
    };
    let many = format!("old 9\n{}\n{}", format!("{}\n", hash::leaf(b"x")).repeat(64), log.note(15).to_text());
    let false_empty = {
        let text = format!("{}\n0\n{}\n", log.key.public().name(), hash::leaf(b"not empty"));
        sign_anything(log, &text)
    };
    vec![
        // An empty log may be cosigned, but only with its true root.
        case("size 0 with another root", format!("old 0\n\n{false_empty}").into_bytes(), 422, 0),
        case("size 0", log.body(0, 0), 200, 0),
        case("a proof from 0", with(0, vec![hash::leaf(b"x")], 7), 422, 0),
        case("first", log.body(0, 7), 200, 7),
        // The eleven cases.
        case("grow 7 to 9", log.body(7, 9), 200, 9),
        case("replay", log.body(7, 9), 409, 9),
        case("same size", log.body(9, 9), 200, 9),
        case("wrong proof", with(9, wrong, 15), 422, 0),
        case("truncated proof", with(9, short, 15), 422, 0),
        case("old larger than size", with(9, vec![], 7), 400, 0),
        case("old 09", text(log.body(9, 15)).replacen("old 9", "old 09", 1).into_bytes(), 400, 0),
        case("unknown origin", request::write(0, &[], &unknown).unwrap(), 404, 0),
        case("bad signature", request::write(9, &log.prove(9, 15), &signed_badly).unwrap(), 403, 0),
        case("64 lines of proof", many.into_bytes(), 400, 0),
        case("grow 9 to 15", log.body(9, 15), 200, 15),
        // What else the protocol says.
        case("no signature of the log", request::write(15, &[], &unsigned).unwrap(), 403, 0),
        case("same size, other root", other_root.body(15, 15), 422, 0),
        case("same size, other root, other old", other_root.body(7, 15), 409, 15),
        case("same size with a proof", with(15, vec![hash::leaf(b"x")], 15), 422, 0),
        case("from 0 again", log.body(0, 15), 409, 15),
        case("smaller", log.body(7, 9), 409, 15),
        case("no empty line", b"old 15\n".to_vec(), 400, 0),
        case("nothing", Vec::new(), 400, 0),
        case("no old line", text(log.body(15, 15)).replacen("old", "new", 1).into_bytes(), 400, 0),
        case("negative", text(log.body(15, 15)).replacen("old 15", "old -15", 1).into_bytes(), 400, 0),
        case(
            "old beyond 2^63",
            text(log.body(15, 15)).replacen("old 15", "old 9223372036854775808", 1).into_bytes(),
            400,
            0,
        ),
        case(
            "extension line",
            format!("old 15\n\n{}", sign_anything(log, &format!("{}more\n", log.checkpoint(15).text())))
                .into_bytes(),
            400,
            0,
        ),
        case("same size at the end", log.body(15, 15), 200, 15),
    ]
}

/// A note over any text, which the registry's own functions would refuse.
fn sign_anything(log: &Log, text: &str) -> String {
    Note::sign(text, &log.key).unwrap().to_text()
}

/// Plays all cases, demands what the protocol demands, and gives the answers for comparison.
pub fn play(url: &str, key: &PublicKey, log: &Log) -> Vec<Answered> {
    let path = format!("/{}/checkpoint", kezek_witness::store::hex(log.key.public().name()));
    assert_eq!(get(url, &path).status, 404, "nothing was cosigned yet");
    let mut answers = Vec::new();
    for case in cases(log) {
        let Got { status, content_type, body } = post(url, &case.body);
        assert_eq!(status, case.status, "{}: {body}", case.name);
        let mut told = None;
        match status {
            200 => {
                assert_eq!(content_type, TEXT_TYPE);
                let line = Signature::parse(body.strip_suffix('\n').unwrap()).unwrap();
                assert_eq!((line.name(), line.id()), (key.name(), key.id()));
                let text = log.checkpoint(case.size).text();
                let time = cosignature::verify(key, &text, line.bytes()).unwrap();
                assert!(now().abs_diff(time) < 60, "{}", case.name);
                let shown = get(url, &path);
                assert_eq!((shown.status, shown.content_type.as_str()), (200, TEXT_TYPE));
                let shown = Note::parse(shown.body.as_bytes()).unwrap();
                assert_eq!(shown.text(), text);
                assert_eq!(shown.verify(&[log.key.public().clone(), key.clone()]).unwrap().len(), 2);
            }
            409 => {
                assert_eq!(content_type, SIZE_TYPE);
                assert_eq!(body, format!("{}\n", case.size), "{}", case.name);
                told = Some(body);
            }
            _ => {}
        }
        answers.push(Answered { name: case.name, status, content_type, told });
    }
    answers
}
