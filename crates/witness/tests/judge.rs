//! The decision in random lives: whatever is asked, what is signed is one history that only grows.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;
#[path = "../fuzz/targets.rs"]
mod targets;

use kezek_registry::{Role, SecretKey, cosignature, hash, note::Signature, proof};
use kezek_witness::{
    judge::{self, Answer, Head, Logs, Refusal},
    request::{self, LONGEST, Request},
};
use proptest::{collection::vec, prelude::*};
use support::{BIRTH, Log};

const SIZE: u64 = 40;

/// One request: from where, to where, of which history, with how many hashes of the proof changed.
#[derive(Clone, Debug)]
struct Asked {
    old: Option<u64>,
    new: u64,
    is_fork: bool,
    spoil: Option<usize>,
    later: u64,
}

fn asked() -> impl Strategy<Value = Asked> {
    let old = prop_oneof![3 => Just(None), 1 => (0..=SIZE).prop_map(Some)];
    let spoil = prop_oneof![3 => Just(None), 1 => (0_usize..6).prop_map(Some)];
    (old, 0..=SIZE, prop::bool::weighted(0.3), spoil, 0_u64..3)
        .prop_map(|(old, new, is_fork, spoil, later)| Asked { old, new, is_fork, spoil, later })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 300 } else { 3000 }))]

    #[test]
    fn one_history_that_only_grows(lives in vec(asked(), 1..40), fork in 1..SIZE) {
        let (log, other) = (Log::new(SIZE), Log::forked(SIZE, fork));
        let key = SecretKey::from_seed("witness.example/w1", Role::Witness, &[4; 32]).unwrap();
        let logs = Logs::new(&[log.key.public().clone()]).unwrap();
        let mut recorded: Option<Head> = None;
        let mut now = BIRTH;
        for one in lives {
            now += one.later;
            let size = recorded.as_ref().map_or(0, |head| head.checkpoint.size);
            let history = if one.is_fork { &other } else { &log };
            let old = one.old.unwrap_or(size);
            let mut proof = if old <= one.new { history.prove(old, one.new) } else { Vec::new() };
            if let Some(at) = one.spoil {
                match proof.get_mut(at) {
                    Some(changed) => *changed = hash::leaf(b"spoiled"),
                    None => proof.push(hash::leaf(b"spoiled")),
                }
            }
            let body = request::write(old, &proof, &history.note(one.new)).unwrap();
            let answered = judge::admit(&logs, &body)
                .and_then(|request| judge::judge(&key, &logs, recorded.as_ref(), &request, now));
            // What must be signed is signed, and nothing else is.
            let stood = recorded.as_ref().map_or_else(|| log.checkpoint(0), |head| head.checkpoint.clone());
            let continues = proof::verify_consistency(
                stood.size, &stood.root, one.new, &history.checkpoint(one.new).root, &proof,
            );
            let must = old == stood.size && old <= one.new && continues.is_ok();
            prop_assert_eq!(answered.is_ok(), must);
            match answered {
                Ok(head) => {
                    // The head's own history holds what was recorded.
                    prop_assert!(history.checkpoint(stood.size) == stood);
                    prop_assert_eq!(&head.checkpoint, &history.checkpoint(one.new));
                    let line = Answer::cosigned(&head).body;
                    let line = Signature::parse(line.trim_end()).unwrap();
                    let time = cosignature::verify(key.public(), head.note.text(), line.bytes());
                    prop_assert_eq!(time, Ok(now));
                    recorded = Some(head);
                }
                Err(Refusal::Conflict { recorded: told }) => prop_assert_eq!(told, stood.size),
                Err(refusal) => prop_assert!(matches!(Answer::refused(&refusal).status, 400 | 422)),
            }
        }
    }

    #[test]
    fn bodies_are_read_as_they_are_written(old in 0..=SIZE, new in 0..=SIZE) {
        let log = Log::new(SIZE);
        let proof = log.prove(old.min(new), new);
        let body = request::write(old, &proof, &log.note(new)).unwrap();
        prop_assert!(body.len() <= LONGEST);
        let read = Request::parse(&body).unwrap();
        prop_assert_eq!((read.old, read.proof, read.note.to_text()), (old, proof, log.note(new).to_text()));
    }

    #[test]
    fn changed_bodies_never_panic_nor_are_signed(at in 0_usize..400, to: u8, cut in 0_usize..400) {
        let log = Log::new(SIZE);
        let logs = log.logs();
        let body = log.body(7, 9);
        let mut changed = body.clone();
        let at = at % changed.len();
        changed[at] = to;
        let key = SecretKey::from_seed("witness.example/w1", Role::Witness, &[4; 32]).unwrap();
        let first = judge::admit(&logs, &log.body(0, 7)).unwrap();
        let head = judge::judge(&key, &logs, None, &first, BIRTH).unwrap();
        for bytes in [&changed[..], &body[..cut % body.len()]] {
            let answered = judge::admit(&logs, bytes)
                .and_then(|request| judge::judge(&key, &logs, Some(&head), &request, BIRTH));
            prop_assert!(bytes == body || answered.is_err());
        }
    }

    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..300), text in "old [0-9]{1,20}\n([A-Za-z0-9+/=]{0,50}\n){0,4}\n.*") {
        targets::add_checkpoint(&bytes);
        targets::add_checkpoint(text.as_bytes());
    }

    #[test]
    fn changed_bodies_are_read_as_they_stand(at in 0_usize..400, to: u8) {
        let mut body = Log::new(SIZE).body(7, 9);
        let at = at % body.len();
        body[at] = to;
        targets::add_checkpoint(&body);
        targets::add_checkpoint(&Log::new(SIZE).body(0, 9));
    }
}
