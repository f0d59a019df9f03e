//! A receipt as a link that no server hears of, and as a picture for the camera of a phone.

use axum::http::{HeaderMap, header};
use base64ct::{Base64, Encoding};
use miniz_oxide::deflate::compress_to_vec;
use qrcodegen::{QrCode, QrCodeEcc, QrSegment};

/// What a receipt in an address is called.
const NAME: &str = "#r=";
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
    /// The picture of an address with its fragment; none for one that is too long for it.
    pub fn of(address: &str, fragment: &str, about: String) -> Option<Self> {
        let digits = fragment.strip_prefix(NAME)?;
        let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        let first = QrSegment::make_bytes(format!("{address}{NAME}").as_bytes());
        let parts = [first, is_digits.then(|| QrSegment::make_numeric(digits))?];
        let code = QrCode::encode_segments(&parts, QrCodeEcc::Low).ok()?;
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
///
/// What the receipt carries in base64 is taken out of it, all is deflated, and each two bytes are written as five
/// digits: a picture of digits is the smallest.
pub fn fragment(receipt: &str) -> String {
    let mut digits = String::from(NAME);
    for pair in compress_to_vec(unfolded(receipt).as_bytes(), LEVEL).chunks(2) {
        match pair {
            [high, low] => digits.push_str(&format!("{:05}", u16::from_be_bytes([*high, *low]))),
            last => last.iter().for_each(|byte| digits.push_str(&format!("{byte:03}"))),
        }
    }
    digits
}

/// The receipt with its second line in plain words, if it is one line of them.
fn unfolded(receipt: &str) -> String {
    let plain = |line: &str| {
        let bytes = Base64::decode_vec(line.strip_prefix("extra ")?).ok()?;
        String::from_utf8(bytes).ok().filter(|text| text.starts_with('{') && !text.contains('\n'))
    };
    let unfold = |line: &str| plain(line).map_or_else(|| line.to_string(), |text| format!("extra {text}"));
    receipt.split('\n').map(unfold).collect::<Vec<_>>().join("\n")
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
        let extra = Base64::encode_string("{\"entry\":\"Ә\"}".as_bytes());
        let receipt = format!("c2sp.org/tlog-proof@v1\nextra {extra}\nindex 1\n");
        let digits = fragment(&receipt).strip_prefix(NAME).unwrap().to_string();
        let mut bytes = Vec::new();
        for group in digits.as_bytes().chunks(5) {
            let number: u16 = std::str::from_utf8(group).unwrap().parse().unwrap();
            match group.len() {
                5 => bytes.extend(number.to_be_bytes()),
                _ => bytes.push(u8::try_from(number).unwrap()),
            }
        }
        let text = String::from_utf8(decompress_to_vec(&bytes).unwrap()).unwrap();
        assert_eq!(text, receipt.replace(&extra, "{\"entry\":\"Ә\"}"));
        assert_eq!(unfolded("extra e30\n"), "extra e30\n", "no base64, so left as it is");
    }

    #[test]
    fn a_picture_has_its_three_corners_and_a_border() {
        let qr = Qr::of("https://kezek.example/kk/verify", "#r=0000000255", String::new()).unwrap();
        let last = qr.width - BORDER - 7;
        for corner in
            [format!("M{BORDER},{BORDER}h7"), format!("M{last},{BORDER}h7"), format!("M{BORDER},{last}h7")]
        {
            assert!(qr.path.contains(&corner), "{corner} in {}", qr.path);
        }
        assert_eq!(
            Qr::of("", &format!("{NAME}{}", "1".repeat(9000)), String::new()),
            None,
            "too long for any"
        );
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
