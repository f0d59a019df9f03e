//! How an operator who holds the keys might falsify the registries, for the tests and the demonstration. The logs
//! stay well formed and well signed; only the law is broken.

use std::collections::BTreeSet;

use kezek_calendar::{Instant, terms};
use kezek_disclosure::{Entry, Log, Part, Said, log_of};
use kezek_rules::benefit::Class;
use kezek_rules::command::Act;
use kezek_rules::event::{ArchiveReason, IssuedHow};
use kezek_rules::ids::{ApplicationId, BatchId, ReferralId, SettlementId, VacancyId};
use kezek_rules::place::Mode;
use kezek_rules::profile::ProfileChange;
use kezek_rules::state::{Application, Batch, Phase, Status};
use kezek_rules::{Event, State, ask};

/// A way to cheat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tamper {
    /// A referral to a place that no bulletin named.
    NoBulletin,
    /// Two referrals for one place.
    OnePlaceTwice,
    /// A child without access is served before those who have it.
    LowerPlacedFirst,
    /// A window for a child further behind.
    WrongWindow,
    /// A window for a priority child whose turn it was not.
    OneToThree,
    /// An application with an earlier time than that of its sending.
    BackDated,
    /// A bulletin with a place that was not free.
    NotFree,
    /// A referral for a child on the stop-list.
    StopListed,
    /// A competitor is put away as if the child had been enrolled elsewhere.
    PutAway,
    /// The rules change without an act.
    NoAct,
    /// The rules change before the day from which the act says so.
    ActTooEarly,
}

impl Tamper {
    /// All of them.
    pub const ALL: [Tamper; 11] = [
        Tamper::NoBulletin,
        Tamper::OnePlaceTwice,
        Tamper::LowerPlacedFirst,
        Tamper::WrongWindow,
        Tamper::OneToThree,
        Tamper::BackDated,
        Tamper::NotFree,
        Tamper::StopListed,
        Tamper::PutAway,
        Tamper::NoAct,
        Tamper::ActTooEarly,
    ];

    /// What is done, in a few words.
    pub const fn about(self) -> &'static str {
        match self {
            Tamper::NoBulletin => "a referral to a place that no bulletin named",
            Tamper::OnePlaceTwice => "two referrals for one place",
            Tamper::LowerPlacedFirst => "a child without access is served before those who have it",
            Tamper::WrongWindow => "a window for a child further behind",
            Tamper::OneToThree => "a window for a priority child whose turn it was not",
            Tamper::BackDated => "an application with an earlier time than that of its sending",
            Tamper::NotFree => "a bulletin with a place that was not free",
            Tamper::StopListed => "a referral for a child on the stop-list",
            Tamper::PutAway => "a competitor is put away as if the child had been enrolled elsewhere",
            Tamper::NoAct => "the rules change without an act",
            Tamper::ActTooEarly => "the rules change before the day from which the act says so",
        }
    }

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Tamper::NoBulletin => "no-bulletin",
            Tamper::OnePlaceTwice => "one-place-twice",
            Tamper::LowerPlacedFirst => "lower-placed-first",
            Tamper::WrongWindow => "wrong-window",
            Tamper::OneToThree => "one-to-three",
            Tamper::BackDated => "back-dated",
            Tamper::NotFree => "not-free",
            Tamper::StopListed => "stop-listed",
            Tamper::PutAway => "put-away",
            Tamper::NoAct => "no-act",
            Tamper::ActTooEarly => "act-too-early",
        }
    }
}

/// Falsifies the entries of a registry in one way. `state` is that after the last of them. Gives the number of the
/// falsified entry; none if these entries have nothing of the kind to falsify.
pub fn tamper(kind: Tamper, state: &State, entries: &mut Vec<(Log, Entry)>) -> Option<u64> {
    match kind {
        Tamper::NoBulletin => {
            let (vacancy, batch) = not_in_batch(state)?;
            let pool = state.batch(batch)?.pool;
            let application = queued(state, |_, one| pool.admits(one.born))?;
            Some(append(entries, claim(state, application, vacancy, batch)))
        }
        Tamper::OnePlaceTwice => {
            let taken = state.referrals().rev().find(|(_, one)| {
                one.is_live()
                    && state
                        .batch(one.batch)
                        .is_some_and(|batch| batch.pool.care.is_none() && batch.free() == 0)
            });
            let (_, taken) = taken?;
            let pool = state.batch(taken.batch)?.pool;
            let application = queued(state, |_, one| pool.admits(one.born))?;
            Some(append(entries, claim(state, application, taken.vacancy, taken.batch)))
        }
        Tamper::LowerPlacedFirst => {
            let (vacancy, batch) = free_place(state)?;
            let pool = state.batch(batch)?.pool;
            let application = queued(state, |id, one| {
                pool.admits(one.born) && ask::may_claim(state, id, vacancy).is_err() && one.windows.is_empty()
            })?;
            Some(append(entries, claim(state, application, vacancy, batch)))
        }
        Tamper::WrongWindow => regrant(state, entries, |class, other| class == other),
        Tamper::OneToThree => {
            regrant(state, entries, |class, other| class == Class::General && other == Class::Priority)
        }
        Tamper::BackDated => back_date(entries),
        Tamper::NotFree => one_place_more(entries),
        Tamper::StopListed => {
            let (vacancy, batch) = free_place(state)?;
            let stopped = state
                .applications()
                .find(|(_, one)| matches!(one.status, Status::StopListed(_)) && one.queue.care().is_none());
            Some(append(entries, claim(state, stopped?.0, vacancy, batch)))
        }
        Tamper::PutAway => {
            let application = queued(state, |_, _| true)?;
            Some(append(entries, Event::Archived { application, reason: ArchiveReason::Enrolled }))
        }
        Tamper::NoAct => Some(append(entries, Event::ProfileApplied { settlement: SettlementId(0) })),
        Tamper::ActTooEarly => {
            let settlement = state.settlement(SettlementId(0))?;
            let valid_from = terms::add_days(settlement.zone.date(last(entries)), 30);
            let change = ProfileChange { open_step: Some(5), ..ProfileChange::default() };
            let act = Act("No. 7".to_owned());
            append(entries, Event::ProfileSet { settlement: SettlementId(0), change, act, valid_from });
            Some(append(entries, Event::ProfileApplied { settlement: SettlementId(0) }))
        }
    }
}

