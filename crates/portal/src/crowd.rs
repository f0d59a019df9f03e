//! How many requests are served at once; more are turned away at once, which is cheap, and told when to come back.

use tokio::sync::SemaphorePermit;

use crate::app::AppState;
use crate::error_page::{PageError, Problem};

/// As many as the node's own queue has places for: memory for them is small, and each is answered within its time.
pub const SERVED_AT_ONCE: usize = 8_192;

/// Of the commands that were judged together, so many are woken at once to be answered.
pub const ANSWERED_AT_ONCE: usize = 16;

/// A request's place among those that are served; what is too much is turned away.
pub fn enter(app: &AppState) -> Result<SemaphorePermit<'_>, PageError> {
    app.served().try_acquire().map_err(|_| {
        // One to three seconds at random, so that those turned away do not come back all at once.
        let retry_after_s = 1 + app.node().draw().unwrap_or(0) % 3;
        PageError::from(Problem::Unavailable).retry_after(retry_after_s)
    })
}

/// Waits for a turn to answer a command that was judged: whoever looks at a page is not behind all that were judged
/// together.
pub async fn turn(app: &AppState) {
    let _turn = app.answering().acquire().await;
    // Behind those who wait for a processor now.
    tokio::task::yield_now().await;
}
