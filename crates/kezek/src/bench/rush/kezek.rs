//! Kezek with the made-up city: taken over once, brought to each scene, copied for each run.

use std::path::Path;
use std::time::Duration;

use super::city::{City, Class};
use super::desk::{Answer, Desk};
use super::plan::{Claim, Scene};
use anyhow::{Context, Result, bail};
use futures_util::future::join_all;
use kezek_calendar::{Date, Instant, Zone};
use kezek_node::records::Keys;
use kezek_node::{BatchIntake, BatchItem, ClockChoice, Config, Intake, Key, Node, PrivateChanges, Storage};
use kezek_rules::Command;
use kezek_rules::benefit::Benefit;
use kezek_rules::command::{
    AddOrganisation, Conclusion, Entry, IinCheck, ModeTerms, OpenSettlement, Publish, QueueChoice, SetGroup,
    Submit, Wish,
};
use kezek_rules::ids::{ApplicationId, ChildKey, GroupId, OrganisationId, ParentKey, SettlementId};
use kezek_rules::place::{Cohort, GroupKind, Language, OrganisationKind, Ownership, Regime};
use kezek_rules::profile::Profile;

/// Made for this benchmark; nobody's data is sealed with them.
const KEYS: &str =
    "index=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,1=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
const ZONE: &str = "Asia/Almaty";
const TAKEN_OVER: &str = "2021-06-01T12:00:00+06:00";
const HANDED_OVER: &str = "2021-06-09T12:00:00+06:00";
/// Thursday, three working days of windows, Tuesday.
const OPENING: &str = "2021-06-10T07:00:00+06:00";
const OPEN_PHASE: &str = "2021-06-15T07:00:00+06:00";
/// Commands accepted together while the city is taken over.
const LOT: usize = 5_000;
const WARM_UP: u64 = 600;

/// A node whose clock and, on SQLite, journal are in this folder.
pub fn config(folder: &Path, storage: Storage) -> Result<Config> {
    let clock = ClockChoice::Virtual(Instant::parse(TAKEN_OVER)?);
    Ok(Config { storage, ..Config::new(folder, clock, Keys::parse(KEYS)?) })
}

/// Takes the city and the others over in an empty place.
pub async fn take_over(node: &Node, city: &City) -> Result<()> {
    submit_all(node, settlements(city)?).await?;
    for settlement in 0..=city.size.others {
        submit_all(node, applications(city, settlement)?).await?;
    }
    Ok(())
}

/// From nothing to the opening, wish lists carried out.
async fn bring_to_opening(node: &Node, city: &City) -> Result<()> {
    take_over(node, city).await?;
    node.set_clock(Instant::parse(HANDED_OVER)?).await?;
    submit_all(node, places(city)).await?;
    submit_all(node, wishes(city)).await?;
    node.set_clock(Instant::parse(OPENING)?).await?;
    Ok(())
}

/// The claims of the first days in their order, then the open phase.
async fn bring_to_open_phase(node: &Node, between: &[Claim]) -> Result<()> {
    let desk = Desk::Kezek(node.clone());
    let numbered: Vec<Claim> = (0..).zip(between).map(|(key, claim)| Claim { key, ..*claim }).collect();
    for lot in numbered.chunks(500) {
        // Asked in the order of the list, which is the order they are judged in.
        let answers = join_all(lot.iter().map(|claim| desk.claim(*claim, "between"))).await;
        for answer in answers {
            if answer? == Answer::Other {
                bail!("a claim of the first days was refused for a reason that should not be");
            }
        }
    }
    node.set_clock(Instant::parse(OPEN_PHASE)?).await?;
    Ok(())
}

/// Brings a node from one scene to the next.
pub async fn bring_to(node: &Node, scene: Scene, city: &City, between: &[Claim]) -> Result<()> {
    match scene {
        Scene::Windows => bring_to_opening(node, city).await,
        Scene::Open => bring_to_open_phase(node, between).await,
    }
}

