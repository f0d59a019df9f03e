//! Whole copies of the registries, audited by the program as people run it.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
#[path = "../../rules/tests/life/mod.rs"]
mod life;
mod written;

use std::path::Path;
use std::process::{Command, Output};
use std::{fs, str};

use kezek_auditor::write::write;
use kezek_disclosure::{Entry, Log, Opened, Part, Said};
use kezek_registry::dir::Dir;
use kezek_registry::read::Reader;
use kezek_registry::{Checkpoint, Receipt};
use kezek_rules::Event;
use kezek_rules::ids::ApplicationId;
use life::World;

fn city() -> World {
    let crowd: Vec<Option<bool>> = (0..60).map(|child| (child % 3 == 0).then_some(child % 2 == 0)).collect();
    let mut world = World::crowded(&crowd, 2);
    for day in 0..40u8 {
        world.now = world.now.plus_micros(i64::from(5 + day % 20) * life::HOUR);
        world.perform(&life::Act::Publish { group: day % 4, count: 1 + day % 3, mode: 0 });
        for application in 0..30 {
            world.perform(&life::Act::Claim { application: application * 2, pick: day });
        }
    }
    world
}

struct Copy {
    folder: tempfile::TempDir,
    entries: Vec<(Log, Entry)>,
}

impl Copy {
    fn new() -> Self {
        let copy = Copy { folder: tempfile::tempdir().unwrap(), entries: written::entries(&city().facts) };
        write(&copy.registries(), &copy.entries, written::key).unwrap();
        fs::write(copy.folder.path().join("policy"), written::policy()).unwrap();
        copy
    }

    fn registries(&self) -> std::path::PathBuf {
        self.folder.path().join("registries")
    }

    fn audit(&self, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kezek-audit"));
        command.arg(self.registries()).arg("--policy").arg(self.folder.path().join("policy")).args(more);
        let done = command.output().unwrap();
        eprintln!("{}", String::from_utf8_lossy(&done.stderr));
        done
    }
}

fn text(output: &Output) -> &str {
    str::from_utf8(&output.stdout).unwrap()
}

#[test]
fn an_honest_copy_is_clean_in_every_language_and_always_with_the_same_bytes() {
    let copy = Copy::new();
    let ends = [
        "әр орын заң бірінші қойған балаға берілген",
        "которого закон поставил первым",
        "the child the law put first",
    ];
    for (language, end) in ["kk", "ru", "en"].into_iter().zip(ends) {
        let once = copy.audit(&["--lang", language]);
        assert!(once.status.success(), "{}", text(&once));
        assert!(text(&once).contains(end), "{}", text(&once));
        assert_eq!(once.stdout, copy.audit(&["--lang", language]).stdout);
    }
    let json = copy.folder.path().join("report.json");
    copy.audit(&["--json", json.to_str().unwrap()]);
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    assert_eq!(report["clean"], true);
    assert!(report["tally"]["referrals"].as_u64().unwrap() > 10, "{report}");
}

/// Attack 67: a copy that nobody can write to.
#[test]
fn a_copy_that_nobody_can_write_to_is_audited() {
    let copy = Copy::new();
    set_read_only(&copy.registries(), true);
    let done = copy.audit(&[]);
    set_read_only(&copy.registries(), false);
    assert!(done.status.success(), "{}", text(&done));
}

#[allow(clippy::permissions_set_readonly_false)]
fn set_read_only(path: &Path, read_only: bool) {
    let mut permissions = fs::metadata(path).unwrap().permissions();
    if path.is_dir() {
        permissions.set_readonly(read_only);
        fs::set_permissions(path, permissions).unwrap();
        for entry in fs::read_dir(path).unwrap() {
            set_read_only(&entry.unwrap().path(), read_only);
        }
    }
}

