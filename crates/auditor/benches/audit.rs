//! How long an audit of a big city takes and how much memory: `cargo bench -p kezek-auditor`. `KEZEK_BENCH_DIR`
//! chooses the disk.

use std::path::Path;
use std::time::Instant as Clock;

use kezek_auditor::audit::audit;
use kezek_auditor::logs::Logs;
use kezek_auditor::replay::Question;
use kezek_auditor::write::write;
use kezek_calendar::{Date, Instant, Zone, terms};
use kezek_disclosure::{COMMITMENT_KIND, Context, Entry, Log};
use kezek_registry::commit::Record;
use kezek_registry::{Policy, Role, SecretKey};
use kezek_rules::ask::claimable;
use kezek_rules::command::{
    AddOrganisation, Command, Conclusion, Entry as How, IinCheck, ModeTerms, OpenSettlement, Publish,
    QueueChoice, SetGroup, Submit,
};
use kezek_rules::ids::{ApplicationId, ChildKey, GroupId, OrganisationId, ParentKey, SettlementId};
use kezek_rules::place::{Cohort, GroupKind, Language, OrganisationKind, Ownership, Regime};
use kezek_rules::profile::Profile;
use kezek_rules::{Engine, Fact};

const HERE: SettlementId = SettlementId(0);
const KINDERGARTENS: u32 = 100;
const WANTED: usize = 1_000_000;
const A_WEEK: u32 = 4_000;
const ROUNDS: usize = 3;

type AnyError = Box<dyn std::error::Error>;

struct City {
    engine: Engine,
    now: Instant,
    facts: Vec<Fact>,
    applications: u32,
    placed: u32,
}

impl City {
    fn act(&mut self, command: &Command) -> Result<(), AnyError> {
        self.now = self.now.plus_micros(1_000);
        self.facts.extend(self.engine.advance(self.now));
        self.facts.extend(self.engine.submit(command, self.now)?);
        Ok(())
    }

    fn new() -> Result<City, AnyError> {
        let zone = Zone::named("Asia/Almaty")?;
        let now = zone.instant(Date::constant(2021, 1, 4).at(10, 0, 0, 0));
        let mut city = City { engine: Engine::default(), now, facts: Vec::new(), applications: 0, placed: 0 };
        let open = OpenSettlement { name: "Sample".into(), zone, profile: Profile::default() };
        city.act(&Command::OpenSettlement(open))?;
        for number in 0..KINDERGARTENS {
            city.act(&Command::AddOrganisation(AddOrganisation {
                settlement: HERE,
                name: format!("No. {number}"),
                kind: OrganisationKind::General,
                ownership: Ownership::State,
                languages: vec![Language::Kk],
                profiles: Vec::new(),
            }))?;
            city.act(&Command::SetGroup(SetGroup {
                group: None,
                organisation: OrganisationId(number),
                name: "1".into(),
                cohort: Cohort::Ages(2, 5),
                language: Language::Kk,
                capacity: 1_000_000,
                enrolled: 0,
            }))?;
        }
        Ok(city)
    }

    fn apply(&mut self) -> Result<(), AnyError> {
        let number = self.applications;
        let born = terms::add_days(Date::constant(2016, 9, 2), i32::try_from(number * 7 % 1_400)?);
        self.act(&Command::Submit(Submit {
            queue: QueueChoice::General(HERE),
            child: ChildKey(u64::from(number) + 1),
            parent: ParentKey(u64::from(number) + 1),
            born,
            iin: IinCheck::Valid,
            benefits: Vec::new(),
            conclusion: Conclusion::None,
            draw: number,
            entry: How::Sent,
        }))?;
        self.applications += 1;
        Ok(())
    }

