//! Tidy is a test: each failure says what to do.
// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Which crate may depend on which of ours (ARCHITECTURE.md).
const MAY_DEPEND: [(&str, &[&str]); 12] = [
    ("calendar", &[]),
    ("rules", &["calendar"]),
    ("disclosure", &["calendar", "rules"]),
    ("registry", &[]),
    ("auditor", &["calendar", "rules", "disclosure", "registry"]),
    ("journal", &[]),
    ("records", &["calendar"]),
    ("node", &["calendar", "rules", "journal", "records", "registry", "disclosure"]),
    ("import", &["calendar", "rules", "records", "node"]),
    ("portal", &["calendar", "rules", "journal", "records", "registry", "node", "import"]),
    ("trial-postgres", &[]),
    // The benchmark compares the whole with the ordinary designs of benches/ordinary, on a server of its own.
    (
        "kezek",
        &[
            "calendar",
            "rules",
            "journal",
            "records",
            "registry",
            "disclosure",
            "auditor",
            "node",
            "import",
            "portal",
            "ordinary",
            "trial-postgres",
        ],
    ),
];

/// Longest file of code, in lines. It holds one thought, or it is two files.
const LONGEST_FILE: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !["target", "node_modules", "built"].contains(&name) {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

fn code_of(folder: &str, extension: &str) -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    files(&root().join(folder), extension, &mut paths);
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).unwrap_or_default())).collect()
}

fn code() -> Vec<(PathBuf, String)> {
    ["crates", "benches"].into_iter().flat_map(|folder| code_of(folder, "rs")).collect()
}

#[test]
fn dependencies_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_DEPEND.into_iter().collect();
    for entry in fs::read_dir(root().join("crates")).unwrap().flatten().filter(|entry| entry.path().is_dir())
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let manifest = fs::read_to_string(entry.path().join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        let ours = dependencies.lines().filter_map(|line| line.strip_prefix("kezek-"));
        let allowed = allowed.get(name.as_str()).unwrap_or_else(|| {
            panic!("crate {name} is not in the table of crates/kezek/tests/tidy.rs; say there what it may depend on")
        });
        for dependency in ours {
            let dependency = dependency.split(['.', ' ', '=']).next().unwrap_or_default();
            assert!(
                allowed.contains(&dependency),
                "{name} depends on {dependency}; dependencies point one way, see ARCHITECTURE.md"
            );
        }
    }
}

#[test]
fn a_file_holds_one_thought() {
    for (path, text) in code() {
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines; split it by thought", path.display());
    }
}

#[test]
fn nothing_is_left_lying_about() {
    for (path, text) in code() {
        if path.ends_with("tests/tidy.rs") {
            continue;
        }
        for word in ["todo!(", "unimplemented!(", "dbg!(", "FIXME", "XXX", "#[ignore"] {
            assert!(
                !text.contains(word),
                "{} has {word}; finish it or write it in the issue",
                path.display()
            );
        }
    }
}
