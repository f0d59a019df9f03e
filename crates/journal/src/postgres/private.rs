//! Sealed rows of personal data.

use std::collections::HashSet;

use sqlx::PgConnection;

use super::Store;
use super::failure::failure;
use crate::row::{self, SealedRow, given, stored};
use crate::{PrivateRow, PrivateWrite, StoreError};

/// Changes inside the caller's transaction, in order; neighbours of one sort go together.
pub(super) async fn write(connection: &mut PgConnection, writes: &[PrivateWrite]) -> Result<(), StoreError> {
    let writes = in_few_runs(writes);
    for run in runs(&writes) {
        match run {
            Run::Put(rows) => {
                insert(connection, PUT, &rows).await?;
            }
            Run::Insert(rows) => insert_new(connection, &rows).await?,
            Run::Delete(rows) => delete(connection, &rows).await?,
        }
    }
    Ok(())
}

/// Changes that one statement can make: no row twice; new ones of one kind, no `lookup` twice.
enum Run<'a> {
    Put(Vec<&'a PrivateRow>),
    Insert(Vec<&'a PrivateRow>),
    Delete(Vec<(&'a str, i64)>),
}

/// The changes in an order that needs few statements, where every order gives the same rows: no row is changed twice,
/// none is deleted, and no kind is both put and inserted.
fn in_few_runs(writes: &[PrivateWrite]) -> Vec<&PrivateWrite> {
    let mut ordered: Vec<&PrivateWrite> = writes.iter().collect();
    let mut rows = HashSet::new();
    let mut put = HashSet::new();
    let mut inserted = HashSet::new();
    for write in writes {
        let (row, kinds) = match write {
            PrivateWrite::Put(row) => (row, &mut put),
            PrivateWrite::Insert(row) => (row, &mut inserted),
            PrivateWrite::Delete { .. } => return ordered,
        };
        kinds.insert(row.kind.as_str());
        if !rows.insert((row.kind.as_str(), row.id)) {
            return ordered;
        }
    }
    if put.is_disjoint(&inserted) {
        ordered.sort_by_key(|write| match write {
            PrivateWrite::Insert(row) => (0, row.kind.as_str()),
            _ => (1, ""),
        });
    }
    ordered
}

fn runs<'a>(writes: &[&'a PrivateWrite]) -> Vec<Run<'a>> {
    let mut found: Vec<Run<'a>> = Vec::new();
    let mut seen = HashSet::new();
    let mut lookups = HashSet::new();
    for &write in writes {
        let (kind, id, lookup) = match write {
            PrivateWrite::Put(row) => (row.kind.as_str(), row.id, None),
            PrivateWrite::Insert(row) => (row.kind.as_str(), row.id, row.lookup.as_deref()),
            PrivateWrite::Delete { kind, id } => (kind.as_str(), *id, None),
        };
        let is_new_row = seen.insert((kind, id));
        let is_new_lookup = lookup.is_none_or(|lookup| lookups.insert((kind, lookup)));
        match (found.last_mut().filter(|_| is_new_row && is_new_lookup), write) {
            (Some(Run::Put(rows)), PrivateWrite::Put(row)) => rows.push(row),
            (Some(Run::Insert(rows)), PrivateWrite::Insert(row))
                if rows.last().is_some_and(|last| last.kind == row.kind) =>
            {
                rows.push(row);
            }
            (Some(Run::Delete(rows)), PrivateWrite::Delete { .. }) => rows.push((kind, stored(id))),
            (_, write) => {
                seen = HashSet::from([(kind, id)]);
                lookups = lookup.map(|lookup| (kind, lookup)).into_iter().collect();
                found.push(match write {
                    PrivateWrite::Put(row) => Run::Put(vec![row]),
                    PrivateWrite::Insert(row) => Run::Insert(vec![row]),
                    PrivateWrite::Delete { .. } => Run::Delete(vec![(kind, stored(id))]),
                });
            }
        }
    }
    found
}

