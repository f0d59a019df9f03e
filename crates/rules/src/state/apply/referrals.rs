//! Facts about referrals and enrolment.

use crate::{
    event::{Afterwards, Event, IssuedHow, ReferralEnd},
    ids::{ApplicationId, BatchId, ChildKey, ReferralId},
    place::{Mode, Ownership},
    queue::Queue,
    ranking::Cause,
    state::{Place, Referral, ReferralStanding, State, Status, Stay, is_sanatorium},
};
use alloc::{boxed::Box, vec::Vec};
use kezek_calendar::{Instant, terms};

impl State {
    pub(super) fn apply_to_referrals(&mut self, at: Instant, event: &Event) {
        match event {
            Event::ReferralIssued { .. } => self.issue(at, event),
            Event::ReferralStarted { referral, terms } => {
                if let Some(one) = self.referrals.get_mut(referral.0 as usize) {
                    one.terms = Some(*terms);
                }
            }
            Event::ReferralExtended { referral, until, .. } => {
                if let Some(one) = self.referrals.get_mut(referral.0 as usize) {
                    one.extended = true;
                    if let Some(terms) = &mut one.terms {
                        terms.until = *until;
                    }
                }
            }
            Event::DocumentsConfirmed { referral } => {
                if let Some(one) = self.referrals.get_mut(referral.0 as usize) {
                    one.documents_confirmed = true;
                }
            }
            Event::ReferralEnded { referral, cause, then, restored } => {
                self.end_referral(at, *referral, *cause, *then, restored);
            }
            Event::Enrolled { referral, stay_until } => self.enrol(at, *referral, *stay_until),
            Event::StayEnded { child } => {
                if let Some(child) = self.children.get_mut(child) {
                    child.stay = None;
                }
            }
            Event::Left { child } => self.leave(*child),
            _ => {}
        }
    }

    fn issue(&mut self, at: Instant, event: &Event) {
        let Event::ReferralIssued { referral: id, application, vacancy, batch, how, class, terms } = event
        else {
            return;
        };
        if let Some(places) =
            self.batches.get_mut(batch.0 as usize).and_then(|batch| batch.places_of(*vacancy))
        {
            places.free = places.free.saturating_sub(1);
        }
        let Some(place) = self.vacancies.get_mut(vacancy.0 as usize) else { return };
        place.refer(*id);
        let is_temporary = place.mode() == Mode::Temporary;
        let closed_windows = if is_temporary {
            // R3.34/11: other windows stay as they are.
            self.close_window(*application, *batch).into_iter().collect()
        } else {
            self.leave_order(*application, at, Cause::Referred);
            self.close_windows(*application)
        };
        // R3.34/3, R4.17: places of windows in other pools wait for the open phase; only those of this pool may
        // come back.
        let pool = self.batches.get(batch.0 as usize).map(|batch| batch.pool);
        if let Some(pool) = pool.and_then(|pool| self.pools.get_mut(&pool)) {
            pool.serve(*application);
        }
        let of_pool = |id: &BatchId| self.batches.get(id.0 as usize).map(|batch| batch.pool) == pool;
        let closed_windows: Vec<BatchId> = closed_windows.into_iter().filter(of_pool).collect();
        let (application, vacancy, batch) = (*application, *vacancy, *batch);
        let standing = ReferralStanding::Live;
        self.referrals.push(Referral {
            application,
            vacancy,
            batch,
            issued: at,
            how: *how,
            class: *class,
            terms: *terms,
            extended: false,
            documents_confirmed: false,
            standing,
            closed_windows,
        });
        if let Some(one) = self.applications.get_mut(application.0 as usize) {
            // R4.18: taking a place is interest.
            one.unused_windows = 0;
            one.interest_asked_until = None;
            if is_temporary {
                one.temporary = Some(*id);
            } else {
                one.status = Status::Referred(*id);
            }
        }
    }

    fn end_referral(
        &mut self,
        at: Instant,
        id: ReferralId,
        cause: ReferralEnd,
        then: Afterwards,
        restored: &[BatchId],
    ) {
        let Some(referral) = self.referrals.get_mut(id.0 as usize) else { return };
        referral.standing = ReferralStanding::Ended(cause);
        let (application, vacancy, batch, how) =
            (referral.application, referral.vacancy, referral.batch, referral.how);
        self.free_place(id, vacancy, cause);
        let Some(one) = self.applications.get_mut(application.0 as usize) else { return };
        if cause == ReferralEnd::AnnulledByApplicant && how == IssuedHow::Push {
            one.not_pushed.push(vacancy);
        }
        if one.temporary == Some(id) {
            one.temporary = None;
        } else if one.status == Status::Referred(id) {
            one.status = Status::Queued;
            if then == Afterwards::Back {
                self.join_order(application, at, Cause::Returned, Some(Cause::Returned));
            }
        }
        for window in restored {
            self.open_window(application, *window);
        }
        if cause == ReferralEnd::PlaceWithdrawn {
            // R3.34/10: first right in the next batch of the pool.
            let pool = self.batches.get(batch.0 as usize).map(|batch| batch.pool);
            if let Some(pool) = pool.and_then(|pool| self.pools.get_mut(&pool)) {
                pool.first_right[0].push(application);
            }
        }
        if cause == ReferralEnd::AnnulledByApplicant && how == IssuedHow::Wish {
            self.forget_wish(application, vacancy);
        }
    }

