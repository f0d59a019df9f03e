//! Disclosing facts one after the other, in the order of the journal.

use kezek_rules::Event;
use kezek_rules::Fact;
use kezek_rules::event::{GrantedBy, IssuedHow};
use kezek_rules::ids::{ApplicationId, BatchId, ReferralId, VacancyId};
use kezek_rules::place::{GroupKind, Ownership};
use serde::{Deserialize, Serialize};

use crate::disclose::{Disclosed, Hidden, Opening};
use crate::entry::{Entry, Log, Said};
use crate::part::{Born, OpenedWishes, Part, PartClaim};
use crate::people::{Application, People, Referral};
use crate::places::{Care, Places, Vacancy};

/// What the facts so far tell, as far as the next ones need it. The same facts give the same context and the same
/// entries, whoever derives them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Context {
    seq: u64,
    people: People,
    places: Places,
}

/// What is said of an event, and what is not.
struct Telling {
    said: Said,
    hidden: Vec<Hidden>,
    subject: Option<ApplicationId>,
    opens: Vec<Opening>,
}

impl Context {
    /// The number of the latest fact disclosed; 0 before the first.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// What becomes public of the fact with this number, the next one.
    pub fn disclose(&mut self, seq: u64, fact: &Fact) -> Disclosed {
        let log = log_of(&fact.event);
        let telling = self.tell(&fact.event);
        self.note(seq, &fact.event);
        self.seq = seq;
        let Telling { said, hidden, subject, opens } = telling;
        Disclosed { log, entry: Entry { seq, at: fact.at, said, commitment: None }, hidden, subject, opens }
    }

    /// Every kind of fact is looked at by name: a new one is not public until somebody says what of it is.
    fn tell(&mut self, event: &Event) -> Telling {
        match event {
            Event::SettlementOpened { .. }
            | Event::OrganisationAdded { .. }
            | Event::GroupSet { .. }
            | Event::ProfileSet { .. }
            | Event::ProfileApplied { .. }
            | Event::Frozen { .. }
            | Event::Published { .. }
            | Event::Withdrawn { .. }
            | Event::BulletinIssued { .. }
            | Event::EarlyFreed { .. }
            | Event::PoolsClosed { .. } => whole(event),
            Event::WindowsEnded { batch } => self.of_batch(*batch, event),
            Event::WindowsOpened { batch, grants, until } if self.places.is_followed(*batch) => {
                let of =
                    |by: GrantedBy| grants.iter().filter(move |one| one.by == by).map(|one| one.application);
                let first_right = of(GrantedBy::FirstRight).collect();
                let in_order = of(GrantedBy::Order).collect();
                let part = Part::WindowsOpened { batch: *batch, first_right, in_order, until: *until };
                Telling { hidden: Vec::new(), ..partly(part, event, None) }
            }
            Event::WindowsOpened { .. } => kept(event, None),
            Event::FrontierMoved { batch, frontier, .. } if self.places.is_followed(*batch) => {
                let part = Part::FrontierMoved { batch: *batch, frontier: *frontier };
                Telling { hidden: Vec::new(), ..partly(part, event, None) }
            }
            Event::FrontierMoved { .. } => kept(event, None),
            Event::TermsExtended { .. } => self.extended(event),
            Event::InterestConfirmed { application }
            | Event::InterestAsked { application, .. }
            | Event::StopListed { application, .. }
            | Event::Returned { application }
            | Event::Archived { application, .. }
            | Event::WindowCancelled { application, .. }
            | Event::ReferralIssued { application, .. } => self.of_application(*application, event),
            Event::ReferralStarted { referral, .. }
            | Event::DocumentsConfirmed { referral }
            | Event::ReferralEnded { referral, .. }
            | Event::Enrolled { referral, .. } => self.of_referral(*referral, event),
            Event::ReferralExtended { referral, until, .. } => {
                let part = Part::ReferralExtended { referral: *referral, until: *until };
                match self.people.referral(*referral) {
                    Some(one) if self.people.is_followed(one.application) => {
                        partly(part, event, Some(one.application))
                    }
                    one => kept(event, one.map(|one| one.application)),
                }
            }
            Event::Registered { .. } => self.registered(event),
            Event::BenefitClaimed { application, benefit, until } => {
                let benefit = self.people.ground(*application, *benefit);
                let part = Part::BenefitClaimed { application: *application, benefit, until: *until };
                self.part_of_application(part, *application, event)
            }
            Event::BenefitConfirmed { application, benefit } => {
                let benefit = self.people.ground(*application, *benefit);
                let part = Part::BenefitConfirmed { application: *application, benefit };
                self.part_of_application(part, *application, event)
            }
            Event::BenefitRemoved { application, benefit, cause } => {
                let benefit = self.people.ground(*application, *benefit);
                let part = Part::BenefitRemoved { application: *application, benefit, cause: *cause };
                self.part_of_application(part, *application, event)
            }
            Event::BirthCorrected { application, born } => {
                let part = Part::BirthCorrected { application: *application, born: Born::of(*born) };
                self.part_of_application(part, *application, event)
            }
            Event::ContactsChanged { application } | Event::ConclusionFiled { application } => {
                kept(event, Some(*application))
            }
            Event::WishesLodged { applications, choices } => {
                let (withdrawn, subject) = (choices.is_empty(), applications.first().copied());
                let part = Part::WishesLodged { applications: applications.clone(), withdrawn };
                let hidden = if withdrawn { Vec::new() } else { vec![field("choices", choices)] };
                Telling { said: Said::Part(part), hidden, subject, opens: Vec::new() }
            }
            Event::OpeningHeld { .. } => self.opening(event),
            Event::StayEnded { child } => {
                let from = self.people.child(*child).and_then(|child| child.stay);
                self.place_left(from, event, |application| Part::StayEnded { application })
            }
            Event::Left { child } => {
                let from = self
                    .people
                    .child(*child)
                    .and_then(|child| child.place.or(child.sanatorium).or(child.stay));
                self.place_left(from, event, |application| Part::Left { application })
            }
            Event::Reminded { applications, .. } => kept(event, only(applications.iter().copied())),
            Event::NumbersTold { numbers } => kept(event, only(numbers.iter().map(|(one, _)| *one))),
        }
    }