const PUT: &str = "
INSERT INTO private (kind, id, lookup, owner, sealed, key_id, created_us, expires_us)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bytea[], $6::bigint[], $7::bigint[],
                     $8::bigint[])
ON CONFLICT (kind, id) DO UPDATE SET lookup = excluded.lookup, owner = excluded.owner, sealed = excluded.sealed,
    key_id = excluded.key_id, created_us = excluded.created_us, expires_us = excluded.expires_us";

const INSERT: &str = "
INSERT INTO private (kind, id, lookup, owner, sealed, key_id, created_us, expires_us)
SELECT new.* FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bytea[], $6::bigint[], $7::bigint[],
                         $8::bigint[]) AS new (kind, id, lookup, owner, sealed, key_id, created_us, expires_us)
WHERE NOT EXISTS (SELECT 1 FROM private WHERE private.kind = new.kind AND private.lookup = new.lookup)
ON CONFLICT (kind, id) DO NOTHING";

/// Two nodes with the same new `lookup`: the second one waits here until the first one's row can be seen. Taken in
/// one order by all, so that nobody waits in a circle. The server has room for some thousands of such locks, so a batch
/// with many new rows takes one for their whole kind, which everybody else shares.
const LOCK_LOOKUPS: &str = "
WITH kinds AS (
    SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 2))
)
SELECT pg_advisory_xact_lock(mark) FROM kinds, (
    SELECT DISTINCT hashtextextended($1 || ':' || encode(lookup, 'hex'), 0) AS mark
    FROM unnest($2::bytea[]) AS new (lookup) ORDER BY 1
) AS marks";
const LOCK_KIND: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 2))";
const LOOKUPS_EACH_LOCKED: usize = 50;

async fn insert(
    connection: &mut PgConnection,
    text: &'static str,
    rows: &[&PrivateRow],
) -> Result<u64, StoreError> {
    let done = sqlx::query(text)
        .bind(rows.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| stored(row.id)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.lookup.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.owner.map(stored)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.sealed.as_slice()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| i64::from(row.key_id)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.created_us).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.expires_us).collect::<Vec<_>>())
        .execute(connection)
        .await
        .map_err(failure)?;
    Ok(done.rows_affected())
}

async fn insert_new(connection: &mut PgConnection, rows: &[&PrivateRow]) -> Result<(), StoreError> {
    let kind = rows.first().map(|row| row.kind.clone()).unwrap_or_default();
    let lookups: Vec<&[u8]> = rows.iter().filter_map(|row| row.lookup.as_deref()).collect();
    if lookups.len() > LOOKUPS_EACH_LOCKED {
        sqlx::query(LOCK_KIND).bind(&kind).execute(&mut *connection).await.map_err(failure)?;
    } else if !lookups.is_empty() {
        let lock = sqlx::query(LOCK_LOOKUPS).bind(&kind).bind(lookups);
        lock.execute(&mut *connection).await.map_err(failure)?;
    }
    if insert(connection, INSERT, rows).await? == rows.len() as u64 {
        return Ok(());
    }
    Err(StoreError::PrivateTaken { kind })
}

async fn delete(connection: &mut PgConnection, rows: &[(&str, i64)]) -> Result<(), StoreError> {
    let (kinds, ids): (Vec<&str>, Vec<i64>) = rows.iter().copied().unzip();
    sqlx::query(
        "DELETE FROM private USING unnest($1::text[], $2::bigint[]) AS old (kind, id)
         WHERE private.kind = old.kind AND private.id = old.id",
    )
    .bind(kinds)
    .bind(ids)
    .execute(connection)
    .await
    .map_err(failure)?;
    Ok(())
}

impl Store {
    pub async fn private(&self, kind: &str, id: u64) -> Result<Option<PrivateRow>, StoreError> {
        let found: Option<SealedRow> = sqlx::query_as(
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE kind = $1 AND id = $2",
        )
        .bind(kind)
        .bind(stored(id))
        .fetch_optional(&self.pool)
        .await
        .map_err(failure)?;
        found.map(PrivateRow::try_from).transpose()
    }

