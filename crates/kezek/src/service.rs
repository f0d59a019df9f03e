//! Opening a data directory, and serving it until it is asked to stop.

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use kezek_node::{ClockChoice, Company, Config, Limits, Node, RegistryConfig, Storage};
use kezek_portal::{AppState, Settings};
use kezek_records::Keys;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::progress;

const KEY_FILE: &str = "kezek.key";
/// Replaying fewer facts than this takes no time worth showing.
const SHOWN_FROM_FACTS: u64 = 20_000;

/// How long a stop waits for answers on their way.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the keys of personal data are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// Where the environment says (`KEZEK_KEY_FILE`, `KEZEK_KEY`), else in the data directory.
    Environment,
    /// In the data directory: a demonstration keeps everything in one place.
    InFolder,
}

/// Runs to the end on all cores.
pub fn block_on(work: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("starting threads")?.block_on(work)
}

/// Opens the node of a service, showing how far a long start is.
pub async fn open(
    data: &Path,
    storage: Storage,
    company: Company,
    clock: ClockChoice,
    keyring: Keyring,
    limits: Limits,
    registry: Option<RegistryConfig>,
) -> Result<Node> {
    kezek_node::make_directory(data)?;
    warn_if_open(data);
    let keys = keys(data, &storage, keyring).await?;
    let mut config = Config { storage, company, limits, registry, ..Config::new(data, clock, keys) };
    let bar = progress::bar("Reading the journal", 0);
    let shown = bar.clone();
    config.on_replay = Arc::new(move |done, all| {
        if all >= SHOWN_FROM_FACTS {
            shown.set_length(all);
            shown.set_position(done);
        }
    });
    let node = Node::open(config).await;
    bar.finish_and_clear();
    Ok(node?)
}

/// Names and papers are sealed, but facts and sizes are nobody else's to read either.
fn warn_if_open(data: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if std::fs::metadata(data).is_ok_and(|found| found.permissions().mode() & 0o077 != 0) {
        eprintln!("Others on this machine can look into {0}; run chmod 700 {0}", data.display());
    }
}

/// Keys are made once, for an empty directory: data without its keys is lost, and new ones would hide that.
async fn keys(data: &Path, storage: &Storage, keyring: Keyring) -> Result<Keys> {
    let is_named = ["KEZEK_KEY_FILE", "KEZEK_KEY"].iter().any(|name| std::env::var_os(name).is_some());
    if keyring == Keyring::Environment && is_named {
        return Ok(Keys::from_environment()?);
    }
    let file = data.join(KEY_FILE);
    if file.exists() {
        return Ok(Keys::from_file(&file)?);
    }
    if !storage.is_new(data).await? {
        bail!(
            "the key file {} is missing; put it back from your copy or another node's, or name it in KEZEK_KEY_FILE",
            file.display()
        );
    }
    let keys = Keys::create_file(&file)?;
    if keyring == Keyring::Environment {
        eprintln!("Made the key file {}.", file.display());
        eprintln!("Personal data is sealed with it and lost without it: keep a copy in another place.");
    }
    Ok(keys)
}

/// The key file of a service.
pub fn key_file(data: &Path) -> Result<PathBuf> {
    if std::env::var_os("KEZEK_KEY").is_some() {
        bail!("the keys are in KEZEK_KEY; write them into a file and name it in KEZEK_KEY_FILE");
    }
    Ok(std::env::var_os("KEZEK_KEY_FILE").map_or_else(|| data.join(KEY_FILE), PathBuf::from))
}

/// Serves the portal until SIGINT or SIGTERM, then finishes what was taken in and keeps a snapshot.
pub async fn serve(node: Node, settings: Settings, listen: SocketAddr) -> Result<ExitCode> {
    let listener = TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
    let address = listener.local_addr().context("asking for the own address")?;
    let stop = stop_asked()?;
    println!("Kezek is at http://{address}");
    let app = kezek_portal::app(AppState::new(node.clone(), settings));
    let (asked, was_asked) = oneshot::channel();
    let stop = async move {
        stop.await;
        eprintln!("Stopping; what was taken in is kept.");
        // Nobody listens when serving has ended by itself.
        let _ = asked.send(());
    };
    let serving = axum::serve(listener, app).with_graceful_shutdown(stop);
    // Whoever still reads an answer after the patience loses only that.
    let patience = async {
        if was_asked.await.is_ok() {
            tokio::time::sleep(PATIENCE).await;
        }
    };
    let served = tokio::select! {
        served = serving.into_future() => served,
        () = patience => Ok(()),
    };
    node.close().await;
    served.context("serving")?;
    Ok(ExitCode::SUCCESS)
}

/// Resolves when the process is asked to end.
pub fn stop_asked() -> Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("listening for signals")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
