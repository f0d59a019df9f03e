//! Which act of a family, a kindergarten or the provider a fact comes from.

use kezek_calendar::Instant;
use kezek_rules::benefit::{Benefit, Finding, Standing};
use kezek_rules::command::{
    AddOrganisation, CloseReason, Command, Entry, IinCheck, OnReferrals, OpenSettlement, Publish,
    QueueChoice, RefusalCause, SetGroup, Submit, WithdrawPlaces,
};
use kezek_rules::event::{ArchiveReason, BenefitLoss, IssuedHow, ReferralEnd, StopReason};
use kezek_rules::ids::{ApplicationId, ReferralId};
use kezek_rules::place::Care;
use kezek_rules::queue::Queue;
use kezek_rules::state::Status;
use kezek_rules::{Event, State};

use super::trust::Trust;

/// What explains the next facts.
#[derive(Debug)]
pub(super) enum Act {
    /// A command, to be judged by the rules.
    Command(Box<Command>),
    /// A family took places for siblings together.
    Family(Vec<ApplicationId>),
    /// The next fact rests on hidden data.
    Trusted(Trust),
    /// The next fact concerns special and sanatorium places alone.
    OfOthers,
    /// Nothing does.
    None,
}

fn command(command: Command) -> Act {
    Act::Command(Box::new(command))
}

/// The command behind the first of these facts, told whole; none when no act gives it.
pub(crate) fn command_of(state: &State, events: &[&Event], at: Instant) -> Option<Command> {
    match (act_of(state, events, at), events.first()?) {
        (Act::Command(command), _) => Some(*command),
        (Act::Family(siblings), _) => {
            let issued = events.iter().find_map(|event| match event {
                Event::ReferralIssued { vacancy, .. } => state.vacancy(*vacancy),
                _ => None,
            });
            Some(Command::ClaimFamily(siblings, issued?.organisation))
        }
        // A child found in another place has left it.
        (_, Event::Returned { application }) => {
            state.application(*application).map(|one| Command::Leave(one.child))
        }
        (_, Event::ContactsChanged { application }) => Some(Command::EditContacts(*application)),
        (_, Event::ConclusionFiled { application }) => Some(Command::FileConclusion(*application)),
        _ => None,
    }
}

