//! `kezek demo`: a made-up city on the evening before its campaign opens.

mod build;
mod cast;
mod families;
mod figures;
mod folder;
mod gardens;
mod history;
mod look;
mod names;
mod queue;
#[cfg(test)]
mod registry_tests;
mod tamper;
#[cfg(test)]
mod tests;
mod words;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use kezek_node::{ClockChoice, Company, Limits, Node, RegistryConfig, Storage};
use kezek_portal::{Demo, DemoPerson, Settings};

use crate::{progress, service};
use build::Builder;
use cast::Picked;
pub use figures::Size;
use folder::{Folder, Marker};

/// Under which name the made-up registries are signed.
const HOST: &str = "demo.kezek.example";

/// What `kezek demo` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where to listen; port 0 takes any free port.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the made-up city is kept between two starts.
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    /// Forget what was done in the demonstration and begin anew.
    #[arg(long)]
    fresh: bool,
    /// How much of the city to build; counts when it is built anew.
    #[arg(long, value_enum)]
    size: Option<Size>,
    /// Instead of serving: falsifies a copy of a small made-up city's registries as an operator with the keys could,
    /// and lets the auditor look for it. `all` tries each kind.
    #[arg(long, value_name = "KIND", value_parser = tamper::kinds())]
    tamper: Option<String>,
}

pub fn run(arguments: Arguments) -> Result<ExitCode> {
    service::block_on(start(arguments))
}

async fn start(arguments: Arguments) -> Result<ExitCode> {
    let Arguments { listen, data, fresh, size, tamper } = arguments;
    if let Some(kind) = tamper {
        return tamper::run(&kind, &data.join("tampered")).await;
    }
    let folder = Folder::new(data);
    if fresh {
        folder.clear()?;
    }
    let marker = match folder.marker()? {
        Some(marker) => {
            if size.is_some_and(|size| size.code() != marker.size) {
                anyhow::bail!("{} holds another size; add --fresh to build it anew", folder.path().display());
            }
            marker
        }
        None => build(&folder, size.unwrap_or(Size::City)).await?,
    };
    let node = open(&folder).await?;
    let people = marker.people.into_iter().map(pick).collect();
    let settings = Settings { demo: Some(Demo { people }), ..Settings::default() };
    service::serve(node, settings, listen).await
}

async fn build(folder: &Folder, size: Size) -> Result<Marker> {
    let watch = Instant::now();
    folder.begin()?;
    let node = open(folder).await?;
    let bar = progress::bar("Building a made-up city", 0);
    let mut builder = Builder::new(node.clone(), size, bar.clone())?;
    builder.take_over().await.context("taking the made-up queue over")?;
    bar.set_message("Living through three weeks");
    builder.live().await.context("living through three weeks")?;
    let people = builder.cast().await.context("choosing people to be")?;
    bar.finish_and_clear();
    let marker = Marker::new(size.code(), people);
    // A closed node leaves a snapshot, so that the next start is quick.
    node.close().await;
    folder.finish(&marker)?;
    let applications = node.read(|state| state.applications().count());
    eprintln!("Built {applications} applications in {:.1} s.", watch.elapsed().as_secs_f32());
    Ok(marker)
}

async fn open(folder: &Folder) -> Result<Node> {
    let clock = ClockChoice::Virtual(build::beginning()?);
    // Three weeks pass in seconds: one clerk sends the work of days at once.
    let limits = Limits { account_max: usize::MAX, ..Limits::default() };
    let registry = Some(RegistryConfig::new(HOST));
    let keyring = service::Keyring::InFolder;
    service::open(folder.path(), Storage::Folder, Company::Nodes, clock, keyring, limits, registry).await
}

fn pick(picked: Picked) -> DemoPerson {
    let Picked { account, role, name, about } = picked;
    DemoPerson { account, role, name, about }
}
