//! `docs/law.md`: from a clause one hop to its code and its scenarios. The page is written by this test when
//! KEZEK_UPDATE is set, and must be up to date otherwise.

// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::panic)]

use kezek_rules::scenario::{self, Clause, LAW};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Files below a folder, by path from the root, with their text.
fn texts(folder: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join(folder), extension, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<(String, String)>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|known| known == extension) {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The project's own readings, from their page.
fn own_readings() -> Vec<(String, String)> {
    let page = fs::read_to_string(root().join("docs/rules.md")).unwrap();
    page.lines()
        .filter_map(|line| line.strip_prefix("| R4."))
        .filter_map(|line| {
            let mut cells = line.split('|');
            let number = cells.next()?.trim();
            Some((format!("R4.{number}"), cells.next()?.trim().to_string()))
        })
        .collect()
}

/// Whether a text cites a clause, not one whose number only begins alike.
fn cites(text: &str, cite: &str) -> bool {
    text.match_indices(cite).any(|(at, _)| {
        let mut next = text[at + cite.len()..].chars();
        match next.next() {
            Some(digit) if digit.is_ascii_digit() => false,
            Some('/') => !next.next().is_some_and(|after| after.is_ascii_digit()),
            _ => true,
        }
    })
}

struct Row {
    cite: String,
    says: String,
    code: Vec<String>,
    scenarios: Vec<String>,
}

fn rows() -> Vec<Row> {
    let code: Vec<(String, String)> = texts("crates/rules/src", "rs")
        .into_iter()
        .chain(texts("crates/calendar/src", "rs"))
        .filter(|(path, _)| !path.ends_with("coverage.rs") && !path.ends_with("tests.rs"))
        .collect();
    let scenarios: Vec<(String, Vec<String>)> = texts("scenarios", "toml")
        .into_iter()
        .map(|(path, text)| (path, scenario::run(&text).clauses))
        .collect();
    let law = LAW.iter().map(|clause| (clause.cite.to_string(), clause.says.to_string()));
    law.chain(own_readings())
        .map(|(cite, says)| {
            let clause = Clause { cite: String::leak(cite.clone()), says: "" };
            let code =
                code.iter().filter(|(_, text)| cites(text, &cite)).map(|(path, _)| path.clone()).collect();
            let covering = scenarios.iter().filter(|(_, cited)| scenario::covers(&clause, cited));
            Row { cite, says, code, scenarios: covering.map(|(path, _)| path.clone()).collect() }
        })
        .collect()
}

fn page(rows: &[Row]) -> String {
    let mut page = String::from(
        "# From the law to the code and its scenarios\n\n\
         Made by `KEZEK_UPDATE=1 cargo test -p kezek --test law`. Clauses are those of Order 254, R3 its readings, R4 the\n\
         [readings of this project](rules.md).\n\n\
         | | | Code | Scenarios |\n| --- | --- | --- | --- |\n",
    );
    for row in rows {
        let code = links(&row.code, "crates/");
        let scenarios = links(&row.scenarios, "scenarios/");
        writeln!(page, "| {} | {} | {code} | {scenarios} |", row.cite, row.says).unwrap();
    }
    page
}

fn links(paths: &[String], prefix: &str) -> String {
    let shown = paths.iter().map(|path| {
        let name = path.strip_prefix(prefix).unwrap_or(path);
        let name = name.trim_end_matches(".toml").replace("/src/", "/");
        format!("[{name}](../{path})")
    });
    shown.collect::<Vec<_>>().join("<br>")
}

#[test]
fn every_clause_leads_to_code_and_scenario() {
    let rows = rows();
    let without_code: Vec<&str> =
        rows.iter().filter(|row| row.code.is_empty()).map(|row| row.cite.as_str()).collect();
    let without_scenario: Vec<&str> =
        rows.iter().filter(|row| row.scenarios.is_empty()).map(|row| row.cite.as_str()).collect();
    let file = root().join("docs/law.md");
    if std::env::var_os("KEZEK_UPDATE").is_some() {
        fs::write(&file, page(&rows)).unwrap();
    }
    assert!(
        without_code.is_empty(),
        "no code cites {without_code:?}; write the clause where it is carried out"
    );
    assert!(without_scenario.is_empty(), "no scenario cites {without_scenario:?}");
    let current = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        current == page(&rows),
        "docs/law.md is out of date; run: KEZEK_UPDATE=1 cargo test -p kezek --test law"
    );
}
