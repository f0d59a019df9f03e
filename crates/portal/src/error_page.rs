//! Pages for what went wrong: what happened, what is still safe, what to do.
//!
//! A handler returns `Err(Problem::NotFound.into())` or any plain answer with an error status;
//! [`in_words`] makes the page of it in the visitor's language.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::ctx::Ctx;
use crate::page;
use crate::texts::text_id;

/// What went wrong with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// 400: the request cannot be understood.
    BadRequest,
    /// 403: this person may not do it, or the form's token is old.
    Forbidden,
    /// 404: there is no such page.
    NotFound,
    /// 409: the state has moved since the page was shown.
    Conflict,
    /// 413: more was sent than is taken.
    TooLarge,
    /// 422: understood, but it cannot be carried out.
    Unprocessable,
    /// 429: too many requests.
    TooMany,
    /// 500: our own fault.
    Internal,
    /// 503: changes are not possible at the moment.
    Unavailable,
}

impl Problem {
    /// All problems.
    pub const ALL: [Self; 9] = [
        Self::BadRequest,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::TooLarge,
        Self::Unprocessable,
        Self::TooMany,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The nearest problem to a status that some other part answered with.
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 | 403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            409 => Self::Conflict,
            413 => Self::TooLarge,
            422 => Self::Unprocessable,
            429 => Self::TooMany,
            502..=504 => Self::Unavailable,
            400..=499 => Self::BadRequest,
            _ => Self::Internal,
        }
    }

    /// Ids of the texts: title, what happened, what is still safe, what to do.
    pub(crate) fn texts(self) -> [&'static str; 4] {
        match self {
            Self::BadRequest => [
                text_id("error-400-title"),
                text_id("error-400-happened"),
                text_id("error-400-safe"),
                text_id("error-400-do"),
            ],
            Self::Forbidden => [
                text_id("error-403-title"),
                text_id("error-403-happened"),
                text_id("error-403-safe"),
                text_id("error-403-do"),
            ],
            Self::NotFound => [
                text_id("error-404-title"),
                text_id("error-404-happened"),
                text_id("error-404-safe"),
                text_id("error-404-do"),
            ],
            Self::Conflict => [
                text_id("error-409-title"),
                text_id("error-409-happened"),
                text_id("error-409-safe"),
                text_id("error-409-do"),
            ],
            Self::TooLarge => [
                text_id("error-413-title"),
                text_id("error-413-happened"),
                text_id("error-413-safe"),
                text_id("error-413-do"),
            ],
            Self::Unprocessable => [
                text_id("error-422-title"),
                text_id("error-422-happened"),
                text_id("error-422-safe"),
                text_id("error-422-do"),
            ],
            Self::TooMany => [
                text_id("error-429-title"),
                text_id("error-429-happened"),
                text_id("error-429-safe"),
                text_id("error-429-do"),
            ],
            Self::Internal => [
                text_id("error-500-title"),
                text_id("error-500-happened"),
                text_id("error-500-safe"),
                text_id("error-500-do"),
            ],
            Self::Unavailable => [
                text_id("error-503-title"),
                text_id("error-503-happened"),
                text_id("error-503-safe"),
                text_id("error-503-do"),
            ],
        }
    }
}

/// A problem on its way to the visitor, with the particular reason where one is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .reason.as_deref().unwrap_or_else(|| .problem.status().canonical_reason().unwrap_or_default()))]
pub struct PageError {
    /// What went wrong.
    pub problem: Problem,
    /// What happened, in the visitor's language; the general sentence when nothing is given.
    pub reason: Option<String>,
    /// When to try again, in seconds (429 and 503).
    pub retry_after_s: Option<u32>,
    /// The whole page in words, where the general sentences do not do.
    pub told: Option<Box<Told>>,
}

/// What a page of a problem says, in the visitor's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The heading.
    pub title: String,
    /// What happened.
    pub happened: String,
    /// What is still safe.
    pub safe: String,
    /// What to do.
    pub what_to_do: String,
    /// The law behind it, how to complain.
    pub notes: Vec<String>,
}

impl PageError {
    /// A problem with its particular reason, a sentence in the visitor's language.
    pub fn because(problem: Problem, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::from(problem) }
    }

    /// With all the words of the page.
    pub fn told(problem: Problem, told: Told) -> Self {
        Self { told: Some(Box::new(told)), ..Self::from(problem) }
    }

    /// Tells when to try again.
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }
}

impl From<Problem> for PageError {
    fn from(problem: Problem) -> Self {
        Self { problem, reason: None, retry_after_s: None, told: None }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.problem.status().into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    ctx: Ctx,
    title: String,
    happened: String,
    safe: String,
    what_to_do: String,
    notes: Vec<String>,
}

/// The page of a problem.
pub fn render(ctx: Ctx, error: &PageError) -> Response {
    let [title, happened, safe, what_to_do] = error.problem.texts().map(|id| ctx.t(id));
    let general = Told { title, happened, safe, what_to_do, notes: Vec::new() };
    let mut told = error.told.as_deref().cloned().unwrap_or(general);
    if let Some(reason) = &error.reason {
        told.happened.clone_from(reason);
    }
    let Told { title, happened, safe, what_to_do, notes } = told;
    page::page_with(error.problem.status(), &ErrorPage { ctx, title, happened, safe, what_to_do, notes })
}

/// Makes a page of an error answer without one. What already is a page or JSON passes unchanged.
pub fn in_words(mut response: Response, ctx: Ctx) -> Response {
    let status = response.status();
    let kind =
        response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("text/html") || kind.contains("json") {
        return response;
    }
    let error = response
        .extensions_mut()
        .remove::<PageError>()
        .unwrap_or_else(|| PageError::from(Problem::of_status(status)));
    let mut page = render(ctx, &error);
    // Keeps `Allow` and `Retry-After`, and a status such as 405 that has no page of its own.
    *page.status_mut() = status;
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers_mut().remove(&name) {
            page.headers_mut().insert(name, value);
        }
    }
    page
}
