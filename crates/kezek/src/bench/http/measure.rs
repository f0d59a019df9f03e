//! The measurements: rates, reads beside a rush, and a minute of a busy morning.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use axum::http::StatusCode;
use serde::Serialize;

use super::ask::{self, Way};
use super::load::{Answered, Make, closed, paced, statuses, within_ms};
use super::portal::{Houses, Portal};
use crate::bench::rush::cpu::Mark;
use crate::bench::rush::{Answer, Claim, Mix, Scene, check};

/// Requests of the smallest kind that a rate is taken from, at most; a small city's are as many as its families.
const EMPTY_MAX: usize = 20_000;
/// Of a hundred claims so many come from somebody whose application it is not.
const FOREIGN: usize = 1;
const READS_PER_S: f64 = 400.0;
const READERS: usize = 16;
const VISITS_AT_ONCE: usize = 64;
const IDLE: Duration = Duration::from_secs(10);

/// Requests answered in a second, and what they took.
#[derive(Clone, Debug, Serialize)]
pub struct Rates {
    /// The smallest answer that needs a session.
    pub empty_per_s: f64,
    pub claims_per_s: f64,
    /// The second by the first.
    pub ratio: f64,
    pub p99_ms: f64,
    /// Processor time of a request by the names of threads, clients included, and of the database, in microseconds.
    pub empty_us: BTreeMap<String, f64>,
    pub claim_us: BTreeMap<String, f64>,
    /// Claims in one transaction.
    pub batch: f64,
}

/// The empty endpoint, then the broad mix of the open phase, on one fresh portal.
pub async fn rates(houses: &Houses, way: Way, clients: usize) -> Result<Rates> {
    let portal = houses.serve().await?;
    been_there(houses, &portal).await?;
    let empty = closed(portal.address, clients, empty(houses, EMPTY_MAX)).await?;
    ensure!(empty.answered.iter().all(|one| one.status == StatusCode::OK), "a session was not answered");
    let before = houses.mark().await?;
    let claims = houses.stage.plan.claims(Mix::Broad, Scene::Open);
    let mark = Mark::now(houses.server());
    let claimed = closed(portal.address, clients, claim_each(houses, way, claims)).await?;
    let database_ns = mark.since().database_ns;
    portal.close().await;
    lawful(houses, way, claims, &claimed.answered).await?;
    let (empty_per_s, claims_per_s) = (empty.per_second(), claimed.per_second());
    let mut claim_us = claimed.each_us();
    claim_us.extend(database_ns.map(|ns| ("database".to_owned(), claimed.each(ns))));
    Ok(Rates {
        empty_per_s,
        claims_per_s,
        ratio: claims_per_s / empty_per_s,
        p99_ms: within_ms(&claimed.answered, 0.99),
        empty_us: empty.each_us(),
        claim_us,
        batch: claimed.answered.len() as f64 / houses.batches(before).await? as f64,
    })
}

/// Each family has been there before: what is measured is not the first look for its session.
async fn been_there(houses: &Houses, portal: &Portal) -> Result<()> {
    let seen = closed(portal.address, VISITS_AT_ONCE, empty(houses, usize::MAX)).await?;
    ensure!(seen.answered.iter().all(|one| one.status == StatusCode::OK), "a session was not answered");
    Ok(())
}

/// The smallest request of each family, up to so many.
fn empty(houses: &Houses, most: usize) -> Make {
    let visitors = Arc::clone(&houses.visitors);
    Arc::new(move |index| (index < most).then(|| visitors.get(index)).flatten().map(ask::session))
}

/// Claims of the contended mix from many clients, and reads before and beside them.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Beside {
    pub claims: usize,
    pub claims_per_s: f64,
    pub claims_p99_ms: f64,
    pub claims_max_ms: f64,
    /// Number and causes, as JSON and as a page, with nothing else to do.
    pub reads_idle_p99_ms: f64,
    pub reads_p50_ms: f64,
    pub reads_p99_ms: f64,
    /// That beside the rush by that before it, p99 both.
    pub reads_ratio: f64,
}

pub async fn beside(houses: &Houses, clients: usize) -> Result<Beside> {
    let portal = houses.serve().await?;
    been_there(houses, &portal).await?;
    let go_on = Arc::new(AtomicBool::new(true));
    let idle = paced(portal.address, READERS, READS_PER_S, IDLE, reads(houses, &go_on)).await?;
    let claims = houses.stage.plan.claims(Mix::Contended, Scene::Open);
    let rush = async {
        let done = closed(portal.address, clients, claim_each(houses, Way::Api, claims)).await;
        go_on.store(false, Ordering::Relaxed);
        done
    };
    let hour = Duration::from_secs(3_600);
    let reading = paced(portal.address, READERS, READS_PER_S, hour, reads(houses, &go_on));
    let (rush, reading) = tokio::join!(rush, reading);
    let (rush, reading) = (rush?, reading?);
    portal.close().await;
    lawful(houses, Way::Api, claims, &rush.answered).await?;
    let all = idle.iter().chain(&reading);
    ensure!(all.clone().all(|one| one.status == StatusCode::OK), "a read was not answered");
    let reads_p50_ms = within_ms(&reading, 0.50);
    let (idle, reading) = (within_ms(&idle, 0.99), within_ms(&reading, 0.99));
    Ok(Beside {
        claims: rush.answered.len(),
        claims_per_s: rush.per_second(),
        claims_p99_ms: within_ms(&rush.answered, 0.99),
        claims_max_ms: within_ms(&rush.answered, 1.0),
        reads_idle_p99_ms: idle,
        reads_p50_ms,
        reads_p99_ms: reading,
        reads_ratio: reading / idle,
    })
}

