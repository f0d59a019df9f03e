//! Facts about settlements, organisations, groups and vacancies.

use crate::{
    command::ModeTerms,
    event::{Event, TakenBack},
    ids::{ReferralId, SettlementId},
    state::{ChangeByAct, Freeze, Group, Organisation, Phase, Settlement, State, Vacancy},
};
use alloc::{collections::BTreeSet, vec::Vec};
use kezek_calendar::{Instant, terms};

impl State {
    pub(super) fn apply_to_places(&mut self, at: Instant, event: &Event) {
        match event {
            Event::SettlementOpened { name, zone, profile } => self.settlements.push(Settlement {
                name: name.clone(),
                zone: zone.clone(),
                profile: profile.clone(),
                changes: Vec::new(),
                freezes: Vec::new(),
                last_bulletin: None,
                last_opening: None,
                withdrawn: Vec::new(),
                announced: BTreeSet::new(),
                bulletins: Vec::new(),
                live_batches: BTreeSet::new(),
                organisations: Vec::new(),
                wishers: BTreeSet::new(),
            }),
            Event::OrganisationAdded { .. } => self.add_organisation(event),
            Event::GroupSet { .. } => self.set_group(event),
            Event::ProfileSet { settlement, change, act, valid_from } => {
                if let Some(settlement) = self.settlements.get_mut(settlement.0 as usize) {
                    let (change, act) = (change.clone(), act.clone());
                    let change = ChangeByAct { change, act, valid_from: *valid_from, applied: false };
                    settlement.changes.push(change);
                }
            }
            Event::ProfileApplied { settlement } => self.apply_profile(*settlement, at),
            Event::Frozen { settlement, from, to, act } => {
                if let Some(settlement) = self.settlements.get_mut(settlement.0 as usize) {
                    // R4.30: the last act with this first day counts.
                    settlement.freezes.retain(|freeze| freeze.from != *from);
                    settlement.freezes.push(Freeze { from: *from, to: *to, act: act.clone() });
                }
            }
            Event::TermsExtended { settlement, until, .. } => self.extend_terms(*settlement, *until),
            Event::Published { .. } => self.publish(event),
            Event::Withdrawn { .. } => self.withdraw(event),
            Event::EarlyFreed { vacancy, released } => {
                for (batch, count) in released {
                    self.take_published(*batch, *vacancy, *count);
                }
                if let Some(one) = self.vacancies.get_mut(vacancy.0 as usize) {
                    one.freed = true;
                    one.returned += released.iter().map(|(_, count)| count).sum::<u32>();
                    if one.returned > 0 {
                        self.settlements[one.settlement.0 as usize].announced.insert(*vacancy);
                    }
                }
            }
            _ => {}
        }
    }

    /// The changes whose day has come, in order of their days (R3.21).
    fn apply_profile(&mut self, id: SettlementId, at: Instant) {
        let Some(settlement) = self.settlements.get_mut(id.0 as usize) else { return };
        let today = settlement.zone.date(at);
        let pattern = settlement.profile.priority_pattern;
        let is_due = |change: &&mut ChangeByAct| !change.applied && change.valid_from <= today;
        let mut due: Vec<_> = settlement.changes.iter_mut().filter(is_due).collect();
        due.sort_by_key(|change| change.valid_from);
        for change in due {
            settlement.profile = settlement.profile.changed(&change.change);
            change.applied = true;
        }
        if settlement.profile.priority_pattern != pattern {
            self.start_counters_anew(id, at);
        }
    }

    fn add_organisation(&mut self, event: &Event) {
        let Event::OrganisationAdded { settlement, name, kind, ownership, languages, profiles } = event
        else {
            return;
        };
        let id = crate::ids::OrganisationId(self.organisations.len() as u32);
        if let Some(settlement) = self.settlements.get_mut(settlement.0 as usize) {
            settlement.organisations.push(id);
        }
        self.organisations.push(Organisation {
            settlement: *settlement,
            name: name.clone(),
            kind: *kind,
            ownership: *ownership,
            languages: languages.clone(),
            profiles: profiles.clone(),
            groups: Vec::new(),
            vacancies: Vec::new(),
        });
    }

