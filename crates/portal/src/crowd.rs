//! How many requests are served at once; more are turned away at once, which is cheap, and told when to come back.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::AppState;
use crate::error_page::{PageError, Problem};

/// As many as the node's own queue has places for: memory for them is small, and each is answered within its time.
pub const SERVED_AT_ONCE: usize = 8_192;

/// A layer that turns away what is too much.
pub async fn bound(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let Ok(_place) = app.served().try_acquire() else {
        // One to three seconds at random, so that those turned away do not come back all at once.
        let retry_after_s = 1 + app.node().draw().unwrap_or(0) % 3;
        return PageError::from(Problem::Unavailable).retry_after(retry_after_s).into_response();
    };
    next.run(request).await
}
