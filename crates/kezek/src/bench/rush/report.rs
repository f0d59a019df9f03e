//! What is printed, and the same as JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::figures::{Figures, Spread, median as median_of};
use super::growth::{self, Growth};
use super::plan::Mix;
use super::rounds::{Cell, Measured};
use super::side::Side;

/// Who is compared with whom.
const RATIOS: [(Side, Side); 4] = [
    (Side::Postgres, Side::Straight),
    (Side::Postgres, Side::Tuned),
    (Side::Sqlite, Side::Tuned),
    (Side::Postgres, Side::Limit),
];

/// Threads that take less, in microseconds a claim, are not printed.
const SHOWN_US: f64 = 0.5;

/// The whole result, as it is written with `--json`.
#[derive(Debug, Serialize)]
pub struct Report {
    pub about: About,
    pub cells: Vec<CellReport>,
    pub faults: Vec<String>,
    /// With `--growth`.
    pub growth: Vec<Growth>,
}

/// On what it was measured.
#[derive(Clone, Debug, Serialize)]
pub struct About {
    pub version: &'static str,
    pub processors: usize,
    pub rounds: usize,
    pub seed: u64,
    pub applications: u32,
    pub places: u32,
    pub kindergartens: u32,
}

#[derive(Debug, Serialize)]
pub struct CellReport {
    pub mix: &'static str,
    pub claimants: usize,
    pub sides: Vec<SideReport>,
    pub ratios: Vec<Ratio>,
}

#[derive(Debug, Serialize)]
pub struct SideReport {
    pub side: &'static str,
    pub name: &'static str,
    pub claims_per_s: Option<Spread>,
    pub places_per_s: Option<Spread>,
    pub p50_ms: Option<Spread>,
    pub p99_ms: Option<Spread>,
    pub process_us: Option<Spread>,
    pub threads_us: BTreeMap<String, f64>,
    pub database_us: Option<Spread>,
    pub batch: Option<Spread>,
    pub rounds: Vec<Figures>,
}

/// One side's rate by another's, round by round: places in the broad mix, claims in the contended one.
#[derive(Debug, Serialize)]
pub struct Ratio {
    pub of: &'static str,
    pub to: &'static str,
    pub rate: Spread,
    /// The first side's p99 by the other's.
    pub p99: Option<Spread>,
}

impl Report {
    pub fn new(about: About, cells: &[Cell], sides: &[Side], measured: &Measured) -> Report {
        let cells = cells.iter().map(|cell| cell_report(*cell, sides, measured)).collect();
        let faults =
            measured.faults.iter().map(|(side, fault)| format!("{}: {fault}", side.letter())).collect();
        Report { about, cells, faults, growth: Vec::new() }
    }

    pub fn print(&self) {
        let About { processors, rounds, seed, applications, places, kindergartens, .. } = &self.about;
        println!(
            "{applications} applications, {places} places, {kindergartens} kindergartens; seed {seed}; \
             medians of {rounds} rounds (least–greatest), {processors} processors for everything"
        );
        for cell in &self.cells {
            cell.print();
        }
        for fault in &self.faults {
            println!("\nNOT LAWFUL, no figure: {fault}");
        }
        if !self.growth.is_empty() {
            growth::print(&self.growth);
        }
    }
}

impl CellReport {
    fn print(&self) {
        println!("\n{}, {} claimants", self.mix, self.claimants);
        println!(
            "   {:<20}{:>24}{:>24}{:>10}{:>18}{:>11}{:>9}{:>8}",
            "", "claims/s", "places/s", "p50 ms", "p99 ms", "process µs", "db µs", "batch"
        );
        for side in &self.sides {
            println!(
                "{:<3}{:<20}{:>24}{:>24}{:>10}{:>18}{:>11}{:>9}{:>8}",
                side.side,
                side.name,
                rate(side.claims_per_s),
                rate(side.places_per_s),
                median(side.p50_ms),
                spread(side.p99_ms),
                median(side.process_us),
                median(side.database_us),
                median(side.batch),
            );
        }
        for side in &self.sides {
            let busy = shares(&side.threads_us);
            if busy.contains(',') {
                println!("   {} threads, µs a claim: {busy}", side.side);
            }
        }
        for ratio in &self.ratios {
            println!(
                "   {}/{}: {} {}, p99 {}",
                ratio.of,
                ratio.to,
                spread(Some(ratio.rate)),
                if self.mix == Mix::Broad.name() { "places/s" } else { "claims/s" },
                spread(ratio.p99),
            );
        }
    }
}

