//! An application and the child it is for.

use crate::{
    benefit::{BenefitClaim, Class, class_of},
    command::{Conclusion, Wish},
    event::{ArchiveReason, Seniority, StopReason},
    ids::{
        ApplicationId, BatchId, ChildKey, GroupId, OrganisationId, ParentKey, ReferralId, SettlementId,
        VacancyId,
    },
    place::GroupKind,
    queue::{Queue, QueueKey},
};
use alloc::{boxed::Box, vec::Vec};
use kezek_calendar::{Date, Instant};
use serde::{Deserialize, Serialize};

/// A registered application (254/11).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Application {
    /// Where.
    pub settlement: SettlementId,
    /// For what.
    pub queue: Queue,
    /// Whose child.
    pub child: ChildKey,
    /// Who applied.
    pub parent: ParentKey,
    /// Birth date.
    #[serde(with = "kezek_calendar::date_serde")]
    pub born: Date,
    /// Date and time that order; never changes (254/14).
    pub registered: Instant,
    /// Tie-break (R3.34/27).
    pub draw: u32,
    /// Whether a conclusion is on file (254/17).
    pub conclusion: Conclusion,
    /// Only private organisations may be chosen (254/16).
    pub private_only: bool,
    /// Where it stands.
    pub status: Status,
    /// All claimed benefits (R3.22).
    pub claims: Box<[BenefitClaim]>,
    /// The class the confirmed benefits give.
    pub(crate) class: Class,
    /// Batches in which it holds an open window.
    pub windows: Vec<BatchId>,
    /// Its live referral to a temporary place (R3.34/11).
    pub temporary: Option<ReferralId>,
    /// When interest was last confirmed (R3.34/18).
    pub interest_confirmed: Instant,
    /// Windows left unused in a row.
    pub unused_windows: u8,
    /// A confirmation asked for until then, exclusive.
    pub interest_asked_until: Option<Instant>,
    /// Lodged wishes (R3.29).
    pub wishes: Option<Box<WishList>>,
    /// Vacancies annulled after a push; not pushed again (R3.34/25).
    pub(crate) not_pushed: Vec<VacancyId>,
    /// The number the family was last told; 0 for none.
    pub(crate) told: u32,
}

/// Where an application stands (section 4 of the rules).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Status {
    /// In the order.
    Queued,
    /// Holds a live referral to a permanent place; out of the order.
    Referred(ReferralId),
    /// On the stop-list (254/3.13).
    StopListed(Box<StopListing>),
    /// Out of the queue for good (254/3.1).
    Archived(ArchiveReason),
}

/// A stay on the stop-list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StopListing {
    /// Why.
    pub reason: StopReason,
    /// Since when.
    pub since: Instant,
    /// Back at this instant by itself.
    pub until: Option<Instant>,
    /// Archived at this instant if nothing is heard.
    pub silence_until: Option<Instant>,
}

/// A lodged wish list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WishList {
    /// In order of wish; never empty.
    pub choices: Vec<Wish>,
    /// The siblings it was lodged for together, this one included; empty for one alone.
    pub together: Vec<ApplicationId>,
}

impl Application {
    /// The class that acts on the order: special and sanatorium queues go by receipt alone (254/27), and a
    /// transfer after a benefit referral is general (254/16).
    pub fn class(&self) -> Class {
        match self.queue {
            Queue::General if !self.private_only => self.class,
            _ => Class::General,
        }
    }

    /// What orders it among its class.
    pub fn seniority(&self, id: ApplicationId) -> Seniority {
        Seniority { registered: self.registered, draw: self.draw, application: id }
    }

    /// Its numbered queue (254/13).
    pub fn queue_key(&self) -> QueueKey {
        QueueKey::of(self.settlement, self.queue, self.born)
    }

    /// Whether it stands in the order (R3.34/2).
    pub fn is_queued(&self) -> bool {
        self.status == Status::Queued
    }

    /// Whether it is in the archive.
    pub fn is_archived(&self) -> bool {
        matches!(self.status, Status::Archived(_))
    }

    /// Its live referral, a permanent one first.
    pub fn live_referral(&self) -> Option<ReferralId> {
        match self.status {
            Status::Referred(referral) => Some(referral),
            _ => self.temporary,
        }
    }

    pub(crate) fn set_claims(&mut self, claims: Vec<BenefitClaim>) {
        self.class = class_of(&claims);
        self.claims = claims.into_boxed_slice();
    }
}

/// What is known of a child across its applications.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Child {
    /// Every registered application.
    pub applications: Vec<ApplicationId>,
    /// The permanent place.
    pub place: Option<Box<Place>>,
    /// A sanatorium place, beside which a queue may go on (R3.34/24).
    pub sanatorium: Option<Box<Place>>,
    /// A temporary stay.
    pub stay: Option<Box<Stay>>,
    /// Set by an enrolment on a benefit referral to a state organisation: a new application is possible from
    /// this date, and only for private organisations (254/16).
    #[serde(with = "kezek_calendar::date_serde::option")]
    pub transfer_from: Option<Date>,
}

/// A place in a kindergarten.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Where.
    pub organisation: OrganisationId,
    /// In which group.
    pub group: GroupId,
    /// Since when.
    pub since: Instant,
}

/// A temporary stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stay {
    /// Where.
    pub organisation: OrganisationId,
    /// Whose.
    pub application: ApplicationId,
    /// Until, exclusive.
    pub until: Instant,
}

impl Child {
    /// Where the child goes: the permanent place, else a sanatorium, else a temporary stay.
    pub fn organisation(&self) -> Option<OrganisationId> {
        let place = self.place.as_ref().or(self.sanatorium.as_ref());
        place.map(|place| place.organisation).or_else(|| self.stay.as_ref().map(|stay| stay.organisation))
    }
}

/// Whether enrolling in a group of this kind leaves other applications alone (R3.34/24).
pub(crate) fn is_sanatorium(kind: GroupKind) -> bool {
    kind == GroupKind::Sanatorium
}
