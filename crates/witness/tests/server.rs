//! Attack 42: the cases of tlog-witness against this witness, and what its server refuses besides.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use kezek_witness::request::LONGEST;
use support::{Log, get, open, post, serve, table, try_exchange};

#[tokio::test(flavor = "multi_thread")]
async fn the_cases_of_the_protocol() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(15);
    let serving = serve(open(directory.path(), "witness.example/w1", &log)).await;
    let (url, key) = (serving.url.clone(), serving.key.clone());
    let answers = tokio::task::spawn_blocking(move || table::play(&url, &key, &log)).await.unwrap();
    assert_eq!(answers.len(), 28);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_paths_methods_and_sizes() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(15);
    let serving = serve(open(directory.path(), "witness.example/w1", &log)).await;
    let url = serving.url.clone();
    let done = tokio::task::spawn_blocking(move || {
        let root = url.strip_suffix("/w").unwrap();
        assert_eq!(post(root, &log.body(0, 7)).status, 404, "without the prefix");
        assert_eq!(get(&url, "/add-checkpoint").status, 405);
        assert_eq!(get(&url, "/0000/checkpoint").status, 404);
        assert_eq!(get(&url, "/../checkpoint").status, 404);
        assert_eq!(post(&url, &vec![b'\n'; LONGEST + 1]).status, 413);
        // The longest note that may be, with the longest proof: read whole, refused for what it says.
        let mut long = b"old 0\n".to_vec();
        for _ in 0..63 {
            long.extend(format!("{}\n", kezek_registry::hash::leaf(b"x")).bytes());
        }
        long.extend([b'\n']);
        long.extend(vec![b'x'; kezek_registry::note::LONGEST]);
        assert!(long.len() <= LONGEST);
        assert_eq!(post(&url, &long).status, 400);
        assert!(try_exchange(&url, "POST", "/add-checkpoint", &log.body(0, 7)).unwrap().status == 200);
    });
    done.await.unwrap();
}

/// Who sends nothing, or a body that never ends, does not stay.
#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_are_let_go() {
    let directory = tempfile::tempdir().unwrap();
    let log = Log::new(15);
    let serving = serve(open(directory.path(), "witness.example/w1", &log)).await;
    let host = serving.url.strip_prefix("http://").unwrap().strip_suffix("/w").unwrap().to_owned();
    let head = "POST /w/add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 100\r\n\r\nold 0\n";
    let waits = ["", "POST /w/add-ch", head].map(|sent| {
        let host = host.clone();
        tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(host).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
            stream.write_all(sent.as_bytes()).unwrap();
            let begun = Instant::now();
            let mut answer = Vec::new();
            // Closed or reset: both let go.
            let _ = stream.read_to_end(&mut answer);
            (begun.elapsed(), String::from_utf8_lossy(&answer).into_owned())
        })
    });
    for wait in waits {
        let (took, answer) = wait.await.unwrap();
        assert!(took < Duration::from_secs(30), "{took:?}");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}