    fn of_batch(&self, batch: BatchId, event: &Event) -> Telling {
        if self.places.is_followed(batch) { whole(event) } else { kept(event, None) }
    }

    fn of_application(&self, application: ApplicationId, event: &Event) -> Telling {
        if self.people.is_followed(application) { whole(event) } else { kept(event, Some(application)) }
    }

    fn part_of_application(&self, part: Part, application: ApplicationId, event: &Event) -> Telling {
        if self.people.is_followed(application) {
            partly(part, event, Some(application))
        } else {
            kept(event, Some(application))
        }
    }

    fn of_referral(&self, referral: ReferralId, event: &Event) -> Telling {
        match self.people.referral(referral) {
            Some(one) => self.of_application(one.application, event),
            None => kept(event, None),
        }
    }

    fn place_left(
        &self,
        from: Option<ApplicationId>,
        event: &Event,
        part: impl FnOnce(ApplicationId) -> Part,
    ) -> Telling {
        match from {
            Some(application) => self.part_of_application(part(application), application, event),
            None => kept(event, None),
        }
    }

    /// The lists without those whom the public does not hear of (R3.24).
    fn extended(&self, event: &Event) -> Telling {
        let mut open = event.clone();
        let Event::TermsExtended { windows, referrals, originals, .. } = &mut open else {
            return kept(event, None);
        };
        let is_followed = |id: &ReferralId| {
            self.people.referral(*id).is_some_and(|one| self.people.is_followed(one.application))
        };
        windows.retain(|batch| self.places.is_followed(*batch));
        referrals.retain(is_followed);
        originals.retain(is_followed);
        if open == *event {
            return whole(event);
        }
        Telling { said: Said::Fact(open), ..kept(event, None) }
    }

