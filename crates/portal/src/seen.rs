//! Up to which fact an answer is true, and asking for no older one.
//!
//! With several nodes behind one address a family may change something through one of them and look through another.
//! Every answer names the last fact its node had seen; who asks for at least that one is never shown what was before.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::Response;

use crate::app::AppState;
use crate::error_page::{PageError, Problem};

/// The number of the last fact that an answer is true for.
pub const SEQ: &str = "kezek-seq";
/// Asks for an answer that is true for at least this fact.
pub const AT_LEAST: &str = "kezek-at-least";
/// The same for browsers, set after each change.
const COOKIE: &str = "kezek_seq";
/// A node that is a minute behind is not asked again by then.
const COOKIE_S: u32 = 120;
/// A node is usually some milliseconds behind.
const PATIENCE: Duration = Duration::from_secs(3);
const RETRY_AFTER_S: u32 = 2;
/// So many requests wait for a fact at once.
pub const WAITING_MAX: usize = 256;

/// What this node had seen when a request came.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    before: u64,
    is_change: bool,
}

/// Waits until this node has seen the fact that is asked for.
pub async fn at_least(app: &AppState, method: &Method, headers: &HeaderMap) -> Result<Seen, PageError> {
    let wanted = wanted(headers);
    if wanted > app.node().head().seq && !is_seen(app, wanted).await {
        return Err(PageError::from(Problem::Unavailable).retry_after(RETRY_AFTER_S));
    }
    let is_change = !matches!(*method, Method::GET | Method::HEAD);
    Ok(Seen { before: app.node().head().seq, is_change })
}

impl Seen {
    /// Tells the last fact that an answer is true for. A page may be made while facts arrive: it is true for what was
    /// known before.
    pub fn tell(self, app: &AppState, response: &mut Response) {
        let seq = if self.is_change { app.node().head().seq } else { self.before };
        response.headers_mut().insert(SEQ, HeaderValue::from(seq));
        if self.is_change && app.node().is_one_of_several() {
            let secure = if app.settings().https { "; Secure" } else { "" };
            let cookie =
                format!("{COOKIE}={seq}; Path=/; Max-Age={COOKIE_S}; HttpOnly; SameSite=Lax{secure}");
            if let Ok(cookie) = HeaderValue::try_from(cookie) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
        }
    }
}

/// Waits for a fact with a few others; one too many is turned away at once, since anybody may ask for any number.
async fn is_seen(app: &AppState, wanted: u64) -> bool {
    match app.behind().try_acquire() {
        Ok(_place) => app.node().has_seen(wanted, PATIENCE).await,
        Err(_) => false,
    }
}

/// The fact that is asked for; 0 where none is, or what is sent is no number.
fn wanted(headers: &HeaderMap) -> u64 {
    let header =
        headers.get(AT_LEAST).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookie = cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .and_then(|(_, text)| text.parse().ok());
    header.max(cookie).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_header_and_cookie_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(wanted(&headers), 0);
        headers.insert(header::COOKIE, HeaderValue::from_static("kezek=abc; kezek_seq=12"));
        assert_eq!(wanted(&headers), 12);
        headers.insert(AT_LEAST, HeaderValue::from_static("15"));
        assert_eq!(wanted(&headers), 15);
        headers.insert(AT_LEAST, HeaderValue::from_static("soon"));
        assert_eq!(wanted(&headers), 12);
    }
}
