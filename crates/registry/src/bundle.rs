//! Bundles of up to 256 entries: each entry after its length, 2 bytes, big-endian.

use thiserror::Error;

use crate::tile::FULL;

/// The longest entry, in bytes.
pub const LONGEST_ENTRY: usize = u16::MAX as usize;
/// The longest bundle, in bytes.
pub const LONGEST: usize = FULL as usize * (2 + LONGEST_ENTRY);

/// Why bytes are no bundle, or entries make none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BundleError {
    /// It ends within an entry, or before the last.
    #[error("the bundle ends before its entry {0} does")]
    Truncated(usize),
    /// Something follows the last entry.
    #[error("{0} bytes follow the last entry of the bundle")]
    Trailing(usize),
    /// A bundle has 1 to 256 entries.
    #[error("a bundle has 1 to 256 entries, not {0}")]
    Count(usize),
    /// An entry has at most 65,535 bytes.
    #[error("an entry has at most 65535 bytes, not {0}")]
    TooLong(usize),
}

/// Writes a bundle.
pub fn encode<T: AsRef<[u8]>>(entries: &[T]) -> Result<Vec<u8>, BundleError> {
    if entries.is_empty() || entries.len() > usize::from(FULL) {
        return Err(BundleError::Count(entries.len()));
    }
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| 2 + entry.as_ref().len()).sum());
    for entry in entries {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong(entry.len()))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// Reads a bundle that must have exactly `width` entries and nothing else.
pub fn decode(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, BundleError> {
    let (entries, rest) = decode_first(bytes, width)?;
    if rest.is_empty() { Ok(entries) } else { Err(BundleError::Trailing(rest.len())) }
}

/// Reads the first `width` entries, and gives what follows them.
pub(crate) fn decode_first(bytes: &[u8], width: u16) -> Result<(Vec<&[u8]>, &[u8]), BundleError> {
    if width == 0 || width > FULL {
        return Err(BundleError::Count(width.into()));
    }
    let mut entries = Vec::with_capacity(width.into());
    let mut rest = bytes;
    for at in 0..usize::from(width) {
        let (length, after) = rest.split_first_chunk::<2>().ok_or(BundleError::Truncated(at))?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or(BundleError::Truncated(at))?;
        entries.push(entry);
        rest = after;
    }
    Ok((entries, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bundles_are_exact() {
        let bytes = encode(&[b"".as_slice(), b"ab"]).unwrap();
        assert_eq!(bytes, b"\0\0\0\x02ab");
        assert_eq!(decode(&bytes, 2).unwrap(), [b"".as_slice(), b"ab"]);
        assert_eq!(decode(&bytes, 1), Err(BundleError::Trailing(4)));
        assert_eq!(decode(&bytes, 3), Err(BundleError::Truncated(2)));
        assert_eq!(decode(bytes.get(..5).unwrap(), 2), Err(BundleError::Truncated(1)));
        assert_eq!(decode(b"\0", 1), Err(BundleError::Truncated(0)));
        assert_eq!(decode(&bytes, 0), Err(BundleError::Count(0)));
        assert_eq!(decode(&bytes, 257), Err(BundleError::Count(257)));
        assert_eq!(encode(&vec![[0; 1]; 257]), Err(BundleError::Count(257)));
        assert_eq!(encode::<&[u8]>(&[]), Err(BundleError::Count(0)));
        assert_eq!(encode(&[vec![0; 65_536]]), Err(BundleError::TooLong(65_536)));
        let longest = encode(&vec![vec![7; LONGEST_ENTRY]; 256]).unwrap();
        assert_eq!(longest.len(), LONGEST);
        assert_eq!(decode(&longest, 256).unwrap().len(), 256);
    }

    proptest! {
        #[test]
        fn reading_gives_back_what_was_written(
            entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..=256),
        ) {
            let bytes = encode(&entries).unwrap();
            prop_assert_eq!(decode(&bytes, u16::try_from(entries.len()).unwrap()).unwrap(), entries);
        }

        #[test]
        fn any_bytes_are_refused_or_written_the_same(
            bytes in prop::collection::vec(prop_oneof![Just(0), Just(1), any::<u8>()], 0..600), width in 0..300_u16,
        ) {
            if let Ok(entries) = decode(&bytes, width) {
                prop_assert_eq!(encode(&entries).unwrap(), bytes);
            }
        }
    }
}