    /// A week: families apply, kindergartens publish, the next morning those with a window take a place and are
    /// enrolled.
    fn week(&mut self) -> Result<(), AnyError> {
        for _ in 0..A_WEEK {
            self.apply()?;
        }
        for group in 0..KINDERGARTENS {
            self.act(&Command::Publish(Publish {
                group: GroupId(group),
                cohort: Cohort::Ages(1, 6),
                kind: GroupKind::General,
                profile: None,
                language: Language::Kk,
                regime: Regime::FullDay,
                mode: ModeTerms::General,
                count: A_WEEK / KINDERGARTENS,
                enrol_from: None,
            }))?;
        }
        self.now = self.now.plus_micros(24 * 3_600_000_000);
        self.facts.extend(self.engine.advance(self.now));
        let holders: Vec<ApplicationId> = (self.placed.saturating_sub(200_000)..self.applications)
            .map(ApplicationId)
            .filter(|id| self.engine.state().application(*id).is_some_and(|one| !one.windows.is_empty()))
            .collect();
        for id in holders {
            if let Some(vacancy) = claimable(self.engine.state(), id).first().copied() {
                self.act(&Command::Claim(id, vacancy))?;
                self.act(&Command::ConfirmDocuments(id))?;
                self.act(&Command::Enrol(id))?;
                self.placed += 1;
            }
        }
        self.now = self.now.plus_micros(6 * 24 * 3_600_000_000);
        Ok(())
    }
}

fn key(log: Log) -> Result<SecretKey, AnyError> {
    Ok(SecretKey::from_seed(&format!("kezek.example/{}", log.name()), Role::Log, &[log as u8 + 1; 32])?)
}

fn entries(facts: &[Fact]) -> Result<Vec<(Log, Entry)>, AnyError> {
    let mut context = Context::default();
    let mut entries = Vec::with_capacity(facts.len());
    for (fact, seq) in facts.iter().zip(1..) {
        let disclosed = context.disclose(seq, fact);
        let record = Record {
            origin: format!("kezek.example/{}", disclosed.log.name()),
            kind: COMMITMENT_KIND.to_owned(),
            seq,
        };
        let fields: Vec<(&str, &[u8])> =
            disclosed.hidden.iter().map(|hidden| (hidden.field, hidden.value.as_slice())).collect();
        let mut entry = disclosed.entry;
        if !fields.is_empty() {
            entry.commitment = Some(record.commit(&[7; 32], &fields)?.record.0);
        }
        entries.push((disclosed.log, entry));
    }
    Ok(entries)
}

fn main() -> Result<(), AnyError> {
    let parent = std::env::var_os("KEZEK_BENCH_DIR").unwrap_or_else(|| std::env::temp_dir().into());
    let folder = tempfile::tempdir_in(parent)?;
    let count = make(folder.path())?;
    let keys = Log::ALL.map(key).into_iter().collect::<Result<Vec<_>, _>>()?;
    let logs: String = keys.iter().map(|key| format!("log {}\n", key.public())).collect();
    let policy = Policy::parse((logs + "quorum none\n").as_bytes())?;
    for _ in 0..ROUNDS {
        let copy = Logs::new(folder.path());
        let started = Clock::now();
        for log in Log::ALL {
            copy.verify(log, &policy, u64::MAX, |_| ())?;
        }
        let verified = started.elapsed().as_secs_f64();
        println!("logs alone: {verified:.2} s, {:.0} entries/s", count as f64 / verified);
        let started = Clock::now();
        let report = audit(&copy, &policy, u64::MAX, Question::default(), |_| ());
        let whole = started.elapsed().as_secs_f64();
        println!(
            "with the rules: {whole:.2} s, {:.0} entries/s, clean: {}",
            count as f64 / whole,
            report.is_clean()
        );
        println!("memory at most: {} MiB", peak_mib());
    }
    Ok(())
}

/// Makes the city in a process of its own, so that its memory is not the audit's.
fn make(folder: &Path) -> Result<usize, AnyError> {
    if std::env::var_os("KEZEK_BENCH_MAKE").is_none() {
        let made = std::process::Command::new(std::env::current_exe()?)
            .env("KEZEK_BENCH_MAKE", folder)
            .stderr(std::process::Stdio::inherit())
            .output()?;
        let text = String::from_utf8(made.stdout)?;
        println!("{}", text.trim());
        return Ok(text.split_whitespace().next().ok_or("nothing was made")?.parse()?);
    }
    let to = std::env::var_os("KEZEK_BENCH_MAKE").unwrap_or_default();
    let mut city = City::new()?;
    while city.facts.len() < WANTED {
        city.week()?;
    }
    let entries = entries(&city.facts)?;
    write(Path::new(&to), &entries, |log| key(log).unwrap_or_else(|_| std::process::exit(1)))?;
    println!("{} entries, {} applications, {} placed", entries.len(), city.applications, city.placed);
    std::process::exit(0)
}

/// The most memory this process ever had, in MiB; 0 where that cannot be told.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