/// The act behind the first of these facts, which follow each other at one instant.
pub(super) fn act_of(state: &State, events: &[&Event], at: Instant) -> Act {
    let Some(first) = events.first() else { return Act::None };
    match first {
        Event::SettlementOpened { name, zone, profile } => command(Command::OpenSettlement(OpenSettlement {
            name: name.clone(),
            zone: zone.clone(),
            profile: profile.clone(),
        })),
        Event::OrganisationAdded { settlement, name, kind, ownership, languages, profiles } => {
            command(Command::AddOrganisation(AddOrganisation {
                settlement: *settlement,
                name: name.clone(),
                kind: *kind,
                ownership: *ownership,
                languages: languages.clone(),
                profiles: profiles.clone(),
            }))
        }
        Event::GroupSet { group, organisation, name, cohort, language, capacity, enrolled } => {
            let known = state.group(*group).is_some();
            command(Command::SetGroup(SetGroup {
                group: known.then_some(*group),
                organisation: *organisation,
                name: name.clone(),
                cohort: *cohort,
                language: *language,
                capacity: *capacity,
                enrolled: *enrolled,
            }))
        }
        Event::ProfileSet { settlement, change, act, valid_from } => {
            command(Command::SetProfile(*settlement, change.clone(), act.clone(), *valid_from))
        }
        Event::Frozen { settlement, from, to, act } => {
            command(Command::Freeze(*settlement, *from, *to, act.clone()))
        }
        Event::TermsExtended { settlement, until, act, .. } => {
            command(Command::ExtendWindows(*settlement, *until, act.clone()))
        }
        Event::Registered { .. } => submit(state, first, at),
        Event::BenefitClaimed { application, .. } => edit_benefits(state, *application, events),
        Event::BenefitConfirmed { application, benefit } => {
            command(Command::ConfirmBenefit(*application, *benefit))
        }
        Event::BenefitRemoved { application, benefit, cause } => match cause {
            BenefitLoss::GivenUp => edit_benefits(state, *application, events),
            BenefitLoss::NotProved => {
                command(Command::RejectBenefit(*application, *benefit, Finding::NotProved))
            }
            BenefitLoss::False => command(Command::RejectBenefit(*application, *benefit, Finding::False)),
            BenefitLoss::Lapsed | BenefitLoss::NotShownAgain => Act::None,
        },
        Event::BirthCorrected { application, born } => command(Command::CorrectBirth(*application, *born)),
        Event::InterestConfirmed { application } => command(Command::ConfirmInterest(*application)),
        Event::WishesLodged { applications, choices } => match applications.as_slice() {
            [one] => command(Command::Wish(*one, choices.clone())),
            several => command(Command::WishFamily(several.to_vec(), choices.clone())),
        },
        Event::Published { group, cohort, kind, care, language, regime, mode, count, enrol_from, .. } => {
            command(Command::Publish(Publish {
                group: *group,
                cohort: *cohort,
                kind: *kind,
                profile: care.and_then(|care| profile(state, care)),
                language: *language,
                regime: *regime,
                mode: *mode,
                count: *count,
                enrol_from: *enrol_from,
            }))
        }
        Event::Withdrawn { vacancy, reason, announced, returned, published, claimed } => {
            let published = published.iter().fold(0u32, |sum, (_, count)| sum.saturating_add(*count));
            let parts = [*announced, *returned, published, *claimed];
            command(Command::WithdrawPlaces(WithdrawPlaces {
                vacancy: *vacancy,
                count: parts.into_iter().fold(0, u32::saturating_add),
                reason: Some(*reason),
                referrals: if *claimed > 0 { OnReferrals::Annul } else { OnReferrals::Keep },
            }))
        }
        Event::EarlyFreed { vacancy, .. } => command(Command::FreeEarly(*vacancy)),
        Event::ReferralIssued { application, vacancy, how, .. } => match how {
            IssuedHow::Claim => command(Command::Claim(*application, *vacancy)),
            IssuedHow::Family => Act::Family(siblings(events)),
            IssuedHow::Wish | IssuedHow::Push => Act::None,
        },
        Event::ReferralExtended { referral, ground, .. } => {
            of_referral(state, *referral, |application| Command::Extend(application, Some(*ground)))
        }
        Event::DocumentsConfirmed { referral } => of_referral(state, *referral, Command::ConfirmDocuments),
        Event::Enrolled { referral, .. } => of_referral(state, *referral, Command::Enrol),
        Event::ReferralEnded { referral, cause, .. } => ended(state, *referral, *cause, events),
        Event::Left { child } => command(Command::Leave(*child)),
        Event::Archived { application, reason } => archived(*application, *reason),
        Event::StopListed { application, reason: StopReason::AlreadyEnrolled, .. } => {
            command(Command::FoundEnrolled(*application))
        }
        Event::Returned { application } => match state.application(*application).map(|one| &one.status) {
            Some(Status::StopListed(listing)) if listing.reason == StopReason::AlreadyEnrolled => {
                Act::Trusted(Trust::SameChild)
            }
            _ => Act::None,
        },
        // Of special and sanatorium places alone.
        Event::BulletinIssued { batches, withdrawn, .. } if batches.is_empty() && withdrawn.is_empty() => {
            Act::OfOthers
        }
        // Held for special and sanatorium places alone, of which the general queue knows nothing.
        Event::OpeningHeld { settlement, .. } => match state.settlement(*settlement) {
            Some(one) if one.live_batches.is_empty() => Act::OfOthers,
            _ => Act::None,
        },
        // A stay that ends before its day: another application of the child was enrolled (R3.34/24).
        Event::StayEnded { .. } => Act::Trusted(Trust::SameChild),
        _ => Act::None,
    }
}

/// The name of a profile of care.
fn profile(state: &State, care: Care) -> Option<String> {
    state.organisation(care.organisation)?.profiles.get(usize::from(care.profile)).cloned()
}

fn submit(state: &State, registered: &Event, at: Instant) -> Act {
    let Event::Registered {
        settlement,
        queue,
        child,
        parent,
        born,
        registered,
        draw,
        benefits,
        conclusion,
        over_limit,
        ..
    } = registered
    else {
        return Act::None;
    };
    let queue = match queue {
        Queue::General => Some(QueueChoice::General(*settlement)),
        Queue::Special(care) => {
            profile(state, *care).map(|profile| QueueChoice::Special(care.organisation, profile))
        }
        Queue::Sanatorium(care) => {
            profile(state, *care).map(|profile| QueueChoice::Sanatorium(care.organisation, profile))
        }
    };
    let Some(queue) = queue else { return Act::None };
    let confirmed: Vec<Benefit> = benefits
        .iter()
        .filter(|claim| claim.standing == Standing::Confirmed)
        .map(|claim| claim.benefit)
        .collect();
    let entry = match over_limit {
        Some(act) => Entry::Override(act.clone()),
        None if *registered == at && confirmed.is_empty() => Entry::Sent,
        None => Entry::Imported { registered: *registered, confirmed },
    };
    command(Command::Submit(Submit {
        queue,
        child: *child,
        parent: *parent,
        born: *born,
        iin: IinCheck::Valid,
        benefits: benefits.iter().map(|claim| claim.benefit).collect(),
        conclusion: *conclusion,
        draw: *draw,
        entry,
    }))
}