/// A busy morning: what is offered, and what became of it.
#[derive(Debug, Serialize)]
pub struct Morning {
    pub sessions: usize,
    pub seconds: f64,
    pub reads_per_s: f64,
    pub claims_per_s: f64,
    pub reads: BTreeMap<u16, u64>,
    pub claims: BTreeMap<u16, u64>,
    pub reads_p50_ms: f64,
    pub reads_p99_ms: f64,
    pub claims_p50_ms: f64,
    pub claims_p99_ms: f64,
}

pub async fn morning(
    houses: &Houses,
    reads_per_s: f64,
    claims_per_s: f64,
    length: Duration,
) -> Result<Morning> {
    let portal = houses.serve().await?;
    let claims = houses.stage.plan.claims(Mix::Contended, Scene::Open);
    let make = claim_each(houses, Way::Page, claims);
    let (reading, claiming) = tokio::join!(
        paced(portal.address, 400, reads_per_s, length, pages(houses)),
        paced(portal.address, 200, claims_per_s, length, make),
    );
    portal.close().await;
    let (reading, claiming) = (reading?, claiming?);
    Ok(Morning {
        sessions: houses.visitors.len(),
        seconds: length.as_secs_f64(),
        reads_per_s,
        claims_per_s,
        reads: statuses(&reading),
        claims: statuses(&claiming),
        reads_p50_ms: within_ms(&reading, 0.50),
        reads_p99_ms: within_ms(&reading, 0.99),
        claims_p50_ms: within_ms(&claiming, 0.50),
        claims_p99_ms: within_ms(&claiming, 0.99),
    })
}

/// Whether the claim with this place in the list comes from somebody whose application it is not.
fn is_foreign(index: usize) -> bool {
    index % 100 >= 100 - FOREIGN
}

fn claim_each(houses: &Houses, way: Way, claims: &[Claim]) -> Make {
    let (visitors, claims): (_, Arc<[Claim]>) = (Arc::clone(&houses.visitors), claims.into());
    Arc::new(move |index| {
        let claim = *claims.get(index)?;
        let owner = claim.application as usize + usize::from(is_foreign(index));
        Some(ask::claim(way, visitors.get(owner % visitors.len())?, claim))
    })
}

/// Somebody's number and its causes, as JSON and as a page in turn.
fn reads(houses: &Houses, go_on: &Arc<AtomicBool>) -> Make {
    let (visitors, go_on) = (Arc::clone(&houses.visitors), Arc::clone(go_on));
    Arc::new(move |index| {
        let (application, visitor) = somebody(&visitors, index)?;
        go_on.load(Ordering::Relaxed).then(|| match index % 2 {
            0 => ask::application(visitor, application),
            _ => ask::page(visitor, application),
        })
    })
}

/// The pages that families look at: their application mostly, and the places.
fn pages(houses: &Houses) -> Make {
    let visitors = Arc::clone(&houses.visitors);
    Arc::new(move |index| {
        let (application, visitor) = somebody(&visitors, index)?;
        Some(match index % 4 {
            0 => ask::places(visitor, application),
            _ => ask::page(visitor, application),
        })
    })
}

/// Spread over all families, so that nobody asks too often.
fn somebody(visitors: &[super::people::Visitor], index: usize) -> Option<(u32, &super::people::Visitor)> {
    let one = index.wrapping_mul(7_919) % visitors.len().max(1);
    Some((u32::try_from(one).ok()?, visitors.get(one)?))
}

/// Nobody got what is another's, and what was given was given lawfully.
async fn lawful(houses: &Houses, way: Way, claims: &[Claim], answered: &[Answered]) -> Result<()> {
    ensure!(claims.len() == answered.len(), "{} of {} claims were answered", answered.len(), claims.len());
    let mut own: (Vec<Claim>, Vec<Answer>) = Default::default();
    for one in answered {
        if is_foreign(one.index) {
            ensure!(one.status == StatusCode::NOT_FOUND, "another's claim was answered with {}", one.status);
            continue;
        }
        own.0.extend(claims.get(one.index));
        own.1.push(ask::meaning(way, one.status, &one.body)?);
    }
    let before = houses.stage.plan.before(Scene::Open);
    check(&houses.stage.city, Scene::Open, before, &own.0, &own.1, &houses.given().await?)?;
    Ok(())
}
