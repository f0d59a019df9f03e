//! One settlement being played: an engine, and the labels of the file.

use super::{
    action::{self, Action, QueueWord},
    format::{File, local_time},
};
use crate::{
    Command, Engine, Fact, Refusal,
    benefit::Finding,
    command::{
        Act, AddOrganisation, Conclusion, Entry, IinCheck, ModeTerms, OnReferrals, OpenSettlement, Publish,
        QueueChoice, SetGroup, Submit, Wish, WithdrawPlaces,
    },
    ids::{ApplicationId, ChildKey, GroupId, OrganisationId, ParentKey, SettlementId, VacancyId},
    notice::{MessageKind, messages, of_refusal},
    place::{Cohort, Language, Mode},
    profile::Profile,
    state::{Settlement, State},
};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use kezek_calendar::{DateTime, Iin, Instant, Zone};

/// The only settlement of a scenario.
pub(super) const HERE: SettlementId = SettlementId(0);

pub(super) struct World {
    engine: Engine,
    zone: Zone,
    now: Instant,
    draws: u32,
    organisations: BTreeMap<String, OrganisationId>,
    groups: BTreeMap<String, GroupId>,
    children: BTreeMap<String, u64>,
    parents: BTreeMap<String, u64>,
    pub(super) applications: BTreeMap<String, ApplicationId>,
    pub(super) refused: BTreeMap<String, Vec<MessageKind>>,
    pub(super) vacancies: BTreeMap<String, VacancyId>,
    /// Messages so far, by application.
    pub(super) notices: BTreeMap<ApplicationId, Vec<MessageKind>>,
    /// Everything that happened.
    pub(super) facts: Vec<Fact>,
}

impl World {
    pub(super) fn new(file: &File) -> Result<World, String> {
        let zone = file.settlement.timezone.clone();
        let mut world = World {
            engine: Engine::default(),
            zone: zone.clone(),
            now: Instant::MIN,
            draws: 0,
            organisations: BTreeMap::new(),
            groups: BTreeMap::new(),
            children: BTreeMap::new(),
            parents: BTreeMap::new(),
            applications: BTreeMap::new(),
            refused: BTreeMap::new(),
            vacancies: BTreeMap::new(),
            notices: BTreeMap::new(),
            facts: Vec::new(),
        };
        // The settlement opens on the day of the first step.
        let first = file.step.first().and_then(|step| step.get("at")).and_then(|at| at.as_str());
        if let Some(first) = first {
            world.now = zone.start_of(local_time(first)?.date());
        }
        let profile = Profile::default().changed(&file.settlement.profile);
        let name = file.settlement.name.clone();
        world.must(&Command::OpenSettlement(OpenSettlement { name, zone, profile }))?;
        for (head, number) in file.organisation.iter().zip(0..) {
            world.must(&Command::AddOrganisation(AddOrganisation {
                settlement: HERE,
                name: head.id.clone(),
                kind: head.kind,
                ownership: head.ownership,
                languages: head.languages.clone(),
                profiles: head.profiles.clone(),
            }))?;
            if world.organisations.insert(head.id.clone(), OrganisationId(number)).is_some() {
                return Err(format!("organisation `{}` stands twice", head.id));
            }
        }
        Ok(world)
    }

    pub(super) fn state(&self) -> &State {
        self.engine.state()
    }

    pub(super) fn settlement(&self) -> Option<&Settlement> {
        self.state().settlement(HERE)
    }

    pub(super) fn advance_to(&mut self, at: DateTime) {
        self.now = self.now.max(self.zone.instant(at));
        let facts = self.engine.advance(self.now);
        self.take_notice(&facts);
    }

    /// A local date and time; the end of a term as people see it, its last second.
    pub(super) fn last_second(&self, end: Instant) -> String {
        self.zone.local(end.plus_micros(-1_000_000)).to_string()
    }

    /// Performs an action: `ok` or a refusal code; an error for what the file got wrong.
    pub(super) fn perform(&mut self, action: &Action) -> Result<String, String> {
        let commands = match self.commands(action)? {
            Ok(commands) => commands,
            Err(refusal) => return Ok(self.refuse(action, refusal, None)),
        };
        for command in commands {
            if let Err(refusal) = self.submit(&command) {
                return Ok(self.refuse(action, refusal, of_refusal(&command)));
            }
        }
        self.name_what_came(action);
        Ok("ok".to_string())
    }

    /// Keeps what the applicant is told, who has no application.
    fn refuse(&mut self, action: &Action, refusal: Refusal, told: Option<MessageKind>) -> String {
        if let Action::Submit(submit) = action {
            self.refused.entry(submit.application.clone()).or_default().extend(told);
        }
        refusal.code().to_string()
    }

