//! A witness: its logs, its key and its memory.

use std::path::Path;

use kezek_registry::{PublicKey, SecretKey};

use crate::{
    judge::{self, Answer, Evidence, Head, Logs, Refusal},
    request::Request,
    store::{self, FirstUse, Store, StoreError},
};

/// A witness without its network.
#[derive(Debug)]
pub struct Witness {
    key: SecretKey,
    logs: Logs,
    store: Store,
}

impl Witness {
    /// Opens the witness of this name in a directory, or makes one in an empty directory.
    pub fn open(root: &Path, name: &str, logs: Logs, first_use: FirstUse) -> Result<Self, StoreError> {
        let origins: Vec<&str> = logs.origins().collect();
        let (store, key) = Store::open(root, name, &origins, first_use)?;
        // It would take its own cosignatures for the log's signatures.
        if let Some(log) = logs.keys().find(|log| log.bytes() == key.public().bytes()) {
            return Err(StoreError::OwnKey(log.name().to_owned()));
        }
        Ok(Self { key, logs, store })
    }

    /// The key that others verify its cosignatures with.
    pub fn key(&self) -> &PublicKey {
        self.key.public()
    }

    /// Answers `add-checkpoint` at `now`, in seconds since 1970. What it signs is on the disk when this returns.
    pub fn add_checkpoint(&self, body: &[u8], now: u64) -> Result<Answer, StoreError> {
        let request = match judge::admit(&self.logs, body) {
            Ok(request) => request,
            Err(refusal) => return Ok(Answer::refused(&refusal)),
        };
        let origin = request.checkpoint.origin.as_str();
        let mut evidence = None;
        let decided = self.store.change(origin, |recorded| {
            judge::judge(&self.key, &self.logs, recorded, &request, now).inspect_err(|refusal| {
                evidence = judge::evidence(refusal, recorded, &request).map(|kind| (kind, recorded.cloned()));
            })
        })?;
        if let Some((kind, recorded)) = evidence {
            self.keep(kind, recorded.as_ref(), &request, body);
        }
        Ok(match decided {
            Ok(head) => Answer::cosigned(&head),
            Err(refusal) => {
                if refusal == Refusal::Clock {
                    tracing::error!(origin, now, "the clock is behind the latest cosignature; set it");
                }
                Answer::refused(&refusal)
            }
        })
    }

    /// The latest cosigned checkpoint of the log whose origin has this SHA-256, in hexadecimal.
    pub fn checkpoint(&self, origin_hash: &str) -> Result<Option<Head>, StoreError> {
        let found = self.logs.origins().find(|origin| store::hex(origin) == origin_hash);
        found.map_or(Ok(None), |origin| self.store.head(origin))
    }

    /// Evidence that cannot be kept is still told to the operator.
    fn keep(&self, kind: Evidence, recorded: Option<&Head>, request: &Request, body: &[u8]) {
        let (origin, size) = (request.checkpoint.origin.as_str(), request.checkpoint.size);
        match kind {
            Evidence::Fork => tracing::error!(
                origin,
                size,
                "the log has signed two histories; publish the files in the evidence folder"
            ),
            Evidence::Unproved => {
                tracing::warn!(
                    origin,
                    size,
                    "a signed checkpoint was not shown to continue the recorded one"
                );
            }
        }
        let kept = self.store.keep(origin, kind, recorded, &request.note, body);
        if let Err(error) = kept {
            tracing::error!(origin, %error, "the refused request could not be kept");
        }
    }
}
