//! The kindergarten's desk (254/24.2, 254/25, 254/31–34): groups, places, referrals.

use crate::routes::Routes;

/// All addresses of the kindergarten's desk.
pub fn routes() -> Routes {
    Routes::default()
}
