//! The program as an operator meets it: a service is set up, filled from a spreadsheet, started, stopped, verified.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn kezek(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kezek"));
    command.env_remove("KEZEK_KEY_FILE").env_remove("KEZEK_KEY");
    command.args(arguments).arg("--data").arg(data).output().unwrap()
}

fn import(data: &Path, what: &str, file: &Path) -> Output {
    kezek(data, &["import", what, file.to_str().unwrap(), "--language", "en"])
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A program that serves, and its address.
fn start(arguments: &[&str], data: &Path) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kezek"));
    command.env_remove("KEZEK_KEY_FILE").env_remove("KEZEK_KEY");
    command.args(arguments).args(["--listen", "127.0.0.1:0", "--data"]).arg(data);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("Kezek is at ").unwrap().to_owned();
    (child, address)
}

/// Asks the program to end as a service manager does.
fn stop(mut child: Child) {
    let asked = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(asked.success());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_queue_is_imported_once() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    let organisations = examples().join("organisations.csv");
    let queue = examples().join("queue.csv");

    let early = import(data, "queue", &queue);
    assert_eq!(early.status.code(), Some(1), "the settlement is not there yet");
    assert!(said(&early).contains("line 2, column «settlement»"), "{}", said(&early));

    assert!(import(data, "organisations", &organisations).status.success());
    let first = import(data, "queue", &queue);
    assert!(first.status.success(), "{}", said(&first));
    assert!(said(&first).contains("new applications: 7"), "{}", said(&first));
    assert!(said(&first).contains("       0        3        3  Самал: general/2023"), "{}", said(&first));

    let again = import(data, "queue", &queue);
    assert!(again.status.success());
    assert!(said(&again).contains("there already: 7") && said(&again).contains("Nothing was changed."));

    let windows_1251 = import(data, "queue", &examples().join("queue-1251-semicolon.csv"));
    assert!(said(&windows_1251).contains("new applications: 3"), "{}", said(&windows_1251));

    let verified = kezek(data, &["journal", "verify"]);
    assert!(verified.status.success());
    // A settlement, 5 organisations, 7 groups, 10 applications, one found in a kindergarten.
    assert!(said(&verified).contains("facts      24"), "{}", said(&verified));
    assert!(said(&verified).contains("GOOD: journal and snapshot give the same state."));
}

#[test]
fn half_a_queue_is_never_imported() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    assert!(import(data, "organisations", &examples().join("organisations.csv")).status.success());
    let good = std::fs::read_to_string(examples().join("queue.csv")).unwrap();
    let file = directory.path().join("queue.csv");
    std::fs::write(&file, good.replacen("20.01.2024", "20.13.2024", 1)).unwrap();
    let refused = import(data, "queue", &file);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("line 2, column «child's birth date»"), "{}", said(&refused));
    let verified = kezek(data, &["journal", "verify"]);
    assert!(said(&verified).contains("facts      13"), "nothing of the queue: {}", said(&verified));
}

#[test]
fn a_look_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let organisations = examples().join("organisations.csv");
    let file = organisations.to_str().unwrap();
    let looked = kezek(directory.path(), &["import", "organisations", file, "--check", "--language", "en"]);
    assert!(looked.status.success());
    assert!(said(&looked).contains("new groups: 7") && said(&looked).contains("Nothing was changed."));
    assert!(said(&kezek(directory.path(), &["journal", "verify"])).contains("facts      0"));
}

#[test]
fn a_service_starts_empty_and_stops_when_asked() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    for _ in 0..2 {
        let (child, address) = start(&["serve"], data);
        assert!(address.starts_with("http://127.0.0.1:"), "{address}");
        stop(child);
    }
    assert!(kezek(data, &["journal", "verify"]).status.success());
    std::fs::remove_file(data.join("kezek.key")).unwrap();
    let without_keys = kezek(data, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(!without_keys.status.success(), "new keys would hide that the data is lost");
}

#[test]
fn a_service_filled_before_its_first_start_gets_its_first_account_then() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    assert!(import(data, "organisations", &examples().join("organisations.csv")).status.success());
    let told = || {
        let log = data.join("told");
        let mut command = Command::new(env!("CARGO_BIN_EXE_kezek"));
        command.env_remove("KEZEK_KEY_FILE").env_remove("KEZEK_KEY");
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).stdout(Stdio::piped());
        let mut child = command.stderr(std::fs::File::create(&log).unwrap()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        stop(child);
        std::fs::read_to_string(&log).unwrap()
    };
    let first = told();
    assert!(first.contains("IIN 000000000000   password "), "{first}");
    let second = told();
    assert!(!second.contains("password"), "{second}");
}