    fn submit(&mut self, command: &Command) -> Result<(), Refusal> {
        let facts = self.engine.submit(command, self.now)?;
        self.take_notice(&facts);
        Ok(())
    }

    fn must(&mut self, command: &Command) -> Result<(), String> {
        self.submit(command).map_err(|refusal| format!("the head is refused: {refusal}"))
    }

    fn take_notice(&mut self, facts: &[Fact]) {
        self.facts.extend_from_slice(facts);
        for fact in facts {
            for message in messages(self.engine.state(), fact) {
                self.notices.entry(message.application).or_default().push(message.kind);
            }
        }
    }

    /// Gives a new application, vacancy or group its label.
    fn name_what_came(&mut self, action: &Action) {
        match action {
            Action::Submit(submit) => {
                self.refused.remove(&submit.application);
                let id = ApplicationId(self.state().applications().count() as u32 - 1);
                self.applications.insert(submit.application.clone(), id);
            }
            Action::Publish(publish) => {
                let id = VacancyId(self.state().vacancies().count() as u32 - 1);
                self.vacancies.insert(publish.vacancy.clone(), id);
            }
            Action::Group(group) if !self.groups.contains_key(&group.group_id) => {
                let id = self.state().next_group().0 - 1;
                self.groups.insert(group.group_id.clone(), GroupId(id));
            }
            _ => {}
        }
    }

    fn application(&self, label: &str) -> Result<ApplicationId, Refusal> {
        if self.refused.contains_key(label) && !self.applications.contains_key(label) {
            return Err(Refusal::WrongState);
        }
        self.applications.get(label).copied().ok_or(Refusal::NotFound)
    }

    fn organisation(&self, label: &str) -> Result<OrganisationId, Refusal> {
        self.organisations.get(label).copied().ok_or(Refusal::NotFound)
    }

    fn vacancy(&self, label: &str) -> Result<VacancyId, Refusal> {
        self.vacancies.get(label).copied().ok_or(Refusal::NotFound)
    }

    /// The commands of an action; the outer error is the file's, the inner one the rules'.
    fn commands(&mut self, action: &Action) -> Result<Result<Vec<Command>, Refusal>, String> {
        Ok(match action {
            Action::Submit(submit) => self.submit_command(submit)?.map(one),
            Action::Publish(publish) => self.publish_commands(publish)?,
            Action::Group(group) => self.group_command(group)?.map(one),
            Action::Wish(wish) => self.wish_command(wish)?.map(one),
            Action::WishFamily(family) => self.wish_family_command(family)?.map(one),
            Action::Edit(edit) => self.edit_commands(edit)?,
            Action::ExtendWindows(extend) => {
                let until = self.zone.instant(local_time(&extend.until)?).plus_micros(1_000_000);
                Ok(one(Command::ExtendWindows(HERE, until, Act(extend.act.clone()))))
            }
            other => self.simple_command(other).map(one),
        })
    }

    fn simple_command(&self, action: &Action) -> Result<Command, Refusal> {
        Ok(match action {
            Action::ConfirmBenefit(of) => {
                Command::ConfirmBenefit(self.application(&of.application)?, of.benefit)
            }
            Action::RejectBenefit(of) => {
                let finding = if of.false_claim { Finding::False } else { Finding::NotProved };
                Command::RejectBenefit(self.application(&of.application)?, of.benefit, finding)
            }
            Action::WithdrawApplication(of) => {
                Command::WithdrawApplication(self.application(&of.application)?)
            }
            Action::ConfirmInterest(of) => Command::ConfirmInterest(self.application(&of.application)?),
            Action::WithdrawPlaces(withdraw) => Command::WithdrawPlaces(WithdrawPlaces {
                vacancy: self.vacancy(&withdraw.vacancy)?,
                count: withdraw.count,
                reason: withdraw.reason,
                referrals: if withdraw.annul_referrals { OnReferrals::Annul } else { OnReferrals::Keep },
            }),
            Action::FreeEarly(of) => Command::FreeEarly(self.vacancy(&of.vacancy)?),
            Action::Claim(claim) => {
                Command::Claim(self.application(&claim.application)?, self.vacancy(&claim.vacancy)?)
            }
            Action::ClaimFamily(family) => {
                let applications = self.siblings(&family.applications)?;
                Command::ClaimFamily(applications, self.organisation(&family.organisation)?)
            }
            Action::Annul(of) => Command::Annul(self.application(&of.application)?),
            Action::Extend(of) => Command::Extend(self.application(&of.application)?, of.ground),
            Action::ConfirmDocuments(of) => Command::ConfirmDocuments(self.application(&of.application)?),
            Action::Enrol(of) => Command::Enrol(self.application(&of.application)?),
            Action::RefuseEnrolment(of) => {
                Command::RefuseEnrolment(self.application(&of.application)?, of.cause)
            }
            Action::Leave(of) => {
                Command::Leave(ChildKey(self.children.get(&of.child).copied().ok_or(Refusal::NotFound)?))
            }
            Action::Freeze(freeze) => Command::Freeze(HERE, freeze.from, freeze.to, Act(freeze.act.clone())),
            Action::SetProfile(set) => {
                Command::SetProfile(HERE, set.values.clone(), Act(set.act.clone()), set.valid_from)
            }
            _ => return Err(Refusal::NotFound),
        })
    }

