//! Which facts families are told of, by the message kinds of R3.34/31. Texts and addresses live elsewhere.

use crate::{
    Command, State,
    benefit::{Class, Standing},
    event::{Event, Fact, ReferralEnd, Reminder},
    ids::{ApplicationId, BatchId, ReferralId},
};
use alloc::{vec, vec::Vec};
use serde::{Deserialize, Serialize};

/// The message kinds (R3.34/31).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Stands in the queue, with number and queue.
    Registered,
    /// Was refused registration, with the reason: see [`of_refusal`].
    Refused,
    /// Originals of a benefit are to be shown.
    BringOriginals,
    /// A benefit was confirmed.
    BenefitConfirmed,
    /// A benefit no longer counts.
    BenefitRemoved,
    /// A window is open.
    WindowOpened,
    /// A window ends tomorrow.
    WindowEndsTomorrow,
    /// The open phase has reached the family.
    OpenPhase,
    /// A referral was issued, or that of a place booked early runs now.
    ReferralIssued,
    /// A referral runs longer.
    ReferralExtended,
    /// A referral ends tomorrow.
    ReferralEndsTomorrow,
    /// Into the stop-list.
    StopListed,
    /// Back in the queue.
    Returned,
    /// A place was taken back.
    PlaceWithdrawn,
    /// Enrolled.
    Enrolled,
    /// A temporary stay ends.
    StayEnds,
    /// Interest is to be confirmed.
    ConfirmInterest,
    /// The number moved by more than twenty.
    NumberMoved,
    /// The age limit is near.
    AgeLimitSoon,
    /// Into the archive.
    Archived,
    /// A new sign-in; sent by the portal.
    NewSignIn,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [MessageKind; 21] = [
        MessageKind::Registered,
        MessageKind::Refused,
        MessageKind::BringOriginals,
        MessageKind::BenefitConfirmed,
        MessageKind::BenefitRemoved,
        MessageKind::WindowOpened,
        MessageKind::WindowEndsTomorrow,
        MessageKind::OpenPhase,
        MessageKind::ReferralIssued,
        MessageKind::ReferralExtended,
        MessageKind::ReferralEndsTomorrow,
        MessageKind::StopListed,
        MessageKind::Returned,
        MessageKind::PlaceWithdrawn,
        MessageKind::Enrolled,
        MessageKind::StayEnds,
        MessageKind::ConfirmInterest,
        MessageKind::NumberMoved,
        MessageKind::AgeLimitSoon,
        MessageKind::Archived,
        MessageKind::NewSignIn,
    ];

    /// The name used in scenarios and in the API.
    pub fn code(self) -> &'static str {
        match self {
            MessageKind::Registered => "registered",
            MessageKind::Refused => "refused",
            MessageKind::BringOriginals => "bring_originals",
            MessageKind::BenefitConfirmed => "benefit_confirmed",
            MessageKind::BenefitRemoved => "benefit_removed",
            MessageKind::WindowOpened => "window_opened",
            MessageKind::WindowEndsTomorrow => "window_ends_tomorrow",
            MessageKind::OpenPhase => "open_phase",
            MessageKind::ReferralIssued => "referral_issued",
            MessageKind::ReferralExtended => "referral_extended",
            MessageKind::ReferralEndsTomorrow => "referral_ends_tomorrow",
            MessageKind::StopListed => "stop_listed",
            MessageKind::Returned => "returned",
            MessageKind::PlaceWithdrawn => "place_withdrawn",
            MessageKind::Enrolled => "enrolled",
            MessageKind::StayEnds => "stay_ends",
            MessageKind::ConfirmInterest => "confirm_interest",
            MessageKind::NumberMoved => "number_moved",
            MessageKind::AgeLimitSoon => "age_limit_soon",
            MessageKind::Archived => "archived",
            MessageKind::NewSignIn => "new_sign_in",
        }
    }
}

/// A message to the family of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Which.
    pub application: ApplicationId,
    /// What about.
    pub kind: MessageKind,
}

/// What the sender of a refused command is told besides the answer: a refused registration (254/6, R3.26). A refusal
/// is no fact and its application has no number, so whoever takes commands in addresses it to the applicant.
pub fn of_refusal(command: &Command) -> Option<MessageKind> {
    matches!(command, Command::Submit(_)).then_some(MessageKind::Refused)
}