    pub async fn private_all(&self, kind: &str, ids: &[u64]) -> Result<Vec<PrivateRow>, StoreError> {
        let ids: Vec<i64> = ids.iter().copied().map(stored).collect();
        let found: Vec<SealedRow> = sqlx::query_as(
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE kind = $1 AND id = ANY($2)",
        )
        .bind(kind)
        .bind(ids)
        .fetch_all(&self.pool)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn private_by_lookup(&self, kind: &str, lookup: &[u8]) -> Result<Vec<PrivateRow>, StoreError> {
        let found: Vec<SealedRow> = sqlx::query_as(
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE kind = $1 AND lookup = $2 ORDER BY created_us, id",
        )
        .bind(kind)
        .bind(lookup)
        .fetch_all(&self.pool)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn private_with_owners(
        &self,
        kind: &str,
        lookup: &[u8],
        others: [&str; 2],
    ) -> Result<Vec<PrivateRow>, StoreError> {
        let found: Vec<SealedRow> = sqlx::query_as(
            "WITH found AS MATERIALIZED (
                 SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
                 FROM private WHERE kind = $1 AND lookup = $2 ORDER BY created_us, id
             )
             SELECT * FROM found UNION ALL
             SELECT other.* FROM (SELECT DISTINCT owner FROM found) AS one JOIN private AS other
                 ON other.id = one.owner AND other.kind IN ($3, $4)",
        )
        .bind(kind)
        .bind(lookup)
        .bind(others[0])
        .bind(others[1])
        .fetch_all(&self.pool)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn private_by_owner(&self, kind: &str, owner: u64) -> Result<Vec<PrivateRow>, StoreError> {
        let found: Vec<SealedRow> = sqlx::query_as(
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE owner = $1 AND kind = $2 ORDER BY created_us, id",
        )
        .bind(stored(owner))
        .bind(kind)
        .fetch_all(&self.pool)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn private_owned(&self, owner: u64) -> Result<Vec<PrivateRow>, StoreError> {
        let found: Vec<SealedRow> = sqlx::query_as(
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE owner = $1 ORDER BY kind, created_us, id",
        )
        .bind(stored(owner))
        .fetch_all(&self.pool)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn private_ids_owned(&self, owner: u64) -> Result<Vec<(String, u64)>, StoreError> {
        let found: Vec<(String, i64)> =
            sqlx::query_as("SELECT kind, id FROM private WHERE owner = $1 ORDER BY kind, id")
                .bind(stored(owner))
                .fetch_all(&self.pool)
                .await
                .map_err(failure)?;
        Ok(found.into_iter().map(|(kind, id)| (kind, given(id))).collect())
    }

    pub async fn private_of_kind(
        &self,
        kind: &str,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<PrivateRow>, StoreError> {
        let Some(from) = after.map_or(Some(i64::MIN), |id| stored(id).checked_add(1)) else {
            return Ok(Vec::new());
        };
        let found: Vec<SealedRow> = sqlx::query_as(
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE kind = $1 AND id >= $2 ORDER BY id LIMIT $3",
        )
        .bind(kind)
        .bind(from)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn private_below_key(&self, key_id: u32, limit: u32) -> Result<Vec<PrivateRow>, StoreError> {
        let found: Vec<SealedRow> = sqlx::query_as(
            "SELECT kind, id, lookup, owner, sealed, key_id, created_us, expires_us
             FROM private WHERE key_id < $1 ORDER BY key_id LIMIT $2",
        )
        .bind(i64::from(key_id))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failure)?;
        row::each(found)
    }

    pub async fn expire_private(&self, now_us: i64) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM private WHERE expires_us <= $1")
            .bind(now_us)
            .execute(&self.side)
            .await
            .map_err(failure)?;
        Ok(done.rows_affected())
    }

    /// Empties the pages of deleted rows, as far as the role may: the tables' owner may, others leave it to the
    /// server's own cleaning.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        sqlx::query("VACUUM private").execute(&self.side).await.map_err(failure)?;
        Ok(())
    }
}
