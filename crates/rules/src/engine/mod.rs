//! The state with its due duties: what must happen at an instant happens before anything later (R3.34/26).

mod bulletin;
mod opening;
mod public;
mod reminders;
mod schedule;
mod sweeps;
mod terms;
mod wishes;

use crate::{
    Command, Refusal, State, decide,
    event::{Event, Fact},
    ids::ApplicationId,
};
use alloc::vec::Vec;
use kezek_calendar::Instant;
use schedule::{Due, Duty, Schedule};

/// The state and the list of what falls due.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    state: State,
    schedule: Schedule,
    facts: Vec<Fact>,
}

impl Engine {
    /// An engine for a state, as it stands after its latest fact.
    pub fn new(state: State) -> Self {
        let schedule = Schedule::of(&state);
        Engine { state, schedule, facts: Vec::new() }
    }

    /// The state now.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The state, at the end of the engine's use.
    pub fn into_state(self) -> State {
        self.state
    }

    /// When something falls due next, as far as known; some of it may turn out to be settled already.
    pub fn next_due(&self) -> Option<Instant> {
        self.schedule.next()
    }

    /// Carries out everything due up to and including `until` and returns the facts, in order.
    pub fn advance(&mut self, until: Instant) -> Vec<Fact> {
        while let Some(due) = self.schedule.take(until) {
            self.perform(due);
        }
        core::mem::take(&mut self.facts)
    }

    /// Judges a command at `at`, or at the latest fact's time when that is later (R3.34/26). Everything due until
    /// then must have been carried out by [`Engine::advance`].
    pub fn submit(&mut self, command: &Command, at: Instant) -> Result<Vec<Fact>, Refusal> {
        let at = at.max(self.state.now());
        debug_assert!(self.next_due().is_none_or(|due| due > at), "what is due goes before a command");
        for event in decide(&self.state, command, at)? {
            self.record(at, event);
        }
        // What the command itself makes due at once follows it.
        while let Some(due) = self.schedule.take(at) {
            self.perform(due);
        }
        Ok(core::mem::take(&mut self.facts))
    }

    /// Folds a fact from the journal.
    pub fn replay(&mut self, fact: &Fact) {
        self.state.apply(fact);
        self.schedule.note(&self.state, fact);
    }

    /// Folds facts that another engine made. What was due by then it has carried out, so that is forgotten here.
    pub fn follow(&mut self, facts: &[Fact]) {
        for fact in facts {
            self.replay(fact);
        }
        if self.next_due().is_some_and(|due| due <= self.state.now()) {
            self.schedule = Schedule::of(&self.state);
        }
    }

    fn record(&mut self, at: Instant, event: Event) {
        let fact = Fact { at: at.max(self.state.now()), event };
        self.replay(&fact);
        let own = own_move(&fact.event);
        self.facts.push(fact);
        if let Some(told) = own.and_then(|application| self.far_move(application)) {
            self.record(at, Event::NumbersTold { numbers: alloc::vec![told] });
        }
    }

    fn record_all(&mut self, at: Instant, events: Vec<Event>) {
        for event in events {
            self.record(at, event);
        }
    }

    fn perform(&mut self, due: Due) {
        let at = due.at.max(self.state.now());
        match due.duty {
            Duty::WindowsEnd(batch) => self.end_windows(batch, due.at, at),
            Duty::ReferralEnd(referral) => self.end_referral(referral, due.at, at),
            Duty::DocumentsEnd(referral) => self.end_documents_term(referral, due.at, at),
            Duty::BenefitEnd(application) => self.end_benefit_terms(application, due.at, at),
            Duty::StopListEnd(application) => self.end_stop_list(application, due.at, at),
            Duty::StayEnd(child) => self.end_stay(child, due.at, at),
            Duty::InterestSweep(settlement) => self.sweep_interest(settlement, due.at, at),
            Duty::InterestDue(application) => self.end_interest_term(application, due.at, at),
            Duty::SilenceEnd(application) => self.end_silence(application, due.at, at),
            Duty::AgeLimit(settlement) => self.sweep_ages(settlement, due.at, at),
            Duty::EarlyFree(vacancy) => self.free_early(vacancy, at),
            Duty::Reminders(settlement) => self.remind(settlement, due.at, at),
            Duty::ProfileChange(settlement) => self.apply_profile(settlement, at),
            Duty::Bulletin(settlement) => self.issue_bulletin(settlement, due.at, at),
            Duty::LateBulletin(settlement) => self.issue_late_bulletin(settlement, due.at, at),
            Duty::LateOpening(settlement) => self.hold_opening_of(settlement, due.at, at),
            Duty::Opening(settlement) => self.hold_opening(settlement, due.at, at),
        }
    }
}

/// The application whose own act or benefit moved it; it is told at once, others with the daily round (R3.26, R4.2).
fn own_move(event: &Event) -> Option<ApplicationId> {
    match event {
        Event::BenefitConfirmed { application, .. }
        | Event::BenefitRemoved { application, .. }
        | Event::BirthCorrected { application, .. } => Some(*application),
        _ => None,
    }
}
