//! Acts of families, kindergartens and the provider, judged by the rules.

use kezek_calendar::Instant;
use kezek_disclosure::{Entry, OpenedWishes, Part};
use kezek_rules::command::{Command, Conclusion, Submit, Wish};
use kezek_rules::event::{Afterwards, ArchiveReason};
use kezek_rules::ids::ApplicationId;
use kezek_rules::state::Referral;
use kezek_rules::{Event, Fact, Refusal, decide};

use super::acts::{Act, act_of};
use super::due::public_event;
use super::finding::{Violation, Wrong, clause_of};
use super::source::Logged;
use super::trust::Trust;
use super::wishes::Opened;
use super::{ACT_ENTRIES, Replay, twins};

/// R4.33.
const MOST_SIBLINGS: usize = 10;
/// The pairs of four siblings.
const FEW_PAIRS: usize = 6;
/// How many conclusions on file one act may rest on: it concerns a child with at most so many applications.
const MOST_CONCLUSIONS: usize = 10;

/// What the rules make of a command.
enum Verdict {
    /// The next so many entries are what it gives.
    Lawful(usize),
    /// It gives something else, which would be so many entries.
    Otherwise(Option<Event>, usize),
    /// It is refused.
    Refused(Refusal),
}

impl<I: Iterator<Item = Entry>> Replay<'_, I> {
    /// The next entry, which nothing that fell due explains.
    pub(super) fn judge_next(&mut self) {
        self.source.look_ahead(ACT_ENTRIES, &mut self.numbers, &mut self.violations);
        let Some((at, first)) = self.source.ahead().front().map(|next| (next.at, next.event.clone())) else {
            return;
        };
        let Some(first) = first else {
            self.accept(1);
            return;
        };
        let act = act_of(self.engine.state(), &self.events_now(at), at);
        match act {
            Act::Command(command) => {
                if let Command::WishFamily(siblings, _) = &*command {
                    self.tally.trust(Trust::SameParent);
                    self.engine.trust_one_parent(siblings);
                }
                self.check_act_is_named(&command);
                let verdict = self.judge_command(&command, at);
                self.carry(verdict, &first, at);
            }
            Act::Family(siblings) => {
                let verdict = self.judge_families(&siblings, at);
                self.carry(verdict, &first, at);
            }
            Act::OfOthers if self.is_at_its_hour(&first, at) => {
                self.tally.trust(Trust::Kept);
                self.accept(1);
            }
            Act::Trusted(_) if !self.may_be_trusted(&first, at) => {
                self.find(Wrong::Unfounded, clause_of(&first), None);
                self.drop_next();
            }
            Act::Trusted(trust) => {
                self.tally.trust(trust);
                self.accept(1);
            }
            Act::OfOthers | Act::None => {
                self.find(Wrong::Unfounded, clause_of(&first), None);
                self.accept(1);
            }
        }
        self.look_at_watched(at);
    }

    fn events_now(&self, at: Instant) -> Vec<&Event> {
        let now = self.source.ahead().iter().take_while(|logged| logged.at == at);
        now.filter_map(|logged| logged.event.as_ref()).collect()
    }

    /// A bulletin or an opening of special and sanatorium places alone: at its hour, or when the rules have just changed
    /// (R4.20). There must have been something in it.
    fn is_at_its_hour(&self, event: &Event, at: Instant) -> bool {
        let has_just_changed = self.profile_changed == Some(at);
        match event {
            Event::BulletinIssued { settlement, date, .. } => {
                let public = self.source.ahead().front().and_then(|next| next.public.as_ref());
                let had_entries = matches!(public, Some(Event::BulletinIssued { batches, withdrawn, .. })
                    if !batches.is_empty() || !withdrawn.is_empty());
                had_entries && (has_just_changed || self.engine.is_hour_of_bulletin(*settlement, *date, at))
            }
            Event::OpeningHeld { settlement, date, .. } => {
                has_just_changed || self.engine.is_hour_of_opening(*settlement, *date, at)
            }
            _ => false,
        }
    }

    /// R3.34/24: what an enrolment does to the child's other applications comes with it, at the same instant, and in this
    /// form. The enrolment may be in a special queue, and so an entry that says nothing.
    fn may_be_trusted(&self, event: &Event, at: Instant) -> bool {
        let is_with_enrolment = self.enrolment == Some(at);
        match event {
            Event::ReferralEnded { referral, then, restored, .. } => {
                let one = self.engine.state().referral(*referral);
                let next = self.events_now(at).get(1).copied().cloned();
                let is_archived = matches!((one, next), (Some(one), Some(Event::Archived { application, .. }))
                    if one.application == application);
                is_with_enrolment
                    && *then == Afterwards::Archive
                    && restored.is_empty()
                    && is_archived
                    && one.is_some_and(Referral::is_live)
            }
            Event::Archived { application, .. } => {
                let is_there =
                    self.engine.state().application(*application).is_some_and(|one| !one.is_archived());
                is_with_enrolment && is_there
            }
            Event::StayEnded { child } => {
                is_with_enrolment
                    && self.engine.state().child(*child).is_some_and(|child| child.stay.is_some())
            }
            _ => true,
        }
    }

    /// Judges a command; where only the age limit stands between it and the logs, takes it on trust that a conclusion on
    /// file lifts it (254/18, 254/24.9).
    fn judge_command(&mut self, command: &Command, at: Instant) -> Verdict {
        for _ in 0..MOST_CONCLUSIONS {
            let verdict = self.compare(command, at);
            match (&verdict, command) {
                (Verdict::Refused(Refusal::AgeOverLimit), Command::Submit(submit)) => {
                    return self.judge_with_conclusion(submit, at);
                }
                (Verdict::Otherwise(Some(lawful), _), _) => match self.archived_for_age_by(lawful) {
                    Some(application) => self.trust_conclusion(application),
                    None => return verdict,
                },
                _ => return verdict,
            }
        }
        self.compare(command, at)
    }

    /// Whom a fact archives for the age limit, so that a conclusion on file would spare them.
    fn archived_for_age_by(&self, lawful: &Event) -> Option<ApplicationId> {
        let state = self.engine.state();
        let application = match lawful {
            Event::Archived { application, reason: ArchiveReason::MaxAge } => *application,
            Event::ReferralEnded { referral, then: Afterwards::Archive, .. } => {
                state.referral(*referral)?.application
            }
            _ => return None,
        };
        let is_new = state.application(application)?.conclusion == Conclusion::None;
        is_new.then_some(application)
    }

    fn judge_with_conclusion(&mut self, submit: &Submit, at: Instant) -> Verdict {
        self.tally.trust(Trust::Conclusion);
        let submit = Submit { conclusion: Conclusion::OnFile, ..submit.clone() };
        let mut lawful = match decide(self.engine.state(), &Command::Submit(submit), at) {
            Ok(lawful) => lawful,
            Err(refusal) => return Verdict::Refused(refusal),
        };
        // The logs do not say it.
        for event in &mut lawful {
            if let Event::Registered { conclusion, .. } = event {
                *conclusion = Conclusion::None;
            }
        }
        self.compare_with(lawful, at)
    }

    fn compare(&mut self, command: &Command, at: Instant) -> Verdict {
        match decide(self.engine.state(), command, at) {
            Ok(events) => self.compare_with(events.into_iter().filter_map(public_event).collect(), at),
            Err(refusal) => Verdict::Refused(refusal),
        }
    }

    fn compare_with(&mut self, lawful: Vec<Event>, at: Instant) -> Verdict {
        // Entries that say nothing may stand in between.
        let mut wanted = lawful.len();
        while self.events_now(at).len() < lawful.len() && self.source.has(wanted) {
            wanted += ACT_ENTRIES;
            self.source.look_ahead(wanted, &mut self.numbers, &mut self.violations);
        }
        let found = self.events_now(at);
        let other = lawful.iter().zip(&found).position(|(lawful, found)| lawful != *found);
        match other {
            Some(index) => Verdict::Otherwise(lawful.into_iter().nth(index), index + 1),
            None if found.len() < lawful.len() => {
                let missing = found.len();
                Verdict::Otherwise(lawful.into_iter().nth(missing), missing)
            }
            None => Verdict::Lawful(lawful.len()),
        }
    }

    /// Several families at one instant look like one: the longest request that is lawful counts.
    fn judge_families(&mut self, siblings: &[ApplicationId], at: Instant) -> Verdict {
        let most = siblings.len().min(MOST_SIBLINGS);
        let mut first = None;
        for count in (2..=most).rev() {
            let verdict = self.judge_family(siblings.get(..count).unwrap_or_default(), at);
            if matches!(verdict, Verdict::Lawful(_)) {
                return verdict;
            }
            first = first.or(Some(verdict));
        }
        first.unwrap_or(Verdict::Refused(Refusal::WrongState))
    }

    /// 254/29: that they are one applicant's children, and which of them are twins, is hidden.
    fn judge_family(&mut self, siblings: &[ApplicationId], at: Instant) -> Verdict {
        self.tally.trust(Trust::SameParent);
        self.engine.trust_one_parent(siblings);
        let state = self.engine.state();
        let issued = self.events_now(at).into_iter().find_map(|event| match event {
            Event::ReferralIssued { vacancy, .. } => state.vacancy(*vacancy),
            _ => None,
        });
        let Some(place) = issued else { return Verdict::Refused(Refusal::NotFound) };
        let command = Command::ClaimFamily(siblings.to_vec(), place.organisation);
        let mut first = None;
        for twins in suppositions(siblings) {
            self.suppose_twins(siblings, &twins);
            let verdict = self.compare(&command, at);
            if matches!(verdict, Verdict::Lawful(_)) {
                return verdict;
            }
            first = first.or(Some(verdict));
        }
        first.unwrap_or(Verdict::Refused(Refusal::NotFound))
    }

    /// Takes it on trust that these of one applicant's children are twins, and no others.
    fn suppose_twins(&mut self, siblings: &[ApplicationId], pairs: &[(ApplicationId, ApplicationId)]) {
        let state = self.engine.state();
        let born: Vec<_> =
            siblings.iter().filter_map(|id| state.application(*id)).map(|one| one.born).collect();
        let are = |one: usize, other: usize| match (siblings.get(one), siblings.get(other)) {
            (Some(one), Some(other)) => pairs.contains(&(*one, *other)) || pairs.contains(&(*other, *one)),
            _ => false,
        };
        if born.len() > MOST_SIBLINGS {
            return;
        }
        if let Some(dates) = twins::dates(&born, &are) {
            for (id, born) in siblings.iter().zip(dates) {
                self.engine.trust_born(*id, born);
            }
        }
    }

    fn carry(&mut self, verdict: Verdict, first: &Event, at: Instant) {
        match verdict {
            Verdict::Lawful(count) => self.accept(count.max(1)),
            Verdict::Otherwise(lawful, count) => {
                let named = backdated(first, at).or_else(|| self.place_not_there(first));
                let clause = lawful.as_ref().map_or(clause_of(first), clause_of);
                let (wrong, clause) = named.unwrap_or((Wrong::Otherwise, clause));
                self.find(wrong, clause, lawful.as_ref());
                self.accept(count.max(1));
            }
            Verdict::Refused(refusal) => {
                let named = backdated(first, at).or_else(|| self.place_not_there(first));
                let clause = refusal.clause().unwrap_or(clause_of(first));
                let (wrong, clause) = named.unwrap_or((Wrong::Refused(refusal), clause));
                self.find(wrong, clause, None);
                if refusal == Refusal::NotFound {
                    // There is nothing it could change.
                    self.drop_next();
                } else {
                    self.accept(1);
                }
            }
        }
    }

    /// What is wrong with the place of a referral, whoever got it: no bulletin named it, or it had been given away.
    fn place_not_there(&self, event: &Event) -> Option<(Wrong, &'static str)> {
        let Event::ReferralIssued { vacancy, batch, .. } = event else { return None };
        let of = self.engine.state().batch(*batch)?;
        if of.places.iter().all(|places| places.vacancy != *vacancy) {
            return Some((Wrong::NoBulletin, "254/24.3"));
        }
        (of.free_of(*vacancy) == 0).then_some((Wrong::Refused(Refusal::PlaceTaken), "254/24.5"))
    }

    /// R3.21, R3.31, R3.34/30: an act has a number and a date.
    fn check_act_is_named(&mut self, command: &Command) {
        let (act, clause) = match command {
            Command::SetProfile(_, _, act, _) => (act, "R3.21"),
            Command::Freeze(_, _, _, act) => (act, "R3.34/30"),
            Command::ExtendWindows(_, _, act) => (act, "R3.31"),
            _ => return,
        };
        if act.0.trim().is_empty() {
            self.find(Wrong::NoAct, clause, None);
        }
    }

    fn find(&mut self, wrong: Wrong, clause: &'static str, lawful: Option<&Event>) {
        let Some(next) = self.source.ahead().front() else { return };
        let found = next.public.clone();
        let (seq, at) = (next.seq, next.at);
        let lawful = lawful.map(|event| self.numbers.public(event));
        self.violations.push(Violation { seq, at, wrong, clause, found, lawful });
    }

    /// Folds so many of the next facts, with those the public hears nothing of in between.
    fn accept(&mut self, facts: usize) {
        let mut left = facts;
        while let Some(logged) = self.source.take() {
            let is_fact = logged.event.is_some();
            self.follow(&logged);
            left -= usize::from(is_fact);
            if left == 0 || (!is_fact && left == facts) {
                return;
            }
            self.source.look_ahead(1, &mut self.numbers, &mut self.violations);
        }
    }

    fn drop_next(&mut self) {
        if let Some(logged) = self.source.take() {
            self.account(&logged);
        }
    }

    /// What a registration says was decided by hidden data.
    pub(super) fn trust_part(&mut self, logged: &Logged) {
        let (
            Some(Part::Registered { private_only, .. }),
            Some(Event::Registered { application, registered, .. }),
        ) = (&logged.part, &logged.event)
        else {
            return;
        };
        self.tally.trust(Trust::SameChild);
        if *private_only {
            self.engine.trust_private_only(*application);
            self.tally.trust(Trust::PrivateOnly);
        }
        if *registered != logged.at {
            self.tally.trust(Trust::TakenOver);
        }
    }

    /// Counts an entry.
    pub(super) fn account(&mut self, logged: &Logged) {
        self.tally.add(logged);
        if matches!(logged.event, Some(Event::ProfileApplied { .. })) {
            self.profile_changed = Some(logged.at);
        }
        if matches!(logged.event, None | Some(Event::Enrolled { .. })) {
            self.enrolment = Some(logged.at);
        }
        if let Some(watch) = &mut self.watch {
            watch.note(self.engine.state(), &self.numbers, logged);
        }
        self.lists.note(logged);
    }

    /// Tells the story on, when the number of the application that is asked about has moved.
    pub(super) fn look_at_watched(&mut self, at: Instant) {
        if let Some(watch) = &mut self.watch {
            watch.look(self.engine.state(), &self.numbers, at);
        }
    }
}

