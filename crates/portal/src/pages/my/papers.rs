//! Papers that come with a form: checked by their content, kept even when the form has mistakes elsewhere.

use kezek_node::Found;
use kezek_records::{Document, DocumentError, Label, accept_document, random_id};

use crate::act::ActError;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::form::Field;
use crate::posted::{Paper, Posted};

/// The fields for papers with what they are about.
pub const PURPOSES: [(&str, &str); 2] = [("paper-benefit", "benefit"), ("paper-conclusion", "conclusion")];

/// The papers of a form.
#[derive(Default)]
pub struct Papers {
    /// The ids of papers that are kept, old and new.
    pub ids: Vec<u64>,
    /// Their names.
    pub names: Vec<String>,
    /// Their purposes.
    pub purposes: Vec<String>,
    /// The fields, with what is wrong with the files that were refused.
    pub fields: Vec<Field>,
}

impl Papers {
    /// No papers yet.
    pub fn none() -> Self {
        Self { fields: PURPOSES.map(|(field, _)| Field::new(field)).to_vec(), ..Self::default() }
    }

    /// Takes the papers of a form: what is right is kept as the person's own until it goes with an application.
    pub async fn take(
        app: &AppState,
        ctx: &Ctx,
        person: u64,
        now_us: i64,
        posted: &Posted,
    ) -> Result<Self, ActError> {
        let (people, mut papers) = (app.people(), Self::none());
        for id in posted.field("document").values {
            let Ok(id) = u64::from_str_radix(&id, 16) else { continue };
            // Only one's own papers: an id of somebody else's is left out.
            if let Some(found) = people.get::<Document>(id).await?.filter(|found| found.owner == Some(person))
            {
                papers.note(id, &found);
            }
        }
        for paper in &posted.papers {
            let Some((at, purpose)) = purpose_of(paper) else { continue };
            if !app.limits().paper(person) {
                if let Some(field) = papers.fields.get_mut(at) {
                    field.refuse(format!("{}: {}", paper.name, ctx.t("paper-too-many")));
                }
                continue;
            }
            match accept_document(&paper.name, &paper.declared, &paper.bytes, purpose, None) {
                Err(error) => {
                    if let Some(field) = papers.fields.get_mut(at) {
                        field.refuse(format!("{}: {}", paper.name, ctx.t(wrong(error))));
                    }
                }
                Ok(document) => {
                    let id = random_id()?;
                    let label = Label { id, owner: Some(person), created_us: now_us, expires_us: None };
                    people.write(people.put_document(label, &document, &paper.bytes)?).await?;
                    papers.note(id, &Found { id, owner: Some(person), created_us: now_us, record: document });
                }
            }
        }
        Ok(papers)
    }

    fn note(&mut self, id: u64, found: &Found<Document>) {
        self.ids.push(id);
        self.names.push(found.record.name.clone());
        self.purposes.push(found.record.purpose.clone());
    }

    /// Whether every file was right.
    pub fn is_right(&self) -> bool {
        self.fields.iter().all(|field| field.error.is_none())
    }
}

fn purpose_of(paper: &Paper) -> Option<(usize, &'static str)> {
    PURPOSES
        .iter()
        .enumerate()
        .find(|(_, (field, _))| *field == paper.field)
        .map(|(at, (_, purpose))| (at, *purpose))
}

fn wrong(error: DocumentError) -> &'static str {
    match error {
        DocumentError::Empty => "paper-wrong-empty",
        DocumentError::TooLarge => "paper-wrong-large",
        DocumentError::Type => "paper-wrong-type",
        DocumentError::Lies { .. } => "paper-wrong-lies",
    }
}
