//! What publishing costs; to be run by hand:
//! `cargo test --release -p kezek-node --lib registry::tests::cost -- --ignored --nocapture`.

use std::sync::Arc;
use std::time::Instant as Watch;

use kezek_calendar::{Date, Instant};
use kezek_journal::Journal;
use kezek_rules::benefit::Class;
use kezek_rules::command::Conclusion;
use kezek_rules::event::{IssuedHow, ReferralTerms};
use kezek_rules::ids::{ApplicationId, BatchId, ChildKey, ParentKey, ReferralId, SettlementId, VacancyId};
use kezek_rules::queue::Queue;
use kezek_rules::{Event, Fact};

use super::world::{HOST, keys};
use crate::RegistryConfig;
use crate::people::People;
use crate::published::{Published, View};
use crate::registry::{Feed, Nodes, Publisher};

const APPLICATIONS: u32 = 20_000;
/// Referrals of one second in a rush.
const EACH: u32 = 5_000;

fn registered(number: u32) -> Event {
    Event::Registered {
        application: ApplicationId(number),
        settlement: SettlementId(0),
        queue: Queue::General,
        child: ChildKey(u64::from(number) << 20),
        parent: ParentKey(u64::from(number) << 21),
        born: Date::constant(2020, 5, 1),
        registered: Instant::from_micros(i64::from(number)),
        draw: number,
        benefits: Vec::new(),
        conclusion: Conclusion::None,
        over_limit: None,
    }
}

fn claimed(number: u32) -> Event {
    let until = Instant::from_micros(2_000_000_000_000_000);
    Event::ReferralIssued {
        referral: ReferralId(number),
        application: ApplicationId(number % APPLICATIONS),
        vacancy: VacancyId(number % 300),
        batch: BatchId(number % 300),
        how: IssuedHow::Claim,
        class: Class::General,
        terms: Some(ReferralTerms {
            start: Date::constant(2026, 6, 2),
            until,
            documents_until: until,
            annul_until: until,
        }),
    }
}

/// Processor time of this process, in seconds.
fn used() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let ticks = text.rsplit(") ").next().unwrap().split(' ').skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn of_a_fact() {
    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::open(directory.path().join("journal.db")).await.unwrap();
    let people = People::new(journal.clone(), keys());
    let (published, feed) = (Arc::new(Published::new(View::empty())), Arc::new(Feed::new()));
    let config = RegistryConfig::new(HOST);
    let give = Arc::clone(&feed);
    let mut publisher =
        Publisher::over(journal, people, published, feed, Nodes::One, directory.path(), config)
            .await
            .unwrap();
    let mut head = 0;
    let mut run = async |name: &str, make: fn(u32) -> Event, rounds: u32, each: u32| {
        let (began, before) = (Watch::now(), used());
        for round in 0..rounds {
            let facts: Vec<Fact> = (round * each..(round + 1) * each)
                .map(|number| Fact { at: Instant::from_micros(1), event: make(number) })
                .collect();
            let first = head + 1;
            head += u64::from(each);
            give.give(first, facts);
            publisher.cycle(head).await.unwrap();
        }
        let facts = f64::from(rounds * each);
        let (wall, cpu) = (began.elapsed().as_secs_f64(), used() - before);
        println!(
            "{name}: {:.2} us wall, {:.2} us of a processor a fact",
            wall * 1e6 / facts,
            cpu * 1e6 / facts
        );
    };
    run("registrations, 1,000 a cycle", registered, APPLICATIONS / 1_000, 1_000).await;
    run("claims, 5,000 a cycle", claimed, 60, EACH).await;
    run("claims, 500 a cycle", claimed, 100, 500).await;
}
