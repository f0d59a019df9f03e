//! What a change is sent as: JSON of the described shape, under an idempotency key.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::act::Once;
use crate::api::problem::ApiError;

/// The header whose value makes sending a change twice harmless.
pub const KEY_HEADER: &str = "idempotency-key";
/// The most characters of a key.
pub const KEY_CHARACTERS_MAX: usize = 128;

/// The body of a change and what a second sending of it is known by.
#[derive(Clone, Debug)]
pub struct Sent<T> {
    /// What was sent.
    pub body: T,
    /// The key, and all that was sent under it.
    pub once: Once,
}

/// The body of a change that needs no values: nothing, or `{}`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let key = key(request.headers())?;
        let what = format!("{} {}\n", request.method(), request.uri().path());
        let (is_json, bytes) = read(request, state).await?;
        let body = parse(is_json, &bytes)?;
        Ok(Self { body, once: Once { key, body: [what.as_bytes(), &bytes].concat() } })
    }
}

/// The body of a call that changes nothing in the journal and so needs no key.
#[derive(Clone, Debug)]
pub struct Plain<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Plain<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let (is_json, bytes) = read(request, state).await?;
        parse(is_json, &bytes).map(Self)
    }
}

/// The key of a change.
pub fn key(headers: &HeaderMap) -> Result<String, ApiError> {
    let key = headers.get(KEY_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    let is_right = !key.is_empty() && key.chars().count() <= KEY_CHARACTERS_MAX;
    if is_right { Ok(key.to_string()) } else { Err(ApiError::key_missing()) }
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<(bool, Bytes), ApiError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = kind.is_some_and(|kind| {
        kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
    });
    let bytes = Bytes::from_request(request, state).await;
    Ok((is_json, bytes.map_err(|rejection| ApiError::bad_body(rejection.status()))?))
}

fn parse<T: DeserializeOwned>(is_json: bool, bytes: &[u8]) -> Result<T, ApiError> {
    if bytes.is_empty() {
        return serde_json::from_slice(b"{}").map_err(|error| ApiError::malformed(error.to_string()));
    }
    if !is_json {
        return Err(ApiError::bad_body(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    serde_json::from_slice(bytes).map_err(|error| ApiError::malformed(error.to_string()))
}
