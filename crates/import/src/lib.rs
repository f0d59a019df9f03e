//! A queue, or a list of organisations, that was kept in a spreadsheet: from the bytes of a CSV file to commands.
//!
//! Two steps, neither of which touches anything outside. Reading ([`read_queue`], [`read_organisations`]) judges the
//! file alone; planning ([`plan_queue`], [`plan_organisations`]) judges its rows against what the service holds. Both
//! collect a [`Problem`] for every line that cannot be taken, and a plan is made only when there is none: half a
//! queue is never imported. What is there already is left out of the plan, so a file can be imported again. The third
//! step, [`enter`] or [`register`], hands a plan to the node as one batch.
//!
//! The file: CSV in UTF-8 or Windows-1251, with comma, semicolon or tab, one heading line in Kazakh, Russian or
//! English (`examples/` has templates). What never lives here: files, the network, a clock, a random source.

mod carry_out;
mod columns;
mod decode;
mod names;
mod organisation_plan;
mod organisations;
mod people;
mod plan;
mod problem;
mod problem_text;
mod queue;
mod rehearsal;
mod sheet;
mod value;

pub use carry_out::{By, CarryOutError, PLANS_MAX, enter, known, new_ids, register};
pub use columns::Column;
pub use decode::Encoding;
pub use organisation_plan::{OrganisationPlan, plan_organisations};
pub use organisations::{GroupRow, read_organisations};
pub use people::{KnownPerson, NewPerson};
pub use plan::{Count, NewApplication, QueuePlan, Then, count_by_queue, plan_queue};
pub use problem::{Problem, Reason};
pub use queue::{NamedPerson, QueueRow, Reach, WaitsFor, read_queue};
pub use sheet::{BYTES_MAX, Sheet};
pub use value::{Registered, Status};
