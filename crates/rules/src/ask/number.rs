//! An application's numbers and why they moved (254/3.8, R3.7, R3.34/28).

use crate::{
    ids::ApplicationId,
    place::PoolKey,
    queue::QueueKey,
    ranking::Cause,
    state::{State, Status},
};
use alloc::{vec, vec::Vec};
use kezek_calendar::Instant;

/// Where an application stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// Its numbered queue.
    pub queue: QueueKey,
    /// Its number there, from 1.
    pub number: u32,
    /// How many stand there.
    pub of: u32,
    /// Its number in each pool of its age (R3.2).
    pub pools: Vec<(PoolKey, u32)>,
}

/// The numbers of an application; none while it is out of the order.
pub fn number(state: &State, id: ApplicationId) -> Option<Number> {
    let application = state.application(id)?;
    let (class, key) = (application.class(), application.seniority(id));
    let queue = application.queue_key();
    let ranking = state.queue(queue)?;
    let number = ranking.number(class, key)?;
    let pools = state
        .pools(application.settlement)
        .filter(|(pool, _)| pool.admits(application.born))
        .filter_map(|(pool, of)| Some((pool, of.ranking.number(class, key)?)))
        .collect();
    Some(Number { queue, number, of: ranking.len(), pools })
}

/// When and why the number last changed, newest cause first. Out of the order: why it left.
pub fn why(state: &State, id: ApplicationId) -> Option<(Option<Instant>, Vec<Cause>)> {
    let application = state.application(id)?;
    Some(match &application.status {
        Status::Queued => {
            let ranking = state.queue(application.queue_key())?;
            match ranking.moved(application.class(), application.seniority(id)) {
                Some((at, causes)) => (Some(at), causes),
                None => (None, Vec::new()),
            }
        }
        Status::Referred(referral) => {
            (state.referral(*referral).map(|referral| referral.issued), vec![Cause::Referred])
        }
        Status::StopListed(listing) => (Some(listing.since), vec![Cause::StopListed]),
        Status::Archived(crate::event::ArchiveReason::Withdrawn | crate::event::ArchiveReason::Moved) => {
            (None, vec![Cause::Left])
        }
        Status::Archived(_) => (None, vec![Cause::Archived]),
    })
}
