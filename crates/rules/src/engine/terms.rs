//! Terms that end: windows, referrals, originals, benefits, stop-list, stays, interest, early places.

use super::Engine;
use crate::{
    benefit::{Benefit, Standing},
    command::ModeTerms,
    decide::{places, referral},
    event::{ArchiveReason, BenefitLoss, Event, ReferralEnd, StopReason},
    ids::{ApplicationId, BatchId, ChildKey, ReferralId, SettlementId, VacancyId},
    place::Mode,
    state::{Phase, Settlement, Status},
};
use alloc::vec::Vec;
use kezek_calendar::{Date, Instant, terms};

/// Unused windows in a row after which interest is asked for (R3.10).
const UNUSED_WINDOWS: u8 = 2;
/// Calendar days to answer (R3.34/18).
const ANSWER_DAYS: i32 = 30;

/// The day whose end `ended` is.
pub(super) fn day_ended(settlement: &Settlement, ended: Instant) -> Date {
    settlement.zone.date(ended.plus_micros(-1))
}

impl Engine {
    fn settlement_of(&self, application: ApplicationId) -> Option<&Settlement> {
        self.state.settlement_of(self.state.application(application)?)
    }

    pub(super) fn end_windows(&mut self, id: BatchId, due: Instant, at: Instant) {
        let Some(batch) = self.state.batch(id) else { return };
        if batch.phase != Phase::Windows(due) {
            return;
        }
        let mut holders: Vec<_> = batch.open_windows.iter().copied().collect();
        self.record(at, Event::WindowsEnded { batch: id });
        holders.sort_by_key(|id| self.state.application(*id).map(|one| one.seniority(*id)));
        for holder in holders {
            let Some(one) = self.state.application(holder) else { continue };
            let is_due =
                one.is_queued() && one.unused_windows >= UNUSED_WINDOWS && one.interest_asked_until.is_none();
            if let (true, Some(settlement)) = (is_due, self.settlement_of(holder)) {
                let until = settlement.end_of(terms::add_days(day_ended(settlement, due), ANSWER_DAYS));
                self.record(at, Event::InterestAsked { application: holder, until });
            }
        }
    }

    /// R3.34/15: originals not shown go before expiry.
    pub(super) fn end_referral(&mut self, id: ReferralId, due: Instant, at: Instant) {
        let Some(one) = self.state.referral(id).filter(|one| one.is_live()) else { return };
        let Some(terms) = one.terms.filter(|terms| terms.until == due) else { return };
        if one.by_benefit() && !one.documents_confirmed && terms.documents_until <= due {
            self.end_for_benefit(id, due, at);
            return;
        }
        let Some(settlement) = self.settlement_of(one.application) else { return };
        let day = day_ended(settlement, due);
        let events = referral::end(&self.state, id, ReferralEnd::Expired, &[], day, at);
        self.record_all(at, events);
    }

    pub(super) fn end_documents_term(&mut self, id: ReferralId, due: Instant, at: Instant) {
        let Some(one) = self.state.referral(id).filter(|one| one.is_live()) else { return };
        let ends_now = one.terms.is_some_and(|terms| terms.documents_until == due);
        if ends_now && one.by_benefit() && !one.documents_confirmed {
            self.end_for_benefit(id, due, at);
        }
    }

    /// The rights it was got by are lost, no other (R4.26).
    fn end_for_benefit(&mut self, id: ReferralId, due: Instant, at: Instant) {
        let Some(referral) = self.state.referral(id) else { return };
        let Some(one) = self.state.application(referral.application) else { return };
        let Some(settlement) = self.state.settlement_of(one) else { return };
        let class = referral.class;
        let lost: Vec<(Benefit, BenefitLoss)> = one
            .claims
            .iter()
            .filter(|claim| claim.standing == Standing::Confirmed && claim.benefit.class() == class)
            .map(|claim| (claim.benefit, BenefitLoss::NotShownAgain))
            .collect();
        let day = day_ended(settlement, due);
        let events = referral::end(&self.state, id, ReferralEnd::BenefitUnconfirmed, &lost, day, at);
        self.record_all(at, events);
    }

    pub(super) fn end_benefit_terms(&mut self, application: ApplicationId, due: Instant, at: Instant) {
        let Some(one) = self.state.application(application).filter(|one| !one.is_archived()) else { return };
        let lapsed: Vec<Benefit> = one
            .claims
            .iter()
            .filter(|claim| claim.standing == Standing::Pending(due))
            .map(|claim| claim.benefit)
            .collect();
        for benefit in lapsed {
            self.record(at, Event::BenefitRemoved { application, benefit, cause: BenefitLoss::Lapsed });
        }
    }

    pub(super) fn end_stop_list(&mut self, application: ApplicationId, due: Instant, at: Instant) {
        let status = self.state.application(application).map(|one| &one.status);
        if matches!(status, Some(Status::StopListed(listing)) if listing.until == Some(due)) {
            self.record(at, Event::Returned { application });
        }
    }

    pub(super) fn end_stay(&mut self, child: ChildKey, due: Instant, at: Instant) {
        let stay = self.state.child(child).and_then(|child| child.stay.as_ref());
        if stay.is_some_and(|stay| stay.until == due) {
            self.record(at, Event::StayEnded { child });
        }
    }

    pub(super) fn end_interest_term(&mut self, application: ApplicationId, due: Instant, at: Instant) {
        let asked = self.state.application(application).filter(|one| one.is_queued());
        if asked.is_some_and(|one| one.interest_asked_until == Some(due)) {
            self.stop_for_silence(application, due, at);
        }
    }

    pub(super) fn stop_for_silence(&mut self, application: ApplicationId, due: Instant, at: Instant) {
        let Some(settlement) = self.settlement_of(application) else { return };
        let day = day_ended(settlement, due);
        let event = referral::stop_list(settlement, application, StopReason::InterestNotConfirmed, day);
        self.record(at, event);
    }

    pub(super) fn end_silence(&mut self, application: ApplicationId, due: Instant, at: Instant) {
        let status = self.state.application(application).map(|one| &one.status);
        if matches!(status, Some(Status::StopListed(listing)) if listing.silence_until == Some(due)) {
            self.record(at, Event::Archived { application, reason: ArchiveReason::NoInterest });
        }
    }

    /// R3.19: the stated date has come.
    pub(super) fn free_early(&mut self, id: VacancyId, at: Instant) {
        let Some(vacancy) = self.state.vacancy(id) else { return };
        if vacancy.mode() == Mode::Early && matches!(vacancy.terms, ModeTerms::Early(_)) {
            let events = places::freed(&self.state, id, vacancy, at);
            self.record_all(at, events);
        }
    }

    pub(super) fn apply_profile(&mut self, id: SettlementId, at: Instant) {
        let Some(settlement) = self.state.settlement(id) else { return };
        let today = settlement.zone.date(at);
        if settlement.changes.iter().any(|change| !change.applied && change.valid_from <= today) {
            self.record(at, Event::ProfileApplied { settlement: id });
        }
    }
}
