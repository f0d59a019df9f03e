//! Taking in an application: the people, the papers, the command. For families and for the office alike.

use kezek_calendar::Date;
use kezek_node::{Accepted, Found, People, PeopleError, PrivateChanges, PrivateWrite, SubmitError};
use kezek_records::{ApplicationPrivate, ChildRecord, Contacts, Document, Label, Notice, Person, SealError};
use kezek_rules::benefit::Benefit;
use kezek_rules::command::{Conclusion, Entry, IinCheck, QueueChoice, Submit};
use kezek_rules::ids::{ApplicationId, ChildKey, ParentKey};
use kezek_rules::notice::MessageKind;
use kezek_rules::{Command, Event, Fact, Refusal};

use crate::act::{ActError, Once};
use crate::app::AppState;
use crate::rights::Action;
use crate::who::Who;

/// The code of papers that are a conclusion (254/17).
pub const CONCLUSION: &str = "conclusion";

/// Everything of a new application.
pub struct Applying {
    /// What for.
    pub queue: QueueChoice,
    /// The child.
    pub child: Person,
    /// The child's birth date.
    pub born: Date,
    /// Number of the birth certificate.
    pub certificate: Option<String>,
    /// The parent.
    pub parent: Parent,
    /// Home address.
    pub address: String,
    /// Claimed benefits.
    pub benefits: Vec<Benefit>,
    /// Their grounds in words.
    pub grounds: Option<String>,
    /// A note of the applicant.
    pub note: Option<String>,
    /// Papers that were uploaded before.
    pub papers: Vec<u64>,
    /// How it comes.
    pub entry: Entry,
}

/// The parent of a new application.
pub enum Parent {
    /// A person who is known.
    Known(u64),
    /// A person who came to the office, known or not, and whether originals of a conclusion were shown there.
    AtOffice(Box<Person>, Box<Contacts>, Conclusion),
}

/// Registers an application with all its private rows, or tells why not.
pub async fn apply(app: &AppState, who: &Who, once: &Once, applying: Applying) -> Result<Accepted, ActError> {
    // A child or parent who became known between the look and the writing is found at the second look.
    let answer = match try_apply(app, who, once, &applying).await {
        Err(ActError::Node(SubmitError::PrivateTaken { .. })) => try_apply(app, who, once, &applying).await,
        other => other,
    };
    if let Err(ActError::Refused(refusal)) = &answer
        && let Err(error) = tell_of_refusal(app, &applying.parent, *refusal).await
    {
        tracing::error!(%error, "an applicant could not be told of a refusal");
    }
    answer
}

/// The reasoned refusal in the personal account of an applicant who is known (254/6, R3.26).
async fn tell_of_refusal(app: &AppState, parent: &Parent, refusal: Refusal) -> Result<(), PeopleError> {
    let people = app.people();
    let to = match parent {
        Parent::Known(id) => Some(*id),
        Parent::AtOffice(person, ..) => people.find(&person.iin).await?.map(|known| known.id),
    };
    let Some(to) = to else { return Ok(()) };
    let language = people.contacts(to).await?.map(|found| found.record.language);
    let notice = Notice {
        to,
        kind: MessageKind::Refused.code().to_string(),
        language: language.unwrap_or_default(),
        parameters: [("reason".to_string(), refusal.code().to_string())].into(),
        created_us: app.now().as_micros(),
        read_us: None,
    };
    people.notify(&notice).await
}

async fn try_apply(
    app: &AppState,
    who: &Who,
    once: &Once,
    applying: &Applying,
) -> Result<Accepted, ActError> {
    let people = app.people().clone();
    let now_us = app.now().as_micros();
    check_provider(who, applying)?;
    let (parent, mut rows) = parent(&people, &applying.parent, now_us).await?;
    let known = people.find(&applying.child.iin).await?;
    if let (Some(known), Parent::Known(_)) = (&known, &applying.parent) {
        check_same(&known.record, &applying.child, applying.born)?;
    }
    let child = known.as_ref().map_or_else(kezek_records::random_id, |known| Ok(known.id))?;
    rows.extend(child_rows(&people, applying, known.is_none(), child, parent, now_us).await?);
    let papers = papers(&people, &applying.papers, parent, child, now_us).await?;
    let was_shown = matches!(&applying.parent, Parent::AtOffice(_, _, Conclusion::OnFile));
    // R4.34.
    let is_handed_in = papers.iter().any(|paper| paper.document.purpose == CONCLUSION);
    let submit = Submit {
        queue: applying.queue.clone(),
        child: ChildKey(child),
        parent: ParentKey(parent),
        born: applying.born,
        iin: IinCheck::Valid,
        benefits: applying.benefits.clone(),
        conclusion: if was_shown || is_handed_in { Conclusion::OnFile } else { Conclusion::None },
        draw: app.node().draw().map_err(|_| ActError::People)?,
        entry: applying.entry.clone(),
    };
    let private = ApplicationPrivate {
        child,
        parent,
        address: applying.address.clone(),
        grounds: applying.grounds.clone(),
        note: applying.note.clone(),
    };
    let made = PrivateChanges::from_facts(move |facts| {
        let mut rows = rows.clone();
        if let Some(id) = registered(facts) {
            let label = label(u64::from(id.0), child, now_us);
            rows.push(people.put(label, &private)?);
            for paper in &papers {
                rows.extend(paper.rows(&people, id)?);
            }
        }
        Ok(rows)
    });
    app.act_with(who, once, Command::Submit(submit), made).await
}

