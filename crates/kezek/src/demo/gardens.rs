//! Kindergartens and groups, and the places they hand over.

use anyhow::Result;
use fastrand::Rng;
use kezek_rules::Command;
use kezek_rules::command::{AddOrganisation, ModeTerms, Publish, QueueChoice, SetGroup};
use kezek_rules::ids::{GroupId, OrganisationId, SettlementId};
use kezek_rules::place::{Cohort, GroupKind, Language, OrganisationKind, Ownership, Regime};

use super::figures::{CAPACITY, PLACES, PRIVATE_ORGANISATIONS, STATE_ORGANISATIONS, Size, day};
use super::names::any;

/// A queue of a special or sanatorium organisation with one of its groups.
pub struct Care {
    pub queue: QueueChoice,
    pub group: GroupId,
    pub profile: String,
}

/// A group of the general queue with free places.
#[derive(Clone, Copy)]
pub struct Open {
    pub organisation: OrganisationId,
    pub group: GroupId,
    pub year: i16,
    pub language: Language,
    pub free: u32,
}

/// All organisations with the commands that enter them.
pub struct Gardens {
    pub commands: Vec<Command>,
    /// Groups of the coming academic year, for the campaign.
    pub campaign: Vec<Open>,
    /// Groups of this academic year with a place left.
    pub running: Vec<Open>,
    pub care: Vec<Care>,
    settlement: SettlementId,
    organisations: u32,
    groups: u32,
}

const NAMES: &[&str] = &[
    "Айгөлек",
    "Ақбота",
    "Ақ көгершін",
    "Алтын бесік",
    "Алтын сақа",
    "Арайлым",
    "Балапан",
    "Балдәурен",
    "Балауса",
    "Бәйшешек",
    "Бөбек",
    "Бота",
    "Ботақан",
    "Гүлдер",
    "Ертегі",
    "Еркемай",
    "Жауқазын",
    "Жұлдыз",
    "Кішкентай ханзада",
    "Көбелек",
    "Күншуақ",
    "Қарлығаш",
    "Қоңырау",
    "Қошақан",
    "Құлыншақ",
    "Құралай",
    "Мерей",
    "Нұр бала",
    "Самал",
    "Таңшолпан",
    "Шаттық",
    "Шұғыла",
    "Ромашка",
    "Радуга",
    "Солнышко",
    "Теремок",
    "Светлячок",
    "Родничок",
    "Ласточка",
    "Журавушка",
];
const SPECIAL: &[(&str, &[&str])] = &[
    ("«Үміт» арнайы балабақшасы", &["сөйлеу бұзылысы", "есту бұзылысы"]),
    ("«Сенім» арнайы балабақшасы", &["көру бұзылысы", "тірек-қимыл бұзылысы"]),
    ("«Мейірім» арнайы балабақшасы", &["психикалық дамудың тежелуі", "сөйлеу бұзылысы"]),
    ("«Қайсар» арнайы балабақшасы", &["тірек-қимыл бұзылысы"]),
    ("«Жарқын» арнайы балабақшасы", &["аутизм спектрі", "психикалық дамудың тежелуі"]),
    ("«Аялы алақан» арнайы балабақшасы", &["есту бұзылысы"]),
];
const SANATORIUM: &[(&str, &[&str])] = &[
    ("«Шипа» санаторийлік балабақшасы", &["тыныс алу мүшелері"]),
    ("«Денсаулық» санаторийлік балабақшасы", &["тыныс алу мүшелері", "ас қорыту мүшелері"]),
    ("«Қарағай» санаторийлік балабақшасы", &["фтизиатрия"]),
    ("«Таза ауа» санаторийлік балабақшасы", &["жүрек-қан тамырлары"]),
];

impl Gardens {
    /// Draws them up; the free places of the campaign are exactly those published.
    pub fn new(size: Size, settlement: SettlementId, rng: &mut Rng) -> Result<Self> {
        let mut gardens = Gardens {
            commands: Vec::new(),
            campaign: Vec::new(),
            running: Vec::new(),
            care: Vec::new(),
            settlement,
            organisations: 0,
            groups: 0,
        };
        for number in 1..=size.of(STATE_ORGANISATIONS) {
            let name = format!("№ {number} «{}»", any(NAMES, rng));
            gardens.general(name, Ownership::State, rng);
        }
        for number in 1..=size.of(PRIVATE_ORGANISATIONS) {
            let name = format!("«{}-{number}» жекеменшік балабақшасы", any(NAMES, rng));
            gardens.general(name, Ownership::Private, rng);
        }
        let some = |list: &'static [_]| list.iter().take(if size == Size::City { list.len() } else { 1 });
        for (name, profiles) in some(SPECIAL) {
            gardens.with_care(name, OrganisationKind::Special, profiles);
        }
        for (name, profiles) in some(SANATORIUM) {
            gardens.with_care(name, OrganisationKind::Sanatorium, profiles);
        }
        gardens.share_out(size, rng);
        gardens.enter_groups();
        Ok(gardens)
    }

