//! One family's whole story: what happened to its application, each move of its number, and why.

use kezek_calendar::Instant;
use kezek_rules::ask;
use kezek_rules::ids::{ApplicationId, ReferralId};
use kezek_rules::ranking::Cause;
use kezek_rules::{Event, State};
use serde::Serialize;

use super::renumber::Renumber;
use super::source::Logged;

/// The story of an application.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Story {
    /// The number people see.
    pub application: u64,
    /// What happened, oldest first.
    pub turns: Vec<Turn>,
}

/// A turn of the story.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Turn {
    /// When.
    pub at: Instant,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// An entry about the application itself.
    Entry {
        /// Its number.
        seq: u64,
        /// What it says, with stand-ins for what is hidden.
        event: Box<Event>,
    },
    /// Its number moved.
    Moved {
        /// The number now; none while out of the order.
        number: Option<u32>,
        /// How many stand in the queue.
        of: Option<u32>,
        /// Why, newest cause first.
        causes: Vec<Cause>,
    },
}

/// Keeps an eye on one application.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    public: ApplicationId,
    latest: Option<Option<u32>>,
    turns: Vec<Turn>,
}

impl Watch {
    pub(super) fn new(public: ApplicationId) -> Self {
        Watch { public, latest: None, turns: Vec::new() }
    }

    /// Notes an entry that is about the application; `state` is the one after it.
    pub(super) fn note(&mut self, state: &State, numbers: &Renumber, logged: &Logged) {
        let (Some(event), Some(public)) = (&logged.event, &logged.public) else { return };
        let Ok(own) = numbers.own_application(self.public) else { return };
        if concerns(state, event, own) {
            let what = What::Entry { seq: logged.seq, event: Box::new(public.clone()) };
            self.turns.push(Turn { at: logged.at, what });
        }
    }

    /// Notes that the number has moved, if it has.
    pub(super) fn look(&mut self, state: &State, numbers: &Renumber, at: Instant) {
        let Ok(own) = numbers.own_application(self.public) else { return };
        if state.application(own).is_none() {
            return;
        }
        let place = ask::number(state, own);
        let number = place.as_ref().map(|place| place.number);
        if self.latest == Some(number) {
            return;
        }
        self.latest = Some(number);
        let causes = ask::why(state, own).map(|(_, causes)| causes).unwrap_or_default();
        let what = What::Moved { number, of: place.map(|place| place.of), causes };
        self.turns.push(Turn { at, what });
    }

    pub(super) fn told(self) -> Story {
        Story { application: self.public.number(), turns: self.turns }
    }
}

/// Whether an event is about this very application.
fn concerns(state: &State, event: &Event, own: ApplicationId) -> bool {
    let is_of = |referral: &ReferralId| state.referral(*referral).is_some_and(|one| one.application == own);
    match event {
        Event::Registered { application, .. }
        | Event::BenefitClaimed { application, .. }
        | Event::BenefitConfirmed { application, .. }
        | Event::BenefitRemoved { application, .. }
        | Event::BirthCorrected { application, .. }
        | Event::InterestConfirmed { application }
        | Event::InterestAsked { application, .. }
        | Event::StopListed { application, .. }
        | Event::Returned { application }
        | Event::Archived { application, .. }
        | Event::WindowCancelled { application, .. }
        | Event::ReferralIssued { application, .. } => *application == own,
        Event::WishesLodged { applications, .. } => applications.contains(&own),
        Event::WindowsOpened { grants, .. } => grants.iter().any(|grant| grant.application == own),
        Event::ReferralStarted { referral, .. }
        | Event::ReferralExtended { referral, .. }
        | Event::DocumentsConfirmed { referral }
        | Event::ReferralEnded { referral, .. }
        | Event::Enrolled { referral, .. } => is_of(referral),
        _ => false,
    }
}
