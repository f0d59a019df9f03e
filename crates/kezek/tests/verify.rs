//! `kezek verify receipt` as a person runs it.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

struct Desk {
    folder: tempfile::TempDir,
    all: Value,
}

impl Desk {
    fn new() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/receipts/vectors.json");
        let all = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        Desk { folder: tempfile::tempdir().unwrap(), all }
    }

    fn verify(&self, case: &Value, more: &[&str]) -> Output {
        let (receipt, policy) = (self.folder.path().join("receipt"), self.folder.path().join("policy"));
        fs::write(&receipt, case["receipt"].as_str().unwrap()).unwrap();
        let policy_name = case["policy"].as_str().unwrap();
        fs::write(&policy, self.all["policies"][policy_name].as_str().unwrap()).unwrap();
        run(&receipt, &policy, more)
    }

    fn case(&self, name: &str) -> &Value {
        self.all["cases"].as_array().unwrap().iter().find(|case| case["name"] == name).unwrap()
    }
}

fn run(receipt: &Path, policy: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kezek"));
    command.args(["verify", "receipt"]).arg(receipt).arg("--policy").arg(policy).args(more);
    command.output().unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_sound_receipt_is_told_in_every_language() {
    let desk = Desk::new();
    let registered = desk.case("an application");
    for (language, sentence) in [
        ("kk", "Өтініш № 4 тізілімде тұр"),
        ("ru", "Заявление № 4 стоит в реестре"),
        ("en", "Application No. 4 stands in the register"),
    ] {
        let done = desk.verify(registered, &["--lang", language]);
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(words(&done).contains(sentence) && words(&done).contains("2017-10-23"), "{}", words(&done));
    }
    assert!(words(&desk.verify(registered, &[])).starts_with("ТҮБІРТЕК ДҰРЫС\n"), "Kazakh is first");
    let referral = desk.verify(desk.case("a referral"), &["--lang", "en"]);
    assert!(words(&referral).contains("referral no. 1 for application no. 1"), "{}", words(&referral));
    let seen = desk.verify(desk.case("an application that three witnesses saw"), &["--lang", "en"]);
    // The witnesses of the made-up receipt will have seen it in 2027 only.
    assert_eq!(seen.status.code(), Some(1));
}

#[test]
fn every_wrong_receipt_ends_with_one_and_says_what_to_do() {
    let desk = Desk::new();
    for name in ["another salt", "the next place", "another signature", "a hash more", "nothing"] {
        let done = desk.verify(desk.case(name), &["--lang", "en"]);
        assert_eq!(done.status.code(), Some(1), "{name}");
        let words = words(&done);
        assert!(
            words.starts_with("THE RECEIPT DOES NOT HOLD\n") && words.contains("keep the file"),
            "{words}"
        );
    }
    let other = desk.verify(desk.case("a log that the policy does not name"), &["--lang", "ru"]);
    assert!(words(&other).contains("Возьмите политику этого реестра"), "{}", words(&other));
}

#[test]
fn what_cannot_be_checked_ends_with_two() {
    let desk = Desk::new();
    let folder = desk.folder.path();
    desk.verify(desk.case("an application"), &[]);
    let missing = run(&folder.join("none"), &folder.join("policy"), &[]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("cannot be read"));
    let no_policy = run(&folder.join("receipt"), &folder.join("receipt"), &[]);
    assert_eq!(no_policy.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&no_policy.stderr).contains("is no policy"));
}