fn last(entries: &[(Log, Entry)]) -> Instant {
    entries.last().map_or(Instant::MIN, |(_, entry)| entry.at)
}

/// Adds a fact at the end, a moment later.
fn append(entries: &mut Vec<(Log, Entry)>, event: Event) -> u64 {
    let seq = entries.len() as u64 + 1;
    let at = last(entries).plus_micros(1);
    entries.push((log_of(&event), Entry { seq, at, said: Said::Fact(event), commitment: None }));
    seq
}

fn queued(state: &State, fits: impl Fn(ApplicationId, &Application) -> bool) -> Option<ApplicationId> {
    let found = state.applications().find(|(id, one)| {
        one.is_queued() && one.queue.care().is_none() && !one.private_only && fits(*id, one)
    });
    found.map(|(id, _)| id)
}

fn general_batches(state: &State) -> impl Iterator<Item = (BatchId, &Batch)> {
    let ids = state.settlements().flat_map(|(_, one)| one.live_batches.iter().copied());
    ids.filter_map(|id| Some((id, state.batch(id)?)))
        .filter(|(_, batch)| batch.pool.care.is_none() && batch.pool.mode == Mode::General)
}

/// A place that somebody may take now.
fn free_place(state: &State) -> Option<(VacancyId, BatchId)> {
    let mut begun = general_batches(state).filter(|(_, batch)| batch.phase != Phase::Published);
    begun.find_map(|(id, batch)| Some((batch.places.iter().find(|places| places.free > 0)?.vacancy, id)))
}

/// A general vacancy and a batch that has nothing of it.
fn not_in_batch(state: &State) -> Option<(VacancyId, BatchId)> {
    let (batch, of) = general_batches(state).next()?;
    let other = state
        .vacancies()
        .find(|(id, vacancy)| vacancy.care.is_none() && of.places.iter().all(|places| places.vacancy != *id));
    Some((other?.0, batch))
}

fn claim(state: &State, application: ApplicationId, vacancy: VacancyId, batch: BatchId) -> Event {
    let class = state.application(application).map_or(Class::General, Application::class);
    let terms = state.referrals().rev().find_map(|(_, one)| one.terms);
    let referral = ReferralId(state.referrals().len() as u32);
    Event::ReferralIssued { referral, application, vacancy, batch, how: IssuedHow::Claim, class, terms }
}

/// Gives somebody's window to one of another place in the order, by the classes of both.
fn regrant(state: &State, entries: &mut [(Log, Entry)], fits: impl Fn(Class, Class) -> bool) -> Option<u64> {
    for (_, entry) in entries.iter_mut().rev() {
        let at = entry.at;
        let Said::Part(Part::WindowsOpened { batch, in_order, .. }) = &mut entry.said else { continue };
        let Some(pool) = state.batch(*batch).map(|batch| batch.pool) else { continue };
        let holders: BTreeSet<ApplicationId> = in_order.iter().copied().collect();
        let class = |id: &ApplicationId| state.application(*id).map(Application::class);
        let can_lose = |id: &&mut ApplicationId| {
            class(id).is_some_and(|class| Class::ALL.iter().any(|other| fits(class, *other)))
        };
        let Some(loser) = in_order.iter_mut().rev().find(can_lose) else { continue };
        let Some(had) = class(loser) else { continue };
        let other = state.applications().filter(|(id, one)| {
            one.is_queued()
                && one.queue.care().is_none()
                && pool.admits(one.born)
                && !holders.contains(id)
                && one.registered < at
                && one.windows.is_empty()
                && fits(had, one.class())
        });
        let Some((application, _)) = other.last() else { continue };
        *loser = application;
        return Some(entry.seq);
    }
    None
}

/// A general application that came after the first opening gets an earlier time.
fn back_date(entries: &mut [(Log, Entry)]) -> Option<u64> {
    let is_opening = |entry: &Entry| matches!(entry.said, Said::Part(Part::OpeningHeld { .. }));
    let opening = entries.iter().position(|(_, entry)| is_opening(entry))?;
    for (_, entry) in entries.iter_mut().skip(opening) {
        let at = entry.at;
        if let Said::Part(Part::Registered { registered, .. }) = &mut entry.said
            && *registered == at
        {
            *registered = at.plus_micros(-90 * 86_400_000_000);
            return Some(entry.seq);
        }
    }
    None
}

fn one_place_more(entries: &mut [(Log, Entry)]) -> Option<u64> {
    for (_, entry) in entries.iter_mut().rev() {
        if let Said::Fact(Event::BulletinIssued { batches, .. }) = &mut entry.said {
            let mut general = batches.iter_mut().filter(|batch| batch.pool.care.is_none());
            if let Some(places) = general.find_map(|batch| batch.places.first_mut()) {
                places.announced += 1;
                return Some(entry.seq);
            }
        }
    }
    None
}
