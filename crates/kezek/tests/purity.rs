//! The build refuses a clock, files, network, threads, random numbers and async in the pure crates: a copy of
//! them with one such line does not compile.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

const OFFENCES: [(&str, &str); 7] = [
    (
        "a clock",
        "pub fn offence() -> u64 { std::time::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs()) }",
    ),
    ("a file", "pub fn offence() -> bool { std::fs::read(\"queue\").is_ok() }"),
    ("the network", "pub fn offence() -> bool { ::std::net::TcpStream::connect(\"127.0.0.1:1\").is_ok() }"),
    ("a thread", "extern crate std as other; pub fn offence() { other::thread::yield_now(); }"),
    ("a random source", "pub fn offence() -> u32 { rand::random() }"),
    ("hash order", "pub fn offence() -> usize { alloc::collections::HashMap::<u8, u8>::new().len() }"),
    ("async", "pub async fn offence() {}"),
];

/// What the pure crates may depend on; none of these gives a clock, files, network, threads or random numbers as used.
const ALLOWED: [&str; 5] = ["jiff", "kezek-calendar", "serde", "thiserror", "toml"];

/// The pure workspace has no other members.
const MEMBERS: &str = "members = [\"crates/*\"]";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// A workspace of the two pure crates alone.
fn pure_workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pure");
    let _ = fs::remove_dir_all(here.join("crates"));
    for name in ["calendar", "rules"] {
        copy(&root().join("crates").join(name), &here.join("crates").join(name)).unwrap();
    }
    fs::copy(root().join("crates/pure.rs"), here.join("crates/pure.rs")).unwrap();
    fs::copy(root().join("Cargo.lock"), here.join("Cargo.lock")).unwrap();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let members = "members = [\"crates/*\"";
    let alone = manifest.lines().map(|line| if line.starts_with(members) { MEMBERS } else { line });
    fs::write(here.join("Cargo.toml"), alone.collect::<Vec<_>>().join("\n")).unwrap();
    here
}

fn compiles(workspace: &Path, name: &str) -> bool {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--package", name])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", workspace.join("target"))
        .output()
        .unwrap();
    if !output.status.success() {
        println!("{}", String::from_utf8_lossy(&output.stderr));
    }
    output.status.success()
}

#[test]
fn the_build_refuses_what_is_not_pure() {
    let workspace = pure_workspace();
    for name in ["calendar", "rules"] {
        let package = format!("kezek-{name}");
        let file = workspace.join("crates").join(name).join("src/lib.rs");
        let code = fs::read_to_string(&file).unwrap();
        assert!(compiles(&workspace, &package), "{name} compiles as it is");
        for (what, line) in OFFENCES {
            fs::write(&file, format!("{code}\n/// An offence.\n{line}\n")).unwrap();
            assert!(!compiles(&workspace, &package), "{name} compiles with {what}");
        }
        fs::write(&file, &code).unwrap();
    }
}

/// The names under `[dependencies]`; any other table of dependencies but those for tests is refused.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut table = "";
    let mut names = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            table = line;
            let is_known = matches!(line, "[dependencies]" | "[dev-dependencies]");
            assert!(is_known || !line.contains("dependencies"), "{line}");
        } else if table == "[dependencies]" && !line.is_empty() && !line.starts_with('#') {
            names.extend(line.split(['.', '=', ' ']).next());
        }
    }
    names
}

#[test]
fn the_pure_crates_depend_on_nothing_that_is_not_pure() {
    for name in ["calendar", "rules"] {
        let manifest = fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
        let names = dependencies(&manifest);
        assert!(names.contains(&"serde"), "{name}: {names:?}");
        for one in names {
            assert!(ALLOWED.contains(&one), "{name} depends on {one}");
        }
    }
    assert_eq!(
        dependencies("[dependencies]\nrand.workspace = true\nx = \"1\"\n[lints]\ny = 1"),
        ["rand", "x"]
    );
}
