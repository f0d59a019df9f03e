//! `kezek bench rules`: how fast the law runs in memory. One city of 60,000 applications, then the country of
//! 2019 with 450,000. Prints medians; compare two versions in one sitting, figures drift between machines.

use anyhow::{Context, Result};
use kezek_rules::{
    Command, Engine, Fact, State, ask,
    benefit::Benefit,
    calendar::{Date, DateTime, Instant, Zone},
    command::{
        AddOrganisation, Conclusion, Entry, IinCheck, ModeTerms, OpenSettlement, Publish, QueueChoice,
        SetGroup, Submit, Wish,
    },
    ids::{ApplicationId, ChildKey, GroupId, OrganisationId, ParentKey, SettlementId, VacancyId},
    place::{Cohort, GroupKind, Language, OrganisationKind, Ownership, Regime},
    profile::Profile,
};
use std::{hint::black_box, process::ExitCode, time::Instant as Watch};

const CITY: u32 = 60_000;
const PLACES: u32 = 10_000;
const KINDERGARTENS: u32 = 100;
const COUNTRY: u32 = 450_000;

pub fn run() -> Result<ExitCode> {
    println!("{:<44}{:>12}   bound", "what", "median");
    let mut city = World::new(1)?;
    let submits = city.submit(CITY)?;
    line("submit, city of 60,000", micros(median(submits)), "5 µs");
    city.publish(PLACES)?;
    city.wish_for_holders()?;
    city.engine.advance(city.at("2021-06-09T18:00:00")?);
    let watch = Watch::now();
    let facts = city.engine.advance(city.at("2021-06-10T07:00:00")?);
    line("opening: 10,000 places, windows, wish lists", millis(watch.elapsed().as_nanos()), "200 ms");
    println!("    {} facts, {} referrals", facts.len(), city.engine.state().referrals().count());
    questions(&city);
    claims()?;
    country()?;
    Ok(ExitCode::SUCCESS)
}

fn questions(city: &World) {
    let state = city.engine.state();
    let who: Vec<ApplicationId> =
        (0..CITY).map(|n| ApplicationId(n.wrapping_mul(2_654_435_761) % CITY)).collect();
    let number = who.iter().map(|id| timed(|| state.number_of(*id))).collect();
    line("number", micros(median(number)), "5 µs");
    let why = who.iter().map(|id| timed(|| ask::why(state, *id))).collect();
    line("why", micros(median(why)), "5 µs");
}

/// Claims of window holders without wish lists, each judged and applied.
fn claims() -> Result<()> {
    let mut city = World::new(1)?;
    city.submit(CITY)?;
    city.publish(PLACES)?;
    city.engine.advance(city.at("2021-06-10T07:00:00")?);
    let state = city.engine.state();
    let wanted: Vec<(ApplicationId, VacancyId)> = state
        .applications()
        .filter(|(_, one)| !one.windows.is_empty())
        .filter_map(|(id, _)| {
            let open = ask::claimable(state, id);
            Some((id, *open.get(id.0 as usize % open.len().max(1))?))
        })
        .collect();
    let at = city.at("2021-06-10T07:00:00")?;
    let mut times = Vec::new();
    let mut taken = 0;
    for (id, vacancy) in wanted {
        let watch = Watch::now();
        let answer = city.engine.submit(&Command::Claim(id, vacancy), at);
        if answer.is_ok() {
            times.push(watch.elapsed().as_nanos());
            taken += 1;
        }
    }
    line("claim", micros(median(times)), "5 µs");
    println!("    {taken} places taken");
    Ok(())
}

fn country() -> Result<()> {
    let before = resident_bytes();
    let mut country = World::new(10)?;
    country.submit(COUNTRY)?;
    let facts: Vec<String> = country.facts.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    let snapshot = postcard::to_stdvec(country.engine.state()).context("the state does not serialise")?;
    drop(country);
    let held = resident_bytes();
    let watch = Watch::now();
    let state: State = postcard::from_bytes(&snapshot).context("the snapshot does not read")?;
    let engine = Engine::new(state);
    line("450,000 from a snapshot", millis(watch.elapsed().as_nanos()), "3,000 ms");
    let grown = resident_bytes().saturating_sub(held);
    println!("    snapshot of {} bytes an application", snapshot.len() / COUNTRY as usize);
    line(
        "memory an application, state and duties",
        format!("{} bytes", grown / u64::from(COUNTRY)),
        "400 bytes",
    );
    let watch = Watch::now();
    let mut again = Engine::default();
    for text in &facts {
        let fact: Fact = serde_json::from_str(text)?;
        again.replay(&fact);
    }
    line("450,000 by replay of the journal's JSON", millis(watch.elapsed().as_nanos()), "30,000 ms");
    let same = postcard::to_stdvec(again.state())? == snapshot;
    println!("    the same bytes: {}", if same { "yes" } else { "NO" });
    black_box((engine.state().now(), before));
    anyhow::ensure!(same, "replay gave another state");
    Ok(())
}

/// One engine with settlements, kindergartens and families, always the same.
struct World {
    engine: Engine,
    zone: Zone,
    settlements: u32,
    facts: Vec<Fact>,
    seed: u64,
}

