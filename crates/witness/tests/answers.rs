//! Attacks 38, 39 and 47: witnesses that answer falsely, endlessly, slowly or not at all.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use kezek_registry::{Note, Role, SecretKey, cosignature, note::Signature};
use kezek_witness::{
    Client,
    client::{CosignError, Cosigned, Settings, Trouble},
};
use support::{Log, ORIGIN, now, policy};

const PATIENCE: Duration = Duration::from_secs(3);

/// A witness that answers each request with whatever is written into the stream.
fn fake(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (answer, mut stream) = (Arc::clone(&answer), stream.unwrap());
            thread::spawn(move || {
                if let Some(request) = read(&mut stream) {
                    answer(&request, &mut stream);
                }
            });
        }
    });
    url
}

fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .to_lowercase()
                .split("content-length: ")
                .nth(1)
                .map_or(0, |rest| rest.lines().next().unwrap().trim().parse().unwrap());
            if body.len() >= length {
                return Some(text.into_owned());
            }
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend(&part[..read]),
        }
    }
}

fn http(status: u16, content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed("witness.example/w1", Role::Witness, &[seed; 32]).unwrap()
}

/// What the client makes of the only witness, which has key 4.
async fn asked(url: &str, size: u64) -> Result<Cosigned, CosignError> {
    let log = Log::new(300);
    let witness = key(4);
    let policy = policy(&log, 1, &[(witness.public(), url)]);
    let settings = Settings { patience: PATIENCE, ..Settings::default() };
    let client = Client::new(policy, ORIGIN, None, settings).unwrap();
    client.cosign(&log.note(size), log.prover(size)).await
}

/// The trouble with the only witness.
async fn trouble(url: &str) -> Trouble {
    let begun = Instant::now();
    let error = asked(url, 100).await.unwrap_err();
    assert!(begun.elapsed() < PATIENCE * 3, "{:?}", begun.elapsed());
    let CosignError::Quorum { mut missing, .. } = error else { panic!("{error}") };
    assert_eq!(missing.len(), 1);
    missing.remove(0).trouble
}

async fn trouble_with(status: u16, content_type: &'static str, body: String) -> Trouble {
    let answer = http(status, content_type, &body);
    trouble(&fake(move |_, stream| {
        let _ = stream.write_all(&answer);
    }))
    .await
}

fn cosigned(key: &SecretKey, text: &str, time: u64) -> String {
    cosignature::cosign(key, text, time).unwrap().line() + "\n"
}

/// A line of the witness's key over these bytes.
fn line(bytes: Vec<u8>) -> String {
    Signature::new(key(4).public().name(), key(4).public().id(), bytes).unwrap().line() + "\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn other_lines_are_passed_over() {
    let text = Log::new(300).note(100).text().to_owned();
    let body = format!(
        "{}not a line\n\n— half\n{}{}",
        cosigned(&key(5), &text, now()),
        cosigned(&key(4), &text, now()),
        cosigned(&key(6), &text, now())
    );
    let url = fake(move |_, stream| {
        let _ = stream.write_all(&http(200, "text/html", &body));
    });
    let witnessed = asked(&url, 100).await.unwrap().witnessed;
    assert_eq!(witnessed.note.signatures().len(), 2, "the log's and the witness's");
}

#[tokio::test(flavor = "multi_thread")]
async fn cosignatures_that_do_not_count() {
    let log = Log::new(300);
    let text = log.note(100).text().to_owned();
    let good = cosigned(&key(4), &text, now());
    let bytes = Signature::parse(good.trim_end()).unwrap().bytes().to_vec();
    let with_time = |time: u64| line([time.to_be_bytes().as_slice(), &bytes[8..]].concat());
    let mut flipped = bytes.clone();
    flipped[20] ^= 1;
    // S plus the group's order: verifies by the equation, but has a second spelling.
    let mut other_spelling = bytes.clone();
    add_order(&mut other_spelling[40..]);
    let as_log = SecretKey::from_seed("witness.example/w1", Role::Log, &[4; 32]).unwrap();
    let log_like = Note::sign(&text, &as_log).unwrap().signatures()[0].bytes().to_vec();
    let wrong = [
        String::new(),
        "\n".to_owned(),
        "garbage".to_owned(),
        good.repeat(2),
        good.clone() + &line(flipped.clone()),
        line(flipped),
        line(other_spelling),
        line(bytes[..71].to_vec()),
        line([&bytes[..], &[0]].concat()),
        with_time(0),
        with_time(1),
        with_time(1 << 63),
        with_time(u64::MAX),
        cosigned(&key(5), &text, now()),
        // Over another size, root or log; or made as a log signs.
        cosigned(&key(4), log.note(99).text(), now()),
        cosigned(&key(4), Log::forked(300, 50).note(100).text(), now()),
        cosigned(&key(4), &text.replace("apps", "bulletins"), now()),
        line(log_like.clone()),
        line([now().to_be_bytes().as_slice(), &log_like].concat()),
    ];
    for body in wrong {
        let said = format!("{body:?}");
        assert_eq!(trouble_with(200, "text/plain", body).await, Trouble::Cosignature, "{said}");
    }
    let later = now() + 3600;
    let early = trouble_with(200, "text/plain", cosigned(&key(4), &text, later)).await;
    assert_eq!(early, Trouble::Clock(later));
    let year_2262 = cosigned(&key(4), &text, i64::MAX as u64);
    assert!(matches!(trouble_with(200, "text/plain", year_2262).await, Trouble::Clock(_)));
    let old = cosigned(&key(4), &text, 1);
    let url = fake(move |_, stream| {
        let _ = stream.write_all(&http(200, "text/plain", &old));
    });
    let witnessed = asked(&url, 100).await.unwrap().witnessed;
    assert_eq!(witnessed.fresh_at, Some(1), "an old time is told, whoever reads decides");
}

