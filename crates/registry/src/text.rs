//! The three ways in which these formats write values: base64, decimals, and lines of clean text.

use base64ct::{Base64, Encoding};

pub fn to_base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Standard, padded, canonical base64: exactly what [`to_base64`] writes.
pub fn from_base64(written: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(written).ok()
}

/// A decimal without sign, leading zeros or anything else, up to 2^63-1, the most that every verifier reads.
pub fn decimal(written: &str) -> Option<u64> {
    let clean = written == "0" || !written.starts_with('0');
    if !clean || written.is_empty() || !written.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    written.parse().ok().filter(|&value| value <= LARGEST)
}

/// The largest size, index and time: other verifiers keep them in signed 64-bit integers.
pub const LARGEST: u64 = i64::MAX as u64;

/// Whether text holds only what no reader takes for the end of a line or a command to a terminal.
pub fn is_clean(written: &str) -> bool {
    written.chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{2028}' || c == '\u{2029}'))
}

/// Whether a key may have this name: no spaces of any alphabet, no plus sign, not empty.
pub fn is_key_name(name: &str) -> bool {
    !name.is_empty() && is_clean(name) && !name.chars().any(|c| c.is_whitespace() || c == '+')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_are_written_one_way() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("9223372036854775807"), Some(LARGEST));
        for wrong in [
            "",
            "00",
            "015",
            "+15",
            "-1",
            "1_5",
            "15 ",
            " 15",
            "0x1",
            "٣",
            "9223372036854775808",
            "18446744073709551631",
        ] {
            assert_eq!(decimal(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn base64_is_written_one_way() {
        assert_eq!(from_base64("AAA="), Some(vec![0, 0]));
        for wrong in ["AAA", "AAB=", "AA_=", "AAA= ", "AAA=\n", "AA\nA=", "AAA==", "A==="] {
            assert_eq!(from_base64(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn whatever_base64_is_read_is_written_the_same(written in "[A-Za-z0-9+/]{0,7}={0,3}") {
            if let Some(bytes) = from_base64(&written) {
                prop_assert_eq!(to_base64(&bytes), written);
            }
        }
    }

    #[test]
    fn names_of_keys() {
        assert!(is_key_name("queue.example/apps"));
        assert!(is_key_name("кезек.example"));
        for wrong in ["", "a b", "a+b", "a\u{a0}b", "a\u{2003}", "a\tb", "a\n", "a\u{7f}", "\u{2028}"] {
            assert!(!is_key_name(wrong), "{wrong:?}");
        }
    }
}
