//! `kezek bench rush`: the morning rush of one city, Kezek beside the ordinary design.

mod check;
mod city;
pub mod cpu;
mod desk;
mod drive;
mod figures;
mod growth;
pub mod journal;
pub mod kezek;
mod limit;
mod order;
mod plan;
mod plot;
mod report;
mod rounds;
mod server;
mod side;
mod stage;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use fastrand::Rng;

pub use self::check::{Given, check};
pub use self::city::{Application, City, Class, Size};
pub use self::desk::Answer;
pub use self::figures::{Spread, median, percentile};
pub use self::plan::{Claim, Mix, Plan, Scene};
use self::report::{About, Report};
pub use self::report::{medians, shares};
use self::rounds::{Amount, Cell};
pub use self::server::Server;
pub use self::side::Side;
pub use self::stage::Stage;
use super::http;
use crate::progress;

/// What `kezek bench rush` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Each side gets the same made-up city, takes the same claims from the same claimants and is checked afterwards: no
place twice, no applicant twice, everyone had access. What is not lawful prints no figure.

Examples:
  kezek bench rush --quick
      A small city, one round, half a minute.
  kezek bench rush --json rush.json --plot rush.svg
      All figures; takes about half an hour on two cores.
  kezek bench rush --sides a2,c --mixes broad --claimants 64 --rounds 3
      A part of it.

