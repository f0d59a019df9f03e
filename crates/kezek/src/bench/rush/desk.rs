//! A side ready for claims: whatever answers them.

use anyhow::{Result, bail};
use kezek_node::{Intake, Key, Node, Outcome, PrivateChanges};
use kezek_ordinary::Ordinary;
use kezek_rules::ids::{ApplicationId, VacancyId};
use kezek_rules::{Command, Refusal};

use super::plan::Claim;

/// An answer to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    Given,
    PlaceTaken,
    NoAccess,
    LiveReferral,
    /// For a reason that a page tells people, and the benchmark not.
    Refused,
    /// None of those that a claim of the plan may get.
    Other,
}

/// Who answers.
#[derive(Clone)]
pub enum Desk {
    Ordinary(Ordinary),
    Kezek(Node),
}

impl Desk {
    /// Asks and waits for the durable answer. `keys` sets the keys of one list of claims apart from another's.
    pub async fn claim(&self, claim: Claim, keys: &str) -> Result<Answer> {
        match self {
            Desk::Ordinary(ordinary) => of_ordinary(ordinary, claim, keys).await,
            Desk::Kezek(node) => of_kezek(node, claim, keys).await,
        }
    }
}

async fn of_ordinary(ordinary: &Ordinary, claim: Claim, keys: &str) -> Result<Answer> {
    let asked = kezek_ordinary::Claim {
        application: i32::try_from(claim.application)?,
        vacancy: i32::try_from(claim.vacancy)?,
        key: format!("{keys}-{}", claim.key),
    };
    Ok(match ordinary.claim(&asked).await? {
        kezek_ordinary::Answer::Given => Answer::Given,
        kezek_ordinary::Answer::PlaceTaken => Answer::PlaceTaken,
        kezek_ordinary::Answer::NoAccess => Answer::NoAccess,
        kezek_ordinary::Answer::LiveReferral => Answer::LiveReferral,
        kezek_ordinary::Answer::WrongAge | kezek_ordinary::Answer::NotFound => Answer::Other,
    })
}

async fn of_kezek(node: &Node, claim: Claim, keys: &str) -> Result<Answer> {
    let Claim { application, vacancy, key } = claim;
    let actor = format!("parent:{application}");
    let body = format!("claim {application} {vacancy}");
    let intake = Intake {
        key: Some(Key::new(&actor, &format!("{keys}-{key}"), body.as_bytes())?),
        actor,
        command: Command::Claim(ApplicationId(application), VacancyId(vacancy)),
        private: PrivateChanges::none(),
    };
    Ok(match node.submit(intake).await {
        Ok(Outcome::Accepted(_)) => Answer::Given,
        Ok(Outcome::Refused { refusal: Refusal::PlaceTaken, .. }) => Answer::PlaceTaken,
        Ok(Outcome::Refused { refusal: Refusal::NoAccess, .. }) => Answer::NoAccess,
        Ok(Outcome::Refused { refusal: Refusal::LiveReferral, .. }) => Answer::LiveReferral,
        Ok(Outcome::Refused { .. }) => Answer::Other,
        Err(error) => bail!(error),
    })
}