/// Adds 2^252 + 27742317777372353535851937790883648493 to a number of 32 bytes, smallest first.
fn add_order(number: &mut [u8]) {
    let order = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0;
    for (byte, add) in number.iter_mut().zip(order) {
        let sum = u16::from(*byte) + add + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_garbage() {
    let refused = trouble_with(403, "text/plain", format!("no\u{7}\n{}", "x".repeat(5000))).await;
    let Trouble::Refused { status: 403, said } = refused else { panic!("{refused}") };
    assert!(said.starts_with("no  x") && said.len() == 200, "{said}");
    assert!(matches!(trouble_with(500, "", String::new()).await, Trouble::Refused { status: 500, .. }));
    assert!(matches!(
        trouble_with(409, "text/plain", "7\n".into()).await,
        Trouble::Refused { status: 409, .. }
    ));
    for size in ["", "7", "07\n", "-7\n", "+7\n", "7\n\n", " 7\n", "7 \n", "seven\n", "9223372036854775808\n"]
    {
        let found = trouble_with(409, "text/x.tlog.size", size.to_owned()).await;
        assert!(matches!(found, Trouble::Malformed(_)), "{size:?}: {found}");
    }
    for bytes in [
        &b""[..],
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"\0\0\0\0",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx",
    ] {
        let url = fake(move |_, stream| {
            let _ = stream.write_all(bytes);
        });
        assert!(matches!(trouble(&url).await, Trouble::Network(_)), "{bytes:?}");
    }
}

/// Numbers alone prove nothing: a witness that claims more than we have, and shows none of it, cannot halt us.
#[tokio::test(flavor = "multi_thread")]
async fn a_larger_size_without_proof() {
    for shown in [http(404, "", ""), http(200, "", "garbage"), http(200, "", &stranger(5000))] {
        let url = fake(move |request, stream| {
            let get = request.starts_with("GET");
            let _ =
                stream.write_all(&if get { shown.clone() } else { http(409, "text/x.tlog.size", "5000\n") });
        });
        assert_eq!(trouble(&url).await, Trouble::Ahead { has: 5000, ours: 100 });
    }
}

/// A checkpoint of our origin by a key that is not ours.
fn stranger(size: u64) -> String {
    let key = SecretKey::from_seed(ORIGIN, Role::Log, &[77; 32]).unwrap();
    let checkpoint = kezek_registry::Checkpoint { size, ..Log::new(1).checkpoint(1) };
    checkpoint.sign(&key).unwrap().to_text()
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_are_capped() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let url = fake(move |_, stream| {
        let size = 10 + counted.fetch_add(1, Ordering::Relaxed);
        let _ = stream.write_all(&http(409, "text/x.tlog.size", &format!("{size}\n")));
    });
    assert_eq!(trouble(&url).await, Trouble::Tries(3));
    assert_eq!(count.load(Ordering::Relaxed), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_and_slow_answers_end() {
    let endless_body = fake(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    assert!(matches!(trouble(&endless_body).await, Trouble::Network(_)));
    let endless_head = fake(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X-More: more\r\n").is_ok() {}
    });
    assert!(matches!(trouble(&endless_head).await, Trouble::Network(_)));
    let huge = fake(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551614\r\n\r\nx");
        thread::sleep(PATIENCE * 2);
    });
    assert!(matches!(trouble(&huge).await, Trouble::Network(_) | Trouble::Late));
    let silent = fake(|_, _| thread::sleep(PATIENCE * 2));
    assert_eq!(trouble(&silent).await, Trouble::Late);
    let dripping = fake(|_, stream| {
        for byte in http(200, "text/plain", &"x".repeat(1000)) {
            if stream.write_all(&[byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
    });
    assert_eq!(trouble(&dripping).await, Trouble::Late);
}