    fn registered(&mut self, event: &Event) -> Telling {
        let Event::Registered {
            application,
            settlement,
            queue,
            child,
            parent,
            born,
            registered,
            draw,
            benefits,
            conclusion,
            over_limit,
        } = event
        else {
            return kept(event, None);
        };
        let subject = Some(*application);
        if queue.care().is_some() {
            return kept(event, subject);
        }
        let claims = benefits.iter().map(|claim| PartClaim {
            benefit: self.people.ground(*application, claim.benefit),
            standing: claim.standing,
        });
        let part = Part::Registered {
            application: *application,
            settlement: *settlement,
            born: Born::of(*born),
            registered: *registered,
            draw: *draw,
            benefits: claims.collect(),
            private_only: self.people.child(*child).is_some_and(|child| child.is_bound_to_private),
            over_limit: over_limit.is_some(),
        };
        let hidden = vec![
            field("child", child),
            field("parent", parent),
            field("born", &born.to_string()),
            field("benefits", benefits),
            field("conclusion", conclusion),
            field("over_limit", over_limit),
        ];
        Telling { said: Said::Part(part), hidden, subject, opens: Vec::new() }
    }

    /// R3.34/32: lists are opened by the opening that used them; those that were carried out, whatever it says.
    fn opening(&mut self, event: &Event) -> Telling {
        let Event::OpeningHeld { settlement, date, turns } = event else { return kept(event, None) };
        let met = std::mem::take(&mut self.people.wishes_met);
        let mut opens = Vec::new();
        let mut wishes = Vec::new();
        for application in turns.iter().copied().chain(met) {
            let Some((lodged, list)) = self.people.open_list(application) else { continue };
            let subject = list.applications.first().copied().unwrap_or(application);
            opens.push(Opening { subject, seq: lodged });
            let (applications, choices) = (list.applications, list.choices);
            let twins = self.people.twins(&applications);
            wishes.push(OpenedWishes { applications, lodged, choices, twins, salt: String::new() });
        }
        let part = Part::OpeningHeld { settlement: *settlement, date: *date, wishes };
        let hidden = if turns.is_empty() { Vec::new() } else { vec![field("turns", turns)] };
        Telling { said: Said::Part(part), hidden, subject: None, opens }
    }

    fn note(&mut self, seq: u64, event: &Event) {
        match event {
            Event::OrganisationAdded { ownership, .. } => self.places.add_organisation(*ownership),
            Event::GroupSet { group, organisation, .. } => self.places.set_group(*group, *organisation),
            Event::Published { group, kind, care, .. } => {
                let care = if care.is_some() { Care::Special } else { Care::None };
                self.places.publish(Vacancy { group: *group, kind: *kind, care });
            }
            Event::BulletinIssued { batches, .. } => self.places.issue(batches),
            Event::Registered { child, queue, born, .. } => {
                let care = if queue.care().is_some() { Care::Special } else { Care::None };
                self.people.register(Application { child: *child, care, born: *born });
            }
            Event::BirthCorrected { application, born } => self.people.correct_birth(*application, *born),
            Event::WishesLodged { applications, choices } => self.people.lodge(seq, applications, choices),
            Event::Archived { application, .. } => self.people.lodge(seq, &[*application], &[]),
            Event::ReferralIssued { referral, application, vacancy, how, class, .. } => {
                let by_benefit = *class != kezek_rules::benefit::Class::General;
                let one = Referral { application: *application, vacancy: *vacancy, by_benefit };
                self.people.refer(*referral, one);
                if *how == IssuedHow::Wish {
                    self.people.wishes_met.insert(*application);
                }
            }
            Event::ReferralEnded { referral, .. } => self.people.forget_referral(*referral),
            Event::Enrolled { referral, stay_until } => {
                if let Some(one) = self.people.referral(*referral) {
                    self.enrol(one, stay_until.is_some());
                }
                self.people.forget_referral(*referral);
            }
            Event::StayEnded { child } => self.people.child_mut(*child).stay = None,
            Event::Left { child } => {
                let child = self.people.child_mut(*child);
                if child.place.take().or_else(|| child.sanatorium.take()).is_none() {
                    child.stay = None;
                }
            }
            _ => {}
        }
    }

