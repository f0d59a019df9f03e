//! What is found.

use kezek_calendar::Instant;
use kezek_rules::{Event, Refusal};
use serde::Serialize;

/// An entry that breaks the law, or one that the law asks for and that is not there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Violation {
    /// The entry; of what is missing, the one in whose place it should stand.
    pub seq: u64,
    /// When.
    pub at: Instant,
    /// What is wrong.
    pub wrong: Wrong,
    /// The clause that is broken.
    pub clause: &'static str,
    /// What the entry says, with stand-ins for what is hidden; none where there is nothing.
    pub found: Option<Event>,
    /// What the law gives, where it can be told.
    pub lawful: Option<Event>,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrong {
    /// The law gives another result.
    Otherwise,
    /// What the law asks for at this time did not happen.
    Missing,
    /// The law refuses the act.
    Refused(Refusal),
    /// No act and no term brings it about.
    Unfounded,
    /// Its time is before that of the entry in front of it.
    BackInTime,
    /// Registered with a time before it was sent, or after (254/14, R4.36).
    BackDated,
    /// It names an application, place, bulletin or referral that is not there.
    NotThere,
    /// Wishes that are not those that were lodged.
    OtherWishes,
    /// An act without number and date.
    NoAct,
    /// Its number is not the next.
    Number,
}

/// The clause that an event rests on.
pub fn clause_of(event: &Event) -> &'static str {
    match event {
        Event::SettlementOpened { .. } => "254/13",
        Event::OrganisationAdded { .. } => "254/2",
        Event::GroupSet { .. } => "R3.30",
        Event::ProfileSet { .. } | Event::ProfileApplied { .. } => "R3.21",
        Event::Frozen { .. } => "R3.34/30",
        Event::TermsExtended { .. } => "R3.31",
        Event::Registered { .. } => "254/14",
        Event::BenefitClaimed { .. } | Event::BenefitRemoved { .. } => "254/20",
        Event::BenefitConfirmed { .. } | Event::DocumentsConfirmed { .. } => "254/22",
        Event::BirthCorrected { .. } | Event::ContactsChanged { .. } => "R3.13",
        Event::ConclusionFiled { .. } => "254/17",
        Event::InterestConfirmed { .. } | Event::InterestAsked { .. } => "R3.10",
        Event::StopListed { .. } | Event::Returned { .. } => "R3.9",
        Event::Archived { .. } => "254/24.9",
        Event::WishesLodged { .. } => "R3.29",
        Event::Published { .. } => "254/24.2",
        Event::Withdrawn { .. } => "254/25.1",
        Event::WindowCancelled { .. } => "R3.20",
        Event::BulletinIssued { .. } => "254/24.3",
        Event::WindowsOpened { .. } | Event::WindowsEnded { .. } => "254/24.4",
        Event::FrontierMoved { .. } => "254/24.10",
        Event::OpeningHeld { .. } => "254/24.4",
        Event::ReferralIssued { how, .. } => match how {
            kezek_rules::event::IssuedHow::Claim => "254/24.5",
            kezek_rules::event::IssuedHow::Wish => "R3.29",
            kezek_rules::event::IssuedHow::Push => "254/27",
            kezek_rules::event::IssuedHow::Family => "254/29",
        },
        Event::ReferralStarted { .. } => "R3.19",
        Event::ReferralExtended { .. } | Event::ReferralEnded { .. } => "254/30",
        Event::Enrolled { .. } => "254/32",
        Event::StayEnded { .. } => "R3.18",
        Event::Left { .. } => "254/19",
        Event::EarlyFreed { .. } => "254/24.6",
        Event::Reminded { .. } | Event::NumbersTold { .. } => "R3.26",
        Event::PoolsClosed { .. } => "R4.19",
    }
}
