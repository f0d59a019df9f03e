//! Whether this node is ready, for the proxy in front of it: no page, and it tells nothing else.

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get};
use tokio::sync::Mutex;

use crate::app::AppState;

/// The address.
pub const PATH: &str = "/ready";
/// Whoever asks more often than this gets the last answer: anybody may ask, and each look costs the store a question.
const KEPT: Duration = Duration::from_millis(500);

/// The last look.
#[derive(Debug, Default)]
pub struct Looked(Mutex<Option<(Instant, bool)>>);

/// What answers. It belongs beside the layers: a node that has too much to do is ready all the same.
pub fn answer(app: AppState) -> MethodRouter {
    get(ready).with_state(app)
}

async fn ready(State(app): State<AppState>) -> impl IntoResponse {
    let mut looked = app.looked().0.lock().await;
    let is_ready = match *looked {
        Some((at, is_ready)) if at.elapsed() < KEPT => is_ready,
        _ => {
            let is_ready = app.node().is_ready().await;
            *looked = Some((Instant::now(), is_ready));
            is_ready
        }
    };
    let (status, text) = match is_ready {
        true => (StatusCode::OK, "ready\n"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
    };
    (status, [(header::CACHE_CONTROL, "no-store")], text)
}
