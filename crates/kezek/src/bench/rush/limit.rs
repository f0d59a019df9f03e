//! The bare limit: rows that Kezek wrote in a run, inserted again by a loop that decides nothing.

use std::time::{Duration, Instant};

use anyhow::Result;
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::cpu::{Mark, Spent};
use super::journal::Rows;
use super::server::Server;

const DATABASE: &str = "limit";

/// The same columns and indexes as Kezek's, without its guards.
const TABLES: &str = "
CREATE TABLE fact (seq BIGINT PRIMARY KEY, time_us BIGINT NOT NULL, kind TEXT NOT NULL, settlement BIGINT,
    actor TEXT NOT NULL, payload TEXT NOT NULL, version BIGINT NOT NULL, draw BIGINT NOT NULL);
CREATE TABLE answers (number BIGINT PRIMARY KEY, time_us BIGINT NOT NULL, body BYTEA NOT NULL);
ALTER TABLE answers ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX answers_by_time ON answers USING brin (time_us);
CREATE TABLE outbox (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, created_us BIGINT NOT NULL,
    kind TEXT NOT NULL, payload TEXT NOT NULL, due_us BIGINT NOT NULL, done_us BIGINT);
ALTER TABLE outbox ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX outbox_waiting ON outbox (due_us) WHERE done_us IS NULL;
CREATE TABLE head (one BIGINT PRIMARY KEY, seq BIGINT NOT NULL) WITH (fillfactor = 10);
INSERT INTO head VALUES (1, 0);
";

const INSERT: &str = "
WITH facts AS (
    INSERT INTO fact (seq, time_us, kind, settlement, actor, payload, version, draw)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[],
                         $8::bigint[])
), answers AS (
    INSERT INTO answers (number, time_us, body) SELECT * FROM unnest($9::bigint[], $10::bigint[], $11::bytea[])
), messages AS (
    INSERT INTO outbox (created_us, kind, payload, due_us)
    SELECT * FROM unnest($12::bigint[], $13::text[], $14::text[], $15::bigint[])
)
UPDATE head SET seq = seq + cardinality($1::bigint[])";

/// How long the loop took, and the processor time of the server and of this process, in nanoseconds.
#[derive(Clone, Debug)]
pub struct Inserted {
    pub took: Duration,
    pub spent: Spent,
}

/// Inserts the rows in so many batches of equal size, one connection, one transaction a batch.
pub async fn insert(server: &Server, rows: &Rows, batches: usize) -> Result<Inserted> {
    server.create(DATABASE).await?;
    let mut connection = server.options(DATABASE).connect().await?;
    sqlx::raw_sql(TABLES).execute(&mut connection).await?;
    // The statement is prepared once before the clock starts, as for every side.
    batch(&mut connection, &Rows::default()).await?;
    let lots = split(rows, batches.max(1));
    let mark = Mark::now(server.process());
    let start = Instant::now();
    for lot in &lots {
        batch(&mut connection, lot).await?;
    }
    let took = start.elapsed();
    let spent = mark.since();
    connection.close().await?;
    server.drop(DATABASE).await?;
    Ok(Inserted { took, spent })
}

async fn batch(connection: &mut PgConnection, rows: &Rows) -> Result<()> {
    let Rows { facts, answers, messages } = rows;
    sqlx::query(INSERT)
        .bind(facts.iter().map(|one| one.seq).collect::<Vec<_>>())
        .bind(facts.iter().map(|one| one.time_us).collect::<Vec<_>>())
        .bind(facts.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>())
        .bind(facts.iter().map(|one| one.settlement).collect::<Vec<_>>())
        .bind(facts.iter().map(|one| one.actor.as_str()).collect::<Vec<_>>())
        .bind(facts.iter().map(|one| one.payload.as_str()).collect::<Vec<_>>())
        .bind(facts.iter().map(|one| one.version).collect::<Vec<_>>())
        .bind(facts.iter().map(|one| one.draw).collect::<Vec<_>>())
        .bind(answers.iter().map(|one| one.number).collect::<Vec<_>>())
        .bind(answers.iter().map(|one| one.time_us).collect::<Vec<_>>())
        .bind(answers.iter().map(|one| one.body.as_slice()).collect::<Vec<_>>())
        .bind(messages.iter().map(|one| one.created_us).collect::<Vec<_>>())
        .bind(messages.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>())
        .bind(messages.iter().map(|one| one.payload.as_str()).collect::<Vec<_>>())
        .bind(messages.iter().map(|one| one.due_us).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

/// The rows of each table spread evenly over the batches.
fn split(rows: &Rows, batches: usize) -> Vec<Rows> {
    let (facts, answers, messages) =
        (even(&rows.facts, batches), even(&rows.answers, batches), even(&rows.messages, batches));
    let both = facts.into_iter().zip(answers).zip(messages);
    both.map(|((facts, answers), messages)| Rows { facts, answers, messages }).collect()
}

fn even<T: Clone>(items: &[T], parts: usize) -> Vec<Vec<T>> {
    (0..parts)
        .map(|part| {
            let (from, to) = (items.len() * part / parts, items.len() * (part + 1) / parts);
            items.get(from..to).unwrap_or_default().to_vec()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::even;

    #[test]
    fn parts_are_even_and_lose_nothing() {
        let parts = even(&(0..10).collect::<Vec<_>>(), 4);
        assert_eq!(parts.concat(), (0..10).collect::<Vec<_>>());
        assert!(parts.iter().all(|part| (2..=3).contains(&part.len())));
        assert_eq!(even(&[1], 3).concat(), [1]);
    }
}