    fn enrol(&mut self, referral: Referral, is_stay: bool) {
        let Some(key) = self.people.child_of(referral.application) else { return };
        let is_general = self.people.is_followed(referral.application);
        let vacancy = self.places.vacancy(referral.vacancy);
        let owner = vacancy.and_then(|vacancy| self.places.owner(vacancy));
        let child = self.people.child_mut(key);
        if is_stay {
            child.stay = Some(referral.application);
        } else if vacancy.is_some_and(|vacancy| vacancy.kind == GroupKind::Sanatorium) {
            child.sanatorium = Some(referral.application);
        } else {
            child.place = Some(referral.application);
            child.is_bound_to_private = referral.by_benefit && is_general && owner == Some(Ownership::State);
        }
    }

    /// Whether the public follows what becomes of a vacancy's places.
    pub fn follows(&self, vacancy: VacancyId) -> bool {
        self.places.vacancy(vacancy).is_some_and(|one| one.care == Care::None)
    }
}

/// Whether entries may tell an event of this kind whole.
pub(crate) fn is_told_whole(event: &Event) -> bool {
    !matches!(
        event,
        Event::Registered { .. }
            | Event::BenefitClaimed { .. }
            | Event::BenefitConfirmed { .. }
            | Event::BenefitRemoved { .. }
            | Event::BirthCorrected { .. }
            | Event::ContactsChanged { .. }
            | Event::ConclusionFiled { .. }
            | Event::WishesLodged { .. }
            | Event::WindowsOpened { .. }
            | Event::FrontierMoved { .. }
            | Event::OpeningHeld { .. }
            | Event::ReferralExtended { .. }
            | Event::StayEnded { .. }
            | Event::Left { .. }
            | Event::Reminded { .. }
            | Event::NumbersTold { .. }
    )
}

/// The log that tells of an event.
pub fn log_of(event: &Event) -> Log {
    match event {
        Event::SettlementOpened { .. }
        | Event::OrganisationAdded { .. }
        | Event::GroupSet { .. }
        | Event::ProfileSet { .. }
        | Event::ProfileApplied { .. }
        | Event::Frozen { .. }
        | Event::TermsExtended { .. }
        | Event::Published { .. }
        | Event::Withdrawn { .. }
        | Event::BulletinIssued { .. }
        | Event::WindowsOpened { .. }
        | Event::WindowsEnded { .. }
        | Event::FrontierMoved { .. }
        | Event::OpeningHeld { .. }
        | Event::EarlyFreed { .. }
        | Event::PoolsClosed { .. } => Log::Bulletins,
        Event::ReferralIssued { .. }
        | Event::ReferralStarted { .. }
        | Event::ReferralExtended { .. }
        | Event::DocumentsConfirmed { .. }
        | Event::ReferralEnded { .. }
        | Event::Enrolled { .. }
        | Event::StayEnded { .. }
        | Event::Left { .. } => Log::Referrals,
        Event::Registered { .. }
        | Event::BenefitClaimed { .. }
        | Event::BenefitConfirmed { .. }
        | Event::BenefitRemoved { .. }
        | Event::BirthCorrected { .. }
        | Event::ContactsChanged { .. }
        | Event::ConclusionFiled { .. }
        | Event::InterestConfirmed { .. }
        | Event::InterestAsked { .. }
        | Event::StopListed { .. }
        | Event::Returned { .. }
        | Event::Archived { .. }
        | Event::WishesLodged { .. }
        | Event::WindowCancelled { .. }
        | Event::Reminded { .. }
        | Event::NumbersTold { .. } => Log::Applications,
    }
}

fn whole(event: &Event) -> Telling {
    Telling { said: Said::Fact(event.clone()), hidden: Vec::new(), subject: None, opens: Vec::new() }
}

fn partly(part: Part, event: &Event, subject: Option<ApplicationId>) -> Telling {
    Telling { said: Said::Part(part), ..kept(event, subject) }
}

fn kept(event: &Event, subject: Option<ApplicationId>) -> Telling {
    Telling { said: Said::Kept, hidden: vec![field("fact", event)], subject, opens: Vec::new() }
}

fn field<T: Serialize + ?Sized>(name: &'static str, value: &T) -> Hidden {
    // Plain data: writing it as JSON cannot fail.
    Hidden { field: name, value: serde_json::to_vec(value).unwrap_or_default() }
}

/// The application, when there is one only.
fn only(mut applications: impl Iterator<Item = ApplicationId>) -> Option<ApplicationId> {
    let first = applications.next();
    first.filter(|_| applications.next().is_none())
}
