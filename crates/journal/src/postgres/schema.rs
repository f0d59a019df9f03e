//! The tables: made and changed by their owner, used by a role that may do no more than it must.

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::{AssertSqlSafe, PgConnection};

use super::failure::{failure, no_access};
use crate::{StoreError, steps};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// What the service's role may do: facts are only read and added.
const GRANTS: [(&str, &str); 8] = [
    ("fact", "SELECT, INSERT"),
    ("head", "SELECT, UPDATE"),
    ("answers", "SELECT, INSERT, DELETE"),
    ("snapshot", "SELECT, INSERT, UPDATE, DELETE"),
    ("outbox", "SELECT, INSERT, UPDATE, DELETE"),
    ("private", "SELECT, INSERT, UPDATE, DELETE"),
    ("registry_head", "SELECT, INSERT, UPDATE"),
    ("_sqlx_migrations", "SELECT"),
];

/// At an opening: whoever owns the tables brings them up to date, anybody else must find them so.
pub async fn bring_up_to_date(connection: &mut PgConnection) -> Result<(), StoreError> {
    // A standby shows all and takes nothing.
    let (is_standby, has_tables, is_owner): (bool, bool, bool) = sqlx::query_as(
        "SELECT pg_is_in_recovery(), to_regclass('fact') IS NOT NULL,
                coalesce((SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('fact')),
                         has_schema_privilege(current_schema(), 'CREATE'))",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(no_access)?;
    if is_standby {
        return Err(StoreError::NoAccess(
            "this server is a standby and takes no changes; name the primary".into(),
        ));
    }
    if is_owner {
        return migrate(connection).await;
    }
    if !has_tables {
        return Err(StoreError::NoAccess(
            "the database has no tables of Kezek and this role may make none; its owner runs kezek journal prepare"
                .into(),
        ));
    }
    may_write(connection).await?;
    compare(connection).await
}

pub async fn migrate(connection: &mut PgConnection) -> Result<(), StoreError> {
    MIGRATIONS.run(connection).await.map_err(|error| match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => no_access(error),
        other => StoreError::OtherVersion(other.into()),
    })
}

/// Lets the role use the tables, and takes from it what it may not have.
pub async fn grant(connection: &mut PgConnection, role: &str) -> Result<(), StoreError> {
    let quoted: String = sqlx::query_scalar("SELECT quote_ident($1)")
        .bind(role)
        .fetch_one(&mut *connection)
        .await
        .map_err(failure)?;
    for (table, rights) in GRANTS {
        for text in
            [format!("REVOKE ALL ON {table} FROM {quoted}"), format!("GRANT {rights} ON {table} TO {quoted}")]
        {
            // Of constants and a name that the server has quoted.
            sqlx::query(AssertSqlSafe(text)).execute(&mut *connection).await.map_err(no_access)?;
        }
    }
    Ok(())
}

/// A role that can only read is told at once, not at its first command.
async fn may_write(connection: &mut PgConnection) -> Result<(), StoreError> {
    for (table, rights) in GRANTS {
        for right in rights.split(", ") {
            let may: bool = sqlx::query_scalar("SELECT has_table_privilege($1, $2)")
                .bind(table)
                .bind(right)
                .fetch_one(&mut *connection)
                .await
                .map_err(no_access)?;
            if !may {
                let text = format!(
                    "the role has no right to {right} on the table {table}; the owner of the tables runs kezek journal \
                     prepare --service-role with the role's name"
                );
                return Err(StoreError::NoAccess(text.into()));
            }
        }
    }
    Ok(())
}

/// Whether any version of the program made tables here.
pub async fn is_made(connection: &mut PgConnection) -> Result<bool, StoreError> {
    let made = sqlx::query_scalar("SELECT to_regclass('fact') IS NOT NULL").fetch_one(connection);
    made.await.map_err(no_access)
}

/// The tables are of this version: neither older nor newer.
pub async fn compare(connection: &mut PgConnection) -> Result<(), StoreError> {
    let applied = connection.list_applied_migrations("_sqlx_migrations").await;
    let applied = applied.map_err(|error| StoreError::OtherVersion(error.into()))?;
    steps::compare(&MIGRATIONS, &applied, "their owner runs kezek journal prepare")
}
