//! A portal on loopback with the city in its open phase, every parent signed in; fresh for each measurement.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use kezek_node::Node;
use kezek_portal::{AppState, Settings};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::people::{self, Visitor};
use crate::bench::rush::journal::Mark;
use crate::bench::rush::{Side, Stage, kezek};

/// The template with people, beside those of the scenes.
const PEOPLE: &str = "people";
const RUN: &str = "portal";

/// The city with people at rest.
pub struct Houses {
    pub stage: Stage,
    pub side: Side,
    pub visitors: Arc<[Visitor]>,
}

/// A portal that serves.
pub struct Portal {
    pub address: SocketAddr,
    node: Node,
    serving: JoinHandle<()>,
}

impl Houses {
    /// Brings the city to its open phase and signs every parent in.
    pub async fn build(stage: Stage, side: Side) -> Result<Houses> {
        stage.set_up(side).await?;
        stage.copy_open(side, PEOPLE).await?;
        let node = stage.open(side, PEOPLE).await?;
        let all: Vec<u32> = (0..stage.city.size.applications).collect();
        let visitors = people::sign_in(&node, &all).await?.into();
        node.close().await;
        Ok(Houses { stage, side, visitors })
    }

    /// Serves a fresh copy.
    pub async fn serve(&self) -> Result<Portal> {
        self.stage.copy(self.side, PEOPLE, RUN).await?;
        let node = self.stage.open(self.side, RUN).await?;
        kezek::warm_up(&node).await?;
        Portal::serve(node).await
    }

    /// The database server's first process, where it is known.
    pub fn server(&self) -> Option<u32> {
        self.stage.server.as_ref().filter(|_| self.side == Side::Postgres)?.process()
    }

    /// The end of the journal, past Kezek.
    pub async fn mark(&self) -> Result<Mark> {
        let mut journal = self.stage.journal(self.side, RUN).await?;
        let mark = journal.mark().await?;
        journal.close().await?;
        Ok(mark)
    }

    /// Transactions since.
    pub async fn batches(&self, mark: Mark) -> Result<u64> {
        let mut journal = self.stage.journal(self.side, RUN).await?;
        let batches = journal.batches(mark).await?;
        journal.close().await?;
        Ok(batches)
    }

    /// What was given, past Kezek.
    pub async fn given(&self) -> Result<Vec<crate::bench::rush::Given>> {
        let mut journal = self.stage.journal(self.side, RUN).await?;
        let given = journal.given().await?;
        journal.close().await?;
        Ok(given)
    }
}

impl Portal {
    /// Serves a node on loopback.
    pub async fn serve(node: Node) -> Result<Portal> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("listening on loopback")?;
        let address = listener.local_addr()?;
        let app = kezek_portal::app(AppState::new(node.clone(), Settings::default()));
        let serving = tokio::spawn(async move {
            // It ends with the measurement; what goes wrong is told to the clients.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Portal { address, node, serving })
    }

    pub async fn close(self) {
        self.serving.abort();
        self.node.close().await;
    }
}
