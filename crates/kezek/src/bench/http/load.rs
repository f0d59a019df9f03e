//! Clients in closed loop, and clients that come at their time whether the last one was answered or not.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::body::Bytes;
use axum::http::StatusCode;
use tokio::task::JoinSet;

use super::client::{Asked, Client};
use crate::bench::rush::cpu::{Mark, Spent};
use crate::bench::rush::percentile;

/// Makes the request with this number; none after the last.
pub type Make = Arc<dyn Fn(usize) -> Option<Result<Asked>> + Send + Sync>;

/// One answered request.
#[derive(Clone, Debug)]
pub struct Answered {
    pub index: usize,
    pub status: StatusCode,
    pub body: Bytes,
    pub latency_us: u32,
}

/// What clients in closed loop were answered.
#[derive(Debug)]
pub struct Closed {
    pub answered: Vec<Answered>,
    pub took: Duration,
    /// Processor time of this process, clients included.
    pub spent: Spent,
}

impl Closed {
    pub fn per_second(&self) -> f64 {
        self.answered.len() as f64 / self.took.as_secs_f64()
    }

    /// The part of one request, in microseconds.
    pub fn each(&self, ns: u64) -> f64 {
        ns as f64 / self.answered.len().max(1) as f64 / 1e3
    }

    /// What each thread took for a request, in microseconds.
    pub fn each_us(&self) -> BTreeMap<String, f64> {
        self.spent.threads_ns.iter().map(|(name, ns)| (name.clone(), self.each(*ns))).collect()
    }
}

/// Each of the clients sends its next request as soon as the last one is answered. In the order of the requests.
pub async fn closed(address: SocketAddr, clients: usize, make: Make) -> Result<Closed> {
    apart("clients", closed_here(address, clients, make)).await
}

/// Runs clients on a thread of their own: people's browsers do not wait in the service's queues.
async fn apart<T: Send + 'static>(
    name: &str,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let (done, wait) = tokio::sync::oneshot::channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(move || {
        // Whoever waits may have gone.
        let _ = done.send(runtime.block_on(work));
    })?;
    wait.await?
}

async fn closed_here(address: SocketAddr, clients: usize, make: Make) -> Result<Closed> {
    let mut connected = Vec::with_capacity(clients);
    for _ in 0..clients {
        connected.push(Client::connect(address).await?);
    }
    let next = Arc::new(AtomicUsize::new(0));
    let mark = Mark::now(None);
    let start = Instant::now();
    let mut at_work = JoinSet::new();
    for mut client in connected {
        let (next, make) = (Arc::clone(&next), Arc::clone(&make));
        at_work.spawn(async move {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(asked) = make(index) else { return anyhow::Ok(done) };
                done.push(answered(&mut client, index, asked?, Instant::now()).await?);
            }
        });
    }
    let mut all = Vec::new();
    while let Some(done) = at_work.join_next().await {
        all.extend(done??);
    }
    let (took, spent) = (start.elapsed(), mark.since());
    all.sort_unstable_by_key(|one| one.index);
    Ok(Closed { answered: all, took, spent })
}

/// So many requests a second for so long, over so many connections. A request's time counts from when it should
/// have been sent.
pub async fn paced(
    address: SocketAddr,
    clients: usize,
    per_second: f64,
    length: Duration,
    make: Make,
) -> Result<Vec<Answered>> {
    apart("visitors", paced_here(address, clients, per_second, length, make)).await
}

async fn paced_here(
    address: SocketAddr,
    clients: usize,
    per_second: f64,
    length: Duration,
    make: Make,
) -> Result<Vec<Answered>> {
    let count = (per_second * length.as_secs_f64()) as usize;
    let start = Instant::now() + Duration::from_millis(20);
    let mut at_work = JoinSet::new();
    for client in 0..clients {
        let make = Arc::clone(&make);
        at_work.spawn(async move {
            let mut connection = Client::connect(address).await?;
            let mut done = Vec::new();
            for index in (client..count).step_by(clients) {
                let at = start + Duration::from_secs_f64(index as f64 / per_second);
                tokio::time::sleep_until(at.into()).await;
                let Some(asked) = make(index) else { break };
                done.push(answered(&mut connection, index, asked?, at).await?);
            }
            anyhow::Ok(done)
        });
    }
    let mut all = Vec::new();
    while let Some(done) = at_work.join_next().await {
        all.extend(done??);
    }
    Ok(all)
}

async fn answered(client: &mut Client, index: usize, asked: Asked, since: Instant) -> Result<Answered> {
    let (status, body) = client.send(asked).await?;
    let latency_us = u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX);
    Ok(Answered { index, status, body, latency_us })
}

/// How often each status came.
pub fn statuses<'a>(all: impl IntoIterator<Item = &'a Answered>) -> BTreeMap<u16, u64> {
    let mut counted = BTreeMap::new();
    for one in all {
        *counted.entry(one.status.as_u16()).or_default() += 1;
    }
    counted
}

/// The time, in milliseconds, within which so large a part was answered.
pub fn within_ms<'a>(all: impl IntoIterator<Item = &'a Answered>, part: f64) -> f64 {
    let mut latencies: Vec<u32> = all.into_iter().map(|one| one.latency_us).collect();
    latencies.sort_unstable();
    percentile(&latencies, part).map_or(0.0, |us| f64::from(us) / 1e3)
}
