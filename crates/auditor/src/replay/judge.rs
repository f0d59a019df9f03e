//! Acts of families, kindergartens and the provider, judged by the rules.

use kezek_calendar::Instant;
use kezek_disclosure::{Entry, OpenedWishes, Part};
use kezek_rules::command::{Command, Wish};
use kezek_rules::ids::ApplicationId;
use kezek_rules::{Event, Fact, Refusal, decide};

use super::acts::{Act, act_of, subject};
use super::due::public_event;
use super::finding::{Violation, Wrong, clause_of};
use super::source::Logged;
use super::trust::Trust;
use super::wishes::Opened;
use super::{ACT_ENTRIES, Replay, twins};

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
                let verdict = self.judge_family(&siblings, at);
                self.carry(verdict, &first, at);
            }
            Act::Trusted(_) if rests_on_an_enrolment(&first) && self.enrolment != Some(at) => {
                self.find(Wrong::Unfounded, clause_of(&first), None);
                self.accept(1);
            }
            Act::Trusted(trust) => {
                self.tally.trust(trust);
                self.accept(1);
            }
            Act::None => {
                self.find(Wrong::Unfounded, clause_of(&first), None);
                self.accept(1);
            }
        }
        self.look_at_watched(at);
    }

    fn events_now(&self, at: Instant) -> Vec<&Event> {
        let now = self.source.ahead().iter().take(ACT_ENTRIES).take_while(|logged| logged.at == at);
        now.filter_map(|logged| logged.event.as_ref()).collect()
    }

    fn judge_command(&mut self, command: &Command, at: Instant) -> Verdict {
        let verdict = self.compare(command, at);
        if matches!(verdict, Verdict::Lawful(_)) {
            return verdict;
        }
        // A conclusion on file would lift the age limit (254/18, 254/24.9).
        if let (Command::Submit(submit), Verdict::Refused(Refusal::AgeOverLimit)) = (command, &verdict) {
            let mut submit = submit.clone();
            submit.conclusion = kezek_rules::command::Conclusion::OnFile;
            self.tally.trust(Trust::Conclusion);
            return match decide(self.engine.state(), &Command::Submit(submit), at) {
                Ok(_) => Verdict::Lawful(1),
                Err(refusal) => Verdict::Refused(refusal),
            };
        }
        match subject(command) {
            Some(application) if self.engine.is_over_age_at(application, at) => {
                self.trust_conclusion(application);
                self.compare(command, at)
            }
            _ => verdict,
        }
    }

    fn compare(&self, command: &Command, at: Instant) -> Verdict {
        let lawful: Vec<Event> = match decide(self.engine.state(), command, at) {
            Ok(events) => events.into_iter().filter_map(public_event).collect(),
            Err(refusal) => return Verdict::Refused(refusal),
        };
        let found = self.events_now(at);
        // What an enrolment does to the child's other applications follows it on trust (R3.34/24).
        let other = lawful.iter().zip(&found).position(|(lawful, found)| lawful != *found);
        match other {
            Some(index) => Verdict::Otherwise(lawful.into_iter().nth(index), found.len().min(index + 1)),
            None if found.len() < lawful.len().min(ACT_ENTRIES) => {
                let missing = found.len();
                Verdict::Otherwise(lawful.into_iter().nth(missing), missing)
            }
            None => Verdict::Lawful(lawful.len()),
        }
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
        let nobody: Vec<(ApplicationId, ApplicationId)> = Vec::new();
        let all = pairs(siblings);
        let suppositions = [nobody, all.clone()].into_iter().chain(all.into_iter().map(|pair| vec![pair]));
        let mut first = None;
        for twins in suppositions {
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

/// R3.34/24: what an enrolment does to the child's other applications comes with it, at the same instant. The enrolment
/// may be in a special queue, and so an entry that says nothing.
fn rests_on_an_enrolment(event: &Event) -> bool {
    matches!(event, Event::Archived { .. } | Event::ReferralEnded { .. } | Event::StayEnded { .. })
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
