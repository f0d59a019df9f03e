//! How the parents of the cast are found.

use std::collections::{HashMap, HashSet};

use kezek_rules::State;
use kezek_rules::benefit::{Class, Standing};
use kezek_rules::command::Conclusion;
use kezek_rules::ids::ApplicationId;
use kezek_rules::queue::Queue;
use kezek_rules::state::{Application, Status};

use super::families::Family;
use super::figures::{PLACES, Size};
use super::words::{self, About};

/// What a parent of the cast is looked for by.
pub type Wanted = fn(&Look<'_>, ApplicationId, &Application) -> bool;

/// Whom to look for, with what the person is good for.
pub const PARENTS: &[(Wanted, About)] = &[
    (|look, id, one| look.is_in_front_with_wishes(id, one), words::IN_FRONT_WITH_WISHES),
    (|look, id, one| look.is_in_front_without_wishes(id, one), words::IN_FRONT_WITHOUT_WISHES),
    (|look, id, one| look.is_among_the_next_thousand(id, one), words::NEXT_THOUSAND),
    (|look, id, one| look.is_priority_in_front(id, one), words::PRIORITY),
    (|look, id, one| look.has_pending_benefit(id, one), words::PENDING),
    (|look, id, one| look.has_twins_in_front(id, one), words::TWINS),
    (|look, id, one| look.has_siblings_in_front(id, one), words::SIBLINGS),
    (|look, id, one| look.has_referral(id, one), words::REFERRAL),
    (|look, id, one| look.has_window(id, one), words::WINDOW),
    (|look, id, one| look.is_stop_listed(id, one), words::STOP_LIST),
    (|look, id, one| look.waits_for_special(id, one), words::SPECIAL),
    (|look, id, one| look.has_special_referral(id, one), words::SPECIAL_REFERRAL),
    (|look, id, one| look.waits_for_sanatorium(id, one), words::SANATORIUM),
    (|look, id, one| look.is_far_behind(id, one), words::FAR_BEHIND),
    (|look, id, one| look.is_at_the_age_limit(id, one), words::AGE_LIMIT),
];

/// The state with what the search needs beside it.
pub struct Look<'a> {
    pub state: &'a State,
    pub families: &'a HashMap<u64, &'a Family>,
    pub size: Size,
}

impl Look<'_> {
    /// How many places of the campaign there are for the child's year.
    fn places(&self, one: &Application) -> u32 {
        let year = one.born.year();
        PLACES.iter().find(|(of, _)| *of == year).map_or(0, |(_, places)| self.size.of(*places))
    }

    /// Will get a window when the campaign opens.
    fn is_in_front(&self, id: ApplicationId, one: &Application) -> bool {
        let is_free = one.queue == Queue::General && one.is_queued() && one.windows.is_empty();
        is_free && self.state.number_of(id).is_some_and(|number| number <= self.places(one))
    }

    fn is_alone(&self, one: &Application) -> bool {
        self.state.applications_of(one.parent).count() == 1
    }

    fn is_in_front_with_wishes(&self, id: ApplicationId, one: &Application) -> bool {
        self.is_middle(id, one) && one.wishes.as_ref().is_some_and(|list| list.choices.len() >= 3)
    }

    fn is_in_front_without_wishes(&self, id: ApplicationId, one: &Application) -> bool {
        self.is_middle(id, one) && one.wishes.is_none()
    }

    /// A general application born in 2018 in the second half of those who will get a window.
    fn is_middle(&self, id: ApplicationId, one: &Application) -> bool {
        let is_plain = one.born.year() == 2018 && one.class() == Class::General && self.is_alone(one);
        is_plain
            && self.is_in_front(id, one)
            && self.state.number_of(id).is_some_and(|number| number > self.places(one) / 2)
    }

    fn is_among_the_next_thousand(&self, id: ApplicationId, one: &Application) -> bool {
        let places = self.places(one);
        one.queue == Queue::General
            && one.born.year() == 2018
            && self.is_alone(one)
            && self
                .state
                .number_of(id)
                .is_some_and(|number| number > places && number <= places + self.size.of(1000))
    }

    fn is_priority_in_front(&self, id: ApplicationId, one: &Application) -> bool {
        one.class() == Class::Priority
            && one.born.year() == 2019
            && self.is_alone(one)
            && self.is_in_front(id, one)
    }

    fn has_pending_benefit(&self, _: ApplicationId, one: &Application) -> bool {
        one.is_queued() && one.claims.iter().any(|claim| matches!(claim.standing, Standing::Pending(_)))
    }

    fn has_twins_in_front(&self, id: ApplicationId, one: &Application) -> bool {
        let Some(family) = self.families.get(&one.parent.0) else { return false };
        let twins = family.children.iter().filter(|child| child.born == one.born).count();
        twins == 2 && self.is_in_front(id, one)
    }

    fn has_siblings_in_front(&self, id: ApplicationId, one: &Application) -> bool {
        let all: Vec<ApplicationId> = self.state.applications_of(one.parent).collect();
        let years: HashSet<i16> =
            all.iter().filter_map(|id| self.state.application(*id)).map(|one| one.born.year()).collect();
        let in_front =
            |id: &ApplicationId| self.state.application(*id).is_some_and(|one| self.is_in_front(*id, one));
        years.len() == 2 && all.len() == 2 && all.contains(&id) && all.iter().all(in_front)
    }

    fn has_referral(&self, _: ApplicationId, one: &Application) -> bool {
        one.queue == Queue::General && matches!(one.status, Status::Referred(_))
    }

    fn has_window(&self, _: ApplicationId, one: &Application) -> bool {
        one.is_queued() && !one.windows.is_empty() && one.wishes.is_none()
    }

    fn is_stop_listed(&self, _: ApplicationId, one: &Application) -> bool {
        matches!(one.status, Status::StopListed(_))
    }

    fn waits_for_special(&self, _: ApplicationId, one: &Application) -> bool {
        matches!(one.queue, Queue::Special(_))
            && one.is_queued()
            && self.state.applications_of(one.parent).count() == 2
    }

    fn has_special_referral(&self, _: ApplicationId, one: &Application) -> bool {
        matches!(one.queue, Queue::Special(_)) && matches!(one.status, Status::Referred(_))
    }

    fn waits_for_sanatorium(&self, _: ApplicationId, one: &Application) -> bool {
        matches!(one.queue, Queue::Sanatorium(_)) && one.is_queued()
    }

    fn is_far_behind(&self, id: ApplicationId, one: &Application) -> bool {
        one.born.year() == 2020
            && one.is_queued()
            && self.state.number_of(id).is_some_and(|number| number > self.size.of(7_000))
    }

    fn is_at_the_age_limit(&self, _: ApplicationId, one: &Application) -> bool {
        let is_due = one.born.year() == 2015 && one.born.month() < 9;
        is_due && one.queue == Queue::General && one.is_queued() && one.conclusion == Conclusion::None
    }
}
