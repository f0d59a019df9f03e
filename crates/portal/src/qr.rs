//! A receipt as a link that no server hears of, and as a picture for the camera of a phone.

use axum::http::{HeaderMap, header};
use base64ct::{Base64UrlUnpadded, Encoding};
use miniz_oxide::deflate::compress_to_vec;
use qrcodegen::{QrCode, QrCodeEcc};

/// As small as it gets: a receipt is short.
const LEVEL: u8 = 10;
/// White around the squares, in squares, as the standard asks for.
const BORDER: i32 = 4;

/// A square picture of black squares on white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    /// Squares on a side, with the white border.
    pub width: i32,
    /// The black squares as the path of an SVG.
    pub path: String,
    /// What it is good for.
    pub about: String,
}

impl Qr {
    /// The picture of an address; none for one that is too long for it.
    pub fn of(address: &str, about: String) -> Option<Self> {
        let code = QrCode::encode_text(address, QrCodeEcc::Low).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            let mut x = 0;
            while x < code.size() {
                let run = (x..code.size()).take_while(|at| code.get_module(*at, y)).count();
                let run = i32::try_from(run).unwrap_or_default();
                if run > 0 {
                    path.push_str(&format!("M{},{}h{run}v1h-{run}z", x + BORDER, y + BORDER));
                }
                x += run + 1;
            }
        }
        Some(Self { width: code.size() + 2 * BORDER, path, about })
    }
}

/// The end of an address that opens the page for checking with this receipt. It follows a `#`, so a browser keeps it
/// to itself.
pub fn fragment(receipt: &str) -> String {
    format!("#r={}", Base64UrlUnpadded::encode_string(&compress_to_vec(receipt.as_bytes(), LEVEL)))
}

/// The address by which the browser reached the portal, without a path; none where it does not say one that is clean.
pub fn site(headers: &HeaderMap, https: bool) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let is_clean = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte));
    let scheme = if https { "https" } else { "http" };
    (is_clean && !host.is_empty()).then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use miniz_oxide::inflate::decompress_to_vec;

    use super::*;

    #[test]
    fn a_link_carries_the_whole_receipt_behind_a_hash() {
        let receipt = "c2sp.org/tlog-proof@v1\nindex 1\n";
        let fragment = fragment(receipt);
        let packed = fragment.strip_prefix("#r=").unwrap();
        assert!(packed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        let bytes = Base64UrlUnpadded::decode_vec(packed).unwrap();
        assert_eq!(decompress_to_vec(&bytes).unwrap(), receipt.as_bytes());
    }

    #[test]
    fn a_picture_has_its_three_corners_and_a_border() {
        let qr = Qr::of("https://kezek.example/kk/verify#r=AAAA", String::new()).unwrap();
        let last = qr.width - BORDER - 7;
        for corner in
            [format!("M{BORDER},{BORDER}h7"), format!("M{last},{BORDER}h7"), format!("M{BORDER},{last}h7")]
        {
            assert!(qr.path.contains(&corner), "{corner} in {}", qr.path);
        }
        assert_eq!(Qr::of(&"A".repeat(5000), String::new()), None, "too long for any picture");
    }

    #[test]
    fn only_a_clean_host_makes_an_address() {
        let of = |host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            site(&headers, false)
        };
        assert_eq!(of("kezek.example").as_deref(), Some("http://kezek.example"));
        assert_eq!(of("[::1]:8080").as_deref(), Some("http://[::1]:8080"));
        assert_eq!(of("kezek.example/other"), None);
        assert_eq!(of("a@b"), None);
        assert_eq!(of(""), None);
        assert_eq!(site(&HeaderMap::new(), true), None);
    }
}
