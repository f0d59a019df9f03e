//! What a witness remembers: two requests at once, evidence, the clock, first use.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Barrier,
    thread,
};

use kezek_registry::{Note, Role, SecretKey, hash, note::Signature};
use kezek_witness::{
    FirstUse, Witness,
    judge::{Answer, Logs},
    request,
    store::{self, MOST_EVIDENCE, StoreError},
};
use support::{BIRTH, Log, ORIGIN, open};

const NAME: &str = "witness.example/w1";

fn size(witness: &Witness) -> u64 {
    witness.checkpoint(&store::hex(ORIGIN)).unwrap().map_or(0, |head| head.checkpoint.size)
}

fn evidence(root: &Path) -> BTreeSet<String> {
    let folder = root.join("logs").join(store::hex(ORIGIN)).join("evidence");
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    names.map(|one| one.file_name().to_string_lossy().into_owned()).collect()
}

/// Attack 43: of two requests from the same size one wins, and nothing is ever rolled back.
#[test]
fn two_requests_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(1200);
    let witness = open(directory.path(), NAME, &log);
    let mut winners = BTreeSet::new();
    let mut old = 0;
    for round in 0..150 {
        let near = old + 1;
        let far = near + 1 + round % 5;
        let bodies = [log.body(old, near), log.body(old, far), log.body(near, far)];
        let start = Barrier::new(bodies.len());
        let answers: Vec<Answer> = thread::scope(|scope| {
            let ask = |body| {
                let (witness, start) = (&witness, &start);
                scope.spawn(move || {
                    start.wait();
                    witness.add_checkpoint(body, BIRTH + round).unwrap()
                })
            };
            let asked: Vec<_> = bodies.iter().map(|body| ask(body)).collect();
            asked.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        let expected = match statuses.as_slice() {
            [200, 409, 409] => near,
            [200, 409, 200] | [409, 200, 409] => far,
            other => panic!("{other:?}"),
        };
        assert_eq!(size(&witness), expected);
        winners.insert(statuses);
        old = expected;
    }
    assert!(winners.len() > 1, "the requests never met in another order: {winners:?}");
}

#[test]
fn evidence_is_kept_and_bounded() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(400);
    let fork = Log::forked(400, 3);
    let witness = open(directory.path(), NAME, &log);
    let ask = |body: &[u8]| witness.add_checkpoint(body, BIRTH).unwrap().status;
    assert_eq!(ask(&log.body(0, 7)), 200);
    assert!(evidence(directory.path()).is_empty());

    // What nobody signed, or the log signed and may sign, is no evidence.
    assert_eq!(ask(b"old 7\n"), 400);
    assert_eq!(ask(&log.body(0, 9)), 409);
    assert!(evidence(directory.path()).is_empty());

    let forked = fork.body(0, 7);
    assert_eq!(ask(&forked), 409);
    assert_eq!(ask(&fork.body(7, 7)), 422);
    let kept = evidence(directory.path());
    let name = format!("fork-{}", store::hex(fork.note(7).text()));
    assert_eq!(kept, BTreeSet::from([format!("{name}.recorded"), format!("{name}.request")]));
    let folder = directory.path().join("logs").join(store::hex(ORIGIN)).join("evidence");
    let read = |end: &str| fs::read(folder.join(format!("{name}.{end}"))).unwrap();
    assert_eq!(read("request"), forked);
    let recorded = Note::parse(&read("recorded")).unwrap();
    assert_eq!(recorded.text(), log.checkpoint(7).text());
    recorded.verify(&[log.key.public().clone(), witness.key().clone()]).unwrap();

    // Others can replay what the log has signed, with any proof, but not fill the disk nor crowd out a fork.
    for size in 8..=7 + u64::try_from(MOST_EVIDENCE).unwrap() + 20 {
        assert_eq!(ask(&request::write(7, &[hash::leaf(b"x")], &log.note(size)).unwrap()), 422);
        assert_eq!(ask(&request::write(7, &[hash::leaf(b"y")], &log.note(size)).unwrap()), 422);
    }
    let count = |kind: &str| {
        evidence(directory.path())
            .iter()
            .filter(|name| name.starts_with(kind) && name.ends_with("request"))
            .count()
    };
    assert_eq!((count("unproved"), count("fork")), (MOST_EVIDENCE, 1));
    assert_eq!(ask(&Log::forked(400, 2).body(7, 7)), 422);
    assert_eq!(count("fork"), 2);
    assert_eq!(ask(&log.body(7, 9)), 200, "honest growth goes on");
}

/// Attack 38, the witness's side: no time is signed that is none, or earlier than one signed before.
#[test]
fn the_clock() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(20);
    let witness = open(directory.path(), NAME, &log);
    let ask = |body: &[u8], now| witness.add_checkpoint(body, now).unwrap().status;
    assert_eq!(ask(&log.body(0, 7), 0), 503);
    assert_eq!(ask(&log.body(0, 7), 1 << 63), 503);
    assert_eq!(size(&witness), 0);
    assert_eq!(ask(&log.body(0, 7), BIRTH), 200);
    assert_eq!(ask(&log.body(7, 9), BIRTH - 1), 503);
    assert_eq!(size(&witness), 7);
    assert_eq!(ask(&log.body(7, 9), BIRTH), 200);
    assert_eq!(ask(&log.body(9, 9), BIRTH + 600), 200);
    let head = witness.checkpoint(&store::hex(ORIGIN)).unwrap().unwrap();
    assert_eq!((head.time, head.checkpoint.size), (BIRTH + 600, 9));
}