/// The family's benefits after what it gave up and claimed.
fn edit_benefits(state: &State, application: ApplicationId, events: &[&Event]) -> Act {
    let Some(one) = state.application(application) else { return Act::None };
    let counts = |standing| matches!(standing, Standing::Pending(_) | Standing::Confirmed);
    let mut benefits: Vec<Benefit> =
        one.claims.iter().filter(|claim| counts(claim.standing)).map(|claim| claim.benefit).collect();
    for event in events {
        match event {
            Event::BenefitRemoved { application: id, benefit, cause: BenefitLoss::GivenUp }
                if *id == application =>
            {
                benefits.retain(|known| known != benefit);
            }
            Event::BenefitClaimed { application: id, benefit, .. } if *id == application => {
                benefits.push(*benefit)
            }
            Event::ReferralEnded { cause: ReferralEnd::BenefitUnconfirmed, .. }
            | Event::StopListed { .. } => {}
            _ => break,
        }
    }
    command(Command::EditBenefits(application, benefits))
}

/// Those of one family request: referrals for siblings follow each other, each behind what it takes the place of.
fn siblings(events: &[&Event]) -> Vec<ApplicationId> {
    let mut siblings = Vec::new();
    for event in events {
        match event {
            Event::ReferralIssued { application, how: IssuedHow::Family, .. }
                if !siblings.contains(application) =>
            {
                siblings.push(*application);
            }
            Event::ReferralEnded { cause: ReferralEnd::PermanentClaimed, .. } => {}
            _ => break,
        }
    }
    siblings
}

fn of_referral(state: &State, referral: ReferralId, act: impl FnOnce(ApplicationId) -> Command) -> Act {
    state.referral(referral).map_or(Act::None, |one| command(act(one.application)))
}

fn ended(state: &State, referral: ReferralId, cause: ReferralEnd, events: &[&Event]) -> Act {
    match cause {
        ReferralEnd::AnnulledByApplicant => of_referral(state, referral, Command::Annul),
        ReferralEnd::Documents => of_referral(state, referral, |application| {
            Command::RefuseEnrolment(application, Some(RefusalCause::Documents))
        }),
        ReferralEnd::Medical => of_referral(state, referral, |application| {
            Command::RefuseEnrolment(application, Some(RefusalCause::Medical))
        }),
        ReferralEnd::Withdrawn => of_referral(state, referral, Command::WithdrawApplication),
        ReferralEnd::Archived => match events.get(1) {
            Some(Event::Archived { application, reason }) => archived(*application, *reason),
            _ => Act::None,
        },
        // R3.34/11: a temporary place falls away for the permanent one that is taken next.
        ReferralEnd::PermanentClaimed => match events.get(1) {
            Some(Event::ReferralIssued { how: IssuedHow::Family, .. }) => Act::Family(siblings(events)),
            Some(Event::ReferralIssued { application, vacancy, .. }) => {
                command(Command::Claim(*application, *vacancy))
            }
            _ => Act::None,
        },
        ReferralEnd::EnrolledElsewhere => Act::Trusted(Trust::SameChild),
        ReferralEnd::Expired
        | ReferralEnd::PlaceWithdrawn
        | ReferralEnd::BenefitUnconfirmed
        | ReferralEnd::BenefitFalse => Act::None,
    }
}

fn archived(application: ApplicationId, reason: ArchiveReason) -> Act {
    match reason {
        ArchiveReason::Withdrawn => command(Command::WithdrawApplication(application)),
        ArchiveReason::Moved => command(Command::Close(application, CloseReason::Moved)),
        ArchiveReason::Duplicate => command(Command::Close(application, CloseReason::Duplicate)),
        ArchiveReason::Enrolled => Act::Trusted(Trust::SameChild),
        ArchiveReason::MaxAge | ArchiveReason::NoInterest => Act::None,
    }
}