    /// A general organisation: a state one has two groups of each year, of two languages; a private one has one.
    fn general(&mut self, name: String, ownership: Ownership, rng: &mut Rng) {
        let first = match rng.u32(..100) {
            0..66 => Language::Kk,
            66..86 => Language::Ru,
            _ => Language::Mixed,
        };
        let second = if first == Language::Kk { Language::Ru } else { Language::Kk };
        let languages = match ownership {
            Ownership::State => vec![first, second],
            Ownership::Private => vec![first],
        };
        let organisation = self.organisation(name, OrganisationKind::General, ownership, &languages, &[]);
        for (year, _) in PLACES {
            for language in &languages {
                let open = Open { organisation, group: GroupId(0), year, language: *language, free: 0 };
                self.campaign.push(open);
            }
            if ownership == Ownership::State && self.running.len() < 120 {
                self.running.push(Open { organisation, group: GroupId(0), year, language: first, free: 3 });
            }
        }
    }

    fn with_care(&mut self, name: &str, kind: OrganisationKind, profiles: &[&str]) {
        let organisation = self.organisation(
            name.to_owned(),
            kind,
            Ownership::State,
            &[Language::Kk, Language::Ru],
            profiles,
        );
        for profile in profiles {
            let profile = (*profile).to_owned();
            let queue = match kind {
                OrganisationKind::Sanatorium => QueueChoice::Sanatorium(organisation, profile.clone()),
                _ => QueueChoice::Special(organisation, profile.clone()),
            };
            let group = self.group(organisation, profile.clone(), Cohort::Ages(2, 5), Language::Kk, (12, 9));
            self.care.push(Care { queue, group, profile });
        }
    }

    fn organisation(
        &mut self,
        name: String,
        kind: OrganisationKind,
        ownership: Ownership,
        languages: &[Language],
        profiles: &[&str],
    ) -> OrganisationId {
        self.commands.push(Command::AddOrganisation(AddOrganisation {
            settlement: self.settlement,
            name,
            kind,
            ownership,
            languages: languages.to_vec(),
            profiles: profiles.iter().map(|profile| (*profile).to_owned()).collect(),
        }));
        self.organisations += 1;
        OrganisationId(self.organisations - 1)
    }

    fn group(
        &mut self,
        organisation: OrganisationId,
        name: String,
        cohort: Cohort,
        language: Language,
        (capacity, enrolled): (u32, u32),
    ) -> GroupId {
        self.commands.push(Command::SetGroup(SetGroup {
            group: None,
            organisation,
            name,
            cohort,
            language,
            capacity,
            enrolled,
        }));
        self.groups += 1;
        GroupId(self.groups - 1)
    }

    /// Shares each year's places out over its groups, unevenly, at least one and at most a whole group each.
    fn share_out(&mut self, size: Size, rng: &mut Rng) {
        for (year, places) in PLACES {
            let places = size.of(places);
            let mut groups: Vec<&mut Open> =
                self.campaign.iter_mut().filter(|open| open.year == year).collect();
            let count = u32::try_from(groups.len()).unwrap_or(u32::MAX).max(1);
            for (number, open) in (0..).zip(&mut groups) {
                open.free = places / count + u32::from(number < places % count);
            }
            for _ in 0..groups.len() * 4 {
                let (from, to) = (rng.usize(..groups.len()), rng.usize(..groups.len()));
                let step = rng.u32(1..4);
                if from != to && groups[from].free > step && groups[to].free + step <= CAPACITY {
                    groups[from].free -= step;
                    groups[to].free += step;
                }
            }
        }
    }

    fn enter_groups(&mut self) {
        let (mut campaign, mut running) =
            (std::mem::take(&mut self.campaign), std::mem::take(&mut self.running));
        for (opens, academic) in [(&mut campaign, "2021/22"), (&mut running, "2020/21")] {
            for open in opens.iter_mut() {
                let name = format!("{} ж. туған, {}, {academic}", open.year, language_word(open.language));
                let held = (CAPACITY, CAPACITY - open.free);
                open.group =
                    self.group(open.organisation, name, Cohort::Born(open.year), open.language, held);
            }
        }
        (self.campaign, self.running) = (campaign, running);
    }
}

fn language_word(language: Language) -> &'static str {
    match language {
        Language::Kk => "қазақ",
        Language::Ru => "орыс",
        Language::En => "ағылшын",
        Language::Mixed => "аралас",
    }
}

impl Open {
    /// Hands places over; those of the campaign are for the academic year that begins in September.
    pub fn publish(&self, count: u32, of: Year) -> Command {
        Command::Publish(Publish {
            group: self.group,
            cohort: Cohort::Born(self.year),
            kind: GroupKind::General,
            profile: None,
            language: self.language,
            regime: Regime::FullDay,
            mode: ModeTerms::General,
            count,
            enrol_from: match of {
                Year::Running => None,
                Year::Coming => Some(day(8, 2)),
            },
        })
    }
}

/// An academic year.
#[derive(Clone, Copy)]
pub enum Year {
    Running,
    Coming,
}

impl Care {
    /// Hands one place over.
    pub fn publish(&self) -> Command {
        let kind = match self.queue {
            QueueChoice::Sanatorium(..) => GroupKind::Sanatorium,
            _ => GroupKind::Special,
        };
        Command::Publish(Publish {
            group: self.group,
            cohort: Cohort::Ages(2, 5),
            kind,
            profile: Some(self.profile.clone()),
            language: Language::Kk,
            regime: Regime::FullDay,
            mode: ModeTerms::General,
            count: 1,
            enrol_from: None,
        })
    }
}
