//! A journal with some facts of every kind of log, and publishers over it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kezek_calendar::{Date, Instant, Zone};
use kezek_disclosure::{Entry, Log};
use kezek_journal::Journal;
use kezek_records::Keys;
use kezek_registry::{Policy, check};
use kezek_rules::Command;
use kezek_rules::command::{
    AddOrganisation, Conclusion, Entry as Received, IinCheck, ModeTerms, OpenSettlement, Publish,
    QueueChoice, SetGroup, Submit,
};
use kezek_rules::ids::{
    ApplicationId, ChildKey, GroupId, OrganisationId, ParentKey, SettlementId, VacancyId,
};
use kezek_rules::place::{Cohort, GroupKind, Language, OrganisationKind, Ownership, Regime};
use kezek_rules::profile::Profile;

use crate::intake::{Intake, PrivateChanges};
use crate::people::People;
use crate::published::Published;
use crate::registry::cycle::Stop;
use crate::registry::ledger;
use crate::registry::{Feed, Nodes, Publisher, RegistryError};
use crate::{ClockChoice, Config, Node, RegistryConfig, load};

pub const HOST: &str = "kezek.example";
const KEYS: &str =
    "index=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,1=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

/// A settlement's journal, with nobody working on it.
pub struct World {
    pub directory: tempfile::TempDir,
    pub journal: Journal,
    /// The last fact.
    pub head: u64,
}

pub fn keys() -> Keys {
    Keys::parse(KEYS).unwrap()
}

impl World {
    /// After an opening with a claim.
    pub async fn played() -> Self {
        let directory = tempfile::tempdir().unwrap();
        play(directory.path()).await;
        let journal = Journal::open(directory.path().join("journal.db")).await.unwrap();
        let head = journal.head().await.unwrap().seq;
        Self { directory, journal, head }
    }

    pub fn data_dir(&self) -> &Path {
        self.directory.path()
    }

    pub fn registry(&self) -> PathBuf {
        ledger::folder(self.data_dir())
    }

    pub fn people(&self) -> People {
        People::new(self.journal.clone(), keys())
    }

    /// A publisher that has compared nothing yet; each is another process, as far as it can tell.
    pub async fn publisher(&self) -> Result<Publisher, RegistryError> {
        over(&self.journal, self.data_dir(), RegistryConfig::new(HOST)).await
    }

    pub async fn with(&self, config: RegistryConfig) -> Publisher {
        over(&self.journal, self.data_dir(), config).await.unwrap()
    }

    /// Publishes up to a fact, in cycles of some facts.
    pub async fn publish(&self, until: u64, step: u64) {
        let mut publisher = self.publisher().await.unwrap();
        publisher.recover().await.unwrap();
        while publisher.ledger.signed_seq() < until {
            publisher.cycle(until.min(publisher.ledger.signed_seq() + step)).await.unwrap();
        }
    }

    /// Begins a cycle and is killed at this place.
    pub async fn publish_and_be_killed(&self, until: u64, stop: Stop) {
        let mut publisher = self.publisher().await.unwrap();
        publisher.recover().await.unwrap();
        publisher.stop = stop;
        let killed = publisher.cycle(until).await.unwrap_err();
        assert!(matches!(killed, RegistryError::Stopped), "{stop:?}: {killed}");
    }

    /// Starts anew; what it says.
    pub async fn start(&self) -> Result<(), RegistryError> {
        self.publisher().await?.recover().await
    }

    /// Every entry by its number, after a complete check of the three logs.
    pub async fn checked(&self) -> BTreeMap<u64, (Log, Vec<u8>)> {
        let keys = self.publisher().await.unwrap();
        let keys = keys.ledger.logs().iter().map(|one| one.key.public().to_string());
        checked(self.data_dir(), &keys.collect::<Vec<_>>())
    }
}