impl World {
    fn new(settlements: u32) -> Result<World> {
        let zone = Zone::named("Asia/Almaty")?;
        let mut world = World { engine: Engine::default(), zone, settlements, facts: Vec::new(), seed: 7 };
        let opened = world.at("2021-06-01T00:00:00")?;
        for number in 0..settlements {
            let (name, zone) = (format!("City {number}"), world.zone.clone());
            let open = OpenSettlement { name, zone, profile: Profile::default() };
            world.act(&Command::OpenSettlement(open), opened)?;
        }
        for number in 0..KINDERGARTENS {
            world.act(
                &Command::AddOrganisation(AddOrganisation {
                    settlement: SettlementId(0),
                    name: format!("K{number}"),
                    kind: OrganisationKind::General,
                    ownership: if number % 5 == 0 { Ownership::State } else { Ownership::Private },
                    languages: vec![Language::Kk, Language::Ru],
                    profiles: Vec::new(),
                }),
                opened,
            )?;
        }
        Ok(world)
    }

    fn at(&self, local: &str) -> Result<Instant> {
        Ok(self.zone.instant(local.parse::<DateTime>().map_err(anyhow::Error::msg)?))
    }

    fn act(&mut self, command: &Command, at: Instant) -> Result<()> {
        let due = self.engine.advance(at);
        self.facts.extend(due);
        let facts =
            self.engine.submit(command, at).map_err(|refusal| anyhow::anyhow!("refused: {refusal}"))?;
        self.facts.extend(facts);
        Ok(())
    }

    fn random(&mut self, below: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % below
    }

    /// Families that apply over three years, 2 % with a confirmed extraordinary right, 22 % with a priority one.
    fn submit(&mut self, count: u32) -> Result<Vec<u128>> {
        let now = self.at("2021-06-01T12:00:00")?;
        let due = self.engine.advance(now);
        self.facts.extend(due);
        let first = self.at("2018-06-01T09:00:00")?;
        let step = (now.as_micros() - first.as_micros()) / i64::from(count);
        let mut times = Vec::with_capacity(count as usize);
        for number in 0..count {
            let confirmed = match self.random(100) {
                0..2 => vec![Benefit::Serviceman],
                2..24 => vec![Benefit::LargeFamily],
                _ => Vec::new(),
            };
            let (year, month, day) =
                (2016 + self.random(4) as i16, 1 + self.random(12) as i8, 1 + self.random(28) as i8);
            let command = Command::Submit(Submit {
                queue: QueueChoice::General(SettlementId(number % self.settlements)),
                child: ChildKey(u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
                parent: ParentKey(u64::from(number).wrapping_mul(0xbf58_476d_1ce4_e5b9)),
                born: Date::new(year, month, day).map_err(anyhow::Error::msg)?,
                iin: IinCheck::Valid,
                benefits: Vec::new(),
                conclusion: Conclusion::None,
                draw: number,
                entry: Entry::Imported { registered: first.plus_micros(step * i64::from(number)), confirmed },
            });
            let watch = Watch::now();
            let facts = self.engine.submit(&command, now);
            times.push(watch.elapsed().as_nanos());
            self.facts.extend(facts.map_err(|refusal| anyhow::anyhow!("refused: {refusal}"))?);
        }
        Ok(times)
    }

    /// Places in one bulletin, over four birth years and all kindergartens.
    fn publish(&mut self, count: u32) -> Result<()> {
        let at = self.at("2021-06-09T12:00:00")?;
        let each = count / (KINDERGARTENS * 4);
        for number in 0..KINDERGARTENS {
            for (year, group) in (2016..2020).zip(number * 4..) {
                let (cohort, language) = (Cohort::Born(year), Language::Kk);
                let group_of = SetGroup {
                    group: None,
                    organisation: OrganisationId(number),
                    name: format!("{year}"),
                    cohort,
                    language,
                    capacity: each,
                    enrolled: 0,
                };
                self.act(&Command::SetGroup(group_of), at)?;
                let publish = Publish {
                    group: GroupId(group),
                    cohort,
                    kind: GroupKind::General,
                    profile: None,
                    language,
                    regime: Regime::FullDay,
                    mode: ModeTerms::General,
                    count: each,
                    enrol_from: None,
                };
                self.act(&Command::Publish(publish), at)?;
            }
        }
        Ok(())
    }

    /// Wish lists of five for the first of each birth year.
    fn wish_for_holders(&mut self) -> Result<()> {
        let at = self.at("2021-06-09T13:00:00")?;
        let state = self.engine.state();
        let first = (PLACES / 4) as usize;
        let holders: Vec<ApplicationId> = state
            .queues(SettlementId(0))
            .flat_map(|(_, ranking)| ranking.order().into_iter().take(first).map(|(_, key)| key.application))
            .collect();
        for id in holders {
            let choices = (0..5)
                .map(|_| Wish {
                    organisation: OrganisationId(self.random(u64::from(KINDERGARTENS)) as u32),
                    language: None,
                })
                .collect();
            self.act(&Command::Wish(id, choices), at)?;
        }
        Ok(())
    }
}

fn timed<T>(question: impl FnOnce() -> T) -> u128 {
    let watch = Watch::now();
    black_box(question());
    watch.elapsed().as_nanos()
}

fn median(mut times: Vec<u128>) -> u128 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or(0)
}

fn line(what: &str, value: String, bound: &str) {
    println!("{what:<44}{value:>12}   ≤ {bound}");
}

fn micros(nanos: u128) -> String {
    format!("{:.2} µs", nanos as f64 / 1e3)
}

fn millis(nanos: u128) -> String {
    format!("{:.1} ms", nanos as f64 / 1e6)
}

/// Memory of this process in use, from the system; 0 where it does not say.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes =
        line.and_then(|rest| rest.split_whitespace().next()).and_then(|text| text.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
