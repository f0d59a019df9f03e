//! What every parser owes on any bytes: no panic, and what it accepts is written back the same.

use kezek_registry::{Checkpoint, Note, Policy, PublicKey, Receipt, SecretKey, Tile, bundle};

/// Names of files.
pub fn path(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(tile) = Tile::parse(text) {
        assert_eq!(tile.path(), text);
        tile.place(u64::MAX);
    }
}

/// Signed notes.
pub fn note(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_text().as_bytes(), bytes);
    }
}

/// Texts of checkpoints.
pub fn checkpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.text(), text);
    }
}

/// Bundles; the first byte says how many entries.
pub fn bundle(bytes: &[u8]) {
    let Some((&width, bytes)) = bytes.split_first() else { return };
    if let Ok(entries) = bundle::decode(bytes, u16::from(width) + 1) {
        assert_eq!(bundle::encode(&entries).as_deref(), Ok(bytes));
    }
}

/// Receipts.
pub fn receipt(bytes: &[u8]) {
    if let Ok(receipt) = Receipt::parse(bytes) {
        assert_eq!(receipt.to_text().as_bytes(), bytes);
    }
}

/// Policies.
pub fn policy(bytes: &[u8]) {
    if let Ok(policy) = Policy::parse(bytes) {
        assert!(policy.is_quorum(|_| true));
        assert!(
            policy
                .witnesses()
                .all(|witness| PublicKey::parse(&witness.key.to_string()).as_ref() == Ok(&witness.key))
        );
    }
}

/// Keys, public and secret.
pub fn key(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(key) = PublicKey::parse(text) {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(key) = SecretKey::parse(text) {
        assert_eq!(key.to_secret_text(), text);
    }
}
