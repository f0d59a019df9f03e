//! Other processes beside this one: locks by name, who works with a journal, and hearing of what others do.

use crate::{PeopleNews, StoreError, postgres};

/// A lock by name; see [`crate::Journal::lock`].
#[derive(Debug)]
pub struct NamedLock {
    pub(crate) _held: Option<postgres::NamedLock>,
}

/// With whom a process works with one journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// Any number of nodes beside each other.
    Nodes,
    /// Nobody else, for work that others would spoil or be spoilt by.
    Alone,
}

/// A process among those that work with one journal; see [`crate::Journal::presence`].
#[derive(Debug)]
pub struct Presence {
    pub(crate) held: Option<postgres::Presence>,
}

impl Presence {
    /// The clock of the database's server in microseconds since 1970 UTC; none on SQLite, which has no other clock than
    /// this machine's. Keeps the presence too, so it must be asked now and then: a connection that was lost is made anew.
    pub async fn server_time_us(&mut self) -> Result<Option<i64>, StoreError> {
        match &mut self.held {
            None => Ok(None),
            Some(held) => Ok(Some(held.server_time_us().await?)),
        }
    }

    /// Ends the presence. Dropped instead, it ends when the server sees that the connection is gone.
    pub async fn release(self) {
        if let Some(held) = self.held {
            held.release().await;
        }
    }
}

/// Hears of what other processes append.
#[derive(Debug)]
pub struct Follow {
    pub(crate) follow: postgres::Follow,
}

impl Follow {
    /// Waits until the head may have moved, a second at most, and returns its number as far as known. While the store
    /// is out of reach it waits.
    pub async fn next(&mut self) -> u64 {
        self.follow.next().await
    }
}

/// Hears of changed sessions, accounts and people.
#[derive(Debug)]
pub struct FollowPeople {
    pub(crate) follow: postgres::FollowPeople,
}

impl FollowPeople {
    /// Waits for the next news, about a second at most while the store can be reached; none once the journal is closed.
    pub async fn next(&mut self) -> Option<PeopleNews> {
        self.follow.next().await
    }
}
