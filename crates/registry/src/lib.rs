//! Logs that nobody can rewrite unnoticed: C2SP tlog-tiles with signed checkpoints, cosignatures and receipts.
//!
//! What lives here: the formats, their strict parsers, the Merkle tree and its proofs, the commitments that keep
//! personal data out of the public files, and the complete check of a log. What never may: a clock, a random
//! source, the network, a database, the queue. Only [`dir`] touches files; times and salts come in as arguments.
//!
//! Every parser refuses what any known verifier refuses, so that a log accepted here is accepted everywhere.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

pub mod bundle;
pub mod check;
pub mod checkpoint;
pub mod commit;
pub mod cosignature;
pub mod dir;
pub mod grow;
pub mod hash;
pub mod key;
pub mod listing;
pub mod note;
pub mod policy;
pub mod proof;
pub mod read;
pub mod receipt;
mod text;
pub mod tile;
pub mod tree;
pub mod witnessed;

pub use checkpoint::Checkpoint;
pub use hash::Hash;
pub use key::{PublicKey, Role, SecretKey};
pub use note::Note;
pub use policy::Policy;
pub use receipt::Receipt;
pub use tile::Tile;
pub use witnessed::Witnessed;
