//! `kezek bench numbers`: a family's number through the portal, and counted by SQL on an index, in short and long queues.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use axum::http::StatusCode;
use fastrand::Rng;
use kezek_node::{Node, Storage};
use kezek_rules::ids::ApplicationId;
use serde::Serialize;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Executor, PgPool};

use super::ask;
use super::load::{Make, closed, within_ms};
use super::people::{self, Visitor};
use super::portal::Portal;
use crate::bench::rush::{City, Class, Server, Size, Spread, kezek, percentile};
use crate::progress;

/// Asked at once, on either side; the server has a connection for each.
const CLIENTS: u32 = 16;
/// Families that ask, a few times each.
const FAMILIES: u32 = 2_000;
const QUESTIONS: usize = 20_000;
const COUNTING: Duration = Duration::from_secs(3);
const YEAR: i16 = 2018;
const DATABASE: &str = "numbers";

const TABLE: &str = "
CREATE TABLE application (id INT PRIMARY KEY, birth_year SMALLINT NOT NULL, class SMALLINT NOT NULL,
    registered_us BIGINT NOT NULL, draw BIGINT NOT NULL)";
const FILL: &str = "INSERT INTO application SELECT * FROM
    UNNEST($1::int[], $2::smallint[], $3::smallint[], $4::bigint[], $5::bigint[])";
const INDEX: &str = "CREATE INDEX ON application (birth_year, class, registered_us, draw, id)";
/// How many of one's class are before one; how many there are of each class a program would keep beside.
const COUNT: &str = "SELECT count(*) FROM application
    WHERE birth_year = $1 AND class = $2 AND (registered_us, draw, id) < ($3, $4, $5)";

/// What `kezek bench numbers` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Applications in the one queue.
    #[arg(long, value_delimiter = ',', default_values_t = [20_000, 500_000])]
    applications: Vec<u32>,
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Writes the figures as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Answers a second in a queue of one length.
#[derive(Debug, Serialize)]
struct Measured {
    applications: u32,
    /// Number and causes through the portal, with a session.
    portal_per_s: Spread,
    portal_p99_ms: Spread,
    /// One count each, straight at the database.
    counts_per_s: Spread,
    counts_p99_ms: Spread,
    ratio: Spread,
}

pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    let mut all = Vec::new();
    for applications in &arguments.applications {
        let one = measure(*applications, arguments.rounds.max(1), COUNTING).await?;
        println!(
            "{:>9} in one queue: portal {:.0}/s ({:.0}–{:.0}), p99 {:.1} ms; indexed count {:.0}/s ({:.0}–{:.0}), p99 {:.1} ms; \
             ratio {:.0} ({:.0}–{:.0})",
            one.applications,
            one.portal_per_s.median,
            one.portal_per_s.least,
            one.portal_per_s.greatest,
            one.portal_p99_ms.median,
            one.counts_per_s.median,
            one.counts_per_s.least,
            one.counts_per_s.greatest,
            one.counts_p99_ms.median,
            one.ratio.median,
            one.ratio.least,
            one.ratio.greatest,
        );
        all.push(one);
    }
    if let Some(file) = &arguments.json {
        let text = serde_json::to_string_pretty(&all)?;
        std::fs::write(file, text).with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Counts for so long in each round.
async fn measure(applications: u32, rounds: usize, counting: Duration) -> Result<Measured> {
    let bar = progress::bar("Making one long queue", 0);
    let mut rng = Rng::with_seed(1);
    let mut city = City::new(Size { applications, places: 100, kindergartens: 10, others: 0 }, &mut rng);
    city.applications.iter_mut().for_each(|one| one.year = YEAR);
    let city = Arc::new(city);
    let families = applications.min(FAMILIES);
    let asked: Arc<[u32]> = (0..families).map(|family| family * (applications / families)).collect();

    let folder = tempfile::Builder::new().prefix("kezek-numbers-").tempdir().context("making a folder")?;
    let node = Node::open(kezek::config(folder.path(), Storage::Folder)?).await?;
    kezek::take_over(&node, &city).await?;
    let visitors: Arc<[Visitor]> = people::sign_in(&node, &asked).await?.into();
    let server = Server::start(None).await?;
    server.create(DATABASE).await?;
    let pool = PgPoolOptions::new().max_connections(CLIENTS).min_connections(CLIENTS);
    let pool = pool.test_before_acquire(false).connect_with(server.options(DATABASE)).await?;
    fill(&pool, &city).await?;
    same_numbers(&node, &pool, &city, &asked).await?;

    bar.set_message("Asking for numbers");
    let portal = Portal::serve(node).await?;
    let mut rates: [Vec<f64>; 5] = Default::default();
    // The first round shows families and pages to memory.
    for round in 0..=rounds {
        let make: Make = {
            let (asked, visitors) = (Arc::clone(&asked), Arc::clone(&visitors));
            let questions = if round == 0 { asked.len() } else { QUESTIONS };
            Arc::new(move |index| {
                let one = index % asked.len();
                if index >= questions {
                    return None;
                }
                Some(ask::application(visitors.get(one)?, *asked.get(one)?))
            })
        };
        let answers = closed(portal.address, CLIENTS as usize, make).await?;
        ensure!(answers.answered.iter().all(|one| one.status == StatusCode::OK), "a number was not answered");
        let (counted, counted_p99) = count(&pool, &city, &asked, counting).await?;
        if round > 0 {
            let (asked, asked_p99) = (answers.per_second(), within_ms(&answers.answered, 0.99));
            for (rates, value) in
                rates.iter_mut().zip([asked, asked_p99, counted, counted_p99, asked / counted])
            {
                rates.push(value);
            }
        }
    }
    portal.close().await;
    pool.close().await;
    bar.finish_and_clear();
    let [portal_per_s, portal_p99_ms, counts_per_s, counts_p99_ms, ratio] = rates.map(Spread::of);
    let missing = "no round was measured";
    Ok(Measured {
        applications,
        portal_per_s: portal_per_s.context(missing)?,
        portal_p99_ms: portal_p99_ms.context(missing)?,
        counts_per_s: counts_per_s.context(missing)?,
        counts_p99_ms: counts_p99_ms.context(missing)?,
        ratio: ratio.context(missing)?,
    })
}

async fn fill(pool: &PgPool, city: &City) -> Result<()> {
    pool.execute(TABLE).await?;
    let all: Vec<(i32, &crate::bench::rush::Application)> = (0..).zip(&city.applications).collect();
    for lot in all.chunks(50_000) {
        sqlx::query(FILL)
            .bind(lot.iter().map(|(id, _)| *id).collect::<Vec<i32>>())
            .bind(vec![YEAR; lot.len()])
            .bind(lot.iter().map(|(_, one)| one.class as i16).collect::<Vec<_>>())
            .bind(lot.iter().map(|(_, one)| one.registered_us).collect::<Vec<_>>())
            .bind(lot.iter().map(|(_, one)| i64::from(one.draw)).collect::<Vec<_>>())
            .execute(pool)
            .await?;
    }
    pool.execute(INDEX).await?;
    pool.execute("VACUUM (FREEZE, ANALYZE) application").await?;
    Ok(())
}

/// How many of the same class are before an application.
async fn before(pool: &PgPool, city: &City, id: u32) -> Result<u32> {
    let one = city.applications.get(id as usize).context("no such application")?;
    let counted: i64 = sqlx::query_scalar(COUNT)
        .bind(YEAR)
        .bind(one.class as i16)
        .bind(one.registered_us)
        .bind(i64::from(one.draw))
        .bind(i32::try_from(id)?)
        .fetch_one(pool)
        .await?;
    Ok(u32::try_from(counted)?)
}

/// Both sides must say the same, or there is nothing to compare: one priority, then three general (254/21).
async fn same_numbers(node: &Node, pool: &PgPool, city: &City, asked: &[u32]) -> Result<()> {
    let of = |class: Class| city.applications.iter().filter(|one| one.class == class).count() as u32;
    let (extraordinary, priority, general) =
        (of(Class::Extraordinary), of(Class::Priority), of(Class::General));
    for id in asked.iter().take(100) {
        let before = before(pool, city, *id).await?;
        let class = city.applications.get(*id as usize).map(|one| one.class);
        let number = 1 + match class.context("no such application")? {
            Class::Extraordinary => before,
            Class::Priority => extraordinary + before + general.min(3 * before),
            Class::General => extraordinary + before + priority.min(before / 3 + 1),
        };
        let told = node.read(|state| state.number_of(ApplicationId(*id)));
        ensure!(told == Some(number), "application {id} is {told:?} here and {number} by counting");
    }
    Ok(())
}

/// Counts a second, and the time within which 99 of 100 were counted, in milliseconds.
async fn count(
    pool: &PgPool,
    city: &Arc<City>,
    asked: &Arc<[u32]>,
    counting: Duration,
) -> Result<(f64, f64)> {
    let next = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let clients = (0..CLIENTS).map(|_| {
        let (pool, city, asked, next) =
            (pool.clone(), Arc::clone(city), Arc::clone(asked), Arc::clone(&next));
        tokio::spawn(async move {
            let mut latencies = Vec::new();
            while start.elapsed() < counting {
                let index = next.fetch_add(1, Ordering::Relaxed) % asked.len();
                let sent = Instant::now();
                before(&pool, &city, *asked.get(index).context("nobody asks")?).await?;
                latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            anyhow::Ok(latencies)
        })
    });
    let mut latencies = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        latencies.extend(client.await??);
    }
    let took = start.elapsed();
    latencies.sort_unstable();
    let p99 = percentile(&latencies, 0.99).map_or(0.0, |us| f64::from(us) / 1e3);
    Ok((latencies.len() as f64 / took.as_secs_f64(), p99))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn both_sides_name_the_same_numbers() {
        let measured = measure(700, 1, Duration::from_millis(50)).await.unwrap();
        assert!(measured.portal_per_s.median > 0.0 && measured.counts_per_s.median > 0.0);
    }
}
