//! The rules of the general queue replayed from public entries: what falls due is carried out by the rules themselves
//! and must be what the logs say; every other fact must come of an act that the rules allow.

mod acts;
mod due;
mod finding;
mod judge;
mod renumber;
mod source;
mod story;
mod tally;
mod trust;
mod twins;
mod wishes;

use std::collections::BTreeSet;

use kezek_calendar::Instant;
use kezek_disclosure::Entry;
use kezek_rules::ids::ApplicationId;
use kezek_rules::{Engine, State};

pub(crate) use acts::command_of;
pub(crate) use due::without_let_in;
pub use finding::{Violation, Wrong, clause_of};
pub use renumber::NotThere;
pub use story::{Story, Turn, What};
pub use tally::Tally;
pub use trust::Trust;

use renumber::Renumber;
use source::Source;
use story::Watch;
use wishes::Lists;

/// After so many instants at which the logs say something else than the law gives, the rest is not judged.
const MOST_RESTARTS: usize = 12;
/// Rounds that learn who is spared by the age limit count too.
const MOST_ROUNDS: usize = 40;
/// How many entries of one act are looked at together.
const ACT_ENTRIES: usize = 64;

/// What a replay found.
#[derive(Clone, Debug)]
pub struct Findings {
    /// How much there is.
    pub tally: Tally,
    /// What breaks the law, in order of entry.
    pub violations: Vec<Violation>,
    /// The instant after which nothing was judged, when there was too much wrong before it.
    pub judged_until: Option<Instant>,
    /// The story of one application, if it was asked for.
    pub story: Option<Story>,
}

/// What is asked of a replay.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Tell the story of this application.
    pub about: Option<ApplicationId>,
    /// Origins of the applications' log: what the commitments of wish lists are bound to.
    pub origin: String,
}

/// What earlier rounds of the replay found that this one starts with.
#[derive(Clone, Debug, Default)]
struct Learned {
    /// Instants at which something else happened than the law gives: what happened then is taken as it is.
    undone: BTreeSet<Instant>,
    /// Who is spared by a sweep of the age limit, by the replay's own numbers.
    spared: BTreeSet<(Instant, ApplicationId)>,
    /// What was found at those instants.
    violations: Vec<Violation>,
}

/// The round ends early: it is played again with what it learned.
struct Again;

struct Replay<'a, I> {
    question: &'a Question,
    source: Source<I>,
    engine: Engine,
    numbers: Renumber,
    lists: Lists,
    tally: Tally,
    watch: Option<Watch>,
    /// When the rules changed last.
    profile_changed: Option<Instant>,
    /// When a child was enrolled last, as far as the public can tell.
    enrolment: Option<Instant>,
    violations: Vec<Violation>,
    learned: &'a mut Learned,
}

/// Replays the entries that `entries` gives in order of their numbers, each time anew from the first; `tick` is told how
/// many were taken.
pub fn replay<I: Iterator<Item = Entry>>(
    question: &Question,
    mut entries: impl FnMut() -> I,
    mut tick: impl FnMut(u64),
) -> Findings {
    let mut learned = Learned::default();
    let mut rounds = 0;
    loop {
        let mut round = Replay {
            question,
            source: Source::new(entries()),
            engine: Engine::new(State::default()),
            numbers: Renumber::default(),
            lists: Lists::default(),
            tally: Tally::default(),
            watch: question.about.map(Watch::new),
            profile_changed: None,
            enrolment: None,
            violations: Vec::new(),
            learned: &mut learned,
        };
        let ended = round.play(&mut tick);
        let (tally, watch, mut violations) = (round.tally, round.watch, round.violations);
        rounds += 1;
        let is_too_much = learned.undone.len() > MOST_RESTARTS || rounds > MOST_ROUNDS;
        if ended.is_ok() || is_too_much {
            let latest = learned.undone.last().copied().max(learned.spared.last().map(|(at, _)| *at));
            let judged_until = latest.filter(|_| is_too_much);
            violations.extend(learned.violations);
            violations.sort_by_key(|one| one.seq);
            violations.dedup();
            return Findings { tally, violations, judged_until, story: watch.map(Watch::told) };
        }
    }
}

impl<I: Iterator<Item = Entry>> Replay<'_, I> {
    fn play(&mut self, tick: &mut impl FnMut(u64)) -> Result<(), Again> {
        loop {
            self.source.look_ahead(1, &mut self.numbers, &mut self.violations);
            let Some((seq, at)) = self.source.ahead().front().map(|next| (next.seq, next.at)) else {
                return Ok(());
            };
            if seq.is_multiple_of(4096) {
                tick(seq);
            }
            match self.engine.next_due().filter(|due| *due <= at) {
                Some(due) => self.carry_out(due)?,
                None => self.judge_next(),
            }
        }
    }
}
