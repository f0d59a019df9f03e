//! Claimants in closed loop: each sends its next claim as soon as the last one is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::JoinSet;

use super::cpu::{Mark, Spent};
use super::desk::{Answer, Desk};
use super::plan::Claim;
use super::server::Server;

/// What happened in one run.
#[derive(Debug)]
pub struct Ran {
    /// By place in the list of claims.
    pub answers: Vec<Answer>,
    /// From sending to answer, in microseconds, in no order.
    pub latencies_us: Vec<u32>,
    pub took: Duration,
    /// Processor time, claimants included.
    pub spent: Spent,
}

/// Sends all claims from so many claimants and waits for the last answer.
pub async fn drive(
    desk: &Desk,
    claims: &[Claim],
    claimants: usize,
    keys: &str,
    server: Option<&Server>,
) -> Result<Ran> {
    let list: Arc<[Claim]> = claims.into();
    let next = Arc::new(AtomicUsize::new(0));
    let mark = Mark::now(server.and_then(Server::process));
    let start = Instant::now();
    let mut at_work = JoinSet::new();
    for _ in 0..claimants {
        let (desk, list, next, keys) = (desk.clone(), Arc::clone(&list), Arc::clone(&next), keys.to_owned());
        at_work.spawn(async move { one_claimant(&desk, &list, &next, &keys).await });
    }
    let mut done = Vec::with_capacity(claims.len());
    while let Some(one) = at_work.join_next().await {
        done.extend(one??);
    }
    let took = start.elapsed();
    let spent = mark.since();
    done.sort_unstable_by_key(|one| one.index);
    Ok(Ran {
        answers: done.iter().map(|one| one.answer).collect(),
        latencies_us: done.iter().map(|one| one.latency_us).collect(),
        took,
        spent,
    })
}

struct Done {
    index: usize,
    answer: Answer,
    latency_us: u32,
}

async fn one_claimant(desk: &Desk, list: &[Claim], next: &AtomicUsize, keys: &str) -> Result<Vec<Done>> {
    let mut done = Vec::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(claim) = list.get(index) else { return Ok(done) };
        let sent = Instant::now();
        let answer = desk.claim(*claim, keys).await?;
        let latency_us = u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX);
        done.push(Done { index, answer, latency_us });
    }
}
