//! The stage: each side with the city in each scene, kept as a template and copied for each run.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use kezek_node::{Node, Storage};
use kezek_ordinary::{Design, Ordinary};
use tempfile::TempDir;

use super::check::{Fault, Given, check};
use super::city::City;
use super::desk::Desk;
use super::drive::{Ran, drive};
use super::journal::{Journal, Rows};
use super::kezek;
use super::plan::{Mix, Plan, Scene};
use super::server::Server;
use super::side::Side;

/// The keys of the claims of a run begin with this.
const KEYS: &str = "run";

pub struct Stage {
    pub city: City,
    pub plan: Plan,
    pub server: Option<Server>,
    folders: TempDir,
}

/// A run that was carried out and found lawful.
pub struct Run {
    pub ran: Ran,
    pub places: usize,
    /// Transactions in which the answers were written, where that can be told.
    pub batches: Option<u64>,
    /// What Kezek wrote.
    pub rows: Option<Rows>,
}

impl Stage {
    pub fn new(city: City, plan: Plan, server: Option<Server>) -> Result<Stage> {
        let folders = tempfile::Builder::new().prefix("kezek-rush-").tempdir();
        Ok(Stage { city, plan, server, folders: folders.context("making a folder for the run")? })
    }

    /// Builds a side's templates of both scenes.
    pub async fn set_up(&self, side: Side) -> Result<()> {
        match side {
            Side::Straight => self.set_up_ordinary(side, Design::Straight).await,
            Side::Tuned => self.set_up_ordinary(side, Design::Tuned).await,
            Side::Postgres | Side::Sqlite => self.set_up_kezek(side).await,
            Side::Limit => Ok(()),
        }
    }

    /// Removes a side's templates.
    pub async fn clear(&self, side: Side) -> Result<()> {
        for scene in [Scene::Windows, Scene::Open] {
            let place = database(side, scene);
            if let (Some(server), true) = (&self.server, side.needs_server()) {
                server.drop(&place).await?;
            }
            let folder = self.folder(&place);
            if folder.exists() {
                fs::remove_dir_all(folder).context("clearing a template")?;
            }
        }
        Ok(())
    }

    /// Plays one scene of a mix on a fresh copy and has the result checked. The inner result is the law's.
    pub async fn run(
        &self,
        side: Side,
        mix: Mix,
        scene: Scene,
        claimants: usize,
    ) -> Result<Result<Run, Fault>> {
        let claims = self.plan.claims(mix, scene);
        let (ran, given, batches, rows) = match side {
            Side::Straight | Side::Tuned => self.run_ordinary(side, mix, scene, claimants).await?,
            Side::Postgres | Side::Sqlite | Side::Limit => {
                self.run_kezek(side, mix, scene, claimants).await?
            }
        };
        let checked = check(&self.city, scene, self.plan.before(scene), claims, &ran.answers, &given);
        Ok(checked.map(|places| Run { ran, places, batches, rows }))
    }

    fn server(&self) -> Result<&Server> {
        self.server.as_ref().context("this side needs a database server")
    }

    async fn set_up_ordinary(&self, side: Side, design: Design) -> Result<()> {
        let server = self.server()?;
        let (windows, open) = (database(side, Scene::Windows), database(side, Scene::Open));
        server.create(&windows).await?;
        let ordinary = Ordinary::connect(server.options(&windows), design).await?;
        let (applications, vacancies, wishes) = super::side::as_ordinary(&self.city)?;
        ordinary.load(&applications, &vacancies, &wishes).await?;
        ordinary.hold_opening().await?;
        ordinary.close().await;
        server.copy(&windows, &open).await?;
        let ordinary = Ordinary::connect(server.options(&open), design).await?;
        let desk = Desk::Ordinary(ordinary.clone());
        for (key, claim) in (0..).zip(&self.plan.between) {
            desk.claim(super::plan::Claim { key, ..*claim }, "between").await?;
        }
        ordinary.open_to_everyone().await?;
        ordinary.close().await;
        Ok(())
    }

    async fn set_up_kezek(&self, side: Side) -> Result<()> {
        let (windows, open) = (database(side, Scene::Windows), database(side, Scene::Open));
        if side == Side::Postgres {
            self.server()?.create(&windows).await?;
        }
        self.bring_to(side, Scene::Windows, &windows).await?;
        self.copy(side, &windows, &open).await?;
        self.bring_to(side, Scene::Open, &open).await
    }

