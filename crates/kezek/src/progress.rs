//! Progress of long work, on the terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar with what is being done; hidden where nobody looks.
pub fn bar(doing: &'static str, length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(doing);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
