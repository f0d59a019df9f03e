//! Benefits: claimed, confirmed, rejected (254/20, 254/22, R3.17, R3.34/16, R3.34/17).

use super::{living, referral, submit::benefit_term};
use crate::{
    Refusal, State,
    benefit::{Benefit, BenefitClaim, Finding, Standing, class_of},
    event::{BenefitLoss, Event, ReferralEnd, StopReason},
    ids::{ApplicationId, ReferralId},
    state::Application,
};
use alloc::{vec, vec::Vec};
use kezek_calendar::Instant;

fn claim_of(application: &Application, benefit: Benefit) -> Option<Standing> {
    application.claims.iter().find(|claim| claim.benefit == benefit).map(|claim| claim.standing)
}

pub(super) fn confirm(state: &State, id: ApplicationId, benefit: Benefit) -> Result<Vec<Event>, Refusal> {
    let (application, _) = living(state, id)?;
    match claim_of(application, benefit).ok_or(Refusal::NotFound)? {
        Standing::Pending(_) => Ok(vec![Event::BenefitConfirmed { application: id, benefit }]),
        Standing::Lapsed => Err(Refusal::TooLate),
        _ => Err(Refusal::WrongState),
    }
}

/// R3.34/16, R3.34/17; without a live referral got by it a false benefit is lost all the same (R4.8).
pub(super) fn reject(
    state: &State,
    id: ApplicationId,
    benefit: Benefit,
    finding: Finding,
    at: Instant,
) -> Result<Vec<Event>, Refusal> {
    let (application, settlement) = living(state, id)?;
    match claim_of(application, benefit).ok_or(Refusal::NotFound)? {
        Standing::Pending(_) | Standing::Confirmed => {}
        Standing::Lapsed => return Err(Refusal::TooLate),
        _ => return Err(Refusal::WrongState),
    }
    let (loss, end) = match finding {
        Finding::NotProved => (BenefitLoss::NotProved, ReferralEnd::BenefitUnconfirmed),
        Finding::False => (BenefitLoss::False, ReferralEnd::BenefitFalse),
    };
    if let Some(referral) = referral_resting_on(state, application, &[benefit]) {
        return Ok(referral::end(state, referral, end, &[(benefit, loss)], settlement.zone.date(at), at));
    }
    let mut events = vec![Event::BenefitRemoved { application: id, benefit, cause: loss }];
    if finding == Finding::False && application.is_queued() {
        events.push(referral::stop_list(settlement, id, StopReason::BenefitFalse, settlement.zone.date(at)));
    }
    Ok(events)
}

/// The live referral that was got by these benefits: without them the class would be too low. It stays when other
/// benefits still give the class (R4.10).
fn referral_resting_on(state: &State, application: &Application, lost: &[Benefit]) -> Option<ReferralId> {
    let id = application.live_referral()?;
    let referral = state.referral(id)?;
    let others: Vec<BenefitClaim> =
        application.claims.iter().filter(|claim| !lost.contains(&claim.benefit)).copied().collect();
    (referral.by_benefit() && class_of(&others) > referral.class).then_some(id)
}

/// The family's benefits are now these: new ones are claimed, others given up, and what was got by them (R4.9).
pub(super) fn edit(
    state: &State,
    id: ApplicationId,
    benefits: &[Benefit],
    at: Instant,
) -> Result<Vec<Event>, Refusal> {
    let (application, settlement) = living(state, id)?;
    let counts = |standing| matches!(standing, Standing::Pending(_) | Standing::Confirmed);
    let claims = application.claims.iter();
    let given_up: Vec<Benefit> = claims
        .filter(|claim| counts(claim.standing) && !benefits.contains(&claim.benefit))
        .map(|claim| claim.benefit)
        .collect();
    let cause = BenefitLoss::GivenUp;
    let mut events = match referral_resting_on(state, application, &given_up) {
        // What was got by a right that is given up goes as when it was not confirmed.
        Some(referral) => {
            let lost: Vec<(Benefit, BenefitLoss)> =
                given_up.iter().map(|benefit| (*benefit, cause)).collect();
            let today = settlement.zone.date(at);
            referral::end(state, referral, ReferralEnd::BenefitUnconfirmed, &lost, today, at)
        }
        None => {
            let removed =
                |benefit: &Benefit| Event::BenefitRemoved { application: id, benefit: *benefit, cause };
            given_up.iter().map(removed).collect()
        }
    };
    let until = benefit_term(settlement, at);
    let mut added: Vec<Benefit> = Vec::new();
    for benefit in benefits {
        let has = claim_of(application, *benefit).is_some_and(counts);
        if !has && !added.contains(benefit) {
            added.push(*benefit);
            events.push(Event::BenefitClaimed { application: id, benefit: *benefit, until });
        }
    }
    Ok(events)
}
