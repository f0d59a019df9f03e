//! Entries that are too long for a log, deflated: a bulletin of a big city, or the windows of one.

use base64ct::{Base64, Encoding};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

/// Longer lines are packed; the format's own bound is 65,535 bytes.
pub(crate) const LONGEST: usize = 60_000;
/// What a packed line may hold at most. The longest that fits when packed is far shorter.
const LONGEST_UNPACKED: usize = 16 << 20;
/// Good enough, and ten times as fast as the best.
const LEVEL: u8 = 6;

/// Deflates a line, and writes it in base64.
pub(crate) fn pack(line: &[u8]) -> String {
    Base64::encode_string(&compress_to_vec(line, LEVEL))
}

/// The line; none for what is no packed line, or one that is too long.
pub(crate) fn unpack(packed: &str) -> Option<Vec<u8>> {
    decompress_to_vec_with_limit(&Base64::decode_vec(packed).ok()?, LONGEST_UNPACKED).ok()
}
