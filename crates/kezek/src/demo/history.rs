//! Three weeks of life before the campaign: families apply, benefits are confirmed, a few places are given.

use anyhow::Result;
use kezek_calendar::{Date, is_working_day, terms};
use kezek_rules::benefit::{Benefit, Standing};
use kezek_rules::command::{Ground, OnReferrals, Wish, WithdrawPlaces, WithdrawReason};
use kezek_rules::event::Event;
use kezek_rules::ids::{ApplicationId, OrganisationId, ParentKey, ReferralId, VacancyId};
use kezek_rules::place::{Cohort, GroupKind};
use kezek_rules::queue::{Queue, QueueKey};
use kezek_rules::state::{Application, Referral, Vacancy};
use kezek_rules::{Command, State, ask};

use super::build::{Builder, CITY};
use super::figures::{A_DAY, PLACES, WAITING, day};
use super::gardens::{Open, Year};
use super::queue::Wait;

/// Days on which a few places of the running year are handed over; their windows open on the next morning.
const SMALL_BULLETINS: [(i8, i8); 4] = [(5, 18), (5, 25), (6, 2), (6, 7)];
/// The last days of their windows, on which kindergartens take back what nobody chose.
const LAST_DAYS: [(i8, i8); 3] = [(5, 21), (5, 28), (6, 7)];
/// From then on the places of this year that nobody chose are left to the open phase.
const LEFT_OPEN: ((i8, i8), i16) = ((6, 7), 2016);
/// Places of a group in a small bulletin. Few: a family is told when its number moves by more than twenty.
const SMALL_PLACES: u32 = 2;
/// The campaign's bulletin.
const CAMPAIGN: (i8, i8) = (6, 9);

impl Builder {
    /// From the take-over to five minutes before the campaign's bulletin.
    pub async fn live(&mut self) -> Result<()> {
        let first = day(5, 17);
        let last = day(CAMPAIGN.0, CAMPAIGN.1);
        let days = terms::days_between(first, last);
        self.bar.set_length(days.unsigned_abs().into());
        self.bar.set_position(0);
        let mut pending = Vec::new();
        for number in 0..days {
            let date = terms::add_days(first, number);
            if is_working_day(date) {
                let waits = self.city.arrivals(date, self.size.of(A_DAY))?;
                self.morning(date, &waits, &mut pending).await?;
                self.referrals(date).await?;
                self.bulletin(date).await?;
            }
            self.bar.inc(1);
        }
        self.last_day(&mut pending).await
    }

    /// New families apply, and the desk confirms what was brought since the day before yesterday.
    async fn morning(&mut self, date: Date, waits: &[Wait], pending: &mut Pending) -> Result<()> {
        self.clock(date.month(), date.day(), 10, 0).await?;
        for fact in self.register(waits).await?.facts {
            if let Event::Registered { application, benefits, .. } = fact.event {
                let claims = benefits.iter().filter(|claim| matches!(claim.standing, Standing::Pending(_)));
                pending.extend(claims.map(|claim| (date, application, claim.benefit)));
            }
        }
        self.clock(date.month(), date.day(), 11, 30).await?;
        let is_brought = |(sent, application, _): &(Date, ApplicationId, Benefit)| {
            terms::days_between(*sent, date) >= 2 && application.0 % 7 != 0
        };
        let brought: Vec<_> = pending.iter().copied().filter(is_brought).collect();
        pending.retain(|one| !is_brought(one));
        let clerk = self.clerk();
        let confirm =
            |(_, application, benefit)| (clerk.clone(), Command::ConfirmBenefit(application, benefit));
        self.each(brought.into_iter().map(confirm).collect()).await?;
        Ok(())
    }

    /// What families and kindergartens do with referrals: most enrol, some give them back, some are late.
    async fn referrals(&mut self, date: Date) -> Result<()> {
        self.clock(date.month(), date.day(), 14, 0).await?;
        let zone = self.zone.clone();
        let live: Vec<(ReferralId, ApplicationId, ParentKey, OrganisationId, i32)> =
            self.node.read(|state| {
                let live = state.referrals().filter(|(_, one)| one.is_live());
                let of = |(id, one): (ReferralId, &Referral)| {
                    let parent = state.application(one.application)?.parent;
                    let organisation = state.vacancy(one.vacancy)?.organisation;
                    let age_days = terms::days_between(zone.date(one.issued), date);
                    Some((id, one.application, parent, organisation, age_days))
                };
                live.filter_map(of).collect()
            });
        let mut commands = Vec::new();
        for (id, application, parent, organisation, age_days) in live {
            let (parent, head) = (parent_actor(parent), self.head(organisation));
            match (id.0 % 10, age_days) {
                (0..6, 2..) => {
                    commands.push((self.clerk(), Command::ConfirmDocuments(application)));
                    commands.push((head, Command::Enrol(application)));
                }
                (6, 1) if date < day(6, 1) => commands.push((parent, Command::Annul(application))),
                (7, 2) => commands.push((parent, Command::Extend(application, Some(Ground::Illness)))),
                _ => {}
            }
        }
        self.each(commands).await?;
        Ok(())
    }

