//! Documents that people hand in.

use kezek_journal::PrivateWrite;
use kezek_records::{Document, Label, Record, SealError, open_document_bytes, seal_document_bytes};

use super::{Found, People, is_kept, row, sealed};
use crate::error::PeopleError;

impl People {
    /// A document and its bytes as changes, for the command they belong to; the label's owner is the person it is about.
    pub fn put_document(
        &self,
        label: Label,
        document: &Document,
        bytes: &[u8],
    ) -> Result<Vec<PrivateWrite>, SealError> {
        let sealed = seal_document_bytes(&self.keys, label, bytes)?;
        Ok(vec![self.insert(label, document)?, PrivateWrite::Insert(row(sealed))])
    }

    /// The documents about a person, oldest first.
    pub async fn documents(&self, person: u64) -> Result<Vec<Found<Document>>, PeopleError> {
        self.owned(person).await
    }

    /// A document with its bytes.
    pub async fn document(&self, id: u64) -> Result<Option<(Found<Document>, Vec<u8>)>, PeopleError> {
        let Some(document) = self.get::<Document>(id).await? else { return Ok(None) };
        let bytes = self.journal.private(&bytes_kind(), id).await?;
        let Some(bytes) = bytes.filter(is_kept) else { return Ok(None) };
        Ok(Some((document, open_document_bytes(&self.keys, &sealed(bytes))?.to_vec())))
    }

    /// The deletion of a document, as changes.
    pub fn delete_document(&self, id: u64) -> Vec<PrivateWrite> {
        [Document::KIND.into(), bytes_kind()].map(|kind| PrivateWrite::Delete { kind, id }).into()
    }
}

/// The kind of the rows that hold bytes; see the table of `kezek_records`.
fn bytes_kind() -> String {
    format!("{}_bytes", Document::KIND)
}
