//! Notices in the personal account, and who looked at whose data.

use std::collections::{HashMap, HashSet};

use kezek_calendar::Instant;
use kezek_journal::{OutboxItem, PrivateWrite};
use kezek_records::{AccessEntry, Contacts, Erased, Label, Language, Notice, Record, random_id};
use kezek_rules::ids::ParentKey;

use super::{Found, People, is_kept};
use crate::error::PeopleError;
use crate::message::Message;

impl People {
    /// A person's notices, oldest first. Parameters: `application` (its number) and those of the cause, as `until`,
    /// `reason`, `organisation`, `number`, `at` (the time of the cause).
    pub async fn notices(&self, person: u64) -> Result<Vec<Found<Notice>>, PeopleError> {
        self.owned(person).await
    }

    /// Notes that a notice was read.
    pub async fn mark_read(&self, notice: Found<Notice>, at: Instant) -> Result<(), PeopleError> {
        let Found { id, owner, created_us, mut record } = notice;
        record.read_us.get_or_insert(at.as_micros());
        self.write(vec![self.put(Label { id, owner, created_us, expires_us: None }, &record)?]).await
    }

    /// A notice that no fact causes, such as a new sign-in.
    pub async fn notify(&self, notice: &Notice) -> Result<(), PeopleError> {
        let label = notice_label(random_id()?, notice);
        self.write(vec![self.put(label, notice)?]).await
    }

    /// Notes a look at a person's data.
    pub async fn note_access(&self, entry: &AccessEntry) -> Result<(), PeopleError> {
        let label =
            Label { id: random_id()?, owner: Some(entry.whose), created_us: entry.when_us, expires_us: None };
        self.write(vec![self.put(label, entry)?]).await
    }

    /// Who looked at a person's data, oldest first.
    pub async fn accesses(&self, person: u64) -> Result<Vec<Found<AccessEntry>>, PeopleError> {
        self.owned(person).await
    }

    /// Puts messages of the outbox into the personal accounts of the families. A message delivered twice is one notice,
    /// since its id is the message's. Returns the ids of rows with a message that cannot be delivered because a record
    /// of its family does not open; it holds up no other.
    pub(crate) async fn deliver(
        &self,
        lot: &[OutboxItem],
        family: impl Fn(&Message) -> Option<ParentKey>,
    ) -> Result<Vec<u64>, PeopleError> {
        let mut failed = Vec::new();
        let mut told: Vec<(&OutboxItem, Message, u64)> = Vec::new();
        for item in lot {
            let Ok(messages) = serde_json::from_str::<Vec<Message>>(&item.payload) else {
                tracing::error!(id = item.id, "messages of the outbox cannot be read by this version");
                failed.push(item.id);
                continue;
            };
            let to = |message: Message| family(&message).map(|ParentKey(to)| (item, message, to));
            told.extend(messages.into_iter().filter_map(to));
        }
        let families = Families::of(self, told.iter().map(|(.., to)| *to).collect()).await?;
        let again: Vec<u64> =
            told.iter().filter(|(item, ..)| item.attempts > 1).map(|(_, message, _)| message.id()).collect();
        // What was delivered at an earlier try may have been read since.
        let there = self.ids_kept::<Notice>(&again).await?;
        let mut changes: Vec<PrivateWrite> = Vec::with_capacity(told.len());
        for (item, message, to) in told {
            if there.contains(&message.id()) || families.erased.contains(&to) {
                continue;
            }
            if families.closed.contains(&to) {
                tracing::error!(id = item.id, "a family's record does not open; its message is tried again");
                failed.push(item.id);
                continue;
            }
            let id = message.id();
            let notice = notice(message, to, families.languages.get(&to).copied().unwrap_or_default());
            changes.push(self.put(notice_label(id, &notice), &notice)?);
        }
        self.write(changes).await?;
        failed.dedup();
        Ok(failed)
    }

    /// Which of these ids have a record of a kind.
    async fn ids_kept<R: Record>(&self, ids: &[u64]) -> Result<HashSet<u64>, PeopleError> {
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let rows = self.journal.private_all(R::KIND, ids).await?;
        Ok(rows.into_iter().filter(is_kept).map(|row| row.id).collect())
    }
}

/// What is known of the families of a lot.
struct Families {
    /// They are told nothing any more.
    erased: HashSet<u64>,
    languages: HashMap<u64, Language>,
    /// Their contacts do not open.
    closed: HashSet<u64>,
}

impl Families {
    async fn of(people: &People, mut ids: Vec<u64>) -> Result<Self, PeopleError> {
        ids.sort_unstable();
        ids.dedup();
        let erased = people.ids_kept::<Erased>(&ids).await?;
        let (mut languages, mut closed) = (HashMap::new(), HashSet::new());
        for row in people.journal.private_all(Contacts::KIND, &ids).await?.into_iter().filter(is_kept) {
            let id = row.id;
            match people.open::<Contacts>(row) {
                Ok(found) => {
                    languages.insert(id, found.record.language);
                }
                Err(_) => {
                    closed.insert(id);
                }
            }
        }
        Ok(Self { erased, languages, closed })
    }
}

fn notice(message: Message, to: u64, language: Language) -> Notice {
    let Message { application, kind, at_us, mut parameters, .. } = message;
    parameters.insert("application".into(), application.to_string());
    parameters.insert("at".into(), Instant::from_micros(at_us).to_string());
    Notice { to, kind: kind.code().to_owned(), language, parameters, created_us: at_us, read_us: None }
}

fn notice_label(id: u64, notice: &Notice) -> Label {
    Label { id, owner: Some(notice.to), created_us: notice.created_us, expires_us: None }
}