    /// R3.34/8: the place goes into the next bulletin, unless it was taken back.
    fn free_place(&mut self, referral: ReferralId, vacancy: crate::ids::VacancyId, cause: ReferralEnd) {
        let Some(place) = self.vacancies.get_mut(vacancy.0 as usize) else { return };
        place.no_longer_refer(referral);
        if cause != ReferralEnd::PlaceWithdrawn {
            place.returned += 1;
            self.settlements[place.settlement.0 as usize].announced.insert(vacancy);
        }
    }

    /// R4.3: an organisation whose referral, brought by the list, the family gave back is no longer wished for; a
    /// joint list is one list.
    fn forget_wish(&mut self, application: ApplicationId, vacancy: crate::ids::VacancyId) {
        let Some(organisation) = self.vacancies.get(vacancy.0 as usize).map(|place| place.organisation)
        else {
            return;
        };
        let wishes = self.application(application).and_then(|one| one.wishes.as_ref());
        let together = wishes.map(|wishes| wishes.together.clone()).unwrap_or_default();
        for id in together.into_iter().chain([application]) {
            let Some(one) = self.applications.get_mut(id.0 as usize) else { continue };
            let Some(wishes) = &mut one.wishes else { continue };
            wishes.choices.retain(|wish| wish.organisation != organisation);
            if wishes.choices.is_empty() {
                one.wishes = None;
                self.settlements[one.settlement.0 as usize].wishers.remove(&id);
            }
        }
    }

    fn enrol(&mut self, at: Instant, id: ReferralId, stay_until: Option<Instant>) {
        let Some(referral) = self.referrals.get_mut(id.0 as usize) else { return };
        referral.standing = ReferralStanding::Enrolled;
        let (application, by_benefit) = (referral.application, referral.by_benefit());
        let Some(vacancy) = self.vacancies.get_mut(referral.vacancy.0 as usize) else { return };
        vacancy.no_longer_refer(id);
        let (organisation, group, kind) = (vacancy.organisation, vacancy.group, vacancy.kind);
        let Some(one) = self.applications.get_mut(application.0 as usize) else { return };
        let (queue, settlement) = (one.queue, one.settlement);
        if one.temporary == Some(id) {
            one.temporary = None;
        }
        let Some(child) = self.children.get_mut(&one.child) else { return };
        if let Some(until) = stay_until {
            child.stay = Some(Box::new(Stay { organisation, application, until }));
            return;
        }
        if let Some(group) = self.groups.get_mut(group.0 as usize) {
            group.enrolled_here += 1;
        }
        let place = Some(Box::new(Place { organisation, group, since: at }));
        if is_sanatorium(kind) {
            child.sanatorium = place;
            return;
        }
        child.place = place;
        // 254/16, R3.15: only a benefit referral of the general queue to a state organisation binds the child.
        let is_state = self
            .organisations
            .get(organisation.0 as usize)
            .is_some_and(|organisation| organisation.ownership == Ownership::State);
        let settlement = &self.settlements[settlement.0 as usize];
        child.transfer_from = (by_benefit && queue == Queue::General && is_state).then(|| {
            terms::add_months(settlement.zone.date(at), i32::from(settlement.profile.transfer_wait_months))
        });
    }

    fn leave(&mut self, child: ChildKey) {
        let Some(child) = self.children.get_mut(&child) else { return };
        let place = child.place.take().or_else(|| child.sanatorium.take());
        match place {
            None => child.stay = None,
            Some(place) => {
                if let Some(group) = self.groups.get_mut(place.group.0 as usize) {
                    group.enrolled_here = group.enrolled_here.saturating_sub(1);
                }
            }
        }
    }

    /// Opens a window again (R3.34/7).
    fn open_window(&mut self, application: ApplicationId, batch: BatchId) {
        if let (Some(one), Some(open)) =
            (self.applications.get_mut(application.0 as usize), self.batches.get_mut(batch.0 as usize))
        {
            open.open_windows.insert(application);
            one.windows.push(batch);
        }
    }

    /// Closes one window; whether it was open.
    pub(super) fn close_window(&mut self, application: ApplicationId, batch: BatchId) -> Option<BatchId> {
        let one = self.applications.get_mut(application.0 as usize)?;
        let index = one.windows.iter().position(|open| *open == batch)?;
        one.windows.remove(index);
        self.batches.get_mut(batch.0 as usize)?.open_windows.remove(&application);
        Some(batch)
    }

    /// Closes all windows of an application and says which.
    pub(super) fn close_windows(&mut self, application: ApplicationId) -> Vec<BatchId> {
        let windows =
            self.applications.get(application.0 as usize).map(|one| one.windows.clone()).unwrap_or_default();
        windows.into_iter().filter_map(|batch| self.close_window(application, batch)).collect()
    }
}
