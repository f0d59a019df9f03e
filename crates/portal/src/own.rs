//! Whose a thing is. What is not one's own is answered as if it were not there.

use kezek_records::AccessEntry;
use kezek_rules::State;
use kezek_rules::ids::{ApplicationId, GroupId, OrganisationId, SettlementId, VacancyId};
use kezek_rules::state::{Application, Group, Organisation, Vacancy};

use crate::act::ActError;
use crate::app::AppState;
use crate::error_page::{PageError, Problem};
use crate::rights::Action;
use crate::who::Who;

/// An application of this parent, by the number people see.
pub fn application<'a>(
    state: &'a State,
    who: &Who,
    number: u64,
) -> Result<(ApplicationId, &'a Application), Problem> {
    let (id, one) = by_number(state, number)?;
    if one.parent == who.parent() { Ok((id, one)) } else { Err(Problem::NotFound) }
}

/// An application of the settlement this official acts in.
pub fn desk_application<'a>(
    state: &'a State,
    who: &Who,
    number: u64,
) -> Result<(ApplicationId, &'a Application), Problem> {
    let (id, one) = by_number(state, number)?;
    if who.settlement == Some(one.settlement) { Ok((id, one)) } else { Err(Problem::NotFound) }
}

/// An application with a live referral to this official's kindergarten.
pub fn incoming<'a>(
    state: &'a State,
    who: &Who,
    number: u64,
) -> Result<(ApplicationId, &'a Application), Problem> {
    let (id, one) = by_number(state, number)?;
    let referral = one.live_referral().and_then(|referral| state.referral(referral));
    let vacancy = referral.and_then(|referral| state.vacancy(referral.vacancy));
    let is_here = vacancy.is_some_and(|vacancy| Some(vacancy.organisation) == who.kindergarten);
    if is_here { Ok((id, one)) } else { Err(Problem::NotFound) }
}

/// Any application, by the number people see.
pub fn by_number(state: &State, number: u64) -> Result<(ApplicationId, &Application), Problem> {
    let id = ApplicationId::from_number(number).ok_or(Problem::NotFound)?;
    Ok((id, state.application(id).ok_or(Problem::NotFound)?))
}

/// This official's settlement.
pub fn settlement(who: &Who) -> Result<SettlementId, Problem> {
    who.settlement.ok_or(Problem::Forbidden)
}

/// This official's kindergarten.
pub fn kindergarten<'a>(state: &'a State, who: &Who) -> Result<(OrganisationId, &'a Organisation), Problem> {
    let id = who.kindergarten.ok_or(Problem::Forbidden)?;
    Ok((id, state.organisation(id).ok_or(Problem::Forbidden)?))
}

/// A vacancy of this official's kindergarten.
pub fn vacancy<'a>(state: &'a State, who: &Who, id: u32) -> Result<(VacancyId, &'a Vacancy), Problem> {
    let id = VacancyId(id);
    let found = state.vacancy(id).filter(|one| Some(one.organisation) == who.kindergarten);
    Ok((id, found.ok_or(Problem::NotFound)?))
}

/// A group of this official's kindergarten.
pub fn group<'a>(state: &'a State, who: &Who, id: u32) -> Result<(GroupId, &'a Group), Problem> {
    let id = GroupId(id);
    let found = state.group(id).filter(|one| Some(one.organisation) == who.kindergarten);
    Ok((id, found.ok_or(Problem::NotFound)?))
}

impl AppState {
    /// Notes that an official looks at the data of the people of an application. Comes before the look: what cannot
    /// be noted is not shown.
    pub(crate) async fn note_look(&self, who: &Who, whose: &[u64], why: Action) -> Result<(), ActError> {
        let when_us = self.now().as_micros();
        for whose in whose {
            let entry = AccessEntry { who: who.person, whose: *whose, when_us, why: why.code().to_string() };
            self.people().note_access(&entry).await?;
        }
        Ok(())
    }
}

impl From<ActError> for PageError {
    /// For errors that have no words of their own; others go through [`ActError::page`].
    fn from(error: ActError) -> Self {
        match error {
            ActError::Stale => Problem::Conflict.into(),
            ActError::NoKey => Problem::BadRequest.into(),
            _ => Problem::Internal.into(),
        }
    }
}