#[test]
fn staff_get_accounts_and_new_passwords() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    assert!(import(data, "organisations", &examples().join("organisations.csv")).status.success());
    let add = ["account", "add", "--iin", "880902400775", "--surname", "Тасқынова", "--name", "Гүлнар"];
    let role = ["--role", "kindergarten", "--settlement", "Самал", "--kindergarten", "№ 1 «Балапан»"];
    let all: Vec<&str> = add.into_iter().chain(role).collect();
    let made = kezek(data, &all);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(said(&made).contains("Its password, for the first sign-in: "));
    assert!(!kezek(data, &all).status.success(), "one person, one account");
    let unknown: Vec<&str> = add
        .into_iter()
        .chain(["--role", "kindergarten", "--settlement", "Самал", "--kindergarten", "№ 9"])
        .collect();
    assert!(!kezek(data, &unknown).status.success());
    let password = kezek(data, &["account", "password", "--iin", "880902400775"]);
    assert!(said(&password).starts_with("The new password, for one sign-in: "));
    let provider: Vec<&str> =
        add.into_iter().chain(["--role", "provider", "--settlement", "Самал"]).collect();
    assert!(said(&kezek(data, &provider)).starts_with("The account has the role now"));
    assert!(!kezek(data, &provider).status.success(), "the role is there");
}

#[test]
fn parents_get_accounts() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    assert!(import(data, "organisations", &examples().join("organisations.csv")).status.success());
    let person = ["account", "add", "--iin", "880902400775", "--surname", "Үлгіова", "--name", "Айгүл"];
    let parent: Vec<&str> = person.into_iter().chain(["--role", "parent"]).collect();
    let with_place: Vec<&str> = parent.iter().copied().chain(["--settlement", "Самал"]).collect();
    assert!(!kezek(data, &with_place).status.success(), "a parent acts in no settlement");
    let made = kezek(data, &parent);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(said(&made).contains("Its password, for the first sign-in: "));
    assert!(!kezek(data, &parent).status.success(), "one person, one account");
}

#[test]
fn a_new_data_folder_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let organisations = examples().join("organisations.csv");
    let made = import(&data, "organisations", &organisations);
    assert!(made.status.success() && !String::from_utf8_lossy(&made.stderr).contains("chmod"));
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    let open = import(&data, "organisations", &organisations);
    assert!(String::from_utf8_lossy(&open.stderr).contains("run chmod 700"));
}

#[test]
fn a_person_is_erased_only_when_asked_twice() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    assert!(import(data, "organisations", &examples().join("organisations.csv")).status.success());
    assert!(import(data, "queue", &examples().join("queue.csv")).status.success());
    let before = said(&kezek(data, &["journal", "verify"]));
    let erase = ["person", "erase", "--iin", "880902400775"];
    let asked = kezek(data, &erase);
    assert!(!asked.status.success());
    assert!(String::from_utf8_lossy(&asked.stderr).contains("say --yes"));
    let yes: Vec<&str> = erase.into_iter().chain(["--yes"]).collect();
    assert!(kezek(data, &yes).status.success());
    let again = kezek(data, &yes);
    assert!(String::from_utf8_lossy(&again.stderr).contains("nobody with this IIN"), "gone");
    assert_eq!(said(&kezek(data, &["journal", "verify"])), before, "the journal stays");
}

#[test]
fn keys_are_rotated_and_wrong_ones_refused() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    assert!(import(data, "organisations", &examples().join("organisations.csv")).status.success());
    assert!(import(data, "queue", &examples().join("queue.csv")).status.success());
    let rotated = kezek(data, &["keys", "rotate"]);
    assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));
    assert!(said(&rotated).contains("has the new key 2") && !said(&rotated).contains("anew: 0 "));
    assert!(said(&kezek(data, &["keys", "reseal"])).contains("Sealed anew: 0 records."));

    let key = std::fs::read_to_string(data.join("kezek.key")).unwrap();
    let other: String = key
        .lines()
        .map(|line| match line.split_once('=') {
            Some((name, _)) => format!("{name}=AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n"),
            None => String::new(),
        })
        .collect();
    std::fs::write(data.join("kezek.key"), other).unwrap();
    let refused = kezek(data, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(!refused.status.success());
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("not the key that the data is sealed with"), "{told}");
    assert_eq!(told.lines().filter(|line| line.starts_with("kezek: ")).count(), 1, "{told}");
    assert!(!told.contains("Kezek is at"), "{told}");
}

#[test]
fn a_made_up_district_opens_on_the_evening_before_and_again_afterwards() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    let (child, _) = start(&["demo", "--size", "district"], data);
    stop(child);
    let clock = std::fs::read_to_string(data.join("clock")).unwrap();
    assert_eq!(clock.trim(), "2021-06-09T11:55:00Z");
    let (child, _) = start(&["demo"], data);
    stop(child);
    assert!(kezek(data, &["journal", "verify"]).status.success());
    assert!(
        !kezek(data, &["serve", "--listen", "127.0.0.1:0"]).status.success(),
        "real time and made-up time never mix"
    );
}