    fn submit_command(&mut self, submit: &action::Submit) -> Result<Result<Command, Refusal>, String> {
        if self.applications.contains_key(&submit.application) {
            return Err(format!("application `{}` stands twice", submit.application));
        }
        let (child, parent) = (
            ChildKey(number_of(&mut self.children, &submit.child)),
            ParentKey(number_of(&mut self.parents, &submit.parent)),
        );
        let queue = match submit.queue {
            QueueWord::General if submit.organisation.is_none() && submit.profile.is_none() => {
                QueueChoice::General(HERE)
            }
            QueueWord::General => {
                return Err(
                    "`organisation` and `profile` belong to special and sanatorium queues".to_string()
                );
            }
            special => {
                let organisation = submit.organisation.as_deref().ok_or("this queue needs `organisation`")?;
                let profile = submit.profile.clone().ok_or("this queue needs `profile`")?;
                match self.organisation(organisation) {
                    Err(refusal) => return Ok(Err(refusal)),
                    Ok(id) if matches!(special, QueueWord::Special) => QueueChoice::Special(id, profile),
                    Ok(id) => QueueChoice::Sanatorium(id, profile),
                }
            }
        };
        let is_valid = submit.iin.as_deref().is_none_or(|iin| Iin::parse(iin).is_ok());
        self.draws += 1;
        Ok(Ok(Command::Submit(Submit {
            queue,
            child,
            parent,
            born: submit.born,
            iin: if is_valid { IinCheck::Valid } else { IinCheck::Invalid },
            benefits: submit.benefit.clone(),
            conclusion: if submit.pmpc { Conclusion::OnFile } else { Conclusion::None },
            draw: self.draws,
            entry: match (&submit.override_act, &submit.taken_over) {
                (Some(act), _) => Entry::Override(Act(act.clone())),
                (None, Some(registered)) => Entry::Imported {
                    registered: self.zone.instant(local_time(registered)?),
                    confirmed: Vec::new(),
                },
                (None, None) => Entry::Sent,
            },
        })))
    }

