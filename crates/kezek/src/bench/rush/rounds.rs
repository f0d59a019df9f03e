//! Rounds: every side in every cell, one after the other, again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Result;
use indicatif::ProgressBar;

use super::figures::{Figures, Tally};
use super::journal::Rows;
use super::limit;
use super::plan::{Mix, Scene};
use super::side::Side;
use super::stage::{Run, Stage};

/// A fast side plays the mix again on fresh copies until enough was measured, so often at most.
const AGAIN_MAX: usize = 6;

/// How much is played.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    pub rounds: usize,
    /// What is measured of a side in a cell of a round, at least.
    pub measured: Duration,
}

/// A mix with so many claimants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub mix: Mix,
    pub claimants: usize,
}

/// The figures of each side in each cell, round by round; a side that broke the law or its word is named instead.
#[derive(Debug, Default)]
pub struct Measured {
    pub figures: BTreeMap<(Cell, Side), Vec<Figures>>,
    pub faults: BTreeSet<(Side, String)>,
}

/// What Kezek wrote in a scene, for the bare loop.
struct Written {
    rows: Rows,
    batches: usize,
    claims: u64,
    places: u64,
}

pub async fn rounds(
    stage: &Stage,
    sides: &[Side],
    cells: &[Cell],
    amount: Amount,
    bar: &ProgressBar,
) -> Result<Measured> {
    let mut measured = Measured::default();
    for _ in 0..amount.rounds {
        for cell in cells {
            let mut written: BTreeMap<Scene, Written> = BTreeMap::new();
            for side in sides {
                let figures = match side {
                    Side::Limit => bare(stage, &written, amount.measured).await?,
                    _ => {
                        play(stage, *side, *cell, amount.measured, &mut written, &mut measured.faults).await?
                    }
                };
                bar.inc(1);
                if let Some(figures) = figures {
                    measured.figures.entry((*cell, *side)).or_default().push(figures);
                }
            }
        }
    }
    for (side, _) in &measured.faults {
        measured.figures.retain(|(_, of), _| of != side);
    }
    Ok(measured)
}

async fn play(
    stage: &Stage,
    side: Side,
    cell: Cell,
    enough: Duration,
    written: &mut BTreeMap<Scene, Written>,
    faults: &mut BTreeSet<(Side, String)>,
) -> Result<Option<Figures>> {
    let mut tally = Tally::default();
    for _ in 0..AGAIN_MAX {
        for scene in cell.mix.scenes() {
            match stage.run(side, cell.mix, *scene, cell.claimants).await? {
                Ok(Run { ran, places, batches, rows }) => {
                    tally.add(&ran, places, batches);
                    // The bare loop goes beside Kezek on PostgreSQL, or on SQLite where that does not play.
                    let is_first = side == Side::Postgres || !written.contains_key(scene);
                    if let Some(rows) = rows.filter(|_| is_first) {
                        let claims = ran.answers.len();
                        // Where it cannot be told, as if half of the claimants met in each batch.
                        let guess = claims.div_ceil((cell.claimants / 2).clamp(1, 500));
                        let batches = batches.and_then(|count| usize::try_from(count).ok()).unwrap_or(guess);
                        let (claims, places) = (claims as u64, places as u64);
                        written.insert(*scene, Written { rows, batches, claims, places });
                    }
                }
                Err(fault) => {
                    faults.insert((side, fault.to_string()));
                    return Ok(None);
                }
            }
        }
        if tally.took() >= enough {
            break;
        }
    }
    Ok(Some(tally.figures()))
}

/// The same rows in batches of the same size, and nothing else.
async fn bare(
    stage: &Stage,
    written: &BTreeMap<Scene, Written>,
    enough: Duration,
) -> Result<Option<Figures>> {
    let (Some(server), false) = (&stage.server, written.is_empty()) else { return Ok(None) };
    let mut tally = Tally::default();
    for _ in 0..AGAIN_MAX {
        for Written { rows, batches, claims, places } in written.values() {
            let inserted = limit::insert(server, rows, *batches).await?;
            tally.add_bare(*claims, *places, inserted.took, &inserted.spent);
        }
        if tally.took() >= enough {
            break;
        }
    }
    Ok(Some(tally.figures()))
}
