//! `kezek witness` as its operator meets it: started, killed, robbed of its files.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../witness/tests/support/mod.rs"]
mod support;

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use kezek_registry::{Note, PublicKey};
use support::{Log, ORIGIN, get, post, try_exchange};

const NAME: &str = "witness.example/w1";

fn command(data: &Path, log: &Log, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kezek"));
    let key = log.key.public().to_string();
    command.args(["witness", "--listen", "127.0.0.1:0", "--name", NAME, "--log", &key, "--data"]);
    command.arg(data).args(more);
    command
}

/// A witness that runs, its address and its key.
fn start(data: &Path, log: &Log, more: &[&str]) -> (Child, String, PublicKey) {
    let mut child = command(data, log, more).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines().map(Result::unwrap);
    let url = lines.next().unwrap().strip_prefix("The witness is at ").unwrap().to_owned();
    let policy = lines.nth(1).unwrap();
    let words: Vec<&str> = policy.split(' ').collect();
    assert_eq!((words[0], words[1], words[3]), ("witness", NAME, url.as_str()));
    let key = PublicKey::parse(words[2]).unwrap();
    (child, url, key)
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Starts a witness that must not start, and gives the one line that it says.
fn refused(data: &Path, log: &Log, more: &[&str]) -> String {
    let Output { status, stdout, stderr } = command(data, log, more).output().unwrap();
    assert_eq!((status.code(), stdout.is_empty()), (Some(1), true));
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("kezek: "), "{said}");
    said
}

fn head(data: &Path) -> PathBuf {
    data.join("logs").join(kezek_witness::store::hex(ORIGIN)).join("head")
}

#[test]
fn it_starts_stops_and_starts_again() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(15);
    let said = refused(directory.path(), &log, &[]);
    assert!(said.contains("start once with --new-log"), "{said}");

    let (mut child, url, key) = start(directory.path(), &log, &["--new-log", "--prefix", "/w"]);
    assert!(url.ends_with("/w"));
    assert_eq!(post(&url, &log.body(0, 7)).status, 200);
    let mode = fs::metadata(directory.path().join("witness.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o400);
    let other = refused(directory.path(), &log, &[]);
    assert!(other.contains("in use by another witness"), "{other}");
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert!(child.wait().unwrap().success(), "a stop that was asked for is no failure");

    let (child, url, again) = start(directory.path(), &log, &[]);
    assert_eq!(again, key);
    assert_eq!(post(&url, &log.body(0, 9)).body, "7\n", "it remembers");
    assert_eq!(post(&url, &log.body(7, 9)).status, 200);
    kill(child);
}

#[test]
fn wrong_words_are_answered_in_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(15);
    assert!(
        refused(directory.path(), &log, &["--log", "queue.example"]).contains("the log key queue.example")
    );
    assert!(refused(directory.path(), &log, &["--prefix", "w"]).contains("the prefix w"));
    kill(start(directory.path(), &log, &["--new-log"]).0);
    let witness_key =
        kezek_registry::SecretKey::from_seed("w", kezek_registry::Role::Witness, &[2; 32]).unwrap();
    let said = refused(directory.path(), &log, &["--log", &witness_key.public().to_string()]);
    assert!(said.contains("not a log's"), "{said}");
}

/// Attack 45: a witness whose memory is gone neither starts nor trusts the log anew.
#[test]
fn a_robbed_witness_does_not_sign() {
    let log = Log::new(15);
    let rob = |stolen: &[&str]| {
        let directory = tempfile::tempdir().unwrap();
        let (child, url, _) = start(directory.path(), &log, &["--new-log"]);
        assert_eq!(post(&url, &log.body(0, 7)).status, 200);
        kill(child);
        for name in stolen {
            let path = directory.path().join(name);
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
        directory
    };
    for stolen in
        [&["logs"][..], &["marker"], &["witness.key"], &["logs", "marker"], &["logs", "witness.key"]]
    {
        let directory = rob(stolen);
        for more in [&[][..], &["--new-log"]] {
            let said = refused(directory.path(), &log, more);
            assert!(said.contains("has lost its memory and must not sign again"), "{stolen:?} {said}");
        }
    }
    // Whoever takes everything has another witness: no policy knows its key.
    let directory = rob(&["logs", "marker", "witness.key", "lock"]);
    let (child, _, key) = start(directory.path(), &log, &["--new-log"]);
    kill(child);
    let other = tempfile::tempdir().unwrap();
    let (child, url, other_key) = start(other.path(), &log, &["--new-log"]);
    assert_ne!(key, other_key);

    // Under the hands of the one that runs: it ends with an error, and does not start again.
    assert_eq!(post(&url, &log.body(0, 7)).status, 200);
    fs::remove_file(head(other.path())).unwrap();
    assert_eq!(post(&url, &log.body(0, 7)).status, 503);
    let mut child = child;
    assert!(!child.wait().unwrap().success());
    refused(other.path(), &log, &["--new-log"]);
}

/// Attack 44: killed after the head is on the disk and before the answer is out.
#[test]
fn killed_between_recording_and_answering() {
    const ENOUGH: usize = 3;
    let log = Log::new(200);
    let fork = Log::forked(200, 5);
    let directory = tempfile::tempdir().unwrap();
    kill(start(directory.path(), &log, &["--new-log"]).0);
    let (mut between, mut recorded) = (0, 0);
    for next in 1..150 {
        let (child, url, key) = start(directory.path(), &log, &[]);
        let asked = {
            let (url, body) = (url.clone(), log.body(recorded, next));
            std::thread::spawn(move || try_exchange(&url, "POST", "/add-checkpoint", &body))
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        while size(directory.path(), &key) != next && Instant::now() < deadline {
            std::hint::spin_loop();
        }
        kill(child);
        let was_answered = asked.join().unwrap().is_some();
        recorded = size(directory.path(), &key);
        assert_eq!(recorded, next, "what was seen on the disk stays there");
        between += usize::from(!was_answered);

        let (child, url, _) = start(directory.path(), &log, &[]);
        // Another history does not continue the recorded one, answered or not; ours does, from where it stands.
        if recorded > 5 {
            assert_eq!(post(&url, &fork.body(recorded, recorded + 1)).status, 422);
            assert_eq!(post(&url, &fork.body(recorded, recorded)).status, 422);
        }
        assert_eq!(post(&url, &log.body(0, 199)).body, format!("{recorded}\n"));
        let shown = get(&url, &format!("/{}/checkpoint", kezek_witness::store::hex(ORIGIN)));
        assert!(shown.body.starts_with(&log.checkpoint(recorded).text()));
        kill(child);
        if between >= ENOUGH && next > 8 {
            return;
        }
    }
    panic!("of 150 kills only {between} came between recording and answering");
}

/// What was answered is on the disk: killed as soon as the answer is there.
#[test]
fn killed_as_soon_as_it_answered() {
    let log = Log::new(50);
    let directory = tempfile::tempdir().unwrap();
    kill(start(directory.path(), &log, &["--new-log"]).0);
    for next in 1..25 {
        let (child, url, key) = start(directory.path(), &log, &[]);
        assert_eq!(post(&url, &log.body(next - 1, next)).status, 200);
        kill(child);
        assert_eq!(size(directory.path(), &key), next);
    }
}

/// The recorded size, as the file says it.
fn size(data: &Path, key: &PublicKey) -> u64 {
    let Ok(bytes) = fs::read(head(data)) else { return 0 };
    let note = Note::parse(&bytes).unwrap();
    note.verify(std::slice::from_ref(key)).unwrap();
    note.text().lines().nth(1).unwrap().parse().unwrap()
}
