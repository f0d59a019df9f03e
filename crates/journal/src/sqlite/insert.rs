//! Many rows by few statements.
//!
//! Each statement costs two changes of thread, which is many times the cost of a row; so a batch is written in
//! statements of 64, 16, 4 and 1 rows, few enough texts to stay prepared.

use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, SqlitePool};

use super::{failure, stored};
use crate::packed;
use crate::row::SealedRow;
use crate::{Answer, NewFact, NewOutbox, OutboxItem, PrivateRow, StoreError};

const RUNS: [usize; 4] = [64, 16, 4, 1];

/// The token is the fence; by the id each row is found without looking at the others.
const HELD: &str = "outbox.id = held.column1 AND outbox.lease_token = held.column2";

type Statement = Query<'static, Sqlite, SqliteArguments>;

pub(super) async fn facts(
    connection: &mut SqliteConnection,
    first_seq: u64,
    facts: &[NewFact],
) -> Result<(), StoreError> {
    let mut seq = first_seq;
    for run in runs(facts) {
        let head = "INSERT INTO fact (seq, time_us, kind, settlement, actor, payload, version, draw)";
        let mut statement = statement(format!("{head} {}", values(8, run.len())));
        for fact in run {
            statement = statement
                .bind(stored(seq))
                .bind(fact.time_us)
                .bind(fact.kind.clone())
                .bind(fact.settlement.map(stored))
                .bind(fact.actor.clone())
                .bind(fact.payload.clone())
                .bind(fact.version)
                .bind(stored(fact.draw));
            seq += 1;
        }
        statement.execute(&mut *connection).await.map_err(failure)?;
    }
    Ok(())
}

/// The answers of a batch; there is at least one.
pub(super) async fn answers(
    connection: &mut SqliteConnection,
    number: u64,
    answers: &[Answer],
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO answers (number, time_us, body) VALUES (?, ?, ?)")
        .bind(stored(number))
        .bind(packed::newest_us(answers))
        .bind(packed::pack(answers))
        .execute(connection)
        .await
        .map_err(failure)?;
    Ok(())
}

pub(super) async fn messages(
    connection: &mut SqliteConnection,
    messages: &[NewOutbox],
) -> Result<(), StoreError> {
    for run in runs(messages) {
        let head = "INSERT INTO outbox (created_us, kind, payload, due_us)";
        let mut statement = statement(format!("{head} {}", values(4, run.len())));
        for message in run {
            statement = statement
                .bind(message.created_us)
                .bind(message.kind.clone())
                .bind(message.payload.clone())
                .bind(message.due_us);
        }
        statement.execute(&mut *connection).await.map_err(failure)?;
    }
    Ok(())
}

/// Reports leased messages done; returns for how many the lease still held.
pub(super) async fn messages_done(
    connection: &mut SqliteConnection,
    held: &[OutboxItem],
    now_us: i64,
) -> Result<u64, StoreError> {
    let mut done = 0;
    for run in runs(held) {
        let text = "UPDATE outbox SET done_us = ?, lease_token = NULL, lease_until_us = NULL";
        let held = values(2, run.len());
        let mut statement = statement(format!("{text} FROM ({held}) AS held WHERE {HELD}")).bind(now_us);
        for item in run {
            statement = statement.bind(stored(item.id)).bind(item.lease_token);
        }
        done += statement.execute(&mut *connection).await.map_err(failure)?.rows_affected();
    }
    Ok(done)
}

/// Gives leased messages back, each due at its time; returns for how many the lease still held.
pub(super) async fn messages_given_back(
    connection: &mut SqliteConnection,
    held: &[OutboxItem],
    due_us: impl Fn(&OutboxItem) -> i64,
    error: &str,
) -> Result<u64, StoreError> {
    let mut given_back = 0;
    for run in runs(held) {
        let text = "UPDATE outbox SET due_us = held.column3, last_error = ?, lease_token = NULL, \
                    lease_until_us = NULL";
        let held = values(3, run.len());
        let text = format!("{text} FROM ({held}) AS held WHERE {HELD}");
        let mut statement = statement(text).bind(error.to_owned());
        for item in run {
            statement = statement.bind(stored(item.id)).bind(item.lease_token).bind(due_us(item));
        }
        given_back += statement.execute(&mut *connection).await.map_err(failure)?.rows_affected();
    }
    Ok(given_back)
}

/// Writes rows in place of those with the same kind and id.
pub(super) async fn put_private(
    connection: &mut SqliteConnection,
    rows: &[&PrivateRow],
) -> Result<(), StoreError> {
    for run in runs(rows) {
        let head = "INSERT INTO private (kind, id, lookup, owner, sealed, key_id, created_us, expires_us)";
        let tail = "ON CONFLICT (kind, id) DO UPDATE SET lookup = excluded.lookup, owner = excluded.owner, \
                    sealed = excluded.sealed, key_id = excluded.key_id, created_us = excluded.created_us, \
                    expires_us = excluded.expires_us";
        let mut statement = statement(format!("{head} {} {tail}", values(8, run.len())));
        for row in run {
            statement = statement
                .bind(row.kind.clone())
                .bind(stored(row.id))
                .bind(row.lookup.clone())
                .bind(row.owner.map(stored))
                .bind(row.sealed.clone())
                .bind(row.key_id)
                .bind(row.created_us)
                .bind(row.expires_us);
        }
        statement.execute(&mut *connection).await.map_err(failure)?;
    }
    Ok(())
}

/// The rows of a kind with these ids that are there.
pub(super) async fn private_under(
    readers: &SqlitePool,
    kind: &str,
    ids: &[u64],
) -> Result<Vec<SealedRow>, StoreError> {
    let columns = "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us FROM private";
    let text = format!("{columns} WHERE kind = ? AND id IN ({})", marks(ids.len()));
    let mut query = sqlx::query_as(AssertSqlSafe(text)).bind(kind.to_owned());
    for id in ids {
        query = query.bind(stored(*id));
    }
    query.fetch_all(readers).await.map_err(failure)
}

/// The text is made here of constants and counts only.
fn statement(text: String) -> Statement {
    sqlx::query(AssertSqlSafe(text))
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

fn values(columns: usize, rows: usize) -> String {
    let row = format!("({})", marks(columns));
    format!("VALUES {}", vec![row.as_str(); rows].join(", "))
}

/// Cuts the items, in order, into runs of the lengths of [`RUNS`].
pub(super) fn runs<T>(mut items: &[T]) -> Vec<&[T]> {
    let mut found = Vec::new();
    for length in RUNS {
        while let Some((run, rest)) = items.split_at_checked(length) {
            found.push(run);
            items = rest;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_hold_every_item_once_in_order() {
        for count in 0..300 {
            let items: Vec<usize> = (0..count).collect();
            let cut = runs(&items);
            assert!(cut.iter().all(|run| RUNS.contains(&run.len())));
            assert!(cut.len() <= count / 64 + 9);
            assert_eq!(cut.concat(), items);
        }
    }

    #[test]
    fn values_of_two_rows() {
        assert_eq!(values(3, 2), "VALUES (?, ?, ?), (?, ?, ?)");
    }
}
