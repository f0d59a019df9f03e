//! The installed programs, run as a user who may run a server.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Debian keeps each major version in a directory of its own.
const VERSIONS: &str = "/usr/lib/postgresql";
/// The user that Debian's package makes; a server refuses to run as root.
const SERVER_USER: &str = "postgres";
/// As the server calls it by itself, beside its data.
pub const CERTIFICATE: &str = "server.crt";

/// A trial server cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// No server is installed.
    #[error(
        "PostgreSQL is not installed: no initdb in PATH or {VERSIONS}; install Debian's package postgresql"
    )]
    NotInstalled,
    /// The shared server of the tests is not there.
    #[error(
        "{} is not set; run the tests by `make unit` or behind `cargo run -p kezek-trial-postgres --`",
        crate::SERVER_VARIABLE
    )]
    NoServer,
    /// A program could not be run.
    #[error("{program} could not be run")]
    Run {
        /// Which.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// A program failed.
    #[error("{program} failed: {said}")]
    Failed {
        /// Which.
        program: String,
        /// What it said.
        said: String,
    },
    /// Files or ports cannot be had.
    #[error("the machine gives no directory or port for a trial server")]
    Machine(#[from] io::Error),
}

/// Where the programs are.
#[derive(Debug, Clone)]
pub struct Programs {
    directory: PathBuf,
}

impl Programs {
    pub fn find() -> Result<Self, TrialError> {
        let in_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
        let mut places = in_path.unwrap_or_default();
        if let Ok(versions) = std::fs::read_dir(VERSIONS) {
            let mut versions: Vec<PathBuf> =
                versions.flatten().map(|entry| entry.path().join("bin")).collect();
            // The newest first; 9.6 and older are sorted wrongly, and too old anyway.
            versions.sort();
            places.extend(versions.into_iter().rev());
        }
        // What is in PATH may be a link: the others are beside what it leads to.
        let initdb = places.into_iter().find_map(|place| place.join("initdb").canonicalize().ok());
        let directory = initdb.and_then(|initdb| initdb.parent().map(Path::to_owned));
        directory.map(|directory| Self { directory }).ok_or(TrialError::NotInstalled)
    }

    /// A program of the server, as [`as_server`].
    pub fn command(&self, program: &str) -> Command {
        as_server(&self.directory.join(program))
    }

    /// Makes a certificate for `localhost`, signed by itself, where the server looks for one.
    pub fn make_certificate(&self, data: &str) -> Result<(), TrialError> {
        let (certificate, key) = (format!("{data}/{CERTIFICATE}"), format!("{data}/server.key"));
        let mut command = as_server(Path::new("openssl"));
        command.args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
        ]);
        command.args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]);
        // A certificate of an authority cannot be the server's own for every client.
        command.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
        finish("openssl", command.args(["-keyout", &key, "-out", &certificate]))
    }

    /// Runs a program to its end.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<(), TrialError> {
        let mut command = self.command(program);
        finish(program, command.args(arguments))
    }

    /// Makes an empty database on a server and returns its address.
    pub fn new_database(&self, server: &str) -> Result<String, TrialError> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("trial_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let create = format!("CREATE DATABASE {name}");
        self.run("psql", &["--quiet", "--no-psqlrc", "--dbname", server, "--command", &create])?;
        Ok(server.replacen("/postgres?", &format!("/{name}?"), 1))
    }
}

/// A program as the server's user; it is asked to end when the caller's thread ends.
fn as_server(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if is_root() {
        command.args(["--reuid", SERVER_USER, "--regid", SERVER_USER, "--init-groups"]);
    }
    // The caller's directory may be closed to the server's user.
    command.arg("--").arg(program).current_dir("/");
    command
}

/// Sets the soft limit of a file's size for a process of the server.
pub fn set_file_limit(process: u32, limit: &str) -> Result<(), TrialError> {
    let mut command = as_server(Path::new("prlimit"));
    finish("prlimit", command.arg("--pid").arg(process.to_string()).arg(format!("--fsize={limit}:unlimited")))
}

/// Gives a directory to the server's user.
pub fn give_to_server(directory: &Path) -> Result<(), TrialError> {
    if is_root() {
        finish("chown", Command::new("chown").arg(SERVER_USER).arg(directory))?;
    }
    Ok(())
}

fn finish(program: &str, command: &mut Command) -> Result<(), TrialError> {
    let output =
        command.output().map_err(|source| TrialError::Run { program: program.to_owned(), source })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(TrialError::Failed { program: program.to_owned(), said })
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
