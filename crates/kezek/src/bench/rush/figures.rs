//! From runs to figures, and from rounds to medians with their spread.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::cpu::Spent;
use super::drive::Ran;

/// What a side did in one cell of one round: the scenes of the mix, and their repetitions, together.
#[derive(Debug, Default)]
pub struct Tally {
    claims: u64,
    places: u64,
    took: Duration,
    process_ns: u64,
    threads_ns: BTreeMap<String, u64>,
    database_ns: Option<u64>,
    batched: u64,
    batches: u64,
    latencies_us: Vec<u32>,
}

/// The figures of one side in one cell of one round.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    pub claims_per_s: f64,
    pub places_per_s: f64,
    /// From sending to answer; none for the bare loop, which answers nobody.
    pub p50_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    /// Processor time of this process for a claim, claimants included.
    pub process_us: f64,
    /// The same by the names of its threads.
    pub threads_us: BTreeMap<String, f64>,
    /// Processor time of the database server for a claim.
    pub database_us: Option<f64>,
    /// Claims in one transaction, where that can be told.
    pub batch: Option<f64>,
}

impl Tally {
    pub fn add(&mut self, ran: &Ran, places: usize, batches: Option<u64>) {
        let claims = ran.answers.len() as u64;
        self.add_bare(claims, places as u64, ran.took, &ran.spent);
        self.latencies_us.extend(&ran.latencies_us);
        for (name, ns) in &ran.spent.threads_ns {
            *self.threads_ns.entry(name.clone()).or_default() += ns;
        }
        if let Some(batches) = batches {
            self.batches += batches;
            self.batched += claims;
        }
    }

    /// Without latencies.
    pub fn add_bare(&mut self, claims: u64, places: u64, took: Duration, spent: &Spent) {
        self.claims += claims;
        self.places += places;
        self.took += took;
        self.process_ns += spent.process_ns();
        if let Some(ns) = spent.database_ns {
            *self.database_ns.get_or_insert(0) += ns;
        }
    }

    pub fn took(&self) -> Duration {
        self.took
    }

    pub fn figures(mut self) -> Figures {
        let seconds = self.took.as_secs_f64().max(1e-9);
        let claims = (self.claims as f64).max(1.0);
        self.latencies_us.sort_unstable();
        let latency = |part: f64| percentile(&self.latencies_us, part).map(|us| f64::from(us) / 1e3);
        Figures {
            claims_per_s: self.claims as f64 / seconds,
            places_per_s: self.places as f64 / seconds,
            p50_ms: latency(0.50),
            p99_ms: latency(0.99),
            process_us: self.process_ns as f64 / claims / 1e3,
            threads_us: self
                .threads_ns
                .iter()
                .map(|(name, ns)| (name.clone(), *ns as f64 / claims / 1e3))
                .collect(),
            database_us: self.database_ns.map(|ns| ns as f64 / claims / 1e3),
            batch: (self.batches > 0).then(|| self.batched as f64 / self.batches as f64),
        }
    }
}

/// The smallest value that so large a part of the sorted values does not exceed.
pub fn percentile(sorted: &[u32], part: f64) -> Option<u32> {
    let rank = (sorted.len() as f64 * part).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

/// The median; none without values.
pub fn median(values: Vec<f64>) -> Option<f64> {
    Spread::of(values).map(|spread| spread.median)
}

/// A median with the least and the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub greatest: f64,
}

impl Spread {
    /// None without values.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Spread> {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (least, greatest) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let upper = *sorted.get(middle)?;
        let is_even = sorted.len().is_multiple_of(2);
        let lower = if is_even { *sorted.get(middle - 1)? } else { upper };
        Some(Spread { median: (lower + upper) / 2.0, least, greatest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_occurred() {
        let values: Vec<u32> = (1..=200).collect();
        assert_eq!(percentile(&values, 0.50), Some(100));
        assert_eq!(percentile(&values, 0.99), Some(198));
        assert_eq!(percentile(&values, 1.0), Some(200));
        assert_eq!(percentile(&[7], 0.99), Some(7));
        assert_eq!(percentile(&[], 0.5), None);
    }

    #[test]
    fn a_median_lies_in_the_middle() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]), Some(Spread { median: 2.0, least: 1.0, greatest: 3.0 }));
        assert_eq!(Spread::of([4.0, 1.0, 2.0, 3.0]).map(|spread| spread.median), Some(2.5));
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn scenes_add_up() {
        let ran = |count: u32, latency: u32| Ran {
            answers: vec![super::super::desk::Answer::Given; count as usize],
            latencies_us: vec![latency; count as usize],
            took: Duration::from_millis(500),
            spent: Spent {
                threads_ns: BTreeMap::from([
                    ("writer".to_owned(), u64::from(count) * 500),
                    ("others".to_owned(), u64::from(count) * 1_500),
                ]),
                database_ns: Some(u64::from(count) * 4_000),
            },
        };
        let mut tally = Tally::default();
        tally.add(&ran(300, 1_000), 200, Some(30));
        tally.add(&ran(100, 9_000), 50, Some(10));
        let figures = tally.figures();
        assert_eq!(figures.claims_per_s, 400.0);
        assert_eq!(figures.places_per_s, 250.0);
        assert_eq!((figures.p50_ms, figures.p99_ms), (Some(1.0), Some(9.0)));
        assert_eq!((figures.process_us, figures.database_us), (2.0, Some(4.0)));
        assert_eq!(figures.threads_us.get("writer"), Some(&0.5));
        assert_eq!(figures.batch, Some(10.0));
    }
}
