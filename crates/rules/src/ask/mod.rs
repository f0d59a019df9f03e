//! Questions: numbers and their causes, access to places, bulletins. Nothing here changes anything.

mod access;
mod names;
mod number;

pub(crate) use access::{can_take, fitting, has_temporary_place, is_inside, is_over, private_places};
pub use access::{claimable, may_claim};
pub use names::{Order, pool_named, queue_named};
pub use number::{Number, number, why};
