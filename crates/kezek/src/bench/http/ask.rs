//! What browsers and programs ask the portal for, and what its answers mean.

use anyhow::{Result, bail};
use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::Full;
use serde::Deserialize;

use super::client::Asked;
use super::people::Visitor;
use crate::bench::rush::{Answer, Claim};

/// How a claim is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As JSON, with the session's cookie and its token in a header.
    Api,
    /// As the form of a page, with the session's cookie and its token in a field.
    Page,
}

/// The smallest answer that needs a session.
pub fn session(visitor: &Visitor) -> Result<Asked> {
    get("/api/v1/sessions/current", visitor)
}

/// One's own application: both numbers and why they moved.
pub fn application(visitor: &Visitor, application: u32) -> Result<Asked> {
    get(&format!("/api/v1/applications/{}", application + 1), visitor)
}

/// The same as a page for people.
pub fn page(visitor: &Visitor, application: u32) -> Result<Asked> {
    get(&format!("/kk/my/{}", application + 1), visitor)
}

/// The list of places of one's own application, as a page.
pub fn places(visitor: &Visitor, application: u32) -> Result<Asked> {
    get(&format!("/kk/my/{}/places", application + 1), visitor)
}

pub fn claim(way: Way, visitor: &Visitor, claim: Claim) -> Result<Asked> {
    let Claim { application, vacancy, key } = claim;
    let number = application + 1;
    let request = Request::builder()
        .method(Method::POST)
        .header(header::HOST, "localhost")
        .header(header::COOKIE, &visitor.cookie);
    let asked = match way {
        Way::Api => request
            .uri(format!("/api/v1/applications/{number}/claim"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-csrf-token", &visitor.csrf)
            .header("idempotency-key", format!("run-{key}"))
            .body(Full::from(format!("{{\"vacancy\":{vacancy}}}"))),
        Way::Page => request
            .uri(format!("/kk/my/{number}/places/{vacancy}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(format!("csrf={}&key=run-{key}&seen=", visitor.csrf))),
    };
    Ok(asked?)
}

fn get(path: &str, visitor: &Visitor) -> Result<Asked> {
    let request = Request::builder()
        .uri(path)
        .header(header::HOST, "localhost")
        .header(header::COOKIE, &visitor.cookie);
    Ok(request.body(Full::default())?)
}

/// Only what is needed of the problem details.
#[derive(Deserialize)]
struct Problem {
    code: String,
}

/// What the answer to a claim means. A page tells people why it refuses, and the benchmark only that it does.
pub fn meaning(way: Way, status: StatusCode, body: &Bytes) -> Result<Answer> {
    let code = match (way, status) {
        (Way::Api, StatusCode::OK) | (Way::Page, StatusCode::SEE_OTHER) => return Ok(Answer::Given),
        (Way::Page, StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::FORBIDDEN) => {
            return Ok(Answer::Refused);
        }
        (Way::Api, _) => serde_json::from_slice::<Problem>(body).map(|problem| problem.code).ok(),
        (Way::Page, _) => None,
    };
    Ok(match code.as_deref() {
        Some("place_taken") => Answer::PlaceTaken,
        Some("no_access") => Answer::NoAccess,
        Some("live_referral") => Answer::LiveReferral,
        _ => bail!("a claim was answered with {status}: {}", String::from_utf8_lossy(body)),
    })
}