#[test]
fn a_log_is_trusted_at_first_sight_only_when_asked() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(20);
    let refused = Witness::open(directory.path(), NAME, log.logs(), FirstUse::Refuse).unwrap_err();
    assert!(matches!(refused, StoreError::NewLog(origin) if origin == ORIGIN));
    let witness = open(directory.path(), NAME, &log);
    let key = witness.key().clone();
    assert_eq!(witness.add_checkpoint(&log.body(0, 7), BIRTH).unwrap().status, 200);
    let in_use = Witness::open(directory.path(), NAME, log.logs(), FirstUse::Refuse).unwrap_err();
    assert!(matches!(in_use, StoreError::InUse(_)));
    drop(witness);

    // Left out and taken back, a log stands where it stood.
    let none = Witness::open(directory.path(), NAME, Logs::default(), FirstUse::Refuse).unwrap();
    assert_eq!(none.add_checkpoint(&log.body(7, 9), BIRTH).unwrap().status, 404);
    drop(none);
    let witness = Witness::open(directory.path(), NAME, log.logs(), FirstUse::Refuse).unwrap();
    assert_eq!((witness.key(), size(&witness)), (&key, 7));
    drop(witness);

    let other =
        Witness::open(directory.path(), "witness.example/w2", log.logs(), FirstUse::Allow).unwrap_err();
    assert!(matches!(other, StoreError::OtherName { .. }));
}

/// A log changes its key: the new one is given beside the old one, or alone; the origin and its record stay.
#[test]
fn a_log_with_a_new_key() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(20);
    let witness = open(directory.path(), NAME, &log);
    assert_eq!(witness.add_checkpoint(&log.body(0, 7), BIRTH).unwrap().status, 200);
    drop(witness);
    let next = Log { key: SecretKey::from_seed(ORIGIN, Role::Log, &[3; 32]).unwrap(), ..log.clone() };
    for keys in [vec![log.key.public().clone(), next.key.public().clone()], vec![next.key.public().clone()]] {
        let logs = Logs::new(&keys).unwrap();
        let witness = Witness::open(directory.path(), NAME, logs, FirstUse::Refuse).unwrap();
        let old = size(&witness);
        assert_eq!(witness.add_checkpoint(&next.body(old, old + 1), BIRTH).unwrap().status, 200);
        let by_old_key = witness.add_checkpoint(&log.body(old + 1, old + 2), BIRTH).unwrap().status;
        assert_eq!(by_old_key, if keys.len() == 2 { 200 } else { 403 });
    }
}

/// One good line of a log's key does not excuse a bad line of its other key; lines of strangers do not matter.
#[test]
fn every_line_of_a_known_key_must_verify() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(20);
    let next = SecretKey::from_seed(ORIGIN, Role::Log, &[3; 32]).unwrap();
    let logs = Logs::new(&[log.key.public().clone(), next.public().clone()]).unwrap();
    let witness = Witness::open(directory.path(), NAME, logs, FirstUse::Allow).unwrap();
    let line = |name: &str, id| Signature::new(name, id, vec![5; 64]).unwrap();
    let with = |line| request::write(0, &[], &log.note(7).with(line).unwrap()).unwrap();
    let ask = |body: &[u8]| witness.add_checkpoint(body, BIRTH).unwrap().status;
    assert_eq!(ask(&with(line(ORIGIN, next.public().id()))), 403);
    assert_eq!(ask(&with(line("stranger", 1))), 200);
    let kept = witness.checkpoint(&store::hex(ORIGIN)).unwrap().unwrap().note;
    assert_eq!(kept.signatures().len(), 2, "a stranger's line is not passed on");
}

/// A directory that holds a part of another one's files is refused, whatever the part.
#[test]
fn mixed_files_are_refused() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let log = Log::new(20);
    for directory in [&one, &other] {
        let witness = open(directory.path(), NAME, &log);
        assert_eq!(witness.add_checkpoint(&log.body(0, 7), BIRTH).unwrap().status, 200);
    }
    let head = |root: &Path| -> PathBuf { root.join("logs").join(store::hex(ORIGIN)).join("head") };
    let names = ["marker".into(), "witness.key".into(), head(Path::new(""))];
    for name in names {
        let path = one.path().join(&name);
        let own = fs::read(&path).unwrap();
        for foreign in [fs::read(other.path().join(&name)).unwrap(), b"damaged".to_vec(), Vec::new()] {
            fs::remove_file(&path).unwrap();
            fs::write(&path, foreign).unwrap();
            restrict(&path);
            let error = Witness::open(one.path(), NAME, log.logs(), FirstUse::Allow).unwrap_err();
            assert!(matches!(error, StoreError::Lost { .. } | StoreError::Key(_)), "{name:?}: {error}");
        }
        fs::remove_file(&path).unwrap();
        fs::write(&path, own).unwrap();
        restrict(&path);
        assert_eq!(size(&open(one.path(), NAME, &log)), 7);
    }
}

fn restrict(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o400)).unwrap();
}