    fn edit_commands(&self, edit: &action::Edit) -> Result<Result<Vec<Command>, Refusal>, String> {
        let id = match self.application(&edit.application) {
            Ok(id) => id,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut commands = Vec::new();
        commands.extend(edit.benefit.clone().map(|benefits| Command::EditBenefits(id, benefits)));
        commands.extend(edit.born.map(|born| Command::CorrectBirth(id, born)));
        commands.extend(edit.contacts.as_ref().map(|_| Command::EditContacts(id)));
        if commands.is_empty() {
            Err("edit: one of `benefit`, `born`, `contacts`".to_string())
        } else {
            Ok(Ok(commands))
        }
    }

    fn group_command(&self, group: &action::GroupArguments) -> Result<Result<Command, Refusal>, String> {
        let cohort = cohort(group.age, group.ages, group.birth_year)?.ok_or("group: which age?")?;
        let organisation = match self.organisation(&group.organisation) {
            Ok(organisation) => organisation,
            Err(refusal) => return Ok(Err(refusal)),
        };
        Ok(Ok(Command::SetGroup(SetGroup {
            group: self.groups.get(&group.group_id).copied(),
            organisation,
            name: group.group_id.clone(),
            cohort,
            language: group.language.unwrap_or(self.first_language(organisation)),
            capacity: group.capacity,
            enrolled: group.enrolled,
        })))
    }

    fn first_language(&self, organisation: OrganisationId) -> Language {
        let known = self.state().organisation(organisation).and_then(|one| one.languages.first().copied());
        known.unwrap_or(Language::Kk)
    }

    /// Without a group one with room enough is made up.
    fn publish_commands(&self, publish: &action::Publish) -> Result<Result<Vec<Command>, Refusal>, String> {
        if self.vacancies.contains_key(&publish.vacancy) {
            return Err(format!("vacancy `{}` stands twice", publish.vacancy));
        }
        let cohort = cohort(publish.age, publish.ages, publish.birth_year)?;
        let mode = match (publish.mode, publish.free_from, publish.stay_until) {
            (Mode::General, None, None) => ModeTerms::General,
            (Mode::Early, Some(free_from), None) => ModeTerms::Early(free_from),
            (Mode::Temporary, None, Some(until)) => ModeTerms::Temporary(until),
            _ => return Err("publish: `early` has `free_from`, `temporary` has `stay_until`".to_string()),
        };
        let organisation = match self.organisation(&publish.organisation) {
            Ok(organisation) => organisation,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let known = match &publish.group_id {
            None => None,
            Some(label) => match self.groups.get(label) {
                Some(id) => Some(*id),
                None => return Ok(Err(Refusal::NotFound)),
            },
        };
        let of_group = known.and_then(|id| self.state().group(id));
        if of_group.is_some_and(|group| group.organisation != organisation) {
            return Ok(Err(Refusal::NotFound));
        }
        let cohort = cohort.or(of_group.map(|group| group.cohort)).ok_or("publish: which age?")?;
        let language = publish.language.or(of_group.map(|group| group.language));
        let language = language.unwrap_or(self.first_language(organisation));
        let made_up = SetGroup {
            group: None,
            organisation,
            name: publish.vacancy.clone(),
            cohort,
            language,
            capacity: publish.count,
            // A temporary place is the absent pupil's own.
            enrolled: if publish.mode == Mode::Temporary { publish.count } else { 0 },
        };
        let group = known.unwrap_or(self.state().next_group());
        let publish = Command::Publish(Publish {
            group,
            cohort,
            kind: publish.group,
            profile: publish.profile.clone(),
            language,
            regime: publish.regime,
            mode,
            count: publish.count,
            enrol_from: publish.enrol_from,
        });
        Ok(Ok(if known.is_some() { one(publish) } else { alloc::vec![Command::SetGroup(made_up), publish] }))
    }

    fn wish_command(&self, wish: &action::Wish) -> Result<Result<Command, Refusal>, String> {
        let id = match self.application(&wish.application) {
            Ok(id) => id,
            Err(refusal) => return Ok(Err(refusal)),
        };
        Ok(self.wishes(&wish.choices)?.map(|choices| Command::Wish(id, choices)))
    }

    fn wish_family_command(&self, family: &action::WishFamily) -> Result<Result<Command, Refusal>, String> {
        let ids = match self.siblings(&family.applications) {
            Ok(ids) => ids,
            Err(refusal) => return Ok(Err(refusal)),
        };
        Ok(self.wishes(&family.choices)?.map(|choices| Command::WishFamily(ids, choices)))
    }

    fn siblings(&self, labels: &[String]) -> Result<Vec<ApplicationId>, Refusal> {
        labels.iter().map(|label| self.application(label)).collect()
    }

    fn wishes(&self, labels: &[String]) -> Result<Result<Vec<Wish>, Refusal>, String> {
        let mut choices = Vec::new();
        for choice in labels {
            let (label, language) = match choice.split_once(':') {
                None => (choice.as_str(), None),
                Some((label, code)) => {
                    let language = Language::from_code(code);
                    (label, Some(language.ok_or_else(|| format!("unknown language `{code}`"))?))
                }
            };
            match self.organisation(label) {
                Ok(organisation) => choices.push(Wish { organisation, language }),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        Ok(Ok(choices))
    }

    /// The label of an organisation.
    pub(super) fn label_of(&self, organisation: OrganisationId) -> String {
        let found = self.organisations.iter().find(|(_, id)| **id == organisation);
        found.map(|(label, _)| label.clone()).unwrap_or_default()
    }
}

fn one(command: Command) -> Vec<Command> {
    alloc::vec![command]
}

/// The number behind a label, the next one for a new label.
fn number_of(known: &mut BTreeMap<String, u64>, label: &str) -> u64 {
    let next = known.len() as u64 + 1;
    *known.entry(label.to_string()).or_insert(next)
}

fn cohort(age: Option<u8>, ages: Option<[u8; 2]>, birth_year: Option<i16>) -> Result<Option<Cohort>, String> {
    match (age, ages, birth_year) {
        (None, None, None) => Ok(None),
        (Some(age), None, None) => Ok(Some(Cohort::age(age))),
        (None, Some([from, to]), None) if from <= to => Ok(Some(Cohort::Ages(from, to))),
        (None, None, Some(year)) => Ok(Some(Cohort::Born(year))),
        _ => Err("one of `age`, `ages`, `birth_year`".to_string()),
    }
}