fn cell_report(cell: Cell, sides: &[Side], measured: &Measured) -> CellReport {
    let rounds = |side: Side| measured.figures.get(&(cell, side)).map_or(&[][..], Vec::as_slice);
    let sides = sides.iter().filter(|side| !rounds(**side).is_empty());
    let ratios = RATIOS.iter().filter_map(|(of, to)| ratio(cell.mix, (*of, rounds(*of)), (*to, rounds(*to))));
    CellReport {
        mix: cell.mix.name(),
        claimants: cell.claimants,
        sides: sides.map(|side| side_report(*side, rounds(*side))).collect(),
        ratios: ratios.collect(),
    }
}

fn side_report(side: Side, rounds: &[Figures]) -> SideReport {
    let of = |value: fn(&Figures) -> Option<f64>| Spread::of(rounds.iter().filter_map(value));
    SideReport {
        side: side.letter(),
        name: side.name(),
        claims_per_s: of(|one| Some(one.claims_per_s)),
        places_per_s: of(|one| Some(one.places_per_s)),
        p50_ms: of(|one| one.p50_ms),
        p99_ms: of(|one| one.p99_ms),
        process_us: of(|one| Some(one.process_us)),
        threads_us: medians(rounds.iter().map(|one| &one.threads_us)),
        database_us: of(|one| one.database_us),
        batch: of(|one| one.batch),
        rounds: rounds.to_vec(),
    }
}

/// Medians by name; what a round does not name took it nothing.
pub fn medians<'a>(rounds: impl Iterator<Item = &'a BTreeMap<String, f64>> + Clone) -> BTreeMap<String, f64> {
    let names: BTreeSet<&String> = rounds.clone().flat_map(BTreeMap::keys).collect();
    let of = |name: &String| rounds.clone().map(|one| one.get(name).copied().unwrap_or(0.0)).collect();
    names.into_iter().filter_map(|name| Some((name.clone(), median_of(of(name))?))).collect()
}

/// Who took how many microseconds, apart from trifles.
pub fn shares(us: &BTreeMap<String, f64>) -> String {
    let shown = us.iter().filter(|(_, us)| **us >= SHOWN_US).map(|(name, us)| format!("{name} {us:.1}"));
    shown.collect::<Vec<_>>().join(", ")
}

/// Rounds are compared with each other one by one: what disturbs the machine disturbs both.
fn ratio(mix: Mix, of: (Side, &[Figures]), to: (Side, &[Figures])) -> Option<Ratio> {
    let rate = |one: &Figures| match mix {
        Mix::Broad => one.places_per_s,
        Mix::Contended => one.claims_per_s,
    };
    let pairs = || of.1.iter().zip(to.1);
    Some(Ratio {
        of: of.0.letter(),
        to: to.0.letter(),
        rate: Spread::of(pairs().map(|(of, to)| rate(of) / rate(to)))?,
        p99: Spread::of(pairs().filter_map(|(of, to)| Some(of.p99_ms? / to.p99_ms?))),
    })
}

fn rate(value: Option<Spread>) -> String {
    value.map_or_else(
        || "–".to_owned(),
        |one| format!("{:.0} ({:.0}–{:.0})", one.median, one.least, one.greatest),
    )
}

fn spread(value: Option<Spread>) -> String {
    value.map_or_else(
        || "–".to_owned(),
        |one| format!("{} ({}–{})", short(one.median), short(one.least), short(one.greatest)),
    )
}

fn median(value: Option<Spread>) -> String {
    value.map_or_else(|| "–".to_owned(), |one| short(one.median))
}

/// Three figures that count.
fn short(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}
