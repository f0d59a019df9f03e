//! Facts about applications: registration, benefits, interest, stop-list, archive.

use crate::{
    benefit::{BenefitClaim, Class, Standing, class_of},
    command::Conclusion,
    event::{ArchiveReason, BenefitLoss, Event},
    ids::ApplicationId,
    ranking::Cause,
    state::{Application, State, Status, StopListing, WishList},
};
use alloc::{boxed::Box, vec::Vec};
use kezek_calendar::{Date, Instant};

impl State {
    pub(super) fn apply_to_applications(&mut self, at: Instant, event: &Event) {
        match event {
            Event::Registered { .. } => self.register(at, event),
            Event::BenefitClaimed { application, benefit, until } => {
                let claim = BenefitClaim { benefit: *benefit, standing: Standing::Pending(*until) };
                self.set_claim(*application, at, claim);
            }
            Event::BenefitConfirmed { application, benefit } => {
                let claim = BenefitClaim { benefit: *benefit, standing: Standing::Confirmed };
                self.set_claim(*application, at, claim);
            }
            Event::BenefitRemoved { application, benefit, cause } => {
                let standing = match cause {
                    BenefitLoss::Lapsed => Standing::Lapsed,
                    BenefitLoss::NotProved | BenefitLoss::NotShownAgain => Standing::Rejected,
                    BenefitLoss::False => Standing::False,
                    BenefitLoss::GivenUp => Standing::GivenUp,
                };
                self.set_claim(*application, at, BenefitClaim { benefit: *benefit, standing });
            }
            Event::BirthCorrected { application, born } => self.correct_birth(*application, at, *born),
            Event::ConclusionFiled { application } => {
                if let Some(one) = self.applications.get_mut(application.0 as usize) {
                    one.conclusion = Conclusion::OnFile;
                }
            }
            Event::InterestConfirmed { application } => {
                if let Some(one) = self.applications.get_mut(application.0 as usize) {
                    one.interest_confirmed = at;
                    one.unused_windows = 0;
                    one.interest_asked_until = None;
                }
            }
            Event::InterestAsked { application, until } => {
                if let Some(one) = self.applications.get_mut(application.0 as usize) {
                    one.interest_asked_until = Some(*until);
                }
            }
            Event::StopListed { application, reason, until, silence_until } => {
                self.leave_order(*application, at, Cause::StopListed);
                self.close_windows(*application);
                if let Some(one) = self.applications.get_mut(application.0 as usize) {
                    let (until, silence_until) = (*until, *silence_until);
                    let listing = StopListing { reason: *reason, since: at, until, silence_until };
                    one.status = Status::StopListed(Box::new(listing));
                    one.interest_asked_until = None;
                }
            }
            Event::Returned { application } => {
                if let Some(one) = self.applications.get_mut(application.0 as usize) {
                    one.status = Status::Queued;
                    self.join_order(*application, at, Cause::Returned, Some(Cause::Returned));
                }
            }
            Event::Archived { application, reason } => self.archive(*application, at, *reason),
            Event::WishesLodged { applications, choices } => self.lodge(applications, choices),
            _ => {}
        }
    }

    fn register(&mut self, at: Instant, event: &Event) {
        let Event::Registered {
            application: id,
            settlement,
            queue,
            child,
            parent,
            born,
            registered,
            draw,
            benefits,
            conclusion,
            ..
        } = event
        else {
            return;
        };
        if id.0 as usize != self.applications.len() || self.settlement(*settlement).is_none() {
            return;
        }
        let known = self.children.entry(*child).or_default();
        known.applications.push(*id);
        let application = Application {
            settlement: *settlement,
            queue: *queue,
            child: *child,
            parent: *parent,
            born: *born,
            registered: *registered,
            draw: *draw,
            conclusion: *conclusion,
            // 254/16, R3.34/22: the restriction lasts until the next enrolment.
            private_only: known.transfer_from.is_some() && queue.care().is_none(),
            status: Status::Queued,
            claims: benefits.clone().into_boxed_slice(),
            class: class_of(benefits),
            windows: Vec::new(),
            temporary: None,
            interest_confirmed: at,
            unused_windows: 0,
            interest_asked_until: None,
            wishes: None,
            not_pushed: Vec::new(),
            told: 0,
        };
        let class = application.class();
        self.by_parent.insert((*parent, *id));
        self.applications.push(application);
        self.join_order(*id, at, joined(class), None);
        let told = self.number_of(*id).unwrap_or(0);
        if let Some(one) = self.applications.last_mut() {
            one.told = told;
        }
    }

