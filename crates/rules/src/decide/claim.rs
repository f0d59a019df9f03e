//! Taking a place (254/24.5, 254/26).

use super::referral;
use crate::{
    Refusal, State,
    ask::{is_over, may_claim},
    event::{Event, IssuedHow},
    ids::{ApplicationId, VacancyId},
};
use alloc::vec::Vec;
use kezek_calendar::Instant;

pub(super) fn claim(
    state: &State,
    id: ApplicationId,
    vacancy: VacancyId,
    at: Instant,
) -> Result<Vec<Event>, Refusal> {
    let batch = may_claim(state, id, vacancy)?;
    if state.vacancy(vacancy).is_some_and(|place| is_over(state, place, at)) {
        return Err(Refusal::PlaceTaken);
    }
    Ok(referral::issue(state, id, vacancy, batch, IssuedHow::Claim, state.next_referral(), at))
}
