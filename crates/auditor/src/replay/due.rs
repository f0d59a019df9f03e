//! What falls due: carried out by the rules, and compared with what the logs say happened then.

use std::collections::VecDeque;

use kezek_calendar::Instant;
use kezek_disclosure::Entry;
use kezek_rules::event::{Afterwards, ArchiveReason};
use kezek_rules::ids::ApplicationId;
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
            }
        }
        self.look_at_watched(due);
        Ok(())
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
        while self.source.ahead().front().is_some_and(|next| next.at <= due) {
            let Some(logged) = self.source.take() else { break };
            self.follow(&logged);
        }
        self.engine.leave_undone(due);
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
        let concerns_others = |next: &Logged| match &next.event {
            None => true,
            Some(event @ Event::BulletinIssued { batches, withdrawn, .. }) => {
                batches.is_empty() && withdrawn.is_empty() && *event != expected.event
            }
            Some(_) => false,
        };
        while self.source.ahead().front().is_some_and(concerns_others) {
            if let Some(logged) = self.source.take() {
                self.follow(&logged);
            }
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
        Event::FrontierMoved { batch, frontier, .. } => {
            Some(Event::FrontierMoved { batch, frontier, let_in: Vec::new() })
        }
        other => Some(other),
    }
}
