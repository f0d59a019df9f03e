//! Other nodes on the same journal: hearing of their facts, and taking turns with them.

use std::time::{Duration, Instant};

use kezek_journal::{Journal, Turn};
use tokio::sync::watch;

use super::Writer;
use super::commit::{Failure, Refused, Unknown};
use crate::error::OpenError;
use crate::load;

/// As long as another node has written lately, the head is locked before a batch is decided: a batch decided beside
/// another node's would be in vain.
const LATELY: Duration = Duration::from_secs(60);
/// After the store could not be read.
const PAUSE: Duration = Duration::from_secs(1);

/// What is known of the other nodes.
#[derive(Debug, Default)]
pub struct Others {
    heard: Option<watch::Receiver<u64>>,
    wrote: Option<Instant>,
}

impl Others {
    /// Before the writer runs.
    pub fn none_yet() -> Self {
        Self::default()
    }

    /// Listens from now on; must be called where the writer runs. Ends with the last value.
    pub(super) fn heard_of(journal: &Journal) -> Self {
        let heard = journal.follow().map(|mut follow| {
            let (tell, heard) = watch::channel(0);
            tokio::spawn(async move {
                loop {
                    tokio::select! {
                        // Its connection is given back at once: the store is being closed.
                        () = tell.closed() => return,
                        seq = follow.next() => tell.send_replace(seq),
                    };
                }
            });
            heard
        });
        Self { heard, wrote: None }
    }

    /// Waits until a fact after this one has been heard of.
    pub(super) async fn wrote_after(&mut self, seq: u64) {
        let told = match &mut self.heard {
            Some(heard) => heard.wait_for(|head| *head > seq).await.is_ok(),
            None => false,
        };
        if !told {
            std::future::pending::<()>().await;
        }
    }
}

impl Writer {
    /// Reads what others wrote; what cannot be read now is read before the next commit.
    pub(super) async fn look_after_others(&mut self) -> Result<(), Unknown> {
        match self.follow().await {
            Err(OpenError::OtherHistory) => Err(Unknown::OtherHistory),
            Err(error) => {
                tracing::error!(%error, "facts of another node cannot be read; it is tried again");
                tokio::time::sleep(PAUSE).await;
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Reads what others wrote and shows it to readers.
    async fn follow(&mut self) -> Result<(), OpenError> {
        load::check_history(&self.journal, self.head, self.answered.last()).await?;
        while let Some((facts, head)) = load::next_facts(&self.journal, self.head, load::PAGE).await? {
            // Before readers see the facts: who saw one may ask again under its key.
            self.answered.read_on(&self.journal).await?;
            self.published.apply(&facts, head);
            if let Some(engine) = &mut self.engine {
                engine.follow(&facts);
            }
            self.head = head;
            self.others.wrote = Some(Instant::now());
            self.committed.notify_one();
        }
        self.answered.read_on(&self.journal).await?;
        Ok(())
    }

    /// Whether other nodes have written lately.
    pub(super) fn others_write(&self) -> bool {
        self.others.wrote.is_some_and(|wrote| wrote.elapsed() <= LATELY)
    }

    /// The writer's turn if other nodes write too; the state has followed to the head it holds.
    pub(super) async fn turn(&mut self) -> Result<Option<Turn>, Failure> {
        if !self.others_write() {
            return Ok(None);
        }
        let turn = self.journal.turn().await.map_err(|error| unavailable(error.into()))?;
        if (turn.head(), turn.answers()) != (self.head, self.answered.last())
            && let Err(error) = self.follow().await
        {
            turn.release().await;
            return Err(unavailable(error));
        }
        Ok(Some(turn))
    }

    /// Another node was faster.
    pub(super) async fn moved(&mut self) -> Failure {
        self.others.wrote = Some(Instant::now());
        match self.follow().await {
            Ok(()) => Failure::Not(Refused::Moved),
            Err(error) => unavailable(error),
        }
    }
}

fn unavailable(error: OpenError) -> Failure {
    if matches!(error, OpenError::OtherHistory) {
        return Failure::Unknown(Unknown::OtherHistory);
    }
    tracing::error!(error = &error as &dyn std::error::Error, "the journal's head cannot be followed");
    Failure::Not(Refused::Unavailable)
}