It starts a PostgreSQL server of its own (Debian's package postgresql), unless --database-url names one.")]
pub struct Arguments {
    /// How often everything is played.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// A fast side plays a round again on fresh copies until so many seconds were measured.
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// Who plays: a1 and a2 the ordinary design, straight and tuned; b and c Kezek on PostgreSQL and on
    /// SQLite; l the bare insert loop.
    #[arg(long, value_enum, value_delimiter = ',')]
    sides: Vec<Side>,
    /// What is played.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["contended", "broad"])]
    mixes: Vec<Mix>,
    /// How many claim at once.
    #[arg(long, value_delimiter = ',', default_values_t = [64, 256, 1000])]
    claimants: Vec<usize>,
    /// Applications in the city.
    #[arg(long, default_value_t = 60_000, value_parser = clap::value_parser!(u32).range(100..))]
    applications: u32,
    /// Places in the bulletin.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(10..))]
    places: u32,
    /// Kindergartens that they are in.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    kindergartens: u32,
    /// Claims of the contended mix.
    #[arg(long, default_value_t = 20_000)]
    contended_claims: u32,
    /// What everything made-up is drawn from.
    #[arg(long, default_value_t = 2542020)]
    seed: u64,
    /// A small city and one round, to see that it works.
    #[arg(long)]
    quick: bool,
    /// A PostgreSQL server to use instead of one of the run's own; databases are made and dropped there.
    #[arg(long, value_name = "URL", env = "KEZEK_BENCH_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Writes all figures of all rounds as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draws the broad mix as an SVG picture.
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Also measures what a claim costs in a country of 1,500,000 applications; takes some minutes more.
    #[arg(long)]
    growth: bool,
    /// Measures the portal instead: claims through HTTP with sessions and form tokens, and reads beside them. Of the
    /// sides, b and c may play.
    #[arg(long)]
    http: bool,
    /// How many seconds the busy morning of `--http` lasts.
    #[arg(long, default_value_t = 60)]
    morning: u64,
}

pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    if arguments.http {
        return through_http(&arguments).await;
    }
    let report = measure(&arguments).await?;
    report.print();
    if let Some(file) = &arguments.plot {
        write(file, &plot::svg(&report))?;
    }
    if let Some(file) = &arguments.json {
        write(file, &serde_json::to_string_pretty(&report)?)?;
    }
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The portal on each store.
async fn through_http(arguments: &Arguments) -> Result<ExitCode> {
    let (size, amount, _) = scale(arguments);
    // As many claims as the rush through HTTP is defined with, and enough for a minute of a busy morning.
    let (claims, minute) = if arguments.quick { (3_000, 3) } else { (30_000, arguments.morning) };
    let sides = [Side::Postgres, Side::Sqlite];
    let sides = sides.into_iter().filter(|side| arguments.sides.is_empty() || arguments.sides.contains(side));
    let mut all = Vec::new();
    for side in sides {
        let mut rng = Rng::with_seed(arguments.seed);
        let city = City::new(size, &mut rng);
        let plan = Plan::new(&city, claims, &mut rng);
        let server = match side {
            Side::Postgres => Some(Server::start(arguments.database_url.as_deref()).await?),
            _ => None,
        };
        let bar = progress::bar("Making the city", 0);
        let stage = Stage::new(city, plan, server)?;
        let http = http::measure(stage, side, amount.rounds, Duration::from_secs(minute), &bar).await?;
        bar.finish_and_clear();
        http::print(&http);
        all.push(http);
    }
    if let Some(file) = &arguments.json {
        write(file, &serde_json::to_string_pretty(&all)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn write(file: &std::path::Path, text: &str) -> Result<()> {
    std::fs::write(file, text).with_context(|| format!("writing {}", file.display()))
}

async fn measure(arguments: &Arguments) -> Result<Report> {
    let (size, amount, contended) = scale(arguments);
    let sides = if arguments.sides.is_empty() { Side::ALL.to_vec() } else { arguments.sides.clone() };
    let mut rng = Rng::with_seed(arguments.seed);
    let city = City::new(size, &mut rng);
    let plan = Plan::new(&city, contended, &mut rng);
    let server = match sides.iter().any(|side| side.needs_server()) {
        true => Some(Server::start(arguments.database_url.as_deref()).await?),
        false => None,
    };
    let stage = Stage::new(city, plan, server)?;
    let bar = progress::bar("Making the city on each side", sides.len() as u64);
    for side in &sides {
        stage.set_up(*side).await.with_context(|| format!("setting up {}", side.letter()))?;
        bar.inc(1);
    }
    let cells: Vec<Cell> = arguments
        .mixes
        .iter()
        .flat_map(|mix| arguments.claimants.iter().map(|claimants| Cell { mix: *mix, claimants: *claimants }))
        .collect();
    bar.set_message("Playing");
    bar.set_position(0);
    bar.set_length((amount.rounds * cells.len() * sides.len()) as u64);
    let measured = rounds::rounds(&stage, &sides, &cells, amount, &bar).await?;
    let about = About {
        version: env!("CARGO_PKG_VERSION"),
        processors: std::thread::available_parallelism().map_or(0, usize::from),
        rounds: amount.rounds,
        seed: arguments.seed,
        applications: size.applications,
        places: size.places,
        kindergartens: size.kindergartens,
    };
    let mut report = Report::new(about, &cells, &sides, &measured);
    drop(stage);
    if arguments.growth {
        bar.set_message("Playing in a country");
        let database = arguments.database_url.as_deref();
        report.growth = growth::growth(size, arguments.seed, contended, amount, database, &bar).await?;
    }
    bar.finish_and_clear();
    Ok(report)
}

fn scale(arguments: &Arguments) -> (Size, Amount, u32) {
    if arguments.quick {
        let size = Size { applications: 6_000, places: 1_000, kindergartens: 20, others: 0 };
        return (size, Amount { rounds: 1, measured: Duration::ZERO }, 2_000);
    }
    let Arguments { applications, places, kindergartens, rounds, seconds, contended_claims, .. } = *arguments;
    let amount = Amount { rounds, measured: Duration::from_secs_f64(seconds.clamp(0.0, 60.0)) };
    (Size { applications, places, kindergartens, others: 0 }, amount, contended_claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use indicatif::ProgressBar;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn claims_through_the_portal_are_lawful_and_reads_are_answered() {
        let mut rng = Rng::with_seed(5);
        let size = Size { applications: 900, places: 150, kindergartens: 4, others: 0 };
        let city = City::new(size, &mut rng);
        let plan = Plan::new(&city, 300, &mut rng);
        let stage = Stage::new(city, plan, None).unwrap();
        let bar = ProgressBar::hidden();
        let http = http::measure(stage, Side::Sqlite, 1, Duration::from_millis(200), &bar).await.unwrap();
        assert_eq!(http.rates.len(), 4);
        assert!(http.rates.iter().all(|one| one.claims_per_s.median > 0.0));
        assert_eq!(http.morning.reads.keys().collect::<Vec<_>>(), [&200]);
        assert_eq!(http.morning.claims.values().sum::<u64>(), 60);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_side_plays_a_small_city_lawfully() {
        let line = "rush --applications 900 --places 150 --kindergartens 4 --contended-claims 150 --rounds 1 \
                    --seconds 0 --claimants 8";
        let Line { arguments } = Line::parse_from(line.split_whitespace());
        let report = measure(&arguments).await.unwrap();
        assert_eq!(report.faults, Vec::<String>::new());
        assert_eq!(report.cells.len(), 2);
        for cell in &report.cells {
            let sides: Vec<&str> = cell.sides.iter().map(|side| side.side).collect();
            assert_eq!(sides, ["A1", "A2", "B", "C", "L"]);
            assert_eq!(cell.ratios.len(), 4);
            let told: Vec<bool> = cell.sides.iter().map(|side| side.batch.is_some()).collect();
            assert_eq!(told, [false, false, true, true, false], "how many claims a batch of Kezek's held");
            assert!(cell.sides.iter().all(|side| side.places_per_s.is_some_and(|one| one.median > 0.0)));
        }
        assert!(plot::svg(&report).contains("8 claimants"));
    }
}
