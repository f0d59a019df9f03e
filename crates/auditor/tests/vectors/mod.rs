//! Receipts of a small made-up city, sound and changed in every way.

mod changes;

use kezek_disclosure::{COMMITMENT_KIND, Context, Log, Opened, OpenedField};
use kezek_registry::commit::Record;
use kezek_registry::cosignature::cosign;
use kezek_registry::grow::Head;
use kezek_registry::read::Reader;
use kezek_registry::{Checkpoint, Note, Receipt, Role, SecretKey};
use kezek_rules::ids::OrganisationId;
use kezek_rules::place::Care;
use kezek_rules::queue::Queue;
use kezek_rules::{Event, Fact};
use serde_json::{Value, json};

use crate::life;

/// Seconds since 1970: when the receipts are looked at.
pub const NOW: u64 = 1_800_000_000;
const COSIGNED: u64 = NOW - 100;
const SALT: [u8; 32] = [7; 32];

/// A receipt, and what must be said of it.
#[derive(Clone)]
pub struct Case {
    pub name: String,
    pub policy: &'static str,
    pub receipt: String,
    pub holds: bool,
    /// Whether each of its bytes counts under this policy.
    pub is_whole: bool,
}

/// An entry with all that a receipt of it is made of.
#[derive(Clone)]
pub struct Made {
    pub log: Log,
    pub opened: Opened,
    pub receipt: Receipt,
}

/// A receipt as a file.
pub fn text(made: &Made) -> String {
    let extra = serde_json::to_vec(&made.opened).unwrap();
    Receipt { extra, ..made.receipt.clone() }.to_text()
}

pub fn key(log: Log) -> SecretKey {
    SecretKey::from_seed(&origin(log), Role::Log, &[log as u8 + 1; 32]).unwrap()
}

pub fn origin(log: Log) -> String {
    format!("kezek.example/{}", log.name())
}

pub fn witness(number: u8) -> SecretKey {
    SecretKey::from_seed(&format!("witness{number}.example"), Role::Witness, &[100 + number; 32]).unwrap()
}

pub fn policies() -> Vec<(&'static str, String)> {
    let logs: String = Log::ALL.map(|log| format!("log {}\n", key(log).public())).concat();
    let three: String = [1, 2, 3].map(|one| format!("witness w{one} {}\n", witness(one).public())).concat();
    let other = SecretKey::from_seed("other.example/applications", Role::Log, &[50; 32]).unwrap();
    vec![
        ("none", format!("{logs}quorum none\n")),
        ("all", format!("# Each of three\n{logs}{three}group g all w1 w2 w3\nquorum g\n")),
        ("two", format!("{logs}{three}group g 2 w1 w2 w3\nquorum g\n")),
        ("one of a group", format!("{logs}{three}group a any w1 w2\ngroup b all w3 a\nquorum b\n")),
        ("another log", format!("log {}\nquorum none\n", other.public())),
    ]
}

pub fn cosigned(made: &Made, witnesses: &[(u8, u64)]) -> Made {
    let mut made = made.clone();
    let text = made.receipt.checkpoint.text().to_owned();
    for (number, time) in witnesses {
        let line = cosign(&witness(*number), &text, *time).unwrap();
        made.receipt.checkpoint = made.receipt.checkpoint.with(line).unwrap();
    }
    made
}

/// Sound ones, then those that are not.
pub fn cases() -> Vec<Case> {
    let city = City::new();
    let registered = city.find(
        Log::Applications,
        |event| matches!(event, Event::Registered { application, .. } if application.0 == 3),
    );
    let referral = city.find(Log::Referrals, |event| matches!(event, Event::ReferralIssued { .. }));
    let settlement = city.find(Log::Bulletins, |event| matches!(event, Event::SettlementOpened { .. }));
    let special = City::special();
    let kept = special.find(
        Log::Applications,
        |event| matches!(event, Event::Registered { application, .. } if application.0 == 0),
    );
    let kept_referral = special.find(Log::Referrals, |event| matches!(event, Event::ReferralIssued { .. }));
    let everybody = [(1, COSIGNED), (2, COSIGNED + 5), (3, COSIGNED + 9)];
    let sound = |name: &str, policy, made: &Made, is_whole| Case {
        name: name.to_owned(),
        policy,
        receipt: text(made),
        holds: true,
        is_whole,
    };
    let seen = cosigned(&registered, &everybody);
    let mut all = vec![
        sound("an application", "none", &registered, true),
        sound("a referral", "none", &referral, true),
        sound("a settlement", "none", &settlement, true),
        sound("an application that the public does not hear of", "none", &kept, false),
        sound("a referral that the public does not hear of", "none", &kept_referral, false),
        sound("a long name", "none", &city.long(), false),
        sound("an application that three witnesses saw", "all", &seen, true),
        sound("two of three", "two", &cosigned(&registered, &everybody[..2]), true),
        sound("one of a group, and another", "one of a group", &cosigned(&registered, &everybody[1..]), true),
        sound("cosignatures that nobody asks for", "none", &seen, false),
    ];
    all.extend(changes::cases(&registered, &referral, &seen));
    all
}

