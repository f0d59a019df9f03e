//! `kezek bench rush --http`: the claims as families send them, through the portal, with sessions and form tokens.

mod ask;
mod client;
mod load;
mod measure;
pub mod numbers;
mod people;
mod portal;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use serde::Serialize;

use self::ask::Way;
use self::measure::{Beside, Morning, Rates};
use self::portal::Houses;
use super::rush::{Side, Spread, Stage, medians, shares};

/// Clients of the rush beside which reads are measured.
const RUSH: usize = 512;
const CLIENTS: [usize; 2] = [64, 512];
/// What is offered in a busy morning, in a second.
const READS: f64 = 2_000.0;
const CLAIMS: f64 = 300.0;

/// What a store's portal can do.
#[derive(Debug, Serialize)]
pub struct Http {
    pub side: &'static str,
    pub rates: Vec<RatesReport>,
    pub beside: Vec<Beside>,
    pub morning: Morning,
}

#[derive(Debug, Serialize)]
pub struct RatesReport {
    /// How claims were sent.
    pub way: &'static str,
    pub clients: usize,
    pub empty_per_s: Spread,
    pub claims_per_s: Spread,
    pub ratio: Spread,
    pub p99_ms: Spread,
    /// Medians of the processor time of a request, in microseconds, by thread; clients and database included.
    pub empty_us: BTreeMap<String, f64>,
    pub claim_us: BTreeMap<String, f64>,
    pub batch: Spread,
    pub rounds: Vec<Rates>,
}

/// Measures the portal on one store; `minute` is how long the busy morning lasts.
pub async fn measure(
    stage: Stage,
    side: Side,
    rounds: usize,
    minute: Duration,
    bar: &ProgressBar,
) -> Result<Http> {
    bar.set_message("Signing families in");
    let houses = Houses::build(stage, side).await?;
    bar.set_message("Asking the portal");
    let cells =
        || [(Way::Api, "api"), (Way::Page, "page")].into_iter().flat_map(|way| CLIENTS.map(|n| (way, n)));
    let mut measured: Vec<Vec<Rates>> = vec![Vec::new(); cells().count()];
    let mut beside = Vec::new();
    for _ in 0..rounds {
        for (((way, _), clients), rates) in cells().zip(&mut measured) {
            rates.push(measure::rates(&houses, way, clients).await?);
        }
        beside.push(measure::beside(&houses, RUSH).await?);
    }
    let morning = measure::morning(&houses, READS, CLAIMS, minute).await?;
    let rates = cells().zip(measured).map(|(((_, way), clients), rounds)| report(way, clients, rounds));
    Ok(Http { side: side.letter(), rates: rates.collect::<Result<_>>()?, beside, morning })
}

fn report(way: &'static str, clients: usize, rounds: Vec<Rates>) -> Result<RatesReport> {
    let of = |value: fn(&Rates) -> f64| Spread::of(rounds.iter().map(value)).context("no round was measured");
    Ok(RatesReport {
        way,
        clients,
        empty_per_s: of(|one| one.empty_per_s)?,
        claims_per_s: of(|one| one.claims_per_s)?,
        ratio: of(|one| one.ratio)?,
        p99_ms: of(|one| one.p99_ms)?,
        empty_us: medians(rounds.iter().map(|one| &one.empty_us)),
        claim_us: medians(rounds.iter().map(|one| &one.claim_us)),
        batch: of(|one| one.batch)?,
        rounds,
    })
}

pub fn print(http: &Http) {
    println!("\n{} through HTTP, sessions and form tokens; median (least–greatest)", http.side);
    for one in &http.rates {
        println!(
            "   {:<5}{:>4} clients: claims {:.0}/s ({:.0}–{:.0}), empty answer {:.0}/s, ratio {:.2} ({:.2}–{:.2}), \
             p99 {:.1} ms",
            one.way,
            one.clients,
            one.claims_per_s.median,
            one.claims_per_s.least,
            one.claims_per_s.greatest,
            one.empty_per_s.median,
            one.ratio.median,
            one.ratio.least,
            one.ratio.greatest,
            one.p99_ms.median,
        );
        println!("        an empty answer, µs: {}", shares(&one.empty_us));
        println!("        a claim, µs: {}; {:.1} a batch", shares(&one.claim_us), one.batch.median);
    }
    for one in &http.beside {
        println!(
            "   {} claims from {RUSH} clients: {:.0}/s, p99 {:.0} ms, longest {:.0} ms; reads p99 {:.1} ms idle, \
             p50 {:.1} and p99 {:.1} ms beside: {:.1} times",
            one.claims,
            one.claims_per_s,
            one.claims_p99_ms,
            one.claims_max_ms,
            one.reads_idle_p99_ms,
            one.reads_p50_ms,
            one.reads_p99_ms,
            one.reads_ratio,
        );
    }
    let Morning { sessions, seconds, reads_per_s, claims_per_s, reads, claims, .. } = &http.morning;
    println!(
        "   {sessions} sessions, {reads_per_s} reads and {claims_per_s} claims offered a second for {seconds:.0} s: \
         reads p50 {:.1} p99 {:.1} ms {reads:?}; claims p50 {:.1} p99 {:.1} ms {claims:?}",
        http.morning.reads_p50_ms,
        http.morning.reads_p99_ms,
        http.morning.claims_p50_ms,
        http.morning.claims_p99_ms,
    );
}
