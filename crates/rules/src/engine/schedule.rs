//! What falls due when. An entry may outlive its reason (a referral was annulled, a term lengthened); whoever
//! carries it out looks at the state first.

use crate::{
    State,
    benefit::Standing,
    command::ModeTerms,
    event::{Event, Fact},
    ids::{ApplicationId, BatchId, ChildKey, ReferralId, SettlementId, VacancyId},
    state::{Phase, Referral, Settlement, Status},
};
use alloc::collections::BTreeSet;
use kezek_calendar::{Date, Instant, Time, terms};

/// When families are reminded; not at night (R4.1).
pub(super) const REMINDERS_AT: Time = Time::constant(9, 0, 0, 0);

/// The kinds of duties; at one instant they are carried out in this order (R3.34/26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Duty {
    WindowsEnd(BatchId),
    ReferralEnd(ReferralId),
    DocumentsEnd(ReferralId),
    BenefitEnd(ApplicationId),
    StopListEnd(ApplicationId),
    StayEnd(ChildKey),
    InterestSweep(SettlementId),
    InterestDue(ApplicationId),
    SilenceEnd(ApplicationId),
    AgeLimit(SettlementId),
    EarlyFree(VacancyId),
    Reminders(SettlementId),
    ProfileChange(SettlementId),
    Bulletin(SettlementId),
    /// Those of today, whose new hour has passed (R4.20).
    LateBulletin(SettlementId),
    Opening(SettlementId),
    LateOpening(SettlementId),
}

impl Duty {
    /// The place of a kind among those of one instant.
    fn rank(self) -> u8 {
        match self {
            Duty::WindowsEnd(_) => 0,
            Duty::ReferralEnd(_) => 1,
            Duty::DocumentsEnd(_) | Duty::BenefitEnd(_) => 2,
            Duty::StopListEnd(_) => 3,
            Duty::StayEnd(_) => 4,
            Duty::InterestSweep(_) | Duty::InterestDue(_) | Duty::SilenceEnd(_) => 5,
            Duty::AgeLimit(_) => 6,
            Duty::EarlyFree(_) => 7,
            Duty::Reminders(_) => 8,
            Duty::ProfileChange(_) => 9,
            Duty::Bulletin(_) | Duty::LateBulletin(_) => 10,
            Duty::Opening(_) | Duty::LateOpening(_) => 11,
        }
    }
}

/// One entry; inside one kind the order is that of registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Due {
    pub(super) at: Instant,
    rank: u8,
    registered: Instant,
    pub(super) duty: Duty,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    entries: BTreeSet<Due>,
}

impl Schedule {
    /// Everything that a state has ahead of it.
    pub(super) fn of(state: &State) -> Self {
        let mut schedule = Schedule::default();
        for (id, settlement) in state.settlements() {
            schedule.add_daily(id, settlement, state.now());
            let waiting = settlement.changes.iter().filter(|change| !change.applied);
            for change in waiting {
                schedule.add(settlement.zone.start_of(change.valid_from), Duty::ProfileChange(id));
            }
            for batch in &settlement.live_batches {
                schedule.add_windows(state, *batch);
            }
        }
        for (id, referral) in state.referrals().filter(|(_, referral)| referral.is_live()) {
            schedule.add_referral(state, id, referral);
        }
        for (id, _) in state.applications().filter(|(_, one)| !one.is_archived()) {
            schedule.add_application(state, id);
        }
        for (key, child) in state.children() {
            if let Some(stay) = &child.stay {
                schedule.add_for(state, stay.application, stay.until, Duty::StayEnd(key));
            }
        }
        for (id, vacancy) in state.vacancies() {
            if let (ModeTerms::Early(free_from), false) = (vacancy.terms, vacancy.freed) {
                schedule.add_early(state, id, vacancy.settlement, free_from);
            }
        }
        schedule
    }

