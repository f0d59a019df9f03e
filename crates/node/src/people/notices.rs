//! Notices in the personal account, and who looked at whose data.

use kezek_calendar::Instant;
use kezek_journal::{OutboxItem, PrivateWrite};
use kezek_records::{AccessEntry, Erased, Label, Language, Notice, random_id};
use kezek_rules::ids::ParentKey;

use super::{Found, People};
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
        let mut changes: Vec<PrivateWrite> = Vec::with_capacity(lot.len());
        let mut failed = Vec::new();
        for item in lot {
            let Ok(messages) = serde_json::from_str::<Vec<Message>>(&item.payload) else {
                tracing::error!(id = item.id, "messages of the outbox cannot be read by this version");
                failed.push(item.id);
                continue;
            };
            let mut all_delivered = true;
            for message in messages {
                let Some(ParentKey(to)) = family(&message) else { continue };
                // What was delivered at an earlier try may have been read since.
                if item.attempts > 1
                    && self.get::<Notice>(message.id()).await.is_ok_and(|there| there.is_some())
                {
                    continue;
                }
                match self.delivered(message, to).await {
                    Ok(change) => changes.extend(change),
                    Err(PeopleError::Unseal(error)) => {
                        tracing::error!(id = item.id, %error, "a message was not delivered; it is tried again");
                        all_delivered = false;
                    }
                    Err(error) => return Err(error),
                }
            }
            if !all_delivered {
                failed.push(item.id);
            }
        }
        self.write(changes).await?;
        Ok(failed)
    }

    /// The notice of one message; nothing for somebody who is erased.
    async fn delivered(&self, message: Message, to: u64) -> Result<Option<PrivateWrite>, PeopleError> {
        if self.get::<Erased>(to).await?.is_some() {
            return Ok(None);
        }
        let language = self.contacts(to).await?.map_or_else(Language::default, |found| found.record.language);
        let id = message.id();
        let notice = notice(message, to, language);
        Ok(Some(self.put(notice_label(id, &notice), &notice)?))
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