/// The messages a fact causes; `state` is the one after it.
pub fn messages(state: &State, fact: &Fact) -> Vec<Message> {
    let one = |application: ApplicationId, kind| vec![Message { application, kind }];
    let of = |referral: ReferralId| state.referral(referral).map(|referral| referral.application);
    match &fact.event {
        Event::Registered { application, benefits, registered, .. } => {
            // What comes over from an earlier queue was told of its registration there.
            let is_new = *registered == fact.at;
            let mut messages = if is_new { one(*application, MessageKind::Registered) } else { Vec::new() };
            if benefits.iter().any(|claim| matches!(claim.standing, Standing::Pending(_))) {
                messages.extend(one(*application, MessageKind::BringOriginals));
            }
            messages
        }
        Event::BenefitClaimed { application, .. } => one(*application, MessageKind::BringOriginals),
        Event::BenefitConfirmed { application, .. } => one(*application, MessageKind::BenefitConfirmed),
        Event::BenefitRemoved { application, .. } => one(*application, MessageKind::BenefitRemoved),
        Event::InterestAsked { application, .. } => one(*application, MessageKind::ConfirmInterest),
        Event::StopListed { application, .. } => one(*application, MessageKind::StopListed),
        Event::Returned { application } => one(*application, MessageKind::Returned),
        Event::Archived { application, .. } => one(*application, MessageKind::Archived),
        Event::WindowCancelled { application, .. } => one(*application, MessageKind::PlaceWithdrawn),
        Event::WindowsOpened { grants, .. } => {
            all(grants.iter().map(|grant| grant.application), MessageKind::WindowOpened)
        }
        Event::FrontierMoved { let_in, .. } => all(let_in.iter().copied(), MessageKind::OpenPhase),
        Event::TermsExtended { windows, referrals, originals, .. } => {
            terms_extended(state, windows, referrals, originals)
        }
        Event::ReferralIssued { application, class, .. } => {
            let mut messages = one(*application, MessageKind::ReferralIssued);
            if *class != Class::General {
                messages.extend(one(*application, MessageKind::BringOriginals));
            }
            messages
        }
        Event::ReferralStarted { referral, .. } => {
            all(of(*referral).into_iter(), MessageKind::ReferralIssued)
        }
        Event::ReferralExtended { referral, .. } => {
            all(of(*referral).into_iter(), MessageKind::ReferralExtended)
        }
        Event::ReferralEnded { referral, cause, .. } => all(of(*referral).into_iter(), ended(*cause))
            .into_iter()
            .filter(|_| !followed_by_another(*cause))
            .collect(),
        Event::Enrolled { referral, .. } => all(of(*referral).into_iter(), MessageKind::Enrolled),
        Event::Reminded { kind, applications } => all(applications.iter().copied(), reminder(*kind)),
        Event::NumbersTold { numbers } => all(numbers.iter().map(|(id, _)| *id), MessageKind::NumberMoved),
        _ => Vec::new(),
    }
}

fn all(applications: impl Iterator<Item = ApplicationId>, kind: MessageKind) -> Vec<Message> {
    applications.map(|application| Message { application, kind }).collect()
}

fn ended(cause: ReferralEnd) -> MessageKind {
    match cause {
        ReferralEnd::PlaceWithdrawn => MessageKind::PlaceWithdrawn,
        _ => MessageKind::Returned,
    }
}

/// Endings that the fact behind them tells of: the stop-list, the archive, a new referral.
fn followed_by_another(cause: ReferralEnd) -> bool {
    !matches!(cause, ReferralEnd::PlaceWithdrawn | ReferralEnd::AnnulledByApplicant | ReferralEnd::Medical)
}

fn reminder(kind: Reminder) -> MessageKind {
    match kind {
        Reminder::WindowEndsTomorrow => MessageKind::WindowEndsTomorrow,
        Reminder::ReferralEndsTomorrow => MessageKind::ReferralEndsTomorrow,
        Reminder::StayEnds => MessageKind::StayEnds,
        Reminder::ConfirmInterest => MessageKind::ConfirmInterest,
        Reminder::AgeLimitSoon => MessageKind::AgeLimitSoon,
    }
}

/// R3.31: nothing is extended silently; whose term ends later as it is has nothing to be told.
fn terms_extended(
    state: &State,
    windows: &[BatchId],
    referrals: &[ReferralId],
    originals: &[ReferralId],
) -> Vec<Message> {
    let windows = windows.iter().filter_map(|batch| state.batch(*batch));
    let holders = windows.flat_map(|batch| batch.open_windows.iter().copied());
    let referred = referrals.iter().filter_map(|id| state.referral(*id)).map(|one| one.application);
    let to_show = originals.iter().filter_map(|id| state.referral(*id)).filter(|one| one.by_benefit());
    let mut messages = all(holders, MessageKind::WindowOpened);
    messages.extend(all(referred, MessageKind::ReferralExtended));
    messages.extend(all(to_show.map(|one| one.application), MessageKind::BringOriginals));
    messages
}