    /// Adds what a fact entails, the state being the one after it.
    pub(super) fn note(&mut self, state: &State, fact: &Fact) {
        match &fact.event {
            Event::SettlementOpened { .. } => {
                if let Some((id, settlement)) = state.settlements().last() {
                    self.add_daily(id, settlement, fact.at);
                }
            }
            Event::ProfileSet { settlement: id, valid_from, .. } => {
                if let Some(settlement) = state.settlement(*id) {
                    self.add(settlement.zone.start_of(*valid_from), Duty::ProfileChange(*id));
                }
            }
            Event::ProfileApplied { settlement: id } => {
                if let Some(settlement) = state.settlement(*id) {
                    self.change_hours(*id, settlement, fact.at);
                    self.add_daily(*id, settlement, fact.at);
                    // The age limit may be another one from now on.
                    self.add(fact.at, Duty::AgeLimit(*id));
                }
            }
            Event::TermsExtended { settlement, .. } => self.add_extended(state, *settlement),
            Event::Registered { application, .. }
            | Event::BenefitClaimed { application, .. }
            | Event::InterestAsked { application, .. }
            | Event::StopListed { application, .. } => self.add_application(state, *application),
            Event::Published { vacancy, mode: ModeTerms::Early(free_from), .. } => {
                if let Some(place) = state.vacancy(*vacancy) {
                    self.add_early(state, *vacancy, place.settlement, *free_from);
                }
            }
            Event::WindowsOpened { batch, .. } => self.add_windows(state, *batch),
            Event::ReferralIssued { referral, .. }
            | Event::ReferralStarted { referral, .. }
            | Event::ReferralExtended { referral, .. } => {
                if let Some(one) = state.referral(*referral) {
                    self.add_referral(state, *referral, one);
                }
            }
            Event::Enrolled { referral, stay_until: Some(until) } => {
                let one = state.referral(*referral).and_then(|one| state.application(one.application));
                if let (Some(one), Some(referral)) = (one, state.referral(*referral)) {
                    self.add_for(state, referral.application, *until, Duty::StayEnd(one.child));
                }
            }
            _ => {}
        }
    }