/// What other verifiers read.
pub fn file() -> Value {
    let policies: serde_json::Map<String, Value> =
        policies().into_iter().map(|(name, text)| (name.to_owned(), Value::from(text))).collect();
    let case = |case: Case| json!({ "name": case.name, "policy": case.policy, "holds": case.holds, "whole": case.is_whole, "receipt": case.receipt });
    let cases: Vec<Value> = cases().into_iter().map(case).collect();
    json!({ "now": NOW, "policies": policies, "cases": cases })
}

struct City {
    facts: Vec<Fact>,
}

impl City {
    fn new() -> Self {
        let crowd: Vec<Option<bool>> =
            (0..20).map(|child| (child % 3 == 0).then_some(child % 2 == 0)).collect();
        let mut world = life::World::crowded(&crowd, 2);
        for day in 0..6u8 {
            world.now = world.now.plus_micros(i64::from(5 + day) * life::HOUR);
            world.perform(&life::Act::Publish { group: day % 4, count: 2, mode: 0 });
            for application in 0..10 {
                world.perform(&life::Act::Claim { application: application * 2, pick: day });
            }
        }
        City { facts: world.facts }
    }

    /// The same with the first application in a queue that the public does not hear of.
    fn special() -> Self {
        let mut city = City::new();
        for fact in &mut city.facts {
            if let Event::Registered { application, queue, .. } = &mut fact.event
                && application.0 == 0
            {
                *queue = Queue::Special(Care { organisation: OrganisationId(0), profile: 0 });
            }
        }
        city
    }

    fn find(&self, log: Log, is_it: impl Fn(&Event) -> bool) -> Made {
        let at = self.facts.iter().position(|fact| is_it(&fact.event)).unwrap();
        let seq = at as u64 + 1;
        let mut context = Context::default();
        let (mut lines, mut found) = (Vec::new(), None);
        for (fact, number) in self.facts.iter().zip(1u64..) {
            let mut disclosed = context.disclose(number, fact);
            let salts = disclosed.opens.len();
            disclosed.open_with(std::iter::repeat_n("07".repeat(32), salts));
            let fields: Vec<(&str, &[u8])> =
                disclosed.hidden.iter().map(|hidden| (hidden.field, hidden.value.as_slice())).collect();
            if !fields.is_empty() {
                let commitments = record(disclosed.log, number).commit(&SALT, &fields).unwrap();
                disclosed.entry.commitment = Some(commitments.record.0);
            }
            let line = disclosed.entry.to_bytes().unwrap();
            if number == seq {
                assert_eq!(disclosed.log, log);
                found = Some((opened(&line, &fields), lines.len() as u64));
            }
            if disclosed.log == log {
                lines.push(line);
            }
        }
        let (opened, index) = found.unwrap();
        made(log, lines, opened, index)
    }

    /// An entry so long that it is packed.
    fn long(&self) -> Made {
        let first = Context::default().disclose(1, &self.facts[0]);
        let mut entry = first.entry;
        let kezek_disclosure::Said::Fact(Event::SettlementOpened { name, .. }) = &mut entry.said else {
            panic!("the first fact opens a settlement")
        };
        *name = "Ақбұлақ ".repeat(6_000);
        let line = entry.to_bytes().unwrap();
        made(Log::Bulletins, vec![line.clone()], opened(&line, &[]), 0)
    }
}

pub fn record(log: Log, seq: u64) -> Record {
    Record { origin: origin(log), kind: COMMITMENT_KIND.to_owned(), seq }
}

fn opened(line: &[u8], fields: &[(&str, &[u8])]) -> Opened {
    let hidden = fields.iter().map(|(field, value)| OpenedField {
        field: (*field).to_owned(),
        value: String::from_utf8(value.to_vec()).unwrap(),
    });
    Opened {
        entry: String::from_utf8(line.to_vec()).unwrap(),
        salt: (!fields.is_empty()).then(|| "07".repeat(32)),
        hidden: hidden.collect(),
    }
}

/// The receipt for one of the lines of a log.
pub fn made(log: Log, lines: Vec<Vec<u8>>, opened: Opened, index: u64) -> Made {
    let growth = Head::empty().grow(&lines).unwrap();
    let (size, root) = (growth.head.size(), growth.head.root());
    let checkpoint = Checkpoint { origin: origin(log), size, root };
    let note: Note = checkpoint.sign(&key(log)).unwrap();
    let read = |path: &str| {
        let found = growth.files.iter().find(|file| file.tile.path() == path);
        found.map(|file| file.bytes.clone()).ok_or_else(|| std::io::Error::other("there is no such tile"))
    };
    let hashes = Reader::open(&checkpoint, read).unwrap().prove_inclusion(index, size).unwrap();
    Made { log, opened, receipt: Receipt { extra: Vec::new(), index, hashes, checkpoint: note } }
}