    fn set_group(&mut self, event: &Event) {
        let Event::GroupSet { group, organisation, name, cohort, language, capacity, enrolled } = event
        else {
            return;
        };
        if let Some(known) = self.groups.get_mut(group.0 as usize) {
            (known.name, known.cohort, known.language) = (name.clone(), *cohort, *language);
            (known.capacity, known.enrolled_before) = (*capacity, *enrolled);
            return;
        }
        if let Some(organisation) = self.organisations.get_mut(organisation.0 as usize) {
            organisation.groups.push(*group);
        }
        self.groups.push(Group {
            organisation: *organisation,
            name: name.clone(),
            cohort: *cohort,
            language: *language,
            capacity: *capacity,
            enrolled_before: *enrolled,
            enrolled_here: 0,
            vacancies: Vec::new(),
        });
    }

    /// R3.31, R4.7, R4.29: open windows, live referrals and terms for their originals that end earlier; nothing is
    /// shortened.
    fn extend_terms(&mut self, settlement: SettlementId, until: Instant) {
        for batch in self.batches.iter_mut().filter(|batch| batch.pool.settlement == settlement) {
            if let Phase::Windows(end) = &mut batch.phase {
                *end = (*end).max(until);
            }
        }
        let live: Vec<ReferralId> = self.live_referrals(settlement).map(|(id, _)| id).collect();
        for id in live {
            if let Some(terms) = self.referrals.get_mut(id.0 as usize).and_then(|one| one.terms.as_mut()) {
                terms.until = terms.until.max(until);
                terms.documents_until = terms.documents_until.max(until);
            }
        }
    }

    fn publish(&mut self, event: &Event) {
        let Event::Published {
            vacancy,
            group,
            cohort,
            kind,
            care,
            language,
            regime,
            mode,
            count,
            enrol_from,
            ..
        } = event
        else {
            return;
        };
        let Some(of) = self.groups.get_mut(group.0 as usize) else { return };
        of.vacancies.push(*vacancy);
        let organisation = of.organisation;
        let Some(owner) = self.organisations.get_mut(organisation.0 as usize) else { return };
        owner.vacancies.push(*vacancy);
        let settlement = owner.settlement;
        self.settlements[settlement.0 as usize].announced.insert(*vacancy);
        self.vacancies.push(Vacancy {
            group: *group,
            organisation,
            settlement,
            cohort: *cohort,
            kind: *kind,
            care: *care,
            language: *language,
            regime: *regime,
            terms: *mode,
            freed: false,
            enrol_from: *enrol_from,
            academic_year: enrol_from.map(terms::enrolment_year),
            announced: *count,
            returned: 0,
            batches: Vec::new(),
            referred: 0,
            live: BTreeSet::new(),
        });
        // R3.34/9: the default for early places is the day they are free.
        if let (ModeTerms::Early(free_from), None, Some(vacancy)) =
            (mode, enrol_from, self.vacancies.last_mut())
        {
            vacancy.enrol_from = Some(*free_from);
            vacancy.academic_year = Some(terms::enrolment_year(*free_from));
        }
    }

    fn withdraw(&mut self, event: &Event) {
        let Event::Withdrawn { vacancy: id, reason, announced, returned, published, claimed, .. } = event
        else {
            return;
        };
        for (batch, count) in published {
            self.take_published(*batch, *id, *count);
        }
        let Some(vacancy) = self.vacancies.get_mut(id.0 as usize) else { return };
        vacancy.announced = vacancy.announced.saturating_sub(*announced);
        vacancy.returned = vacancy.returned.saturating_sub(*returned);
        // R3.34/9: published and withdrawn before the bulletin stands in neither list.
        let listed = returned + claimed + published.iter().map(|(_, count)| count).sum::<u32>();
        let settlement = &mut self.settlements[vacancy.settlement.0 as usize];
        if vacancy.announced + vacancy.returned == 0 {
            settlement.announced.remove(id);
        }
        if listed > 0 {
            let same = |one: &&mut TakenBack| one.vacancy == *id && one.reason == *reason;
            match settlement.withdrawn.iter_mut().find(same) {
                Some(known) => known.count += listed,
                None => {
                    let taken = TakenBack { vacancy: *id, count: listed, reason: *reason };
                    settlement.withdrawn.push(taken);
                }
            }
        }
    }

    /// Takes free places out of a batch.
    pub(super) fn take_published(
        &mut self,
        batch: crate::ids::BatchId,
        vacancy: crate::ids::VacancyId,
        count: u32,
    ) {
        if let Some(places) =
            self.batches.get_mut(batch.0 as usize).and_then(|batch| batch.places_of(vacancy))
        {
            places.free = places.free.saturating_sub(count);
            places.published = places.published.saturating_sub(count);
        }
    }
}
