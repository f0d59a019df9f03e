//! What falls due: carried out by the rules, and compared with what the logs say happened then.

use std::collections::VecDeque;

use kezek_calendar::Instant;
use kezek_disclosure::Entry;
use kezek_rules::event::{Afterwards, ArchiveReason, IssuedHow};
use kezek_rules::ids::{ApplicationId, BatchId};
use kezek_rules::place::Mode;
use kezek_rules::profile::WishLists;
use kezek_rules::{Event, Fact};

use super::finding::{Violation, Wrong, clause_of};
use super::source::Logged;
use super::trust::Trust;
use super::{Again, Replay};

impl<I: Iterator<Item = Entry>> Replay<'_, I> {
    /// Everything due at one instant.
    pub(super) fn carry_out(&mut self, due: Instant) -> Result<(), Again> {
        self.source.look_past(due, &mut self.numbers, &mut self.violations);
        if self.learned.undone.contains(&due) {
            self.take_as_it_is(due);
            return Ok(());
        }
        self.open_wishes(due);
        self.spare(due);
        let facts = self.engine.advance(due);
        let mut lawful: VecDeque<Fact> = facts.into_iter().filter_map(public_fact).collect();
        while let Some(expected) = lawful.pop_front() {
            self.skip_others(&expected);
            let found = self.source.ahead().front();
            let is_same = found.is_some_and(|found| {
                found.at == expected.at && found.event.as_ref() == Some(&expected.event)
            });
            if !is_same {
                return self.learn(due, &expected, &lawful);
            }
            if let Some(logged) = self.source.take() {
                self.account(&logged);
                self.check_lists_were_opened(&logged);
            }
        }
        self.look_at_watched(due);
        Ok(())
    }

    /// R3.29, R3.34/32: at an opening every list that has its turn is used, and opened. Whoever still holds a window after
    /// it, or could still take a place, had a turn.
    fn check_lists_were_opened(&mut self, logged: &Logged) {
        let Some(Event::OpeningHeld { settlement, .. }) = &logged.event else { return };
        let state = self.engine.state();
        let is_on = state.settlement(*settlement).is_some_and(|one| one.profile.wish_lists == WishLists::On);
        let had_turn = |id: &ApplicationId| {
            let one = state.application(*id).filter(|one| one.settlement == *settlement && one.is_queued());
            one.is_some_and(|one| {
                let general = |batch: &BatchId| {
                    state.batch(*batch).is_some_and(|batch| batch.pool.mode != Mode::Temporary)
                };
                one.windows.iter().any(general)
            })
        };
        let passed = if is_on { self.lists.unopened().find(had_turn) } else { None };
        if let Some(application) = passed {
            self.violations.push(Violation {
                seq: logged.seq,
                at: logged.at,
                wrong: Wrong::OtherWishes,
                clause: "R3.29",
                found: logged.public.clone(),
                lawful: Some(
                    self.numbers.public(&Event::WishesLodged {
                        applications: vec![application],
                        choices: Vec::new(),
                    }),
                ),
            });
        }
    }

    /// The logs say something else than the law gives: notes it, and what happened then is taken as it is.
    fn learn(&mut self, due: Instant, expected: &Fact, others: &VecDeque<Fact>) -> Result<(), Again> {
        let spared = self.spared_by(due, expected, others);
        if !spared.is_empty() {
            self.learned.spared.extend(spared.into_iter().map(|id| (due, id)));
            return Err(Again);
        }
        let found = self.source.ahead().front().filter(|found| found.at == expected.at);
        let wrong = if found.is_some() { Wrong::Otherwise } else { Wrong::Missing };
        let seq = self.source.ahead().front().map_or(0, |next| next.seq);
        self.learned.violations.push(Violation {
            seq,
            at: due,
            wrong,
            clause: clause_of(&expected.event),
            found: found.and_then(|found| found.public.clone()),
            lawful: Some(self.numbers.public(&expected.event)),
        });
        self.learned.undone.insert(due);
        Err(Again)
    }

    /// Those whom the law would archive for their age now, and whom the logs do not: a conclusion on file, which
    /// nobody is told of, spares them (254/24.9).
    fn spared_by(&self, due: Instant, expected: &Fact, others: &VecDeque<Fact>) -> Vec<ApplicationId> {
        let all = std::iter::once(expected).chain(others);
        let by_age = all.filter_map(|fact| match &fact.event {
            Event::Archived { application, reason: ArchiveReason::MaxAge } => Some(*application),
            _ => None,
        });
        let archived = self.archived_for_age(due);
        by_age.filter(|id| !archived.contains(id) && !self.learned.spared.contains(&(due, *id))).collect()
    }

    fn archived_for_age(&self, due: Instant) -> Vec<ApplicationId> {
        let now = self.source.ahead().iter().filter(|logged| logged.at == due);
        now.filter_map(|logged| match &logged.event {
            Some(Event::Archived { application, reason: ArchiveReason::MaxAge }) => Some(*application),
            _ => None,
        })
        .collect()
    }

    /// Takes it on trust that a conclusion is on file for those whom the age limit spares.
    fn spare(&mut self, due: Instant) {
        let over = self.engine.over_age_at(due);
        let mut spared: Vec<ApplicationId> = Vec::new();
        if !over.is_empty() {
            let archived = self.archived_for_age(due);
            spared.extend(over.into_iter().filter(|id| !archived.contains(id)));
        }
        let ends = self.source.ahead().iter().filter(|logged| logged.at == due);
        for logged in ends {
            if let Some(Event::ReferralEnded {
                referral, then: Afterwards::Back | Afterwards::StopList, ..
            }) = &logged.event
                && let Some(one) = self.engine.state().referral(*referral)
                && self.engine.is_over_age_at(one.application, due)
            {
                spared.push(one.application);
            }
        }
        spared.extend(self.learned.spared.iter().filter(|(at, _)| *at == due).map(|(_, id)| *id));
        for application in spared {
            self.trust_conclusion(application);
        }
    }

    pub(super) fn trust_conclusion(&mut self, application: ApplicationId) {
        let at = self.engine.state().now();
        self.engine.replay(&Fact { at, event: Event::ConclusionFiled { application } });
        self.tally.trust(Trust::Conclusion);
    }

    fn take_as_it_is(&mut self, due: Instant) {
        // What falls due comes before the acts of the same instant; those are judged as always.
        while self.source.ahead().front().is_some_and(|next| next.at <= due && !self.is_of_an_act(next)) {
            let Some(logged) = self.source.take() else { break };
            self.follow(&logged);
        }
        self.engine.leave_undone(due);
    }

    /// Whether somebody's act must be behind an entry: a term or an opening never gives it.
    fn is_of_an_act(&self, logged: &Logged) -> bool {
        matches!(
            &logged.event,
            Some(
                Event::ReferralIssued { how: IssuedHow::Claim | IssuedHow::Family, .. }
                    | Event::Registered { .. }
                    | Event::Published { .. }
                    | Event::Withdrawn { .. }
                    | Event::BenefitConfirmed { .. }
                    | Event::Enrolled { .. }
                    | Event::ProfileSet { .. }
                    | Event::Frozen { .. }
                    | Event::TermsExtended { .. }
            )
        )
    }

    /// Folds an entry without judging it.
    pub(super) fn follow(&mut self, logged: &Logged) {
        if let Some(event) = &logged.event {
            self.engine.replay(&Fact { at: logged.at, event: event.clone() });
            self.trust_part(logged);
        }
        self.account(logged);
    }

    /// Passes over what concerns special and sanatorium places alone, of which the general queue knows nothing.
    fn skip_others(&mut self, expected: &Fact) {
        while self.source.ahead().front().is_some_and(|next| self.concerns_others(next, expected)) {
            if let Some(logged) = self.source.take() {
                self.follow(&logged);
            }
        }
    }

    fn concerns_others(&self, next: &Logged, expected: &Fact) -> bool {
        match &next.event {
            None => true,
            Some(event @ Event::BulletinIssued { batches, withdrawn, .. }) => {
                batches.is_empty() && withdrawn.is_empty() && *event != expected.event
            }
            Some(event @ Event::OpeningHeld { settlement, .. }) => {
                let of = self.engine.state().settlement(*settlement);
                *event != expected.event && of.is_some_and(|one| one.live_batches.is_empty())
            }
            Some(_) => false,
        }
    }
}

/// A fact as the logs tell it; none for messages, which they keep to themselves.
pub(super) fn public_fact(fact: Fact) -> Option<Fact> {
    let event = public_event(fact.event)?;
    Some(Fact { at: fact.at, event })
}

pub(super) fn public_event(event: Event) -> Option<Event> {
    match event {
        Event::Reminded { .. } | Event::NumbersTold { .. } => None,
        Event::OpeningHeld { settlement, date, .. } => {
            Some(Event::OpeningHeld { settlement, date, turns: Vec::new() })
        }
        other => Some(without_let_in(other)),
    }
}

/// Anybody can work out who was let in, so the logs do not say it.
pub(crate) fn without_let_in(event: Event) -> Event {
    match event {
        Event::FrontierMoved { batch, frontier, .. } => {
            Event::FrontierMoved { batch, frontier, let_in: Vec::new() }
        }
        other => other,
    }
}
