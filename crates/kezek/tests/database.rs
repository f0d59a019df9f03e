//! The way to several nodes as docs/operate.md tells it, and what an operator may get wrong on it.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use kezek_trial_postgres::{Cluster, Stop};

/// An address of a database where nobody listens.
const NOBODY: &str = "postgres://kezek@127.0.0.1:1/kezek";

fn kezek(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kezek"));
    for variable in ["KEZEK_KEY_FILE", "KEZEK_KEY", "KEZEK_DATABASE_URL", "RUST_LOG"] {
        command.env_remove(variable);
    }
    command.args(arguments);
    command
}

fn done(arguments: &[&str]) -> String {
    let output = kezek(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// One clear line and a non-zero exit.
fn refused(arguments: &[&str]) -> String {
    let Output { status, stderr, .. } = kezek(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&stderr).into_owned();
    assert_eq!(status.code(), Some(1), "{arguments:?}: {said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(said.starts_with("kezek: "), "{said}");
    said
}

/// A running node, killed at the end of the test.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start(data: &Path, database: Option<&str>) -> Self {
        let mut command = kezek(&["serve", "--listen", "127.0.0.1:0", "--data"]);
        command.arg(data).args(database.iter().flat_map(|url| ["--database-url", url]));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Kezek is at http://").unwrap().to_owned();
        Self { child, address }
    }

    /// The answer to a GET, head and body.
    fn get(&self, path: &str, header: &str) -> String {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: kezek\r\nConnection: close\r\n{header}\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks it to end as a service manager does.
    fn stop(mut self) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already when the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn state(said: &str) -> String {
    let line = said.lines().find(|line| line.starts_with("state")).unwrap_or_else(|| panic!("{said}"));
    line.split_whitespace().last().unwrap().to_owned()
}

fn run_sql(url: &str, sql: &str) {
    let done =
        Command::new("psql").args(["--quiet", "--no-psqlrc", "--dbname", url, "--command", sql]).status();
    assert!(done.unwrap().success(), "{sql}");
}

#[test]
fn from_one_box_to_two_nodes_and_back() {
    let directory = tempfile::tempdir().unwrap();
    let (one, first, second) =
        (directory.path().join("one"), directory.path().join("n1"), directory.path().join("n2"));
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    for (what, file) in [("organisations", "organisations.csv"), ("queue", "queue.csv")] {
        done(&["import", what, text(&examples.join(file)), "--data", text(&one)]);
    }
    let before = state(&done(&["journal", "verify", "--data", text(&one)]));

    let cluster = Cluster::start(&["fsync=off"]).unwrap();
    let url = cluster.database().unwrap();
    run_sql(&url, "CREATE ROLE kezek_service LOGIN");
    let service = url.replacen("postgres@", "kezek_service@", 1);
    let copied = done(&["journal", "copy", text(&one), &url]);
    assert!(copied.contains("GOOD") && state(&copied) == before, "{copied}");
    assert!(refused(&["journal", "copy", text(&one), &url]).contains("not empty"));
    assert!(refused(&["serve", "--data", text(&one), "--database-url", &service]).contains("no right to"));
    done(&["journal", "prepare", "--database-url", &url, "--service-role", "kezek_service"]);

    for node in [&first, &second] {
        kezek_node::make_directory(node).unwrap();
        std::fs::copy(one.join("kezek.key"), node.join("kezek.key")).unwrap();
    }
    // The first node makes the key of the registries; the others have a copy.
    let running = Running::start(&first, Some(&service));
    std::fs::copy(first.join("registry.key"), second.join("registry.key")).unwrap();
    let nodes = [running, Running::start(&second, Some(&service))];
    // A queue more by a third process, seen through both nodes by whoever asks for at least that.
    let more = examples.join("queue-1251-semicolon.csv");
    done(&["import", "queue", text(&more), "--data", text(&first), "--database-url", &service]);
    let verified = done(&["journal", "verify", "--database-url", &service]);
    let facts = verified.lines().find_map(|line| line.strip_prefix("facts")).unwrap().trim();
    for node in &nodes {
        let answer = node.get("/api/v1/settlements", &format!("Kezek-At-Least: {facts}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains(&format!("kezek-seq: {facts}\r\n")), "{answer}");
        let ahead = node.get("/api/v1/settlements", "Kezek-At-Least: 1000000\r\n");
        assert!(ahead.starts_with("HTTP/1.1 503") && ahead.contains("retry-after:"), "{ahead}");
    }
    let back = directory.path().join("back");
    let one_node = |arguments: &[&str]| refused(&[arguments, &["--data", text(&first)]].concat());
    let empty = cluster.database().unwrap();
    assert!(refused(&["journal", "copy", &url, text(&back)]).contains("nodes of Kezek run"));
    assert!(one_node(&["keys", "rotate", "--database-url", &service]).contains("nodes of Kezek run"));
    assert!(one_node(&["keys", "reseal", "--database-url", &service]).contains("nodes of Kezek run"));
    nodes.into_iter().for_each(Running::stop);

    // Where a node has begun in an empty place, nothing is copied either.
    let begun = Running::start(&directory.path().join("begun"), Some(&empty));
    assert!(refused(&["journal", "copy", text(&one), &empty]).contains("nodes of Kezek run"));
    begun.stop();
    done(&["keys", "rotate", "--data", text(&first), "--database-url", &service]);

    let copied = done(&["journal", "copy", &url, text(&back)]);
    assert_eq!(state(&copied), state(&done(&["journal", "verify", "--data", text(&back)])));
    assert_eq!(state(&copied), state(&verified));
}

#[test]
fn a_node_without_its_database_is_not_ready_and_can_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start(&["fsync=off"]).unwrap();
    let node = Running::start(&directory.path().join("data"), Some(&cluster.database().unwrap()));
    let is = |status: &str, path: &str| {
        let answer = node.get(path, "");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answer}");
        answer
    };
    let ready = is("200", "/ready");
    assert!(ready.ends_with("\r\n\r\nready\n") && !ready.contains("kezek-seq"), "{ready}");
    cluster.stop(Stop::Fast).unwrap();
    std::thread::sleep(Duration::from_millis(600));
    is("503", "/ready");
    is("200", "/api/v1/settlements");
    cluster.start_again().unwrap();
    std::thread::sleep(Duration::from_millis(1_500));
    is("200", "/ready");
    node.stop();
}

#[test]
fn what_an_operator_gets_wrong_is_told_in_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let running = Running::start(&data, None);
    let listen = ["--listen", "127.0.0.1:0", "--data", text(&data)];
    assert!(refused(&[&["serve"], listen.as_slice()].concat()).contains("in use"));
    let account = ["account", "password", "--iin", "850505300011", "--data", text(&data)];
    assert!(refused(&account).contains("in use"));
    running.stop();

    let cluster = Cluster::start(&["fsync=off"]).unwrap();
    let url = cluster.database().unwrap();
    let serve = |address: &str| refused(&[&["serve", "--database-url", address], listen.as_slice()].concat());
    assert!(serve(NOBODY).contains("Connection refused"));
    assert!(serve("mysql://localhost/kezek").contains("postgres://"));
    assert!(serve(&url.replacen("/trial_", "/no_", 1)).contains("does not exist"));
    done(&["journal", "prepare", "--database-url", &url]);
    run_sql(&url, "CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
    assert!(serve(&url.replacen("postgres@", "reader@", 1)).contains("no right to"));
    run_sql(&url, "CREATE ROLE kezek LOGIN");
    done(&["journal", "prepare", "--database-url", &url, "--service-role", "kezek"]);
    let service = url.replacen("postgres@", "kezek@", 1);
    run_sql(&url, "INSERT INTO _sqlx_migrations VALUES (9999, 'later', now(), TRUE, '00', 0)");
    assert!(serve(&service).contains("newer"));
    run_sql(&url, "DELETE FROM _sqlx_migrations");
    assert!(serve(&service).contains("older"));
}
