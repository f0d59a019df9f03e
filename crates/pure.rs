// Shared by the build scripts of the pure crates. `no_std` already takes the clock, files, network, threads and
// random sources away; this closes the doors that remain: `std` by another name, `async`, and the clock of jiff,
// which another crate's features may switch on.

use std::{fs, path::Path, process::exit};

const REFUSED: [(&str, &str); 6] = [
    ("extern crate std", "the standard library"),
    ("std::", "the standard library"),
    ("async ", "async code"),
    (".await", "async code"),
    ("Timestamp::now", "a clock"),
    ("Zoned::now", "a clock"),
];

fn main() {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=../pure.rs");
    let mut found = Vec::new();
    look(Path::new("src"), &mut found);
    for line in &found {
        println!("cargo::error={line}");
    }
    if !found.is_empty() {
        exit(1);
    }
}

/// Lines of code, comments and tests aside, that name what a pure crate must not have.
fn look(folder: &Path, found: &mut Vec<String>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return found.push(format!("reading {}: {error}", folder.display())),
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            look(&path, found);
            continue;
        }
        let is_tests = path.file_name().is_some_and(|name| name == "tests.rs");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let code = text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
        for (line, number) in code.zip(1..).filter(|_| !is_tests) {
            let code = line.split("//").next().unwrap_or_default();
            for (word, what) in REFUSED {
                if code.contains(word) {
                    let place = format!("{}:{number}", path.display());
                    found.push(format!("{place}: {what} has no place in a pure crate; take it as an argument"));
                }
            }
        }
    }
}
