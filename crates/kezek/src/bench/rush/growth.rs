//! Does a claim cost more in a country than in a city? The same claims in the same city, alone and among others.

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use serde::Serialize;

use super::city::{City, Size};
use super::figures::Spread;
use super::plan::{Mix, Plan};
use super::rounds::{Amount, Cell, rounds};
use super::server::Server;
use super::side::Side;
use super::stage::Stage;

/// Cities as large as the measured one that only wait: with it they make a country of 1,500,000.
const OTHERS: u32 = 24;
const CLAIMANTS: usize = 256;

/// What a claim costs Kezek, by the number of applications in the whole state.
#[derive(Debug, Serialize)]
pub struct Growth {
    pub side: &'static str,
    pub costs: Vec<Cost>,
    /// The last cost by the first, of medians.
    pub ratio: f64,
}

#[derive(Debug, Serialize)]
pub struct Cost {
    pub applications: u32,
    /// Processor time of process and database for a claim, in microseconds.
    pub us: Spread,
}

/// Measures both sizes on both stores.
pub async fn growth(
    size: Size,
    seed: u64,
    contended: u32,
    amount: Amount,
    database_url: Option<&str>,
    bar: &ProgressBar,
) -> Result<Vec<Growth>> {
    let mut found: Vec<Growth> = Vec::new();
    for others in [0, OTHERS] {
        let mut rng = fastrand::Rng::with_seed(seed);
        let city = City::new(Size { others, ..size }, &mut rng);
        let plan = Plan::new(&city, contended, &mut rng);
        let stage = Stage::new(city, plan, Some(Server::start(database_url).await?))?;
        for side in [Side::Postgres, Side::Sqlite] {
            stage.set_up(side).await.with_context(|| format!("setting up {}", side.letter()))?;
            let cell = Cell { mix: Mix::Broad, claimants: CLAIMANTS };
            let measured = rounds(&stage, &[side], &[cell], amount, bar).await?;
            anyhow::ensure!(measured.faults.is_empty(), "not lawful: {:?}", measured.faults);
            let figures = measured.figures.get(&(cell, side)).map_or(&[][..], Vec::as_slice);
            let us = figures.iter().map(|one| one.process_us + one.database_us.unwrap_or(0.0));
            let us = Spread::of(us).context("no round was measured")?;
            let cost = Cost { applications: size.applications * (1 + others), us };
            match found.iter_mut().find(|growth| growth.side == side.letter()) {
                Some(growth) => {
                    growth.ratio =
                        us.median / growth.costs.first().map_or(us.median, |first| first.us.median);
                    growth.costs.push(cost);
                }
                None => found.push(Growth { side: side.letter(), costs: vec![cost], ratio: 1.0 }),
            }
            stage.clear(side).await?;
        }
    }
    Ok(found)
}

pub fn print(growth: &[Growth]) {
    println!("\nprocessor time of a claim, broad mix, {CLAIMANTS} claimants, µs");
    for one in growth {
        let costs: Vec<String> = one
            .costs
            .iter()
            .map(|cost| {
                let Cost { applications, us } = cost;
                format!("{applications} applications: {:.1} ({:.1}–{:.1})", us.median, us.least, us.greatest)
            })
            .collect();
        println!("{:<3}{}; ratio {:.2}", one.side, costs.join(", "), one.ratio);
    }
}
