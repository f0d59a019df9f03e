//! A PostgreSQL server of one's own: made in a temporary directory from the installed programs (Debian's package
//! `postgresql`), reached by nobody else, and gone with the value that holds it.
//!
//! Tests share one server through [`database`]: the program of this crate starts it, tells its address in
//! [`SERVER_VARIABLE`] and runs the tests. A test that stops or breaks the server starts a [`Cluster`] for itself.

mod cluster;
mod programs;

pub use cluster::{Cluster, Stop};
pub use programs::TrialError;

use programs::Programs;

/// Names the server that tests share: the address of its database `postgres`.
pub const SERVER_VARIABLE: &str = "KEZEK_TEST_POSTGRES";

/// The address of a new, empty database on the shared server.
pub fn database() -> Result<String, TrialError> {
    let server = std::env::var(SERVER_VARIABLE).map_err(|_| TrialError::NoServer)?;
    Programs::find()?.new_database(&server)
}