#[test]
fn a_changed_byte_a_lost_file_and_another_key_are_found() {
    let copy = Copy::new();
    let bundle = copy.registries().join("applications/tile/entries/000");
    let bundle = if bundle.is_file() { bundle } else { partial(&copy) };
    let honest = fs::read(&bundle).unwrap();
    let mut changed = honest.clone();
    let at = changed.len() / 2;
    changed[at] ^= 1;
    replace(&bundle, &changed);
    let done = copy.audit(&["--lang", "en"]);
    assert_eq!(done.status.code(), Some(1));
    assert!(text(&done).contains("BROKEN: applications"), "{}", text(&done));
    replace(&bundle, &honest);
    assert!(copy.audit(&[]).status.success());
    fs::remove_file(&bundle).unwrap();
    assert_eq!(copy.audit(&[]).status.code(), Some(1));
    replace(&bundle, &honest);
    let other = written::policy().replace("kezek.example/referrals", "kezek.example/others");
    fs::write(copy.folder.path().join("policy"), other).unwrap();
    assert_ne!(copy.audit(&[]).status.code(), Some(0));
}

fn partial(copy: &Copy) -> std::path::PathBuf {
    let folder = copy.registries().join("applications/tile/entries/000.p");
    fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
}

fn replace(path: &Path, bytes: &[u8]) {
    let _ = fs::remove_file(path);
    fs::write(path, bytes).unwrap();
}

/// Attack 40: an entry of one log put into another.
#[test]
fn an_entry_in_the_wrong_log_is_found() {
    let mut copy = Copy::new();
    let stranger = copy.entries.iter_mut().find(|(log, _)| *log == Log::Referrals).unwrap();
    stranger.0 = Log::Bulletins;
    fs::remove_dir_all(copy.registries()).unwrap();
    write(&copy.registries(), &copy.entries, written::key).unwrap();
    let done = copy.audit(&["--lang", "en"]);
    assert_eq!(done.status.code(), Some(1));
    assert!(text(&done).contains("it belongs to the log referrals"), "{}", text(&done));
}

/// The receipt of an application's first entry.
fn receipt_of(copy: &Copy, application: ApplicationId) -> String {
    let dir = Dir::new(copy.registries().join("applications"));
    let (checkpoint, note) =
        Checkpoint::open(&dir.read("checkpoint").unwrap(), written::key(Log::Applications).public()).unwrap();
    let mut reader = Reader::open(&checkpoint, |path| dir.read(path)).unwrap();
    let own = copy.entries.iter().filter(|(log, _)| *log == Log::Applications).map(|(_, entry)| entry);
    let is_it = |entry: &&Entry| matches!(&entry.said, Said::Part(Part::Registered { application: id, .. }) if *id == application);
    let (index, entry) =
        own.zip(0..).map(|(entry, index)| (index, entry)).find(|(_, entry)| is_it(entry)).unwrap();
    let opened =
        Opened { entry: String::from_utf8(entry.to_bytes().unwrap()).unwrap(), salt: None, hidden: vec![] };
    let hashes = reader.prove_inclusion(index, checkpoint.size).unwrap();
    let extra = serde_json::to_vec(&opened).unwrap();
    Receipt { extra, index, hashes, checkpoint: note }.to_text()
}

#[test]
fn the_whole_story_of_a_child_is_told() {
    let copy = Copy::new();
    let served = copy.entries.iter().find_map(|(_, entry)| match &entry.said {
        Said::Fact(Event::ReferralIssued { application, .. }) => Some(*application),
        _ => None,
    });
    let served = served.unwrap();
    let file = copy.folder.path().join("receipt");
    fs::write(&file, receipt_of(&copy, served)).unwrap();
    let done = copy.audit(&["--lang", "en", "--child", file.to_str().unwrap()]);
    assert!(done.status.success(), "{}", text(&done));
    let story = text(&done).split("The story of application").nth(1).unwrap();
    for words in ["the application was registered", "№ ", "a window of priority access", "referral no."] {
        assert!(story.contains(words), "{words} is not in {story}");
    }
    fs::write(&file, receipt_of(&copy, served).replace("index ", "index 1")).unwrap();
    assert_eq!(copy.audit(&["--child", file.to_str().unwrap()]).status.code(), Some(2));
}

#[test]
fn what_cannot_be_checked_says_so() {
    let copy = Copy::new();
    let cases: [(&[&str], &str); 2] = [
        (&["--child", "/nowhere"], "/nowhere cannot be read"),
        (&["--json", "/nowhere/at/all"], "cannot be written"),
    ];
    for (more, words) in cases {
        let done = copy.audit(more);
        assert_eq!(done.status.code(), Some(2));
        assert!(
            String::from_utf8_lossy(&done.stderr).contains(words),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
}
