//! Hearing that sessions, accounts or people were changed, and knowing up to when nothing was missed.
//!
//! A trigger tells whose rows a transaction changed (`migrations/postgres/0002_people.sql`). Notices come in the order of
//! commits, so whoever hears a mark of its own has heard all that was committed before. A connection that is dead
//! without a word, or led through something that loses notices, brings no marks.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgNotification, PgPoolOptions};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{ANSWER_WITHIN, Store, WAIT_FOR_CONNECTION};
use crate::PeopleNews;
use crate::row::given;

const CHANNEL: &str = "kezek_people";
const MARK_EVERY: Duration = Duration::from_secs(1);
/// A mark need not be on any disk: it must not wait for a standby.
const SEND_MARK: &str = "SELECT set_config('synchronous_commit', 'off', true), pg_notify('kezek_people', $1)";

/// Follows the changes of sessions, accounts and people.
#[derive(Debug)]
pub struct FollowPeople {
    store: Store,
    ears: Option<Ears>,
}

#[derive(Debug)]
struct Ears {
    listener: PgListener,
    /// What this listener alone sends.
    mark: String,
    /// When the mark that has not come back yet was sent.
    sent: Option<Instant>,
    /// When to send the next mark, or to give up one that was sent.
    deadline: Instant,
}

impl Store {
    pub fn follow_people(&self) -> FollowPeople {
        FollowPeople { store: self.clone(), ears: None }
    }
}

impl FollowPeople {
    /// The next news; none once the journal is closed.
    pub async fn next(&mut self) -> Option<PeopleNews> {
        let mut closed = self.store.pool.close_event();
        closed.do_until(self.news()).await.ok()
    }

    async fn news(&mut self) -> PeopleNews {
        let Some(ears) = &mut self.ears else {
            return match timeout(ANSWER_WITHIN, Ears::open(&self.store)).await {
                Ok(Ok(ears)) => {
                    self.ears = Some(ears);
                    PeopleNews::Anybody
                }
                _ => {
                    sleep(MARK_EVERY).await;
                    PeopleNews::Unheard
                }
            };
        };
        match ears.news().await {
            Ok(news) => news,
            Err(Lost) => {
                self.ears = None;
                PeopleNews::Unheard
            }
        }
    }
}

struct Lost;

impl Ears {
    /// A connection of its own: readers may hold all others.
    async fn open(store: &Store) -> Result<Self, sqlx::Error> {
        let options = PgConnectOptions::clone(&store.pool.connect_options()).application_name("kezek people");
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(WAIT_FOR_CONNECTION)
            .connect_lazy_with(options);
        let mut listener = PgListener::connect_with(&pool).await?;
        // A lost connection is told of, not mended in silence.
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        let mark = format!("mark {:016x}", RandomState::new().build_hasher().finish());
        Ok(Self { listener, mark, sent: None, deadline: Instant::now() })
    }

    async fn news(&mut self) -> Result<PeopleNews, Lost> {
        loop {
            match timeout_at(self.deadline, self.listener.try_recv()).await {
                Ok(Ok(Some(notice))) => {
                    if let Some(news) = self.read(&notice) {
                        return Ok(news);
                    }
                }
                Ok(_) => return Err(Lost),
                Err(_) if self.sent.is_some() => return Err(Lost),
                Err(_) => self.send_mark().await?,
            }
        }
    }

    /// What a notice says; nothing if it is another node's mark.
    fn read(&mut self, notice: &PgNotification) -> Option<PeopleNews> {
        let text = notice.payload();
        if text == self.mark {
            let sent = self.sent.take()?;
            self.deadline = sent + MARK_EVERY;
            return Some(PeopleNews::HeardUntil(sent.into_std()));
        }
        if text.starts_with("mark ") {
            return None;
        }
        Some(text.parse().map_or(PeopleNews::Anybody, |owner| PeopleNews::Of(given(owner))))
    }

    async fn send_mark(&mut self) -> Result<(), Lost> {
        let now = Instant::now();
        (self.sent, self.deadline) = (Some(now), now + ANSWER_WITHIN);
        let send = sqlx::query(SEND_MARK).bind(&self.mark).execute(&mut self.listener);
        match timeout_at(self.deadline, send).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(Lost),
        }
    }
}