/// R3.14, 254/17: a fourth registration and a conclusion that was shown are entered by the provider alone.
fn check_provider(who: &Who, applying: &Applying) -> Result<(), ActError> {
    let is_shown = matches!(&applying.parent, Parent::AtOffice(_, _, Conclusion::OnFile));
    let is_let_through = matches!(applying.entry, Entry::Override(_));
    let may = Action::ConfirmPapers.is_allowed(Some(&who.roles));
    match (is_shown || is_let_through) && !may {
        true => Err(ActError::Invalid { field: "act", code: "office-provider-only" }),
        false => Ok(()),
    }
}

/// Whoever types an IIN must know whose it is: otherwise a stranger would learn the name behind it. At the office
/// the clerk sees the certificate.
fn check_same(known: &Person, typed: &Person, born: Date) -> Result<(), ActError> {
    let is_same = known.has_name_of(typed) && known.birth_date.is_none_or(|known| known == born);
    if is_same {
        Ok(())
    } else {
        Err(ActError::Invalid { field: "child.iin", code: "apply-iin-known-otherwise" })
    }
}

fn registered(facts: &[Fact]) -> Option<ApplicationId> {
    facts.iter().find_map(|fact| match fact.event {
        Event::Registered { application, .. } => Some(application),
        _ => None,
    })
}

fn label(id: u64, owner: u64, created_us: i64) -> Label {
    Label { id, owner: Some(owner), created_us, expires_us: None }
}

async fn parent(people: &People, parent: &Parent, now_us: i64) -> Result<(u64, Vec<PrivateWrite>), ActError> {
    let (person, contacts) = match parent {
        Parent::Known(id) => return Ok((*id, Vec::new())),
        Parent::AtOffice(person, contacts, _) => (person, contacts),
    };
    if let Some(known) = people.find(&person.iin).await? {
        return Ok((known.id, Vec::new()));
    }
    let id = kezek_records::random_id()?;
    let label = label(id, id, now_us);
    Ok((id, vec![people.insert(label, person.as_ref())?, people.put(label, contacts.as_ref())?]))
}

async fn child_rows(
    people: &People,
    applying: &Applying,
    is_new: bool,
    child: u64,
    parent: u64,
    now_us: i64,
) -> Result<Vec<PrivateWrite>, ActError> {
    let label = label(child, child, now_us);
    let mut rows = Vec::new();
    if is_new {
        rows.push(people.insert(label, &applying.child)?);
    }
    let known = people.child(child).await?.map(|found| found.record);
    let mut record = known.clone().unwrap_or(ChildRecord {
        representatives: Vec::new(),
        birth_certificate: None,
        conclusion: None,
    });
    if !record.representatives.contains(&parent) {
        record.representatives.push(parent);
    }
    record.birth_certificate = record.birth_certificate.or_else(|| applying.certificate.clone());
    if known.as_ref() != Some(&record) {
        rows.push(people.put(label, &record)?);
    }
    Ok(rows)
}

/// A paper on its way from the parent's papers to the child's, sealed beforehand: the writer must be quick.
struct Moving {
    id: u64,
    owner: u64,
    now_us: i64,
    document: Document,
    moved: Vec<PrivateWrite>,
}

impl Moving {
    fn rows(&self, people: &People, application: ApplicationId) -> Result<Vec<PrivateWrite>, SealError> {
        if self.moved.is_empty() {
            return Ok(Vec::new());
        }
        let document = Document { application: Some(u64::from(application.0)), ..self.document.clone() };
        let mut rows = self.moved.clone();
        rows.push(people.put(label(self.id, self.owner, self.now_us), &document)?);
        Ok(rows)
    }
}

/// The papers that are handed in; one that went to the child with an earlier application serves again.
async fn papers(
    people: &People,
    ids: &[u64],
    parent: u64,
    child: u64,
    now_us: i64,
) -> Result<Vec<Moving>, ActError> {
    let mut all = Vec::new();
    for id in ids {
        let Some((Found { owner, record: document, .. }, bytes)) = people.document(*id).await? else {
            return Err(wrong_papers());
        };
        let moved = if owner == Some(parent) {
            let label = label(*id, child, now_us);
            [people.delete_document(*id), people.put_document(label, &document, &bytes)?].concat()
        } else if owner == Some(child) {
            Vec::new()
        } else {
            return Err(wrong_papers());
        };
        all.push(Moving { id: *id, owner: child, now_us, document, moved });
    }
    Ok(all)
}

fn wrong_papers() -> ActError {
    ActError::Invalid { field: "documents", code: "api-documents-wrong" }
}
