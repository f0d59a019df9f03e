//! What the server's errors mean. Codes of <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

use crate::{AppendError, StoreError};

const NO_DATABASE: &str = "3D000";
const NOT_ALLOWED: &str = "42501";
const NO_LOCK: &str = "55P03";
/// Lock not to be had, serialization, deadlock.
const TRY_AGAIN: [&str; 3] = [NO_LOCK, "40001", "40P01"];
/// The server ended the connection itself, which may have come after the commit.
const CUT_OFF: [&str; 3] = ["57P01", "57P02", "57P05"];

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// A lock was not to be had in time.
pub fn is_kept_by_others(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some(NO_LOCK)
}

/// A statement failed that changes nothing, or whose failure proves that nothing was changed.
pub fn failure(error: sqlx::Error) -> StoreError {
    let Some(code) = code(&error) else {
        return match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                StoreError::Damaged(error.to_string())
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => StoreError::Unavailable(error.into()),
            other => StoreError::Refused(other.into()),
        };
    };
    match code.as_str() {
        "XX001" | "XX002" => StoreError::Damaged(error.to_string()),
        again if TRY_AGAIN.contains(&again) => StoreError::Unavailable(error.into()),
        // Connection, state of the transaction (a standby, a turn that lasted too long), resources (disk full among them),
        // operator, system, internal.
        code if ["08", "25", "53", "57", "58", "XX"].iter().any(|class| code.starts_with(class)) => {
            StoreError::Unavailable(error.into())
        }
        _ => StoreError::Refused(error.into()),
    }
}

/// Connecting or preparing failed.
pub fn no_access(error: sqlx::Error) -> StoreError {
    match code(&error).as_deref() {
        Some(NO_DATABASE | NOT_ALLOWED) => StoreError::NoAccess(error.into()),
        Some(code) if code.starts_with("28") => StoreError::NoAccess(error.into()),
        _ => match error {
            sqlx::Error::Configuration(cause) => StoreError::BadAddress(cause),
            error => failure(error),
        },
    }
}

/// A statement failed that commits by itself, or a commit: without the server's word that nothing was written,
/// nothing is known.
pub fn commit_failure(error: sqlx::Error) -> AppendError {
    let told = code(&error).is_some_and(|code| !CUT_OFF.contains(&code.as_str()) && !code.starts_with("08"));
    if told { refusal(error) } else { AppendError::CommitUnknown(error.into()) }
}

/// A statement inside an open transaction failed: nothing of it is ever committed.
pub fn refusal(error: sqlx::Error) -> AppendError {
    failure(error).into()
}
