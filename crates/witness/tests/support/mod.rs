//! A log in memory, witnesses on free ports, and requests written by hand.
// Each test file uses a part of it.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

pub mod table;

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use kezek_registry::{
    Checkpoint, Hash, Note, Policy, PublicKey, Role, SecretKey, hash,
    proof::{self, ProofError},
    tree,
};
use kezek_witness::{
    FirstUse, Witness,
    client::{Prove, Settings},
    judge::Logs,
    request,
    server::Listening,
};
use tokio::sync::oneshot;

pub const ORIGIN: &str = "queue.example/apps";
pub const BIRTH: u64 = 1_760_000_000;

/// A log whose entries from `fork` on differ from those of the other logs made here.
#[derive(Clone)]
pub struct Log {
    pub key: SecretKey,
    pub leaves: Vec<Hash>,
}

impl Log {
    pub fn new(size: u64) -> Self {
        Self::forked(size, size)
    }

    pub fn forked(size: u64, fork: u64) -> Self {
        let key = SecretKey::from_seed(ORIGIN, Role::Log, &[1; 32]).unwrap();
        let entry = |at: u64| if at < fork { format!("entry {at}") } else { format!("other {at}") };
        Self { key, leaves: (0..size).map(|at| hash::leaf(entry(at).as_bytes())).collect() }
    }

    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        let root = tree::root(&self.leaves[..usize::try_from(size).unwrap()]);
        Checkpoint { origin: self.key.public().name().to_owned(), size, root }
    }

    pub fn note(&self, size: u64) -> Note {
        self.checkpoint(size).sign(&self.key).unwrap()
    }

    pub fn prove(&self, old: u64, new: u64) -> Vec<Hash> {
        proof::prove_consistency::<ProofError>(old, new, |level, index| {
            let width = 1_usize << level;
            let from = usize::try_from(index).unwrap() * width;
            Ok(tree::root(&self.leaves[from..from + width]))
        })
        .unwrap()
    }

    pub fn body(&self, old: u64, new: u64) -> Vec<u8> {
        request::write(old, &self.prove(old, new), &self.note(new)).unwrap()
    }

    /// What the client of the log proves with.
    pub fn prover(&self, new: u64) -> Prove {
        let log = self.clone();
        Arc::new(move |old| Ok(log.prove(old, new)))
    }

    pub fn logs(&self) -> Logs {
        Logs::new(&[self.key.public().clone()]).unwrap()
    }
}

pub fn open(root: &Path, name: &str, log: &Log) -> Witness {
    Witness::open(root, name, log.logs(), FirstUse::Allow).unwrap()
}

/// A witness that serves until it is dropped.
pub struct Serving {
    pub url: String,
    pub key: PublicKey,
    _stop: oneshot::Sender<()>,
}

pub async fn serve(witness: Witness) -> Serving {
    let key = witness.key().clone();
    let listening = Listening::bind("127.0.0.1:0".parse().unwrap(), "/w").await.unwrap();
    let url = listening.url().unwrap();
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(listening.serve(witness, async {
        let _ = stopped.await;
    }));
    Serving { url, key, _stop: stop }
}

/// The policy that asks for `needed` of these witnesses.
pub fn policy(log: &Log, needed: usize, witnesses: &[(&PublicKey, &str)]) -> Policy {
    let mut text = format!("log {}\n", log.key.public());
    for (number, (key, url)) in witnesses.iter().enumerate() {
        text += &format!("witness w{number} {key} {url}\n");
    }
    let names: Vec<String> = (0..witnesses.len()).map(|number| format!("w{number}")).collect();
    text += &format!("group all {needed} {}\nquorum all\n", names.join(" "));
    Policy::parse(text.as_bytes()).unwrap()
}

/// Patience enough for a busy machine.
pub fn patient() -> Settings {
    Settings { patience: Duration::from_secs(20), ..Settings::default() }
}

pub fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// An answer over the network, as any HTTP client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    pub status: u16,
    pub content_type: String,
    pub body: String,
}

pub fn post(url: &str, body: &[u8]) -> Got {
    exchange(url, "POST", "/add-checkpoint", body)
}

pub fn get(url: &str, path: &str) -> Got {
    exchange(url, "GET", path, b"")
}

fn exchange(url: &str, method: &str, path: &str, body: &[u8]) -> Got {
    try_exchange(url, method, path, body).unwrap()
}

pub fn try_exchange(url: &str, method: &str, path: &str, body: &[u8]) -> Option<Got> {
    let rest = url.strip_prefix("http://")?;
    let (host, prefix) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let mut stream = TcpStream::connect(host).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    let length = body.len();
    let head = format!(
        "{method} {prefix}{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    // A server that refuses a body early may close before all is sent.
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let content_type = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
    });
    Some(Got { status, content_type: content_type.unwrap_or_default(), body: body.to_owned() })
}
