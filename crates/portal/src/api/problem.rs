//! Errors of the API: problem details by RFC 9457 with the codes of the rules.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kezek_node::SubmitError;
use kezek_rules::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::act::ActError;
use crate::ctx::Ctx;
use crate::error_page::Problem;
use crate::language::Language;
use crate::refused;

/// Problem details (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// Names the kind of problem: `urn:kezek:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in the language asked for.
    pub detail: String,
    /// What is still safe, in the language asked for.
    pub safe: String,
    /// What to do, in the language asked for.
    pub what_to_do: String,
    /// The code: that of a refusal by the law, or one of this interface.
    pub code: String,
    /// The clause or reading behind a refusal by the law.
    pub clause: Option<String>,
    /// The value that is not right.
    pub field: Option<String>,
    /// For whoever writes the calling program: where the body departs from its description, in English.
    pub hint: Option<String>,
    /// The lines of a file that cannot be taken, each with what to do, in the language asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

/// A call that was not carried out. [`in_words`] writes it in the caller's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    refusal: Option<Refusal>,
    field: Option<&'static str>,
    text: Option<&'static str>,
    hint: Option<String>,
    lines: Vec<String>,
    retry_after_s: Option<u32>,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str) -> Self {
        let lines = Vec::new();
        Self { status, code, refusal: None, field: None, text: None, hint: None, lines, retry_after_s: None }
    }

    /// 401.
    pub fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in")
    }

    /// 403: the role does not allow it.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden")
    }

    /// 403: a cookie without its form token.
    pub fn token_missing() -> Self {
        Self { text: Some("api-token-missing"), ..Self::new(StatusCode::FORBIDDEN, "csrf_token_missing") }
    }

    /// 400: no `Idempotency-Key`.
    pub fn key_missing() -> Self {
        Self { text: Some("api-key-missing"), ..Self::new(StatusCode::BAD_REQUEST, "key_missing") }
    }

    /// 404.
    pub fn not_found() -> Self {
        Refusal::NotFound.into()
    }

    /// 422: a value cannot be understood.
    pub fn invalid(field: &'static str, text: &'static str) -> Self {
        let new = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
        Self { field: Some(field), text: Some(text), ..new }
    }

    /// 422: these lines of a file cannot be taken, told in the caller's language.
    pub fn rejected_file(lines: Vec<String>) -> Self {
        let new = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "file_rejected");
        Self { text: Some("api-file-rejected"), lines, ..new }
    }

    /// 429.
    pub fn too_many(retry_after_s: u32) -> Self {
        Self { retry_after_s: Some(retry_after_s), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many") }
    }

    /// 401: IIN and password do not fit.
    pub fn wrong_password() -> Self {
        Self { text: Some("sign-in-wrong"), ..Self::new(StatusCode::UNAUTHORIZED, "wrong_password") }
    }

    /// A body that is not the JSON that was expected.
    pub fn bad_body(status: StatusCode) -> Self {
        Self { text: Some("api-bad-body"), ..Self::of_status(status) }
    }

    /// 400: the body is no JSON, or not of the shape that is described.
    pub fn malformed(hint: String) -> Self {
        Self { hint: Some(hint), ..Self::bad_body(StatusCode::BAD_REQUEST) }
    }

    fn of_status(status: StatusCode) -> Self {
        let code = match status.as_u16() {
            401 => "not_signed_in",
            403 => "forbidden",
            404 => "not_found",
            405 => "method_not_allowed",
            413 => "payload_too_large",
            415 => "unsupported_media_type",
            422 => "invalid",
            429 => "too_many",
            502..=504 => "busy",
            400..=499 => "malformed",
            _ => "internal",
        };
        Self::new(status, code)
    }

    fn details(&self, language: Language) -> ProblemDetails {
        let ctx = Ctx::sample(language, "/");
        // An old view is told of in the words for pages, which know no precondition.
        let problem = match self.status {
            StatusCode::PRECONDITION_FAILED => Problem::Conflict,
            status => Problem::of_status(status),
        };
        let [title, happened, safe, what_to_do] = problem.texts().map(|id| ctx.t(id));
        let (title, detail, safe, what_to_do) = match self.refusal {
            Some(refusal) => (
                ctx.t("refusal-title"),
                refused::happened(&ctx, refusal),
                ctx.t("refusal-safe"),
                refused::what_to_do(&ctx, refusal),
            ),
            None => (title, self.text.map_or(happened, |id| ctx.t(id)), safe, what_to_do),
        };
        ProblemDetails {
            kind: format!("urn:kezek:problem:{}", self.code),
            title,
            status: self.status.as_u16(),
            detail,
            safe,
            what_to_do,
            code: self.code.to_string(),
            clause: self.refusal.and_then(Refusal::clause).map(str::to_string),
            field: self.field.map(str::to_string),
            hint: self.hint.clone(),
            lines: self.lines.clone(),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self { refusal: Some(refusal), ..Self::new(refused::status(refusal), refusal.code()) }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NotFound => Self::not_found(),
            other => Self::of_status(other.status()),
        }
    }
}

impl From<ActError> for ApiError {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Refused(refusal) => refusal.into(),
            ActError::Node(
                SubmitError::Busy { retry_after_s } | SubmitError::Unavailable { retry_after_s },
            ) => Self {
                retry_after_s: Some(retry_after_s),
                ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy")
            },
            ActError::Node(SubmitError::Undecided { retry_after_s }) => {
                let new = Self::new(StatusCode::SERVICE_UNAVAILABLE, "undecided");
                Self { retry_after_s: Some(retry_after_s), text: Some("act-undecided"), ..new }
            }
            ActError::Node(SubmitError::Stopped | SubmitError::Unknown) => {
                let new = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy");
                Self { retry_after_s: Some(5), text: Some("act-unknown"), ..new }
            }
            ActError::Node(SubmitError::KeyReused) => {
                let new = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused");
                Self { text: Some("act-key-reused"), ..new }
            }
            ActError::Node(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            // The store cannot be reached now; the same call with the same key is safe later.
            ActError::People => {
                Self { retry_after_s: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy") }
            }
            ActError::NoKey => Self::key_missing(),
            ActError::Stale => Self::new(StatusCode::PRECONDITION_FAILED, "stale"),
            ActError::Invalid { field, code } => Self::invalid(field, code),
        }
    }
}

impl From<kezek_node::PeopleError> for ApiError {
    fn from(error: kezek_node::PeopleError) -> Self {
        ActError::from(error).into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl utoipa::IntoResponses for ApiError {
    fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
        use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};
        let schema = Ref::from_schema_name("ProblemDetails");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description("Not carried out: problem details (RFC 9457).")
            .content("application/problem+json", content)
            .build();
        [("default".to_string(), response.into())].into()
    }
}

/// Writes an error of the API as problem details, unless it is written already.
pub fn in_words(mut response: Response, language: Language) -> Response {
    let status = response.status();
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM_JSON) {
        return response;
    }
    let error = response.extensions_mut().remove::<ApiError>().unwrap_or_else(|| ApiError::of_status(status));
    let Ok(body) = serde_json::to_vec(&error.details(language)) else { return response };
    let fixed = [(header::CONTENT_TYPE, PROBLEM_JSON), (header::CONTENT_LANGUAGE, language.code())];
    let mut answer = (status, fixed, body).into_response();
    if let Some(seconds) = error.retry_after_s {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers_mut().remove(&name) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

const PROBLEM_JSON: &str = "application/problem+json";