    /// When the next entry falls due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.entries.first().map(|due| due.at)
    }

    /// Takes the next entry out if it is due.
    pub(super) fn take(&mut self, until: Instant) -> Option<Due> {
        if self.next()? > until { None } else { self.entries.pop_first() }
    }

    /// Drops what is due up to and including an instant.
    pub(super) fn drop_until(&mut self, until: Instant) {
        self.entries.retain(|due| due.at > until);
    }

    pub(super) fn add(&mut self, at: Instant, duty: Duty) {
        self.entries.insert(Due { at, rank: duty.rank(), registered: Instant::MIN, duty });
    }

    /// Adds the next of a duty that comes again; at the calendar's end there is none.
    pub(super) fn add_next(&mut self, due: Instant, next: Instant, duty: Duty) {
        if next > due {
            self.add(next, duty);
        }
    }

    /// The entries after an instant up to and including another, in order.
    pub(super) fn within(&self, after: Instant, until: Instant) -> impl Iterator<Item = &Due> {
        let at = after.plus_micros(1);
        let first = Due { at, rank: 0, registered: Instant::MIN, duty: Duty::WindowsEnd(BatchId(0)) };
        self.entries.range(first..).take_while(move |due| due.at <= until)
    }

    fn add_for(&mut self, state: &State, application: ApplicationId, at: Instant, duty: Duty) {
        let registered = state.application(application).map_or(Instant::MIN, |one| one.registered);
        self.entries.insert(Due { at, rank: duty.rank(), registered, duty });
    }

    fn add_daily(&mut self, id: SettlementId, settlement: &Settlement, after: Instant) {
        self.add(settlement.next_at(REMINDERS_AT, after), Duty::Reminders(id));
        self.add(settlement.next_at(settlement.profile.bulletin_time, after), Duty::Bulletin(id));
        self.add(settlement.next_at(settlement.profile.opening_time, after), Duty::Opening(id));
        self.add(next_first_of_september(settlement, after), Duty::AgeLimit(id));
        self.add(next_interest_sweep(settlement, after), Duty::InterestSweep(id));
    }

    /// R4.20: no day is without its bulletin and opening. An hour of this very instant counts, and what was still to
    /// come today and has an hour now that has passed comes at once.
    fn change_hours(&mut self, id: SettlementId, settlement: &Settlement, at: Instant) {
        let profile = &settlement.profile;
        let tomorrow = settlement.end_of(settlement.zone.date(at));
        for (hour, usual, late) in [
            (profile.bulletin_time, Duty::Bulletin(id), Duty::LateBulletin(id)),
            (profile.opening_time, Duty::Opening(id), Duty::LateOpening(id)),
        ] {
            let was_to_come = self.entries.iter().any(|due| due.duty == usual && due.at < tomorrow);
            self.entries.retain(|due| due.duty != usual);
            let next = settlement.next_at(hour, at.plus_micros(-1));
            if next == at {
                self.add(at, usual);
            } else if was_to_come && next >= tomorrow {
                self.add(at, late);
            }
        }
    }

    /// Whether a duty is due at an instant.
    pub(super) fn has(&self, at: Instant, duty: Duty) -> bool {
        self.entries.contains(&Due { at, rank: duty.rank(), registered: Instant::MIN, duty })
    }

    fn add_windows(&mut self, state: &State, batch: BatchId) {
        if let Some(Phase::Windows(until)) = state.batch(batch).map(|batch| batch.phase) {
            self.add(until, Duty::WindowsEnd(batch));
        }
    }

    fn add_referral(&mut self, state: &State, id: ReferralId, referral: &Referral) {
        let Some(terms) = referral.terms else { return };
        self.add_for(state, referral.application, terms.until, Duty::ReferralEnd(id));
        if referral.by_benefit() {
            self.add_for(state, referral.application, terms.documents_until, Duty::DocumentsEnd(id));
        }
    }

    fn add_application(&mut self, state: &State, id: ApplicationId) {
        let Some(one) = state.application(id) else { return };
        for claim in &one.claims {
            if let Standing::Pending(until) = claim.standing {
                self.add_for(state, id, until, Duty::BenefitEnd(id));
            }
        }
        if let Some(until) = one.interest_asked_until {
            self.add_for(state, id, until, Duty::InterestDue(id));
        }
        if let Status::StopListed(listing) = &one.status {
            if let Some(until) = listing.until {
                self.add_for(state, id, until, Duty::StopListEnd(id));
            }
            if let Some(until) = listing.silence_until {
                self.add_for(state, id, until, Duty::SilenceEnd(id));
            }
        }
    }

    fn add_early(&mut self, state: &State, id: VacancyId, settlement: SettlementId, free_from: Date) {
        if let Some(settlement) = state.settlement(settlement) {
            self.add(settlement.zone.start_of(free_from), Duty::EarlyFree(id));
        }
    }

    fn add_extended(&mut self, state: &State, id: SettlementId) {
        let Some(settlement) = state.settlement(id) else { return };
        for batch in &settlement.live_batches {
            self.add_windows(state, *batch);
        }
        for (referral, one) in state.live_referrals(id) {
            self.add_referral(state, referral, one);
        }
    }
}

/// R3.4: the first day on which the limit can be met is a 1 September.
pub(super) fn next_first_of_september(settlement: &Settlement, after: Instant) -> Instant {
    let year = terms::academic_year(settlement.zone.date(after));
    settlement.zone.start_of(terms::first_of_september(year + 1))
}

/// R3.34/18: 00:00 of the day after the last day of the yearly confirmation.
pub(super) fn next_interest_sweep(settlement: &Settlement, after: Instant) -> Instant {
    let by = settlement.profile.confirm_interest_by;
    let year = settlement.zone.date(after).year();
    let this_year = settlement.end_of(by.in_year(year));
    if this_year > after { this_year } else { settlement.end_of(by.in_year(year + 1)) }
}
