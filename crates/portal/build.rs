//! Refuses to build a portal with a missing text or without its style sheet.

#[path = "src/texts/check.rs"]
mod check;

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("cargo::error={}", problem.replace('\n', "; "));
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    for path in ["build.rs", "texts", "templates", "src", "built"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let version = assets_version()?;
    println!("cargo::rustc-env=KEZEK_ASSETS_VERSION={version}");
    texts()
}

/// A short name for the content of the built files; it changes when any of them does.
fn assets_version() -> Result<String, String> {
    let files = files_below(Path::new("built"));
    if !files.iter().any(|file| file.ends_with("kezek.css")) {
        return Err(
            "the style sheet and fonts of the portal are not built yet: run `make assets`".to_string()
        );
    }
    let mut hasher = DefaultHasher::new();
    for file in files {
        let bytes = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        hasher.write(file.to_string_lossy().as_bytes());
        hasher.write(&bytes);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Checks every text and joins the files of each language into one.
fn texts() -> Result<(), String> {
    let mut languages = Vec::new();
    for language in ["kk", "ru", "en"] {
        let folder = Path::new("texts").join(language);
        languages.push((language.to_string(), read_all(&folder, "ftl")?));
    }
    let mut sources = read_all(Path::new("templates"), "html")?;
    sources.extend(read_all(Path::new("src"), "rs")?);
    sources.retain(|(path, _)| !path.ends_with("check.rs") && !path.ends_with("check_tests.rs"));

    let problems = check::check(&languages, &sources);
    if !problems.is_empty() {
        return Err(format!("the texts of the portal are not complete:\n{}", problems.join("\n")));
    }
    let out = PathBuf::from(std::env::var("OUT_DIR").map_err(|error| error.to_string())?);
    for (language, files) in languages {
        let joined: Vec<String> = files.into_iter().map(|(_, text)| text).collect();
        let file = out.join(format!("{language}.ftl"));
        std::fs::write(&file, joined.join("\n")).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

fn read_all(folder: &Path, extension: &str) -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    for file in files_below(folder) {
        if file.extension().is_some_and(|found| found == extension) {
            let text =
                std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            all.push((file.display().to_string(), text));
        }
    }
    Ok(all)
}

/// All files of a folder, in one order on every machine.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