    fn set_claim(&mut self, id: ApplicationId, at: Instant, claim: BenefitClaim) {
        self.change_class(id, at, |application| {
            let mut claims = application.claims.to_vec();
            match claims.iter_mut().find(|known| known.benefit == claim.benefit) {
                Some(known) => *known = claim,
                None => claims.push(claim),
            }
            application.set_claims(claims);
        });
    }

    /// R3.13: moved to the right birth-year queue with the original time; marks stay, the class being the same
    /// (R3.34/4).
    fn correct_birth(&mut self, id: ApplicationId, at: Instant, born: Date) {
        let Some(application) = self.applications.get(id.0 as usize) else { return };
        let (is_queued, class) = (application.is_queued(), application.class());
        let same_queue = application.born.year() == born.year();
        if same_queue {
            self.leave_pools(id);
        } else {
            self.leave_order(id, at, Cause::Left);
        }
        if let Some(application) = self.applications.get_mut(id.0 as usize) {
            application.born = born;
        }
        match (same_queue, is_queued) {
            (true, true) => self.join_pools(id),
            (false, true) => self.join_order(id, at, joined(class), Some(Cause::Left)),
            _ => {}
        }
        let kept = |state: &State, batch: &crate::ids::BatchId| {
            state.batch(*batch).is_some_and(|batch| batch.pool.admits(born))
        };
        let windows = self.applications.get(id.0 as usize).map(|one| one.windows.clone()).unwrap_or_default();
        for window in windows.iter().filter(|window| !kept(self, window)).copied().collect::<Vec<_>>() {
            self.close_window(id, window);
        }
    }

    fn archive(&mut self, id: ApplicationId, at: Instant, reason: ArchiveReason) {
        let cause = match reason {
            ArchiveReason::Withdrawn | ArchiveReason::Moved => Cause::Left,
            _ => Cause::Archived,
        };
        self.leave_order(id, at, cause);
        self.close_windows(id);
        self.drop_marks(id);
        self.lodge(&[id], &[]);
        if let Some(one) = self.applications.get_mut(id.0 as usize) {
            one.status = Status::Archived(reason);
            one.interest_asked_until = None;
        }
    }

    /// Lodges wishes, or takes them back when there are none. Siblings of an earlier joint list keep it without
    /// those who leave it (R4.31).
    fn lodge(&mut self, applications: &[ApplicationId], choices: &[crate::command::Wish]) {
        self.leave_joint_lists(applications);
        let together = if applications.len() > 1 { applications.to_vec() } else { Vec::new() };
        for id in applications {
            let Some(one) = self.applications.get_mut(id.0 as usize) else { continue };
            let list = || Box::new(WishList { choices: choices.to_vec(), together: together.clone() });
            one.wishes = (!choices.is_empty()).then(list);
            let wishers = &mut self.settlements[one.settlement.0 as usize].wishers;
            if choices.is_empty() {
                wishers.remove(id);
            } else {
                wishers.insert(*id);
            }
        }
    }

    /// Takes them out of the joint lists of others; of a list of one alone an ordinary one remains.
    fn leave_joint_lists(&mut self, leaving: &[ApplicationId]) {
        let lists = leaving.iter().filter_map(|id| self.application(*id)?.wishes.as_ref());
        let siblings: Vec<ApplicationId> = lists.flat_map(|list| list.together.iter().copied()).collect();
        for id in siblings {
            let wishes = self.applications.get_mut(id.0 as usize).and_then(|one| one.wishes.as_mut());
            if let Some(wishes) = wishes {
                wishes.together.retain(|sibling| !leaving.contains(sibling));
                if wishes.together.len() < 2 {
                    wishes.together.clear();
                }
            }
        }
    }
}

/// R3.34/28. A general application is the last of its class; when priority ones stand behind it their turn
/// comes later, and when it comes with an earlier time (import, another year) so does that of general ones (R4.16).
fn joined(class: Class) -> Cause {
    match class {
        Class::Extraordinary => Cause::ExtraordinaryJoined,
        Class::Priority => Cause::PriorityJoined,
        Class::General => Cause::Reordered,
    }
}