    async fn bring_to(&self, side: Side, scene: Scene, place: &str) -> Result<()> {
        let node = self.open(side, place).await?;
        kezek::bring_to(&node, scene, &self.city, &self.plan.between).await?;
        node.close().await;
        let mut journal = self.journal(side, place).await?;
        journal.tell_all().await?;
        journal.close().await
    }

    async fn run_ordinary(
        &self,
        side: Side,
        mix: Mix,
        scene: Scene,
        claimants: usize,
    ) -> Result<(Ran, Vec<Given>, Option<u64>, Option<Rows>)> {
        let server = self.server()?;
        let design = if side == Side::Straight { Design::Straight } else { Design::Tuned };
        server.copy(&database(side, scene), "run").await?;
        let ordinary = Ordinary::connect(server.options("run"), design).await?;
        ordinary.warm_up().await?;
        let desk = Desk::Ordinary(ordinary.clone());
        let ran = drive(&desk, self.plan.claims(mix, scene), claimants, KEYS, Some(server)).await?;
        let given = ordinary.given().await?.into_iter().map(super::side::given);
        let given = given.collect::<Result<Vec<_>>>()?;
        ordinary.close().await;
        server.drop("run").await?;
        Ok((ran, given, None, None))
    }

    async fn run_kezek(
        &self,
        side: Side,
        mix: Mix,
        scene: Scene,
        claimants: usize,
    ) -> Result<(Ran, Vec<Given>, Option<u64>, Option<Rows>)> {
        self.copy(side, &database(side, scene), "run").await?;
        let node = self.open(side, "run").await?;
        kezek::warm_up(&node).await?;
        let mut journal = self.journal(side, "run").await?;
        let mark = journal.mark().await?;
        journal.close().await?;
        let desk = Desk::Kezek(node.clone());
        let server = self.server.as_ref().filter(|_| side == Side::Postgres);
        let before = node.batches();
        let ran = drive(&desk, self.plan.claims(mix, scene), claimants, KEYS, server).await?;
        let shown = node.batches() - before;
        node.close().await;
        let mut journal = self.journal(side, "run").await?;
        // Where the store does not tell its transactions, the node counts them.
        let (given, batches) = (journal.given().await?, journal.batches(KEYS).await?.or(Some(shown)));
        let rows = journal.rows(mark, KEYS).await?;
        journal.close().await?;
        fs::remove_dir_all(self.folder("run")).context("clearing the run")?;
        Ok((ran, given, batches, Some(rows)))
    }

    /// Copies the template of the open phase.
    pub async fn copy_open(&self, side: Side, to: &str) -> Result<()> {
        self.copy(side, &database(side, Scene::Open), to).await
    }

    /// Copies a node at rest: its folder, and its database if it has one.
    pub async fn copy(&self, side: Side, from: &str, to: &str) -> Result<()> {
        if side == Side::Postgres {
            self.server()?.copy(from, to).await?;
        }
        copy_folder(&self.folder(from), &self.folder(to))
    }

    /// Opens the node at a place of this stage.
    pub async fn open(&self, side: Side, place: &str) -> Result<Node> {
        let storage = match side {
            Side::Postgres => Storage::Postgres(self.server()?.url(place)),
            _ => Storage::Folder,
        };
        Ok(Node::open(kezek::config(&self.folder(place), storage)?).await?)
    }

    /// The journal of a node, read past it.
    pub async fn journal(&self, side: Side, place: &str) -> Result<Journal> {
        match side {
            Side::Postgres => Journal::in_database(&self.server()?.options(place)).await,
            _ => Journal::in_folder(&self.folder(place)).await,
        }
    }

    fn folder(&self, place: &str) -> PathBuf {
        self.folders.path().join(place)
    }
}

fn database(side: Side, scene: Scene) -> String {
    let scene = match scene {
        Scene::Windows => "windows",
        Scene::Open => "open",
    };
    format!("{}_{scene}", side.letter().to_lowercase())
}

/// Copies the files of a folder at rest and waits until the disk has them, so that no run pays for it.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to).context("clearing a copy")?;
    }
    fs::create_dir_all(to).context("making a folder for a copy")?;
    for entry in fs::read_dir(from).context("reading a template")? {
        let entry = entry.context("reading a template")?;
        let copy = to.join(entry.file_name());
        fs::copy(entry.path(), &copy).context("copying a template")?;
        fs::File::open(&copy).and_then(|file| file.sync_all()).context("flushing a copy")?;
    }
    Ok(())
}