    /// Places of the running year, wish lists before the opening, claims after it.
    async fn bulletin(&mut self, date: Date) -> Result<()> {
        if SMALL_BULLETINS.iter().any(|(month, of)| terms::add_days(day(*month, *of), 1) == date) {
            self.claims().await?;
        }
        self.clock(date.month(), date.day(), 15, 0).await?;
        let Some(number) = SMALL_BULLETINS.iter().position(|(month, of)| day(*month, *of) == date) else {
            return self.take_back(date).await;
        };
        let groups = self.size.of(40).clamp(1, 2) as usize;
        let gardens = self.gardens.running.chunks(PLACES.len()).skip(number * groups).take(groups);
        let running: Vec<Open> = gardens.flatten().copied().collect();
        let publish = |open: &Open| (self.head(open.organisation), open.publish(SMALL_PLACES, Year::Running));
        let mut commands: Vec<_> = running.iter().map(publish).collect();
        if number + 1 == SMALL_BULLETINS.len() {
            commands.extend(self.gardens.care.iter().map(|care| (self.clerk(), care.publish())));
        }
        self.each(commands).await?;
        let organisations: Vec<OrganisationId> = running.iter().map(|open| open.organisation).collect();
        let places = u32::try_from(groups).unwrap_or(1) * SMALL_PLACES;
        self.wishes(places, 3, &organisations).await
    }

    /// Kindergartens take back places that came back, and on a window's last day those that nobody chose.
    async fn take_back(&mut self, date: Date) -> Result<()> {
        let is_last_day = LAST_DAYS.iter().any(|(month, of)| day(*month, *of) == date);
        let ((month, of), left_open) = LEFT_OPEN;
        let is_left = |cohort: Cohort| cohort == Cohort::Born(left_open) && date >= day(month, of);
        let back: Vec<(OrganisationId, VacancyId, u32)> = self.node.read(|state| {
            let general = state.vacancies().filter(|(_, one)| one.kind == GroupKind::General);
            let count = |(id, one): (VacancyId, &Vacancy)| {
                let batches = one.batches.iter().filter_map(|batch| state.batch(*batch));
                let free: u32 = batches.map(|batch| batch.free_of(id)).sum();
                let chosen = if is_last_day && !is_left(one.cohort) { free } else { 0 };
                (one.organisation, id, one.returned + chosen)
            };
            general.map(count).filter(|(_, _, count)| *count > 0).collect()
        });
        let withdraw = |(organisation, vacancy, count)| {
            let reason = Some(WithdrawReason::Repair);
            let act = WithdrawPlaces { vacancy, count, reason, referrals: OnReferrals::Keep };
            (self.head(organisation), Command::WithdrawPlaces(act))
        };
        self.each(back.into_iter().map(withdraw).collect()).await?;
        Ok(())
    }

    /// Half of the window holders who have no referral choose on the first day; some never do.
    async fn claims(&mut self) -> Result<()> {
        let choices: Vec<(ParentKey, Command)> = self.node.read(|state| {
            let holders = state.applications().filter(|(id, one)| !one.windows.is_empty() && id.0 % 2 == 0);
            let choose = |(id, one): (ApplicationId, &Application)| {
                let open = ask::claimable(state, id);
                let vacancy = open.get(id.0 as usize % open.len().max(1))?;
                Some((one.parent, Command::Claim(id, *vacancy)))
            };
            holders.filter_map(choose).collect()
        });
        let by = |(parent, command)| (parent_actor(parent), command);
        self.each(choices.into_iter().map(by).collect()).await?;
        Ok(())
    }

    /// One in two of the first `front` families of each year lodges a list, of `longest` wishes at most.
    pub async fn wishes(&mut self, front: u32, longest: usize, among: &[OrganisationId]) -> Result<()> {
        let mut commands = Vec::new();
        for (year, places) in PLACES {
            let front = front.min(self.size.of(places)) as usize;
            let heads = self.node.read(|state| heads(state, year, front));
            for (application, parent) in heads {
                let rng = &mut self.city.maker().rng;
                if rng.bool() || among.is_empty() {
                    continue;
                }
                let mut choices: Vec<Wish> = Vec::new();
                for _ in 0..rng.usize(1..=longest) {
                    let organisation = among[rng.usize(..among.len())];
                    if choices.iter().all(|wish| wish.organisation != organisation) {
                        choices.push(Wish { organisation, language: None });
                    }
                }
                commands.push((parent_actor(parent), Command::Wish(application, choices)));
            }
        }
        self.each(commands).await?;
        Ok(())
    }

    /// The campaign is handed over; the queue is filled up to its figure; half of those in front lodge their lists.
    async fn last_day(&mut self, pending: &mut Pending) -> Result<()> {
        let (month, of) = CAMPAIGN;
        let waiting =
            self.node.read(|state| state.applications().filter(|(_, one)| !one.is_archived()).count());
        let missing = self.size.of(WAITING).saturating_sub(u32::try_from(waiting).unwrap_or(u32::MAX));
        let waits = self.city.arrivals(day(month, of), missing)?;
        self.morning(day(month, of), &waits, pending).await?;
        self.clock(month, of, 14, 0).await?;
        let campaign = self.gardens.campaign.clone();
        let publish = |open: &Open| (self.head(open.organisation), open.publish(open.free, Year::Coming));
        self.each(campaign.iter().map(publish).collect()).await?;
        self.clock(month, of, 17, 0).await?;
        let organisations: Vec<OrganisationId> = campaign.iter().map(|open| open.organisation).collect();
        self.wishes(u32::MAX, 5, &organisations).await?;
        self.clock(month, of, 17, 55).await
    }
}

/// Benefits whose papers have not been brought.
type Pending = Vec<(Date, ApplicationId, Benefit)>;

/// The first of a year's general queue with their parents.
pub fn heads(state: &State, year: i16, count: usize) -> Vec<(ApplicationId, ParentKey)> {
    let key = QueueKey { settlement: CITY, queue: Queue::General, birth_year: year };
    let order = state.queue(key).map(|ranking| ranking.order()).unwrap_or_default();
    let ids = order.into_iter().take(count).map(|(_, seniority)| seniority.application);
    ids.filter_map(|id| Some((id, state.application(id)?.parent))).collect()
}

/// How the journal names a parent.
pub fn parent_actor(parent: ParentKey) -> String {
    format!("parent:{:016x}", parent.0)
}
