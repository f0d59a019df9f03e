//! How fast facts become durable: `cargo bench -p kezek-journal`. `KEZEK_BENCH_DIR` chooses the disk.

use std::time::{Duration, Instant};

use kezek_journal::{Answer, Batch, Journal, NewFact};

const FACTS: u64 = 10_000;
const ROUNDS: usize = 5;

fn fact(seq: u64) -> NewFact {
    NewFact {
        time_us: 1_623_900_000_000_000 + seq.cast_signed(),
        kind: "referral_issued".into(),
        settlement: Some(71),
        actor: "parent:8f14e45fceea167a".into(),
        payload: format!(
            r#"{{"application":{seq},"place":{},"kindergarten":{},"until":"2021-06-23","pool":"general"}}"#,
            seq * 7,
            seq % 100
        ),
        version: 1,
        draw: seq.wrapping_mul(0x9e37_79b9_7f4a_7c15),
    }
}

fn answer(seq: u64) -> Answer {
    Answer {
        key: u128::from(seq).to_le_bytes(),
        fingerprint: [7; 32],
        answer: br#"{"referral":"issued"}"#.to_vec(),
        time_us: 1_623_900_000_000_000,
    }
}

async fn round(batch_size: u64, with_answers: Answers) -> Result<Duration, Box<dyn std::error::Error>> {
    let parent = std::env::var_os("KEZEK_BENCH_DIR").unwrap_or_else(|| std::env::temp_dir().into());
    let directory = tempfile::tempdir_in(parent)?;
    let journal = Journal::open(directory.path().join("journal.db")).await?;
    let started = Instant::now();
    let mut head = 0;
    while head < FACTS {
        let next = head + 1..=FACTS.min(head + batch_size);
        let answers = match with_answers {
            Answers::Given => next.clone().map(answer).collect(),
            Answers::None => Vec::new(),
        };
        let facts = next.map(fact).collect();
        head =
            journal.append(Batch { expected_head: head, facts, answers, ..Batch::default() }).await?.head.seq;
    }
    let took = started.elapsed();
    journal.close().await;
    Ok(took)
}

#[derive(Clone, Copy, Debug)]
enum Answers {
    None,
    Given,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    for with_answers in [Answers::None, Answers::Given] {
        for batch_size in [1, 50, 500, 1_000] {
            let mut took = Vec::new();
            for _ in 0..ROUNDS {
                took.push(round(batch_size, with_answers).await?);
            }
            took.sort();
            let median = took[ROUNDS / 2];
            println!(
                "{FACTS} facts, answers {with_answers:?}, {batch_size} a batch: {:.0} facts/s, {:.2} ms a batch",
                FACTS as f64 / median.as_secs_f64(),
                median.as_secs_f64() * 1e3 * batch_size as f64 / FACTS as f64,
            );
        }
    }
    Ok(())
}
