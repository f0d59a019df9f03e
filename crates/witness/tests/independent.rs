//! Our client and our cases against a witness that nobody here wrote: PyPI `aics-witness`.
//!
//! It needs Python 3.12; `tests/independent/witness` installs it, and says loudly when it cannot.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use kezek_registry::PublicKey;
use kezek_witness::{
    Client,
    client::{CosignError, Trouble},
};
use support::{Log, ORIGIN, now, open, patient, policy, post, serve, table};

/// Where the program `aics-witness` is.
const PROGRAM: &str = "KEZEK_AICS_WITNESS";

/// The other witness, running on a directory of its own.
struct Other {
    process: Child,
    url: String,
    key: PublicKey,
}

impl Other {
    fn start(program: &Path, root: &Path, log: &Log) -> Self {
        let config = root.join("witness.json");
        let run = |arguments: &[&str]| {
            let output = Command::new(program).args(arguments).arg("--config").arg(&config).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let key = run(&["init", "--name", "other.example/w2"]);
        run(&["add-log", "--origin", ORIGIN, "--vkey", &log.key.public().to_string()]);
        let mut serve = Command::new(program);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(&config);
        let mut process = serve.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map(Result::unwrap);
        let url = lines.find_map(|line| {
            let rest = line.split_once("listening on ")?.1.to_owned();
            Some(rest.split(' ').next()?.to_owned())
        });
        // It goes on writing: somebody must read.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, url: url.unwrap(), key: PublicKey::parse(key.trim()).unwrap() }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program() -> Option<PathBuf> {
    let found = std::env::var_os(PROGRAM).map(PathBuf::from);
    if found.is_none() {
        eprintln!("NOT TESTED against the independent witness: run tests/independent/witness");
    }
    found
}

/// Attack 42: both witnesses give the same answers.
#[tokio::test(flavor = "multi_thread")]
async fn both_witnesses_answer_alike() {
    let Some(program) = program() else { return };
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(15);
    let ours = serve(open(&directory.path().join("ours"), "witness.example/w1", &log)).await;
    let folder = directory.path().to_owned();
    let compared = tokio::task::spawn_blocking(move || {
        let other = Other::start(&program, &folder, &log);
        let theirs = table::play(&other.url, &other.key, &log);
        let ours = table::play(&ours.url, &ours.key, &log);
        assert_eq!(ours, theirs);
        ours.len()
    });
    assert_eq!(compared.await.unwrap(), 28);
}

/// Our client asks theirs and ours for a quorum of two, also after a restart and behind a stranger's update, and
/// finds a lost history.
#[tokio::test(flavor = "multi_thread")]
async fn our_client_asks_the_other_witness() {
    let Some(program) = program() else { return };
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(1000);
    let ours = serve(open(&directory.path().join("ours"), "witness.example/w1", &log)).await;
    let (folder, same_log) = (directory.path().to_owned(), log.clone());
    let other =
        tokio::task::spawn_blocking(move || Other::start(&program, &folder, &same_log)).await.unwrap();
    let policy = policy(&log, 2, &[(&ours.key, &ours.url), (&other.key, &other.url)]);
    let new = || Client::new(policy.clone(), ORIGIN, None, patient()).unwrap();
    let client = new();
    for size in [1, 7, 7, 256, 257, 700] {
        let done = client.cosign(&log.note(size), log.prover(size)).await.unwrap();
        assert_eq!(done.witnessed.witnesses.len(), 2);
        policy.open(done.witnessed.note.to_text().as_bytes(), now() + 5).unwrap();
    }
    let (url, body) = (other.url.clone(), log.body(700, 800));
    assert_eq!(tokio::task::spawn_blocking(move || post(&url, &body).status).await.unwrap(), 200);
    client.cosign(&log.note(900), log.prover(900)).await.unwrap();
    new().cosign(&log.note(1000), log.prover(1000)).await.unwrap();

    let lost = new().cosign(&log.note(900), log.prover(900)).await.unwrap_err();
    assert!(matches!(lost, CosignError::Contradicted(_)), "{lost}");
    let fork = Log::forked(1000, 50);
    let forked = new().cosign(&fork.note(1000), fork.prover(1000)).await.unwrap_err();
    assert!(matches!(forked, CosignError::Contradicted(_)), "{forked}");
    assert!(new().compare(&log.note(1000), log.prover(1000)).await.unwrap().is_empty());

    let stopped = other.url.clone();
    drop(other);
    let error = new().cosign(&log.note(1000), log.prover(1000)).await.unwrap_err();
    let CosignError::Quorum { missing, .. } = error else { panic!("{error}, though {stopped} is away") };
    assert!(matches!(missing[0].trouble, Trouble::Network(_)), "{missing:?}");
}