/// Who may be twins: for few siblings each way there is; for more nobody, all of them, or one pair.
fn suppositions(siblings: &[ApplicationId]) -> Vec<Vec<(ApplicationId, ApplicationId)>> {
    let all = pairs(siblings);
    if all.len() <= FEW_PAIRS {
        let chosen = |set: u32| {
            let is_in = |index: usize| set & (1 << index) != 0;
            all.iter().enumerate().filter(|(index, _)| is_in(*index)).map(|(_, pair)| *pair).collect()
        };
        return (0..1_u32 << all.len()).map(chosen).collect();
    }
    let single = all.iter().map(|pair| vec![*pair]);
    [Vec::new(), all.clone()].into_iter().chain(single).collect()
}

fn pairs(ids: &[ApplicationId]) -> Vec<(ApplicationId, ApplicationId)> {
    let with_others = |(index, one): (usize, &ApplicationId)| {
        let one = *one;
        ids.iter().skip(index + 1).map(move |other| (one, *other)).collect::<Vec<_>>()
    };
    ids.iter().enumerate().flat_map(with_others).collect()
}

fn backdated(event: &Event, at: Instant) -> Option<(Wrong, &'static str)> {
    match event {
        Event::Registered { registered, .. } if *registered != at => Some((Wrong::BackDated, "254/14")),
        _ => None,
    }
}

