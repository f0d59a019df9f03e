//! One server from its making to its end.

use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::programs::{self, Programs, TrialError};

const START_PATIENCE: Duration = Duration::from_secs(30);

/// A running server. It is stopped and its files are deleted when this goes.
#[derive(Debug)]
pub struct Cluster {
    programs: Programs,
    directory: TempDir,
    port: u16,
    settings: Vec<String>,
    server: Option<Child>,
}

/// How to stop a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Clients are cut off, everything is written.
    Fast,
    /// As by a loss of power: the next start recovers from the log.
    Immediate,
}

impl Cluster {
    /// Makes a server and starts it. Settings as in `postgresql.conf`, each `name=value`; without any it is as
    /// durable as PostgreSQL by itself. With `ssl=on` it gets a certificate for `localhost`, see
    /// [`Cluster::certificate`].
    pub fn start(settings: &[&str]) -> Result<Self, TrialError> {
        let programs = Programs::find()?;
        let directory = tempfile::Builder::new().prefix("kezek-postgres-").tempdir()?;
        programs::give_to_server(directory.path())?;
        let data = directory.path().join("data").display().to_string();
        let plain = ["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"];
        programs.run("initdb", &[&["--pgdata", &data], plain.as_slice()].concat())?;
        if settings.contains(&"ssl=on") {
            programs.make_certificate(&data)?;
        }
        let settings = settings.iter().map(|&setting| setting.to_owned()).collect();
        let mut cluster = Self { programs, directory, port: free_port()?, settings, server: None };
        cluster.start_again()?;
        Ok(cluster)
    }

    /// Starts a stopped server on its old data and port.
    pub fn start_again(&mut self) -> Result<(), TrialError> {
        let data = self.data();
        let sockets = self.directory.path().display().to_string();
        let mut command = self.programs.command("postgres");
        command.args(["-D", &data, "-k", &sockets, "-p", &self.port.to_string(), "-h", "127.0.0.1"]);
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        let log =
            std::fs::File::options().create(true).append(true).open(self.directory.path().join("log"))?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let server = command.spawn();
        self.server =
            Some(server.map_err(|source| TrialError::Run { program: "postgres".to_owned(), source })?);
        let end = Instant::now() + START_PATIENCE;
        let port = self.port.to_string();
        while let Err(error) = self.programs.run("pg_isready", &["--quiet", "-h", &sockets, "-p", &port]) {
            let has_ended = matches!(self.server.as_mut().map(Child::try_wait), Some(Ok(Some(_))));
            if has_ended || Instant::now() > end {
                let said = std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
                return Err(if said.is_empty() {
                    error
                } else {
                    TrialError::Failed { program: "postgres".to_owned(), said }
                });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Stops the server; its data stays.
    pub fn stop(&mut self, how: Stop) -> Result<(), TrialError> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        let stopped = self.programs.run("pg_ctl", &["stop", "--pgdata", &self.data(), "--mode", mode]);
        if stopped.is_err() {
            server.kill()?;
        }
        server.wait()?;
        stopped
    }

    /// The address of a database, by the server's socket.
    pub fn url(&self, database: &str) -> String {
        let (sockets, port) = (self.directory.path().display(), self.port);
        format!("postgres://postgres@localhost:{port}/{database}?host={sockets}")
    }

    /// The port at which it listens on 127.0.0.1 too.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The file with the certificate that vouches for the server.
    pub fn certificate(&self) -> String {
        format!("{}/{}", self.data(), programs::CERTIFICATE)
    }

    /// Lets no file grow past so many bytes, as a full disk would; none takes the limit away. Connections that begin
    /// afterwards are held to it. The log's files have 16 MiB.
    pub fn limit_files(&self, bytes: Option<u64>) -> Result<(), TrialError> {
        let Some(server) = &self.server else { return Ok(()) };
        let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        programs::set_file_limit(server.id(), &limit)
    }

    /// Where the server's data is.
    pub fn data(&self) -> String {
        self.directory.path().join("data").display().to_string()
    }

    /// The address of a new, empty database.
    pub fn database(&self) -> Result<String, TrialError> {
        self.programs.new_database(&self.url("postgres"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The directory goes with it; what cannot be stopped now ends with this thread.
        let _ = self.stop(Stop::Immediate);
    }
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16, TrialError> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