/// New families of a year without places: every connection has its statements prepared, and every page of the program
/// was used once, before the clock starts. Waits until the families have been told.
pub async fn warm_up(node: &Node) -> Result<()> {
    let newborn = (0..WARM_UP).map(|number| {
        let submit = Submit {
            queue: QueueChoice::General(SettlementId(0)),
            child: ChildKey(number + 1),
            parent: ParentKey(number + 1),
            born: Date::constant(2021, 1, 1),
            iin: IinCheck::Valid,
            benefits: Vec::new(),
            conclusion: Conclusion::None,
            draw: 0,
            entry: Entry::Sent,
        };
        let actor = format!("warm-up:{number}");
        let key = Key::new(&actor, "1", b"")?;
        anyhow::Ok(Intake {
            actor,
            command: Command::Submit(submit),
            key: Some(key),
            private: PrivateChanges::none(),
        })
    });
    let newborn: Vec<Intake> = newborn.collect::<Result<_>>()?;
    for outcome in join_all(newborn.into_iter().map(|intake| node.submit(intake))).await {
        outcome.context("warming up")?;
    }
    while node.outbox_backlog().await?.waiting > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

async fn submit_all(node: &Node, commands: Vec<Command>) -> Result<()> {
    let mut commands = commands.into_iter();
    loop {
        let items: Vec<BatchItem> = commands.by_ref().take(LOT).map(BatchItem::of).collect();
        if items.is_empty() {
            return Ok(());
        }
        let intake = BatchIntake { actor: "provider:1".to_owned(), items, planned_on: None };
        node.submit_all(intake).await.context("taking the made-up city over")?;
    }
}

/// The settlements, then the kindergartens of the first.
fn settlements(city: &City) -> Result<Vec<Command>> {
    let zone = Zone::named(ZONE)?;
    let cities = (0..=city.size.others).map(|number| {
        Command::OpenSettlement(OpenSettlement {
            name: format!("City {number}"),
            zone: zone.clone(),
            profile: Profile { open_step: 0, ..Profile::default() },
        })
    });
    let kindergartens = (0..city.size.kindergartens).map(|number| {
        Command::AddOrganisation(AddOrganisation {
            settlement: SettlementId(0),
            name: format!("Kindergarten {number}"),
            kind: OrganisationKind::General,
            ownership: if number % 5 == 0 { Ownership::State } else { Ownership::Private },
            languages: vec![Language::Kk],
            profiles: Vec::new(),
        })
    });
    Ok(cities.chain(kindergartens).collect())
}

fn applications(city: &City, settlement: u32) -> Result<Vec<Command>> {
    let first = settlement * city.size.applications;
    (first..)
        .zip(&city.applications)
        .map(|(number, one)| {
            let confirmed = match one.class {
                Class::Extraordinary => vec![Benefit::Serviceman],
                Class::Priority => vec![Benefit::LargeFamily],
                Class::General => Vec::new(),
            };
            Ok(Command::Submit(Submit {
                queue: QueueChoice::General(SettlementId(settlement)),
                // Spread out as random pseudonyms are.
                child: ChildKey(u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
                parent: ParentKey(u64::from(number).wrapping_mul(0xbf58_476d_1ce4_e5b9)),
                born: Date::new(one.year, one.month, one.day)?,
                iin: IinCheck::Valid,
                benefits: Vec::new(),
                conclusion: Conclusion::None,
                draw: one.draw,
                entry: Entry::Imported { registered: Instant::from_micros(one.registered_us), confirmed },
            }))
        })
        .collect()
}

/// Each vacancy in a group of its own, so that numbers are those of the list.
fn places(city: &City) -> Vec<Command> {
    let of = |(number, one): (u32, &super::city::Vacancy)| {
        let (cohort, language) = (Cohort::Born(one.year), Language::Kk);
        let group = SetGroup {
            group: None,
            organisation: OrganisationId(one.kindergarten),
            name: one.year.to_string(),
            cohort,
            language,
            capacity: one.places,
            enrolled: 0,
        };
        let publish = Publish {
            group: GroupId(number),
            cohort,
            kind: GroupKind::General,
            profile: None,
            language,
            regime: Regime::FullDay,
            mode: ModeTerms::General,
            count: one.places,
            enrol_from: None,
        };
        [Command::SetGroup(group), Command::Publish(publish)]
    };
    (0..).zip(&city.vacancies).flat_map(of).collect()
}

fn wishes(city: &City) -> Vec<Command> {
    let wish = |kindergarten: &u32| Wish { organisation: OrganisationId(*kindergarten), language: None };
    let lodged = city.wishes.iter();
    lodged
        .map(|(id, choices)| Command::Wish(ApplicationId(*id), choices.iter().map(wish).collect()))
        .collect()
}
