//! The functions of the fuzz targets, on arbitrary bytes and on sound files with something changed.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "../fuzz/targets.rs"]
mod targets;

use common::{TestLog, entry};
use kezek_registry::{Receipt, bundle, grow::Head};
use proptest::prelude::*;

const TARGETS: [fn(&[u8]); 7] = [
    targets::path,
    targets::note,
    targets::checkpoint,
    targets::bundle,
    targets::receipt,
    targets::policy,
    targets::key,
];

/// A sound file of every kind.
fn sound() -> Vec<Vec<u8>> {
    let log = TestLog::new("q.example/apps");
    let note = log.checkpoint(&Head::empty().grow(&[entry(0)]).unwrap().head);
    let receipt = Receipt {
        extra: b"opening".to_vec(),
        index: 3,
        hashes: vec![kezek_registry::hash::empty(); 2],
        checkpoint: note.clone(),
    };
    let [witness, other] = [0, 1].map(|at| log.witnesses[at].public());
    vec![
        b"tile/0/x001/x234/067.p/12".to_vec(),
        note.to_text().into_bytes(),
        note.text().into(),
        [&[1][..], &bundle::encode(&[entry(0), entry(1)]).unwrap()].concat(),
        receipt.to_text().into_bytes(),
        format!("# all\nlog {} https://q.example\n\nwitness a {witness}\nwitness b {other}\ngroup g 1 a b\nquorum g\n", log.key.public())
            .into_bytes(),
        log.key.to_secret_text().into_bytes(),
        log.key.public().to_string().into_bytes(),
    ]
}

/// The sound files reach the end of their parsers.
#[test]
fn sound_files_are_accepted() {
    let files = sound();
    assert!(kezek_registry::Tile::parse(std::str::from_utf8(&files[0]).unwrap()).is_some());
    kezek_registry::Note::parse(&files[1]).unwrap();
    kezek_registry::Checkpoint::parse(std::str::from_utf8(&files[2]).unwrap()).unwrap();
    bundle::decode(&files[3][1..], 2).unwrap();
    Receipt::parse(&files[4]).unwrap();
    kezek_registry::Policy::parse(&files[5]).unwrap();
    files.iter().for_each(|file| TARGETS.iter().for_each(|target| target(file)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        TARGETS.iter().for_each(|target| target(&bytes));
    }

    #[test]
    fn any_text(text in "[a-z0-9+/= \n\t—.#x-]{0,120}") {
        TARGETS.iter().for_each(|target| target(text.as_bytes()));
    }

    /// Pieces of a sound file taken out, doubled, moved, or replaced.
    #[test]
    fn nearly_sound(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, 0..4_u8, any::<prop::sample::Index>()), 1..4),
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'\n'), Just(b' '), Just(b'=')], 0..4),
    ) {
        let mut file = which.get(&sound()).clone();
        for (at, length, kind, to) in edits {
            let begin = at.index(file.len() + 1);
            let end = (begin + length).min(file.len());
            let piece: Vec<u8> = match kind {
                0 => { file.drain(begin..end); Vec::new() }
                1 => file[begin..end].to_vec(),
                2 => file.drain(begin..end).collect(),
                _ => bytes.clone(),
            };
            let place = to.index(file.len() + 1);
            file.splice(place..place, piece);
        }
        TARGETS.iter().for_each(|target| target(&file));
    }
}