/// A publisher over a journal and a directory.
pub async fn over(
    journal: &Journal,
    data_dir: &Path,
    config: RegistryConfig,
) -> Result<Publisher, RegistryError> {
    let (view, _) = load::load(journal, |_, _| ()).await.unwrap();
    let people = People::new(journal.clone(), keys());
    let (published, feed) = (Arc::new(Published::new(view)), Arc::new(Feed::none()));
    Publisher::over(journal.clone(), people, published, feed, Nodes::Several, data_dir, config).await
}

/// Every entry by its number, after a complete check of the three logs under a directory.
pub fn checked(data_dir: &Path, keys: &[String]) -> BTreeMap<u64, (Log, Vec<u8>)> {
    let mut entries = BTreeMap::new();
    for (log, key) in Log::ALL.into_iter().zip(keys) {
        let policy = Policy::parse(format!("log {key}\nquorum none\n").as_bytes()).unwrap();
        let dir = ledger::public_dir(data_dir, log);
        let report = check::check(
            &policy,
            u64::MAX >> 1,
            dir.list().unwrap(),
            |path| dir.read(path),
            |_, line| {
                let entry = Entry::parse(line).unwrap();
                let is_second = entries.insert(entry.seq, (log, line.to_vec())).is_some();
                assert!(!is_second, "{} twice", entry.seq);
            },
        )
        .unwrap();
        assert_eq!(report.extra, []);
    }
    entries
}

async fn play(directory: &Path) {
    let start = Instant::parse("2021-06-01T06:00:00Z").unwrap();
    let node = Node::open(Config::new(directory, ClockChoice::Virtual(start), keys())).await.unwrap();
    for command in settlement() {
        submit(&node, command).await;
    }
    for child in 0..20 {
        submit(&node, application(child)).await;
    }
    submit(&node, places()).await;
    // Bulletin, opening, and some days.
    for moment in ["2021-06-01T12:00:00Z", "2021-06-02T01:00:00Z"] {
        node.set_clock(Instant::parse(moment).unwrap()).await.unwrap();
    }
    submit(&node, Command::Claim(ApplicationId(0), VacancyId(0))).await;
    node.set_clock(Instant::parse("2021-06-20T01:00:00Z").unwrap()).await.unwrap();
    node.close().await;
}

async fn submit(node: &Node, command: Command) {
    let intake = Intake { actor: "provider:1".into(), command, key: None, private: PrivateChanges::none() };
    tokio::time::timeout(Duration::from_secs(10), node.submit(intake)).await.unwrap().unwrap();
}

fn settlement() -> [Command; 3] {
    [
        Command::OpenSettlement(OpenSettlement {
            name: "Ақбұлақ".into(),
            zone: Zone::named("Asia/Almaty").unwrap(),
            profile: Profile::default(),
        }),
        Command::AddOrganisation(AddOrganisation {
            settlement: SettlementId(0),
            name: "Балапан".into(),
            kind: OrganisationKind::General,
            ownership: Ownership::State,
            languages: vec![Language::Kk],
            profiles: Vec::new(),
        }),
        Command::SetGroup(SetGroup {
            group: None,
            organisation: OrganisationId(0),
            name: "1".into(),
            cohort: Cohort::Ages(2, 5),
            language: Language::Kk,
            capacity: 25,
            enrolled: 0,
        }),
    ]
}

/// The person id of a child.
pub fn child(number: u64) -> u64 {
    770_000 + number
}

fn application(number: u64) -> Command {
    Command::Submit(Submit {
        queue: QueueChoice::General(SettlementId(0)),
        child: ChildKey(child(number)),
        parent: ParentKey(number + 1_000_000),
        born: Date::constant(2018, 5, 1),
        iin: IinCheck::Valid,
        benefits: Vec::new(),
        conclusion: Conclusion::None,
        draw: 7,
        entry: Received::Sent,
    })
}

fn places() -> Command {
    Command::Publish(Publish {
        group: GroupId(0),
        cohort: Cohort::Ages(2, 5),
        kind: GroupKind::General,
        profile: None,
        language: Language::Kk,
        regime: Regime::FullDay,
        mode: ModeTerms::General,
        count: 3,
        enrol_from: None,
    })
}
