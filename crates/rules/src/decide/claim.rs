//! Taking a place (254/24.5, 254/26).

use super::referral;
use crate::{
    Refusal, State,
    ask::may_claim,
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
    Ok(referral::issue(state, id, vacancy, batch, IssuedHow::Claim, state.next_referral(), at))
}