impl<I: Iterator<Item = Entry>> Replay<'_, I> {
    /// Lets the rules see the wish lists that the openings of an instant used.
    pub(super) fn open_wishes(&mut self, due: Instant) {
        let parts: Vec<(u64, Part)> = self
            .source
            .ahead()
            .iter()
            .filter(|logged| logged.at == due)
            .filter_map(|logged| Some((logged.seq, logged.part.clone()?)))
            .collect();
        for (seq, part) in parts {
            let Part::OpeningHeld { wishes, .. } = part else { continue };
            for list in wishes {
                match self.lists.open(&self.question.origin, &list, &self.numbers) {
                    Ok(Opened::New(applications)) => {
                        self.tell_twins(&applications, &list);
                        self.lodge(applications, list.choices);
                    }
                    Ok(Opened::Again(applications)) => self.tell_twins(&applications, &list),
                    Err(_) => self.violations.push(Violation {
                        seq,
                        at: due,
                        wrong: Wrong::OtherWishes,
                        clause: "R3.29",
                        found: Some(Event::WishesLodged {
                            applications: list.applications.clone(),
                            choices: list.choices.clone(),
                        }),
                        lawful: None,
                    }),
                }
            }
        }
    }

    fn tell_twins(&mut self, applications: &[ApplicationId], list: &OpenedWishes) {
        if applications.len() < 2 {
            return;
        }
        self.engine.trust_one_parent(applications);
        let own = |id| self.numbers.own_application(id).ok();
        let twins = list.twins.iter().filter_map(|(one, other)| Some((own(*one)?, own(*other)?)));
        let twins: Vec<(ApplicationId, ApplicationId)> = twins.collect();
        self.suppose_twins(applications, &twins);
        self.tally.trust(Trust::SameParent);
    }

    fn lodge(&mut self, applications: Vec<ApplicationId>, choices: Vec<Wish>) {
        let at = self.engine.state().now();
        self.engine.replay(&Fact { at, event: Event::WishesLodged { applications, choices } });
    }
}
